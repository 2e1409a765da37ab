"""The committee's link: a page with one button that stops an edition before it goes to everybody else.

GET and HEAD show and change nothing.
"""

from newsletter import site
from newsletter.service import stopping
from newsletter.web import forms, pages, phrases


def show(opened: site.Site, token: str) -> pages.Page:
    """The page with the button, or how things stand. Raises NotFoundError."""
    return _state(opened, stopping.look(opened, token))


def post(opened: site.Site, token: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Stop it by the page's button; pressing again answers alike. Raises NotFoundError."""
    if form is not None and "stop" in form:
        stopped = stopping.stop(opened, token)
        return lambda: _state(opened, stopped)
    link = stopping.look(opened, token)
    return lambda: _state(opened, link, 400)


def _state(opened: site.Site, link: stopping.StopLink, status: int = 200) -> pages.Page:
    say = phrases.of(link.language)
    if link.can_stop:
        text = pages.fill(say["stop_text"], subject=link.subject, count=f"{link.waiting:,}")
        return pages.page(
            opened, "press.html", link.language, status, title=say["stop_title"], text=text, name="stop",
            button=say["stop_button"], note=say["stop_after"],
        )  # fmt: skip
    found = "stopped" if link.state == "paused" else "stop_late"
    text = pages.fill(say[f"{found}_text"], subject=link.subject)
    return pages.told(opened, link.language, say[f"{found}_title"], text)
