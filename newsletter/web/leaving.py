"""The leave link: a page with one button, and RFC 8058's one-click POST on the same address.

GET and HEAD show and change nothing: scanners open every link.
"""

from newsletter import site
from newsletter.core import errors
from newsletter.service import signup
from newsletter.web import forms, links, pages

BOX = "list."  # a ticked box of the page is the field list.<slug>
ONE_CLICK = ("One-Click",)  # the whole of what RFC 8058 3.1 has a provider post


def show(opened: site.Site, token: str) -> pages.Page:
    """The page with the button, or "you are not on the list"."""
    return _state(opened, token, signup.look(opened, token))


def post(opened: site.Site, token: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Leave by one click (RFC 8058, also with an empty body) or by the page's button; or undo it by the undo button.

    Any other body changes nothing and gets the page with the button.
    """
    if form is None or _is_one_click(form):
        answer = signup.leave(opened, token, "one-click")
        return lambda: _left(opened, answer)
    if "undo" in form:
        return _undone(opened, token, form["undo"][0])
    if "leave" in form:
        chosen = tuple(name.removeprefix(BOX) for name in form if name.startswith(BOX))
        return _by_button(opened, token, chosen)
    link = signup.look(opened, token)
    return lambda: _state(opened, token, link, status=400)


def _is_one_click(form: forms.Form) -> bool:
    return form.get("List-Unsubscribe") == ONE_CLICK


def _by_button(opened: site.Site, token: str, chosen: tuple[str, ...]) -> pages.View:
    link = signup.look(opened, token)
    if len(link.on) > 1 and not chosen:
        return lambda: _state(opened, token, link, status=400, nothing_ticked=True)
    answer = signup.leave(opened, token, "page", chosen or None)
    return lambda: _left(opened, answer)


def _state(
    opened: site.Site, token: str, link: signup.LeaveLink, status: int = 200, nothing_ticked: bool = False
) -> pages.Page:
    if not link.on:
        return _not_on(opened, link, status)
    places = [{"slug": place.slug, "title": place.title} for place in link.on]
    return pages.page(
        opened, "leave.html", link.language, status, masked=link.masked, places=places,
        nothing_ticked=nothing_ticked, mine=_mine(opened, token),
    )  # fmt: skip


def _mine(opened: site.Site, token: str) -> str:
    """The member's own page: whoever may leave by this link may pause there instead."""
    read = opened.tokens.read("leave", token)
    return links.to(opened, "/me/" + opened.tokens.make("me", read.number, read.member)) if read else ""


def _not_on(opened: site.Site, link: signup.LeaveLink, status: int = 200) -> pages.Page:
    titles = [place.title for place in link.places]
    return pages.page(opened, "not_on.html", link.language, status, masked=link.masked, titles=titles)


def _left(opened: site.Site, answer: signup.Left) -> pages.Page:
    """The answer to a leaving, the first time and every later time: 200, no redirect (RFC 8058 3.1)."""
    if not answer.left and answer.undo is None:
        return _not_on(opened, answer.link)
    titles = tuple(place.title for place in answer.link.places if not place.on)
    staying = tuple(place.title for place in answer.link.on)
    own = {"masked": answer.link.masked, "undo": answer.undo or ""}
    return pages.page_for(opened, "left.html", answer.link.language, own, titles=titles, staying=staying)


def _undone(opened: site.Site, token: str, undo: str) -> pages.View:
    link = signup.look(opened, token)
    try:
        back = [place.title for place in signup.undo(opened, token, undo)]
    except errors.NotFoundError:
        raise
    except errors.RefusedError:
        on = [place.title for place in link.on]
        return lambda: pages.page(opened, "too_late.html", link.language, 409, masked=link.masked, on=on)
    return lambda: pages.page(opened, "back.html", link.language, masked=link.masked, titles=back)
