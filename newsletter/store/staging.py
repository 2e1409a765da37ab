"""What an import has read, in temporary tables of its own file: judged set by set against who is known already.

The verdict of a row: '' will be added, same, changed, left, suppressed. Nothing here writes to the site's own tables.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from newsletter.store import engine

# The driver is slow with NULL and bytes, so what is not there is '', and hashes come as bytearray. mailbox_mac is ''
# where it is the mac.
_PEOPLE = """CREATE TEMP TABLE staged (
  id INTEGER PRIMARY KEY, line INTEGER, key TEXT, address TEXT, name TEXT, first_name TEXT, fields TEXT, state TEXT,
  given TEXT, mac BLOB, mailbox_mac BLOB, verdict TEXT, member INTEGER, was TEXT, fresh INTEGER)"""
_BAD = "CREATE TEMP TABLE staged_bad (line INTEGER NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL)"
_ADD = """INSERT INTO temp.staged (line, key, address, name, first_name, fields, state, given, mac, mailbox_mac, verdict)
  VALUES (?,?,?,?,?,?,?,?,?,?,?)"""
_ADD_BAD = "INSERT INTO temp.staged_bad (line, value, reason) VALUES (?,?,?)"


def begin(store: engine.Store) -> None:
    """Make empty staging tables."""
    end(store)
    store.execute(_PEOPLE)
    store.execute(_BAD)


def end(store: engine.Store) -> None:
    """Drop the staging tables."""
    store.execute("DROP TABLE IF EXISTS temp.staged")
    store.execute("DROP TABLE IF EXISTS temp.staged_bad")


def add(store: engine.Store, people: list[tuple[Any, ...]], bad: list[tuple[int, str, str]]) -> None:
    """Add a page of what was read."""
    store.executemany(_ADD, people)
    store.executemany(_ADD_BAD, bad)


def refuse_doubles(store: engine.Store) -> None:
    """Of lines with the same address the first counts, the others are bad; if one says "left", all do."""
    store.execute("CREATE INDEX temp.staged_key ON staged(key)")
    # Only the index is walked to find them.
    store.execute("""CREATE TEMP TABLE doubled AS SELECT key, min(id) AS first
      FROM temp.staged GROUP BY key HAVING count(*) > 1""")
    store.execute("""CREATE TEMP TABLE surplus AS SELECT s.id, s.verdict, d.first FROM temp.doubled d
      JOIN temp.staged s ON s.key = d.key WHERE s.id > d.first""")
    store.execute("""INSERT INTO temp.staged_bad (line, value, reason)
      SELECT s.line, s.address, 'the same address as in line ' || f.line FROM temp.surplus p
      JOIN temp.staged s ON s.id = p.id JOIN temp.staged f ON f.id = p.first""")
    store.execute("""UPDATE temp.staged SET verdict = 'left'
      WHERE id IN (SELECT first FROM temp.surplus WHERE verdict = 'left')""")
    store.execute("DELETE FROM temp.staged WHERE id IN (SELECT id FROM temp.surplus)")
    store.execute("DROP TABLE temp.doubled")
    store.execute("DROP TABLE temp.surplus")


def judge(store: engine.Store, list_id: int, own_first: bool) -> None:
    """Give every row its member, the state it has on the list, and its verdict.

    `fresh` marks what may bring something new; `own_first` says that the file has a column for the first name.
    """
    if store.value("SELECT 1 FROM member LIMIT 1"):
        store.execute(
            """UPDATE temp.staged SET member = m.id, was = b.state,
            fresh = (staged.name <> '' AND staged.name <> m.name)
              OR (:own_first AND staged.first_name <> '' AND staged.first_name <> m.first_name)
              OR (staged.fields <> '{}' AND staged.fields <> m.fields),
            verdict = CASE WHEN staged.verdict <> '' OR b.state IS NULL THEN staged.verdict
              WHEN b.state = 'unsubscribed' OR b.state = 'objected' THEN 'left' ELSE 'same' END
            FROM member m LEFT JOIN subscription b ON b.list = :list AND b.member = m.id WHERE m.key = staged.key""",
            {"list": list_id, "own_first": own_first},
        )
    if macs_are_needed(store):
        store.execute(
            """UPDATE temp.staged SET verdict = 'suppressed' WHERE verdict = '' AND (
            EXISTS (SELECT 1 FROM suppression p WHERE p.mac = staged.mac AND (p.scope <> 'list' OR p.list = ?))
            OR (mailbox_mac <> '' AND
            EXISTS (SELECT 1 FROM suppression p WHERE p.mac = staged.mailbox_mac AND p.scope = 'all')))""",
            (list_id,),
        )


def judge_leavers(store: engine.Store, list_id: int, wanted: str) -> None:
    """Give every row of people who left an old system its verdict: same when `wanted` (or more) is their state here."""
    store.execute(
        """UPDATE temp.staged SET member = m.id, was = b.state, verdict = CASE WHEN b.state IS NULL THEN ''
          WHEN b.state = :wanted OR b.state = 'objected' THEN 'same' ELSE 'changed' END
        FROM member m LEFT JOIN subscription b ON b.list = :list AND b.member = m.id WHERE m.key = staged.key""",
        {"list": list_id, "wanted": wanted},
    )


def macs_are_needed(store: engine.Store) -> bool:
    """Tell whether a dry run must ask about suppressions at all."""
    return store.value("SELECT 1 FROM suppression LIMIT 1") is not None


def leavers(store: engine.Store, page: int = 500) -> Iterator[list[sqlite3.Row]]:
    """Pages of staged rows of known members: (id, line, member, verdict)."""
    last = 0
    while rows := store.rows(
        "SELECT id, line, member, verdict FROM temp.staged WHERE id > ? AND member IS NOT NULL ORDER BY id LIMIT ?",
        (last, page),
    ):
        yield rows
        last = rows[-1]["id"]


def known(store: engine.Store, page: int = 500) -> Iterator[list[sqlite3.Row]]:
    """Pages of rows that may bring something new to a member's name and fields, beside what the member has."""
    last = 0
    while rows := store.rows(
        """SELECT s.id, s.member, s.was, s.name, s.first_name, s.fields, s.state, s.verdict,
        m.name AS old_name, m.first_name AS old_first_name, m.fields AS old_fields
        FROM temp.staged s JOIN member m ON m.id = s.member
        WHERE s.id > ? AND s.fresh AND (s.verdict = 'same' OR s.verdict = 'changed' OR s.verdict = '')
        ORDER BY s.id LIMIT ?""",
        (last, page),
    ):
        yield rows
        last = rows[-1]["id"]


def renewable(store: engine.Store, list_id: int, until: str) -> list[sqlite3.Row]:
    """(id, line, member) of people whose membership the import carries on: implied now, and until an earlier day."""
    return store.rows(
        """SELECT s.id, s.line, s.member FROM temp.staged s JOIN subscription b ON b.list = ? AND b.member = s.member
        WHERE (s.verdict = 'same' OR s.verdict = 'changed') AND s.was = 'implied' AND s.state = 'implied'
        AND b.until < ?""",
        (list_id, until),
    )


def mark_changed(store: engine.Store, ids: Iterable[int]) -> None:
    """Turn 'same' into 'changed' for these staged ids."""
    store.executemany(
        "UPDATE temp.staged SET verdict = 'changed' WHERE id = ? AND verdict = 'same'", [(i,) for i in ids]
    )


def counts(store: engine.Store) -> dict[str, int]:
    """How many rows have each verdict; those to be added count as held or new. `bad` are the bad lines."""
    rows = store.rows("""SELECT CASE WHEN verdict <> '' THEN verdict WHEN state = 'held' THEN 'held' ELSE 'new' END,
      count(*) FROM temp.staged GROUP BY 1""")
    found = dict.fromkeys(("new", "changed", "same", "left", "held", "suppressed"), 0)
    found.update({row[0]: row[1] for row in rows})
    return {**found, "bad": store.value("SELECT count(*) FROM temp.staged_bad")}


def bad(store: engine.Store) -> Iterator[sqlite3.Row]:
    """All bad lines in the order of the file, streaming."""
    return iter(store.execute("SELECT line, value, reason FROM temp.staged_bad ORDER BY line"))
