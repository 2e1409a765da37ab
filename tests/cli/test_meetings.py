"""newsletter meeting: fix a date, see it, see who comes."""

from pathlib import Path

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
        "Now invite: newsletter meeting announce backups",
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
    rsvps.answer(opened, coming.token(opened, ada, 1), rules.Rsvp("yes", 2, "yes", "see you", "no nuts"))
    rsvps.answer(opened, coming.token(opened, ben, 1), rules.Rsvp("no"))
    opened.close()

    said = at("meeting", "answers", "backups")

    assert said.out.splitlines() == [
        "Backups that restore, Thursday 13 September 2018, 18:00 to 19:00",
        "  1 yes (with guests 3 people), 0 maybe, 1 no; 3 for drinks downstairs",
        '  yes    Ada <ada@example.org>  +2  then too  needs: no nuts  "see you"',
        "  no     ben@example.org",
    ]
    assert at("--json", "meeting", "answers", "backups").json["people"] == 3
    assert at("--json", "meeting", "show", "backups").json["editions"] == ["south-hants-it/2018-06-29-recap"]


def test_the_invitation_is_written_from_the_facts(at, folder) -> None:
    """Date with weekday and year, place, the answer's button; what only the chair knows is asked; the reminders are said."""
    at(*NEW)
    people.add_member(sites.open_site(folder), "ada@example.org", "south-hants-it")

    said = at("meeting", "announce", "backups")

    file = folder / "lists" / "south-hants-it" / "editions" / "2018-06-29-backups.md"
    assert said.out.splitlines() == [
        f"Begun: {file.resolve()}",
        "  second-notice  Thursday 6 September 2018, 10:00: to those who have not answered (1 as of now)",
        "  free-place     Tuesday 11 September 2018, 10:00: to those who said yes (0 as of now)",
        "  day-before     Wednesday 12 September 2018, 10:00: to those who said yes (0 as of now)",
        "  They go by themselves: from newsletter serve, or at the next send or outbox run.",
        f"  Write why to come, then send it once: newsletter send {file.resolve()}",
    ]
    text = file.read_text(encoding="utf-8")
    assert 'subject = "Backups that restore"' in text
    assert 'preheader = "Thursday 13 September 2018, 18:00; The Parsons; drinks downstairs"' in text
    assert "next meeting: **Thursday 13 September 2018, 18:00 to 19:00**, The Parsons." in text
    found = at("--json", "preview", file).json["findings"]
    assert [one["rule"] for one in found] == ["placeholder"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "sind Sie eingeladen: **Donnerstag, 13. September 2018, 18:00 bis 19:00 Uhr**, The Parsons."),
        ("fr", "prochaine rencontre : **jeudi 13 septembre 2018, de 18\xa0h à 19\xa0h**, The Parsons."),
    ],
)
def test_the_invitation_speaks_the_lists_language(at, folder, language: str, expected: str) -> None:
    """Text and date."""
    file = folder / "lists" / "south-hants-it" / "list.toml"
    file.write_text(f'language = "{language}"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    at(*NEW)

    made = at("--json", "meeting", "announce", "backups").json

    assert made["edition"] == "south-hants-it/2018-06-29-backups"
    assert [one["reminder"] for one in made["reminders"]] == ["second-notice", "free-place", "day-before"]
    with open(made["file"], encoding="utf-8") as stream:
        assert expected in stream.read()


def test_what_cannot_be_announced(at, folder, monkeypatch) -> None:
    """A draft that is there, a meeting that was announced, one that has begun, one that is none: refused, nothing written."""
    at(*NEW)
    file = folder / "lists" / "south-hants-it" / "editions" / "2018-06-29-backups.md"
    opened = sites.open_site(folder)
    people.add_member(opened, "ada@example.org", "south-hants-it")
    opened.close()
    at("meeting", "announce", "backups")
    before = file.read_bytes()

    assert "is begun already" in at("meeting", "announce", "backups").err
    at("--yes", "send", file, "--allow", "placeholder", "--queue-only")
    assert "was announced by south-hants-it/2018-06-29-backups" in at("meeting", "announce", "backups").err
    assert "there is no meeting 'nothing'" in at("meeting", "announce", "nothing").err
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-09-13T17:00:00Z")
    assert "has begun" in at("meeting", "announce", "backups").err
    assert file.read_bytes() == before
    assert len(list(file.parent.iterdir())) == 1


def test_another_edition_of_that_name_is_left_alone(at, folder) -> None:
    """A recap that happens to be called like the meeting is no draft of its invitation, and is not written over."""
    at(*NEW)
    recap = Path(at("--json", "new", "recap", "--list", "south-hants-it", "--title", "Backups").json["file"])
    before = recap.read_bytes()

    made = at("--json", "meeting", "announce", "backups").json

    assert recap.name == "2018-06-29-backups.md"
    assert Path(made["file"]).name == "2018-06-29-backups-2.md"
    assert recap.read_bytes() == before


def test_reminders_are_stopped_and_let_go(at, folder) -> None:
    """One or all, by the meeting's command; `show` says how each stands."""
    at(*NEW)
    people.add_member(sites.open_site(folder), "ada@example.org", "south-hants-it")
    file = at("--json", "meeting", "announce", "backups").json["file"]
    assert at("--yes", "send", file, "--allow", "placeholder", "--queue-only").code == 0

    assert at("outbox", "status").out.splitlines()[-1] == (
        "Next reminder: second-notice of backups, 2018-09-06 10:00, by serve or outbox run"
    )

    stopped = at("meeting", "announce", "backups", "--stop", "second-notice")

    assert stopped.out == "Stopped: second-notice\n"
    assert at("meeting", "show", "backups").out.splitlines()[-3:] == [
        "  second-notice  Thursday 6 September 2018, 10:00, stopped: to those who have not answered (1 as of now)",
        "  free-place     Tuesday 11 September 2018, 10:00, waiting: to those who said yes (0 as of now)",
        "  day-before     Wednesday 12 September 2018, 10:00, waiting: to those who said yes (0 as of now)",
    ]
    assert at("--json", "meeting", "announce", "backups", "--stop", "all").json == {
        "reminders": ["free-place", "day-before"]
    }
    assert len(at("--json", "meeting", "announce", "backups", "--resume", "all").json["reminders"]) == 3
    assert at("meeting", "announce", "backups", "--resume", "all").out == "Nothing was stopped.\n"
    assert at("meeting", "announce", "backups", "--stop", "x").code == 2
    assert at("meeting", "announce", "backups", "--stop", "all", "--resume", "all").code == 2
