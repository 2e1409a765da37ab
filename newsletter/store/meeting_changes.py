"""Changes of meetings: each with the facts before it, so that what was announced first is never lost."""

import sqlite3

from newsletter.store import engine


def add(store: engine.Store, before: sqlite3.Row, kind: str, at: str, by: str) -> int:
    """Note a change of a meeting, whose row before it is given; return its number."""
    cursor = store.execute(
        """INSERT INTO meeting_change (meeting, kind, starts, ends, place, state, at, by) VALUES (?,?,?,?,?,?,?,?)""",
        (before["id"], kind, before["starts"], before["ends"], before["place"], before["state"], at, by),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def change(store: engine.Store, meeting: int, starts: str, ends: str, place: str, state: str) -> None:
    """Give a meeting new facts; its calendar entry counts one change more (RFC 5546 2.1.4)."""
    store.execute(
        "UPDATE meeting SET starts = ?, ends = ?, place = ?, state = ?, sequence = sequence + 1 WHERE id = ?",
        (starts, ends, place, state, meeting),
    )


def of_meeting(store: engine.Store, meeting: int) -> list[sqlite3.Row]:
    """Every change of a meeting, oldest first."""
    return store.rows("SELECT * FROM meeting_change WHERE meeting = ? ORDER BY id", (meeting,))


def last(store: engine.Store, meeting: int) -> sqlite3.Row | None:
    """The newest change that was not taken back and takes none back."""
    return store.row(
        """SELECT * FROM meeting_change WHERE meeting = ? AND undone_at IS NULL AND kind <> 'restored'
        ORDER BY id DESC LIMIT 1""",
        (meeting,),
    )


def first_since(store: engine.Store, meeting: int, at: str) -> sqlite3.Row | None:
    """The first change after a time: it holds the facts as they were told then."""
    return store.row(
        "SELECT * FROM meeting_change WHERE meeting = ? AND at > ? ORDER BY id LIMIT 1", (meeting, at)
    )


def moved_from(store: engine.Store, list_id: int, starts: str) -> sqlite3.Row | None:
    """The meeting of a list that once was to start at this moment and does so no more."""
    return store.row(
        """SELECT t.* FROM meeting_change c JOIN meeting t ON t.id = c.meeting
        WHERE t.list = ? AND c.starts = ? AND (t.starts <> c.starts OR t.state = 'cancelled')
        ORDER BY c.id DESC LIMIT 1""",
        (list_id, starts),
    )


def undo(store: engine.Store, number: int, at: str) -> None:
    """Mark a change as taken back."""
    store.execute("UPDATE meeting_change SET undone_at = ? WHERE id = ?", (at, number))


def told(store: engine.Store, meeting: int, number: int) -> set[int]:
    """The members to whom the mail about a change has gone, or may have."""
    rows = store.rows(
        """SELECT d.member FROM message g JOIN delivery d ON d.message = g.id WHERE g.meeting = ? AND g.edition IS NULL
        AND d.occasion = ? AND g.kind = 'meeting_changed'
        AND d.state <> 'skipped' AND d.state <> 'failed' AND NOT (d.state = 'due' AND d.attempts = 0)""",
        (meeting, str(number)),
    )
    return {int(row["member"]) for row in rows}


def is_unheard(store: engine.Store, meeting: int, number: int) -> bool:
    """Whether the mails about a change still wait, all of them: then people know what was so before it."""
    waits = store.value(
        """SELECT EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id WHERE g.meeting = ? AND d.occasion = ?
        AND g.kind = 'meeting_changed' AND d.state = 'due' AND d.attempts = 0)""",
        (meeting, str(number)),
    )
    return bool(waits) and not told(store, meeting, number)


def open_editions(store: engine.Store, meeting: int) -> list[sqlite3.Row]:
    """The editions about a meeting, but for its reminders, that have not ended, each with how many copies have not gone."""
    return store.rows(
        """SELECT e.id, e.state, e.reason, (SELECT count(*) FROM message g JOIN delivery d ON d.message = g.id
          WHERE g.edition = e.id AND d.due_at IS NOT NULL) AS open
        FROM edition e WHERE e.meeting = ? AND e.reminder = '' AND (e.state = 'queued' OR e.state = 'running' OR e.state = 'paused')
        ORDER BY e.queued_at, e.id""",
        (meeting,),
    )
