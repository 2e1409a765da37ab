"""Times on a list's wall clock: `YYYY-MM-DD HH:MM` as people write them, right over both clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.core import clock, errors


def read(text: str, zone: ZoneInfo, what: str) -> datetime:
    """Read `YYYY-MM-DD HH:MM` on a zone's wall clock; return UTC. `what` names the option. Raises UsageError.

    A time that does not exist (clocks go forward) means the moment they do; one that comes twice means the first.
    """
    try:
        wall = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")
    except ValueError:
        raise errors.UsageError(
            f"'{text}' is no time for {what}", 'Write it as "YYYY-MM-DD HH:MM", on the clock of the list.'
        ) from None
    return moment(wall, zone)


def moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of a naive wall time."""
    found = clock.parse(clock.iso(wall.replace(tzinfo=zone)))
    return found if found.astimezone(zone).replace(tzinfo=None) == wall else _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks go forward over a wall time that does not exist (PEP 495: fold 1 lies before it)."""
    before = clock.parse(clock.iso(wall.replace(tzinfo=zone, fold=1)))
    after = clock.parse(clock.iso(wall.replace(tzinfo=zone, fold=0)))
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == after.astimezone(zone).utcoffset():
            after = middle
        else:
            before = middle
    return (after + timedelta(seconds=30)).replace(second=0, microsecond=0)
