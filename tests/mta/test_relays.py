"""What Postfix, Exim and OpenSMTPD really answer: they take our mail, the world refuses it, their reports come back by LMTP.

The far end is the catcher: an unknown user, a full mailbox, a policy that does not want us, greylisting.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import clock
from newsletter.mail import catcher
from newsletter.service import members, receiving, returns, sending
from tests import conftest
from tests.mta import servers
from tests.service import outgoing

FAR = {
    "member0@example.org": "550 5.1.1 <{address}>: Recipient address rejected: User unknown",
    "member1@example.org": "552 5.2.2 <{address}>: mailbox full",
    "member2@example.org": "554 5.7.1 <{address}>: blocked by our policy, see our page about spam",
    "member3@example.org": "450 4.2.0 <{address}>: greylisted, try again in a minute",
}
ENVID = re.compile(rb"^Original-Envelope-ID: [a-z2-7]{40}\r?$", re.IGNORECASE | re.MULTILINE)
EXPECTED = {"member0@example.org": "hard", "member1@example.org": "soft", "member2@example.org": "policy"}
RELAYS: dict[str, Callable[[Path, int, int], AbstractContextManager[int]]] = {
    "postfix": servers.postfix,
    "exim": servers.exim,
    "opensmtpd": servers.opensmtpd,
}


@contextmanager
def receiver(site: sites.Site) -> Iterator[list[str]]:
    """Take LMTP while the block runs; yields what was told."""
    told: list[str] = []
    stop = sending.Stop()
    thread = threading.Thread(target=receiving.keep_receiving, args=(site, stop, told.append))
    thread.start()
    try:
        yield told
    finally:
        stop.ask()
        thread.join(15)


def until(what: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


@pytest.mark.parametrize("name", RELAYS)
def test_the_reports_of_a_relay_find_their_members(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refusal is counted for its own member with its own kind; who was greylisted gets the mail; nobody left a list."""
    lmtp, came_back, take = servers.free_port(), [], returns.take
    monkeypatch.setattr(
        returns, "take", lambda opened, *mail: came_back.append(mail[0]) or take(opened, *mail)
    )
    with (
        catcher.catching(tmp_path / "caught", FAR) as far,
        RELAYS[name](tmp_path / name, far.port, lmtp) as port,
    ):
        toml = outgoing.TOML.replace("port = 2525", f"port = {port}")
        toml = toml.replace('kind = "maildir"\npath = "returns"', f'kind = "lmtp"\nport = {lmtp}')
        root = conftest.write_site(tmp_path / "site", toml=toml)
        site = sites.open_site(root, running=clock.starting_at(conftest.NOW))
        outgoing.fill(site, outgoing.people(5))
        outgoing.queue(site)
        with receiver(site) as told:
            assert until(lambda: bool(told), 10)
            assert sending.run(site, wait=False).sent == 5  # the relay takes everything
            came = until(lambda: len(bounces(site)) >= 3 and len(far.caught) >= 1, 60)
            servers.hurry(name)
            came = came and until(lambda: len(far.caught) >= 2, 30)
        found, taken = bounces(site), sorted(one.recipient for one in far.caught)
        states = {
            address: members.show(site, address)["subscriptions"][0]["state"]
            for address in outgoing.people(5)
        }
        kept = [file.read_text("latin-1") for file in (site.root / "kept").glob("*.eml")]
        site.close()

    assert came, (found, taken, told, kept)
    assert found == EXPECTED
    assert taken == ["member3@example.org", "member4@example.org"]
    assert set(states.values()) == {"confirmed"}
    assert kept == []
    if name != "opensmtpd":  # which does not know DSN (RFC 3461)
        # B2, B3: the token comes back by itself too, where a relay has replaced the envelope sender.
        assert all(ENVID.search(mail) for mail in came_back if b"5.1.1" in mail) and came_back


def bounces(site: sites.Site) -> dict[str, str]:
    """The kind of each member's bounce."""
    rows = site.store.rows("SELECT m.address, b.kind FROM bounce b JOIN member m ON m.id = b.member")
    return {row["address"]: row["kind"] for row in rows}
