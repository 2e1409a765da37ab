"""From when on there is something to tell of."""

from newsletter.store import engine


def begun(store: engine.Store) -> str | None:
    """When the first person came onto any list (UTC ISO); nothing is told of the months before."""
    found = store.value("SELECT min(recorded_at) FROM consent WHERE list IS NOT NULL")
    return None if found is None else str(found)
