"""What an organiser prints for an evening, at the desk: a list's poster, the names of who comes."""

from newsletter import site
from newsletter.core import errors
from newsletter.service import handouts
from newsletter.web import forms, pages, signed


def poster(opened: site.Site, _who: signed.Signed, key: str) -> pages.Page:
    """The poster of a list. Raises NotFoundError."""
    return pages.paper(handouts.poster(opened, key).html)


def names(opened: site.Site, _who: signed.Signed, key: str) -> pages.Page:
    """The names of who comes to a meeting. Raises NotFoundError."""
    return pages.paper(handouts.names(opened, key).html)


def post(
    _opened: site.Site, _who: signed.Signed, _key: str, _form: forms.Form, _visit: forms.Visit
) -> pages.View:
    """There is nothing to press on paper. Raises InputError."""
    raise errors.InputError("a paper has no button")
