"""newsletter edition: what it says before it acts, what it asks, and what its answer holds."""

import pytest

from newsletter import site as sites
from newsletter.mail import catcher
from tests import conftest, people
from tests.service import outgoing
from tests.service.test_amending import PHOTOS, SLIDES, SLUG, TEXT


@pytest.fixture
def edition(tmp_path, call, monkeypatch):
    """An edition with two promised links, sent to one member; yields (path, command, caught)."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    with catcher.catching(tmp_path / "caught") as caught:
        root = conftest.write_site(tmp_path / "site", toml=outgoing.relay_toml(caught.port))
        monkeypatch.setenv("NEWSLETTER_SITE", str(root))
        opened = sites.open_site(root)
        people.add_member(opened, "ada@example.org", SLUG)
        path = outgoing.edition(opened, TEXT.replace('meeting = "first"\n', ""))
        opened.close()
        assert call("--yes", "send", path).code == 0
        yield path, call, caught


def fill(path, *changes) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def test_the_plan_comes_first(edition) -> None:
    """A dry run says what would happen; without a terminal and a yes nothing does."""
    path, call, _ = edition
    fill(path, ("later:2018-07-10", SLIDES))

    dry = call("edition", "amend", path, "--dry-run")
    asked = call("edition", "amend", path)

    assert dry.out.splitlines() == [
        "south-hants-it/2018-06-29-recap, which 1 got:",
        f"  slides is there now: {SLIDES}",
        "  photos is still owed",
        "  the follow-up waits for: photos",
        "Nothing was changed (--dry-run).",
    ]
    assert (asked.code, "add --yes" in asked.err) == (1, True)
    assert call("--json", "edition", "show", path).json["changed"] is True


def test_amend_and_send_in_one_go(edition) -> None:
    """--send shows the follow-up's plan and sends it; `show` tells all of it afterwards."""
    path, call, caught = edition
    fill(path, ("later:2018-07-10", SLIDES), ("later:)", f"{PHOTOS})"))

    done = call("--yes", "edition", "amend", path, "--send")

    assert done.code == 0, done.err
    assert "Subject    The links we promised: slides and photos" in done.out
    assert "south-hants-it/2018-06-29-links-recap: done" in done.out
    assert len(caught.caught) == 2
    assert call("edition", "show", path).out.splitlines() == [
        "south-hants-it/2018-06-29-recap: done",
        "  Meeting 1: a small room",
        "  sent 2018-06-29, 1 got it",
        f"  slides: is there: {SLIDES}",
        f"  photos: is there: {PHOTOS}",
        "  amended 2018-06-29 by chair@example.org: promised links",
        "  follow-up: south-hants-it/2018-06-29-links-recap",
        "  to read on south-hants-it: for its members, by the link in their mails",
    ]


def test_a_correction_shows_its_lines(edition) -> None:
    """What differs is shown; without a note one clear line says what to do."""
    path, call, _ = edition
    fill(path, ("we met", "we all met"))

    refused = call("--yes", "edition", "amend", path)
    done = call("--yes", "edition", "amend", path, "--note", "all of us")

    assert refused.code == 1
    assert '--note "..."' in refused.err
    assert "    -we met. What follows:" in done.out
    assert call("edition", "amend", path, "--note", "x").err.startswith(
        "newsletter: 2018-06-29-recap.md is as it was"
    )


def test_a_file_that_was_never_sent(edition) -> None:
    """`show` says that it is a draft, `amend` what to do with it."""
    path, call, _ = edition
    other = path.with_name("2018-07-01-letter.md")
    other.write_text(path.read_text("utf-8"), "utf-8")

    assert "draft" in call("edition", "show", other).out
    assert "was not sent yet" in call("edition", "amend", other).err
