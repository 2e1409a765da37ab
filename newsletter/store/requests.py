"""Requests that a link in a mail proves: to join, to see one's data, to change the address."""

import sqlite3
from typing import Literal

from newsletter.store import engine

Kind = Literal["join", "fresh", "address"]


def add(
    store: engine.Store, kind: Kind, member: int, now: str, until: str, address: str | None = None
) -> int:
    """Insert a request; return its number, which the link's token carries."""
    cursor = store.execute(
        "INSERT INTO request (kind, member, address, at, until) VALUES (?,?,?,?,?)",
        (kind, member, address, now, until),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def get(store: engine.Store, number: int, member: int) -> sqlite3.Row | None:
    """The request of this number, if it is this member's."""
    return store.row("SELECT * FROM request WHERE id = ? AND member = ?", (number, member))


def open_of(store: engine.Store, member: int, kind: Kind, now: str) -> list[sqlite3.Row]:
    """The member's requests whose links still work, newest first."""
    return store.rows(
        "SELECT * FROM request WHERE member = ? AND kind = ? AND done_at IS NULL AND until > ? ORDER BY id DESC",
        (member, kind, now),
    )


def end(store: engine.Store, member: int, kind: Kind, now: str) -> None:
    """Close all open requests of a kind: one of them was used, or the holder of the address said no."""
    store.execute(
        "UPDATE request SET done_at = ? WHERE member = ? AND kind = ? AND done_at IS NULL",
        (now, member, kind),
    )


def drop_of(store: engine.Store, member: int) -> None:
    """Delete all requests of a member."""
    store.execute("DELETE FROM request WHERE member = ?", (member,))


def overdue(store: engine.Store, now: str, limit: int) -> list[sqlite3.Row]:
    """Subscriptions that are requested and have no link any more that could confirm them."""
    return store.rows(
        """SELECT s.list, s.member, s.before, l.slug FROM subscription s JOIN list l ON l.id = s.list
        WHERE s.state = 'requested' AND NOT EXISTS (SELECT 1 FROM request r WHERE r.member = s.member
        AND r.kind = 'join' AND r.done_at IS NULL AND r.until > ?) ORDER BY s.member, s.list LIMIT ?""",
        (now, limit),
    )


def prune(store: engine.Store, before: str) -> int:
    """Delete requests whose links ended before a time; return how many."""
    return store.execute("DELETE FROM request WHERE until < ?", (before,)).rowcount
