"""Meetings: gatherings with time and place. Times are UTC ISO text."""

import json
import sqlite3
from collections.abc import Sequence

from newsletter.store import engine


def by_slug(store: engine.Store, slug: str) -> sqlite3.Row | None:
    """The meeting of this slug."""
    return store.row("SELECT meeting.*, list.slug AS list_slug FROM meeting JOIN list ON list.id = meeting.list"
                     " WHERE meeting.slug = ?", (slug,))  # fmt: skip


def by_id(store: engine.Store, number: int) -> sqlite3.Row | None:
    """The meeting of this number."""
    return store.row("SELECT * FROM meeting WHERE id = ?", (number,))


def starting_at(store: engine.Store, list_id: int, starts: str) -> sqlite3.Row | None:
    """The planned meeting of a list that starts at this very moment."""
    return store.row(
        "SELECT * FROM meeting WHERE list = ? AND starts = ? AND state = 'planned'", (list_id, starts)
    )


def add(
    store: engine.Store, slug: str, list_id: int, title: str, starts: str, ends: str, place: str, after: str,
    uid: str, now: str, capacity: int | None = None, *, speaker: str = "", agenda: str = "",
) -> int:  # fmt: skip
    """Insert a meeting; return its id."""
    cursor = store.execute(
        """INSERT INTO meeting (slug, list, title, starts, ends, place, after, uid, created_at, capacity, speaker, agenda)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?)""",
        (slug, list_id, title, starts, ends, place, after, uid, now, capacity, speaker, agenda),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def next_of(store: engine.Store, lists: Sequence[int], now: str) -> sqlite3.Row | None:
    """The next planned meeting of any of these lists."""
    return store.row(
        """SELECT * FROM meeting WHERE state = 'planned' AND starts > ? AND list IN (SELECT value FROM json_each(?))
        ORDER BY starts, id LIMIT 1""",
        (now, json.dumps(list(lists))),
    )


def of_list(store: engine.Store, list_id: int, since: str, limit: int) -> list[sqlite3.Row]:
    """A list's meetings that end after a time, the earliest first, each with when it was changed last."""
    return store.rows(
        """SELECT t.*, coalesce((SELECT max(c.at) FROM meeting_change c WHERE c.meeting = t.id), t.created_at) AS changed_at
        FROM meeting t WHERE t.list = ? AND t.ends > ? ORDER BY t.starts, t.id LIMIT ?""",
        (list_id, since, limit),
    )


def by_uid(store: engine.Store, uid: str) -> sqlite3.Row | None:
    """The meeting whose calendar entry has this UID."""
    return store.row("SELECT * FROM meeting WHERE uid = ?", (uid,))


def set_capacity(store: engine.Store, meeting: int, capacity: int | None) -> None:
    """Write how many people a meeting holds; None for no limit."""
    store.execute("UPDATE meeting SET capacity = ? WHERE id = ?", (capacity, meeting))


def lists_of(store: engine.Store, meeting: int) -> list[list[str]]:
    """The slugs of the lists for which each edition announced a meeting, the newest edition first."""
    rows = store.rows("SELECT lists FROM edition WHERE meeting = ? ORDER BY queued_at DESC, id", (meeting,))
    return [json.loads(row["lists"]) for row in rows]


def invited_by(store: engine.Store, meeting: int, member: int) -> int | None:
    """The newest message about a meeting that went to a member."""
    found = store.value(
        """SELECT max(g.id) FROM message g LEFT JOIN edition e ON e.id = g.edition JOIN delivery d ON d.message = g.id
        WHERE coalesce(g.meeting, e.meeting) = ? AND d.member = ? AND d.state <> 'skipped'""",
        (meeting, member),
    )
    return None if found is None else int(found)


def of_message(store: engine.Store, message: int) -> sqlite3.Row | None:
    """The meeting that a message is about: the one its edition invites to, or its own."""
    return store.row(
        """SELECT t.* FROM message g LEFT JOIN edition e ON e.id = g.edition
        JOIN meeting t ON t.id = coalesce(g.meeting, e.meeting) WHERE g.id = ?""",
        (message,),
    )


def all_of(store: engine.Store) -> list[sqlite3.Row]:
    """All meetings with their list's slug, the latest first."""
    return store.rows(
        """SELECT meeting.*, list.slug AS list_slug FROM meeting JOIN list ON list.id = meeting.list
        ORDER BY starts DESC, meeting.id DESC"""
    )


def editions_of(store: engine.Store, meeting: int) -> list[str]:
    """The editions by which the chair announced a meeting, oldest first."""
    return [
        str(row["id"])
        for row in store.rows(
            "SELECT id FROM edition WHERE meeting = ? AND reminder = '' ORDER BY queued_at, id", (meeting,)
        )
    ]


def announced_by(store: engine.Store, meeting: int) -> str:
    """The chair's newest invitation to a meeting that was not cancelled; empty without one."""
    found = store.value(
        """SELECT id FROM edition WHERE meeting = ? AND kind = 'invitation' AND reminder = '' AND state <> 'cancelled'
        ORDER BY queued_at DESC, id LIMIT 1""",
        (meeting,),
    )
    return str(found or "")
