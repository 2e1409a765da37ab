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
    if not _has(store, "reminder"):
        return 0
    return store.execute(
        """UPDATE main.reminder SET state = CASE then_.state WHEN 'queued' THEN 'dropped' ELSE then_.state END,
          reason = CASE then_.state WHEN 'queued' THEN 'restored' ELSE then_.reason END
        FROM replaced.reminder then_ JOIN replaced.meeting old ON old.id = then_.meeting
          JOIN main.meeting here ON here.id = old.id AND here.created_at = old.created_at
        WHERE reminder.meeting = then_.meeting AND reminder.name = then_.name AND reminder.state = 'waiting'
          AND then_.state <> 'waiting'"""
    ).rowcount


def _has(store: engine.Store, table: str, column: str = "%") -> bool:
    """Whether the replaced database knows a table (with a column): that of an older version may not."""
    sql = "SELECT count(*) FROM pragma_table_info(?, 'replaced') WHERE name LIKE ?"
    return bool(store.value(sql, (table, column)))


# Rows of the same member in both databases: numbers are never used twice in one, but both went on from the backup.
_SAME_MEMBER = """JOIN replaced.member old ON old.id = then_.member
  JOIN main.member here ON here.id = old.id AND here.created_at = old.created_at AND here.key IS NOT NULL"""


def bring_rsvps(store: engine.Store) -> int:
    """Bring over what people answered to meetings, and which places were offered to them; return how many."""
    if not _has(store, "rsvp", "place"):
        return 0
    return store.execute(
        f"""INSERT INTO main.rsvp (meeting, member, answer, guests, drinks, note, needs, place, turn, offer_until, at, revision)
        SELECT then_.meeting, then_.member, then_.answer, then_.guests, then_.drinks, then_.note, then_.needs, then_.place,
          then_.turn, then_.offer_until, then_.at, then_.revision FROM replaced.rsvp then_ {_SAME_MEMBER}
          JOIN replaced.meeting was ON was.id = then_.meeting
          JOIN main.meeting now ON now.id = was.id AND now.created_at = was.created_at WHERE 1
        ON CONFLICT (meeting, member) DO UPDATE SET answer = excluded.answer, guests = excluded.guests,
          drinks = excluded.drinks, note = excluded.note, needs = excluded.needs, place = excluded.place,
          turn = excluded.turn, offer_until = excluded.offer_until, at = excluded.at, revision = excluded.revision
        WHERE excluded.revision > rsvp.revision"""  # noqa: S608 - constants only
    ).rowcount


def bring_questions(store: engine.Store) -> None:
    """Bring over what came of questions that were closed, so that nobody's answer comes back, and answers to open ones."""
    if not _has(store, "question"):
        return
    store.execute(
        f"""INSERT INTO main.question_answer (question, member, choice, line, at)
        SELECT then_.question, then_.member, then_.choice, then_.line, then_.at FROM replaced.question_answer then_ {_SAME_MEMBER}
          JOIN replaced.question was ON was.id = then_.question
          JOIN main.question now ON now.id = was.id AND now.created_at = was.created_at WHERE now.closed_at IS NULL
        ON CONFLICT (question, member) DO UPDATE SET choice = excluded.choice, line = excluded.line, at = excluded.at
        WHERE excluded.at > question_answer.at"""  # noqa: S608 - constants only
    )
    closed = store.rows(
        """SELECT now.id FROM replaced.question was JOIN main.question now ON now.id = was.id
        AND now.created_at = was.created_at WHERE was.closed_at IS NOT NULL AND now.closed_at IS NULL"""
    )
    for (number,) in closed:
        for sql in _CLOSED:
            store.execute(sql, {"question": number})


_CLOSED = (
    "DELETE FROM main.question_answer WHERE question = :question",
    "INSERT INTO main.question_line SELECT * FROM replaced.question_line WHERE question = :question",
    """UPDATE main.question_choice SET votes = then_.votes FROM replaced.question_choice then_
    WHERE question_choice.question = :question AND then_.question = :question AND then_.number = question_choice.number""",
    """UPDATE main.question SET closed_at = then_.closed_at, told_at = then_.told_at, voices = then_.voices
    FROM replaced.question then_ WHERE question.id = :question AND then_.id = :question""",
)


def bring_log(store: engine.Store) -> int:
    """Bring over what organisers did and were told, so that no report goes twice; return how many entries."""
    return store.execute(
        """INSERT INTO main.log (at, by, act, about, why) SELECT at, by, act, about, why FROM replaced.log
        EXCEPT SELECT at, by, act, about, why FROM main.log ORDER BY 1"""
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
