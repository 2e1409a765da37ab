"""Deliveries that have work to do: who is next, the last gate before the wire, what the server said, what a crash left.

No statement on the hot path uses IN lists: SQLite builds a temporary table for each at every run. `due_at IS NOT NULL`
means "open"; the partial index on (due_at, id) serves leasing, and the one on state 'sending' serves recovery.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from newsletter.core import words
from newsletter.store import engine

PAGE = 200  # rows of a lease; a thousand would stall the loop
MARKED = 5_000  # members marked as mailed in one transaction, so that pages of `serve` never wait long for it

Settled = tuple[str, str | None, int, int, int | None, str, str, str, str | None, int]
Sent = tuple[int, str, str, int]
Intent = tuple[str, str, int, int | None, int]  # relay, changed_at, id, list, shape
# The columns of _PAGE: id, message, member, occasion, list, address, shape, vals, state, due_at, dated_at, attempts,
# unclears, then those of Inputs.
Leased = tuple[Any, ...]


class Inputs(NamedTuple):
    """What the gate looks at for a delivery, as it is now: the columns of _GATE."""

    erased: int
    health: words.Health
    standing: words.SubscriptionState | None
    before: words.SubscriptionState | None
    paused_until: str | None
    until: str | None
    suppression: words.Scope | Literal[""]


# Member 0 is nobody: a mail to an organiser, who need be no member.
_GATE = """m.key IS NULL AND d.member <> 0 AS erased, m.health, s.state AS standing, s.before, s.paused_until, s.until, CASE
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'all')
    OR EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mailbox_mac AND p.scope = 'all') THEN 'all'
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'marketing') THEN 'marketing'
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'list' AND p.list = d.list) THEN 'list'
  ELSE '' END AS suppression"""
_JOINED = """delivery d LEFT JOIN member m ON m.id = d.member
  LEFT JOIN subscription s ON s.list = d.list AND s.member = d.member"""
_PAGE = f"""SELECT d.id, d.message, d.member, d.occasion, d.list, d.address, d.shape, coalesce(d.vals, '{{{{}}}}'), d.state,
  d.due_at, coalesce(d.dated_at, d.due_at), d.attempts, d.unclears, {_GATE} FROM {_JOINED}
  WHERE d.due_at <= :now AND (d.due_at, d.id) > (:due, :id) AND d.state <> 'sending' {{paused}}
  ORDER BY d.due_at, d.id LIMIT {PAGE}"""  # noqa: S608 - constants only
_PAGE_ALL = _PAGE.format(paused="")
_PAGE_WITHOUT = _PAGE.format(
    paused="""AND d.message NOT IN (SELECT value FROM json_each(:paused))
  AND coalesce(d.list, 0) NOT IN (SELECT value FROM json_each(:lists))"""
)
_ANSWERS = _PAGE.format(
    paused="""AND d.message IN (SELECT g.id FROM message g WHERE g.edition IS NULL AND (g.class = 'C' OR g.class = 'T'))"""
)
_GATE_ONE = f"""SELECT {_GATE} FROM {_JOINED}
  WHERE d.list IS ? AND d.shape = ? AND d.id = ? AND d.due_at IS NOT NULL AND d.state <> 'sending'"""  # noqa: S608 - constants only
_STANDING = f"""SELECT s.since, s.source, {_GATE} FROM (SELECT ? AS member, ? AS list) d
  LEFT JOIN member m ON m.id = d.member LEFT JOIN subscription s ON s.list = d.list AND s.member = d.member"""  # noqa: S608 - constants only
# The last gate: nobody else may have left, cancelled, moved or sent this row since it was leased.
_INTENT = """UPDATE delivery SET state = 'sending', relay = ?, changed_at = ?
  WHERE id = ? AND due_at IS NOT NULL AND state <> 'sending' AND list IS ? AND shape = ?"""
_MARKED = "SELECT state = 'sending' AND changed_at = ? FROM delivery WHERE id = ?"
_SETTLE = """UPDATE delivery SET state = ?, due_at = ?, attempts = ?, unclears = ?, code = ?, answer = ?, relay = ?,
  changed_at = ?, reason = ?, vals = CASE WHEN ?1 = 'sent' OR ?1 = 'failed' OR ?1 = 'skipped' THEN NULL ELSE vals END
  WHERE id = ?"""
# The way it nearly always goes has a statement of its own, with less to hand over.
_SENT = """UPDATE delivery SET state = 'sent', due_at = NULL, attempts = attempts + 1, code = ?, answer = ?, changed_at = ?,
  reason = NULL, vals = NULL WHERE id = ?"""


def page(
    store: engine.Store,
    now: str,
    after: tuple[str, int],
    paused: Sequence[int] = (),
    lists: Sequence[int] = (),
) -> list[Leased]:
    """The next deliveries that are due, after a position (due_at, id), with what the gate looks at.

    Left out are those of `paused` messages and of `lists` (0: those of no list).
    """
    parameters: dict[str, Any] = {"now": now, "due": after[0], "id": after[1]}
    if not paused and not lists:
        return store.tuples(_PAGE_ALL, parameters)
    left_out = {"paused": json.dumps(list(paused)), "lists": json.dumps(list(lists))}
    return store.tuples(_PAGE_WITHOUT, {**parameters, **left_out})


def answers(store: engine.Store, now: str, after: str) -> list[Leased]:
    """The mails that answer a person's act and have become due after a time, like `page`."""
    return store.tuples(_ANSWERS, {"now": now, "due": after, "id": 0})


def gate_inputs(store: engine.Store, delivery: int, list_id: int | None, shape: int) -> Inputs | None:
    """What the gate looks at for one delivery; None when there is nothing to do on it any more under that list and in
    that shape."""
    found = store.tuples(_GATE_ONE, (list_id, shape, delivery))
    return Inputs(*found[0]) if found else None


def standing_on(store: engine.Store, member: int, list_id: int) -> tuple[Inputs, str, str]:
    """What the gate looks at for a member and a list, and since when and by what source the member is on it."""
    ((since, source, *inputs),) = store.tuples(_STANDING, (member, list_id))
    return Inputs(*inputs), since, source


def with_message(store: engine.Store, delivery: int) -> sqlite3.Row | None:
    """A delivery that has work to do, with its message's lists, class and frozen shapes."""
    return store.row(
        """SELECT d.member, d.list, d.shape, d.vals, d.state, g.lists, g.class, g.frozen FROM delivery d
        JOIN message g ON g.id = d.message WHERE d.id = ? AND d.due_at IS NOT NULL AND d.state <> 'sending'""",
        (delivery,),
    )


def shared_due(store: engine.Store, member: int, list_id: int) -> list[int]:
    """What is queued for a member under a list and could go out under another list of its message.

    From the few messages on several lists to the member's row: the other way SQLite would walk all that is due.
    """
    rows = store.rows(
        """SELECT d.id FROM message g CROSS JOIN delivery d WHERE d.message = g.id AND d.member = ? AND d.list = ?
        AND d.due_at IS NOT NULL AND d.state <> 'sending' AND (g.class = 'M' OR g.class = 'S')
        AND json_array_length(g.lists) > 1""",
        (member, list_id),
    )
    return [row[0] for row in rows]


def move(store: engine.Store, delivery: int, list_id: int, shape: int, values: str) -> None:
    """Let a delivery that has not gone go under another list; `values` are JSON."""
    store.execute(
        """UPDATE delivery SET list = ?, shape = ?, vals = ? WHERE id = ? AND due_at IS NOT NULL
        AND state <> 'sending'""",
        (list_id, shape, values, delivery),
    )


def intend(store: engine.Store, intents: Sequence[Intent]) -> list[bool]:
    """Mark deliveries as going on the wire; for each whether it may: not, when it must not any more."""
    if store.connection.executemany(_INTENT, intents).rowcount == len(intents):
        return [True] * len(intents)
    # Which of them were marked: only we put rows into that state.
    return [bool(store.value(_MARKED, (at, number))) for _, at, number, _, _ in intents]


def settle(store: engine.Store, settled: Iterable[Settled]) -> None:
    """Write results: state, due_at, attempts, unclears, code, answer, relay, changed_at, reason, id."""
    store.connection.executemany(_SETTLE, settled)


def settle_sent(store: engine.Store, sent: Iterable[Sent]) -> None:
    """Write what was accepted by the relay of its intent: code, answer, changed_at, id."""
    store.connection.executemany(_SENT, sent)


def touch(store: engine.Store, delivery: int) -> None:
    """Write a row as it is, so that a durable commit has something to flush the earlier ones with."""
    store.execute("UPDATE delivery SET changed_at = changed_at WHERE id = ?", (delivery,))


def data_version(store: engine.Store) -> int:
    """A number that changes when another connection has written."""
    return int(store.value("PRAGMA data_version"))


def recover(store: engine.Store, list_id: int | None, again_at: str | None, now: str) -> int:
    """Turn what a dead process left on the wire for a list (None: for any) into unclear; return how many.

    They are due again at a time, or (None) held for a person.
    """
    cursor = store.execute(
        """UPDATE delivery SET state = 'unclear', due_at = :again, changed_at = :now,
        answer = 'the program ended while this was on the wire'
        WHERE state = 'sending' AND (list = :list OR :list IS NULL)""",
        {"now": now, "again": again_at, "list": list_id},
    )
    return cursor.rowcount


def next_due(store: engine.Store, paused: Sequence[int] = ()) -> str | None:
    """When the next delivery is due, or None when there is no work left."""
    if not paused:
        found = store.value("SELECT min(due_at) FROM delivery WHERE due_at IS NOT NULL")
    else:
        found = store.value(
            """SELECT due_at FROM delivery WHERE due_at IS NOT NULL
            AND message NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at, id LIMIT 1""",
            (json.dumps(list(paused)),),
        )
    return None if found is None else str(found)


def has_unclear_held(store: engine.Store) -> bool:
    """Whether unclear deliveries wait for a person."""
    return bool(
        store.value("SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'unclear' AND due_at IS NULL)")
    )


def due_count(store: engine.Store, now: str) -> int:
    """How many deliveries are due now."""
    return int(store.value("SELECT count(*) FROM delivery WHERE due_at IS NOT NULL AND due_at <= ?", (now,)))


def message(store: engine.Store, number: int) -> sqlite3.Row | None:
    """A message with its edition's kind and its meeting's start, for stamping and for deadlines."""
    return store.row(
        """SELECT g.id, g.edition, g.kind, g.class, g.frozen, g.key, t.starts FROM message g
        LEFT JOIN edition e ON e.id = g.edition LEFT JOIN meeting t ON t.id = e.meeting WHERE g.id = ?""",
        (number,),
    )


def paused_messages(store: engine.Store) -> list[int]:
    """The messages of editions that a person or trouble with the relay has stopped."""
    return [
        row[0]
        for row in store.rows(
            "SELECT g.id FROM edition e JOIN message g ON g.edition = e.id WHERE e.state = 'paused'"
        )
    ]


def add_message(
    store: engine.Store, edition: str | None, kind: str, mail_class: str, lists: str, subject: str, frozen: str,
    key: int, now: str,
) -> int:  # fmt: skip
    """Insert a frozen message; return its number. `lists` is a JSON array of slugs."""
    cursor = store.execute(
        """INSERT INTO message (edition, kind, class, lists, subject, frozen, key, created_at)
        VALUES (?,?,?,?,?,?,?,?)""",
        (edition, kind, mail_class, lists, subject, frozen, key, now),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def hold_unclear(store: engine.Store, message: int, now: str) -> int:
    """Leave unclear deliveries of a message to a person; return how many."""
    cursor = store.execute(
        """UPDATE delivery SET due_at = NULL, changed_at = ? WHERE message = ? AND state = 'unclear'
        AND due_at IS NOT NULL""",
        (now, message),
    )
    return cursor.rowcount


def unclear(store: engine.Store, limit: int) -> list[sqlite3.Row]:
    """Unclear deliveries, the oldest change first; `due_at` is NULL where a person decides."""
    return store.rows(
        """SELECT d.id, d.address, d.due_at, d.changed_at, d.answer, d.attempts, g.edition, g.kind FROM delivery d
        JOIN message g ON g.id = d.message WHERE d.state = 'unclear' ORDER BY d.changed_at, d.id LIMIT ?""",
        (limit,),
    )


def repeat_unclear(store: engine.Store, now: str) -> int:
    """Send held unclear deliveries once more; return how many."""
    cursor = store.execute(
        """UPDATE delivery SET due_at = ?, unclears = 0, changed_at = ? WHERE state = 'unclear' AND due_at IS NULL""",
        (now, now),
    )
    return cursor.rowcount


def drop_unclear(store: engine.Store, now: str) -> int:
    """Give unclear deliveries up as failed; return how many."""
    cursor = store.execute(
        """UPDATE delivery SET state = 'failed', due_at = NULL, vals = NULL, changed_at = ?,
        answer = 'given up as unclear: ' || coalesce(answer, '') WHERE state = 'unclear'""",
        (now,),
    )
    return cursor.rowcount


def mark_mailed(store: engine.Store, message: int, after: int) -> int | None:
    """Note at the subscriptions of a message's lists when its members were first and last mailed: of some thousand
    members with a number above `after`; return the last one's, or None when there are no more."""
    last = store.value(
        """SELECT max(member) FROM (SELECT member FROM delivery WHERE message = ? AND member > ?
        ORDER BY member LIMIT ?)""",
        (message, after, MARKED),
    )
    if last is None:
        return None
    store.execute(
        """UPDATE subscription SET first_mail_at = coalesce(first_mail_at, d.changed_at), last_mail_at = d.changed_at
        FROM delivery d, message g, json_each(g.lists) j, list l
        WHERE g.id = ? AND g.class <> 'T' AND d.message = g.id AND d.member > ? AND d.member <= ? AND d.state = 'sent' AND l.slug = j.value
        AND subscription.list = l.id AND subscription.member = d.member
        AND (subscription.last_mail_at IS NULL OR subscription.last_mail_at < d.changed_at)""",
        (message, after, last),
    )
    return int(last)


def add_sent(store: engine.Store, relay: str, domain: str, at: str, count: int) -> None:
    """Count mails of a relay (domain empty) or of a domain behind it, for windows that outlive a restart."""
    store.connection.execute(
        """INSERT INTO rate_sent (relay, domain, at, count) VALUES (?,?,?,?)
        ON CONFLICT (relay, domain, at) DO UPDATE SET count = count + excluded.count""",
        (relay, domain, at, count),
    )


def sent_since(store: engine.Store, relay: str, at: str) -> list[sqlite3.Row]:
    """What a relay was sent since a time, the oldest first."""
    return store.rows(
        "SELECT domain, at, count FROM rate_sent WHERE relay = ? AND at >= ? ORDER BY at", (relay, at)
    )


def forget_sent(store: engine.Store, at: str) -> None:
    """Drop counts that no window needs."""
    store.execute("DELETE FROM rate_sent WHERE at < ?", (at,))
