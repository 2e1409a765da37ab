"""Passes: links that let somebody in for a while. How long, how often, and what still counts. Pure rules."""

from datetime import datetime, timedelta
from typing import Literal

from newsletter.core import clock

Kind = Literal["desk", "booth", "door"]
Standing = Literal["open", "over", "ended"]

LIFE: dict[Kind, timedelta] = {
    "desk": timedelta(minutes=15),
    "booth": timedelta(hours=24),
    "door": timedelta(hours=24),
}
# Whoever asks for the desk again within this time gets no second mail: the link of the first is good for ten minutes
# more. So nobody can bury a mailbox in links, and nobody can lock an organiser out by asking for them.
APART = timedelta(minutes=5)
SIGNUPS = 500  # by one pass
LATE = timedelta(days=7)  # what a device took while the pass was open may come in so much later
IDLE = timedelta(hours=2)  # a session without an act
LONGEST = timedelta(hours=12)  # a session, whatever is done


def standing(ended_at: str | None, until: str, now: str) -> Standing:
    """How a pass stands: `ended` when it was used up or taken back, `over` when its time has passed."""
    if ended_at:
        return "ended"
    return "open" if now < until else "over"


def takes_late(until: str, now: datetime) -> bool:
    """Tell whether what was taken while a pass was open may still come in."""
    return now < clock.parse(until) + LATE


def is_alive(acted_at: str, until: str, now: datetime) -> bool:
    """Tell whether a session still holds."""
    return now < clock.parse(until) and now - clock.parse(acted_at) < IDLE


def moment(said: str, device_now: str, now: datetime) -> datetime:
    """When something on a device happened, by our clock: its own clock may be wrong, how long ago it was is not.

    Never in the future, and never longer ago than a late device may be. What cannot be read counts as now.
    """
    try:
        ago = clock.parse(device_now) - clock.parse(said)
    except ValueError:
        return now
    return now - min(max(ago, timedelta(0)), LATE + LIFE["booth"])
