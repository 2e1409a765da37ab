"""What the chairs were not told yet: editions that came to their end, and who has not got them."""

import sqlite3

from newsletter.store import engine

ACT = "report"  # the entry in the log that says that a report went out


def waiting(store: engine.Store, since: str) -> list[sqlite3.Row]:
    """Editions to report about: done since a time, or still running with nothing left but what a person must decide.

    `why` is done or unclear; each is reported once.
    """
    return store.rows(
        """SELECT * FROM (
          SELECT e.id, e.lists, e.subject, CASE WHEN e.state = 'done' THEN 'done' ELSE 'unclear' END AS why, e.queued_at
          FROM edition e WHERE (e.state = 'done' AND e.ended_at >= :since) OR (e.state = 'running'
            AND EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id
              WHERE g.edition = e.id AND d.state = 'unclear')
            AND NOT EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id
              WHERE g.edition = e.id AND (d.due_at IS NOT NULL OR d.state = 'sending')))) ended
        WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.act = :act AND l.about = ended.id AND l.why = ended.why)
        ORDER BY queued_at, id""",
        {"since": since, "act": ACT},
    )


def without(
    store: engine.Store, edition: str, state: str, reason: str | None, limit: int
) -> list[sqlite3.Row]:
    """The first few members whose delivery of an edition ended like this: name, address and the server's last answer."""
    return store.rows(
        """SELECT coalesce(m.name, '') AS name, d.address, coalesce(d.answer, '') AS answer
        FROM message g JOIN delivery d ON d.message = g.id LEFT JOIN member m ON m.id = d.member
        WHERE g.edition = ? AND d.state = ? AND d.reason IS ? ORDER BY m.key LIMIT ?""",
        (edition, state, reason, limit),
    )
