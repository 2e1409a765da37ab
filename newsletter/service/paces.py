"""What the limits of relays and lists count: made at the start of a run, with what earlier processes have sent."""

from newsletter import site
from newsletter.mail import pace
from newsletter.store import outbox


def of_lists(opened: site.Site) -> dict[int, pace.Pace]:
    """The pace of each list that has limits of its own, beside that of its relay."""
    found = {opened.store.list_ids[slug]: pace.Pace(one.limits) for slug, one in opened.config.lists.items()}
    return {number: own for number, own in found.items() if own.limited}


def restore(opened: site.Site, relay: str, own: pace.Pace, now: float) -> None:
    """Count what earlier processes sent over a relay; forget what no window needs. `now` is the loop's time."""
    wall = opened.clock.source()
    with opened.store.write(durable=False):
        outbox.forget_sent(opened.store, f"{int(wall - 90_000)}")
    if not own.limited:
        return
    for row in outbox.sent_since(opened.store, relay, f"{int(wall - own.memory)}"):
        # A clock that was set back must not make a window longer than it is.
        age = max(0.0, wall - float(row["at"]))
        own.restore(row["domain"], now - age, row["count"])
