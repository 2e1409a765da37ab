"""Links that editions promised, and the texts by which they were filled in."""

import sqlite3
from collections.abc import Iterable

from newsletter.store import engine


def add(store: engine.Store, edition: str, promises: Iterable[tuple[str, str]]) -> None:
    """Add an edition's promises (words, date or nothing) behind those it has."""
    first = store.value("SELECT coalesce(max(number), 0) + 1 FROM promise WHERE edition = ?", (edition,))
    store.executemany(
        "INSERT INTO promise (edition, number, words, due) VALUES (?,?,?,?)",
        [(edition, number, words, due or None) for number, (words, due) in enumerate(promises, first)],
    )


def of_edition(store: engine.Store, edition: str) -> list[sqlite3.Row]:
    """An edition's promises in their order."""
    return store.rows("SELECT * FROM promise WHERE edition = ? ORDER BY number", (edition,))


def open_all(store: engine.Store) -> list[sqlite3.Row]:
    """Every promise that is still to be kept, with its edition's lists, subject and time; the first due first."""
    return store.rows(
        """SELECT p.*, e.lists, e.subject, e.send_at FROM promise p JOIN edition e ON e.id = p.edition
        WHERE p.settled_at IS NULL AND e.state <> 'cancelled'
        ORDER BY coalesce(p.due, substr(e.send_at, 1, 10)), p.edition, p.number"""
    )


def settle(store: engine.Store, edition: str, number: int, url: str | None, now: str) -> None:
    """Note that a promise was kept (by a link), or dropped (without one)."""
    store.execute(
        "UPDATE promise SET url = ?, settled_at = ? WHERE edition = ? AND number = ?",
        (url, now, edition, number),
    )


def put_off(store: engine.Store, edition: str, number: int, due: str) -> None:
    """Give a promise another date, or none."""
    store.execute(
        "UPDATE promise SET due = ? WHERE edition = ? AND number = ?", (due or None, edition, number)
    )


def amend(
    store: engine.Store, edition: str, now: str, by: str, note: str, source: str, source_hash: str
) -> None:
    """Add an amended text of an edition."""
    store.execute(
        "INSERT INTO amendment (edition, at, by, note, source, source_hash) VALUES (?,?,?,?,?,?)",
        (edition, now, by, note, source, source_hash),
    )


def amendments(store: engine.Store, edition: str) -> list[sqlite3.Row]:
    """An edition's amendments, oldest first."""
    return store.rows("SELECT * FROM amendment WHERE edition = ? ORDER BY id", (edition,))


def latest(store: engine.Store, edition: str) -> sqlite3.Row | None:
    """The newest amendment of an edition."""
    return store.row("SELECT * FROM amendment WHERE edition = ? ORDER BY id DESC LIMIT 1", (edition,))


def set_follow_up(store: engine.Store, edition: str, follow_up: str) -> None:
    """Note the one edition that brings what an edition promised."""
    store.execute("UPDATE edition SET follow_up = ? WHERE id = ?", (follow_up, edition))


def readers(store: engine.Store, edition: str) -> int:
    """How many members got an edition."""
    return int(
        store.value(
            """SELECT count(DISTINCT d.member) FROM message g JOIN delivery d ON d.message = g.id
            WHERE g.edition = ? AND d.state = 'sent'""",
            (edition,),
        )
    )
