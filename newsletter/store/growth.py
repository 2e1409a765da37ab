"""Who came onto a list and who went off it, as the ledger tells it."""

import sqlite3

from newsletter.store import engine

# Each event with the state before it. An import that was taken back, and the taking back, never were.
_STEPS = """WITH step AS (SELECT c.seq, c.member, c.step, c.state, c.channel, c.recorded_at,
    lag(c.state, 1, '') OVER (PARTITION BY c.member ORDER BY c.seq) AS before
  FROM consent c WHERE c.list = :list AND (c.batch IS NULL OR NOT EXISTS (SELECT 1 FROM consent u
    WHERE u.batch = c.batch AND u.member = c.member AND u.step = 'undone')))"""
_ON = "(state = 'attested' OR state = 'confirmed' OR state = 'implied' OR state = 'paused')"
_WAS_ON = "(before = 'attested' OR before = 'confirmed' OR before = 'implied' OR before = 'paused')"


def moves(store: engine.Store, list_id: int) -> list[sqlite3.Row]:
    """Every coming (`is_on`) and going: how many at once, when, by which step and channel, into which state; in order."""
    return store.rows(
        f"""{_STEPS} SELECT recorded_at AS at, {_ON} AS is_on, step, channel, state, count(*) AS n FROM step
        WHERE {_ON} <> {_WAS_ON} GROUP BY recorded_at, is_on, step, channel, state ORDER BY min(seq)""",
        {"list": list_id},
    )


def sources(store: engine.Store, list_id: int, since: str, before: str, limit: int) -> list[sqlite3.Row]:
    """Where those say they come from who came within a time and are on the list: each `source` with its number."""
    return store.rows(
        f"""{_STEPS}, came AS (SELECT DISTINCT member FROM step
          WHERE {_ON} AND NOT {_WAS_ON} AND recorded_at >= :since AND recorded_at < :before)
        SELECT s.source, count(*) AS n FROM came JOIN subscription s ON s.list = :list AND s.member = came.member
        WHERE {_ON} AND s.source <> '' GROUP BY s.source ORDER BY n DESC, s.source LIMIT :limit""",
        {"list": list_id, "since": since, "before": before, "limit": limit},
    )


def last_edition(store: engine.Store, slug: str, kind: str) -> str | None:
    """When the newest edition of a kind went to a list (UTC ISO)."""
    found = store.value(
        """SELECT max(queued_at) FROM edition WHERE kind = ? AND state <> 'cancelled'
        AND EXISTS (SELECT 1 FROM json_each(edition.lists) WHERE value = ?)""",
        (kind, slug),
    )
    return None if found is None else str(found)
