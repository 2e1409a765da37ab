"""Who gets a message and who does not: SQL reduces members to what the gate looks at, the caller asks the gate once for
each distinct combination, SQL joins the verdicts.

The work is done in temporary tables of the connection, so that memory does not grow with the list. Order of calls:
`gather`, `combinations`, `judge`, then the questions; `enqueue` (inside a write) makes the deliveries.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from newsletter.core import words
from newsletter.store import engine

REASON_CODES: tuple[words.Reason, ...] = ("confirmed", "attested", "implied")


@dataclass(frozen=True, slots=True)
class Combination:
    """What the gate looks at, and the list it is about."""

    list: int
    state: words.SubscriptionState
    health: words.Health
    suppression: words.Scope | Literal[""]
    over: bool


@dataclass(frozen=True, slots=True)
class ShapeKey:
    """What members of one shape have in common: the lists by which they get it (in order), the first list's reason,
    whether it is their first mail, whether they get it before the others, and whether they came to the meeting that an
    edition follows up."""

    lists: tuple[int, ...]
    reason: words.Reason
    first: bool
    early: bool = False
    came: words.Came = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """The edition that another one follows, and its meeting, where those who came are told apart: 1 of them alone, 2 of
    the others alone, 3 of both."""

    edition: str
    meeting: int | None
    sides: int


def gather(
    store: engine.Store,
    lists: Sequence[int],
    now: str,
    *,
    edition: str | None = None,
    early: Sequence[str] = (),
    followed: Followed | None = None,
) -> None:
    """Collect every subscription of the lists (ids in the edition's order) that belongs to its audience.

    With `edition`, leave out who has a delivery of it already, but for those whom the gate kept out then. `early` are
    the keys of the addresses that get it first. `followed` leaves those alone who got that edition.
    """
    for table in ("list", "early", "came", "verdict", "choice", "shape"):
        store.execute(f"DROP TABLE IF EXISTS temp.audience_{table}")
    store.execute("DROP TABLE IF EXISTS temp.audience")
    store.execute("CREATE TEMP TABLE audience_early (member INTEGER PRIMARY KEY)")
    store.executemany(
        "INSERT INTO temp.audience_early SELECT id FROM member WHERE key = ? ON CONFLICT DO NOTHING",
        [(key,) for key in early],
    )
    store.execute("CREATE TEMP TABLE audience_came (member INTEGER PRIMARY KEY)")
    if followed and followed.meeting:
        store.execute(
            f"INSERT INTO temp.audience_came {_CAME}",
            {"meeting": followed.meeting},
        )
    store.execute("CREATE TEMP TABLE audience_list (list INTEGER PRIMARY KEY, rank INTEGER NOT NULL)")
    store.executemany(
        "INSERT INTO temp.audience_list VALUES (?,?)", [(one, n) for n, one in enumerate(lists)]
    )
    # A pause whose date has passed counts as what it interrupted; a paused member's reason is that of before. Whoever
    # confirmed has had our mail and knows where the address came from.
    store.execute(
        f"""CREATE TEMP TABLE audience AS
        SELECT s.member, s.list, o.rank,
          CASE WHEN s.state = 'paused' AND s.paused_until <= :today THEN s.before ELSE s.state END AS state,
          CASE WHEN s.state = 'paused' THEN s.before ELSE s.state END AS base,
          m.health, {_SUPPRESSION} AS suppression,
          s.until IS NOT NULL AND s.until < :today AS over,
          s.first_mail_at IS NULL AND CASE WHEN s.state = 'paused' THEN s.before ELSE s.state END <> 'confirmed' AS fresh,
          CASE WHEN :sides = 0 THEN 0 WHEN s.member IN temp.audience_came THEN 1 ELSE 2 END AS came
        FROM temp.audience_list o JOIN subscription s ON s.list = o.list JOIN member m ON m.id = s.member
        WHERE s.state <> 'requested' AND s.state <> 'erased' AND m.key IS NOT NULL
        AND (:edition IS NULL OR NOT EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id
          WHERE g.edition = :edition AND d.member = s.member
          AND (d.state <> 'skipped' OR d.reason = 'cancelled' OR d.reason = 'stale')))
        AND (:followed IS NULL OR EXISTS (SELECT 1 FROM message g JOIN delivery d ON d.message = g.id
          WHERE g.edition = :followed AND d.member = s.member AND d.state = 'sent'))
        AND (:sides = 0 OR :sides & CASE WHEN s.member IN temp.audience_came THEN 1 ELSE 2 END)""",  # noqa: S608 - constants and ?s only
        {
            "today": now[:10],
            "edition": edition,
            "followed": followed.edition if followed else None,
            "sides": followed.sides if followed and followed.meeting else 0,
        },
    )


# Who came to a meeting: those who were ticked at the door; where nobody was, those who said yes and had a place.
_CAME = """SELECT member FROM attendance WHERE meeting = :meeting AND came AND member IS NOT NULL
  UNION SELECT member FROM rsvp WHERE meeting = :meeting AND answer = 'yes' AND place = 'in' AND NOT EXISTS (
    SELECT 1 FROM attendance WHERE meeting = :meeting AND came AND member IS NOT NULL)"""
_CAME_WORDS: tuple[words.Came, ...] = ("", "came", "missed")


def came(store: engine.Store, meeting: int) -> frozenset[int]:
    """The members who came to a meeting."""
    return frozenset(row[0] for row in store.rows(_CAME, {"meeting": meeting}))


# The widest scope in which an address is suppressed for a list; without its +tag only scope all counts.
_SUPPRESSION = """CASE
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'all')
    OR EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mailbox_mac AND p.scope = 'all') THEN 'all'
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'marketing') THEN 'marketing'
  WHEN EXISTS (SELECT 1 FROM suppression p WHERE p.mac = m.mac AND p.scope = 'list' AND p.list = s.list) THEN 'list'
  ELSE '' END"""


def combinations(store: engine.Store) -> list[Combination]:
    """Each distinct combination among those gathered."""
    rows = store.rows("SELECT DISTINCT list, state, health, suppression, over FROM temp.audience")
    return [Combination(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def judge(store: engine.Store, verdicts: Iterable[tuple[Combination, words.SkipReason | None]]) -> None:
    """Take the gate's verdicts and choose for each member the first list that may mail them, else the first at all."""
    store.execute(
        """CREATE TEMP TABLE audience_verdict (list INTEGER, state TEXT, health TEXT, suppression TEXT, over INTEGER,
        refusal INTEGER NOT NULL, PRIMARY KEY (list, state, health, suppression, over)) WITHOUT ROWID"""
    )
    store.executemany(
        "INSERT INTO temp.audience_verdict VALUES (?,?,?,?,?,?)",
        [
            (
                c.list,
                c.state,
                c.health,
                c.suppression,
                c.over,
                0 if why is None else 1 + words.SKIP_REASONS.index(why),
            )
            for c, why in verdicts
        ],
    )
    # Rank and code travel in one number, so that one pass finds the first list and what belongs to it.
    store.execute(
        """CREATE TEMP TABLE audience_choice AS
        SELECT a.member,
          min(CASE WHEN v.refusal = 0 THEN a.rank * 8 + CASE a.base WHEN 'attested' THEN 1 WHEN 'implied' THEN 2 ELSE 0 END END) AS yes,
          min(CASE WHEN v.refusal > 0 THEN a.rank * 64 + v.refusal END) AS no,
          sum(CASE WHEN v.refusal = 0 THEN 1 << a.rank ELSE 0 END) AS mask,
          min(CASE WHEN v.refusal = 0 THEN a.fresh ELSE 1 END) AS fresh,
          a.member IN temp.audience_early AS early, min(a.came) AS came
        FROM temp.audience a JOIN temp.audience_verdict v ON v.list = a.list AND v.state = a.state AND v.health = a.health
          AND v.suppression = a.suppression AND v.over = a.over
        GROUP BY a.member"""
    )


def skipped(store: engine.Store) -> dict[str, int]:
    """How many stay out, by reason."""
    rows = store.rows("SELECT no & 63, count(*) FROM temp.audience_choice WHERE yes IS NULL GROUP BY 1")
    return {words.SKIP_REASONS[row[0] - 1]: row[1] for row in rows}


def size(store: engine.Store) -> int:
    """How many members were gathered, skipped ones included."""
    return int(store.value("SELECT count(*) FROM temp.audience_choice"))


def shapes(store: engine.Store) -> list[ShapeKey]:
    """The distinct shapes among those who get it, the commonest first."""
    rows = store.rows(
        """SELECT mask, yes & 7, fresh, early, came FROM temp.audience_choice WHERE yes IS NOT NULL
        GROUP BY mask, yes & 7, fresh, early, came ORDER BY count(*) DESC, 1, 2, 3, 4, 5"""
    )
    order = [row[0] for row in store.rows("SELECT list FROM temp.audience_list ORDER BY rank")]
    return [
        ShapeKey(
            tuple(one for n, one in enumerate(order) if row[0] >> n & 1),
            REASON_CODES[row[1]],
            bool(row[2]),
            bool(row[3]),
            _CAME_WORDS[row[4]],
        )
        for row in rows
    ]


def some(store: engine.Store, limit: int, *, last: bool = False) -> list[sqlite3.Row]:
    """Names and addresses of the first (or last) few who get it, by address."""
    order = "DESC" if last else "ASC"
    return store.rows(
        f"""SELECT m.name, m.address FROM temp.audience_choice c JOIN member m ON m.id = c.member
        WHERE c.yes IS NOT NULL ORDER BY m.key {order} LIMIT ?""",  # noqa: S608 - constants and ?s only
        (limit,),
    )


def early(store: engine.Store) -> list[sqlite3.Row]:
    """Names and addresses of those who get it before the others."""
    return store.rows(
        """SELECT m.name, m.address FROM temp.audience_choice c JOIN member m ON m.id = c.member
        WHERE c.yes IS NOT NULL AND c.early ORDER BY m.key"""
    )


def lacking(store: engine.Store, fields: Sequence[str]) -> dict[str, int]:
    """How many of those who get it have an empty value in each of these fields (those that nobody lacks left out)."""
    found = {}
    for name in fields:
        own = _COLUMNS.get(name, "coalesce(json_extract(m.fields, '$.' || :name), '')")
        count = store.value(
            f"""SELECT count(*) FROM temp.audience_choice c JOIN member m ON m.id = c.member
            WHERE c.yes IS NOT NULL AND {own} = ''""",  # noqa: S608 - constants and ?s only
            {"name": name},
        )
        if count:
            found[name] = int(count)
    return found


# Fields of a mail that are columns of their own.
_COLUMNS = {"name": "m.name", "first_name": "m.first_name", "email": "m.address"}


@dataclass(frozen=True, slots=True)
class Queued:
    """What every delivery of a message is told when it is queued."""

    message: int
    fields: tuple[str, ...]  # those that the message uses
    date: str  # the mail's Date field
    due_at: str
    now: str
    rest_date: str  # the same for those who get it after the committee
    rest_due_at: str


def enqueue(
    store: engine.Store,
    queued: Queued,
    numbers: Mapping[ShapeKey, int],
    since_shown: Callable[[int, str], str],
) -> int:
    """Insert a complete delivery for everybody gathered; return how many. Runs inside a write.

    `numbers` gives each shape's number in the frozen message; `since_shown` writes the day of a consent as a reader of
    that list reads it.
    """
    _number_shapes(store, numbers)
    store.connection.create_function("since_shown", 2, since_shown)
    own = [name for name in queued.fields if name not in _COLUMNS]
    parts = "".join(", ?, coalesce(json_extract(m.fields, ?), '')" for _ in own)
    fields: list[object] = [part for name in own for part in (name, f"$.{name}")]
    times: list[object] = [queued.due_at, queued.rest_due_at]
    values = f"""json_object('name', m.name, 'first_name', m.first_name, 'source', s.source,
      'date', CASE c.early WHEN 1 THEN ? ELSE ? END,
      'since', since_shown(s.list, s.since){parts})"""
    cursor = store.execute(
        f"""INSERT INTO delivery (message, member, list, address, shape, vals, state, due_at, dated_at, changed_at)
        SELECT ?, c.member, s.list, m.address, h.number, {values}, 'due', CASE c.early WHEN 1 THEN ? ELSE ? END,
          CASE c.early WHEN 1 THEN ? ELSE ? END, ?
        FROM temp.audience_choice c JOIN temp.audience_list o ON o.rank = c.yes >> 3
        JOIN temp.audience_shape h ON h.mask = c.mask AND h.reason = c.yes & 7 AND h.fresh = c.fresh
          AND h.early = c.early AND h.came = c.came
        JOIN member m ON m.id = c.member JOIN subscription s ON s.list = o.list AND s.member = c.member""",  # noqa: S608 - constants and ?s only
        (queued.message, queued.date, queued.rest_date, *fields, *times, *times, queued.now),
    )
    return cursor.rowcount + _enqueue_skipped(store, queued)


def _number_shapes(store: engine.Store, numbers: Mapping[ShapeKey, int]) -> None:
    ranks = {row[0]: row[1] for row in store.rows("SELECT list, rank FROM temp.audience_list")}
    store.execute(
        """CREATE TEMP TABLE audience_shape (mask INTEGER, reason INTEGER, fresh INTEGER, early INTEGER,
        came INTEGER, number INTEGER NOT NULL, PRIMARY KEY (mask, reason, fresh, early, came)) WITHOUT ROWID"""
    )
    store.executemany(
        "INSERT INTO temp.audience_shape VALUES (?,?,?,?,?,?)",
        [
            (
                sum(1 << ranks[one] for one in key.lists),
                REASON_CODES.index(key.reason),
                key.first,
                key.early,
                _CAME_WORDS.index(key.came),
                number,
            )
            for key, number in numbers.items()
        ],
    )


def _enqueue_skipped(store: engine.Store, queued: Queued) -> int:
    reasons = " ".join(f"WHEN {n} THEN '{reason}'" for n, reason in enumerate(words.SKIP_REASONS, 1))
    cursor = store.execute(
        f"""INSERT INTO delivery (message, member, list, address, state, reason, changed_at)
        SELECT ?, c.member, o.list, m.address, 'skipped', CASE c.no & 63 {reasons} END, ?
        FROM temp.audience_choice c JOIN temp.audience_list o ON o.rank = c.no >> 6 JOIN member m ON m.id = c.member
        WHERE c.yes IS NULL""",  # noqa: S608 - constants and ?s only
        (queued.message, queued.now),
    )
    return cursor.rowcount


def keep_only_new(store: engine.Store, edition: str) -> None:
    """For members who joined since: drop from the choice whom the gate still refuses, and drop the skipped rows of those
    whom it lets through now. Runs inside a write."""
    store.execute("DELETE FROM temp.audience_choice WHERE yes IS NULL")
    store.execute(
        """DELETE FROM delivery WHERE state = 'skipped' AND message IN (SELECT id FROM message WHERE edition = ?)
        AND member IN (SELECT member FROM temp.audience_choice)""",
        (edition,),
    )


def usual_sizes(store: engine.Store, list_slug: str, limit: int) -> list[int]:
    """How many the newest editions of a list went to (those not cancelled, no reminders), the newest first."""
    rows = store.rows(
        """SELECT (SELECT count(*) FROM message g JOIN delivery d ON d.message = g.id
          WHERE g.edition = e.id AND d.state <> 'skipped') AS n
        FROM edition e WHERE json_extract(e.lists, '$[0]') = ? AND e.state <> 'cancelled' AND e.follows IS NULL
          AND e.reminder = ''
        ORDER BY e.queued_at DESC LIMIT ?""",
        (list_slug, limit),
    )
    return [int(row["n"]) for row in rows if row["n"]]


def lists_json(slugs: Sequence[str]) -> str:
    """Slugs as the edition and message rows keep them."""
    return json.dumps(list(slugs))


def slugs(lists: str) -> list[str]:
    """The slugs that `lists_json` wrote."""
    return [str(one) for one in json.loads(lists)]
