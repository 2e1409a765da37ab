"""newsletter.toml and lists/*/list.toml, read once into frozen dataclasses and checked as a whole.

Raises ConfigError with every problem found, each naming file, table and key.
"""

import dataclasses
import ipaddress
import os
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsletter import settings
from newsletter.core import addresses, errors, presets, tables, texts, words

LANGUAGES = ("en", "de", "fr")
_LIMIT_KEYS = ("per_second", "per_minute", "per_hour", "per_day", "per_domain_per_minute")


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
        relays=_relays(smtp, root) if smtp else (),
        sending=_sending(top.table("sending"), settings.Sending()),
        receive=_receive(receive, root) if receive else None,
        web=_web(top.table("web")),
        organisers=tuple(_organiser(entry) for entry in top.tables("organiser")),
        dkim=_dkim(dkim, root) if dkim else None,
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
        archive=table.flag("archive", False),
        fields=_fields(table),
        goal=table.whole("goal", None, least=1),
        relay=table.text("relay", None, choices=tuple(relay.name for relay in config.relays)),
        committee=tuple(_member(table, "committee", item) for item in table.texts("committee")),
        committee_wait=table.seconds("committee_wait", "2h"),
        clashes=table.texts("clashes"),
        site=_site(table, config.site),
        sending=_sending(table, config.sending),
        limits=_limits(table, presets.Limits()),
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
    return name.strip(), _member(table, key, address)


def _member(table: tables.Table, key: str, text: str) -> str:
    try:
        return addresses.read(text).text
    except errors.InputError as problem:
        table.problem(key, f"holds no good e-mail address: {problem.message}")
        return ""


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
        contact=_address(table, "contact", *_default(over, "contact")),
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


def _address(table: tables.Table, key: str, *default: Any) -> str:
    text = table.line(key, *default)
    return _member(table, key, text) if text else ""


def _relays(smtp: tables.Table, root: Path) -> tuple[settings.Relay, ...]:
    if "host" in smtp or not any(isinstance(value, dict) for value in smtp.values.values()):
        return (_relay(smtp, "main", "NEWSLETTER_SMTP_PASSWORD", root),)
    found = []
    for name in smtp.values:
        table = smtp.table(name)
        if table is not None:
            variable = f"NEWSLETTER_SMTP_{name.upper().replace('-', '_')}_PASSWORD"
            found.append(_relay(table, name, variable, root))
    return tuple(found)


def _relay(table: tables.Table, name: str, variable: str, root: Path) -> settings.Relay:
    preset = table.text("preset", None, choices=tuple(presets.PRESETS))
    known, connections = presets.PRESETS.get(preset or "", (presets.Limits(), 4))
    ca_file = table.text("ca_file", None)
    relay = settings.Relay(
        name=name,
        host=_host(table),
        port=table.whole("port", least=1, most=65_535),
        security=table.text("security", choices=("tls", "starttls", "none")),
        ca_file=root / ca_file if ca_file else None,
        username=table.line("username", None),
        password=_password(table, variable, root),
        connections=table.whole("connections", connections, least=1, most=100),
        limits=_limits(table, known),
        answer_timeout=table.seconds("answer_timeout", "5m", least=1),
        dot_timeout=table.seconds("dot_timeout", "10m", least=1),
        message_deadline=table.seconds("message_deadline", "15m", least=1),
        sign=table.flag("sign", False),
    )
    if relay.security == "none" and not settings.is_loopback(relay.host):
        table.problem(
            "security", "is 'none', which is allowed only for a relay on this machine; use starttls or tls"
        )
    if relay.username and relay.password is None and "password_file" not in table:
        table.problem("password_file", f"is missing, but there is a username; or set {variable}")
    if relay.ca_file and not relay.ca_file.is_file():
        table.problem("ca_file", f"names {relay.ca_file}, which is not there")
    table.end()
    return relay


def _host(table: tables.Table, *default: str) -> str:
    """A host name or address alone."""
    host: str = table.line("host", *default, limit=255)
    if re.search(r"[\s/@]", host) or re.search(r"^[^:]+:\d+$", host):
        table.problem(
            "host", f"is '{host}', but must be a host name or address alone, without scheme or port"
        )
    return host


def _limits(table: tables.Table, known: presets.Limits) -> presets.Limits:
    return presets.Limits(**{key: table.whole(key, getattr(known, key), least=1) for key in _LIMIT_KEYS})


def _password(table: tables.Table, variable: str, root: Path) -> settings.Secret | None:
    """From the environment, else from the file that password_file names; its last line end is no part of it."""
    name = table.text("password_file", None)
    if variable in os.environ:
        return settings.Secret(os.environ[variable])
    if not name:
        return None
    try:
        return settings.Secret((root / name).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError):
        table.problem("password_file", f"names {name}, which cannot be read")
        return None


def _sending(table: tables.Table | None, over: settings.Sending) -> settings.Sending:
    if table is None:
        return over
    found = settings.Sending(
        on_unclear=table.text("on_unclear", over.on_unclear, choices=("repeat", "hold")),
        unclear_wait=table.seconds("unclear_wait", f"{over.unclear_wait:.0f}s"),
        retry_first=table.seconds("retry_first", f"{over.retry_first:.0f}s"),
        retry_max=table.seconds("retry_max", f"{over.retry_max:.0f}s"),
        give_up=table.seconds("give_up", f"{over.give_up:.0f}s"),
    )
    if ("retry_first" in table or "retry_max" in table) and found.retry_max < found.retry_first:
        table.problem("retry_max", "is shorter than retry_first")
    if table.name == "sending":
        table.end()
    return found


def _receive(table: tables.Table, root: Path) -> settings.Receive:
    before = len(table.problems)
    kind = table.text("kind", choices=("maildir", "imap", "lmtp"))
    if len(table.problems) > before:  # which keys belong here hangs on the kind, so say no more
        return settings.Receive("", "none", settings.Mailbox("maildir"))
    mailbox = settings.Mailbox(kind)
    if kind == "maildir":
        mailbox = settings.Mailbox(kind, path=root / table.text("path"))
    elif kind == "lmtp":
        mailbox = settings.Mailbox(
            kind, host=_host(table, "127.0.0.1"), port=table.whole("port", least=0, most=65_535)
        )
    elif kind == "imap":
        mailbox = settings.Mailbox(
            kind,
            host=_host(table),
            port=table.whole("port", 993, least=1, most=65_535),
            security=table.text("security", "tls", choices=("tls", "starttls", "none")),
            username=table.line("username"),
            password=_password(table, "NEWSLETTER_IMAP_PASSWORD", root),
            folder=table.text("folder", "INBOX"),
            done_folder=table.text("done_folder", "Done"),
        )
        if mailbox.security == "none" and not settings.is_loopback(mailbox.host):
            table.problem("security", "is 'none', which is allowed only on this machine; use tls")
    found = settings.Receive(
        _address(table, "bounce_address"), table.text("verp", "plus", choices=("plus", "none")), mailbox
    )
    if len(found.bounce_address.rpartition("@")[0]) > 20:
        table.problem(
            "bounce_address", "has more than 20 characters before the @, too many to add a token (RFC 5321)"
        )
    table.end()
    return found


def _web(table: tables.Table | None) -> settings.Web:
    if table is None:
        return settings.Web()
    found = settings.Web(
        host=_host(table, "127.0.0.1"),
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
    found = settings.Organiser(table.line("name"), _address(table, "email"), table.line("role", "organiser"))
    table.end()
    return found


def _dkim(table: tables.Table, root: Path) -> settings.Dkim:
    found = settings.Dkim(table.text("domain"), table.text("selector"), root / table.text("key_file"))
    if not found.key_file.is_file():
        table.problem("key_file", f"names {found.key_file.name}, which is not there")
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
