"""Take a batch back: who of it can go, who is spared and why, and the statements that do it.

Works on a temporary table of the batch's members; the ledger is only added to.
"""

import json
import sqlite3
from collections.abc import Iterator

from newsletter.store import engine


def begin(store: engine.Store, batch: int, list_id: int, at: str) -> None:
    """Gather the members of a batch, and the reasons to spare some of them.

    `at` is when the batch was written. A reason is what happened to the person since: an act of their own, a later
    step on this list, or a mail.
    """
    end(store)
    store.execute("""CREATE TEMP TABLE undoing (member INTEGER PRIMARY KEY, address TEXT, seq INTEGER, is_new INTEGER,
      before TEXT, reason TEXT)""")
    store.execute(
        """INSERT INTO temp.undoing (member, address, seq, is_new, before)
        SELECT b.member, m.address, (SELECT max(seq) FROM consent c WHERE c.batch = b.batch AND c.member = b.member),
          b.is_new, b.before
        FROM batch_member b LEFT JOIN member m ON m.id = b.member WHERE b.batch = ?""",
        (batch,),
    )
    for reason, parameters in (
        (_GONE, ()),
        (_STEPPED, {"list": list_id, "batch": batch}),
        (_MAILED, {"list": list_id, "at": at}),
        (_DELIVERED, {"at": at}),
    ):
        store.execute(reason, parameters)


_GONE = "UPDATE temp.undoing SET reason = 'was forgotten since' WHERE address IS NULL OR address = ''"
_STEPPED = """UPDATE temp.undoing SET reason = (
    SELECT CASE c.actor WHEN 'person' THEN 'acted since' ELSE 'was changed since' END || ' (' || c.step || ' on '
      || substr(c.recorded_at, 1, 10) || ')'
    FROM consent c WHERE c.member = undoing.member AND c.seq > undoing.seq AND (c.actor = 'person' OR c.list = :list)
      AND c.batch IS NOT :batch ORDER BY c.actor = 'person' DESC, c.seq LIMIT 1)
  WHERE seq IS NOT NULL AND reason IS NULL"""
_MAILED = """UPDATE temp.undoing SET reason = (
    SELECT 'a mail went out to them on ' || substr(s.last_mail_at, 1, 10) FROM subscription s
    WHERE s.list = :list AND s.member = undoing.member AND s.last_mail_at >= :at)
  WHERE seq IS NOT NULL AND reason IS NULL"""
_DELIVERED = """UPDATE temp.undoing SET reason = 'a mail went out to them'
  WHERE seq IS NOT NULL AND reason IS NULL AND member IN (
    SELECT member FROM delivery WHERE (state = 'sent' OR state = 'sending' OR state = 'unclear') AND changed_at >= :at)"""


def end(store: engine.Store) -> None:
    """Drop the temporary table."""
    store.execute("DROP TABLE IF EXISTS temp.undoing")


def withdraws(store: engine.Store, batch: int) -> bool:
    """Tell whether a batch brought people in who left or objected."""
    sql = "SELECT 1 FROM consent WHERE batch = ? AND (step = 'withdrawn' OR step = 'objected') LIMIT 1"
    return store.value(sql, (batch,)) is not None


def spare(store: engine.Store, member: int, reason: str) -> None:
    """Spare a member for a reason found later."""
    store.execute("UPDATE temp.undoing SET reason = ? WHERE member = ?", (reason, member))


def changed(store: engine.Store, page: int = 500) -> Iterator[sqlite3.Row]:
    """Members whose values or membership the batch changed and who are not spared, with their values as they are."""
    last = 0
    while rows := store.rows(
        """SELECT u.member, u.before, u.seq, m.name, m.first_name, m.fields
        FROM temp.undoing u JOIN member m ON m.id = u.member
        WHERE u.before IS NOT NULL AND u.reason IS NULL AND u.member > ? ORDER BY u.member LIMIT ?""",
        (last, page),
    ):
        yield from rows
        last = rows[-1]["member"]


def added(store: engine.Store) -> Iterator[tuple[int, str]]:
    """(member, address) of those whose subscription came by the batch and goes with it, streaming."""
    cursor = store.connection.cursor()
    cursor.row_factory = None
    return cursor.execute("""SELECT member, address FROM temp.undoing WHERE seq IS NOT NULL AND reason IS NULL
      AND (before IS NULL OR before NOT LIKE '%"subscription"%') ORDER BY member""")


def cancel_due(store: engine.Store, list_id: int, now: str) -> int:
    """Skip what is still queued under the list for those who go; return how many."""
    cursor = store.execute(
        """UPDATE delivery SET state = 'skipped', reason = 'cancelled', due_at = NULL, vals = NULL, changed_at = ?
        WHERE due_at IS NOT NULL AND state <> 'sending' AND list = ?
        AND member IN (SELECT member FROM temp.undoing WHERE seq IS NOT NULL AND reason IS NULL)""",
        (now, list_id),
    )
    return cursor.rowcount


def unsubscribe(store: engine.Store, list_id: int) -> int:
    """Delete the subscriptions that came by the batch; return how many."""
    cursor = store.execute(
        """DELETE FROM subscription WHERE list = ? AND member IN (SELECT member FROM temp.undoing
        WHERE seq IS NOT NULL AND reason IS NULL AND (before IS NULL OR before NOT LIKE '%"subscription"%'))""",
        (list_id,),
    )
    return cursor.rowcount


def delete_members(store: engine.Store) -> int:
    """Delete the members who came by the batch and of whom nothing else is known; return how many."""
    cursor = store.execute("""DELETE FROM member WHERE id IN
        (SELECT member FROM temp.undoing WHERE is_new = 1 AND reason IS NULL)
      AND NOT EXISTS (SELECT 1 FROM subscription WHERE subscription.member = member.id)
      AND id NOT IN (SELECT member FROM delivery) AND id NOT IN (SELECT member FROM bounce)""")
    return cursor.rowcount


def spared(store: engine.Store) -> Iterator[sqlite3.Row]:
    """(address, reason) of those who are spared, streaming."""
    return iter(
        store.execute("SELECT address, reason FROM temp.undoing WHERE reason IS NOT NULL ORDER BY address")
    )


def count_spared(store: engine.Store) -> int:
    """How many are spared."""
    return int(store.value("SELECT count(*) FROM temp.undoing WHERE reason IS NOT NULL"))


def mark_undone(store: engine.Store, batch: int, now: str) -> None:
    """Note when the batch was taken back."""
    store.execute("UPDATE batch SET undone_at = ? WHERE id = ?", (now, batch))


def before(row: sqlite3.Row) -> dict[str, object]:
    """What the batch found in a member that it changed."""
    found: dict[str, object] = json.loads(row["before"])
    return found
