"""What came back: every inbound mail once, and the bounces of a member."""

import sqlite3

from newsletter.store import engine


def note_arrival(store: engine.Store, digest: bytes, kind: str, now: str) -> bool:
    """Write down that a mail came in; False when this very mail came before."""
    cursor = store.execute(
        "INSERT INTO arrival (digest, at, kind) VALUES (?,?,?) ON CONFLICT DO NOTHING", (digest, now, kind)
    )
    return cursor.rowcount == 1


def leave_arrival(store: engine.Store, digest: bytes) -> None:
    """Mark a mail that came in as left to a person."""
    store.execute("UPDATE arrival SET kind = 'left' WHERE digest = ?", (digest,))


def is_left(store: engine.Store, digest: bytes) -> bool:
    """Tell whether a mail that came in was left to a person."""
    return bool(store.value("SELECT 1 FROM arrival WHERE digest = ? AND kind = 'left'", (digest,)))


def delivery(store: engine.Store, message: int, member: int) -> sqlite3.Row | None:
    """The newest delivery of a message to a member that may have reached a server."""
    return store.row(
        """SELECT * FROM delivery WHERE message = ? AND member = ?
        AND (state = 'sent' OR state = 'unclear' OR state = 'sending' OR state = 'failed') ORDER BY id DESC LIMIT 1""",
        (message, member),
    )


def has_bounced(store: engine.Store, message: int, member: int, kind: str) -> bool:
    """Whether this delivery has such a bounce already: two reports about one mail are one bounce."""
    found = store.value(
        "SELECT 1 FROM bounce WHERE member = ? AND message = ? AND kind = ?", (member, message, kind)
    )
    return found is not None


def add_bounce(
    store: engine.Store, message: int, member: int, kind: str, status: str, text: str, digest: bytes | None, now: str
) -> None:  # fmt: skip
    """Add a bounce: one that a report told of, or (digest None) one that we heard within SMTP."""
    store.execute(
        "INSERT INTO bounce (at, message, member, kind, status, text, digest) VALUES (?,?,?,?,?,?,?)",
        (now, message, member, kind, status, text, digest),
    )


def bounces(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """All bounces of a member, oldest first; those without a digest happened within SMTP."""
    return store.rows("SELECT * FROM bounce WHERE member = ? ORDER BY at, id", (member,))


def refused_by_policy(store: engine.Store, message: int) -> int:
    """How many members' copies of a message came back because somebody does not want our mail."""
    return int(
        store.value(
            "SELECT count(DISTINCT member) FROM bounce WHERE message = ? AND kind = 'policy'", (message,)
        )
    )


def last_good(store: engine.Store, member: int, before: str) -> str | None:
    """When the newest mail went out that has not come back, sent before a time: those after may still come back."""
    # Messages are few and deliveries many: from the messages on, each look goes by the delivery's unique index.
    found: str | None = store.value(
        """SELECT max(d.changed_at) FROM message g CROSS JOIN delivery d ON d.message = g.id AND d.member = ?
        WHERE d.state = 'sent' AND d.changed_at < ?
        AND NOT EXISTS (SELECT 1 FROM bounce WHERE bounce.member = d.member
          AND bounce.message = d.message AND bounce.kind <> 'complaint')""",
        (member, before),
    )
    return found


def unwell(store: engine.Store, list_id: int) -> list[sqlite3.Row]:
    """Members of a list whose address is suspect or dead, dead ones first, with the newest bounce's words."""
    return store.rows(
        """SELECT m.address, m.name, m.health, m.health_reason, m.health_at, coalesce((SELECT b.text FROM bounce b
          WHERE b.member = m.id AND (b.kind = 'hard' OR b.kind = 'soft') ORDER BY b.at DESC, b.id DESC LIMIT 1), '') AS said
        FROM subscription s JOIN member m ON m.id = s.member
        WHERE s.list = ? AND s.state <> 'erased' AND m.key IS NOT NULL AND m.health <> 'ok'
        ORDER BY m.health, m.key""",
        (list_id,),
    )


def bounce_counts(store: engine.Store, list_id: int, since: str) -> dict[str, int]:
    """How many bounces and complaints a list's mails had since a time, by kind."""
    rows = store.rows(
        """SELECT b.kind, count(*) AS n FROM bounce b WHERE b.at >= ? AND EXISTS (SELECT 1 FROM delivery d
          WHERE d.message = b.message AND d.member = b.member AND d.list = ?) GROUP BY b.kind ORDER BY b.kind""",
        (since, list_id),
    )
    return {row["kind"]: row["n"] for row in rows}
