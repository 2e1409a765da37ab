"""The archive's pages: a list's front page with its search, an edition, its pictures, the feed.

Under /archive/<list>/ stands what is public; under /archive/<list>/<token>/ what a member reads by the link in their own
mails. Whoever may not read a page gets the same answer as for a page that does not exist.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from newsletter import site
from newsletter.service import archive, joining, reading
from newsletter.web import feeds, links, pages, phrases

QUERY_LIMIT = 200  # characters
# A public page may be kept and asked for anew; search engines may have it.
_PUBLIC = {"cache-control": "no-cache", "x-robots-tag": "all"}
# A picture's name is made of its content; readers of feeds show it on pages of their own.
_FOR_EVER = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "cross-origin",
    "x-robots-tag": "all",
}
_NOTICES = {"cancelled": "archive_cancelled", "over": "archive_over", "moved": "archive_moved"}


def front(opened: site.Site, slug: str, token: str, query: Mapping[str, str]) -> pages.Page:
    """A list's editions, the newest first, or those that a search finds. Raises NotFoundError."""
    on = archive.shelf(opened, slug, token)
    asked = " ".join(query.get("q", "")[:QUERY_LIMIT].split())
    before = query.get("before", "")
    after = int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None
    entries, more = reading.front(opened, on, asked, after)
    years = [(year, list(group)) for year, group in groupby(entries, lambda entry: entry.day.year)]
    return _page(
        opened, "archive.html", on, token,
        query=asked, description=on.list.description, years=years, more=more or "", later=bool(after),
    )  # fmt: skip


def edition(opened: site.Site, slug: str, token: str, name: str) -> pages.Page:
    """One edition as everybody may read it. Raises NotFoundError."""
    on = archive.shelf(opened, slug, token)
    found = reading.edition(opened, on, name)
    say, meeting = phrases.of(on.list.site.language), found.meeting
    notice, label = "", ""
    if meeting is not None:
        notice = say[_NOTICES[meeting.state]] if meeting.state in _NOTICES else ""
        label = say["archive_next" if meeting.state in ("open", "moved") else "archive_announced"]
    return _page(
        opened, "archive_page.html", on, token,
        found=found, purpose=on.list.purpose, notice=notice, label=label,
    )  # fmt: skip


def picture(opened: site.Site, slug: str, token: str, name: str) -> pages.Page:
    """A picture of an edition. Raises NotFoundError."""
    on = archive.shelf(opened, slug, token)
    kind, data = archive.picture(opened, on, name)
    return pages.Page(data, 200, {} if on.members else _FOR_EVER, kind)


def feed(opened: site.Site, slug: str) -> pages.Page:
    """The newest public editions as an Atom feed. Raises NotFoundError."""
    on = archive.shelf(opened, slug)
    return pages.Page(feeds.atom(opened, on), 200, _PUBLIC, "application/atom+xml")


def _page(opened: site.Site, template: str, on: archive.Shelf, token: str, **values: Any) -> pages.Page:
    own, slug = on.list.site, on.list.slug
    here = links.to(opened, f"/archive/{slug}/")
    joinable = slug in {one.slug for one in joining.offers(opened)} and not on.members
    made = pages.page(
        opened, template, own.language, own=own, public=not on.members, list_title=on.list.title,
        here=f"{here}{token}/" if token else here, feed="" if on.members else f"{here}feed.xml",
        join=links.to(opened, f"/join/{slug}") if joinable else "",
        contact_said=reading.contact(on), **values,
    )  # fmt: skip
    return made if on.members else pages.Page(made.content, made.status, _PUBLIC)
