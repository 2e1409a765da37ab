"""newsletter list report: as text, JSON and a page."""

import stat

import pytest

from newsletter import site as sites
from tests import people


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site with one member, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    opened = sites.open_site(folder)
    people.add_member(opened, "ada@example.org", "south-hants-it", name="Ada")
    opened.close()
    return call


def test_the_text(at) -> None:
    """One line each: how many, how they came, and the head of the chain."""
    said = at("list", "report", "south-hants-it")

    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "south-hants-it: South Hants IT, 2017-06-30 to 2018-06-29"
    assert "  on the list: 1" in lines and "  +1 in this time: 1 joined, 0 left" in lines
    assert "  where from: 1 hand" in lines and "  2018-06      +1     -0" in lines
    assert lines[-1].startswith("  ledger: 1 events, head ")


def test_the_page(at, tmp_path) -> None:
    """A page that stands alone, for its owner's eyes; the answer names the file."""
    file = tmp_path / "report.html"

    said = at("--json", "list", "report", "south-hants-it", "--output", str(file), "--since", "2018-06-01")

    assert said.json["file"] == str(file) and said.json["first"] == "2018-06-29"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "<svg" in file.read_text("utf-8") and "<script" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing"], "there is no list 'nothing'"),
        (["south-hants-it", "--since", "2018-06-20", "--until", "2018-06-10"], "after"),
        (["south-hants-it", "--since", "June"], "June"),
        (["south-hants-it", "--output", "/nowhere/report.html"], "/nowhere/report.html"),
    ],
)
def test_what_cannot_be_is_said(at, words: list[str], says: str) -> None:
    """One clear line."""
    said = at("list", "report", *words)

    assert said.code in (1, 2) and says in said.err
