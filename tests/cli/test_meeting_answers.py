"""newsletter meeting answers and capacity: the waiting list, and answers by mail that the chair settles."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import rsvps as rules
from newsletter.service import rsvps
from newsletter.store import replies
from tests import people
from tests.service import coming

NOW = "2018-06-29T08:00:00Z"


@pytest.fixture
def at(folder: Path, call, monkeypatch):
    """The command at one site, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", NOW)
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    return call


@pytest.fixture
def asked(at, folder: Path) -> Path:
    """Ada and Ben are invited, each wrote a mail in words of their own, and the meeting holds one."""
    opened = sites.open_site(folder)
    ada = people.add_member(opened, "ada@example.org", "south-hants-it", name="Ada")
    ben = people.add_member(opened, "ben@example.org", "south-hants-it", name="Ben")
    coming.invite(opened)
    with opened.store.write():
        for digest, member, words in ((b"1", ada, "Count me in!"), (b"2", ben, "I'd love to come")):
            replies.add(
                opened.store,
                replies.Reply(digest, NOW, "words", "proposed", "yes", member, 1, 1, 0, "", words),
            )
    opened.close()
    assert at("meeting", "capacity", coming.SLUG, "1").code == 0
    return folder


def test_a_script_settles_by_number(at, asked: Path) -> None:
    """Accepted counts and goes through the waiting list; twice is said; the words are gone; JSON stays one object."""
    before = at("meeting", "answers", coming.SLUG)
    assert '  by mail, not counted: 1  yes  Ada <ada@example.org> "Count me in!"' in before.out.splitlines()
    assert f"newsletter meeting answers {coming.SLUG} --accept ID --drop ID" in before.out

    said = at("meeting", "answers", coming.SLUG, "--accept", "1", "--accept", "2")

    assert said.err.splitlines() == [
        "1 Ada <ada@example.org>: counts as yes",
        "2 Ben <ben@example.org>: counts as yes and waits for a place: the meeting is full",
    ]
    assert said.out.splitlines()[1:] == [
        "  1 yes (with guests 1 people of 1), 0 maybe, 0 no; 0 for drinks downstairs",
        "  0 offered a place (with guests 0 people), 1 waiting (with guests 1 people)",
        "  yes    Ada <ada@example.org>",
        "  waiting 1  Ben <ben@example.org>",
    ]
    at("meeting", "capacity", coming.SLUG, "2")
    assert (
        "  offered until Saturday 30 June 2018, 9:00  Ben <ben@example.org>"
        in at("meeting", "answers", coming.SLUG).out.splitlines()
    )
    again = at("--json", "meeting", "answers", coming.SLUG, "--drop", "1")
    assert "was settled before" in again.err and again.json["by_mail"] == []


def test_what_is_dropped_does_not_count(at, asked: Path) -> None:
    """And is not asked for again."""
    said = at("--json", "meeting", "answers", coming.SLUG, "--drop", "1", "--drop", "2")

    assert (said.json["yes"], said.json["by_mail"]) == (0, [])


def test_a_number_of_another_meeting_is_refused(at, asked: Path) -> None:
    """It names where to look; nothing is settled."""
    said = at("meeting", "answers", coming.SLUG, "--accept", "1", "--accept", "99")

    assert said.code == 1 and "there is no proposed answer 99" in said.err


def test_what_was_said_before_stays_beside_the_accepted_answer(at, asked: Path) -> None:
    """Guests and needs were told on the page; the mail only changes the answer."""
    opened = sites.open_site(asked)
    rsvps.answer(opened, coming.token(opened, 1, 1), rules.Rsvp("maybe", 2, "yes", "", "a ramp"))
    opened.close()
    at("meeting", "capacity", coming.SLUG, "none")

    at("meeting", "answers", coming.SLUG, "--accept", "1")

    (found,) = at("--json", "meeting", "answers", coming.SLUG).json["answers"]
    assert [found[key] for key in ("answer", "guests", "drinks", "needs", "place")] == [
        "yes", 2, "yes", "a ramp", "in",
    ]  # fmt: skip


def press(terminal: int, key: bytes) -> None:
    """Press a key once the program waits for one: what is typed before is thrown away."""
    deadline = time.monotonic() + 20
    while termios.tcgetattr(terminal)[3] & termios.ICANON:
        assert time.monotonic() < deadline, "it never asked"
        time.sleep(0.01)
    os.write(terminal, key)


def until(terminal: int, words: bytes) -> bytes:
    """Read a terminal until it has shown these words."""
    shown = b""
    while words not in shown:
        assert select.select([terminal], [], [], 20)[0], shown
        shown += os.read(terminal, 1024)
    return shown


def test_at_a_terminal_one_key_settles_each(asked: Path) -> None:
    """a accepts, d drops; on a real terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "--site", str(asked), "meeting", "answers", coming.SLUG],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "NEWSLETTER_NOW": NOW},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    for key, answer in ((b"a", b"counts as yes"), (b"d", b"was dropped")):
        press(ours, key)
        shown += until(ours, answer)
    os.close(ours)

    assert process.wait(20) == 0
    assert b'Ada <ada@example.org>: yes? "Count me in!"' in shown
    assert (
        b"1 Ada <ada@example.org>: counts as yes" in shown
        and b"2 Ben <ben@example.org>: was dropped" in shown
    )


@pytest.mark.parametrize("number", ["0", "-3", "many", "²", "100001"])
def test_a_capacity_that_cannot_be(at, asked: Path, number: str) -> None:
    """One clear line, and the limit stays."""
    said = at("meeting", "capacity", "--", coming.SLUG, number)

    assert said.code == 2 and ("number" in said.err or "cannot hold" in said.err)
    assert at("--json", "meeting", "show", coming.SLUG).json["capacity"] == 1


def test_a_room_that_is_too_small_is_said(at, asked: Path) -> None:
    """Two come, one fits: nobody is sent away, and the chair hears it."""
    at("meeting", "capacity", coming.SLUG, "2")
    at("meeting", "answers", coming.SLUG, "--accept", "1", "--accept", "2")

    said = at("meeting", "capacity", coming.SLUG, "1")

    assert said.out.splitlines() == [
        f"{coming.SLUG} holds 1 people; 2 have a place, 0 wait",
        "  Nobody is sent away: there is no new place until enough were given back.",
    ]


def test_a_meeting_is_made_with_its_capacity(at) -> None:
    """From the first day."""
    words = ["meeting", "new", "small", "--title", "T", "--starts", "2018-09-13 18:00", "--capacity"]

    assert at("--json", *words, "30").json["capacity"] == 30
    assert "  holds 30 people" in at("meeting", "show", "small").out
    assert at(*words, "0").code == 2
