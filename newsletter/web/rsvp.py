"""The link that answers an invitation: a page with three buttons, and the same page again to change the answer.

GET and HEAD show and change nothing: scanners open every link.
"""

from collections.abc import Mapping
from typing import Any

from newsletter import site
from newsletter.core import rsvps as rules
from newsletter.service import rsvps
from newsletter.web import forms, links, pages, phrases

_FIELDS = ("answer", "guests", "drinks", "note")
BUTTON = "answer."  # the button of an answer is the field answer.<answer>
AN_HOUR = 30  # answers by one link: each one is written down and told by mail


def show(opened: site.Site, token: str) -> pages.Page:
    """The page with the buttons, or why there is nothing to answer. Raises NotFoundError."""
    return _state(opened, rsvps.look(opened, token))


def post(opened: site.Site, token: str, form: forms.Form | None, visit: forms.Visit) -> pages.View:
    """Answer by one of the buttons; pressing again answers alike. Raises NotFoundError, LimitError.

    Anything that cannot be an answer changes nothing, and gets the page with what was typed still in it.
    """
    typed = {name: forms.one(form or {}, name) for name in _FIELDS} | {"answer": _pressed(form or {})}
    link, wrong = rsvps.look(opened, token), rules.wrong(typed)
    if wrong:
        return lambda: _state(opened, link, 400, typed, wrong)
    visit.counted.count(f"rsvp {token}", AN_HOUR)
    found = rsvps.answer(opened, token, rules.read(typed), drop_note="drop_note" in (form or {}))
    if found.state != "open":
        return lambda: _state(opened, found, 409)
    return lambda: _thanks(opened, token, found)


def _pressed(form: forms.Form) -> str:
    """The answer whose button was pressed. Each button has a name of its own, by which helpers tell them apart."""
    found = [one for one in rules.ANSWERS if BUTTON + one in form]
    return found[0] if len(found) == 1 else forms.one(form, "answer")


def _state(
    opened: site.Site, link: rsvps.RsvpLink, status: int = 200, typed: Mapping[str, str] | None = None,
    wrong: tuple[str, ...] = (),
) -> pages.Page:  # fmt: skip
    if link.state != "open":
        return _closed(opened, link, status)
    say = phrases.of(link.language)
    values = typed if typed is not None else _typed(link.given)
    return pages.page(
        opened, "rsvp.html", link.language, status, title=link.title, facts=link.facts, masked=link.masked,
        then=link.then, so_far=_said(link), values=values, most=rules.GUESTS_MOST, note_limit=rules.NOTE_LIMIT,
        wrong={name: say[f"rsvp_wrong_{name}"] if name in wrong else "" for name in _FIELDS},
        any_wrong=bool(wrong), answers=[(one, say[f"rsvp_{one}"]) for one in rules.ANSWERS],
        has_note=bool(link.given and link.given.note), chosen=link.given.answer if link.given else "",
    )  # fmt: skip


def _typed(given: rules.Rsvp | None) -> Mapping[str, str]:
    """What the form begins with: the answer so far, but for the note. A mail gets passed on, and a note is private."""
    if given is None:
        return dict.fromkeys(_FIELDS, "")
    return {"answer": given.answer, "guests": str(given.guests), "drinks": given.drinks, "note": ""}


def _said(link: rsvps.RsvpLink) -> str:
    return rsvps.said(link.given, link.then, link.language) if link.given else ""


def _thanks(opened: site.Site, token: str, link: rsvps.RsvpLink) -> pages.Page:
    assert link.given is not None
    return pages.page(
        opened, "rsvp_thanks.html", link.language, title=link.title, facts=link.facts, masked=link.masked,
        answer=_said(link), thanks=phrases.of(link.language)[f"rsvp_thanks_{link.given.answer}"],
        change=links.to(opened, f"/rsvp/{token}"),
    )  # fmt: skip


def _closed(opened: site.Site, link: rsvps.RsvpLink, status: int) -> pages.Page:
    say: Mapping[str, Any] = phrases.of(link.language)
    return pages.page(
        opened, "rsvp_closed.html", link.language, status, heading=say[f"rsvp_{link.state}_title"],
        text=say[f"rsvp_{link.state}_text"], title=link.title, facts=link.facts, was=_said(link),
    )  # fmt: skip
