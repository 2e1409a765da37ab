"""Take what comes back, one mail at a time. A valid token of ours decides whom it is about; without one it proves nothing.

What a mail is, mail.reports says; what is done about it stands in one file each: bounces here, complaints, leaving,
answers and letters in inbound_*.py. Everything about one mail is one transaction, which its digest lets happen once.
"""

import dataclasses
import hashlib
import sqlite3
from dataclasses import dataclass

from newsletter import site
from newsletter.core import addresses, answers, bounces, clock, errors, loops, tokens
from newsletter.mail import letters, reading, reports
from newsletter.service import (
    health,
    inbound_answers,
    inbound_calendar,
    inbound_complaints,
    inbound_leaving,
    inbound_letters,
    returns_alerts,
)
from newsletter.service.inbound import LEFT, Inbound, owner
from newsletter.store import editions, members, outbox, returns


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one inbound mail: what it is, and what was done about it (`done`; empty: nothing).

    `left` says that a person has to look at it, so that it must stay where it can be found.
    """

    kind: reports.Kind
    recipients: tuple[str, ...]
    status: str
    reason: str
    done: str = ""
    readable: bool = True
    left: bool = False


def look(data: bytes) -> Taken:
    """Say what a mail is, without a site and without doing anything. A mail that cannot be read is `other`."""
    return _read(data)[0]


def take(opened: site.Site, data: bytes, recipient: str = "") -> Taken:
    """Take one mail in, once; `recipient` is the envelope's, where it is known. Never raises for a bad mail.

    Raises StorageError: then nothing was done, and the mail has to stay where it is.
    """
    if letters.hops(data) >= loops.HOPS:
        return Taken("other", (), "", f"it came through {loops.HOPS} servers", "dropped: it runs in a circle")
    taken, report = _read(data)
    if report is None:
        return dataclasses.replace(taken, done=LEFT, left=True)
    inbound = Inbound(data, _digest(data, recipient), report, _letter(data, recipient), opened.clock.iso())
    try:
        with opened.store.write():
            if not returns.note_arrival(opened.store, inbound.digest, report.kind, inbound.now):
                # A crash may have come before it was kept: what was left to a person still is.
                left = returns.is_left(opened.store, inbound.digest)
                return dataclasses.replace(taken, done="seen before", left=left)
            done = _act(opened, inbound)
            if done.startswith(LEFT):
                returns.leave_arrival(opened.store, inbound.digest)
    except errors.StorageError:
        raise
    except Exception as problem:
        # What a stranger's mail can cause must not keep the next ones from being taken. Nothing of it was done.
        done = f"{LEFT}: it could not be dealt with ({type(problem).__name__})"
    return dataclasses.replace(taken, done=done, left=done.startswith(LEFT))


def _read(data: bytes) -> tuple[Taken, reports.Report | None]:
    try:
        found = reports.read(data)
    except errors.InputError as problem:
        return Taken("other", (), "", f"unreadable: {problem.message}", readable=False), None
    except Exception as problem:
        # Python's parser has surprised before: the mail is kept for a person, and the next one is read.
        return Taken("other", (), "", f"unreadable: {type(problem).__name__}", readable=False), None
    return Taken(found.kind, found.recipients, found.status, found.reason), found


def _letter(data: bytes, recipient: str) -> letters.Letter:
    try:
        return letters.read(data, recipient)
    except Exception:
        # It could be read as a report, so it is one; as a letter it says nothing.
        return letters.Letter("", "", "", "", "", (), (), {"auto-submitted": "auto-replied"})


def _digest(data: bytes, recipient: str) -> bytes:
    """What makes a mail the same: its bytes, and the recipient where one mail came to several."""
    whole = hashlib.sha256(data[: reading.MAIL_LIMIT])
    if recipient:
        whole.update(b"\0" + recipient.lower().encode("utf-8", "replace"))
    return whole.digest()


def _act(opened: site.Site, inbound: Inbound) -> str:
    """Do what a mail means; say it in words for a person."""
    kind = inbound.report.kind
    if kind in ("hard", "soft", "policy"):
        return _bounced(opened, inbound)
    if done := inbound_leaving.take(opened, inbound):
        return done
    if kind == "complaint":
        return inbound_complaints.take(opened, inbound)
    if kind == "calendar-reply":
        return inbound_calendar.take(opened, inbound)
    if kind == "autoreply" or not inbound.letter.may_be_answered:
        return "" if kind == "autoreply" else _unread(inbound)
    return inbound_answers.of_words(opened, inbound) or inbound_letters.keep(opened, inbound) or LEFT


def _unread(inbound: Inbound) -> str:
    """A machine's mail that is none of the known kinds: a person looks, unless it is a report of no failure."""
    return "" if inbound.report.status or inbound.report.recipients else LEFT


def _bounced(opened: site.Site, inbound: Inbound) -> str:
    report, now = inbound.report, inbound.now
    token = owner(opened, inbound)
    if token is None:
        _hint(opened, report, "no token of ours")
        return "no token of ours: not counted"
    row = returns.delivery(opened.store, token.number, token.member)
    if row is None:
        return "nothing was sent for its token: not counted"
    if clock.parse(now) - clock.parse(row["changed_at"]) > bounces.REPORT_LIFE:
        _hint(opened, report, "its mail was sent too long ago")
        return f"its mail was sent more than {bounces.REPORT_LIFE.days} days ago: not counted"
    if _is_of_another_address(opened, row):
        return "its mail went to an address that is not the member's any more: not counted"
    if returns.has_bounced(opened.store, token.number, token.member, report.kind):
        return "counted before"
    returns.add_bounce(
        opened.store, token.number, token.member, report.kind, report.status, report.reason, inbound.digest, now
    )  # fmt: skip
    if report.kind == "policy":
        return _refused(opened, token, now)
    health.judge(opened, token.member, now)
    return f"counted for member {token.member}"


def _is_of_another_address(opened: site.Site, row: sqlite3.Row) -> bool:
    """Whether a delivery went to an address that has been changed since."""
    member = members.by_id(opened.store, row["member"])
    try:
        return member is not None and member["key"] not in (None, addresses.read(row["address"]).key)
    except errors.InputError:
        return False  # that cannot be told


def _hint(opened: site.Site, report: reports.Report, why: str) -> None:
    masked = addresses.masked(report.recipients[0]) if report.recipients else ""
    returns_alerts.hint(opened, report.kind, masked, why)


def _refused(opened: site.Site, token: tokens.Token, now: str) -> str:
    """Policy is never the member's fault. When it meets many members of one message, the send waits for a person."""
    count = returns.refused_by_policy(opened.store, token.number)
    row = outbox.message(opened.store, token.number)
    if count >= answers.ALIKE_LIMIT and returns_alerts.alert_once(
        opened, "policy", f"message {token.number}"
    ):
        reason = f"{count} copies were refused by other servers' policy after the relay had taken them"
        if row is not None and row["edition"]:
            only = ("queued", "running")
            editions.set_state(opened.store, row["edition"], "paused", reason, now, only=only)
    return f"noted for member {token.member}, whose address is not touched by it"
