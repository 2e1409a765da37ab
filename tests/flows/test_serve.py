"""`serve` sends beside its pages: what another process queues goes out, trouble passes, and it stops when told."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import clock
from newsletter.mail import catcher
from newsletter.service import serving
from tests import conftest
from tests.people import add_member

EDITION = """+++
kind = "recap"
subject = "Meeting 1"
preheader = "What we talked about"
+++
Dear {{ first_name | "friend" }},

It was good to see you.
"""


def until(what: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


@pytest.fixture
def queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], sites.Site]]:
    """Make a site whose relay is at a port, with three members and an edition that waits in the outbox.

    All programs begin at the time of the story: years later the clock would find these consents asleep.
    """
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")

    def make(port: int) -> sites.Site:
        toml = conftest.NEWSLETTER_TOML.replace("2525", str(port))
        root = conftest.write_site(tmp_path / "site", toml=toml)
        file = root / "lists" / "south-hants-it" / "editions" / "2018-06-29-one.md"
        file.write_text(EDITION, encoding="utf-8")
        opened = sites.open_site(root, running=clock.starting_at(conftest.NOW))
        for name in ("ada", "ben", "cem"):
            add_member(opened, f"{name}@example.org", "south-hants-it")
        command = [
            sys.executable,
            "-m",
            "newsletter",
            "--site",
            str(root),
            "--yes",
            "send",
            str(file),
            "--queue-only",
        ]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert answer.returncode == 0, answer.stderr
        opened.close()
        later.append(sites.open_site(root))
        return later[-1]

    later: list[sites.Site] = []
    yield make
    for one in later:
        one.close()


def test_serve_sends_what_is_due(tmp_path: Path, queued) -> None:
    """Design 1: pages and sender in one process; SIGTERM ends both within ten seconds."""
    with catcher.catching(tmp_path / "caught") as caught:
        root = queued(caught.port).root
        command = [sys.executable, "-m", "newsletter", "--site", str(root), "serve", "--port", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        sent = until(lambda: len(caught.caught) >= 3)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)

    assert sent, err
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["edition begun", "run ended"]
    editions = [mail for mail in caught.caught if "List-Id: " in mail.file.read_text()]
    assert {mail.recipient for mail in editions} == {f"{name}@example.org" for name in ("ada", "ben", "cem")}


def test_a_relay_that_comes_back_gets_the_mail(tmp_path: Path, queued, monkeypatch) -> None:
    """Trouble with the relay is told, nobody is marked, and it is tried again by itself."""
    monkeypatch.setattr(serving, "TROUBLE_SECONDS", 0.3)
    with catcher.catching(tmp_path / "probe") as probe:
        port = probe.port
    outer = queued(port)
    told: list[str] = []
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    work = serving.keep_sending(outer, stopping, told.append)
    thread = threading.Thread(target=lambda: loop.run_until_complete(work))
    thread.start()
    try:
        assert until(lambda: bool(told))
        with catcher.catching(tmp_path / "caught", port=port) as caught:
            sent = until(lambda: len(caught.caught) >= 3)
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10)
    loop.close()

    assert sent and not thread.is_alive()
    assert "next attempt" in told[0]
