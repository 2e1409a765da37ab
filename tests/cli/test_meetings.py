"""newsletter meeting: fix a date, see it, see who comes."""

import pytest

from newsletter import site as sites
from newsletter.core import rsvps as rules
from newsletter.service import rsvps
from tests import people
from tests.service import coming

NEW = [
    "meeting", "new", "backups", "--title", "Backups that restore", "--starts", "2018-09-13 18:00", "--ends", "19:00",
    "--place", "The Parsons", "--then", "drinks downstairs",
]  # fmt: skip


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    return call


def test_a_meeting_is_fixed_on_the_lists_clock(at) -> None:
    """British summer time: 18:00 is 17:00 UTC; the answer says what comes next; `show` says the same again."""
    said = at(*NEW)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "backups: Backups that restore",
        "  Thursday 13 September 2018, 18:00 to 19:00",
        "  at The Parsons",
        "  then drinks downstairs",
        "  list south-hants-it; announced by no edition yet; answers: 0 yes, 0 maybe, 0 no",
        "Now invite: newsletter new invitation --list south-hants-it --meeting backups",
    ]
    shown = at("--json", "meeting", "show", "backups").json
    assert (shown["starts"], shown["ends"]) == ("2018-09-13T17:00:00.000Z", "2018-09-13T18:00:00.000Z")
    assert at("--json", "meeting", "show").json == {"meetings": [shown]}


@pytest.mark.parametrize(
    ("starts", "title", "rules_found"),
    [
        ("2018-09-13 18:00", "Thursday 13 September: backups", []),
        ("2018-09-13 18:00", "Wednesday 13 September: backups", ["weekday"]),
        ("2018-09-14 18:00", "Backups", ["day"]),
        ("2018-09-17 18:00", "Backups", ["day"]),
        ("2018-06-28 18:00", "Backups", ["past"]),
    ],
)
def test_what_looks_wrong_is_said_and_done_all_the_same(at, starts: str, title: str, rules_found) -> None:
    """On stderr for people, under `warnings` in JSON."""
    said = at("--json", "meeting", "new", "backups", "--title", title, "--starts", starts)

    assert said.code == 0
    assert [one["rule"] for one in said.json["warnings"]] == rules_found
    assert said.err.count("warning") == len(rules_found)
    assert said.json["state"] == "planned"


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("", "2018-09-13T19:00:00.000Z"),
        ("19:30", "2018-09-13T18:30:00.000Z"),
        ("00:30", "2018-09-13T23:30:00.000Z"),
        ("2018-09-14 12:00", "2018-09-14T11:00:00.000Z"),
    ],
)
def test_the_end(at, ends: str, expected: str) -> None:
    """Two hours later, at a time of day (also over midnight), or on another day."""
    words = ["--json", "meeting", "new", "x", "--title", "T", "--starts", "2018-09-13 18:00"]

    assert at(*words, "--ends", ends).json["ends"] == expected


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--starts", "next week"], 2, "is no time for --starts"),
        (["--ends", "2018-09-13 17:00"], 2, "not within 14 days"),
        (["--ends", "late"], 2, "is no time for --ends"),
        (["--title", " "], 2, "needs a title"),
        (["--title", "a\nb"], 2, "control character"),
        (["--list", "nothing"], 1, "nothing"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(at, more, code: int, says: str) -> None:
    """One clear line; no meeting."""
    said = at(*NEW, *more)

    assert (said.code, says in said.err) == (code, True), said.err
    assert at("--json", "meeting", "show").json == {"meetings": []}


def test_a_name_or_a_time_that_is_taken(at) -> None:
    """The same slug, or the same moment of the list: refused, and the one that is there is named."""
    at(*NEW)

    again = at(*NEW)
    same_time = at(*[word if word != "backups" else "other" for word in NEW])

    assert (again.code, same_time.code) == (1, 1)
    assert "there is a meeting 'backups' already" in again.err
    assert "newsletter meeting show backups" in same_time.err
    assert at("meeting", "show", "nothing").err.startswith("newsletter: there is no meeting 'nothing'")
    assert at("meeting", "new", "Not A Slug", *NEW[3:]).code == 2


def test_with_several_lists_one_is_named(tmp_path, call, monkeypatch) -> None:
    """Which of them cannot be guessed."""
    from tests.conftest import write_site

    root = write_site(tmp_path / "two", "board", "futures")
    monkeypatch.setenv("NEWSLETTER_SITE", str(root))

    said = call(*NEW)

    assert said.code == 2 and "--list board|futures" in said.err
    assert call(*NEW, "--list", "board").code == 0


def test_who_comes(at, folder) -> None:
    """From the command to the mail to the answer and back: numbers, people, guests and notes."""
    at(*NEW)
    opened = sites.open_site(folder)
    ada = people.add_member(opened, "ada@example.org", "south-hants-it", name="Ada")
    ben = people.add_member(opened, "ben@example.org", "south-hants-it")
    text = (
        coming.EDITION.partition("[next_meeting]")[0]
        + 'next_meeting = "backups"\n+++\nDear all,\n\ncome and see.\n'
    )
    coming.invite(opened, text)
    rsvps.answer(opened, coming.token(opened, ada, 1), rules.Rsvp("yes", 2, "yes", "no nuts"))
    rsvps.answer(opened, coming.token(opened, ben, 1), rules.Rsvp("no"))
    opened.close()

    said = at("meeting", "answers", "backups")

    assert said.out.splitlines() == [
        "Backups that restore, Thursday 13 September 2018, 18:00 to 19:00",
        "  1 yes (with guests 3 people), 0 maybe, 1 no; 3 for drinks downstairs",
        '  yes    Ada <ada@example.org>  +2  then too  "no nuts"',
        "  no     ben@example.org",
    ]
    assert at("--json", "meeting", "answers", "backups").json["people"] == 3
    assert at("--json", "meeting", "show", "backups").json["editions"] == ["south-hants-it/2018-06-29-recap"]
