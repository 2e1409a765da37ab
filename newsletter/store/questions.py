"""Questions to the group, their choices, and the answers. Times are UTC ISO text."""

import sqlite3
from collections.abc import Sequence

from newsletter.core import questions
from newsletter.store import engine


def add(
    store: engine.Store, slug: str, list_id: int, kind: questions.Kind, text: str, has_line: bool, closes: str,
    choices: Sequence[questions.Choice], now: str,
) -> int:  # fmt: skip
    """Insert a question with its choices; return its id."""
    cursor = store.execute(
        "INSERT INTO question (slug, list, kind, text, has_line, closes, created_at) VALUES (?,?,?,?,?,?,?)",
        (slug, list_id, kind, text, int(has_line), closes, now),
    )
    assert cursor.lastrowid is not None
    store.executemany(
        "INSERT INTO question_choice (question, number, text, starts) VALUES (?,?,?,?)",
        [(cursor.lastrowid, one.number, one.text, one.starts or None) for one in choices],
    )
    return cursor.lastrowid


def by_slug(store: engine.Store, slug: str) -> sqlite3.Row | None:
    """The question of this slug, with its list's slug."""
    return store.row(
        "SELECT q.*, l.slug AS list_slug FROM question q JOIN list l ON l.id = q.list WHERE q.slug = ?",
        (slug,),
    )


def of_message(store: engine.Store, message: int) -> sqlite3.Row | None:
    """The question under a message's edition, with its list's slug."""
    return store.row(
        """SELECT q.*, l.slug AS list_slug FROM message g JOIN edition e ON e.id = g.edition
        JOIN question q ON q.id = e.question JOIN list l ON l.id = q.list WHERE g.id = ?""",
        (message,),
    )


def all_of(store: engine.Store) -> list[sqlite3.Row]:
    """All questions with their list's slug, the latest first."""
    return store.rows(
        "SELECT q.*, l.slug AS list_slug FROM question q JOIN list l ON l.id = q.list ORDER BY q.id DESC"
    )


def editions_of(store: engine.Store, question: int) -> list[str]:
    """The editions under which a question stood, oldest first."""
    rows = store.rows("SELECT id FROM edition WHERE question = ? ORDER BY queued_at, id", (question,))
    return [str(row["id"]) for row in rows]


def choices(store: engine.Store, question: int) -> tuple[questions.Choice, ...]:
    """The choices with the number of those who took them, by number."""
    rows = store.rows(
        """SELECT c.number, c.text, coalesce(c.starts, '') AS starts, c.votes + (SELECT count(*) FROM question_answer a
          WHERE a.question = c.question AND a.choice = c.number) AS votes
        FROM question_choice c WHERE c.question = ? ORDER BY c.number""",
        (question,),
    )
    return tuple(questions.Choice(row["number"], row["text"], row["starts"], row["votes"]) for row in rows)


def voices(store: engine.Store, question: int) -> int:
    """How many have answered."""
    return int(
        store.value(
            """SELECT voices + (SELECT count(*) FROM question_answer a WHERE a.question = q.id)
            FROM question q WHERE q.id = ?""",
            (question,),
        )
    )


def lines(store: engine.Store, question: int) -> list[str]:
    """What people wrote, in the order of the alphabet: nothing of it tells who wrote it."""
    rows = store.rows(
        """SELECT text FROM question_line WHERE question = :question
        UNION ALL SELECT line FROM question_answer WHERE question = :question AND line <> '' ORDER BY 1""",
        {"question": question},
    )
    return [str(row["text"]) for row in rows]


def given(store: engine.Store, question: int, member: int) -> questions.Given | None:
    """A member's answer to an open question."""
    row = store.row(
        "SELECT choice, line FROM question_answer WHERE question = ? AND member = ?", (question, member)
    )
    return None if row is None else questions.Given(row["choice"], row["line"])


def put(store: engine.Store, question: int, member: int, answer: questions.Given, now: str) -> None:
    """Write an answer over what was there."""
    store.execute(
        """INSERT INTO question_answer (question, member, choice, line, at) VALUES (?,?,?,?,?)
        ON CONFLICT (question, member) DO UPDATE SET choice = excluded.choice, line = excluded.line, at = excluded.at""",
        (question, member, answer.choice, answer.line, now),
    )


def of_member(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """A member's answers to questions that are open, with the question and the choice as they read."""
    return store.rows(
        """SELECT q.text AS question, coalesce(c.text, '') AS choice, a.line, a.at FROM question_answer a
        JOIN question q ON q.id = a.question
        LEFT JOIN question_choice c ON c.question = a.question AND c.number = a.choice
        WHERE a.member = ? ORDER BY a.at, q.id""",
        (member,),
    )


def move(store: engine.Store, member: int, to: int) -> None:
    """Make a member's answers those of another one; where that one has answered, theirs stands alone."""
    store.execute("UPDATE OR IGNORE question_answer SET member = ? WHERE member = ?", (to, member))
    store.execute("DELETE FROM question_answer WHERE member = ?", (member,))


def over(store: engine.Store, now: str) -> list[int]:
    """Questions whose time is over and that are not closed yet."""
    rows = store.rows("SELECT id FROM question WHERE closed_at IS NULL AND closes <= ? ORDER BY id", (now,))
    return [row["id"] for row in rows]


def close(store: engine.Store, question: int, now: str) -> bool:
    """Write the numbers to the choices, keep the lines without their writers, and delete who answered what.

    False when it was closed before: its answers are gone, and its numbers stay.
    """
    closed = store.execute(
        """UPDATE question SET closed_at = :now,
          voices = (SELECT count(*) FROM question_answer WHERE question = :question)
        WHERE id = :question AND closed_at IS NULL""",
        {"now": now, "question": question},
    )
    if closed.rowcount == 0:
        return False
    store.execute(
        """UPDATE question_choice SET votes = (SELECT count(*) FROM question_answer a
          WHERE a.question = question_choice.question AND a.choice = question_choice.number) WHERE question = ?""",
        (question,),
    )
    store.execute(
        """INSERT INTO question_line (question, text) SELECT question, line FROM question_answer
        WHERE question = ? AND line <> '' ORDER BY line""",
        (question,),
    )
    store.execute("DELETE FROM question_answer WHERE question = ?", (question,))
    return True


def becomes(store: engine.Store, question: int, meeting: int) -> None:
    """Write down which meeting a question's date became."""
    store.execute("UPDATE question SET meeting = ? WHERE id = ?", (meeting, question))


def meeting_of(store: engine.Store, question: int) -> sqlite3.Row | None:
    """The meeting that a question's date became, with its list's slug."""
    return store.row(
        """SELECT t.*, l.slug AS list_slug FROM question q JOIN meeting t ON t.id = q.meeting
        JOIN list l ON l.id = t.list WHERE q.id = ?""",
        (question,),
    )


def untold(store: engine.Store, since: str) -> list[sqlite3.Row]:
    """Questions closed since a time of which the chairs were not told, oldest first."""
    return store.rows(
        """SELECT q.*, l.slug AS list_slug FROM question q JOIN list l ON l.id = q.list
        WHERE q.closed_at >= ? AND q.told_at IS NULL ORDER BY q.closed_at, q.id""",
        (since,),
    )


def tell(store: engine.Store, question: int, now: str) -> None:
    """Write down that the chairs know what came of a question."""
    store.execute("UPDATE question SET told_at = ? WHERE id = ?", (now, question))


def closed_since(store: engine.Store, list_id: int, since: str, now: str) -> list[sqlite3.Row]:
    """Questions of a list whose time ended after a time, oldest first, also where the clock has not closed them yet."""
    return store.rows(
        """SELECT *, coalesce(closed_at, closes) AS ended_at FROM question
        WHERE list = :list AND coalesce(closed_at, closes) >= :since AND (closed_at IS NOT NULL OR closes <= :now)
        ORDER BY ended_at, id""",
        {"list": list_id, "since": since, "now": now},
    )


def drop_lines(store: engine.Store, before: str) -> int:
    """Delete what people wrote to questions closed before a time; return how many lines."""
    return store.execute(
        "DELETE FROM question_line WHERE question IN (SELECT id FROM question WHERE closed_at < ?)", (before,)
    ).rowcount
