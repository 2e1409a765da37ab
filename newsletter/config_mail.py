"""What the files say about mail: relays and their limits, sending, reminders, the mailbox of what comes back, signing."""

import os
import re
from datetime import time
from pathlib import Path
from typing import Any

from newsletter import settings
from newsletter.core import addresses, errors, presets, reminders, tables

_LIMIT_KEYS = ("per_second", "per_minute", "per_hour", "per_day", "per_domain_per_minute")


def relays(smtp: tables.Table, root: Path) -> tuple[settings.Relay, ...]:
    """[smtp], or [smtp.<name>] in file order."""
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
        host=host(table),
        port=table.whole("port", least=1, most=65_535),
        security=table.text("security", choices=("tls", "starttls", "none")),
        ca_file=root / ca_file if ca_file else None,
        username=table.line("username", None),
        password=_password(table, variable, root),
        connections=table.whole("connections", connections, least=1, most=100),
        limits=limits(table, known),
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


def host(table: tables.Table, *default: str) -> str:
    """A host name or address alone."""
    host: str = table.line("host", *default, limit=255)
    if re.search(r"[\s/@]", host) or re.search(r"^[^:]+:\d+$", host):
        table.problem(
            "host", f"is '{host}', but must be a host name or address alone, without scheme or port"
        )
    return host


def limits(table: tables.Table, known: presets.Limits) -> presets.Limits:
    """The limits of a relay or a list, over those that are known."""
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


def sending(table: tables.Table | None, over: settings.Sending) -> settings.Sending:
    """[sending], or the keys of it that a list overrides; `over` holds the values otherwise."""
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


def receive(table: tables.Table, root: Path) -> settings.Receive:
    """[receive] and its mailbox."""
    before = len(table.problems)
    kind = table.text("kind", choices=("maildir", "imap", "lmtp"))
    if len(table.problems) > before:  # which keys belong here hangs on the kind, so say no more
        return settings.Receive("", "none", settings.Mailbox("maildir"))
    mailbox = settings.Mailbox(kind)
    if kind == "maildir":
        mailbox = settings.Mailbox(kind, path=root / table.text("path"))
    elif kind == "lmtp":
        mailbox = settings.Mailbox(
            kind, host=host(table, "127.0.0.1"), port=table.whole("port", least=0, most=65_535)
        )
    elif kind == "imap":
        mailbox = settings.Mailbox(
            kind,
            host=host(table),
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
        address(table, "bounce_address"),
        table.text("verp", "plus", choices=("plus", "none")),
        mailbox,
        table.text("authserv_id", ""),
    )
    if len(found.bounce_address.rpartition("@")[0]) > 20:
        table.problem(
            "bounce_address", "has more than 20 characters before the @, too many to add a token (RFC 5321)"
        )
    table.end()
    return found


def dkim(table: tables.Table, root: Path) -> settings.Dkim:
    """[dkim]."""
    found = settings.Dkim(table.text("domain"), table.text("selector"), root / table.text("key_file"))
    if not found.key_file.is_file():
        table.problem("key_file", f"names {found.key_file.name}, which is not there")
    table.end()
    return found


def reminding(table: tables.Table) -> settings.Reminding:
    """When the reminders of a list's meetings go."""
    usual = time(10)
    try:
        usual = reminders.hour(table.text("remind_at", "10:00"))
    except errors.InputError as problem:
        table.problem("remind_at", problem.message)
    return settings.Reminding(*(_pace(table, key, default, usual) for key, default in _REMINDERS))


_REMINDERS = (("second_notice", "7d"), ("free_place", "2d"), ("day_before", "1d"))


def _pace(table: tables.Table, key: str, default: str, usual: time) -> reminders.Pace | None:
    try:
        return reminders.pace(table.text(key, default), usual)
    except errors.InputError as problem:
        table.problem(key, problem.message)
        return None


def address(table: tables.Table, key: str, *default: Any) -> str:
    """An e-mail address."""
    text = table.line(key, *default)
    return member(table, key, text) if text else ""


def member(table: tables.Table, key: str, text: str) -> str:
    """Check an e-mail address that stands under a key; empty, with a problem noted, when it is none."""
    try:
        return addresses.read(text).text
    except errors.InputError as problem:
        table.problem(key, f"holds no good e-mail address: {problem.message}")
        return ""
