"""Places at a meeting: first come, first served, and never more people than it holds, whatever happens in what order."""

import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from newsletter.core import places
from newsletter.core.places import Party, Room, Seat

FULL = Room(10, 10)
QUEUED = Room(10, 8, first_turn=3, next_turn=5)


@pytest.mark.parametrize(
    ("room", "before", "size", "expected"),
    [
        (Room(None, 500), Seat(), 10, Seat("in", 10)),
        (Room(10, 7), Seat(), 3, Seat("in", 3)),
        (Room(10, 7), Seat(), 4, Seat("waiting", 4, 1)),
        (FULL, Seat(), 1, Seat("waiting", 1, 1)),
        (QUEUED, Seat(), 1, Seat("waiting", 1, 5)),  # two places are free, but somebody waits before
        (QUEUED, Seat("lapsed"), 1, Seat("waiting", 1, 5)),
        (FULL, Seat("in", 2), 2, Seat("in", 2)),
        (FULL, Seat("in", 2), 1, Seat("in", 1)),
        (FULL, Seat("in", 2), 3, Seat("in", 2)),  # no room for one more guest: the place stays
        (Room(10, 6), Seat("in", 2), 4, Seat("in", 4)),
        (QUEUED, Seat("in", 1), 2, Seat("in", 1)),  # a guest would pass those who wait
        (FULL, Seat("offered", 2, 3), 2, Seat("in", 2)),
        (FULL, Seat("offered", 2, 3), 4, Seat("in", 2)),
        (QUEUED, Seat("waiting", 3, 4), 2, Seat("waiting", 2, 4)),  # smaller: keeps its turn
        (QUEUED, Seat("waiting", 3, 4), 4, Seat("waiting", 4, 5)),  # larger: waits anew
        (QUEUED, Seat("waiting", 3, 2), 2, Seat("in", 2)),  # first in the queue, and now it fits
        (Room(10, 12), Seat("in", 4), 4, Seat("in", 4)),  # the chair took a smaller room: nobody is sent away
    ],
)
def test_where_a_party_stands(room: Room, before: Seat, size: int, expected: Seat) -> None:
    """Who has a place keeps it; who comes later waits; guests who come later wait too."""
    assert places.seated(room, before, size) == expected


@pytest.mark.parametrize(
    ("room", "waiting", "offered"),
    [
        (Room(10, 10), [1, 1], []),
        (Room(10, 8), [1, 1, 1], [0, 1]),
        (Room(10, 8), [3, 1, 1], []),  # the first does not fit: the smaller ones do not pass it
        (Room(10, 8), [1, 3, 1], [0]),
        (Room(10, 8), [11, 1], [1]),  # larger than the whole meeting: it would wait for ever
        (Room(10, 12), [1], []),
        (Room(None, 12), [9, 9], [0, 1]),
    ],
)
def test_who_is_offered_a_place(room: Room, waiting: list[int], offered: list[int]) -> None:
    """In the order of their turns, as far as they fit; nobody is passed."""
    parties = [Party(number, size, number) for number, size in enumerate(waiting)]

    assert [party.member for party in places.to_offer(room, parties)] == offered


TORONTO = zoneinfo.ZoneInfo("America/Toronto")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2008-03-10 10:00", "2008-03-11 10:00"),  # a week before: a day
        (
            "2008-03-16 12:00",
            "2008-03-17 09:00",
        ),  # 54 hours before: 13.5 hours end in the night, so in the morning
        ("2008-03-18 10:00", "2008-03-18 12:00"),  # eight hours before: two
        ("2008-03-18 15:00", "2008-03-18 16:00"),  # three hours before: an hour at least
        ("2008-03-18 17:30", "2008-03-18 18:00"),  # never past the beginning
        ("2008-03-08 23:00", "2008-03-10 09:00"),  # over the change of the clocks
    ],
)
def test_how_long_an_offer_stands(now: str, expected: str) -> None:
    """A day, or a quarter of what is left; it does not end while people sleep, and not after the beginning."""
    starts = datetime(2008, 3, 18, 18, tzinfo=TORONTO)
    moment = datetime.fromisoformat(now).replace(tzinfo=TORONTO).astimezone(UTC)

    found = places.offer_until(moment, starts, timedelta(days=1), TORONTO)

    assert f"{found.astimezone(TORONTO):%Y-%m-%d %H:%M}" == expected


@given(st.integers(0, 40 * 24 * 60), st.integers(60, 20_000))
def test_an_offer_is_always_of_use(minutes: int, wait: int) -> None:
    """It never ends after the beginning, and stands an hour unless the meeting is nearer."""
    starts = datetime(2008, 3, 18, 22, tzinfo=UTC)
    now = starts - timedelta(minutes=minutes)

    until = places.offer_until(now, starts, timedelta(minutes=wait), TORONTO)

    assert min(now + timedelta(hours=1), starts) <= until <= starts


@dataclass
class Someone:
    """A member of the machine's meeting."""

    seat: Seat = field(default_factory=Seat)
    said: str = ""


class Meeting(RuleBasedStateMachine):
    """Answers, changes, offers, expiries and new capacities in any order, as the services put the rules together."""

    def __init__(self) -> None:
        super().__init__()
        self.capacity: int | None = 5
        self.people = {number: Someone() for number in range(8)}

    def taken(self, without: int = -1) -> int:
        return sum(
            one.seat.size
            for number, one in self.people.items()
            if number != without and one.seat.place in ("in", "offered")
        )

    def queue(self, without: int = -1) -> list[Party]:
        found = [
            Party(number, one.seat.size, one.seat.turn)
            for number, one in self.people.items()
            if number != without and one.seat.place == "waiting"
        ]
        return sorted(found, key=lambda party: party.turn)

    def room(self, without: int = -1) -> Room:
        servable = [
            party.turn
            for party in self.queue(without)
            if self.capacity is None or party.size <= self.capacity
        ]
        turns = [one.seat.turn for one in self.people.values()]
        return Room(self.capacity, self.taken(without), min(servable, default=None), max(turns) + 1)

    def pass_on(self) -> None:
        before = self.queue()
        offered = list(places.to_offer(self.room(), before))
        for party in offered:
            self.people[party.member].seat = Seat("offered", party.size, party.turn)
        # Whoever could ever fit and was not offered one came later than all who were.
        left = [one.turn for one in self.queue() if self.capacity is None or one.size <= self.capacity]
        assert all(party.turn < min(left, default=10**9) for party in offered)

    def allowed(self, before: int) -> bool:
        """Within the capacity; or over it because the chair lowered it, and then not one more than there were."""
        return self.capacity is None or self.taken() <= max(self.capacity, before)

    @rule(number=st.integers(0, 7), size=st.integers(1, 4))
    def yes(self, number: int, size: int) -> None:
        person, before, ahead = self.people[number], self.taken(), self.room(number)
        old, person.said = person.seat, "yes"
        person.seat = places.seated(ahead, old, size)
        assert self.allowed(before)
        if person.seat.place == "in" and old.place not in ("in", "offered") and self.capacity is not None:
            waits_before = [
                p for p in self.queue() if p.size <= self.capacity and (not old.turn or p.turn < old.turn)
            ]
            assert not waits_before, "it passed somebody"
        self.pass_on()
        assert self.allowed(before)

    @rule(number=st.integers(0, 7))
    def no(self, number: int) -> None:
        before = self.taken()
        self.people[number] = Someone(said="no")
        self.pass_on()
        assert self.allowed(before)

    @precondition(lambda self: any(one.seat.place == "offered" for one in self.people.values()))
    @rule(pick=st.integers(0, 7))
    def expiry(self, pick: int) -> None:
        before = self.taken()
        offered = [one for one in self.people.values() if one.seat.place == "offered"]
        offered[pick % len(offered)].seat = Seat("lapsed")
        self.pass_on()
        assert self.allowed(before)

    @rule(capacity=st.none() | st.integers(1, 12))
    def new_capacity(self, capacity: int | None) -> None:
        before = self.taken()
        self.capacity = capacity
        self.pass_on()
        assert self.allowed(before)

    @invariant()
    def nobody_is_lost(self) -> None:
        """Every yes has a place, waits, is offered one, or let an offer pass; nobody else has anything."""
        for one in self.people.values():
            assert (one.seat.place != "") == (one.said == "yes")

    @invariant()
    def no_place_lies_idle(self) -> None:
        """Whoever is next does not fit."""
        assert not list(places.to_offer(self.room(), self.queue()))


TestMeeting = Meeting.TestCase
TestMeeting.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
