"""The front page, and a sign of life for whatever watches the server."""

from newsletter import site
from newsletter.service import calendars, joining, outbox, reading
from newsletter.web import links, pages, phrases


def show(opened: site.Site) -> pages.Page:
    """Who runs this, when they meet next and what happened last (of lists whose archive is public), which lists there
    are and how to join them, how to leave, and the way to one's own page."""
    language = opened.config.site.language
    open_to_all = {one.slug for one in joining.offers(opened)}
    found = [
        {
            "title": one.title,
            "description": one.description,
            "join": links.to(opened, f"/join/{one.slug}") if one.slug in open_to_all else "",
            "calendar": links.to(opened, f"/calendar/{one.slug}.ics") if calendars.is_public(one) else "",
            "calendar_label": phrases.of(language)["calendar_of"].format(list=one.title),
            "archive": links.to(opened, f"/archive/{one.slug}/") if one.archive else "",
            "editions": phrases.of(language)["home_archive"].format(list=one.title),
            "label": phrases.of(language)["join_one_title"].format(list=one.title),
        }
        for one in opened.config.lists.values()
    ]
    last = reading.last_told(opened)
    return pages.page(
        opened, "home.html", language, lists=found, me=links.to(opened, "/me"), next=reading.next_meeting(opened),
        last=last, last_link=links.to(opened, f"/archive/{last[0]}/{last[2].name}") if last else "",
    )  # fmt: skip


def health(opened: site.Site) -> pages.Page:
    """Say that the database answers, and how the outbox is. Raises StorageError when the database does not answer."""
    opened.store.register_lists(())
    return pages.Page(f"ok\noutbox {outbox.health(opened)}\n", media_type="text/plain")
