"""The link that answers an invitation: a page with three buttons, and the same page again to change the answer.

Each button of the mail leads to the page with its own answer in front; it still takes one press there. GET and HEAD show
and change nothing: scanners open every link. Where a meeting holds only so many, the page says how one stands.
"""

from collections.abc import Mapping
from typing import Any

from newsletter import site
from newsletter.core import rsvps as rules
from newsletter.service import receipts, rsvps
from newsletter.web import forms, links, pages, phrases

_FIELDS = ("answer", "guests", "drinks", *rules.PRIVATE)
BUTTON = "answer."  # the button of an answer is the field answer.<answer>
AN_HOUR = 30  # answers by one link: each one is written down and told by mail


def show(opened: site.Site, token: str, *, pressed: str = "") -> pages.Page:
    """The page with the buttons, that of the answer that was pressed in the mail in front; or why there is nothing to
    answer. Raises NotFoundError."""
    return _state(opened, rsvps.look(opened, token), pressed=pressed)


def post(
    opened: site.Site, token: str, form: forms.Form | None, visit: forms.Visit, *, pressed: str = ""
) -> pages.View:
    """Answer by one of the buttons; pressing again answers alike. Raises NotFoundError, LimitError.

    Anything that cannot be an answer changes nothing, and gets the page with what was typed still in it.
    """
    typed = {name: forms.one(form or {}, name) for name in _FIELDS} | {"answer": _pressed(form or {})}
    link, wrong = rsvps.look(opened, token), rules.wrong(typed)
    if wrong:
        return lambda: _state(opened, link, 400, typed, wrong, pressed)
    visit.counted.count(f"rsvp {token}", AN_HOUR)
    drop = [name for name in rules.PRIVATE if f"drop_{name}" in (form or {})]
    found = rsvps.answer(opened, token, rules.read(typed), drop=drop)
    if found.state != "open":
        return lambda: _state(opened, found, 409)
    return lambda: _thanks(opened, token, found)


def _pressed(form: forms.Form) -> str:
    """The answer whose button was pressed. Each button has a name of its own, by which helpers tell them apart."""
    found = [one for one in rules.ANSWERS if BUTTON + one in form]
    return found[0] if len(found) == 1 else forms.one(form, "answer")


def _state(
    opened: site.Site, link: rsvps.RsvpLink, status: int = 200, typed: Mapping[str, str] | None = None,
    wrong: tuple[str, ...] = (), pressed: str = "",
) -> pages.Page:  # fmt: skip
    if link.state != "open":
        return _closed(opened, link, status)
    say = phrases.of(link.language)
    front = pressed or (link.given.answer if link.given else "")
    labels: dict[str, str] = {one: say[f"rsvp_{one}"] for one in rules.ANSWERS}
    if link.place == "offered":
        labels["yes"] = say["rsvp_take"]
    answers = sorted(labels.items(), key=lambda one: one[0] != pressed)
    return pages.page(
        opened, "rsvp.html", link.language, status, title=link.title, facts=link.facts, masked=link.masked,
        moved=link.moved, then=link.then, so_far=_said(link), values=typed if typed is not None else _typed(link.given),
        most=rules.GUESTS_MOST, note_limit=rules.NOTE_LIMIT, standing=_standing(say, link),
        wrong={name: say[f"rsvp_wrong_{name}"] if name in wrong else "" for name in _FIELDS},
        any_wrong=bool(wrong), answers=answers, chosen=front or "yes", has_limit=link.has_limit,
        pressed=labels.get(pressed, ""),
        has={name: bool(link.given and getattr(link.given, name)) for name in rules.PRIVATE},
    )  # fmt: skip


def _standing(say: Mapping[str, str], link: rsvps.RsvpLink) -> str:
    """How the person stands at a meeting that holds only so many; nothing where there is a place for everybody."""
    if link.place == "offered":
        return say["rsvp_offered"].format(until=link.until)
    if link.place == "waiting":
        return say["rsvp_waiting"].format(position=link.position)
    if link.place == "lapsed":
        return say["rsvp_lapsed"]
    if link.place == "in":
        return say["rsvp_placed"] if link.has_limit else ""
    return say["rsvp_full"] if link.is_full else ""


def _typed(given: rules.Rsvp | None) -> Mapping[str, str]:
    """What the form begins with: the answer so far, but for note and needs. A mail gets passed on, and they are private."""
    if given is None:
        return dict.fromkeys(_FIELDS, "")
    plain = {"answer": given.answer, "guests": str(given.guests), "drinks": given.drinks}
    return plain | dict.fromkeys(rules.PRIVATE, "")


def _said(link: rsvps.RsvpLink) -> str:
    return receipts.said(link.given, link.then, link.language) if link.given else ""


def _thanks(opened: site.Site, token: str, link: rsvps.RsvpLink) -> pages.Page:
    assert link.given is not None
    say = phrases.of(link.language)
    waits = link.place == "waiting"
    return pages.page(
        opened, "rsvp_thanks.html", link.language, title=link.title, facts=link.facts, masked=link.masked,
        heading=say["rsvp_waits_title" if waits else "rsvp_thanks_title"], answer=_said(link),
        thanks=say["rsvp_thanks_waits" if waits else f"rsvp_thanks_{link.given.answer}"],
        standing=_standing(say, link) if link.place else "",
        fewer=say["rsvp_fewer"].format(count=link.given.guests) if link.has_fewer else "",
        change=links.to(opened, f"/rsvp/{token}"), calendar=_calendar(opened, link),
    )  # fmt: skip


def _calendar(opened: site.Site, link: rsvps.RsvpLink) -> str:
    return links.to(opened, f"/calendar/{link.calendar}.ics") if link.calendar else ""


def _closed(opened: site.Site, link: rsvps.RsvpLink, status: int) -> pages.Page:
    say: Mapping[str, Any] = phrases.of(link.language)
    return pages.page(
        opened, "rsvp_closed.html", link.language, status, heading=say[f"rsvp_{link.state}_title"],
        text=say[f"rsvp_{link.state}_text"], title=link.title, facts=link.facts, was=_said(link),
        calendar=_calendar(opened, link),
    )  # fmt: skip
