"""newsletter.toml and lists/*/list.toml, read once into frozen dataclasses and checked as a whole.

Raises ConfigError with every problem found, each naming file, table and key.
"""

import dataclasses
import ipaddress
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsletter import config_mail, settings
from newsletter.core import errors, presets, tables, texts, words

LANGUAGES = ("en", "de", "fr")


def load(root: Path) -> settings.Config:
    """Read and check a site folder. Raises ConfigError."""
    file = root / "newsletter.toml"
    if not file.is_file():
        raise errors.ConfigError(
            f"{root} is no newsletter site: there is no newsletter.toml in it",
            "Name the site's folder with --site DIR, or make a site with: newsletter init DIR",
        )
    top = tables.Table(read_toml(file), file.name)
    config = _config(top, root)
    problems = list(top.problems)
    for folder in sorted((root / "lists").glob("*/")):
        if (folder / "list.toml").is_file():
            mailing_list, found = read_list(folder, config)
            problems += found
            config.lists[mailing_list.slug] = mailing_list
    if problems:
        raise errors.ConfigError("\n".join(problems), "Mend the file and run: newsletter check")
    return config


def problems(text: str) -> list[str]:
    """What is wrong with the text of a newsletter.toml that is still being made."""
    top = tables.Table(tomllib.loads(text), "newsletter.toml")
    _config(top, Path())
    return top.problems


def read_toml(file: Path, name: str = "") -> dict[str, Any]:
    """Read a TOML file. Raises ConfigError naming it (as `name` where given) and the line."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        text = f"{name or file.name}: is no TOML: {problem}"
        raise errors.ConfigError(text, "Mend the file and run: newsletter check") from problem
    except OSError as problem:
        text = f"{name or file.name}: cannot be read: {problem.strerror}"
        raise errors.ConfigError(text, "Check owner and rights of the site's folder.") from problem


def _config(top: tables.Table, root: Path) -> settings.Config:
    site = top.table("site") or tables.Table({}, top.file, "site", top.problems)
    smtp = top.table("smtp")
    if smtp is None:
        top.problem("[smtp]", "is missing: say which SMTP relay sends the mail")
    receive = top.table("receive")
    dkim = top.table("dkim")
    config = settings.Config(
        root=root,
        site=_site(site),
        relays=config_mail.relays(smtp, root) if smtp else (),
        sending=config_mail.sending(top.table("sending"), settings.Sending()),
        receive=config_mail.receive(receive, root) if receive else None,
        web=_web(top.table("web")),
        organisers=tuple(_organiser(entry) for entry in top.tables("organiser")),
        dkim=config_mail.dkim(dkim, root) if dkim else None,
        retention=_retention(top.table("retention")),
    )
    if any(relay.sign for relay in config.relays) and config.dkim is None:
        top.problem("[dkim]", "is missing, but a relay has sign = true")
    top.end()
    return config


def read_list(folder: Path, config: settings.Config) -> tuple[settings.MailingList, list[str]]:
    """Read one list.toml over the site's values; return it with the problems found."""
    slug = folder.name
    file = f"lists/{slug}/list.toml"
    unreadable: list[str] = []
    try:
        table = tables.Table(read_toml(folder / "list.toml", file), file)
    except errors.ConfigError as problem:
        unreadable = [problem.message]
        table = tables.Table({}, file)
    if wrong := texts.slug_problem(slug):
        table.problem("the folder's name", f"'{slug}' is no slug: {wrong}")
    name, address = _mailbox(table, "from")
    reply_to = _mailbox(table, "reply_to")[1] if "reply_to" in table else table.text("reply_to", None)
    found = settings.MailingList(
        slug=slug,
        title=table.line("title", limit=texts.NAME_LIMIT),
        description=table.line("description", "", breaks=True),
        from_name=name,
        from_address=address,
        reply_to=reply_to,
        purpose=table.line("purpose", breaks=True),
        wording=table.line("wording", limit=5_000, breaks=True),
        basis=table.text("basis", choices=words.BASES),
        confirm=table.text("confirm", "unproven", choices=("always", "unproven")),
        booth=table.text("booth", "confirm", choices=("confirm", "attest")),
        archive=table.flag("archive", False),
        fields=_fields(table),
        goal=table.whole("goal", None, least=1),
        relay=table.text("relay", None, choices=tuple(relay.name for relay in config.relays)),
        committee=tuple(config_mail.member(table, "committee", item) for item in table.texts("committee")),
        committee_wait=table.seconds("committee_wait", "2h"),
        offer_wait=table.seconds("offer_wait", "24h", least=3_600),
        clashes=table.texts("clashes"),
        reminding=config_mail.reminding(table),
        mails_per_week=table.whole("mails_per_week", 3, least=1, most=100),
        site=_site(table, config.site),
        sending=config_mail.sending(table, config.sending),
        limits=config_mail.limits(table, presets.Limits()),
        folder=folder,
    )
    table.end()
    return found, unreadable or table.problems


def _mailbox(table: tables.Table, key: str) -> tuple[str, str]:
    """'Name <address>' or a plain address. The name is taken as written: no comma or bracket in it needs quotes."""
    text = table.line(key, limit=500)
    if not text:
        return "", ""
    found = re.fullmatch(r"(.*?)\s*<([^<>]*)>\s*", text)
    name, address = found.groups() if found else ("", text)
    name = name[1:-1].replace('\\"', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name
    if len(name) > texts.NAME_LIMIT:
        table.problem(key, f"has a name of {len(name)} characters, {texts.NAME_LIMIT} are allowed")
    return name.strip(), config_mail.member(table, key, address)


def _fields(table: tables.Table) -> tuple[str, ...]:
    fields = table.texts("fields")
    for name in fields:
        if name in _RESERVED_FIELDS or not name.isidentifier() or not name.islower():
            table.problem(
                "fields", f"holds '{name}'; a field is small letters, digits and _ and not one of ours"
            )
    return fields


_RESERVED_FIELDS = frozenset(
    "email name first_name state since until basis source date statement evidence token message list".split()
)


def _site(table: tables.Table, over: settings.SiteSettings | None = None) -> settings.SiteSettings:
    """[site], or for a list the keys of it that the list overrides."""
    found = settings.SiteSettings(
        name=table.line("name", *_default(over, "name"), limit=texts.NAME_LIMIT),
        contact=config_mail.address(table, "contact", *_default(over, "contact")),
        time_zone=table.text("time_zone", *_default(over, "time_zone")),
        base_url=over.base_url if over else _base_url(table),
        postal_address=table.line(
            "postal_address", over.postal_address if over else None, limit=500, breaks=True
        ),
        country=table.line("country", over.country if over else None),
        language=table.text("language", over.language if over else "en", choices=LANGUAGES),
    )
    if "time_zone" in table and found.time_zone and not _zone_exists(found.time_zone):
        table.problem(
            "time_zone", f"is '{found.time_zone}', which is no time zone; write one such as Europe/London"
        )
    if "country" in table and not re.fullmatch("[A-Z]{2}|", found.country or ""):
        table.problem("country", f"is '{found.country}', but must be two capital letters such as GB")
    if over is None:
        table.end()
    return found


def _default(over: settings.SiteSettings | None, key: str) -> tuple[Any, ...]:
    return (getattr(over, key),) if over else ()


def _zone_exists(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _base_url(table: tables.Table) -> str | None:
    """https anywhere, http on loopback only; without a trailing slash, query or fragment."""
    url = table.line("base_url", None, limit=200)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # asking for it is what checks it
    except ValueError as problem:
        table.problem("base_url", f"is '{url}', which is no web address: {problem}")
        return None
    local = parts.scheme == "http" and settings.is_loopback(parts.hostname or "")
    if not parts.hostname or (parts.scheme != "https" and not local):
        table.problem(
            "base_url", f"is '{url}', but must begin with https:// (http:// only on this machine itself)"
        )
    elif parts.query or parts.fragment or parts.username:
        table.problem("base_url", f"is '{url}', but must be a plain address without ? # or a user name")
    elif " " in url or not url.isascii():
        table.problem("base_url", "holds characters that no address has")
    return str(url).rstrip("/")


def _web(table: tables.Table | None) -> settings.Web:
    if table is None:
        return settings.Web()
    found = settings.Web(
        host=config_mail.host(table, "127.0.0.1"),
        port=table.whole("port", 8000, least=0, most=65_535),
        trusted_proxies=table.texts("trusted_proxies"),
        joins_per_network=table.whole("joins_per_network", 20, least=1, most=1_000_000),
        joins_per_list=table.whole("joins_per_list", 200, least=1, most=1_000_000),
    )
    for proxy in found.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            table.problem("trusted_proxies", f"holds '{proxy}', which is no IP address or network")
    table.end()
    return found


def _organiser(table: tables.Table) -> settings.Organiser:
    found = settings.Organiser(
        table.line("name"),
        config_mail.address(table, "email"),
        table.line("role", "organiser"),
        table.text("report", "monthly", choices=("monthly", "never")),
    )
    table.end()
    return found


def _retention(table: tables.Table | None) -> settings.Retention:
    known = settings.Retention()
    if table is None:
        return known
    names = [one.name for one in dataclasses.fields(settings.Retention)]
    found = settings.Retention(
        **{name: table.seconds(name, f"{getattr(known, name) / 86_400:.0f}d", least=86_400) for name in names}
    )
    if not 86_400 <= found.requests <= 14 * 86_400:
        table.problem("requests", "must be from 1d to 14d: nobody's unproven address is kept longer")
    if found.dormant_warning > found.dormant:
        table.problem("dormant_warning", "is longer than dormant, so the warning would come too late")
    table.end()
    return found
