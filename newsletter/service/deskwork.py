"""What lies on the organisers' desk: the lists that can have a booth, the meetings near in time, and the links that are open."""

from dataclasses import dataclass
from datetime import timedelta

from newsletter import site
from newsletter.compose import catalogue
from newsletter.core import clock
from newsletter.service import joining, meetings, passes
from newsletter.store import meetings as planned

AHEAD, BACK = timedelta(days=60), timedelta(days=14)  # meetings that are shown


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that a door can be opened for."""

    slug: str
    title: str
    when: str


@dataclass(frozen=True, slots=True)
class OpenPass:
    """A link that is open, with the time of its end on the clock of the site."""

    made: passes.Pass
    until: str


@dataclass(frozen=True, slots=True)
class Deskwork:
    """What the desk shows: all of it can change from one look to the next."""

    booths: tuple[joining.Offer, ...]
    meetings: tuple[Meeting, ...]
    open: tuple[OpenPass, ...]


def look(opened: site.Site) -> Deskwork:
    """See what there is to do. Changes nothing."""
    return Deskwork(
        joining.offers(opened),
        _near(opened),
        tuple(OpenPass(one, until(opened, one.until)) for one in passes.open_ones(opened)),
    )


def until(opened: site.Site, at: str) -> str:
    """A time (UTC ISO) as people write it, on the clock of the site."""
    own = opened.config.site
    return catalogue.when(clock.parse(at).astimezone(own.zone), None, own.language, own.country or "")


def _near(opened: site.Site) -> tuple[Meeting, ...]:
    """The meetings that are planned from two weeks ago to two months ahead, the next first."""
    now = opened.clock.now()
    first, last = clock.iso(now - BACK), clock.iso(now + AHEAD)
    rows = [row for row in planned.all_of(opened.store) if row["state"] == "planned"]
    near = [row for row in rows if row["ends"] >= first and row["starts"] <= last]
    return tuple(
        Meeting(row["slug"], row["title"], meetings.when(row, meetings.settings_of(opened, row["list_slug"])))
        for row in sorted(near, key=lambda row: (row["ends"] < clock.iso(now), row["starts"]))
    )
