"""Leaving by the link of a real mail, through the real commands: at once, for queued mail too, and nobody else leaves."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import clock
from newsletter.mail import catcher
from newsletter.web import serving
from tests import conftest
from tests.people import add_member

EDITION = """+++
kind = "recap"
subject = "Meeting {number}"
preheader = "What we talked about, number {number}"
+++
Dear {{{{ first_name | "friend" }}}},

It was good to see you, for the {number}. time.
"""


@contextmanager
def site_with_three(tmp_path: Path, catcher_port: int, web_port: int) -> Iterator[Path]:
    """A site with three members, two editions, and pages at a port."""
    toml = conftest.NEWSLETTER_TOML.replace("2525", str(catcher_port)).replace(":8000", f":{web_port}")
    root = conftest.write_site(tmp_path / "site", toml=toml)
    for number in (1, 2):
        file = root / "lists" / "south-hants-it" / "editions" / f"2018-06-29-{number}.md"
        file.write_text(EDITION.format(number=number), encoding="utf-8")
    opened = sites.open_site(root, running=clock.starting_at(conftest.NOW))
    for name in ("ada", "ben", "cem"):
        add_member(opened, f"{name}@example.org", "south-hants-it", name=name.title())
    opened.close()
    yield root


def run(root: Path, now: str, *arguments: str) -> dict:
    command = [sys.executable, "-m", "newsletter", "--site", str(root), "--json", "--yes", *arguments]
    environment = os.environ | {"NEWSLETTER_NOW": now}
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@contextmanager
def served(root: Path, port: int, now: str) -> Iterator[None]:
    """Run `newsletter serve` while the block runs."""
    command = [sys.executable, "-m", "newsletter", "--site", str(root), "serve", "--port", str(port)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NEWSLETTER_NOW": now},
    )
    assert process.stdout is not None and process.stdout.readline().startswith("serving http://")
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def free_port() -> int:
    with serving.bind("127.0.0.1", 0) as sock:
        return int(sock.getsockname()[1])


def mail_to(caught: catcher.Catcher, address: str) -> Message:
    return next(
        message_from_bytes(one.file.read_bytes()) for one in caught.caught if one.recipient == address
    )


@pytest.mark.parametrize("method", ["one-click", "button"])
def test_who_leaves_gets_nothing_that_was_queued(tmp_path: Path, method: str) -> None:
    """L12: edition 2 waits in the outbox while Ada leaves by the link of edition 1; it goes to the two others."""
    port = free_port()
    with (
        catcher.catching(tmp_path / "caught") as caught,
        site_with_three(tmp_path, caught.port, port) as root,
    ):
        editions = sorted((root / "lists" / "south-hants-it" / "editions").glob("*.md"))
        run(root, "2018-06-29T08:00:00Z", "send", str(editions[0]))
        run(
            root, "2018-06-29T08:10:00Z", "send", str(editions[1]), "--at", "2018-07-01 10:00", "--queue-only"
        )
        link = re.findall(r"<(http[^>]+)>", str(mail_to(caught, "ada@example.org")["List-Unsubscribe"]))[0]
        with served(root, port, "2018-06-29T09:00:00Z"):
            for _ in range(3):  # scanners come first
                urllib.request.urlopen(link).close()
            body = (
                b"List-Unsubscribe=One-Click"
                if method == "one-click"
                else b"leave=yes&list.south-hants-it=yes"
            )
            with urllib.request.urlopen(link, body) as answer:
                assert answer.status == 200
        before = len([one for one in caught.caught if "List-Id: " in one.file.read_text()])
        run(root, "2018-07-01T09:30:00Z", "outbox", "run")
        status = run(root, "2018-07-01T09:31:00Z", "outbox", "status")

    second = next(one for one in status["editions"] if one["edition"].endswith("2018-06-29-2"))
    assert before == 3
    assert (second["audience"], second["sent"], second["skipped"]) == (3, 2, {"left": 1})
    later = [one.recipient for one in caught.caught if b"Subject: Meeting 2" in one.file.read_bytes()]
    assert sorted(later) == ["ben@example.org", "cem@example.org"]
