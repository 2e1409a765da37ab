"""Attendance: who came to a meeting, member or walk-in, and the heads that were counted."""

import sqlite3

from newsletter.core import attendance
from newsletter.store import engine


def put(store: engine.Store, meeting: int, tick: attendance.Tick) -> bool:
    """Write a tick unless a later one is there; two of the same moment: came counts. False when it changed nothing."""
    cursor = store.execute(
        """INSERT INTO attendance (meeting, person, member, name, came, at) VALUES (?,?,?,?,?,?)
        ON CONFLICT (meeting, person) DO UPDATE SET came = excluded.came, at = excluded.at
        WHERE (excluded.at, excluded.came) > (attendance.at, attendance.came)""",
        (
            meeting, tick.person, attendance.member_of(tick.person), tick.name, int(tick.came), tick.at,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1


def count_heads(store: engine.Store, meeting: int, count: int | None, at: str) -> None:
    """Write how many heads were counted, unless a later count is there; None takes the count away."""
    if count is None:
        store.execute("DELETE FROM headcount WHERE meeting = ? AND at <= ?", (meeting, at))
        return
    store.execute(
        """INSERT INTO headcount (meeting, count, at) VALUES (?,?,?)
        ON CONFLICT (meeting) DO UPDATE SET count = excluded.count, at = excluded.at WHERE excluded.at >= headcount.at""",
        (meeting, count, at),
    )


def numbers(store: engine.Store, meeting: int) -> sqlite3.Row:
    """How many `came` (members and walk-ins), how many of them are `walk_ins`, and the heads `counted` (or NULL)."""
    row = store.row(
        """SELECT coalesce(sum(came), 0) AS came,
          coalesce(sum(came AND member IS NULL AND person NOT LIKE 'x%'), 0) AS walk_ins, (SELECT count FROM headcount WHERE meeting = :meeting) AS counted
        FROM attendance WHERE meeting = :meeting""",
        {"meeting": meeting},
    )
    assert row is not None
    return row


def members(store: engine.Store, meeting: int) -> list[int]:
    """The members who came; empty where nobody was ticked."""
    rows = store.rows(
        "SELECT member FROM attendance WHERE meeting = ? AND came AND member IS NOT NULL ORDER BY member",
        (meeting,),
    )
    return [row["member"] for row in rows]


def of_meeting(store: engine.Store, meeting: int) -> list[sqlite3.Row]:
    """All ticks of a meeting with the name and address of members, by name."""
    return store.rows(
        """SELECT a.*, coalesce(nullif(a.name, ''), m.name, '') AS shown, m.address FROM attendance a
        LEFT JOIN member m ON m.id = a.member AND m.key IS NOT NULL WHERE a.meeting = ? ORDER BY shown, a.id""",
        (meeting,),
    )


def walk_ins(store: engine.Store, meeting: int) -> int:
    """How many walk-ins a meeting has, those taken back included."""
    return int(
        store.value("SELECT count(*) FROM attendance WHERE meeting = ? AND member IS NULL", (meeting,))
    )


def of_member(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """The meetings that a member came to, oldest first."""
    return store.rows(
        """SELECT t.title, t.starts, a.at FROM attendance a JOIN meeting t ON t.id = a.meeting
        WHERE a.member = ? AND a.came ORDER BY t.starts, t.id""",
        (member,),
    )


def move(store: engine.Store, member: int, to: int) -> None:
    """Make the meetings that a member came to those of another one; a meeting that both came to is one."""
    store.execute(
        """UPDATE attendance SET came = 1 WHERE member = ?1 AND EXISTS (SELECT 1 FROM attendance a
        WHERE a.meeting = attendance.meeting AND a.member = ?2 AND a.came)""",
        (to, member),
    )
    store.execute(
        "UPDATE OR IGNORE attendance SET member = ?1, person = 'm' || ?1 WHERE member = ?2", (to, member)
    )
    store.execute("DELETE FROM attendance WHERE member = ?", (member,))


def forget(store: engine.Store, member: int) -> None:
    """Take a member out of all meetings: that somebody came stays a number."""
    store.execute("UPDATE attendance SET member = NULL, person = 'x' || id WHERE member = ?", (member,))


def strip(store: engine.Store, before: str) -> int:
    """Make numbers of the people at meetings that ended before a time; return of how many. Who was a walk-in stays told."""
    return store.execute(
        """UPDATE attendance SET person = CASE WHEN member IS NULL THEN 'w' ELSE 'x' END || id, member = NULL, name = ''
        WHERE (member IS NOT NULL OR name <> '') AND meeting IN (SELECT id FROM meeting WHERE ends < ?)""",
        (before,),
    ).rowcount


def others(store: engine.Store, list_id: int, most: int) -> list[sqlite3.Row]:
    """The members of a list who can be written to, by name; nobody where there are more than `most`."""
    rows = store.rows(
        """SELECT m.id, m.name, m.address FROM subscription s JOIN member m ON m.id = s.member
        WHERE s.list = ? AND m.key IS NOT NULL
        AND (s.state = 'attested' OR s.state = 'confirmed' OR s.state = 'implied' OR s.state = 'paused')
        ORDER BY m.name, m.id LIMIT ?""",
        (list_id, most + 1),
    )
    return rows if len(rows) <= most else []
