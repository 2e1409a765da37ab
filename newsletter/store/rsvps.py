"""Rsvps: member x meeting, with the answer as it is now."""

import sqlite3

from newsletter.core import places, rsvps
from newsletter.store import engine, reminders


def get(store: engine.Store, meeting: int, member: int) -> sqlite3.Row | None:
    """The answer of a member to a meeting."""
    return store.row("SELECT * FROM rsvp WHERE meeting = ? AND member = ?", (meeting, member))


def put(
    store: engine.Store, meeting: int, member: int, given: rsvps.Rsvp, seat: places.Seat, now: str
) -> int:
    """Write an answer and its place over what was there, and take back the reminders on their way to its member; return
    its revision, counted from 1."""
    reminders.take_back(store, meeting, member, now)
    return int(
        store.value(
            """INSERT INTO rsvp (meeting, member, answer, guests, drinks, note, needs, place, turn, at)
            VALUES (?,?,?,?,?,?,?,?,?,?)
            ON CONFLICT (meeting, member) DO UPDATE SET answer = excluded.answer, guests = excluded.guests,
            drinks = excluded.drinks, note = excluded.note, needs = excluded.needs, place = excluded.place,
            turn = excluded.turn, offer_until = NULL, at = excluded.at, revision = revision + 1
            RETURNING revision""",
            (
                meeting, member, given.answer, given.guests, given.drinks, given.note, given.needs, seat.place,
                seat.turn, now,
            ),
        )
    )  # fmt: skip


def touch(store: engine.Store, meeting: int, member: int, at: str) -> None:
    """Note that a member said the same again."""
    store.execute(
        "UPDATE rsvp SET at = ? WHERE meeting = ? AND member = ? AND at < ?", (at, meeting, member, at)
    )


def of_meeting(store: engine.Store, meeting: int) -> list[sqlite3.Row]:
    """All answers to a meeting with name and address (NULL once forgotten), in the order in which they came."""
    return store.rows(
        """SELECT r.*, m.name, CASE WHEN m.key IS NOT NULL THEN m.address END AS address FROM rsvp r
        LEFT JOIN member m ON m.id = r.member WHERE r.meeting = ? ORDER BY r.at, r.member""",
        (meeting,),
    )


def of_member(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """All answers of a member with the meeting's title and begin, oldest meeting first."""
    return store.rows(
        """SELECT r.*, t.title, t.starts FROM rsvp r JOIN meeting t ON t.id = r.meeting WHERE r.member = ?
        ORDER BY t.starts, t.id""",
        (member,),
    )


def move(store: engine.Store, member: int, to: int) -> None:
    """Make a member's answers those of another one; where that one has answered, theirs stands alone."""
    store.execute("UPDATE OR IGNORE rsvp SET member = ? WHERE member = ?", (to, member))
    store.execute("DELETE FROM rsvp WHERE member = ?", (member,))


def strip_notes(store: engine.Store, before: str) -> int:
    """Wipe the notes and needs of meetings that ended before a time; return of how many answers."""
    return store.execute(
        """UPDATE rsvp SET note = '', needs = '' WHERE (note <> '' OR needs <> '')
        AND meeting IN (SELECT id FROM meeting WHERE ends < ?)""",
        (before,),
    ).rowcount
