"""What the clock looks for: ended pauses and bases, dormant consents, and what has been kept long enough."""

import sqlite3

from newsletter.store import engine

PAGE = 200  # members changed in one transaction: nobody waits long for the clock


def ended_pauses(store: engine.Store, today: str) -> list[sqlite3.Row]:
    """Pauses whose day has come."""
    return store.rows(
        """SELECT s.member, l.slug FROM subscription s JOIN list l ON l.id = s.list
        WHERE s.state = 'paused' AND s.paused_until <= ? ORDER BY s.member, s.list LIMIT ?""",
        (today, PAGE),
    )


def ended_bases(store: engine.Store, today: str) -> list[sqlite3.Row]:
    """Subscriptions on a basis whose last day has passed."""
    return store.rows(
        """SELECT s.member, l.slug FROM subscription s JOIN list l ON l.id = s.list
        WHERE (s.state = 'implied' OR (s.state = 'paused' AND s.before = 'implied')) AND s.until < ?
        ORDER BY s.member, s.list LIMIT ?""",
        (today, PAGE),
    )


def dormant(store: engine.Store, before: str) -> list[sqlite3.Row]:
    """Consents under which nothing has been sent since a time."""
    return store.rows(
        """SELECT s.member, l.slug FROM subscription s JOIN list l ON l.id = s.list
        WHERE (s.state = 'attested' OR s.state = 'confirmed') AND coalesce(s.last_mail_at, s.since) < ?
        ORDER BY s.member, s.list LIMIT ?""",
        (before, PAGE),
    )


def dormant_counts(store: engine.Store, before: str) -> dict[str, int]:
    """How many consents of each list have slept since before a time."""
    rows = store.rows(
        """SELECT l.slug, count(*) AS n FROM subscription s JOIN list l ON l.id = s.list
        WHERE (s.state = 'attested' OR s.state = 'confirmed') AND coalesce(s.last_mail_at, s.since) < ?
        GROUP BY l.slug ORDER BY l.slug""",
        (before,),
    )
    return {row["slug"]: row["n"] for row in rows}


def ending_counts(store: engine.Store, day: str) -> dict[str, int]:
    """How many memberships of each list end before a day."""
    rows = store.rows(
        """SELECT l.slug, count(*) AS n FROM subscription s JOIN list l ON l.id = s.list
        WHERE s.state = 'implied' AND s.until < ? GROUP BY l.slug ORDER BY l.slug""",
        (day,),
    )
    return {row["slug"]: row["n"] for row in rows}


def long_gone(store: engine.Store, before: str) -> list[sqlite3.Row]:
    """Members who are on no list any more and have not acted since a time, with what they had withdrawn."""
    return store.rows(
        """SELECT m.id, m.key FROM member m WHERE m.key IS NOT NULL
        AND EXISTS (SELECT 1 FROM subscription s WHERE s.member = m.id)
        AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.member = m.id AND s.state <> 'unsubscribed'
          AND s.state <> 'objected' AND s.state <> 'lapsed' AND s.state <> 'erased')
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.member = m.id AND c.recorded_at >= ?)
        ORDER BY m.id LIMIT ?""",
        (before, PAGE),
    )


def returned(store: engine.Store) -> list[int]:
    """Members who were forgotten and came back with a backup."""
    rows = store.rows(
        """SELECT m.id FROM member m JOIN suppression p ON p.mac = m.mac AND p.scope = 'all'
        WHERE p.reason = 'forgotten' AND m.key IS NOT NULL ORDER BY m.id LIMIT ?""",
        (PAGE,),
    )
    return [row["id"] for row in rows]


def old_deliveries(store: engine.Store, before: str, after: int, limit: int = 5_000) -> list[int]:
    """Ended deliveries that still name an address, by id."""
    rows = store.rows(
        """SELECT id FROM delivery WHERE id > ? AND due_at IS NULL AND state <> 'sending' AND state <> 'unclear'
        AND (address <> '' OR answer IS NOT NULL) AND changed_at < ? ORDER BY id LIMIT ?""",
        (after, before, limit),
    )
    return [row["id"] for row in rows]


def strip_deliveries(store: engine.Store, ids: list[int]) -> None:
    """Take address and answer out of deliveries; state, code and time stay, so that all numbers stay."""
    store.executemany(
        "UPDATE delivery SET address = '', vals = NULL, answer = NULL WHERE id = ?", [(one,) for one in ids]
    )


def strip_bounces(store: engine.Store, before: str) -> int:
    """Take the text out of old bounces; return how many."""
    return store.execute("UPDATE bounce SET text = '' WHERE at < ? AND text <> ''", (before,)).rowcount


def drop_bounces(store: engine.Store, before: str) -> int:
    """Delete old bounces; return how many."""
    return store.execute("DELETE FROM bounce WHERE at < ?", (before,)).rowcount


def drop_arrivals(store: engine.Store, before: str) -> int:
    """Delete the digests of old inbound mails; return how many."""
    return store.execute("DELETE FROM arrival WHERE at < ?", (before,)).rowcount


def strip_batches(store: engine.Store, before: str) -> int:
    """Take the old values out of imports that are too old to be undone; return how many members' values went."""
    return store.execute(
        """UPDATE batch_member SET before = NULL WHERE before IS NOT NULL
        AND batch IN (SELECT id FROM batch WHERE at < ?)""",
        (before,),
    ).rowcount


def last_done(store: engine.Store, job: str) -> str | None:
    """When a job of the clock was last done."""
    found = store.value("SELECT at FROM job_done WHERE job = ?", (job,))
    return None if found is None else str(found)


def note_done(store: engine.Store, job: str, now: str) -> None:
    """Write that a job was done now."""
    store.execute(
        "INSERT INTO job_done (job, at) VALUES (?,?) ON CONFLICT (job) DO UPDATE SET at = excluded.at",
        (job, now),
    )
