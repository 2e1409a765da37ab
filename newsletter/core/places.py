"""Places at a meeting that holds only so many: who gets one, who waits, to whom a free one is offered. Pure functions.

Strictly first come, first served. A party (a person with guests) gets a place when nobody waits before it and all of it
fits; else it waits. A free place is offered to the party that has waited longest. While that one does not fit, nobody
passes it, smaller or not: only a party that is larger than the whole meeting is passed, since it would wait for ever.
What is offered counts as taken until it is accepted, given back or over. Nobody who has a place loses it because the
capacity was lowered; there is no new place then until enough were given back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal

# `in`: has a place; `offered`: one is kept until a time; `lapsed`: let an offer pass, and waits no longer.
Place = Literal["", "in", "waiting", "offered", "lapsed"]

LEAST = timedelta(hours=1)  # that an offer stands, unless the meeting begins before
SHARE = 4  # an offer stands at most for a quarter of the time that is left
NIGHT, MORNING = time(22), time(9)  # on the list's clock: an offer that ends in the night ends in the morning


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a party stands: its place, how many people it is, and its turn among those who wait."""

    place: Place = ""
    size: int = 1
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Party:
    """A member who waits, with how many people, and the turn."""

    member: int
    size: int
    turn: int


@dataclass(frozen=True, slots=True)
class Room:
    """A meeting's places without the party that asks: capacity (None: no limit), people with a place or an offer, the
    first turn among those who wait and could ever fit (None: nobody), and the turn of whoever waits next."""

    capacity: int | None
    taken: int = 0
    first_turn: int | None = None
    next_turn: int = 1

    def fits(self, size: int) -> bool:
        return self.capacity is None or size <= self.capacity - self.taken

    def is_open(self, size: int, turn: int) -> bool:
        """Whether a party of this turn gets a place now: all of it fits, and nobody waits before it."""
        first = self.first_turn
        return self.capacity is None or (self.fits(size) and (first is None or turn < first))


def seated(room: Room, before: Seat, size: int) -> Seat:
    """Tell where a party of `size` people stands once it says yes; the answer's size may be smaller than asked for.

    Whoever has a place, or an offer, keeps it; more guests than before get in only where nobody waits and they fit. Of
    those who wait, a smaller party keeps its turn, and a larger one waits anew: its guests came later than the others.
    """
    if before.place in ("in", "offered"):
        grows = size > before.size and not room.is_open(size, room.next_turn)
        return Seat("in", before.size if grows else size)
    keeps_turn = before.place == "waiting" and size <= before.size
    turn = before.turn if keeps_turn else room.next_turn
    return Seat("in", size) if room.is_open(size, turn) else Seat("waiting", size, turn)


def to_offer(room: Room, waiting: Iterable[Party]) -> Iterator[Party]:
    """Choose the parties to which free places are offered now, of those who wait in the order of their turns."""
    taken = room.taken
    for party in waiting:
        if room.capacity is not None and party.size > room.capacity:
            continue
        if room.capacity is not None and taken + party.size > room.capacity:
            return
        taken += party.size
        yield party


def offer_until(now: datetime, starts: datetime, wait: timedelta, zone: tzinfo) -> datetime:
    """Tell until when an offer stands: `wait`, less when the meeting is near, never past its beginning.

    At most a quarter of the time that is left, and at least an hour; an end in the night moves to the morning.
    """
    ends = now + max(LEAST, min(wait, (starts - now) / SHARE))
    local = ends.astimezone(zone)
    if not MORNING <= local.time() < NIGHT:
        day = local.date() + timedelta(days=local.time() >= NIGHT)
        ends = datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)
    return min(ends, starts)
