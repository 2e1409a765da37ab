"""Passes: links that let an organiser to the desk, and helpers to a booth or a door."""

import sqlite3

from newsletter.core import passes
from newsletter.store import engine


def add(
    store: engine.Store, kind: passes.Kind, salt: int, organiser: str, now: str, until: str, *,
    list_id: int | None = None, meeting: int | None = None, wording: str | None = None,
) -> int:  # fmt: skip
    """Insert a pass; return its number, which its link's token carries."""
    cursor = store.execute(
        "INSERT INTO pass (salt, kind, organiser, list, meeting, wording, at, until) VALUES (?,?,?,?,?,?,?,?)",
        (salt, kind, organiser, list_id, meeting, wording, now, until),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def get(store: engine.Store, kind: passes.Kind, number: int, salt: int) -> sqlite3.Row | None:
    """The pass of this kind, number and salt."""
    return store.row("SELECT * FROM pass WHERE id = ? AND kind = ? AND salt = ?", (number, kind, salt))


def newest_unused(store: engine.Store, kind: passes.Kind, organiser: str) -> sqlite3.Row | None:
    """The newest pass of a kind for an organiser that has not ended by use."""
    return store.row(
        "SELECT * FROM pass WHERE kind = ? AND organiser = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
        (kind, organiser),
    )


def open_ones(store: engine.Store, now: str) -> list[sqlite3.Row]:
    """Booths and doors that are open, the newest first, with their list's and meeting's slug and what came in by them."""
    return store.rows(
        """SELECT p.*, l.slug AS list_slug, t.slug AS meeting_slug, t.title,
          (SELECT count(*) FROM booth_signup b WHERE b.pass = p.id) AS signups
        FROM pass p LEFT JOIN list l ON l.id = p.list LEFT JOIN meeting t ON t.id = p.meeting
        WHERE p.kind <> 'desk' AND p.ended_at IS NULL AND p.until > ? ORDER BY p.id DESC""",
        (now,),
    )


def end(store: engine.Store, number: int, now: str) -> bool:
    """End a pass now; False when it had ended before."""
    return (
        store.execute(
            "UPDATE pass SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, number)
        ).rowcount
        == 1
    )


def end_all(store: engine.Store, now: str) -> None:
    """End every pass and every session: they came with a backup, which may be older than their end."""
    store.execute("UPDATE pass SET ended_at = ? WHERE ended_at IS NULL", (now,))
    store.execute("DELETE FROM session")


def prune(store: engine.Store, before: str) -> int:
    """Delete passes that were over before a time, and the numbers of what came in by them; return how many."""
    store.execute("DELETE FROM booth_signup WHERE at < ?", (before,))
    return store.execute("DELETE FROM pass WHERE until < ?", (before,)).rowcount
