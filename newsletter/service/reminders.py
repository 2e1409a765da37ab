"""The plan of a meeting's reminders: made when its invitation is first sent, shown, and moved with the meeting."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock, reminders
from newsletter.service import audience as readers
from newsletter.store import audience, editions, meetings
from newsletter.store import reminders as store


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reminder follows, whether it is sent already (`edition`) or is about to be.

    `meeting` is 0 while a [next_meeting] table has not made it; `at` is when the invitation goes out.
    """

    meeting: int
    lists: readers.Lists
    at: datetime
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Readers:
    """To how many a reminder goes, by what they answered, and how many stay out because they were written to lately."""

    to: dict[reminders.Who, int] = field(default_factory=dict)
    recent: int = 0


@dataclass(frozen=True, slots=True)
class Foretold:
    """A reminder as the plan shows it, with whom it would go to now."""

    name: reminders.Name
    due: datetime
    when: str  # in words, on the list's clock
    reason: reminders.Reason
    readers: Readers


# ---- the plan


def foretell(
    opened: site.Site,
    meeting: sqlite3.Row | None,
    lists: readers.Lists,
    at: datetime,
    starts: datetime | None = None,
) -> tuple[Foretold, ...]:
    """Say what would follow an invitation that goes out then: when, and to how many as of now. Changes nothing.

    `starts` stands for the meeting that a [next_meeting] table has not made yet.
    """
    rows = store.of_meeting(opened.store, meeting["id"]) if meeting else []
    if any(row["state"] != "dropped" for row in rows):
        return ()  # it has its reminders
    begins = clock.parse(meeting["starts"]) if meeting else starts
    assert begins is not None
    asked = Asked(meeting["id"] if meeting else 0, lists, at)
    return tuple(
        Foretold(
            name, one.due, _when(one.due, lists[0].site), one.reason,
            Readers() if one.reason else count(opened, asked, name, one.due),
        )
        for name, one in _plan(opened, lists[0], begins, at).items()
    )  # fmt: skip


def freeze(
    opened: site.Site, edition: str, mailing_list: settings.MailingList, meeting: int, at: datetime
) -> None:
    """Plan what follows an invitation that goes out then. Runs inside the write that queues it, which is its first send."""
    row = meetings.by_id(opened.store, meeting)
    assert row is not None  # the edition's row refers to it
    for name, one in _plan(opened, mailing_list, clock.parse(row["starts"]), at).items():
        due, until = clock.iso(one.due), clock.iso(one.until)
        store.plan(opened.store, meeting, name, edition, due, until, one.reason)


def _plan(
    opened: site.Site, mailing_list: settings.MailingList, starts: datetime, at: datetime
) -> dict[reminders.Name, reminders.Planned]:
    return reminders.plan(
        mailing_list.reminding.paces, starts, mailing_list.site.zone, at, opened.clock.now()
    )


def _when(moment: datetime, own: settings.SiteSettings) -> str:
    return catalogue.when(moment.astimezone(own.zone), None, "en", own.country or "")


# ---- whom it is for


def count(opened: site.Site, asked: Asked, name: reminders.Name, due: datetime) -> Readers:
    """Whom a reminder that is due then would go to, as of now. Works in temporary tables, outside a write."""
    to: dict[reminders.Who, int] = {}
    recent = 0
    with opened.store.scratch():
        for part in reminders.PARTS[name]:
            gather(opened, asked, name, part, due)
            to[part.who] = readers.recipients(opened)
            recent += audience.skipped(opened.store).get("recent", 0)
    return Readers(to, recent)


def gather(
    opened: site.Site, asked: Asked, name: reminders.Name, part: reminders.Part, due: datetime
) -> None:
    """Collect whom a part of a reminder goes to when it is due; the others of its audience stay out with a reason."""
    database, meeting = opened.store, asked.meeting
    if part.who != "silent":
        readers.gather(
            opened, asked.lists, part.mail_class,
            only=lambda: store.keep_answered(database, meeting, part.who),
        )  # fmt: skip
        if name == "free-place":
            store.leave_out_answered(database, meeting, clock.iso(due - reminders.FRESH))
        return
    readers.gather(opened, asked.lists, part.mail_class)
    store.leave_out_answered(database, meeting)
    store.leave_out_new(database, asked.edition, clock.iso(due - reminders.APART))
    since = due - reminders.CAP_DAYS
    for one in asked.lists:
        # An invitation that is about to be queued counts, too.
        own = one.mails_per_week - (not asked.edition and asked.at > since)
        store.leave_out_often(database, database.list_ids[one.slug], own, clock.iso(since), clock.iso(due))


# ---- what the chair sees


def show(opened: site.Site, meeting: sqlite3.Row) -> list[dict[str, Any]]:
    """A meeting's reminders: `reminder, when, at, state, reason, to, recent, edition`; `to` and `recent` are as of now."""
    return [_shown(opened, row) for row in store.of_meeting(opened.store, meeting["id"])]


def _shown(opened: site.Site, row: sqlite3.Row) -> dict[str, Any]:
    asked = asked_of(opened, row)
    found = Readers()
    if row["state"] in ("waiting", "stopped") and asked.lists:
        found = count(opened, asked, row["name"], clock.parse(row["due_at"]))
    own = asked.lists[0].site if asked.lists else opened.config.site
    return {
        "reminder": row["name"],
        "at": row["due_at"],
        "when": _when(clock.parse(row["due_at"]), own),
        "state": row["state"],
        "reason": row["reason"],
        "to": found.to,
        "recent": found.recent,
        "edition": row["edition"],
    }


def asked_of(opened: site.Site, row: sqlite3.Row) -> Asked:
    """What a planned reminder follows; of its lists those that are still configured."""
    edition = editions.get(opened.store, row["invitation"])
    assert edition is not None  # the reminder's row refers to it
    slugs = audience.slugs(edition["lists"])
    lists = tuple(opened.config.lists[slug] for slug in slugs if slug in opened.config.lists)
    return Asked(row["meeting"], lists, clock.parse(edition["send_at"]), row["invitation"])


# ---- what moves it


def follow(opened: site.Site, meeting: int) -> None:
    """Bring a meeting's reminders in line with its time and state. Runs inside the write that moves or cancels it.

    What waits gets its new time, or is dropped, and comes back when a cancelling is undone; what is in the outbox and has
    not gone tells what is not so any more and is skipped. A mail to those who come that has gone for the old day goes again
    for the new one; nobody is asked a third time.
    """
    now = opened.clock.iso()
    row = meetings.by_id(opened.store, meeting)
    if row is None:
        return
    cancelled = row["state"] == "cancelled"
    for one, planned in _anew(opened, row):
        if one["edition"]:
            editions.skip_all_due(opened.store, one["edition"], "cancelled" if cancelled else "stale", now)
        if cancelled and one["state"] == "waiting":
            store.change(opened.store, one, "dropped", "cancelled")
        elif planned is not None and not cancelled:
            _date(opened, one, planned)


def _anew(opened: site.Site, meeting: sqlite3.Row) -> Iterator[tuple[sqlite3.Row, reminders.Planned | None]]:
    for one in store.of_meeting(opened.store, meeting["id"]):
        asked = asked_of(opened, one)
        planned = (
            _plan(opened, asked.lists[0], clock.parse(meeting["starts"]), asked.at) if asked.lists else {}
        )
        yield one, planned.get(one["name"])


def _date(opened: site.Site, row: sqlite3.Row, planned: reminders.Planned) -> None:
    state: reminders.State = row["state"]
    if state == "queued":
        if row["name"] == "second-notice" or planned.reason or planned.due <= opened.clock.now():
            return
        state = "waiting"
    elif state == "dropped":
        is_undone = row["reason"] == "cancelled" and row["invited"] != "cancelled"
        if planned.reason or not (is_undone or row["reason"] in ("late", "soon")):
            return
        state = "waiting"
    elif planned.reason:
        state = "dropped"
    due, until = clock.iso(planned.due), clock.iso(planned.until)
    if due != row["due_at"] or state != row["state"]:
        store.date(opened.store, row, due, until, state, planned.reason)
