"""newsletter.toml and lists/*/list.toml, read once into frozen dataclasses and checked as a whole.

Raises ConfigError with every problem found, each naming file, table and key.
"""

import ipaddress
import os
import tomllib
import zoneinfo
from email.utils import parseaddr
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


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file. Raises ConfigError naming file and line."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise errors.ConfigError(f"{file.name} cannot be read as TOML: {problem}") from problem
    except OSError as problem:
        raise errors.ConfigError(f"{file} cannot be read: {problem.strerror}") from problem


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
    )
    if any(relay.sign for relay in config.relays) and config.dkim is None:
        top.problem("[dkim]", "is missing, but a relay has sign = true")
    top.end()
    return config


def read_list(folder: Path, config: settings.Config) -> tuple[settings.MailingList, list[str]]:
    """Read one list.toml over the site's values; return it with the problems found."""
    slug = folder.name
    file = f"lists/{slug}/list.toml"
    try:
        table = tables.Table(read_toml(folder / "list.toml"), file)
    except errors.ConfigError as problem:
        table = tables.Table({}, file, problems=[problem.message])
    if wrong := texts.slug_problem(slug):
        table.problem("the folder's name", f"'{slug}' is no slug: {wrong}")
    name, address = _mailbox(table, "from")
    reply_to = _mailbox(table, "reply_to")[1] if "reply_to" in table else table.text("reply_to", None)
    found = settings.MailingList(
        slug=slug,
        title=table.text("title", limit=texts.NAME_LIMIT),
        description=table.text("description", ""),
        from_name=name,
        from_address=address,
        reply_to=reply_to,
        purpose=table.text("purpose"),
        wording=table.text("wording", limit=5_000),
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
    if texts.FORBIDDEN.search(found.title):
        table.problem("title", "holds a control character")
    table.end()
    return found, table.problems


def _mailbox(table: tables.Table, key: str) -> tuple[str, str]:
    """'Name <address>' or a plain address."""
    text = table.text(key, limit=300)
    if not text:
        return "", ""
    if texts.FORBIDDEN.search(text):
        table.problem(key, "holds a control character")
        return "", ""
    name, address = parseaddr(text)
    return name, _member(table, key, address or text)


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
        name=table.text("name", *_default(over, "name"), limit=texts.NAME_LIMIT),
        contact=_address(table, "contact", *_default(over, "contact")),
        time_zone=table.text("time_zone", *_default(over, "time_zone")),
        base_url=over.base_url if over else _base_url(table),
        postal_address=table.text("postal_address", over.postal_address if over else None, limit=500),
        country=table.text("country", over.country if over else None, limit=2),
        language=table.text("language", over.language if over else "en", choices=LANGUAGES),
    )
    if found.time_zone and not _zone_exists(found.time_zone):
        table.problem(
            "time_zone", f"is '{found.time_zone}', which is no time zone; write one such as Europe/London"
        )
    if found.country and not (
        len(found.country) == 2 and found.country.isalpha() and found.country.isupper()
    ):
        table.problem("country", f"is '{found.country}', but must be two capital letters such as GB")
    for key in ("name", "postal_address"):
        if texts.FORBIDDEN.search((getattr(found, key) or "").replace("\n", "")):
            table.problem(key, "holds a control character")
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
    url = table.text("base_url", None, limit=200)
    if not url:
        return None
    parts = urlsplit(url)
    local = parts.scheme == "http" and settings.is_loopback(parts.hostname or "")
    if not parts.hostname or (parts.scheme != "https" and not local):
        table.problem(
            "base_url", f"is '{url}', but must begin with https:// (http:// only on this machine itself)"
        )
    elif parts.query or parts.fragment or parts.username:
        table.problem("base_url", f"is '{url}', but must be a plain address without ? # or a user name")
    elif texts.FORBIDDEN.search(url) or " " in url or not url.isascii():
        table.problem("base_url", "holds characters that no address has")
    return url.rstrip("/") if isinstance(url, str) else None


def _address(table: tables.Table, key: str, *default: Any) -> str:
    text = table.text(key, *default)
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
        host=table.text("host"),
        port=table.whole("port", least=1, most=65_535),
        security=table.text("security", choices=("tls", "starttls", "none")),
        ca_file=root / ca_file if ca_file else None,
        username=table.text("username", None),
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
    if relay.username and relay.password is None:
        table.problem("password_file", f"is missing, but there is a username; or set {variable}")
    if relay.ca_file and not relay.ca_file.is_file():
        table.problem("ca_file", f"names {relay.ca_file}, which is not there")
    table.end()
    return relay


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
    if found.retry_max < found.retry_first:
        table.problem("retry_max", "is shorter than retry_first")
    if table.name == "sending":
        table.end()
    return found


def _receive(table: tables.Table, root: Path) -> settings.Receive:
    kind = table.text("kind", choices=("maildir", "imap", "lmtp"))
    mailbox = settings.Mailbox(kind)
    if kind == "maildir":
        mailbox = settings.Mailbox(kind, path=root / table.text("path"))
    elif kind == "lmtp":
        mailbox = settings.Mailbox(
            kind, host=table.text("host", "127.0.0.1"), port=table.whole("port", least=0, most=65_535)
        )
    elif kind == "imap":
        mailbox = settings.Mailbox(
            kind,
            host=table.text("host"),
            port=table.whole("port", 993, least=1, most=65_535),
            security=table.text("security", "tls", choices=("tls", "starttls", "none")),
            username=table.text("username"),
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
        host=table.text("host", "127.0.0.1"),
        port=table.whole("port", 8000, least=0, most=65_535),
        trusted_proxies=table.texts("trusted_proxies"),
    )
    for proxy in found.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            table.problem("trusted_proxies", f"holds '{proxy}', which is no IP address or network")
    table.end()
    return found


def _organiser(table: tables.Table) -> settings.Organiser:
    found = settings.Organiser(table.text("name"), _address(table, "email"), table.text("role", "organiser"))
    table.end()
    return found


def _dkim(table: tables.Table, root: Path) -> settings.Dkim:
    found = settings.Dkim(table.text("domain"), table.text("selector"), root / table.text("key_file"))
    if not found.key_file.is_file():
        table.problem("key_file", f"names {found.key_file.name}, which is not there")
    table.end()
    return found
