"""Reminders: the plan of each meeting's, whom one is for, and taking back what an answer has made pointless."""

import sqlite3

from newsletter.core import reminders, words
from newsletter.store import engine

_WITH = """SELECT r.*, t.slug, e.state AS invited FROM reminder r JOIN meeting t ON t.id = r.meeting
  JOIN edition e ON e.id = r.invitation"""


def plan(
    store: engine.Store, meeting: int, name: str, invitation: str, due_at: str, until: str, reason: str
) -> None:  # fmt: skip
    """Plan a reminder, or plan one anew that was dropped; one that waits, was stopped or has gone stays as it is."""
    store.execute(
        """INSERT INTO reminder (meeting, name, invitation, due_at, until, state, reason)
        VALUES (?,?,?,?,?,CASE ?6 WHEN '' THEN 'waiting' ELSE 'dropped' END,?6)
        ON CONFLICT (meeting, name) DO UPDATE SET invitation = excluded.invitation, due_at = excluded.due_at,
        until = excluded.until, state = excluded.state, reason = excluded.reason, edition = NULL
        WHERE reminder.state = 'dropped'""",
        (meeting, name, invitation, due_at, until, reason),
    )


def get(store: engine.Store, meeting: int, name: str) -> sqlite3.Row | None:
    """A reminder of a meeting with the state of its invitation (`invited`)."""
    return store.row(f"{_WITH} WHERE r.meeting = ? AND r.name = ?", (meeting, name))


def of_meeting(store: engine.Store, meeting: int) -> list[sqlite3.Row]:
    """A meeting's reminders with the state of their invitation (`invited`), in the order of their time."""
    return store.rows(f"{_WITH} WHERE r.meeting = ? ORDER BY r.due_at, r.name", (meeting,))


def due(store: engine.Store, now: str) -> list[sqlite3.Row]:
    """The reminders whose time has come, with the state of their invitation (`invited`)."""
    return store.rows(
        f"{_WITH} WHERE r.state = 'waiting' AND r.due_at <= ? ORDER BY r.due_at, r.name", (now,)
    )


def next_waiting(store: engine.Store) -> sqlite3.Row | None:
    """The reminder that waits for the nearest time."""
    return store.row(f"{_WITH} WHERE r.state = 'waiting' ORDER BY r.due_at, r.name LIMIT 1")


def change(
    store: engine.Store, row: sqlite3.Row, state: reminders.State, reason: str = "", edition: str | None = None
) -> bool:  # fmt: skip
    """Move a reminder on from the state that it was read in; False when another process did so first."""
    return (
        store.execute(
            """UPDATE reminder SET state = ?, reason = ?, edition = coalesce(?, edition)
            WHERE meeting = ? AND name = ? AND state = ?""",
            (state, reason, edition, row["meeting"], row["name"], row["state"]),
        ).rowcount
        == 1
    )


def date(
    store: engine.Store, row: sqlite3.Row, due_at: str, until: str, state: reminders.State, reason: str
) -> None:  # fmt: skip
    """Give a reminder another time."""
    store.execute(
        "UPDATE reminder SET due_at = ?, until = ?, state = ?, reason = ? WHERE meeting = ? AND name = ?",
        (due_at, until, state, reason, row["meeting"], row["name"]),
    )


def drop_of_invitation(store: engine.Store, edition: str) -> int:
    """Drop what waits behind an invitation that was cancelled; return how many."""
    return store.execute(
        """UPDATE reminder SET state = 'dropped', reason = 'cancelled'
        WHERE invitation = ? AND (state = 'waiting' OR state = 'stopped')""",
        (edition,),
    ).rowcount


def take_back(store: engine.Store, meeting: int, member: int, now: str) -> None:
    """Skip what is queued for a member as a reminder of a meeting: they have just answered. What is on the wire stays."""
    store.execute(
        """UPDATE delivery SET state = 'skipped', reason = 'answered', due_at = NULL, vals = NULL, changed_at = ?
        WHERE member = ? AND due_at IS NOT NULL AND (state = 'due' OR state = 'deferred') AND message IN
          (SELECT g.id FROM reminder r JOIN message g ON g.edition = r.edition WHERE r.meeting = ?)""",
        (now, member, meeting),
    )


# ---- whom it is for: these look at and narrow the temporary tables of store/audience.py, inside its caller's work


def keep_answered(store: engine.Store, meeting: int, answer: str) -> None:
    """Of those gathered keep who gave this answer, and have a place if it was yes."""
    store.execute(
        """DELETE FROM temp.audience WHERE NOT EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = ?1
        AND r.member = audience.member AND r.answer = ?2 AND (r.answer <> 'yes' OR r.place = 'in'))""",
        (meeting, answer),
    )


def leave_out_answered(store: engine.Store, meeting: int, since: str = "") -> None:
    """Let those stay out who have answered (since a time)."""
    _leave_out(
        store, "answered", "SELECT member FROM rsvp WHERE meeting = :meeting AND at >= :since",
        {"meeting": meeting, "since": since},
    )  # fmt: skip


def leave_out_new(store: engine.Store, invitation: str, since: str) -> None:
    """Let those stay out who joined since a time, or whom the invitation reached since then."""
    _leave_out(
        store, "recent",
        """SELECT d.member FROM message g JOIN delivery d ON d.message = g.id WHERE g.edition = :invitation
          AND d.state <> 'skipped' AND d.dated_at > :since
        UNION ALL SELECT a.member FROM temp.audience a JOIN subscription s ON s.list = a.list AND s.member = a.member
          WHERE s.since > :since""",
        {"invitation": invitation, "since": since},
    )  # fmt: skip


def leave_out_often(store: engine.Store, list_id: int, count: int, since: str, until: str) -> None:
    """Let those stay out who have had so many mails of a list that promote between two times."""
    values = {"list": list_id, "count": count, "since": since, "until": until}
    _leave_out(store, "recent", _OFTEN, values)


def often(store: engine.Store, list_id: int, count: int, since: str, until: str) -> int:
    """How many of those who get it under a list have had so many mails of it that promote between two times."""
    return int(
        store.value(
            f"SELECT count(*) FROM temp.audience_choice WHERE yes IS NOT NULL AND member IN ({_OFTEN})",  # noqa: S608 - constants only
            {"list": list_id, "count": count, "since": since, "until": until},
        )
    )


# From the few newest messages to their deliveries: a member's own mails have no index.
_OFTEN = """SELECT d.member FROM message g JOIN edition e ON e.id = g.edition CROSS JOIN delivery d
  WHERE g.class = 'M' AND (e.send_at > :since OR g.created_at > :since) AND d.message = g.id AND d.list = :list
    AND d.dated_at > :since AND d.dated_at <= :until AND d.state <> 'skipped' AND d.state <> 'failed'
    AND d.member IN (SELECT c.member FROM temp.audience_choice c JOIN temp.audience_list o ON o.rank = c.yes >> 3
      WHERE o.list = :list)
  GROUP BY d.member HAVING count(*) >= :count"""


def _leave_out(
    store: engine.Store, reason: words.SkipReason, members: str, values: dict[str, object]
) -> None:
    code = 1 + words.SKIP_REASONS.index(reason)
    store.execute(
        f"""UPDATE temp.audience_choice SET no = (yes >> 3) * 64 + :code, yes = NULL
        WHERE yes IS NOT NULL AND member IN ({members})""",  # noqa: S608 - constants only
        {**values, "code": code},
    )
