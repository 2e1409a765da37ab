"""Places at meetings: what is taken, who waits, which offers stand. Columns of the table rsvp."""

import sqlite3
from collections.abc import Iterator

from newsletter.core import places
from newsletter.store import engine


def room(store: engine.Store, meeting: int, capacity: int | None, member: int = 0) -> places.Room:
    """A meeting's places as they are without one member's."""
    row = store.row(
        """SELECT coalesce(sum(CASE WHEN (place = 'in' OR place = 'offered') AND member <> :member
          THEN 1 + guests END), 0) AS taken,
        min(CASE WHEN place = 'waiting' AND member <> :member AND (:capacity IS NULL OR 1 + guests <= :capacity)
          THEN turn END) AS first_turn,
        coalesce(max(turn), 0) + 1 AS next_turn FROM rsvp WHERE meeting = :meeting""",
        {"meeting": meeting, "capacity": capacity, "member": member},
    )
    assert row is not None
    return places.Room(capacity, row["taken"], row["first_turn"], row["next_turn"])


def waiting(store: engine.Store, meeting: int) -> Iterator[places.Party]:
    """Those who wait for a place, in the order of their turns, streaming."""
    for row in store.execute(
        "SELECT member, guests, turn FROM rsvp WHERE meeting = ? AND place = 'waiting' ORDER BY turn",
        (meeting,),
    ):
        yield places.Party(row["member"], 1 + row["guests"], row["turn"])


def position(store: engine.Store, meeting: int, turn: int) -> int:
    """Which in the queue a turn is, counted from 1."""
    return 1 + int(
        store.value(
            "SELECT count(*) FROM rsvp WHERE meeting = ? AND place = 'waiting' AND turn < ?", (meeting, turn)
        )
    )


def offer(store: engine.Store, meeting: int, member: int, until: str) -> sqlite3.Row:
    """Keep a place for a member until a time; return the answer as it stands then."""
    found = store.row(
        """UPDATE rsvp SET place = 'offered', offer_until = ?, revision = revision + 1
        WHERE meeting = ? AND member = ? RETURNING *""",
        (until, meeting, member),
    )
    assert found is not None
    return found


def lapse(store: engine.Store, meeting: int, now: str) -> int:
    """End the offers of a meeting that nobody took in time; return how many."""
    return store.execute(
        """UPDATE rsvp SET place = 'lapsed', turn = 0, offer_until = NULL, revision = revision + 1
        WHERE meeting = ? AND place = 'offered' AND offer_until <= ?""",
        (meeting, now),
    ).rowcount


def overdue(store: engine.Store, now: str) -> list[int]:
    """Meetings with offers whose time is over."""
    found = store.rows(
        "SELECT DISTINCT meeting FROM rsvp WHERE place = 'offered' AND offer_until <= ?", (now,)
    )
    return [row["meeting"] for row in found]


def waited_for(store: engine.Store, now: str) -> list[sqlite3.Row]:
    """Meetings still to come for which somebody waits."""
    return store.rows(
        """SELECT * FROM meeting WHERE state = 'planned' AND starts > ?
        AND id IN (SELECT DISTINCT meeting FROM rsvp WHERE place = 'waiting')""",
        (now,),
    )
