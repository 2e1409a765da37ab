"""Who came onto a list and who went off it, as the ledger tells it."""

import sqlite3

from newsletter.store import engine


def moves(store: engine.Store, list_id: int) -> list[sqlite3.Row]:
    """Every coming (`is_on`) and going, in order: how many at once, when, by which step and channel, into which state.

    `source` is what is written about where those come from who are on the list. An import that was taken back, and the
    taking back, never were. Who confirms a request came by the way of the request: a booth's page asks, the mail's confirms.
    """
    return store.rows(
        """WITH event AS (SELECT c.*, lag(c.state, 1, '') OVER own AS before,
            CASE WHEN c.step = 'confirmed' AND lag(c.step) OVER own = 'requested' THEN lag(c.channel) OVER own
              ELSE c.channel END AS way
          FROM consent c WHERE c.list = :list AND (c.batch IS NULL OR NOT EXISTS (SELECT 1 FROM consent u
            WHERE u.batch = c.batch AND u.member = c.member AND u.step = 'undone'))
          WINDOW own AS (PARTITION BY c.member ORDER BY c.seq)),
        move AS (SELECT *, state IN ('attested', 'confirmed', 'implied', 'paused') AS is_on FROM event
          WHERE (state IN ('attested', 'confirmed', 'implied', 'paused'))
            <> (before IN ('attested', 'confirmed', 'implied', 'paused')))
        SELECT v.recorded_at AS at, v.is_on, v.step, v.way AS channel, v.state, coalesce(s.source, '') AS source, count(*) AS n
        FROM move v LEFT JOIN subscription s ON s.list = :list AND s.member = v.member
          AND s.state IN ('attested', 'confirmed', 'implied', 'paused')
        GROUP BY v.recorded_at, v.is_on, v.step, v.way, v.state, 6 ORDER BY min(v.seq)""",
        {"list": list_id},
    )


def last_edition(store: engine.Store, slug: str, kind: str) -> str | None:
    """When the newest edition of a kind went to a list (UTC ISO)."""
    found = store.value(
        """SELECT max(queued_at) FROM edition WHERE kind = ? AND state <> 'cancelled' AND follows IS NULL
        AND EXISTS (SELECT 1 FROM json_each(edition.lists) WHERE value = ?)""",
        (kind, slug),
    )
    return None if found is None else str(found)
