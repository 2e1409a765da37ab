"""Look into a calendar file (.ics) for what happens at the same time: the fixtures of a club, a neighbour's meetings.

The file is a stranger's. Its size, its events and the time that is spent on them are bounded; of each event only a few
lines are read, and none of its time zone rules. What cannot be read is counted and told, never taken for nothing.
"""

import itertools
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newsletter.compose import quoted
from newsletter.core import errors

if TYPE_CHECKING:
    import icalendar

FILE_LIMIT = 2_000_000  # octets
EVENTS = 5_000
SECONDS = 2.0  # of processor time for one file
_TITLE = 80  # characters of a title that are shown
_LINE, _LINES = 1_000, 200  # characters of a line, lines of an event
_KEPT = {
    "UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP",
}  # fmt: skip
_LONGEST = timedelta(days=60)
_OLDEST = timedelta(days=40 * 366)  # before the meeting: a series that began earlier is no living one
_AT_MOST = 200  # occurrences of one series that are looked at
# The rules that people's calendars write. Others could be made to run for ever.
_RULE_KEYS = {
    "DAILY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"},
    "WEEKLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"},
    "MONTHLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"},
}


@dataclass(frozen=True, slots=True)
class Clash:
    """An event at the same time. Times are aware; `all_day` events fill the days of the zone that was asked for."""

    title: str
    starts: datetime
    ends: datetime
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds at a time, the earliest first, and how many of its events could not be looked at."""

    clashes: tuple[Clash, ...]
    skipped: int = 0


def find(data: bytes, starts: datetime, ends: datetime, zone: ZoneInfo) -> Found:
    """Find what overlaps a meeting from `starts` to `ends` (aware). Times without a zone are taken in `zone`.

    Raises InputError when the file is no calendar, or too large.
    """
    if len(data) > FILE_LIMIT:
        raise errors.InputError(f"is larger than {FILE_LIMIT // 1_000_000} MB")
    text = data.decode("utf-8-sig", "replace")
    if "BEGIN:VCALENDAR" not in text[:10_000].upper():
        raise errors.InputError("is no calendar: it does not begin with BEGIN:VCALENDAR")
    span = _Span(starts, ends, zone)
    events, skipped = _read(text)
    replaced: set[tuple[str, datetime | None]] = {
        (one.uid, one.instead_of) for one in events if one.instead_of
    }
    until, found = time.process_time() + SECONDS, []
    for number, event in enumerate(events):
        if time.process_time() > until:
            skipped += len(events) - number
            break
        try:
            found += list(_overlapping(event, span, replaced))
        except Exception:
            # Whatever a stranger's rule does to the library, the next event is looked at.
            skipped += 1
    return Found(tuple(sorted(found, key=lambda one: (one.starts, one.title))), skipped)


@dataclass(frozen=True, slots=True)
class _Span:
    starts: datetime
    ends: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Event:
    """One event. `begin` is naive in `zone`; without one it is a day, or a time on the clock of whoever looks."""

    uid: str
    title: str
    begin: datetime
    length: timedelta
    zone: Any
    all_day: bool
    rule: "icalendar.vRecur | None"
    left_out: frozenset[datetime]
    instead_of: datetime | None


def _read(text: str) -> tuple[list[_Event], int]:
    """The events that may clash, and how many could not be read."""
    found: list[_Event] = []
    skipped = 0
    blocks = _blocks(re.sub(r"\r?\n[ \t]", "", text).splitlines())
    for lines in itertools.islice(blocks, EVENTS):
        try:
            if (event := _event(lines)) is not None:
                found.append(event)
        except Exception:
            skipped += 1
    return found, skipped + sum(1 for _ in blocks)


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of each VEVENT that matter; what is nested in it (alarms) is left out."""
    inside: list[str] | None = None
    depth = 0
    for line in lines:
        word = line[:40].strip().upper()
        if inside is None:
            inside, depth = ([], 0) if word == "BEGIN:VEVENT" else (None, 0)
        elif word.startswith("BEGIN:"):
            depth += 1
        elif word.startswith("END:") and depth:
            depth -= 1
        elif word.startswith("END:"):
            yield inside
            inside = None
        elif not depth and re.split("[:;]", word, maxsplit=1)[0] in _KEPT and len(inside) < _LINES:
            inside.append(line[:_LINE])


def _event(lines: list[str]) -> _Event | None:
    """Read an event; None for one that nobody goes to: cancelled, or marked as free time."""
    import icalendar

    # Any property may be of any type, or a list of them: what does not fit raises, and the event is counted.
    read: Any = icalendar.Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]))
    if (
        str(read.get("STATUS", "")).upper() == "CANCELLED"
        or str(read.get("TRANSP", "")).upper() == "TRANSPARENT"
    ):
        return None
    begin, all_day, zone = _moment(read["DTSTART"].dt)
    length = _length(read, begin, all_day, zone)
    if not timedelta(0) <= length <= _LONGEST:
        raise ValueError("too long")
    instead = _moment(read["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in read else None
    return _Event(
        str(read.get("UID", "")), quoted.clean(str(read.get("SUMMARY", "")))[:_TITLE].strip() or "(without a title)",
        begin, length, zone, all_day, read.get("RRULE"),
        frozenset(_local(one, zone) for one in read.exdates),
        _local(read["RECURRENCE-ID"].dt, zone) if instead else None,
    )  # fmt: skip


def _moment(value: date | datetime) -> tuple[datetime, bool, Any]:
    """A time as naive, whether it is a whole day, and its zone."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day), True, None
    return value.replace(tzinfo=None), False, value.tzinfo


def _local(value: date | datetime, zone: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None or zone is None:
        return _moment(value)[0]
    return value.astimezone(zone).replace(tzinfo=None)


def _length(read: Any, begin: datetime, all_day: bool, zone: Any) -> timedelta:
    if "DTEND" in read:
        return _local(read["DTEND"].dt, zone) - begin
    if "DURATION" in read:
        length: timedelta = read["DURATION"].dt
        return length
    return timedelta(days=1) if all_day else timedelta(0)


def _overlapping(event: _Event, span: _Span, replaced: set[tuple[str, datetime | None]]) -> Iterator[Clash]:
    zone = event.zone or span.zone
    starts, ends = (one.astimezone(zone).replace(tzinfo=None) for one in (span.starts, span.ends))
    for begin in _begins(event, starts - event.length, ends, starts):
        end = begin + max(event.length, timedelta(minutes=1))
        if begin in event.left_out or (not event.instead_of and (event.uid, begin) in replaced):
            continue
        first, last = begin.replace(tzinfo=zone), end.replace(tzinfo=zone)
        if first.astimezone(UTC) < span.ends and last.astimezone(UTC) > span.starts:
            yield Clash(event.title, first, last, event.all_day)


def _begins(event: _Event, after: datetime, before: datetime, meeting: datetime) -> Iterator[datetime]:
    """The beginnings of an event in a span of its own clock."""
    if event.rule is None:
        yield event.begin
        return
    from dateutil import rrule

    if event.begin < meeting - _OLDEST:
        raise ValueError("too old")
    rule = rrule.rrulestr(_rule(event), dtstart=event.begin)
    found = itertools.takewhile(lambda begin: begin < before, rule.xafter(after, inc=True))
    yield from itertools.islice(found, _AT_MOST)


def _rule(event: _Event) -> str:
    """A rule as the library takes it, if it is of the sort that people's calendars write."""
    parts = {key.upper(): value for key, value in (event.rule or {}).items()}
    frequency = str(parts["FREQ"][0]).upper()
    if not set(parts) <= _RULE_KEYS[frequency] or any(len(value) > 40 for value in parts.values()):
        raise ValueError("a rule that nobody writes")
    if not 1 <= int(parts.get("INTERVAL", [1])[0]) <= 1_000:
        raise ValueError("an interval that nobody writes")
    if "UNTIL" in parts:
        until = parts["UNTIL"][0]
        last = _local(until, event.zone)
        if not isinstance(until, datetime):
            last += timedelta(days=1, seconds=-1)
        parts["UNTIL"] = [last]
    written = {key: [_plain(one) for one in value] for key, value in parts.items()}
    return ";".join(f"{key}={','.join(value)}" for key, value in written.items())


def _plain(value: Any) -> str:
    return f"{value:%Y%m%dT%H%M%S}" if isinstance(value, datetime) else str(value)
