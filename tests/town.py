"""A whole site at work: the real `newsletter serve` process, a catcher that takes its mail, and what the mails link to."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from newsletter import site as sites
from newsletter.core import clock
from newsletter.mail import catcher
from tests import conftest, people

START = "2018-06-29T08:00:00Z"
LISTS = {"futures": "Futures", "members-letter": "The letter to members", "south-hants-it": "South Hants IT"}

PUBLIC = ("south-hants-it",)  # whose archive everybody may read


@dataclass
class Town:
    """Where it listens, its open site (for looking), and its catcher."""

    url: str
    site: sites.Site
    taken: catcher.Catcher

    def mails(self, address: str, kind: str = "") -> list[str]:
        """The plain texts of an address's mails so far, oldest first; `kind` is a part of the subject."""
        found = [one.file.read_bytes() for one in list(self.taken.caught) if one.recipient == address]
        parsed = [message_from_bytes(raw, policy=policy.default) for raw in found]
        return [
            part.get_content() + (one["List-Unsubscribe"] or "")
            for one in parsed
            if kind in str(one["Subject"])
            for part in [one.get_body(("plain",))]
            if part is not None
        ]

    def mail(self, address: str, kind: str = "", count: int = 1) -> str:
        """Wait for the newest mail to an address until there are `count` of them."""
        until = time.monotonic() + 15
        while len(found := self.mails(address, kind)) < count:
            assert time.monotonic() < until, f"no mail '{kind}' to {address}: {self.mails(address)}"
            time.sleep(0.02)
        return found[-1]

    def settle(self) -> None:
        """Wait until nothing is left to send and nobody writes any more."""
        waiting = """SELECT (SELECT count(*) FROM delivery WHERE due_at IS NOT NULL)
          + (SELECT count(*) FROM edition WHERE state = 'queued' OR state = 'running')"""
        until, before = time.monotonic() + 20, [""]
        while (now := people.dump(self.site)) != before or self.site.store.value(waiting):
            assert time.monotonic() < until, "something still writes"
            before = now
            time.sleep(0.7)

    def link(self, text: str, room: str) -> str:
        """The first link of a mail to a room of ours, such as /c/."""
        found = re.search(re.escape(self.url + room) + r"[a-z2-7]{40}", text)
        assert found, f"no link to {room} in {text}"
        return found[0]

    def links(self) -> list[str]:
        """Every address of ours in all mails, HTML and headers too."""
        found: set[str] = set()
        for one in list(self.taken.caught):
            parsed = message_from_bytes(one.file.read_bytes(), policy=policy.default)
            texts = [str(value) for value in parsed.values()]
            texts += [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
            found |= {link for text in texts for link in re.findall(re.escape(self.url) + r"[\w/.-]*", text)}
        return sorted(found)


@contextlib.contextmanager
def standing(folder: Path, more_toml: str = "", language: str = "en") -> Iterator[Town]:
    """Build a town in a folder and keep it alive while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with catcher.catching(folder / "caught") as taken:
        root = _write(folder / "site", port, taken.port, more_toml, language)
        opened = sites.open_site(root, running=clock.starting_at(clock.parse(START)))
        process = _start(root, port)
        try:
            yield Town(f"http://127.0.0.1:{port}", opened, taken)
        finally:
            process.terminate()
            out, err = process.communicate(timeout=15)
            opened.close()
            assert process.returncode == 0, out + err


def _write(root: Path, port: int, smtp_port: int, more_toml: str, language: str) -> Path:
    toml = conftest.NEWSLETTER_TOML.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(
        "2525", str(smtp_port)
    )
    toml = toml.replace("[site]", f'[site]\nlanguage = "{language}"')
    conftest.write_site(root, *LISTS, toml=toml + (more_toml or "\n[web]\njoins_per_network = 1000\n"))
    for slug, title in LISTS.items():
        file = root / "lists" / slug / "list.toml"
        own = conftest.LIST_TOML.replace('"South Hants IT"', f'"{title}"', 1)
        file.write_text(own + f"archive = {str(slug in PUBLIC).lower()}\n", encoding="utf-8")
    return root


def _start(root: Path, port: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "newsletter", "--site", str(root), "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "NEWSLETTER_NOW": START},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("serving"), line + process.stdout.read()
    return process
