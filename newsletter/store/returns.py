"""What came back: every inbound mail once, and the bounces of a member."""

import sqlite3

from newsletter.store import engine


def note_arrival(store: engine.Store, digest: bytes, kind: str, now: str) -> bool:
    """Write down that a mail came in; False when this very mail came before."""
    cursor = store.execute(
        "INSERT INTO arrival (digest, at, kind) VALUES (?,?,?) ON CONFLICT DO NOTHING", (digest, now, kind)
    )
    return cursor.rowcount == 1


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
    store: engine.Store, message: int, member: int, kind: str, status: str, text: str, digest: bytes, now: str
) -> None:
    """Add a bounce that a report told of."""
    store.execute(
        "INSERT INTO bounce (at, message, member, kind, status, text, digest) VALUES (?,?,?,?,?,?,?)",
        (now, message, member, kind, status, text, digest),
    )


def bounces(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """All bounces of a member, oldest first; those without a digest happened within SMTP."""
    return store.rows("SELECT * FROM bounce WHERE member = ? ORDER BY at, id", (member,))


def last_good(store: engine.Store, member: int, before: str) -> str | None:
    """When the newest mail went out that has not come back, sent before a time: those after may still come back."""
    found: str | None = store.value(
        """SELECT max(changed_at) FROM delivery WHERE member = ? AND state = 'sent' AND changed_at < ?
        AND NOT EXISTS (SELECT 1 FROM bounce WHERE bounce.member = delivery.member
          AND bounce.message = delivery.message AND (bounce.kind = 'hard' OR bounce.kind = 'soft'))""",
        (member, before),
    )
    return found
