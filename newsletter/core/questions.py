"""Questions to the group: what a question and an answer may hold, until when it is taken, what came of it. Pure functions.

A person gives one answer: one of the choices, or (where the question has a line) words of their own, or both.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.core import errors, texts

Kind = Literal["words", "dates"]
TEXT_LIMIT = 150  # characters of the question
CHOICE_LIMIT = 80  # characters of a choice: it stands on a button
LINE_LIMIT = 200  # characters of a person's own line
CHOICES_MOST = 8
DATES_MOST = 5
OPEN_AT_MOST = timedelta(days=365)
LINES_KEPT = timedelta(days=180)  # after the closing: long enough for a recap or two


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its number (from 1), how it reads, for a date when it begins (UTC ISO), and how many took it."""

    number: int
    text: str
    starts: str = ""
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """One person's answer: the number of a choice (0: none of them) and the own line (or nothing)."""

    choice: int
    line: str = ""


def choices_of(given: Sequence[str]) -> tuple[str, ...]:
    """Check the choices of a question in words. Raises UsageError."""
    found = tuple(_of_chair(one, "--choice", CHOICE_LIMIT) for one in given)
    if len(found) > CHOICES_MOST:
        raise errors.UsageError(
            f"{len(found)} choices are too many, {CHOICES_MOST} are allowed",
            "Nobody reads a longer list on a phone: leave out what nobody wants, or let people write with --line.",
        )
    if len({one.casefold() for one in found}) < len(found):
        raise errors.UsageError("a choice is named twice")
    return found


def check(kind: Kind, choices: int, *, has_line: bool) -> None:
    """Refuse a question that cannot be answered: too few choices and no line, too many dates. Raises UsageError."""
    if kind == "dates" and choices > DATES_MOST:
        raise errors.UsageError(
            f"{choices} dates are too many, {DATES_MOST} are allowed", "Leave out those that are unlikely."
        )
    if choices == 1 or (choices == 0 and not has_line):
        raise errors.UsageError(
            "a question needs at least two choices, or a line to write on",
            'Give --choice "..." twice, --date "YYYY-MM-DD HH:MM" twice, or --line',
        )


def check_closing(closes: datetime, now: datetime, first_date: datetime | None) -> None:
    """Refuse a closing time that is over, far away, or after the first date in question. Raises UsageError."""
    if closes <= now:
        raise errors.UsageError("the question would be closed already", "Give a later time: --closes")
    if closes - now > OPEN_AT_MOST:
        raise errors.UsageError("a question is open for a year at most", "Give an earlier time: --closes")
    if first_date is not None and closes > first_date:
        raise errors.UsageError(
            "the first of the dates would begin before the question closes",
            "Give an earlier time: --closes",
        )


def text_of(text: str) -> str:
    """Check the question itself. Raises UsageError."""
    found = _of_chair(text, "--text", TEXT_LIMIT)
    if not found:
        raise errors.UsageError("the question is empty", 'Give it: --text "..."')
    return found


def _of_chair(text: str, what: str, limit: int) -> str:
    try:
        found = texts.one_line(text, what, limit)
    except errors.InputError as problem:
        raise errors.UsageError(problem.message, problem.hint) from problem
    if not found:
        raise errors.UsageError(f"{what} is empty")
    return found


def wrong(fields: Mapping[str, str], numbers: Sequence[int], *, has_line: bool) -> tuple[str, ...]:
    """Name the fields of a form (choice, line) that hold what an answer cannot; (choice) too when nothing is said."""
    found = []
    choice, line = fields.get("choice", ""), _line(fields.get("line", "")) if has_line else ""
    known = {str(number) for number in numbers}
    if choice not in known | ({"0", ""} if line else set()):
        found.append("choice" if known else "line")
    if len(line) > LINE_LIMIT or texts.FORBIDDEN.search(line):
        found.append("line")
    return tuple(dict.fromkeys(found))


def read(fields: Mapping[str, str], numbers: Sequence[int], *, has_line: bool) -> Given:
    """Make an answer of a form's fields. Raises InputError when one of them cannot be."""
    if bad := wrong(fields, numbers, has_line=has_line):
        raise errors.InputError(f"the answer's {bad[0]} cannot be read")
    return Given(int(fields.get("choice", "") or 0), _line(fields.get("line", "")) if has_line else "")


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def is_open(closes: str, closed_at: str | None, now: str) -> bool:
    """Tell whether answers are still taken (times are UTC ISO)."""
    return closed_at is None and now < closes


def winner(choices: Sequence[Choice]) -> Choice | None:
    """The choice that most people took; None while nobody has, and when two are level."""
    ranked = sorted(choices, key=lambda one: -one.votes)
    if not ranked or not ranked[0].votes:
        return None
    return None if len(ranked) > 1 and ranked[1].votes == ranked[0].votes else ranked[0]
