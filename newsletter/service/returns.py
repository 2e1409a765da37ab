"""Take what comes back. A valid token of ours decides whom a report is about; without one it changes nothing.

Bounces count now. Complaints, automatic answers and calendar replies are told apart and left alone; their acts stand
beside `_bounced` when they come.
"""

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newsletter import site
from newsletter.core import bounces, clock, errors, tokens
from newsletter.mail import reading, reports
from newsletter.store import members, returns


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one inbound mail: what it is, and what was done about it (`done`; empty: nothing)."""

    kind: reports.Kind
    recipients: tuple[str, ...]
    status: str
    reason: str
    done: str = ""
    readable: bool = True


def look(data: bytes) -> Taken:
    """Say what a mail is, without a site and without doing anything. A mail that cannot be read is `other`."""
    return _read(data)[0]


def take(opened: site.Site, data: bytes) -> Taken:
    """Take one mail in: count its bounce for the delivery that its token names, once. Never raises for a bad mail."""
    taken, report = _read(data)
    if report is None:
        return taken
    digest = hashlib.sha256(data[: reading.MAIL_LIMIT]).digest()
    now = opened.clock.iso()
    with opened.store.write():
        if not returns.note_arrival(opened.store, digest, report.kind, now):
            done = "seen before"
        elif report.kind in ("hard", "soft", "policy"):
            done = _bounced(opened, report, digest, now)
        else:
            done = ""
    return dataclasses.replace(taken, done=done)


def _read(data: bytes) -> tuple[Taken, reports.Report | None]:
    try:
        found = reports.read(data)
    except errors.InputError as problem:
        return Taken("other", (), "", f"unreadable: {problem.message}", readable=False), None
    except Exception as problem:
        # Python's parser has surprised before: the mail is kept for a person, and the next one is read.
        return Taken("other", (), "", f"unreadable: {type(problem).__name__}", readable=False), None
    return Taken(found.kind, found.recipients, found.status, found.reason), found


def _bounced(opened: site.Site, report: reports.Report, digest: bytes, now: str) -> str:
    token = _ours(opened, report)
    if token is None:
        return "no token of ours: not counted"
    if returns.delivery(opened.store, token.number, token.member) is None:
        return "nothing was sent for its token: not counted"
    if returns.has_bounced(opened.store, token.number, token.member, report.kind):
        return "counted before"
    returns.add_bounce(
        opened.store, token.number, token.member, report.kind, report.status, report.reason, digest, now
    )
    _judge(opened, token.member, now)
    return f"counted for member {token.member}"


def _ours(opened: site.Site, report: reports.Report) -> tokens.Token | None:
    """The first text of a report that is a token of ours, whichever field of the mail has survived."""
    for text in report.tokens:
        found = opened.tokens.read("return", text) or opened.tokens.read("leave", text)
        if found is not None:
            return found
    return None


def _judge(opened: site.Site, member: int, now: str) -> None:
    """Write what the member's bounces say about the address. Consent is not touched."""
    row = members.by_id(opened.store, member)
    if row is None or row["key"] is None:
        return
    settled = clock.iso(clock.parse(now) - bounces.SETTLED)
    good = returns.last_good(opened.store, member, settled)
    history = [
        bounces.Bounce(
            found["message"],
            found["kind"],
            found["status"],
            clock.parse(found["at"]),
            found["digest"] is None,
        )
        for found in returns.bounces(opened.store, member)
    ]
    health, reason = bounces.health(history, clock.parse(good) if good else None)
    if health != row["health"]:
        members.set_health(opened.store, member, health, reason, now)


def mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of a file or pipe: one, or all of an mbox."""
    return reading.mails(stream)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits in a Maildir: its file, and its bytes up to the limit."""

    file: Path
    data: bytes


def waiting(folder: Path) -> Iterator[Waiting]:
    """The mails of a Maildir that nobody has seen, oldest first. Raises InputError when it is no Maildir."""
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise errors.InputError(
            f"{folder} is no Maildir: it has no folders 'new' and 'cur'", "Name the folder that holds 'new'."
        )
    unseen = [file for file in (folder / "cur").iterdir() if "S" not in _flags(file.name)]
    for file in sorted([*(folder / "new").iterdir(), *unseen], key=lambda file: file.name):
        if not file.name.startswith("."):
            with file.open("rb") as stream:
                yield Waiting(file, stream.read(reading.MAIL_LIMIT))


def seen(folder: Path, mail: Waiting, taken: Taken) -> None:
    """Put a mail that was taken among the seen ones of its Maildir; one that could not be read is flagged too."""
    name = mail.file.name.partition(":2,")[0]
    flags = "".join(sorted({*_flags(mail.file.name), "S", *("" if taken.readable else "F")}))
    mail.file.rename(folder / "cur" / f"{name}:2,{flags}")


def _flags(name: str) -> str:
    return name.partition(":2,")[2]
