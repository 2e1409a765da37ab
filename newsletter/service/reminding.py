"""Reminders whose time has come become editions, by the clock of `serve` or at the next run; and a person stops them.

Each is queued once, whatever dies and however many processes look: one write transaction moves its row on from waiting
and makes its edition with a complete delivery for everybody.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from newsletter import site
from newsletter.compose import catalogue, frame, message
from newsletter.compose import edition as written
from newsletter.core import clock, errors, logs, reminders
from newsletter.service import audience as readers
from newsletter.service import editions as files
from newsletter.service import meetings as plans
from newsletter.service import reminders as planned
from newsletter.store import audience, editions, log, meetings, outbox, places, promises
from newsletter.store import meeting_changes as changes
from newsletter.store import reminders as store

logger = logging.getLogger("newsletter.reminders")
ALL = "all"


def run_due(opened: site.Site, note: Callable[[str], None] = lambda text: None) -> list[str]:
    """Queue every reminder whose time has come, or drop it; return the editions made. Never raises for one that is broken."""
    made = []
    for row in store.due(opened.store, opened.clock.iso()):
        try:
            edition = _queue(opened, row)
        except errors.StorageError:
            raise
        except errors.NewsletterError as problem:
            _drop_broken(opened, row, problem)
            note(f"The {row['name']} of {row['slug']} cannot be composed and will not go: {problem.message}")
            continue
        if edition:
            made.append(edition)
            logs.info(logger, "reminder queued", edition=edition)
            note(f"Queued the {row['name']} of {row['slug']}.")
    return made


def _queue(opened: site.Site, found: sqlite3.Row) -> str:
    """Make a reminder's edition; return its id, or nothing when it must wait, was dropped, or another process made it."""
    now = opened.clock.now()
    with opened.store.write():
        row = store.get(opened.store, found["meeting"], found["name"])
        meeting = meetings.by_id(opened.store, found["meeting"])
        if row is None or meeting is None or row["state"] != "waiting" or row["due_at"] > clock.iso(now):
            return ""
        if reason := _refusal(row, meeting, clock.iso(now)):
            store.change(opened.store, row, "dropped", reason)
            return ""
        # An invitation that was stopped, or has not begun to go, is not overtaken by its second notice.
        if row["name"] == "second-notice" and row["invited"] not in ("running", "done"):
            return ""
        work = _Work(opened, row, meeting, planned.asked_of(opened, row), now)
        parts = [part for part in reminders.PARTS[work.name] if work.gather(part)]
        if not parts:
            store.change(opened.store, row, "dropped", "nobody")
            return ""
        return work.queue(parts)


def _refusal(row: sqlite3.Row, meeting: sqlite3.Row, now: str) -> reminders.Reason:
    if meeting["state"] == "cancelled" or row["invited"] == "cancelled":
        return "cancelled"
    return "late" if row["until"] <= now else ""


def _drop_broken(opened: site.Site, row: sqlite3.Row, problem: errors.NewsletterError) -> None:
    logs.warning(logger, "reminder broken", meeting=row["slug"], reminder=row["name"], why=problem.message)
    with opened.store.write():
        if store.change(opened.store, row, "dropped", "broken"):
            about = f"{row['slug']} {row['name']}"
            log.add(
                opened.store, opened.clock.iso(), opened.organiser, "reminder broken", about, problem.message
            )


class _Work:
    """One reminder on its way into the outbox, inside one write."""

    def __init__(
        self, opened: site.Site, row: sqlite3.Row, meeting: sqlite3.Row, asked: planned.Asked, now: datetime
    ) -> None:
        if not asked.lists:
            raise errors.NotFoundError(f"the list of {row['invitation']} is gone")
        self.name: reminders.Name = row["name"]
        self._opened, self._row, self._meeting, self._asked, self._now = opened, row, meeting, asked, now
        self._own = asked.lists[0].site

    def gather(self, part: reminders.Part) -> int:
        """Collect whom a part goes to; return how many."""
        planned.gather(self._opened, self._asked, self.name, part, self._now)
        return readers.recipients(self._opened)

    def queue(self, parts: list[reminders.Part]) -> str:
        """Make the edition with a message for each part; return its id."""
        opened, row = self._opened, self._row
        text, around = self._invitation()
        edition = f"{row['invitation']}-{self.name}"
        while editions.get(opened.store, edition) is not None:
            edition += "-again"  # the meeting has moved since the first
        self._add_edition(edition, text)
        store.change(opened.store, row, "queued", "", edition)
        for part in parts:
            self.gather(part)
            self._enqueue(edition, part, text, around)
        return edition

    def _invitation(self) -> tuple[written.Edition, frame.Frame]:
        """The chair's own words and the facts around them, both with the meeting's time as it is now."""
        home, _, stem = self._row["invitation"].partition("/")
        known = editions.get(self._opened.store, self._row["invitation"])
        assert known is not None  # the reminder's row refers to it
        # What was corrected since is not said wrongly a second time.
        latest = promises.latest(self._opened.store, self._row["invitation"]) or known
        text = written.read(latest["source"], f"{stem}.md", home)
        around = replace(
            files.make_frame(self._opened, self._asked.lists),
            meeting=plans.told(self._meeting, self._own),
            folder=self._opened.root / "lists" / home / "editions",
        )
        # What the invitation told stands in the first change since; without one it is so still.
        then = (
            changes.first_since(self._opened.store, self._meeting["id"], known["queued_at"]) or self._meeting
        )
        before, now = plans.said(then, self._own), plans.said(self._meeting, self._own)
        if before != now:
            line = catalogue.say("reminder_moved", self._own.language, before=before, now=now)
            around = replace(around, line=line)
        for old, new in zip(self._written(then), self._written(self._meeting), strict=True):
            text = replace(
                text, subject=text.subject.replace(old, new), body=text.body.replace(old, new),
                preheader=text.preheader.replace(old, new),
            )  # fmt: skip
        return text, around

    def _written(self, row: sqlite3.Row) -> tuple[str, str]:
        """The time of a meeting as the program writes it into a draft: with the hours, and the day alone."""
        starts = clock.parse(row["starts"]).astimezone(self._own.zone)
        day = catalogue.day(starts, self._own.language, self._own.country or "", weekday=True)
        return plans.when(row, self._own), day

    def _add_edition(self, edition: str, text: written.Edition) -> None:
        known = editions.get(self._opened.store, self._row["invitation"])
        assert known is not None
        now = clock.iso(self._now)
        source_hash = hashlib.sha256(f"{edition}\0{known['source']}".encode()).hexdigest()
        editions.add(
            self._opened.store,
            editions.Written(
                id=edition, kind="invitation", lists=known["lists"], subject=_subject(self.name, text.subject, self._own.language),
                source=known["source"], source_hash=source_hash, meeting=self._row["meeting"], question=None, send_at=now,
                queued_at=now, by=known["by"], allowed="[]", reminder=self.name,
            ),
        )  # fmt: skip

    def _enqueue(
        self, edition: str, part: reminders.Part, text: written.Edition, around: frame.Frame
    ) -> None:
        opened, now = self._opened, self._now
        keys = audience.shapes(opened.store)
        shapes = readers.frame_shapes(opened, keys)
        if part.who != "silent":
            shapes = [frame.Shape(one.lists[:1], "answered") for one in shapes]
        waiting = sum(1 for _ in places.waiting(opened.store, self._meeting["id"]))
        composed = compose(self.name, part, text, around, shapes, waiting)
        number = outbox.add_message(
            opened.store, edition, composed.kind, composed.mail_class,
            audience.lists_json([one.slug for one in self._asked.lists]),
            composed.subject_shown(), composed.to_json(), opened.tokens.newest, clock.iso(now),
        )  # fmt: skip
        date, due = format_datetime(now.astimezone(self._own.zone)), clock.iso(now)
        queued = audience.Queued(number, composed.fields, date, due, due, date, due)
        numbers = {key: composed.shape_number(shape) for key, shape in zip(keys, shapes, strict=True)}
        audience.enqueue(opened.store, queued, numbers, readers.since_shown(opened))


def compose(
    name: reminders.Name, part: reminders.Part, text: written.Edition, around: frame.Frame,
    shapes: Sequence[frame.Shape], waiting: int = 0,
) -> message.Message:  # fmt: skip
    """Compose a part of a reminder of an invitation; `waiting` is how many wait for a place. Raises EditionError."""
    if part.who == "silent":
        line = f"{catalogue.say('second_notice_line', around.language)} {around.line}".strip()
        again = replace(text, subject=_subject(name, text.subject, around.language))
        return message.freeze(again, replace(around, line=line), shapes)
    meeting = around.meeting
    assert meeting is not None, "an invitation without a meeting has no reminders"
    # The entry in their calendar stands; a second one would only ask again.
    around = replace(around, meeting=replace(meeting, uid=""))
    told = {"waiting": str(waiting or "")}
    distinct = tuple(dict.fromkeys(shapes))
    return message.freeze_answer(part.template, part.mail_class, around, distinct, told, about=text.subject)


def _subject(name: reminders.Name, subject: str, language: str) -> str:
    return catalogue.say(f"{name.replace('-', '_')}_subject", language, subject=subject)


# ---- what a person steers


def stop(opened: site.Site, slug: str, name: str) -> list[str]:
    """Stop a reminder of a meeting, or all; return which. Raises NotFoundError, UsageError, RefusedError."""
    return _steer(opened, slug, name, "waiting", "stopped")


def resume(opened: site.Site, slug: str, name: str) -> list[str]:
    """Let a stopped reminder, or all, go at its time; return which. Raises what `stop` raises."""
    return _steer(opened, slug, name, "stopped", "waiting")


def _steer(
    opened: site.Site, slug: str, name: str, before: reminders.State, after: reminders.State
) -> list[str]:
    if name not in (ALL, *reminders.NAMES):
        raise errors.UsageError(
            f"there is no reminder '{name}'", f"Reminders: {', '.join((*reminders.NAMES, ALL))}"
        )
    meeting, moved = plans.find(opened, slug), []
    with opened.store.write():
        now = opened.clock.iso()
        for row in _named(opened, meeting, name):
            if row["state"] == before and (after == "stopped" or row["until"] > now):
                store.change(opened.store, row, after)
                log.add(opened.store, now, opened.organiser, f"reminder {after}", f"{slug} {row['name']}")
                moved.append(row["name"])
            elif name != ALL and row["state"] != after:
                raise _refused(row, slug, after)
    return moved


def _named(opened: site.Site, meeting: sqlite3.Row, name: str) -> list[sqlite3.Row]:
    rows = store.of_meeting(opened.store, meeting["id"])
    if not rows:
        raise errors.RefusedError(
            f"meeting {meeting['slug']} has no reminders: they are planned when its invitation is sent",
            f"Write the invitation: newsletter meeting announce {meeting['slug']}",
        )
    found = [row for row in rows if name in (ALL, row["name"])]
    if not found:
        raise errors.RefusedError(f"meeting {meeting['slug']} has no {name}: the list has it off")
    return found


def _refused(row: sqlite3.Row, slug: str, after: reminders.State) -> errors.RefusedError:
    if row["state"] == "queued":
        return errors.RefusedError(
            f"the {row['name']} of {slug} is in the outbox already",
            f"Stop it there: newsletter outbox pause {row['edition']}",
        )
    if row["state"] == "stopped":
        return errors.RefusedError(f"the time of the {row['name']} of {slug} has passed")
    return errors.RefusedError(f"the {row['name']} of {slug} will not go anyway ({row['reason']})")
