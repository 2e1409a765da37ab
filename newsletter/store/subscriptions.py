"""Subscriptions: member x list with its state. Only service/consent.py writes them, each time with a ledger event."""

import sqlite3
from dataclasses import dataclass

from newsletter.store import engine


@dataclass(frozen=True, slots=True)
class Written:
    """The columns of a subscription after a step."""

    state: str
    before: str
    since: str
    until: str | None
    paused_until: str | None
    basis: str
    source: str
    consent: int


def get(store: engine.Store, list_id: int, member: int) -> sqlite3.Row | None:
    """The subscription of a member to a list."""
    return store.row("SELECT * FROM subscription WHERE list = ? AND member = ?", (list_id, member))


def of_member(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """All subscriptions of a member with the list's slug."""
    return store.rows(
        "SELECT subscription.*, list.slug FROM subscription JOIN list ON list.id = subscription.list"
        " WHERE member = ? ORDER BY list.slug",
        (member,),
    )


def put(store: engine.Store, list_id: int, member: int, written: Written) -> None:
    """Insert or overwrite a subscription; what is known of its mails stays."""
    store.execute(
        """INSERT INTO subscription (list, member, state, before, since, until, paused_until, basis, source, consent)
        VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (list, member) DO UPDATE SET state = excluded.state,
        before = excluded.before, since = excluded.since, until = excluded.until, paused_until = excluded.paused_until,
        basis = excluded.basis, source = excluded.source, consent = excluded.consent""",
        (
            list_id, member, written.state, written.before, written.since, written.until, written.paused_until,
            written.basis, written.source, written.consent,
        ),
    )  # fmt: skip


def wipe(store: engine.Store, list_id: int, member: int) -> None:
    """Delete a subscription that never came to be, with the personal part of its events."""
    store.execute("DELETE FROM subscription WHERE list = ? AND member = ?", (list_id, member))
    store.execute(
        "DELETE FROM consent_payload WHERE seq IN (SELECT seq FROM consent WHERE list = ? AND member = ?)",
        (list_id, member),
    )


def counts(store: engine.Store, list_id: int) -> dict[str, int]:
    """How many subscriptions of a list are in each state."""
    rows = store.rows(
        "SELECT state, count(*) AS n FROM subscription WHERE list = ? GROUP BY state", (list_id,)
    )
    return {row["state"]: row["n"] for row in rows}


def skip_due(store: engine.Store, list_id: int, member: int, reason: str, now: str) -> int:
    """Mark what is still queued for a member under a list as skipped; return how many. Mail on the wire stays."""
    cursor = store.execute(
        """UPDATE delivery SET state = 'skipped', reason = ?, due_at = NULL, vals = NULL, changed_at = ?
        WHERE member = ? AND list = ? AND due_at IS NOT NULL AND state <> 'sending'
        AND message IN (SELECT message.id FROM message LEFT JOIN edition ON edition.id = message.edition
          WHERE message.class IN ('M', 'S') AND (edition.id IS NULL OR edition.state IN ('queued', 'running', 'paused')))""",
        (reason, now, member, list_id),
    )
    return cursor.rowcount
