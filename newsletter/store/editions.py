"""Editions that were sent: their row, their state and their numbers."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.core import words
from newsletter.store import engine

_OPEN = "state = 'queued' OR state = 'running' OR state = 'paused'"


@dataclass(frozen=True, slots=True)
class Written:
    """An edition's row when it is queued. `lists` and `allowed` are JSON arrays."""

    id: str
    kind: str
    lists: str
    subject: str
    source: str
    source_hash: str
    meeting: int | None
    question: int | None
    send_at: str
    queued_at: str
    by: str
    allowed: str
    of_meeting: int | None = None
    follows: str | None = None
    reminder: str = ""  # which reminder it is, of what the chair did not write


def add(store: engine.Store, row: Written) -> None:
    """Insert an edition as queued."""
    store.execute(
        """INSERT INTO edition (id, kind, lists, subject, source, source_hash, meeting, question, state, send_at,
        queued_at, by, allowed, of_meeting, follows, reminder) VALUES (?,?,?,?,?,?,?,?,'queued',?,?,?,?,?,?,?)""",
        (
            row.id, row.kind, row.lists, row.subject, row.source, row.source_hash, row.meeting, row.question,
            row.send_at, row.queued_at, row.by, row.allowed, row.of_meeting, row.follows, row.reminder,
        ),
    )  # fmt: skip


def get(store: engine.Store, edition: str) -> sqlite3.Row | None:
    """The edition of this id."""
    return store.row("SELECT * FROM edition WHERE id = ?", (edition,))


def by_hash(store: engine.Store, source_hash: str) -> sqlite3.Row | None:
    """The edition that was made of this very text."""
    return store.row("SELECT * FROM edition WHERE source_hash = ?", (source_hash,))


def newest(store: engine.Store, limit: int) -> list[sqlite3.Row]:
    """Open editions and the newest of the others, in the order of their queueing."""
    return store.rows(
        f"""SELECT * FROM (SELECT * FROM edition ORDER BY ({_OPEN}) DESC, queued_at DESC, id LIMIT ?)
        ORDER BY queued_at, id""",  # noqa: S608 - constants only
        (limit,),
    )


def open_ids(store: engine.Store) -> list[str]:
    """The editions that are not at their end."""
    return [row[0] for row in store.rows(f"SELECT id FROM edition WHERE {_OPEN} ORDER BY queued_at, id")]  # noqa: S608 - constants and ?s only


def messages(store: engine.Store, edition: str) -> list[int]:
    """The numbers of an edition's messages: one, and one more for each time that it went to those who joined since."""
    return [row[0] for row in store.rows("SELECT id FROM message WHERE edition = ? ORDER BY id", (edition,))]


def set_state(
    store: engine.Store,
    edition: str,
    state: words.EditionState,
    reason: str,
    now: str,
    *,
    only: Sequence[str],
) -> bool:
    """Move an edition to a state if it is in one of `only`; tell whether it was."""
    ended = now if state in ("done", "cancelled") else None
    cursor = store.execute(
        "UPDATE edition SET state = ?, reason = ?, ended_at = ? WHERE id = ?"  # noqa: S608 - constants and ?s only
        f" AND state IN ({', '.join('?' * len(only))})",
        (state, reason, ended, edition, *only),
    )
    return cursor.rowcount == 1


def counts(store: engine.Store, edition: str) -> dict[str, int]:
    """How many deliveries are in each state, skipped ones as skipped:<reason>."""
    rows = store.rows(
        """SELECT d.state, d.reason, count(*) FROM message g JOIN delivery d ON d.message = g.id
        WHERE g.edition = ? GROUP BY d.state, d.reason""",
        (edition,),
    )
    found: dict[str, int] = {}
    for state, reason, count in rows:
        key = f"skipped:{reason}" if state == "skipped" else state
        found[key] = found.get(key, 0) + count
    return found


def by_domain(store: engine.Store, edition: str, limit: int) -> list[sqlite3.Row]:
    """The recipient domains of an edition with the most mails, how they stand, and what was last said of one deferred."""
    return store.rows(
        """SELECT substr(d.address, instr(d.address, '@') + 1) AS domain, count(*) AS audience,
          sum(d.state = 'sent') AS sent, sum(d.state = 'due' OR d.state = 'sending') AS due,
          sum(d.state = 'deferred') AS deferred, sum(d.state = 'failed') AS failed, sum(d.state = 'unclear') AS unclear,
          max(CASE WHEN d.state = 'deferred' THEN d.changed_at || ' ' || coalesce(d.code, '') || ' ' || d.answer END) AS said
        FROM message g JOIN delivery d ON d.message = g.id WHERE g.edition = ? AND d.state <> 'skipped'
        GROUP BY 1 ORDER BY deferred + failed DESC, audience DESC, domain LIMIT ?""",
        (edition, limit),
    )


def next_attempt(store: engine.Store, edition: str) -> str | None:
    """When the next delivery of an edition is due."""
    found = store.value(
        """SELECT min(d.due_at) FROM message g JOIN delivery d ON d.message = g.id
        WHERE g.edition = ? AND d.due_at IS NOT NULL""",
        (edition,),
    )
    return None if found is None else str(found)


def is_ended(store: engine.Store, edition: str) -> bool:
    """Whether nothing of an edition is due, on the wire, deferred or unclear."""
    return not store.value(
        """SELECT EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id WHERE g.edition = ?
        AND (d.due_at IS NOT NULL OR d.state = 'unclear' OR d.state = 'sending'))""",
        (edition,),
    )


def skip_all_due(store: engine.Store, edition: str, reason: words.SkipReason, now: str) -> int:
    """Skip every delivery of an edition that has not gone; return how many. What is on the wire stays."""
    cursor = store.execute(
        """UPDATE delivery SET state = 'skipped', reason = ?, due_at = NULL, vals = NULL, changed_at = ?
        WHERE message IN (SELECT id FROM message WHERE edition = ?) AND due_at IS NOT NULL AND state <> 'sending'
        AND state <> 'unclear'""",
        (reason, now, edition),
    )
    return cursor.rowcount
