"""South Hants 2018, by the real command, the real pages and a real SMTP server, on the clock of the story.

The first meeting from its announcement to its recap costs the chair six commands; the reminders and the answers cost
none. The recap carries the next date, and then that meeting moves by a week: everybody's calendar and every reminder
move with it.
"""

import json
import re
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.flows.group import Group, entry_of, founded, some, text_of

LIST, MEMBERS = "south-hants-it", 45
SEPTEMBER = """\
[next_meeting]
title = "Artificial intelligence, without the sales pitch"
starts = 2018-09-13T18:00:00
ends = 2018-09-13T19:00:00
place = "The Parsons, Southampton"
+++
"""


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """The list as it is shipped, its 45 members from the paper sheet, a server that takes every mail."""
    with founded(tmp_path, LIST, MEMBERS, "2018-05-28T08:00:00Z") as found:
        shutil.rmtree(found.editions)
        yield found


def test_from_the_announcement_to_the_meeting_that_moves(group: Group) -> None:
    """Six commands for the first round; then the September meeting moves by a week."""
    _first_meeting(group)
    assert len(group.typed) == 6, group.typed
    _september(group)
    status = json.loads(group.chair("2018-09-21T08:00:00Z", "--json", "outbox", "status"))
    assert {one["state"] for one in status["editions"]} == {"done"}
    for one in status["editions"]:
        assert one["audience"] == one["sent"] + one["failed"] + sum(one["skipped"].values())


def _first_meeting(group: Group) -> None:
    group.chair(
        "2018-05-29T07:00:00Z", "meeting", "new", "first", "--title", "Meeting 1: who we are", "--starts", "2018-06-28 18:00",
        "--ends", "20:00", "--place", "A room in Southampton",
    )  # fmt: skip
    said = group.chair("2018-05-29T07:05:00Z", "meeting", "announce", "first")
    assert (
        "second-notice  Thursday 21 June 2018, 10:00: to those who have not answered (45 as of now)" in said
    )
    plan = group.chair("2018-05-29T07:30:00Z", "send", group.draft())
    assert "day-before     Wednesday 27 June 2018, 10:00" in plan
    assert group.have("Meeting 1: who we are") == set(group.everybody())
    with group.serving("2018-05-30T18:00:00Z"):
        for who in sorted(some(1, 8)):
            group.answer(who, "yes", guests="1" if who == "m01" else "0")
        for who in sorted(some(9, 11)):
            group.answer(who, "maybe")
        for who in ("m12", "m13"):
            group.answer(who, "no")
        group.wait("Your answer", some(1, 13))

    with group.serving("2018-06-21T08:59:59Z"):  # 9:59:59 in Southampton
        group.wait("Second notice: Meeting 1", some(14, 45))
        for who in ("m14", "m15"):
            group.answer(who, "yes")
    with group.serving("2018-06-26T08:59:59Z"):
        group.wait("Still coming? Meeting 1", some(1, 8) | some(14, 15))
        group.wait("Will you come? Meeting 1", some(9, 11))
        group.answer("m02", "no")
    with group.serving("2018-06-27T08:59:59Z"):
        group.wait("Reminder: Meeting 1", some(3, 8) | some(14, 15) | {"m01"})
    reminder = group.mails("m03", "Reminder: ")[0]
    assert "Thursday 28 June 2018, 18:00 to 20:00" in text_of(reminder)
    assert reminder["Auto-Submitted"] == "auto-generated" and reminder["List-Unsubscribe"] is None
    assert "9 yes" in group.chair("2018-06-28T15:00:00Z", "meeting", "answers", "first")

    group.chair(
        "2018-06-29T07:00:00Z", "new", "recap", "--list", LIST, "--meeting", "first", "--title", "Meeting 1: a good debate"
    )  # fmt: skip
    recap = group.draft()
    text = recap.read_text(encoding="utf-8")
    assert "Thursday 28 June 2018" in text and "9 had said yes; with guests that is 10" in text
    head, _, body = text.removeprefix("+++\n").partition("+++\n")
    facts = "".join(line + "\n" for line in head.splitlines() if not line.startswith("#"))
    recap.write_text(f"+++\n{facts}{SEPTEMBER}{body}", encoding="utf-8")
    group.chair("2018-06-29T07:30:00Z", "send", recap)
    assert group.have("Meeting 1: a good debate") == set(group.everybody())


def _september(group: Group) -> None:
    slug = f"{LIST}-2018-09-13"
    with group.serving("2018-07-02T18:00:00Z"):
        for who in sorted(some(1, 5)):
            group.answer(who, "yes")
        group.answer("m06", "maybe")
    group.chair("2018-08-16T07:00:00Z", "meeting", "announce", slug)
    group.chair("2018-08-16T07:30:00Z", "send", group.draft())
    assert group.have("Artificial intelligence, without the sales pitch") == set(group.everybody())
    before = entry_of(group.mails("m20")[-1])

    said = group.chair(
        "2018-09-05T18:00:00Z", "meeting", "move", slug, "--starts", "2018-09-20 18:00", "--why", "The room is taken on the 13th.",
    )  # fmt: skip
    assert said
    moved = {who for who in group.everybody() if "2018-09-20" in _starts(group.mails(who)[-1])}
    assert moved == some(1, 6)
    after = entry_of(group.mails("m01")[-1])
    assert after["UID"] == before["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    with group.serving("2018-09-13T08:59:59Z"):
        group.wait("Second notice: Artificial", some(7, 45))
    second = " ".join(text_of(group.mails("m20")[-1]).split())
    assert "not Thursday 13 September 2018, 18:00 to 19:00" in second
    assert second.count("Thursday 13 September") == 1, "the text itself tells the new date"
    assert _starts(group.mails("m20")[-1]).startswith("2018-09-20")
    with group.serving("2018-09-19T08:59:59Z"):
        group.wait("Reminder: Artificial", some(1, 5))
        _scanner(group)
    assert "Thursday 20 September 2018, 18:00 to 19:00" in text_of(
        group.mails("m01", "Reminder: Artificial")[0]
    )
    assert group.have("Still coming? Artificial") == set(), "on the last day the reminder alone"


def _scanner(group: Group) -> None:
    """A scanner opens every link of every reminder, and nobody has answered anything by it."""
    kinds = ("Second notice", "Still coming?", "Will you come?", "Reminder")
    texts = [
        text_of(mail) for who in group.everybody() for kind in kinds for mail in group.mails(who, kind)[:1]
    ]
    links = {link for text in texts[::9] for link in re.findall(r"http://\S+", text)}
    before = group.chair("2018-09-19T10:00:00Z", "--json", "meeting", "answers", f"{LIST}-2018-09-13")
    for link in sorted(links):
        with urlopen(link) as page:
            assert page.status == 200
    after = group.chair("2018-09-19T10:00:00Z", "--json", "meeting", "answers", f"{LIST}-2018-09-13")
    assert len(links) > 20
    assert after == before


def _starts(mail: EmailMessage) -> str:
    """When the calendar entry of a mail begins; empty without one."""
    if not any(one.get_content_type() == "text/calendar" for one in mail.walk()):
        return ""
    return str(entry_of(mail)["DTSTART"].dt)
