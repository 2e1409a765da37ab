"""Messages as links see them: which lists a leave link leaves. The outbox has the rest."""

import json

from newsletter.store import engine


def lists_of(store: engine.Store, message: int) -> tuple[str, ...] | None:
    """The slugs of the lists that a message went out for, in its order; None when there is no such message."""
    found = store.value("SELECT lists FROM message WHERE id = ?", (message,))
    return None if found is None else tuple(json.loads(found))


def created_at(store: engine.Store, message: int) -> str:
    """When a message was composed; empty when there is no such message."""
    return str(store.value("SELECT created_at FROM message WHERE id = ?", (message,)) or "")
