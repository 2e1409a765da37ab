"""A list's calendar feed. It is public, so it may be kept and found."""

from newsletter import site
from newsletter.service import calendars
from newsletter.web import pages

# Calendar programs ask every few hours, some every few minutes; a moved meeting should show within the hour.
_FIELDS = {"cache-control": "public, max-age=900"}


def show(opened: site.Site, key: str) -> pages.Page:
    """The calendar. Raises NotFoundError."""
    return pages.Page(calendars.feed(opened, key), headers=_FIELDS, media_type="text/calendar; charset=utf-8")
