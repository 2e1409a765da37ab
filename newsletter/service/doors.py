"""A meeting's door: helpers tick who came, add walk-ins and count heads, on several devices that may be without a network.

The page shows names and nothing else of anybody. Once the link's day is over it shows nobody, and only takes what a device
ticked before.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter import site
from newsletter.core import attendance as rules
from newsletter.core import clock, devices, errors
from newsletter.core import passes as passing
from newsletter.service import attendance, booths, meetings, passes, signup
from newsletter.store import attendance as store

State = Literal["open", "late", "ended"]


@dataclass(frozen=True, slots=True)
class Door:
    """What a door shows: the meeting, who may come with the ticks so far (nobody once it is not open), the heads that were
    counted, and the sign-up for walk-ins, where the list takes people."""

    state: State
    title: str
    when: str
    language: str
    guests: tuple[attendance.Guest, ...]
    counted: int | None
    booth: booths.Booth | None


def look(opened: site.Site, slug: str, token: str) -> Door:
    """See a door by its link. Changes nothing. Raises NotFoundError when the link is not ours or its week is over."""
    row, meeting = _read(opened, slug, token)
    own = meetings.settings_of(opened, meeting["list_slug"])
    state = _state(opened, row)
    is_open = state == "open"
    return Door(
        state=state,
        title=meeting["title"],
        when=meetings.when(meeting, own),
        language=own.language,
        guests=tuple(attendance.expected(opened, meeting)) if is_open else (),
        counted=store.numbers(opened.store, meeting["id"])["counted"],
        booth=_booth(opened, row) if is_open else None,
    )


def _booth(opened: site.Site, row: sqlite3.Row) -> booths.Booth | None:
    try:
        found = booths.at(opened, row)
    except errors.NotFoundError:
        return None
    return found if found.state == "open" else None


def take(
    opened: site.Site, slug: str, token: str, ticks: Sequence[devices.DeviceTick], device_now: str, *,
    count: str = "", counted_at: str = "", signups: Sequence[devices.Signup] = (),
) -> tuple[bool, dict[str, booths.Verdict]]:  # fmt: skip
    """Take ticks, a count and walk-ins' sign-ups in, each at the device's time, in one durable transaction.

    Returns whether all of the ticks could be taken, and what became of each sign-up. What was ticked after the link's day,
    or comes by a link that was taken back, the device keeps for a new link. Raises NotFoundError.
    """
    row, meeting = _read(opened, slug, token)
    if _state(opened, row) == "ended":
        return False, {one.id: "over" for one in signups}

    def moment(at: str) -> str:
        return clock.iso(passing.moment(at, device_now, opened.clock.now()))

    made = [rules.Tick(one.person, one.came, moment(one.at), one.name) for one in ticks]
    heads = int(count) if count.isascii() and count.isdecimal() and len(count) < 7 else None
    in_time = tuple(one for one in made if one.at <= row["until"])
    counts = heads is None or moment(counted_at) <= row["until"]
    told = attendance.Told(in_time, heads if counts else None, moment(counted_at))
    with opened.store.write():
        attendance.take(opened, meeting, told)
        return counts and len(in_time) == len(made), booths.take_by(opened, row, signups, device_now, "door")


def _read(opened: site.Site, slug: str, token: str) -> tuple[sqlite3.Row, sqlite3.Row]:
    row = passes.read(opened, "door", token)
    meeting = meetings.find(opened, slug)
    if meeting["id"] != row["meeting"] or _state_of(opened, row) == "over":
        raise signup.unknown()
    return row, meeting


def _state(opened: site.Site, row: sqlite3.Row) -> State:
    found = _state_of(opened, row)
    assert found != "over"
    return found


def _state_of(opened: site.Site, row: sqlite3.Row) -> Literal["open", "late", "ended", "over"]:
    now = opened.clock.now()
    standing = passing.standing(row["ended_at"], row["until"], clock.iso(now))
    if standing == "over":
        return "late" if passing.takes_late(row["until"], now) else "over"
    return standing
