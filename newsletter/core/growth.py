"""How a list grows: who came by which way, who went and how, and how many were on it at any day. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from newsletter.core import words

# web: the join page; hand: `member add`; sheet: typed from paper; returned: took their own leaving back.
Way = Literal["booth", "door", "sheet", "web", "import", "hand", "returned", "other"]
End = Literal["unsubscribed", "objected", "lapsed", "erased", "other"]
Grain = Literal["week", "month", "year"]
WAYS: tuple[Way, ...] = get_args(Way)
ENDS: tuple[End, ...] = get_args(End)
POINTS = 60  # of a curve: more cannot be told apart
WEEKS_MOST, MONTHS_MOST = 14, 24  # told one by one

_WAY_OF_CHANNEL: dict[str, Way] = {
    "booth": "booth",
    "door": "door",
    "sheet": "sheet",
    "page": "web",
    "import": "import",
    "command": "hand",
}


@dataclass(frozen=True, slots=True)
class Move:
    """So many people who came onto a list, or went off it, at one time (aware UTC) and in one way."""

    at: datetime
    joined: bool
    how: Way | End
    count: int
    source: str = ""  # what is written about where they come from


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, on the list's own calendar."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Point:
    """How many were on a list at the end of a day."""

    day: date
    members: int


@dataclass(frozen=True, slots=True)
class Span:
    """How many came and went in a week, a month or a year, named by its first day."""

    first: date
    joined: int
    left: int


def is_on(state: str) -> bool:
    """Tell whether a state of a subscription counts as being on the list."""
    return state in words.ON_THE_LIST


def way(step: str, channel: str) -> Way:
    """Name the way by which somebody came, from the ledger's step and channel."""
    return "returned" if step == "returned" else _WAY_OF_CHANNEL.get(channel, "other")


def end(state: str) -> End:
    """Name how somebody went, from the state after it."""
    found: End = next((one for one in ENDS if one == state), "other")
    return found


def during(moves: Iterable[Move], period: Period, zone: ZoneInfo, *, joined: bool) -> tuple[Move, ...]:
    """The moves of a period in one direction."""
    return tuple(
        move
        for move in moves
        if move.joined == joined and period.first <= move.at.astimezone(zone).date() <= period.last
    )


def tally(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up numbers by name, the largest first; what has no name is left out."""
    found: dict[str, int] = {}
    for name, count in pairs:
        if name:
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def on_at(moves: Iterable[Move], now: int, day: date, zone: ZoneInfo) -> int:
    """How many were on the list at the end of a day: those of `now`, with every later move taken back."""
    return now - sum(_gain(move) for move in moves if move.at.astimezone(zone).date() > day)


def curve(moves: Sequence[Move], now: int, period: Period, zone: ZoneInfo) -> tuple[Point, ...]:
    """How many were on a list over a period, at no more than so many days as can be told apart; the last day is one.

    It is counted back from `now`, so that its end is what the list says of itself.
    """
    stride = -(-period.days // POINTS)
    days = [period.last - timedelta(days=back) for back in range(0, period.days, stride)]
    gains: dict[date, int] = {}
    for move in moves:
        day = move.at.astimezone(zone).date()
        gains[day] = gains.get(day, 0) + _gain(move)
    later, members, points = sorted(gains), now, []
    for day in days:
        while later and later[-1] > day:
            members -= gains[later.pop()]
        points.append(Point(day, members))
    return tuple(reversed(points))


def grain(period: Period) -> Grain:
    """In what a period is told: weeks, months or years, whichever can still be told apart."""
    if period.days <= WEEKS_MOST * 7:
        return "week"
    months = 12 * (period.last.year - period.first.year) + period.last.month - period.first.month + 1
    return "month" if months <= MONTHS_MOST else "year"


def spans(moves: Sequence[Move], period: Period, zone: ZoneInfo) -> tuple[Span, ...]:
    """Who came and went in each week, month or year of a period."""
    size = grain(period)
    found: dict[date, list[int]] = {first: [0, 0] for first in _firsts(period, size)}
    for move in moves:
        day = move.at.astimezone(zone).date()
        if period.first <= day <= period.last:
            found[_first_of(day, size)][0 if move.joined else 1] += move.count
    return tuple(Span(first, joined, left) for first, (joined, left) in found.items())


def _firsts(period: Period, size: Grain) -> list[date]:
    """The first day of each week, month or year that a period touches."""
    days = [period.first + timedelta(days=number) for number in range(period.days)]
    return list(dict.fromkeys(_first_of(day, size) for day in days))


def _first_of(day: date, size: Grain) -> date:
    """The first day of a day's week (a Monday), month or year."""
    if size == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month if size == "month" else 1, 1)


def _gain(move: Move) -> int:
    return move.count if move.joined else -move.count
