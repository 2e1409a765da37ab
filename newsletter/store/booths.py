"""Sign-ups of a booth that were taken, by the number that the device gave them. Nothing here says who it was."""

from newsletter.store import engine


def is_known(store: engine.Store, number: str) -> bool:
    """Tell whether a sign-up was taken before."""
    return store.value("SELECT 1 FROM booth_signup WHERE id = ?", (number,)) is not None


def note(store: engine.Store, number: str, pass_number: int, now: str) -> None:
    """Note that a sign-up was taken by a pass."""
    store.execute("INSERT INTO booth_signup (id, pass, at) VALUES (?,?,?)", (number, pass_number, now))


def count(store: engine.Store, pass_number: int) -> int:
    """How many signed up by a pass."""
    return int(store.value("SELECT count(*) FROM booth_signup WHERE pass = ?", (pass_number,)))
