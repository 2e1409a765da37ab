"""Answers to invitations that came by mail: given by a calendar, or proposed to the chair.

The seam for the rsvps: `open_of` says what waits, `settle` what became of it.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from newsletter.store import engine

How = Literal["calendar", "words"]
State = Literal["given", "proposed", "accepted", "dropped"]
Answer = Literal["yes", "no", "maybe"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came. Times are UTC ISO text; `meeting` is None where the mail does not tell it."""

    digest: bytes
    at: str
    how: How
    state: State
    answer: Answer
    member: int
    message: int
    meeting: int | None
    sequence: int
    stamped_at: str
    words: str = ""


def add(store: engine.Store, reply: Reply) -> None:
    """Add an answer; one mail is one answer."""
    store.execute(
        """INSERT INTO reply (digest, at, how, state, answer, member, message, meeting, sequence, stamped_at, words)
        VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING""",
        (
            reply.digest, reply.at, reply.how, reply.state, reply.answer, reply.member, reply.message, reply.meeting,
            reply.sequence, reply.stamped_at, reply.words,
        ),
    )  # fmt: skip


def newest(store: engine.Store, member: int, meeting: int) -> sqlite3.Row | None:
    """The newest answer of a member's calendar about a meeting, by its DTSTAMP."""
    return store.row(
        """SELECT * FROM reply WHERE member = ? AND meeting = ? AND how = 'calendar' AND state <> 'dropped'
        ORDER BY stamped_at DESC, id DESC LIMIT 1""",
        (member, meeting),
    )


def get(store: engine.Store, number: int) -> sqlite3.Row | None:
    """The answer of this number."""
    return store.row("SELECT * FROM reply WHERE id = ?", (number,))


def open_of(store: engine.Store, meeting: int | None = None) -> list[sqlite3.Row]:
    """Answers that wait for the chair or the rsvp, of one meeting or all, oldest first, with the member's name."""
    return store.rows(
        """SELECT r.*, m.name, m.address, t.slug AS meeting_slug FROM reply r LEFT JOIN member m ON m.id = r.member
        LEFT JOIN meeting t ON t.id = r.meeting
        WHERE (r.state = 'given' OR r.state = 'proposed') AND (? IS NULL OR r.meeting = ?) ORDER BY r.id""",
        (meeting, meeting),
    )


def drop_proposed(store: engine.Store, member: int, meeting: int, how: How) -> None:
    """Drop what was proposed for a member in this way and waits: a newer one takes its place."""
    store.execute(
        """UPDATE reply SET state = 'dropped', words = '' WHERE member = ? AND meeting = ? AND how = ?
        AND state = 'proposed'""",
        (member, meeting, how),
    )


def settle(store: engine.Store, number: int, state: State) -> bool:
    """Write what became of an open answer, and wipe its words; False when it was settled before."""
    cursor = store.execute(
        "UPDATE reply SET state = ?, words = '' WHERE id = ? AND (state = 'given' OR state = 'proposed')",
        (state, number),
    )
    return cursor.rowcount == 1
