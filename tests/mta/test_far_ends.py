"""What Postfix, Exim and OpenSMTPD say of themselves when they are the far end, and Dovecot of a full mailbox behind them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import clock
from newsletter.service import members, sending
from tests import conftest
from tests.mta import far_ends, servers
from tests.mta.test_relays import bounces, receiver, until
from tests.service import outgoing

# What the one refusal of member0 makes of the address: with 5.1.1 it is dead at once (B9), without it is suspect.
HEALTH = {"postfix": "dead", "exim": "suspect", "opensmtpd": "suspect"}


@pytest.fixture(scope="module")
def behind() -> Iterator[int]:
    """The LMTP port of the mailboxes behind all three."""
    with servers.open_folder() as folder, far_ends.boxes(folder / "boxes") as port:
        yield port


@pytest.mark.parametrize("name", far_ends.FAR_ENDS)
def test_their_own_words_are_understood(name: str, behind: int, tmp_path: Path) -> None:
    """Nobody there, no room, not wanted, not yet, and one that goes through: each by a real server, none by a play."""
    lmtp = servers.free_port()
    with far_ends.FAR_ENDS[name](tmp_path / name, behind, lmtp) as (port, let_in):
        toml = outgoing.relay_toml(port, sending_extra='retry_first = "1s"\nretry_max = "2s"')
        toml = toml.replace('kind = "maildir"\npath = "returns"', f'kind = "lmtp"\nport = {lmtp}')
        root = conftest.write_site(tmp_path / "site", toml=toml)
        site = sites.open_site(root, running=clock.starting_at(conftest.NOW))
        outgoing.fill(site, outgoing.people(5))
        outgoing.queue(site)
        with receiver(site) as told:
            assert until(lambda: bool(told), 20)
            sending.run(site, wait=False)
            first, said = outgoing.states(site), answers(site)
            let_in()
            came = until(lambda: went_later(site), 60) and until(lambda: len(bounces(site)) >= 2, 60)
        health = {address: members.show(site, address)["health"] for address in outgoing.people(5)}
        found = bounces(site)
        site.close()

    assert first == {
        "member0@example.org": "failed",  # 550: nobody there
        "member1@example.org": "sent",  # its report comes back
        "member2@example.org": "deferred",  # 554 by a rule: policy, never the member's fault
        "member3@example.org": "deferred",  # 45x: not yet
        "member4@example.org": "sent",
    }, said
    assert came, (found, said, told)
    assert (found["member0@example.org"], found["member1@example.org"]) == ("hard", "soft"), said
    assert health["member0@example.org"] == HEALTH[name], said
    assert [health[f"member{number}@example.org"] for number in (2, 3, 4)] == ["ok"] * 3


def went_later(site: sites.Site) -> bool:
    """Whether who was put off has it, after one more look at what is due."""
    sending.run(site, wait=False)
    time.sleep(0.2)
    return outgoing.states(site)["member3@example.org"] == "sent"


def answers(site: sites.Site) -> dict[str, str]:
    """What the server last said of each delivery."""
    return {row["address"]: str(dict(row)) for row in site.store.rows("SELECT * FROM delivery")}
