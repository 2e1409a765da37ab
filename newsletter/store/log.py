"""The log of organisers' acts that are no consent: exports, allowed rules, pauses."""

import sqlite3

from newsletter.store import engine


def add(store: engine.Store, now: str, by: str, act: str, about: str, why: str = "") -> None:
    """Write down who did what to what, and why."""
    store.execute("INSERT INTO log (at, by, act, about, why) VALUES (?,?,?,?,?)", (now, by, act, about, why))


def newest(store: engine.Store, limit: int) -> list[sqlite3.Row]:
    """The newest entries first."""
    return store.rows("SELECT * FROM log ORDER BY id DESC LIMIT ?", (limit,))


def count(store: engine.Store, act: str, since: str) -> int:
    """How many entries of an act there are since a time."""
    return int(store.value("SELECT count(*) FROM log WHERE act = ? AND at >= ?", (act, since)))


def since(store: engine.Store, act: str, at: str) -> list[sqlite3.Row]:
    """The entries of an act after a time, oldest first."""
    return store.rows("SELECT * FROM log WHERE act = ? AND at > ? ORDER BY id", (act, at))


def has(store: engine.Store, act: str, about: str, why: str, since: str = "") -> bool:
    """Whether there is such an entry after a time."""
    sql = "SELECT 1 FROM log WHERE act = ? AND about = ? AND why = ? AND at > ? LIMIT 1"
    return store.value(sql, (act, about, why, since)) is not None


def take_back(store: engine.Store, act: str, about: str, why: str) -> None:
    """Delete the newest such entry: what it says did not happen."""
    store.execute(
        "DELETE FROM log WHERE id = (SELECT max(id) FROM log WHERE act = ? AND about = ? AND why = ?)",
        (act, about, why),
    )


def last(store: engine.Store, act: str) -> str | None:
    """When an act was last written down."""
    found: str | None = store.value("SELECT max(at) FROM log WHERE act = ?", (act,))
    return found


def prune(store: engine.Store, act: str, before: str) -> None:
    """Delete the entries of an act that are older than a time."""
    store.execute("DELETE FROM log WHERE act = ? AND at < ?", (act, before))
