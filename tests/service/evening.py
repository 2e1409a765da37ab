"""Booths and doors for tests: their links, and what devices send."""

from newsletter import site as sites
from newsletter.core import devices, rsvps
from newsletter.service import booths, meetings, members, passes
from newsletter.service import rsvps as answering
from tests.people import add_member

SOUTH, SLUG = "south-hants-it", "backups"


def booth(opened: sites.Site, slug: str = SOUTH) -> str:
    """The token of a new booth."""
    return passes.open_booth(opened, slug).link.rpartition("/")[2]


def number(of: int) -> str:
    """The number that a device would give its sign-up."""
    return f"{of:032x}"


def take(
    opened: sites.Site, token: str, *signups: devices.Signup, now: str = "", slug: str = SOUTH
) -> list[str]:
    """Send sign-ups; return the verdicts in their order."""
    told = booths.take(opened, slug, token, signups, now)
    return [told[one.id] for one in signups]


def meet(opened: sites.Site) -> None:
    """A meeting in September; Ada says yes with a guest, Ben maybe, Cleo is on the list, Dan (number 4) has left it."""
    wanted = meetings.Wanted(SLUG, "Backups that restore", "2018-09-13 18:00", "19:00", "The Parsons")
    meetings.new(opened, opened.mailing_list(SOUTH), wanted)
    row = meetings.find(opened, SLUG)
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        member = add_member(opened, f"{name.lower()}@example.org", SOUTH, name=f"{name} Smith")
        if name in ("Ada", "Ben"):
            given = rsvps.Rsvp("yes" if name == "Ada" else "maybe", 1)
            answering.write(opened, row["id"], member, given, tell=False)
    members.leave(opened, "dan@example.org", SOUTH)


def door(opened: sites.Site) -> str:
    """The token of a new door."""
    return passes.open_door(opened, SLUG).link.rpartition("/")[2]
