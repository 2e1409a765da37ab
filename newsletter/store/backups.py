"""Copy the database while it is in use, and bring into a restored copy what must never be lost with the newer one."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from newsletter.core import errors
from newsletter.store import engine


def copy(store: engine.Store, target: Path) -> None:
    """Write a whole, settled copy of the database (SQLite's backup API) to a file with mode 0600."""
    target.touch(mode=0o600)
    connection = sqlite3.connect(target)
    try:
        store.connection.backup(connection)
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as problem:
        raise engine.explained(problem) from problem
    finally:
        connection.close()


def check(path: Path) -> None:
    """Raise StorageError when a file is no whole database of ours."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            known = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'consent'"
            ).fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as problem:
        raise errors.StorageError(f"the backup's database cannot be read: {problem}") from problem
    if verdict != "ok" or not known:
        raise errors.StorageError(
            f"the backup's database is damaged: {verdict}", "Nothing was changed. Use another backup."
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A subscription that the replaced database knows as withdrawn or erased and the restored one does not."""

    key: str | None
    member: int
    slug: str
    state: str


def attach(store: engine.Store, replaced: Path) -> None:
    """Open the replaced database beside the restored one, read-only."""
    store.execute("ATTACH DATABASE ? AS replaced", (f"{replaced.resolve().as_uri()}?mode=ro",))


def detach(store: engine.Store) -> None:
    """Close the replaced database."""
    store.execute("DETACH DATABASE replaced")


def withdrawals(store: engine.Store) -> list[Withdrawal]:
    """Who withdrew, objected or was erased in the replaced database since the restored one was copied."""
    rows = store.rows(
        """SELECT m.id, m.key, l.slug, gone.state
        FROM replaced.subscription gone JOIN replaced.member old ON old.id = gone.member
        JOIN replaced.list ol ON ol.id = gone.list JOIN main.list l ON l.slug = ol.slug
        JOIN main.member m ON m.id = gone.member AND m.created_at = old.created_at
        JOIN main.subscription here ON here.list = l.id AND here.member = m.id
        WHERE (gone.state = 'unsubscribed' OR gone.state = 'objected' OR gone.state = 'erased')
        AND here.state <> gone.state AND here.state <> 'erased'"""
    )
    return [Withdrawal(row["key"], row["id"], row["slug"], row["state"]) for row in rows]


def erased(store: engine.Store) -> list[int]:
    """Members whose data was erased in the replaced database and is still in the restored one."""
    rows = store.rows(
        """SELECT m.id FROM replaced.member old JOIN main.member m ON m.id = old.id AND m.created_at = old.created_at
        WHERE old.key IS NULL AND m.key IS NOT NULL"""
    )
    return [row["id"] for row in rows]


def bring_suppressions(store: engine.Store) -> int:
    """Bring over suppressions; return how many were new."""
    return store.execute(
        "INSERT INTO main.suppression SELECT * FROM replaced.suppression WHERE 1 ON CONFLICT DO NOTHING"
    ).rowcount


def bring_results(store: engine.Store, now: str) -> int:
    """Bring over what happened to deliveries, so that nobody gets a mail twice; return how many.

    A row that was on the wire counts as unclear and waits for a person.
    """
    return store.execute(
        """UPDATE main.delivery SET state = CASE then_.state WHEN 'sending' THEN 'unclear' ELSE then_.state END,
          reason = then_.reason, due_at = NULL, vals = NULL, attempts = then_.attempts, code = then_.code,
          answer = then_.answer, changed_at = :now
        FROM replaced.delivery then_ JOIN replaced.message old ON old.id = then_.message
          JOIN main.message here ON here.id = old.id AND here.created_at = old.created_at
        WHERE delivery.message = then_.message AND delivery.member = then_.member
          AND delivery.occasion = then_.occasion AND delivery.due_at IS NOT NULL
          AND (then_.state = 'sent' OR then_.state = 'failed' OR then_.state = 'skipped' OR then_.state = 'unclear'
            OR then_.state = 'sending')""",
        {"now": now},
    ).rowcount


def bring_reminders(store: engine.Store) -> int:
    """Bring over which reminders went out, were stopped or dropped, so that none goes twice; return how many."""
    if not store.value("SELECT count(*) FROM replaced.sqlite_master WHERE name = 'reminder'"):
        return 0  # an older version's database
    return store.execute(
        """UPDATE main.reminder SET state = CASE then_.state WHEN 'queued' THEN 'dropped' ELSE then_.state END,
          reason = CASE then_.state WHEN 'queued' THEN 'restored' ELSE then_.reason END
        FROM replaced.reminder then_ JOIN replaced.meeting old ON old.id = then_.meeting
          JOIN main.meeting here ON here.id = old.id AND here.created_at = old.created_at
        WHERE reminder.meeting = then_.meeting AND reminder.name = then_.name AND reminder.state = 'waiting'
          AND then_.state <> 'waiting'"""
    ).rowcount


def stop_reminders(store: engine.Store) -> int:
    """Stop every reminder that waits; return how many."""
    return store.execute("UPDATE reminder SET state = 'stopped' WHERE state = 'waiting'").rowcount


def pause_all(store: engine.Store, reason: str) -> int:
    """Pause every edition that still has work to do; return how many."""
    return store.execute(
        "UPDATE edition SET state = 'paused', reason = ? WHERE state = 'queued' OR state = 'running'",
        (reason,),
    ).rowcount
