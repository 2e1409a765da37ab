"""Time, handed down through the site so that nothing deeper asks the machine for it.

Times are UTC ISO text with milliseconds and a Z (RFC 3339), which sort as they follow each other.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """A clock that runs. `offset` shifts it to the time of a story (demo, tests)."""

    offset: timedelta = timedelta(0)
    source: Callable[[], float] = time.time
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def now(self) -> datetime:
        """Tell the time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.source(), UTC) + self.offset

    def iso(self) -> str:
        """Tell the time as UTC ISO text."""
        return iso(self.now())


def starting_at(moment: datetime) -> Clock:
    """Make a clock that begins at `moment` and runs on."""
    return Clock(offset=moment - datetime.fromtimestamp(time.time(), UTC))


def iso(moment: datetime) -> str:
    """Write an aware datetime as UTC ISO text, e.g. 2018-06-29T08:30:00.000Z."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse(text: str) -> datetime:
    """Read UTC ISO text (or any RFC 3339 time with an offset) as an aware UTC datetime.

    Raises ValueError when the text is no time, has no offset, or is outside the years 1 to 9999 in UTC.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"{text!r} is outside the years 1 to 9999") from problem
