"""Links that are still owed: `check`, `list report` and a mail to the chair say so, and not too often."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.service import amending, checking, list_reports, promises, queueing
from tests import conftest, people
from tests.peers import smtp_peer
from tests.service import outgoing
from tests.service.test_amending import NAME, PHOTOS, SLIDES, SLUG, TEXT


@pytest.fixture
def group(tmp_path: Path, ticking: conftest.FixedClock):
    """A recap with two promised links went out on 29 June 2018, one for 10 July; yields (site, peer)."""
    with smtp_peer.running() as peer:
        toml = conftest.NEWSLETTER_TOML.replace("port = 2525", f"port = {peer.port}")
        opened = sites.open_site(conftest.write_site(tmp_path / "site", toml=toml), running=ticking)
        people.add_member(opened, "ada@example.org", SLUG)
        queueing.queue(
            opened, outgoing.edition(opened, TEXT.replace('meeting = "first"\n', "")), queueing.Order()
        )
        outgoing.send(opened)
        yield opened, peer
        opened.close()


def at(ticking: conftest.FixedClock, day: int, month: int = 7) -> None:
    ticking.moment = datetime(2018, month, day, 9, tzinfo=UTC)


def warned(opened: sites.Site) -> list[str]:
    return [one.text.split("(")[1].split(")")[0] for one in checking.check(opened) if one.rule == "promise"]


def test_what_is_owed(group, ticking) -> None:
    """With its date and the days that are left; one without a date counts as due two weeks after the send."""
    opened, _ = group
    at(ticking, 9)

    assert list_reports.of_list(opened, SLUG).told()["promises"] == [
        {"edition": NAME, "words": "slides", "due": "2018-07-10", "days_left": 1},
        {"edition": NAME, "words": "photos", "due": "", "days_left": 4},
    ]
    assert warned(opened) == []


def test_check_warns_when_the_day_has_come(group, ticking) -> None:
    """Due, then overdue; nothing once it is there."""
    opened, _ = group
    at(ticking, 10)
    assert warned(opened) == ["due on 2018-07-10"]
    at(ticking, 13)
    assert warned(opened) == ["overdue since 2018-07-10", "promised on 2018-06-29, without a date"]

    path = outgoing.edition(opened, opened.store.value("SELECT source FROM edition").replace("later:2018-07-10", SLIDES).replace("later:", PHOTOS))  # fmt: skip
    amending.amend(opened, path)

    assert warned(opened) == []
    assert promises.owed(opened) == []


def test_the_chair_is_reminded_once_a_week(group, ticking) -> None:
    """On the day itself, naming the link and the command; not again before a week is over; never of what is not due."""
    opened, peer = group
    at(ticking, 9)
    assert promises.nag(opened) == 0
    at(ticking, 10)
    assert promises.nag(opened) == 1
    assert promises.nag(opened) == 0
    at(ticking, 16)
    assert promises.nag(opened) == 0
    at(ticking, 18)
    assert promises.nag(opened) == 2

    mail = email.message_from_bytes(peer.mails[1].content, policy=email.policy.default)
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert peer.mails[1].recipient == "chair@example.org"
    assert mail["Subject"] == "Links are still owed: South Hants IT"
    assert "“slides” in “Meeting 1: a small room”: promised for Tuesday 10 July 2018" in text
    assert "newsletter edition amend lists/south-hants-it/editions/2018-06-29-recap.md" in text
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_relay_that_does_not_answer(group, ticking) -> None:
    """It is noted and tried again; nothing counts as told."""
    opened, _ = group
    at(ticking, 10)
    notes: list[str] = []
    opened_down = sites.open_site(opened.root, running=ticking)
    relay = opened_down.config.relays[0]
    object.__setattr__(relay, "port", 1)

    assert promises.nag(opened_down, notes.append) == 0
    assert "tried again later" in notes[0]
    opened_down.close()
    assert promises.nag(opened) == 1


def test_the_clock_looks_once_an_hour(group, ticking) -> None:
    """`serve` asks twice a second and costs nothing for it."""
    opened, _ = group
    at(ticking, 10)

    first = promises.nag_if_due(opened, print)
    ticking.moment += timedelta(days=8, minutes=-1)
    assert (first, promises.nag_if_due(opened, print)) == (1, 2)
    ticking.moment += timedelta(minutes=59)
    assert promises.nag_if_due(opened, print) == 0
