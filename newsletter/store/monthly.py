"""Which organisers were told of which month."""

from newsletter.store import engine

ACT = "monthly report"  # the entry in the log that says that a report went out


def is_told(store: engine.Store, organiser: str, month: str) -> bool:
    """Whether an organiser was told of a month (YYYY-MM)."""
    found = store.value(
        "SELECT 1 FROM log WHERE act = ? AND about = ? AND why = ? LIMIT 1", (ACT, organiser, month)
    )
    return found is not None


def take_back(store: engine.Store, organiser: str, month: str) -> None:
    """Delete the entry of a report that could not go."""
    store.execute("DELETE FROM log WHERE act = ? AND about = ? AND why = ?", (ACT, organiser, month))


def begun(store: engine.Store) -> str | None:
    """When the first person came onto any list (UTC ISO); nothing is told of the months before."""
    found = store.value("SELECT min(recorded_at) FROM consent WHERE list IS NOT NULL")
    return None if found is None else str(found)
