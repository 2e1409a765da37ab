"""Mails of persons on their way to a list's reply-to. A row goes when its mail has gone."""

import sqlite3

from newsletter.store import engine


def add(store: engine.Store, digest: bytes, list_id: int, sender: str, mail: bytes, now: str) -> None:
    """Queue a mail; the same one only once."""
    store.execute(
        """INSERT INTO forward (digest, at, list, sender, mail, due_at) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING""",
        (digest, now, list_id, sender, mail, now),
    )


def next_due(store: engine.Store, now: str) -> sqlite3.Row | None:
    """The oldest mail that is due."""
    return store.row("SELECT * FROM forward WHERE due_at <= ? ORDER BY due_at, digest LIMIT 1", (now,))


def claim(store: engine.Store, digest: bytes, due_at: str, next_at: str) -> bool:
    """Move a mail on to a later time; False when somebody else has done so."""
    sql = "UPDATE forward SET due_at = ? WHERE digest = ? AND due_at = ?"
    return store.execute(sql, (next_at, digest, due_at)).rowcount == 1


def waiting(store: engine.Store) -> int:
    """How many wait."""
    return int(store.value("SELECT count(*) FROM forward"))


def later(store: engine.Store, digest: bytes, due_at: str) -> None:
    """Try again at a time."""
    store.execute("UPDATE forward SET due_at = ?, attempts = attempts + 1 WHERE digest = ?", (due_at, digest))


def drop(store: engine.Store, digest: bytes) -> None:
    """Forget a mail: it has gone, or it was given up."""
    store.execute("DELETE FROM forward WHERE digest = ?", (digest,))
