"""Is this site as it must be? Configuration, lists, templates, files, ledger, relay, DNS; each finding says what to do."""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from newsletter import settings, shipped, site
from newsletter.compose import clashes
from newsletter.core import errors, wordings
from newsletter.mail import connect
from newsletter.service import bay, consent, crew, meeting_doubts, promises, retention, signing

# Countries whose law wants the sender's postal address in every mail (CAN-SPAM, CASL, German DDG section 5).
ADDRESS_COUNTRIES = frozenset({"US", "CA", "DE"})
# Looks a name up in DNS: (name, type) -> texts; an empty tuple when there is nothing, None when nobody answers.
Resolver = Callable[[str, str], tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. `where` is a file, a list or a host."""

    level: Literal["error", "warning", "good"]
    rule: str
    where: str
    text: str


def check(opened: site.Site, *, resolver: Resolver | None = None) -> list[Finding]:
    """Check everything (DNS only with a resolver). The relay is greeted and logged in to; nothing is sent."""
    found = [
        *_site(opened),
        *_lists(opened),
        *_calendars(opened),
        *_files(opened),
        *_templates(opened),
        *_ledger(opened),
        *_endings(opened),
        *_promises(opened),
        *_relays(opened),
        *_signature(opened, resolver),
    ]
    if resolver is not None:
        found += _dns(opened, resolver)
    return found


def _site(opened: site.Site) -> Iterator[Finding]:
    own, conf = opened.config.site, opened.config
    where = "newsletter.toml"
    if own.base_url is None:
        yield Finding("warning", "base-url", where, "There is no base_url: members leave and answer by mail only, "
                      "there is no one-click unsubscribe (Gmail and Yahoo ask it of large senders) and no join page.")  # fmt: skip
    elif _hides_visitors(conf):
        yield Finding("warning", "proxies", where, "base_url is public and the pages listen on this machine only, but "
                      "[web] trusted_proxies is empty: all visitors look like one network and share its limits. Name the "
                      'web server in front: trusted_proxies = ["127.0.0.1"]')  # fmt: skip
    if not conf.lists:
        yield from _postal_address(own, where)
    if not own.country:
        yield Finding(
            "warning", "country", where, "There is no country: rules that depend on it are not checked."
        )
    if conf.receive is None:
        yield Finding("warning", "receive", where, "There is no [receive]: bounces go to each list's From address, "
                      "and you remove dead addresses by hand.")  # fmt: skip
    if not any(organiser.role == "chair" for organiser in conf.organisers):
        yield Finding(
            "warning",
            "organiser",
            where,
            "There is no [[organiser]] with role chair: nobody gets the report after a send.",
        )
    if not conf.lists:
        yield Finding(
            "warning", "lists", "lists/", "There is no list yet. Make one: newsletter list new SLUG"
        )


def _hides_visitors(conf: settings.Config) -> bool:
    """Whether a web server must stand in front of the pages whose word about visitors is not taken."""
    host = urlsplit(conf.site.base_url or "").hostname or ""
    return (
        not settings.is_loopback(host)
        and settings.is_loopback(conf.web.host)
        and not conf.web.trusted_proxies
    )


def _lists(opened: site.Site) -> Iterator[Finding]:
    for slug, mailing_list in opened.config.lists.items():
        where = f"lists/{slug}/list.toml"
        lacks = wordings.missing(
            mailing_list.wording, mailing_list.site.name, mailing_list.title, mailing_list.site.contact
        )
        if lacks:
            yield Finding(
                "warning",
                "wording",
                where,
                f"The wording that people agree to does not say: {'; '.join(lacks)}.",
            )
        yield from _postal_address(mailing_list.site, where)
        if _is_no_reply(mailing_list.reply_to or mailing_list.from_address):
            yield Finding(
                "warning",
                "reply-to",
                where,
                "Replies go to an address that sounds unread. Members answer mails: let a person read them.",
            )


def _postal_address(own: settings.SiteSettings, where: str) -> Iterator[Finding]:
    if own.postal_address:
        return
    strict = own.country in ADDRESS_COUNTRIES
    yield Finding("error" if strict else "warning", "postal-address", where,
                  f"There is no postal_address{f', which the law of {own.country} demands' if strict else ''}. "
                  "A PO box or a c/o address will do.")  # fmt: skip


def _is_no_reply(address: str) -> bool:
    return address.partition("@")[0].replace("-", "").replace("_", "").lower() in ("noreply", "donotreply")


def _calendars(opened: site.Site) -> Iterator[Finding]:
    """Read the calendars that lists name: one that cannot be read warns of nothing."""
    now = opened.clock.now()
    for slug, one in opened.config.lists.items():
        for name in one.clashes:
            try:
                clashes.find(meeting_doubts.read(one, name), now, now, one.site.zone)
            except errors.InputError as problem:
                yield Finding("warning", "clashes", f"lists/{slug}/list.toml", f"{name} {problem.message}.")


def _files(opened: site.Site) -> Iterator[Finding]:
    if os.name != "posix":
        return
    if opened.root.stat().st_mode & 0o022:
        text = f"Others on this machine can write into it. Run: chmod 700 {opened.root}"
        yield Finding("error", "file-mode", str(opened.root), text)
    private = [opened.root / name for name in (site.KEY_FILE, site.DATABASE_FILE)]
    for path in (*private, *sorted(opened.root.glob("*.password"))):
        if path.exists() and path.stat().st_mode & 0o077:
            text = f"Others on this machine can read it. Run: chmod 600 {path}"
            yield Finding("error", "file-mode", path.name, text)


def _templates(opened: site.Site) -> Iterator[Finding]:
    """Compile every mail layout: a mistake in one would stop the next send."""
    import jinja2

    loader = jinja2.FileSystemLoader([opened.root / "templates", shipped.folder("templates")])
    environment = jinja2.Environment(loader=loader, autoescape=True)
    for name in _template_names(opened.root / "templates"):
        try:
            environment.get_template(name)
        except jinja2.TemplateSyntaxError as problem:
            yield Finding(
                "error", "template", f"templates/{name}", f"Line {problem.lineno}: {problem.message}"
            )
        except (jinja2.TemplateError, UnicodeDecodeError) as problem:
            yield Finding("error", "template", f"templates/{name}", str(problem))


def _template_names(folder: Path) -> Iterable[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in (".html", ".txt", ".xml")
    )


def _endings(opened: site.Site) -> Iterator[Finding]:
    """Consents that will lapse unless somebody does something."""
    found = retention.warnings(opened)
    days = round(opened.config.retention.dormant / 86_400)
    for slug, count in found.dormant.items():
        yield Finding("warning", "dormant", slug, f"{count} of the list have had no mail for a long time; their consent "
                      f"lapses {days} days after the last one. A recap or an invitation keeps it awake.")  # fmt: skip
    for slug, count in found.ending.items():
        yield Finding("warning", "ending", slug, f"{count} memberships end soon, and mail to them with it. Import the "
                      "renewed ones with the new --until.")  # fmt: skip


def _promises(opened: site.Site) -> Iterator[Finding]:
    """Links that readers were promised for a day that has come."""
    for one in promises.owed(opened):
        if one.days <= 0:
            yield Finding("warning", "promise", one.edition, f"Its readers were promised '{one.words}' ({one.said}). Write the "
                          f"link in place of later: in its file, then: newsletter edition amend {one.file}")  # fmt: skip


def _ledger(opened: site.Site) -> Iterator[Finding]:
    verdict = consent.verify(opened)
    if not verdict.ok:
        yield Finding(
            "error",
            "ledger",
            "newsletter.db",
            f"The consent ledger does not verify: event {verdict.first_bad}, {verdict.why}.",
        )


def _relays(opened: site.Site) -> Iterator[Finding]:
    for relay in opened.config.relays:
        where = f"{relay.host}:{relay.port}"
        problem = asyncio.run(_greet(relay, crew.own_name(opened)))
        if problem:
            yield Finding("error", "relay", where, f"{problem}. No mail can go out by it now.")
        else:
            how = "not encrypted" if relay.security == "none" else relay.security
            login = f", logged in as {relay.username}" if relay.username else ""
            yield Finding("good", "relay", where, f"The relay answers ({how}{login}).")


def _signature(opened: site.Site, resolver: Resolver | None) -> Iterator[Finding]:
    """Our own DKIM signature, where a relay has sign = true."""
    for level, text in signing.judge(opened, resolver):
        yield Finding(level, "dkim", "[dkim]", text)


_PATIENCE = 20.0  # seconds that a person waits for a relay's answer


async def _greet(relay: settings.Relay, own_name: str) -> str:
    """Connect, secure, log in and say goodbye; return what went wrong, or nothing."""
    reached = bay.route(replace(relay, answer_timeout=min(relay.answer_timeout, _PATIENCE)), own_name)
    try:
        context = connect.tls_context(reached) if relay.security != "none" else None
    except OSError as problem:
        return f"the certificates in {relay.ca_file} cannot be read ({problem})"
    line = await connect.open_line(reached, context)
    if isinstance(line, connect.NoLine):
        return str(line)
    await connect.close_line(line)
    return ""


def _dns(opened: site.Site, resolver: Resolver) -> Iterator[Finding]:
    """SPF, DMARC and MX of every From domain: what big receivers ask of senders."""
    domains = {one.from_address.rpartition("@")[2] for one in opened.config.lists.values()}
    for domain in sorted(domains):
        spf = resolver(domain, "TXT")
        if spf is None:
            yield Finding("warning", "dns", domain, "DNS does not answer; try again later.")
            continue
        if not any(text.lower().startswith("v=spf1") for text in spf):
            yield Finding(
                "warning",
                "spf",
                domain,
                "There is no SPF record. Ask your relay for the text and publish it as TXT.",
            )
        dmarc = resolver(f"_dmarc.{domain}", "TXT")
        if dmarc is not None and not any(text.lower().startswith("v=dmarc1") for text in dmarc):
            yield Finding(
                "warning",
                "dmarc",
                domain,
                f'There is no DMARC record. Publish as TXT at _dmarc.{domain}: "v=DMARC1; p=none"',
            )
        if _takes_mail(domain, resolver) is False:
            yield Finding(
                "warning",
                "mx",
                domain,
                "The domain takes no mail (neither an MX record nor an address): answers to your mails would be lost.",
            )
    if opened.config.receive is not None:
        back = opened.config.receive.bounce_address.rpartition("@")[2]
        if _takes_mail(back, resolver) is False:
            yield Finding(
                "error",
                "mx",
                back,
                "The domain of bounce_address takes no mail (neither an MX record nor an address): bounces would be lost.",
            )


def _takes_mail(domain: str, resolver: Resolver) -> bool | None:
    """Whether mail can go to a domain: by MX, else by its address (RFC 5321 5.1); None when DNS does not answer."""
    hosts = resolver(domain, "MX")
    if hosts is None:
        return None
    if hosts:
        return hosts != ("0 .",)  # RFC 7505: this domain takes no mail
    answers = [resolver(domain, kind) for kind in ("A", "AAAA")]
    return None if None in answers else any(answers)


def system_resolver(name: str, kind: str) -> tuple[str, ...] | None:
    """Ask the machine's own DNS."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, kind, lifetime=5.0)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException:
        return None
    return tuple(record.to_text().replace('" "', "").strip('"') for record in answer)
