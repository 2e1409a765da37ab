"""The front page, and a sign of life for whatever watches the server."""

from newsletter import site
from newsletter.web import pages


def show(opened: site.Site) -> pages.Page:
    """Who runs this, which lists there are, and how to leave."""
    found = [{"title": one.title, "description": one.description} for one in opened.config.lists.values()]
    return pages.page(opened, "home.html", opened.config.site.language, lists=found)


def health(opened: site.Site) -> pages.Page:
    """Say that the database answers. Raises StorageError when it does not."""
    opened.store.register_lists(())
    return pages.Page("ok\n")
