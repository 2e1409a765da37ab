"""newsletter question: from the asking to the meeting, by the real command."""

from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core.questions import Given
from newsletter.service import questions
from tests import people
from tests.service import outgoing, wondering

NEW = ["question", "new", "name", "--text", "When do we meet?", "--closes", "2018-07-12 20:00"]
DATES = ["--date", "2018-09-18 18:00", "--date", "2018-09-13 18:00"]


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    return call


def test_a_question_says_where_it_goes(at) -> None:
    """Dates stand in their own order and in words; the answer says how it comes under a mail; `show` says it again."""
    said = at(*NEW, *DATES, "--line")

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "name: When do we meet?",
        "  list south-hants-it; open until Thursday 12 July 2018, 20:00; under no edition yet; 0 answers",
        "    1  Thursday 13 September 2018, 18:00: 0",
        "    2  Tuesday 18 September 2018, 18:00: 0",
        "Now put it under a mail: newsletter new letter --list south-hants-it --question name",
        '  or, in an edition that is begun: question = "name" in its front matter',
    ]
    shown = at("--json", "question", "show", "name").json
    assert shown["choices"][0]["starts"] == "2018-09-13T17:00:00.000Z"
    assert at("--json", "question", "show").json == {"questions": [shown]}


def test_from_the_question_to_the_meeting(at, folder) -> None:
    """Sent, answered, closed by one command that makes the meeting; then it cannot be closed again into another."""
    at(*NEW, *DATES)
    begun = at("--json", "new", "letter", "--list", "south-hants-it", "--question", "name").json
    assert 'question = "name"' in Path(begun["file"]).read_text("utf-8").partition("+++\nDear")[0]
    opened = sites.open_site(folder)
    ada = people.add_member(opened, "ada@example.org", "south-hants-it")
    path = outgoing.edition(opened, wondering.EDITION)
    assert at("send", str(path), "--queue-only", "--yes").code == 0
    questions.answer(opened, wondering.token(opened, ada), Given(2))
    opened.close()
    close = [
        "question",
        "close",
        "name",
        "--meeting",
        "backups",
        "--title",
        "Backups",
        "--place",
        "The Parsons",
    ]

    refused = at(*close)
    made = at("--yes", *close)

    assert refused.code == 1 and "stays open until" in refused.err
    assert made.code == 0 and "Tuesday 18 September 2018, 18:00 to 20:00" in made.out
    assert "became the meeting backups" in at("question", "show", "name").out
    again = at("--yes", *close[:3], "--meeting", "other", "--title", "Other")
    assert again.code == 1 and "already" in again.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["question", "show", "nothing"], "there is no question 'nothing'"),
        (["question", "close", "nothing"], "there is no question 'nothing'"),
        (["question", "close", "x", "--title", "T"], "--meeting SLUG"),
        (["question", "close", "x", "--meeting", "m"], "needs a title"),
        (
            ["new", "letter", "--list", "south-hants-it", "--question", "nothing"],
            "there is no question 'nothing'",
        ),
        (["question", "new", "x", "--text", "What?"], "at least two choices"),
    ],
)
def test_what_cannot_be_is_said(at, words: list[str], says: str) -> None:
    """One clear line and what to do."""
    said = at(*words)

    assert said.code in (1, 2) and says in said.err
