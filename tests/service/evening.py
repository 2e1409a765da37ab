"""Booths and doors for tests: their links, and what devices send."""

from newsletter import site as sites
from newsletter.core import devices
from newsletter.service import booths, passes

SOUTH = "south-hants-it"


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
