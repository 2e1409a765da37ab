"""Reminders: the mails that follow an invitation by themselves. When each goes, until when it makes sense. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from newsletter.core import errors, wall, words

Name = Literal["second-notice", "free-place", "day-before"]
State = Literal["waiting", "stopped", "queued", "dropped"]
# Why one was dropped: its time had passed; the invitation went out too short a time before; the meeting or the invitation
# was cancelled; nobody was left to write to; its mail cannot be composed; it went out before a backup was restored.
Reason = Literal["", "late", "soon", "cancelled", "nobody", "broken", "restored"]
Who = Literal["silent", "yes", "maybe"]

NAMES: tuple[Name, ...] = get_args(Name)
APART = timedelta(days=3)  # nobody is asked again sooner than this after the invitation, or after joining
FRESH = timedelta(days=1)  # whoever answered within it needs no word about freeing the place
LATE = timedelta(days=1)  # a laptop may have slept: so much later a reminder still makes sense
LAST_CALL = timedelta(hours=1)  # nobody reads in time what goes later than this before the meeting
LONGEST_DAYS = 60
CAP_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many days before the meeting, at a time of day on the list's clock."""

    days: int
    at: time


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a reminder: its template, its mail class, and whom it is for by what they answered."""

    template: str
    mail_class: words.MailClass
    who: Who


# A maybe holds no place and is not asked twice to come: it is asked once to decide, when others are asked to free theirs.
PARTS: dict[Name, tuple[Part, ...]] = {
    "second-notice": (Part("invitation", "M", "silent"),),
    "free-place": (Part("free_place", "T", "yes"), Part("undecided", "T", "maybe")),
    "day-before": (Part("day_before", "T", "yes"),),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """When a reminder goes, until when it may (both UTC), and why it does not at all."""

    due: datetime
    until: datetime
    reason: Reason = ""


def pace(text: str, usual: time) -> Pace | None:
    """Read "7d" or "7d 18:30"; None for "off". Raises InputError."""
    if text.strip() == "off":
        return None
    found = re.fullmatch(r"\s*(\d{1,3})\s*d(?:\s+(\d{1,2}:\d\d))?\s*", text, re.ASCII)
    if found is None or int(found[1]) > LONGEST_DAYS:
        raise errors.InputError(
            f'is \'{text}\', but must be days before the meeting such as "7d" or "7d 18:30" ({LONGEST_DAYS} at most), or "off"'
        )
    return Pace(int(found[1]), hour(found[2]) if found[2] else usual)


def hour(text: str) -> time:
    """Read a time of day, HH:MM. Raises InputError."""
    found = re.fullmatch(r"(\d{1,2}):(\d\d)", text, re.ASCII)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise errors.InputError(f"is '{text}', but must be a time of day such as \"10:00\"")
    return time(int(found[1]), int(found[2]))


def plan(
    paces: Mapping[Name, Pace | None], starts: datetime, zone: ZoneInfo, asked: datetime, now: datetime
) -> dict[Name, Planned]:
    """Date the reminders of a meeting that starts then (UTC); `asked` is when its invitation goes out."""
    dues = {name: moment(found, starts, zone) for name in NAMES if (found := paces[name]) is not None}
    planned = {}
    for name, due in dues.items():
        until = _until(due, [other for other in dues.values() if other > due], starts)
        planned[name] = Planned(due, until, _reason(name, due, until, asked, now))
    return planned


def moment(found: Pace, starts: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of a pace before a meeting, right over clock changes."""
    day = starts.astimezone(zone).date() - timedelta(days=found.days)
    return wall.moment(datetime.combine(day, found.at), zone)


def _until(due: datetime, later: list[datetime], starts: datetime) -> datetime:
    """A late reminder keeps away from the next one, at least by half of what lies between them, and from the meeting."""
    return min([due + LATE, starts - LAST_CALL, *(due + (other - due) / 2 for other in later)])


def _reason(name: Name, due: datetime, until: datetime, asked: datetime, now: datetime) -> Reason:
    if until <= due or until <= now or due < asked:
        return "late"
    return "soon" if name == "second-notice" and due < asked + APART else ""
