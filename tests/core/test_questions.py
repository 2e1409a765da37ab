"""What a question and an answer may hold, and what came of it."""

from datetime import timedelta

import pytest

from newsletter.core import clock, errors, questions
from newsletter.core.questions import Choice, Given

NOW = clock.parse("2018-06-29T08:00:00Z")


@pytest.mark.parametrize(
    ("fields", "has_line", "wrong"),
    [
        ({"choice": "2"}, False, ()),
        ({"choice": "2", "line": "ignored"}, False, ()),
        ({"choice": "", "line": "ignored"}, False, ("choice",)),
        ({"choice": "3"}, False, ("choice",)),
        ({"choice": "0"}, True, ("choice",)),
        ({"choice": "0", "line": "Tech & Tea"}, True, ()),
        ({"line": "Tech & Tea"}, True, ()),
        ({"choice": "1", "line": "because"}, True, ()),
        ({"choice": "²", "line": ""}, True, ("choice",)),
        ({"choice": "1", "line": "x" * 201}, True, ("line",)),
        ({"choice": "1", "line": "a\x07b"}, True, ("line",)),
        ({"line": " \n "}, True, ("choice",)),
        ({}, True, ("choice",)),
    ],
)
def test_what_is_an_answer(fields: dict[str, str], has_line: bool, wrong: tuple[str, ...]) -> None:
    """One of the choices, or a line where there is one; anything else names its field."""
    assert questions.wrong(fields, [1, 2], has_line=has_line) == wrong


def test_a_question_without_choices_wants_a_line() -> None:
    """There the empty field is the line, and the answer is it alone."""
    assert questions.wrong({"line": ""}, [], has_line=True) == ("line",)
    assert questions.read({"line": " Tech\n& Tea "}, [], has_line=True) == Given(0, "Tech & Tea")


def test_a_bad_answer_is_not_read() -> None:
    """Whoever reads without asking first gets an error that names the field."""
    with pytest.raises(errors.InputError, match="choice"):
        questions.read({"choice": "9"}, [1, 2], has_line=False)


@pytest.mark.parametrize(
    ("votes", "winner"), [((0, 0), None), ((1, 0), 1), ((2, 2), None), ((2, 2, 3), 3), ((), None)]
)
def test_the_winner_is_ahead_of_all(votes: tuple[int, ...], winner: int | None) -> None:
    """Level choices, and no answers at all, have no winner."""
    choices = [Choice(number, "x", votes=count) for number, count in enumerate(votes, start=1)]

    found = questions.winner(choices)

    assert (found.number if found else None) == winner


@pytest.mark.parametrize(
    ("kind", "choices", "has_line", "says"),
    [
        ("words", 1, False, "at least two"),
        ("words", 0, False, "at least two"),
        ("words", 1, True, "at least two"),
        ("dates", 6, False, "too many"),
    ],
)
def test_a_question_that_cannot_be_answered(kind, choices: int, has_line: bool, says: str) -> None:
    """It is refused when it is made, with what to do."""
    with pytest.raises(errors.UsageError, match=says):
        questions.check(kind, choices, has_line=has_line)


@pytest.mark.parametrize(
    ("days", "first", "says"), [(-1, None, "already"), (400, None, "a year"), (20, 10, "would begin")]
)
def test_a_closing_time_that_cannot_be(days: int, first: int | None, says: str) -> None:
    """Over already, too far away, or after the first of the dates."""
    begins = NOW + timedelta(days=first) if first else None

    with pytest.raises(errors.UsageError, match=says):
        questions.check_closing(NOW + timedelta(days=days), NOW, begins)


@pytest.mark.parametrize(
    "choices", [("a", ""), ("a", "A"), ("a", "x" * 81), ("a", "b\nc"), tuple("abcdefghi")]
)
def test_choices_that_cannot_be(choices: tuple[str, ...]) -> None:
    """Empty, twice, too long for a button, on two lines, or too many."""
    with pytest.raises(errors.UsageError):
        questions.choices_of(choices)
