"""Mails that answer one person: a message composed from a template alone, kept once, and its deliveries."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from newsletter.store import engine


def by_digest(store: engine.Store, digest: str) -> int | None:
    """The message that was composed of exactly this."""
    found = store.value("SELECT id FROM message WHERE digest = ?", (digest,))
    return None if found is None else int(found)


def add_message(
    store: engine.Store, kind: str, mail_class: str, lists: Sequence[str], subject: str, frozen: str, key: int,
    digest: str, now: str, meeting: int | None = None,
) -> int:  # fmt: skip
    """Insert a frozen message, about a meeting where one is named; return its number."""
    cursor = store.execute(
        """INSERT INTO message (kind, class, lists, subject, frozen, key, digest, created_at, meeting)
        VALUES (?,?,?,?,?,?,?,?,?)""",
        (kind, mail_class, json.dumps(list(lists)), subject, frozen, key, digest, now, meeting),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def queue(
    store: engine.Store, message: int, member: int, occasion: str, list_id: int | None, address: str,
    values: Mapping[str, str], due: str, now: str,
) -> None:  # fmt: skip
    """Insert a complete delivery that is due at a time; a second one for the same occasion changes nothing."""
    store.execute(
        """INSERT INTO delivery (message, member, occasion, list, address, vals, state, due_at, dated_at, changed_at)
        VALUES (?,?,?,?,?,?,'due',?,?,?) ON CONFLICT (message, member, occasion) DO NOTHING""",
        (message, member, occasion, list_id, address, json.dumps(values, ensure_ascii=False), due, due, now),
    )


def take_back(store: engine.Store, member: int, kind: str, now: str) -> None:
    """Skip a member's answers of a kind that have not gone yet: what they say is no longer so."""
    store.execute(
        """UPDATE delivery SET state = 'skipped', reason = 'cancelled', due_at = NULL, vals = NULL, changed_at = ?
        WHERE member = ? AND due_at IS NOT NULL AND state <> 'sending'
        AND message IN (SELECT id FROM message WHERE kind = ? AND edition IS NULL)""",
        (now, member, kind),
    )


def take_back_about(store: engine.Store, meeting: int, kind: str, member: int | None, now: str) -> str | None:
    """Skip what has not gone yet of a kind of mails about a meeting, to a member or to all; return when the first of them
    was due, None without any."""
    which = """message IN (SELECT id FROM message WHERE meeting = :meeting AND kind = :kind)
        AND (:member IS NULL OR member = :member) AND due_at IS NOT NULL AND state <> 'sending'"""
    told = {"meeting": meeting, "kind": kind, "member": member, "now": now}
    due = store.value(f"SELECT min(due_at) FROM delivery WHERE {which}", told)  # noqa: S608 - constants only
    store.execute(
        f"""UPDATE delivery SET state = 'skipped', reason = 'cancelled', due_at = NULL, vals = NULL, changed_at = :now
        WHERE {which}""",  # noqa: S608 - constants only
        told,
    )
    return None if due is None else str(due)


def sent_to(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """Every mail that was queued for a member, oldest first."""
    return store.rows(
        """SELECT d.changed_at, d.address, d.state, d.reason, d.code, d.answer, g.kind, g.class, g.subject, g.edition
        FROM delivery d JOIN message g ON g.id = d.message WHERE d.member = ? ORDER BY d.changed_at, d.id""",
        (member,),
    )
