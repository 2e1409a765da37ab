"""E-mail addresses from outside: one door, one verdict, one key per address.

The verdict is that of `email_validator.validate_email(check_deliverability=False, strict=True)`. Most addresses
are plain ASCII with a domain met before, and for those a pattern and a remembered domain give the same verdict
at a tenth of the price; the property test holds the two together.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from newsletter.core import errors

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.-]+)").fullmatch
_LOCAL_LIMIT = 64  # octets, RFC 5321 4.5.3.1.1
_ADDRESS_LIMIT = 254  # octets, RFC 5321 4.5.3.1.3 less the brackets

# Mailboxes that belong to a job, not to a person (RFC 2142): they are no members without a look.
ROLES = frozenset(
    "abuse admin administrator all bounce bounces daemon devnull everyone ftp hostmaster list list-request "
    "mailer-daemon majordomo no-reply nobody noc noreply null owner postmaster root security spam "
    "unsubscribe usenet uucp webmaster www".split()
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is stored and sent: local part as typed, domain as A-label in lower case."""

    text: str
    key: str  # what makes two spellings one address: case-folded local part, lower-case domain
    domain: str

    @property
    def local(self) -> str:
        return self.text[: -len(self.domain) - 1]


def read(text: str) -> Address:
    """Read an address as typed. Raises InputError with the reason when it cannot exist."""
    fast = read_plain(text)
    return fast if fast is not None else _read_slowly(text.strip())


def read_plain(text: str) -> Address | None:
    """Read a plain ASCII address whose domain is known to be good; None means: ask the slow road."""
    found = plain_parts(text)
    return Address(*found) if found else None


def plain_parts(text: str) -> tuple[str, str, str] | None:
    """Text, key and domain of what `read_plain` reads, for those who read a million."""
    found = _PLAIN(text)
    if found is None or len(text) > _ADDRESS_LIMIT:
        return None
    local, domain = found.groups()
    if len(local) > _LOCAL_LIMIT:
        return None
    known = _domain(domain.lower())
    if known is None:
        return None
    return f"{local}@{known}", f"{local.lower()}@{known}", known


@lru_cache(maxsize=50_000)
def _domain(domain: str) -> str | None:
    """The domain's stored form if an address under it is good, else None."""
    # xn-- labels carry checks of their own; they are rare enough for the slow road each time.
    if "xn--" in domain:
        return None
    try:
        return _read_slowly("a@" + domain).domain
    except errors.InputError:
        return None


def _read_slowly(text: str) -> Address:
    import email_validator

    try:
        found = email_validator.validate_email(text, check_deliverability=False, strict=True)
    except email_validator.EmailNotValidError as problem:
        raise errors.InputError(f"{shown(text)} is no e-mail address: {problem}") from None
    domain = found.ascii_domain.lower()
    local = found.local_part
    return Address(f"{local}@{domain}", f"{local.casefold()}@{domain}", domain)


def without_tag(key: str) -> str:
    """The key with its +tag removed: the mailbox that most providers deliver it to."""
    local, _, domain = key.rpartition("@")
    return f"{local.split('+', 1)[0] or local}@{domain}"


def is_role(key: str) -> bool:
    """Tell whether the key belongs to a job (postmaster, abuse, noreply ...) rather than a person."""
    return without_tag(key).rpartition("@")[0] in ROLES


def masked(text: str) -> str:
    """Show an address so that its owner knows it and a stranger does not: a****@example.org."""
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}{'*' * 4}@{domain}" if local else "****"


def shown(text: str) -> str:
    """Quote what somebody typed, shortened and without control characters, for an error message."""
    clean = "".join(c if c.isprintable() else "?" for c in text[:80])
    return f"'{clean}{'...' if len(text) > 80 else ''}'"
