"""Organisers who are signed in at the desk. A session's secret stands nowhere here, only its hash."""

import sqlite3

from newsletter.store import engine


def add(store: engine.Store, digest: bytes, organiser: str, now: str, until: str) -> None:
    """Insert a session."""
    store.execute(
        "INSERT INTO session (hash, organiser, started_at, acted_at, until) VALUES (?,?,?,?,?)",
        (digest, organiser, now, now, until),
    )


def get(store: engine.Store, digest: bytes) -> sqlite3.Row | None:
    """The session with this hash."""
    return store.row("SELECT * FROM session WHERE hash = ?", (digest,))


def all_of(store: engine.Store) -> list[sqlite3.Row]:
    """All sessions, the newest first."""
    return store.rows("SELECT * FROM session ORDER BY started_at DESC, hash")


def touch(store: engine.Store, digest: bytes, now: str) -> None:
    """Note that its organiser did something."""
    store.execute("UPDATE session SET acted_at = ? WHERE hash = ?", (now, digest))


def end(store: engine.Store, digest: bytes) -> int:
    """End one session; return how many that were."""
    return store.execute("DELETE FROM session WHERE hash = ?", (digest,)).rowcount


def end_of(store: engine.Store, organiser: str) -> int:
    """End all sessions of an organiser; return how many."""
    return store.execute("DELETE FROM session WHERE organiser = ?", (organiser,)).rowcount


def prune(store: engine.Store, before: str) -> int:
    """Delete sessions that nobody can use any more; return how many."""
    return store.execute("DELETE FROM session WHERE until < ?", (before,)).rowcount
