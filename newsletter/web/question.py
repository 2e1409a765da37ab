"""The link under a mail that answers a question: a page with the choices and one button, and the same page to change it.

A button of the mail leads to /ask/<token>/<number>, where that choice is ticked already. GET and HEAD show and change
nothing: scanners open every link.
"""

from collections.abc import Mapping

from newsletter import site
from newsletter.core import questions as rules
from newsletter.service import questions
from newsletter.web import forms, links, pages, phrases

_FIELDS = ("choice", "line")
AN_HOUR = 30  # answers by one link: each one is written


def show(opened: site.Site, key: str) -> pages.Page:
    """The page with the choices, or what came of the question. Raises NotFoundError."""
    token, choice = _parts(key)
    return _state(opened, questions.look(opened, token), choice)


def post(opened: site.Site, key: str, form: forms.Form | None, visit: forms.Visit) -> pages.View:
    """Answer; pressing again answers alike. Raises NotFoundError, LimitError.

    Anything that cannot be an answer changes nothing, and gets the page with what was typed still in it.
    """
    token, choice = _parts(key)
    link = questions.look(opened, token)
    if link.state != "open":
        return lambda: _state(opened, link, "", 409)
    typed = {name: forms.one(form or {}, name) for name in _FIELDS}
    numbers = [one.number for one in link.choices]
    wrong = rules.wrong(typed, numbers, has_line=link.has_line)
    if wrong:
        return lambda: _form(opened, link, typed, 400, wrong)
    visit.counted.count(f"ask {token}", AN_HOUR)
    found = questions.answer(opened, token, rules.read(typed, numbers, has_line=link.has_line))
    if found.state != "open":
        return lambda: _state(opened, found, choice, 409)
    return lambda: _thanks(opened, token, found)


def _parts(key: str) -> tuple[str, str]:
    """A key is the token, or the token and the number of a choice: /ask/<token>/2."""
    token, _, choice = key.rstrip("/").partition("/")
    return token, choice


def _state(opened: site.Site, link: questions.AskLink, choice: str, status: int = 200) -> pages.Page:
    if link.state == "open":
        given = link.given
        known = {str(one.number) for one in link.choices}
        ticked = choice if choice in known else str(given.choice) if given else ""
        return _form(opened, link, {"choice": ticked, "line": given.line if given else ""}, status)
    if link.state == "closed":
        return _closed(opened, link, status)
    say = phrases.of(link.language)
    return pages.told(
        opened, link.language, say[f"ask_{link.state}_title"], say[f"ask_{link.state}_text"], status=status
    )


def _form(
    opened: site.Site, link: questions.AskLink, typed: Mapping[str, str], status: int, wrong: tuple[str, ...] = ()
) -> pages.Page:  # fmt: skip
    say = phrases.of(link.language)
    told = {
        "choice": say["ask_wrong_choice"],
        "line": say["ask_wrong_line"] if link.choices else say["ask_wrong_empty"],
    }
    if len(typed["line"]) > rules.LINE_LIMIT:
        told["line"] = say["ask_wrong_line"]
    return pages.page(
        opened, "question.html", link.language, status, text=link.text, until=link.until, masked=link.masked,
        choices=[(str(one.number), one.text) for one in link.choices], has_line=link.has_line, values=typed,
        line_limit=rules.LINE_LIMIT, so_far=_said(link), any_wrong=bool(wrong),
        wrong={name: told[name] if name in wrong else "" for name in _FIELDS},
    )  # fmt: skip


def _said(link: questions.AskLink) -> str:
    """What was answered so far, in words."""
    if link.given is None:
        return ""
    chosen = [one.text for one in link.choices if one.number == link.given.choice]
    line = [f"“{link.given.line}”"] if link.given.line else []
    return "; ".join(chosen + line)


def _thanks(opened: site.Site, token: str, link: questions.AskLink) -> pages.Page:
    return pages.page(
        opened, "question_thanks.html", link.language, text=link.text, answer=_said(link), until=link.until,
        change=links.to(opened, f"/ask/{token}"),
    )  # fmt: skip


def _closed(opened: site.Site, link: questions.AskLink, status: int) -> pages.Page:
    """The result: each choice with its number and a bar, and the meeting that a date became."""
    ranked = sorted(link.choices, key=lambda one: (-one.votes, one.number))
    most = max((one.votes for one in ranked), default=0)
    bars = [(one.text, f"{one.votes:,}", round(100 * one.votes / most) if most else 0) for one in ranked]
    return pages.page(
        opened, "question_closed.html", link.language, status, text=link.text, bars=bars, winner=link.winner,
        voices=f"{link.voices:,}", facts=link.facts,
    )  # fmt: skip
