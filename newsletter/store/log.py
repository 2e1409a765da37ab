"""The log of organisers' acts that are no consent: exports, allowed rules, pauses."""

import sqlite3

from newsletter.store import engine


def add(store: engine.Store, now: str, by: str, act: str, about: str, why: str = "") -> None:
    """Write down who did what to what, and why."""
    store.execute("INSERT INTO log (at, by, act, about, why) VALUES (?,?,?,?,?)", (now, by, act, about, why))


def newest(store: engine.Store, limit: int) -> list[sqlite3.Row]:
    """The newest entries first."""
    return store.rows("SELECT * FROM log ORDER BY id DESC LIMIT ?", (limit,))
