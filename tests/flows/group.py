"""A group in a story: the real command on the clock of the story, the real server, and a mailbox for each member."""

import contextlib
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

from newsletter import shipped
from newsletter.mail import catcher

TOML = """\
[site]
name = "{slug}"
base_url = "http://127.0.0.1:{web}"
time_zone = "Europe/London"
postal_address = "c/o The Chair, PO Box 100"
contact = "chair@{slug}.example.org"
country = "GB"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[receive]
bounce_address = "bounces@{slug}.example.org"
kind = "maildir"
path = "returns"
"""


@dataclass
class Group:
    """The group's site, what its members have got, and what the chair had to type."""

    root: Path
    slug: str
    members: int
    url: str
    taken: catcher.Catcher
    typed: list[str] = field(default_factory=list)
    read: list[tuple[str, str, EmailMessage]] = field(default_factory=list)

    @property
    def editions(self) -> Path:
        return self.root / "lists" / self.slug / "editions"

    def everybody(self) -> list[str]:
        return sorted(some(1, self.members))

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
        found = [who for who in self.everybody() for _ in self.mails(who, subject)]
        assert len(found) == len(set(found))
        return set(found)

    def wait(self, subject: str, who: set[str]) -> None:
        """Wait until all of them have got it; that nobody else has is looked at a moment later."""
        until(lambda: self.have(subject) >= who, f"{subject}: {sorted(self.have(subject) ^ who)}")
        time.sleep(0.7)
        assert self.have(subject) == who

    def draft(self) -> Path:
        """The edition that was begun last, with what only the chair knows filled in."""
        file = max((self.editions).glob("*.md"), key=lambda one: one.stat().st_mtime_ns)
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


@contextlib.contextmanager
def founded(folder: Path, slug: str, members: int, now: str) -> Iterator[Group]:
    """A site with a list as it is shipped, its members from a paper sheet of that day, and a server that takes every mail."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    root = folder / "site"
    shutil.copytree(shipped.folder("lists") / slug, root / "lists" / slug)
    for name in ("new", "cur", "tmp"):
        (root / "returns" / name).mkdir(parents=True)
    with catcher.catching(folder / "caught") as taken:
        toml = TOML.format(slug=slug, web=port, smtp=taken.port)
        (root / "newsletter.toml").write_text(toml, encoding="utf-8")
        found = Group(root, slug, members, f"http://127.0.0.1:{port}", taken)
        lines = [f"{address(who)},Pat {who.upper()}" for who in found.everybody()]
        (folder / "sheet.csv").write_text("email,name\n" + "\n".join(lines) + "\n", encoding="utf-8")
        found.chair(
            now, "member", "import", folder / "sheet.csv", "--list", slug, "--source", "paper sheet",
            "--date", now[:10], "--statement", "signed at the table, sheet kept", "--apply",
        )  # fmt: skip
        found.typed.clear()
        yield found
