"""The links of a confirm mail: the page with one button that confirms all that waits, and the one that blocks.

GET and HEAD show and change nothing, so that a scanner gives nobody's consent.
"""

from newsletter import site
from newsletter.core import errors
from newsletter.service import confirming
from newsletter.web import forms, links, pages, phrases


def show(opened: site.Site, token: str) -> pages.Page:
    """The page with the button, or how things stand when it was pressed before. Raises NotFoundError."""
    try:
        return _state(opened, confirming.look(opened, token))
    except errors.ExpiredError:
        return _expired(opened)


def post(opened: site.Site, token: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Confirm, or block, by the page's button; pressing again answers alike. Raises NotFoundError."""
    found = form or {}
    try:
        if "confirm" in found:
            return _confirmed(opened, confirming.confirm(opened, token))
        if "block" in found:
            blocked = confirming.block(opened, token)
            return lambda: _blocked(opened, blocked)
        link = confirming.look(opened, token)
        return lambda: _state(opened, link, 400)
    except errors.ExpiredError:
        return lambda: _expired(opened)


def _state(opened: site.Site, link: confirming.ConfirmLink, status: int = 200) -> pages.Page:
    if link.act == "block":
        return _press(opened, link, "block", status) if link.open else _blocked(opened, link)
    if not link.open:
        return _on(opened, link)
    if link.act == "address":
        return _press(opened, link, "change", status)
    return pages.page(opened, "confirm.html", link.language, status, masked=link.masked, places=link.pending)


def _press(opened: site.Site, link: confirming.ConfirmLink, name: str, status: int) -> pages.Page:
    """A page with a sentence and one button."""
    say = phrases.of(link.language)
    text = pages.fill(say[f"{name}_text"], address=link.new_masked or link.masked, old=link.masked)
    return pages.page(
        opened, "press.html", link.language, status, title=say[f"{name}_title"], text=text,
        name="block" if name == "block" else "confirm", button=say[f"{name}_button"],
        note=say["block_else"] if name == "block" else "",
    )  # fmt: skip


def _confirmed(opened: site.Site, answer: confirming.Confirmed) -> pages.View:
    if answer.link.act == "address":
        return lambda: _moved(opened, answer.link)
    return lambda: _on(opened, answer.link, bool(answer.joined))


def _on(opened: site.Site, link: confirming.ConfirmLink, new: bool = False) -> pages.Page:
    """How the person stands, after the first press and every later look."""
    if link.act == "address":
        return _moved(opened, link)
    titles = [place.title for place in link.places if place.on and place.state != "requested"]
    if not titles:
        return pages.page(
            opened,
            "not_on.html",
            link.language,
            masked=link.masked,
            titles=[place.title for place in link.places],
        )
    return pages.page(opened, "confirmed.html", link.language, masked=link.masked, titles=titles, new=new)


def _moved(opened: site.Site, link: confirming.ConfirmLink) -> pages.Page:
    say = phrases.of(link.language)
    text = pages.fill(say["changed_text"], address=link.new_masked or link.masked)
    return pages.told(opened, link.language, say["changed_title"], text)


def _blocked(opened: site.Site, link: confirming.ConfirmLink) -> pages.Page:
    say = phrases.of(link.language)
    text = pages.fill(say["blocked_text"], address=link.masked) if link.masked else say["blocked_gone"]
    return pages.told(opened, link.language, say["blocked_title"], text, say["blocked_undo"])


def _expired(opened: site.Site) -> pages.Page:
    """410 with the way to ask again."""
    language = opened.config.site.language
    say = phrases.of(language)
    way = (links.to(opened, "/join"), say["expired_join"])
    return pages.told(opened, language, say["expired_title"], say["expired_text"], status=410, link=way)
