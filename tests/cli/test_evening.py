"""newsletter desk, booth and meeting attended, as an organiser calls them."""

from pathlib import Path

import pytest

from tests.cli.test_meetings import NEW


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    return call


def test_who_came(at) -> None:
    """Nobody yet, and what to do; then a name and a count; the same numbers as JSON; a wrong address says so."""
    at(*NEW)
    assert "Nobody is written down yet" in at("meeting", "attended", "backups").out

    said = at("meeting", "attended", "backups", "Walter Walk-in", "--count", 9)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Backups that restore, Thursday 13 September 2018, 18:00 to 19:00",
        "  9 people (9 heads counted): 1 ticked, 1 of them walk-ins; of 0 who had said yes, 0 came",
        "  Walter Walk-in",
    ]
    told = at("--json", "meeting", "attended", "backups").json
    assert (told["people"], told["came"], told["names"]) == (9, 1, ["Walter Walk-in"])
    wrong = at("meeting", "attended", "backups", "x@example.org")
    assert wrong.code == 1 and "is not known to this site" in wrong.err


def test_the_desk(at) -> None:
    """A link for an organiser and for nobody else; who is signed in; everybody out."""
    said = at("desk", "link", "chair@example.org")
    assert said.out.startswith("http://127.0.0.1:8000/desk/") and said.code == 0
    wrong = at("desk", "link", "eve@example.org")
    assert wrong.code == 1 and "is no organiser of this site" in wrong.err and "[[organiser]]" in wrong.err
    assert at("desk", "show").out == "Nobody is signed in.\n"
    assert at("--json", "desk", "close").json == {"ended": 0}


def test_a_booth_s_link(at) -> None:
    """A link for a list; taken back; for a list that is not there, or a site without pages, why not."""
    said = at("booth", "link", "south-hants-it")
    assert said.code == 0 and said.out.startswith("http://127.0.0.1:8000/booth/south-hants-it/")
    assert "Good until 2018-06-30 09:00. " in said.err
    assert at("--json", "booth", "link", "south-hants-it", "--back").json == {"ended": 1}
    assert "there is no list 'nowhere'" in at("booth", "link", "nowhere").err


def test_a_door_s_link(at) -> None:
    """A link for a meeting; taken back; a meeting that is not there."""
    at(*NEW)
    said = at("meeting", "door", "backups")
    assert said.code == 0 and said.out.startswith("http://127.0.0.1:8000/door/backups/")
    assert at("--json", "meeting", "door", "backups", "--back").json == {"ended": 1}
    assert "no meeting 'nowhere'" in at("meeting", "door", "nowhere").err


def test_what_is_printed(at, tmp_path) -> None:
    """Poster, sheet and names as files; never over one that is there."""
    at(*NEW)
    for words in (("booth", "poster", "south-hants-it"), ("booth", "sheet", "south-hants-it", "--rows", 5),
                  ("meeting", "door", "backups", "--print")):  # fmt: skip
        said = at("--json", *words, "--output", tmp_path)
        assert said.code == 0 and "<html" in Path(said.json["file"]).read_text("utf-8")
    again = at("booth", "poster", "south-hants-it", "--output", tmp_path)
    assert again.code == 2 and "is there already" in again.err
