"""IT Pro Toronto 2008, by the real command, the real pages and a real SMTP server, on the clock of the story.

The launch recap wins the first meeting; its links come ten days later, into the archive and by one more mail. The first
meeting is full: who comes later waits, and each place that is given back goes to whoever waited longest.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.flows.group import Group, address, entry_of, founded, some, text_of, until

LIST, MEMBERS, CAPACITY = "it-pro-toronto", 30, 12
MEETING = f"{LIST}-2008-03-18"
RECAP = "You met us at the launch"
SLIDES, NOTES = "https://example.org/launch/slides", "https://example.org/launch/careers"


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """The list and its launch recap as they are shipped, thirty people from the booth's sheet."""
    with founded(tmp_path, LIST, MEMBERS, "2008-02-28T13:00:00Z") as found:
        yield found


def answers(group: Group, now: str) -> dict[str, object]:
    """What the chair is told of the first meeting."""
    told: dict[str, object] = json.loads(group.chair(now, "--json", "meeting", "answers", MEETING))
    return told


def standing(group: Group, now: str) -> dict[str, list[str]]:
    """Who stands where: `in` by name, `waiting` in the order of the queue."""
    rows: list[dict[str, str]] = answers(group, now)["answers"]  # type: ignore[assignment]
    rows.sort(key=lambda one: (one["position"] or 0, one["address"]))
    places = ("in", "offered", "waiting", "lapsed")
    return {
        place: [one["address"].partition("@")[0] for one in rows if one["place"] == place] for place in places
    }


def test_from_the_launch_to_a_first_meeting_that_is_full(group: Group) -> None:
    """The recap, the full room, the links ten days later, and the queue that moves three times."""
    recap = group.editions / "2008-02-28-launch-day.md"
    _launch(group, recap)
    _full(group)
    _links(group, recap)
    _places_come_back(group)
    status = json.loads(group.chair("2008-03-19T12:00:00Z", "--json", "outbox", "status"))
    for one in status["editions"]:
        assert one["audience"] == one["sent"] + one["failed"] + sum(one["skipped"].values())


def _launch(group: Group, recap: Path) -> None:
    """One send: everybody has the recap with the next meeting; the chair says how many chairs there are."""
    group.chair("2008-02-28T14:00:00Z", "send", recap)
    assert group.have(RECAP) == set(group.everybody())
    mail = group.mails("m01", RECAP)[0]
    assert "Tuesday, March 18, 2008, 6:00 pm to 9:00 pm" in " ".join(
        text_of(mail).replace("\xa0", " ").split()
    )
    # Eastern Standard Time when it is sent, daylight time when they meet: the clocks change on March 9.
    assert entry_of(mail)["DTSTART"].dt.isoformat() == "2008-03-18T22:00:00+00:00"
    said = group.chair("2008-02-28T14:10:00Z", "meeting", "capacity", MEETING, CAPACITY)
    assert said.startswith(f"{MEETING} holds {CAPACITY} people; 0 have a place")


def _full(group: Group) -> None:
    """Eleven people are ten answers and a guest; the next two get the last place and the first turn."""
    with group.serving("2008-02-29T23:00:00Z"):
        group.answer("m01", "yes", guests="1")
        for who in sorted(some(2, 11)):
            group.answer(who, "yes", needs="no nuts" if who == "m02" else "")
        for who in ("m12", "m13", "m14"):
            group.answer(who, "yes")
        group.answer("m15", "maybe")
        group.wait("You are on the waiting list", {"m12", "m13", "m14"})
        group.wait("Your answer", some(1, 11) | {"m15"})
    assert "Your turn in the queue: 3." in text_of(group.mails("m14", "You are on the waiting list")[0])
    assert "you have a place" in text_of(group.mails("m01", "Your answer")[0])
    told = answers(group, "2008-03-01T14:00:00Z")
    assert [told[key] for key in ("yes", "people", "waiting", "maybe")] == [11, 12, 3, 1]
    assert "needs: no nuts" in group.chair("2008-03-01T14:00:00Z", "meeting", "answers", MEETING)


def _links(group: Group, recap: Path) -> None:
    """Ten days later the two links are there: in the archive's copy, and in one more mail to those who got the recap."""
    text = recap.read_text(encoding="utf-8")
    assert text.count("(later:)") == 2
    recap.write_text(
        text.replace("(later:)", f"({SLIDES})", 1).replace("(later:)", f"({NOTES})", 1), encoding="utf-8"
    )
    said = group.chair("2008-03-09T15:00:00Z", "edition", "amend", recap)
    found = re.search(r"newsletter send (\S+\.md)", said)
    assert found is not None, said
    follow_up = group.root / found[1]
    subject = re.search(r'^subject = "(.*)"', follow_up.read_text(encoding="utf-8"), re.M)
    assert subject is not None
    group.chair("2008-03-09T15:10:00Z", "send", follow_up)

    assert group.have(subject[1]) == set(group.everybody())
    body = text_of(group.mails("m07", subject[1])[0])
    assert SLIDES in body and NOTES in body
    assert SLIDES not in text_of(group.mails("m07", RECAP)[0]), "what was sent stays"
    with group.serving("2008-03-09T16:00:00Z"), urlopen(f"{group.url}/archive/{LIST}/{recap.stem}") as page:
        shown = " ".join(page.read().decode().replace("\xa0", " ").split())
    assert SLIDES in shown and NOTES in shown and "March 9, 2008" in shown
    assert "m01" not in shown, "nobody's values are in the archive"


def _places_come_back(group: Group) -> None:
    """By the page: the first in the queue takes it. By mail: the second lets it pass, and the third takes it."""
    with group.serving("2008-03-14T14:00:00Z"):  # Friday, ten in the morning
        group.answer("m03", "no")
        group.wait("A place is free for you", {"m12"})
        offer = " ".join(
            text_of(group.mails("m12", "A place is free for you")[0]).replace("\xa0", " ").split()
        )
        # A day, since the meeting is more than four days away.
        assert "We keep it until Saturday, March 15, 2008, 10:00 am." in offer
        group.answer("m12", "yes")
        until(lambda: bool(group.mails("m12", "Your answer")), "the place is not told")
    assert "you have a place" in text_of(group.mails("m12", "Your answer")[0])

    recap = group.mails("m05", RECAP)[0]
    (group.root / "returns" / "new" / "1").write_bytes(_sorry("m05", recap["Message-ID"]))
    group.chair("2008-03-16T14:00:00Z", "receive")
    proposed: list[dict[str, object]] = answers(group, "2008-03-16T14:05:00Z")["by_mail"]  # type: ignore[assignment]
    assert [(one["address"], one["answer"]) for one in proposed] == [(address("m05"), "no")]
    assert standing(group, "2008-03-16T14:05:00Z")["waiting"] == ["m13", "m14"], "a proposal does not count"
    group.chair("2008-03-16T14:10:00Z", "meeting", "answers", MEETING, "--accept", proposed[0]["id"])
    group.chair("2008-03-16T14:11:00Z", "outbox", "run", "--no-wait")
    offer = " ".join(text_of(group.mails("m13", "A place is free for you")[0]).replace("\xa0", " ").split())
    # A quarter of the 56 hours that are left is midnight: nobody loses a place while asleep.
    assert "We keep it until Monday, March 17, 2008, 9:00 am." in offer

    with group.serving("2008-03-17T13:00:01Z"):  # one second after nine
        group.wait("A place is free for you", {"m12", "m13", "m14"})
        group.answer("m14", "yes")
        group.answer("m13", "yes")  # too late: waits anew, and is told so
        until(lambda: len(group.mails("m13", "You are on the waiting list")) == 2, "m13 is not told")
    found = standing(group, "2008-03-17T15:00:00Z")
    assert found["in"] == sorted(some(1, 14) - {"m03", "m05", "m13"})
    assert (found["offered"], found["waiting"], found["lapsed"]) == ([], ["m13"], [])
    assert answers(group, "2008-03-17T15:00:00Z")["people"] == CAPACITY


def _sorry(who: str, answered: str) -> bytes:
    """A mail in plain words to the address that answers go to."""
    lines = [
        f"From: {address(who)}", "To: IT Pro Toronto <bounces@it-pro-toronto.example.org>", "Subject: Re: our first meeting",
        f"In-Reply-To: {answered}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "",
        "Sorry, I can't make it.", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()
