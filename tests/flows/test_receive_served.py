"""`serve` takes what comes back by itself: leaving by mail, a bounce of our own sender, a letter for the chair."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.service import members
from tests import town
from tests.people import add_member
from tests.service import inbound


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[town.Town]:
    """A town with an empty Maildir for what comes back."""
    with town.standing(tmp_path) as found:
        for name in ("tmp", "cur", "new"):
            (found.site.root / "returns" / name).mkdir(parents=True, exist_ok=True)
        yield found


def drop(at: town.Town, name: str, data: bytes) -> None:
    """Put a mail into the Maildir as a mail server does: written aside, then moved."""
    folder = at.site.root / "returns"
    (folder / "tmp" / name).write_bytes(data)
    (folder / "tmp" / name).rename(folder / "new" / name)


def until(what: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


def test_what_comes_back_is_done_beside_the_pages(standing: town.Town) -> None:
    """A wish to leave and a letter lie in the mailbox: one leaves and gets the goodbye, the other reaches the chair."""
    site = standing.site
    ada = add_member(site, "ada@example.org", "south-hants-it")
    add_member(site, "ben@example.org", "south-hants-it")
    message = inbound.sent_mail(site, ada)

    drop(
        standing, "1.host", inbound.mail("ada@example.org", inbound.to(site, "leave", message, ada), "x", "")
    )
    drop(standing, "2.host", b"X: " + b"a" * 100_000)
    drop(
        standing,
        "3.host",
        inbound.mail("ben@example.org", inbound.BOUNCES, "A question", "May I bring a friend?"),
    )

    assert "off the list" in " ".join(standing.mail("ada@example.org", "You have left").split())
    assert "May I bring a friend?" in standing.mail("chair@lists.example.org", "A question")
    assert members.show(site, "ada@example.org")["subscriptions"][0]["state"] == "unsubscribed"
    cur = site.root / "returns" / "cur"
    assert until(lambda: len(list(cur.iterdir())) == 3)
    assert sorted(file.name for file in cur.iterdir()) == ["1.host:2,S", "2.host:2,FS", "3.host:2,S"]
