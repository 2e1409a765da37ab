"""Imports as batches: what came in by one, and what of it can be taken back."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from newsletter.store import engine


def begin(store: engine.Store, list_id: int, now: str, by: str, file: str) -> int:
    """Open a batch; return its number."""
    cursor = store.execute(
        "INSERT INTO batch (list, at, by, file) VALUES (?,?,?,?)", (list_id, now, by, file)
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def get(store: engine.Store, batch: int) -> sqlite3.Row | None:
    """A batch with its list's slug."""
    return store.row(
        "SELECT batch.*, list.slug FROM batch JOIN list ON list.id = batch.list WHERE batch.id = ?", (batch,)
    )


def newest(store: engine.Store, limit: int) -> list[sqlite3.Row]:
    """The newest batches first."""
    return store.rows(
        "SELECT batch.*, list.slug FROM batch JOIN list ON list.id = batch.list ORDER BY batch.id DESC LIMIT ?",
        (limit,),
    )


def remember(store: engine.Store, batch: int, member: int, values: dict[str, Any]) -> None:
    """Keep what a known member was before the batch changed it; the first thing remembered of each kind stays."""
    old = store.value("SELECT before FROM batch_member WHERE batch = ? AND member = ?", (batch, member))
    kept = {**values, **(json.loads(old) if old else {})}
    store.execute(
        """INSERT INTO batch_member (batch, member, is_new, before) VALUES (?,?,0,?)
        ON CONFLICT (batch, member) DO UPDATE SET before = excluded.before""",
        (batch, member, json.dumps(kept, ensure_ascii=False)),
    )


def attested(store: engine.Store, batch: int) -> list[int]:
    """The members whom an import put on its list as attested."""
    rows = store.rows(
        "SELECT member FROM consent WHERE batch = ? AND state = 'attested' ORDER BY member", (batch,)
    )
    return [row["member"] for row in rows]


def add_members(store: engine.Store, now: str) -> int:
    """Insert everybody who is staged to be added and is no member yet, in key order; return the id before the first."""
    last = store.value("SELECT seq FROM sqlite_sequence WHERE name = 'member'") or 0
    store.execute(
        """INSERT INTO member (address, key, mac, mailbox_mac, name, first_name, fields, created_at)
        SELECT address, key, mac, CASE mailbox_mac WHEN '' THEN mac ELSE mailbox_mac END, name, first_name, fields, ?
        FROM temp.staged NOT INDEXED WHERE verdict = '' AND member IS NULL ORDER BY key""",
        (now,),
    )
    return int(last)


def additions(store: engine.Store) -> Iterator[tuple[int, int | None, str, str, str, str]]:
    """(line, member, address, name, state, day of consent) of everybody to be added, in the order of `add_members`."""
    cursor = store.connection.cursor()
    cursor.row_factory = None  # plain tuples: there may be a million
    return cursor.execute(
        "SELECT line, member, address, name, state, given FROM temp.staged NOT INDEXED WHERE verdict = '' ORDER BY key"
    )


def subscribe(store: engine.Store, batch: int, first: int, newest_member: int, source: str) -> None:
    """Make the subscriptions of the batch's ledger events from number `first` on, and note their members.

    Members up to `newest_member` were known before.
    """
    store.execute(
        """INSERT INTO subscription (list, member, state, since, until, basis, source, consent)
        SELECT list, member, state, effective_at, until, basis, ?, seq FROM consent WHERE seq >= ? ORDER BY seq""",
        (source, first),
    )
    store.execute(
        """INSERT INTO batch_member (batch, member, is_new)
        SELECT ?, member, member > ? FROM consent WHERE seq >= ? ORDER BY seq ON CONFLICT DO NOTHING""",
        (batch, newest_member, first),
    )


def suppress(store: engine.Store, now: str) -> None:
    """Suppress for marketing everybody who is staged to be added."""
    store.execute(
        """INSERT INTO suppression (mac, scope, list, reason, at)
        SELECT mac, 'marketing', 0, 'objected', ? FROM temp.staged WHERE verdict = '' ORDER BY mac ON CONFLICT DO NOTHING""",
        (now,),
    )
