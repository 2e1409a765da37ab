"""When a form last made us write to a mailbox. The mailbox stands here as a keyed hash only."""

from newsletter.store import engine


def asked(store: engine.Store, mac: bytes, kind: str) -> list[str]:
    """The times of such mails to a mailbox, oldest first."""
    return [
        str(row["at"])
        for row in store.rows("SELECT at FROM rate_asked WHERE mac = ? AND kind = ? ORDER BY at", (mac, kind))
    ]


def note(store: engine.Store, mac: bytes, kind: str, now: str) -> None:
    """Count one more."""
    store.execute(
        "INSERT INTO rate_asked (mac, kind, at) VALUES (?,?,?) ON CONFLICT DO NOTHING", (mac, kind, now)
    )


def clear(store: engine.Store, mac: bytes, kind: str | None = None) -> None:
    """Begin anew for a mailbox: its holder confirmed, or wants to be forgotten."""
    store.execute("DELETE FROM rate_asked WHERE mac = ? AND (? IS NULL OR kind = ?)", (mac, kind, kind))


def prune(store: engine.Store, kind: str, before: str) -> int:
    """Delete counts that no rule looks at any more; return how many."""
    return store.execute("DELETE FROM rate_asked WHERE kind = ? AND at < ?", (kind, before)).rowcount
