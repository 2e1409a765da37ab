"""South Hants 2018, by the real command, the real pages and a real SMTP server, on the clock of the story.

The first meeting from its announcement to its recap costs the chair six commands; the reminders and the answers cost
none. The recap carries the next date, and then that meeting moves by a week: everybody's calendar and every reminder
move with it.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import icalendar
import pytest

from newsletter import shipped
from newsletter.mail import catcher

LIST, MEMBERS = "south-hants-it", 45
TOML = """\
[site]
name = "South Hants IT group"
base_url = "http://127.0.0.1:{web}"
time_zone = "Europe/London"
postal_address = "c/o The Chair, PO Box 100, Southampton"
contact = "chair@south-hants-it.example.org"
country = "GB"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[receive]
bounce_address = "bounces@south-hants-it.example.org"
kind = "maildir"
path = "returns"
"""
SEPTEMBER = """\
[next_meeting]
title = "Artificial intelligence, without the sales pitch"
starts = 2018-09-13T18:00:00
ends = 2018-09-13T19:00:00
place = "The Parsons, Southampton"
+++
"""


@dataclass
class Group:
    """The group's site, what its members have got, and what the chair had to type."""

    root: Path
    url: str
    taken: catcher.Catcher
    typed: list[str] = field(default_factory=list)
    read: list[tuple[str, str, EmailMessage]] = field(default_factory=list)

    def chair(self, now: str, *words: object) -> str:
        """The chair types a command at a time of the story."""
        self.typed.append(" ".join(str(word) for word in words))
        done = subprocess.run(
            [sys.executable, "-m", "newsletter", "--site", str(self.root), "--yes", *map(str, words)],
            capture_output=True, text=True, check=False, env={**os.environ, "NEWSLETTER_NOW": now},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextlib.contextmanager
    def serving(self, now: str) -> Iterator[None]:
        """The server runs from a time of the story on, as it has all year."""
        process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "--site", str(self.root), "serve", "--port", self.url.rpartition(":")[2]],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NEWSLETTER_NOW": now},
        )  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline()
        try:
            assert first.startswith("serving"), first + process.stdout.read()
            yield
        finally:
            process.terminate()
            out, _ = process.communicate(timeout=15)
        assert process.returncode == 0, out

    def answer(self, who: str, given: str, **more: str) -> None:
        """A member presses a button of their newest mail about a meeting, and then the button of the page."""
        newest = [mail for mail in self.mails(who) if "/rsvp/" in text_of(mail)][-1]
        link = re.search(r"http://\S+/rsvp/[a-z2-7]{40}", text_of(newest))
        assert link is not None
        fields = {f"answer.{given}": "yes", "guests": "0", **more}
        with urlopen(link[0], urlencode(fields).encode()) as page:
            assert page.status == 200

    def mails(self, who: str, subject: str = "") -> list[EmailMessage]:
        """A member's mails so far whose subject begins like this, oldest first."""
        for one in self.taken.caught[len(self.read) :]:
            mail = message_from_bytes(one.file.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.read.append((one.recipient, str(mail["Subject"]), mail))
        return [mail for to, said, mail in self.read if to == address(who) and said.startswith(subject)]

    def have(self, subject: str) -> set[str]:
        """Who has got a mail whose subject begins like this; nobody has got it twice."""
        found = [who for who in everybody() for _ in self.mails(who, subject)]
        assert len(found) == len(set(found))
        return set(found)

    def wait(self, subject: str, who: set[str]) -> None:
        """Wait until all of them have got it; that nobody else has is looked at a moment later."""
        until(lambda: self.have(subject) >= who, f"{subject}: {sorted(self.have(subject) ^ who)}")
        time.sleep(0.7)
        assert self.have(subject) == who

    def draft(self) -> Path:
        """The edition that was begun last, with what only the chair knows filled in."""
        file = max(
            (self.root / "lists" / LIST / "editions").glob("*.md"), key=lambda one: one.stat().st_mtime_ns
        )
        text = re.sub(
            r"\[\[.*?\]\]",
            "It was an evening of good questions.",
            file.read_text(encoding="utf-8"),
            flags=re.S,
        )
        text = re.sub(
            r'preheader = "".*', 'preheader = "What we talked about, and the next date in September"', text
        )
        file.write_text(text, encoding="utf-8")
        return file


def everybody() -> list[str]:
    return [f"m{number:02d}" for number in range(1, MEMBERS + 1)]


def some(first: int, last: int) -> set[str]:
    """Members by their numbers."""
    return {f"m{number:02d}" for number in range(first, last + 1)}


def address(who: str) -> str:
    return f"{who}@example.net"


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def entry_of(mail: EmailMessage) -> icalendar.Event:
    """The meeting as the mail gives it to a calendar."""
    part = next(one for one in mail.walk() if one.get_content_type() == "text/calendar")
    (event,) = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return event


def until(what: Callable[[], bool], why: str) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, why
        time.sleep(0.05)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """The list as it is shipped, its 45 members from the paper sheet, a server that takes every mail."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    root = tmp_path / "site"
    shutil.copytree(shipped.folder("lists") / LIST, root / "lists" / LIST)
    shutil.rmtree(root / "lists" / LIST / "editions")
    for name in ("new", "cur", "tmp"):
        (root / "returns" / name).mkdir(parents=True)
    lines = [f"{address(who)},Pat {who.upper()}" for who in everybody()]
    (tmp_path / "sheet.csv").write_text("email,name\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with catcher.catching(tmp_path / "caught") as taken:
        (root / "newsletter.toml").write_text(TOML.format(web=port, smtp=taken.port), encoding="utf-8")
        found = Group(root, f"http://127.0.0.1:{port}", taken)
        found.chair(
            "2018-05-28T08:00:00Z", "member", "import", tmp_path / "sheet.csv", "--list", LIST, "--source", "paper sheet",
            "--date", "2018-05-20", "--statement", "signed at the chair's table, sheet kept", "--apply",
        )  # fmt: skip
        found.typed.clear()
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
    assert group.have("Meeting 1: who we are") == set(everybody())
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
    assert group.have("Meeting 1: a good debate") == set(everybody())


def _september(group: Group) -> None:
    slug = f"{LIST}-2018-09-13"
    with group.serving("2018-07-02T18:00:00Z"):
        for who in sorted(some(1, 5)):
            group.answer(who, "yes")
        group.answer("m06", "maybe")
    group.chair("2018-08-16T07:00:00Z", "meeting", "announce", slug)
    group.chair("2018-08-16T07:30:00Z", "send", group.draft())
    assert group.have("Artificial intelligence, without the sales pitch") == set(everybody())
    before = entry_of(group.mails("m20")[-1])

    said = group.chair(
        "2018-09-05T18:00:00Z", "meeting", "move", slug, "--starts", "2018-09-20 18:00", "--why", "The room is taken on the 13th.",
    )  # fmt: skip
    assert said
    moved = {who for who in everybody() if "2018-09-20" in _starts(group.mails(who)[-1])}
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
    texts = [text_of(mail) for who in everybody() for kind in kinds for mail in group.mails(who, kind)[:1]]
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
