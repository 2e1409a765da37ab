"""Our own DKIM signature, for relays with `sign = true`: the signer of a site, and whether its key and record will do."""

from collections.abc import Callable, Iterator
from typing import Literal

from newsletter import site
from newsletter.compose import dkim
from newsletter.core import errors

Resolver = Callable[[str, str], tuple[str, ...] | None]
Problem = tuple[Literal["error", "warning", "good"], str]  # how bad it is and what to know


def signer(opened: site.Site) -> dkim.Signer | None:
    """The signer that [dkim] describes, None without one. Reads the key; raises ConfigError when it will not do."""
    found = opened.config.dkim
    if found is None:
        return None
    try:
        key = found.key_file.read_bytes()
    except OSError as problem:
        raise errors.ConfigError(
            f"[dkim] key_file {found.key_file.name} cannot be read: {problem.strerror}",
            "Check its owner and rights.",
        ) from problem
    return dkim.Signer(key, found.domain, found.selector)


def judge(opened: site.Site, resolver: Resolver | None) -> Iterator[Problem]:
    """Say what is wrong with our own signature: key, domain and, with a resolver, the published record."""
    if not any(relay.sign for relay in opened.config.relays):
        return
    try:
        own = signer(opened)
    except errors.ConfigError as problem:
        yield "error", f"{problem.message}. {problem.hint}"
        return
    if own is None:
        return
    for mailing_list in opened.config.lists.values():
        domain = mailing_list.from_address.rpartition("@")[2]
        if not is_aligned(own.domain, domain):
            yield (
                "error",
                f"{mailing_list.slug} sends from {domain}, but [dkim] signs for {own.domain}: DMARC fails.",
            )
    if resolver is not None:
        yield _published(own, resolver)


def is_aligned(signing_domain: str, from_domain: str) -> bool:
    """Whether a signature speaks for a From domain: the same, or one of which it is a part (RFC 7489 3.1.1, relaxed).

    A sibling that shares the organisational domain passes DMARC too; knowing that needs the public suffix list, so it
    is not claimed here.
    """
    ours, theirs = signing_domain.lower(), from_domain.lower()
    return theirs == ours or theirs.endswith(f".{ours}") or ours.endswith(f".{theirs}")


def _published(own: dkim.Signer, resolver: Resolver) -> Problem:
    place = f"{own.selector}._domainkey.{own.domain}"
    texts = resolver(place, "TXT")
    if texts is None:
        return "warning", f"DNS does not answer for {place}; try again later."
    if not texts:
        return "error", f'There is no DKIM record. Publish as TXT at {place}: "{own.record}"'
    if not any(_key(own.record) == _key(text) for text in texts):
        return "error", f'The DKIM record at {place} is of another key. Publish: "{own.record}"'
    return "good", f"The DKIM record at {place} is that of our key."


def _key(record: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return "".join(tags.get("p", "").split())
