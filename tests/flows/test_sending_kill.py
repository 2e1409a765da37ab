"""Death of the sender at any moment: nobody is lost, and at most one mail a connection comes twice, with the same bytes."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from newsletter import site as sites
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing

RUN = [sys.executable, "-m", "newsletter"]
CONNECTIONS = 4


def begin(root, *arguments):
    """Start the command for a site."""
    return subprocess.Popen(
        [*RUN, "--site", str(root), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def make(tmp_path, port, count, sending, extra=""):
    """A site with so many members and a queued edition."""
    extra = f"connections = {CONNECTIONS}\n{extra}"
    root = conftest.write_site(tmp_path / "site", toml=outgoing.relay_toml(port, extra, sending))
    site = sites.open_site(root)
    outgoing.fill(site, outgoing.people(count))
    outgoing.queue(site)
    return site


def kill_often(site, peer, kills, seed, total):
    """Start and kill the sender at random moments; after each death the database is whole and the numbers add up."""
    chance = random.Random(seed)
    for _ in range(kills):
        process = begin(site.root, "outbox", "run", "--no-wait")
        before = len(peer.mails)
        until = time.monotonic() + 20
        while len(peer.mails) == before and time.monotonic() < until and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        process.communicate()
        # What the kernel still had is read by the peer before the next sender starts.
        time.sleep(0.15)
        assert site.store.value("PRAGMA integrity_check") == "ok"
        assert outgoing.numbers(site).audience == total


@pytest.mark.parametrize(
    ("sending", "latency"),
    [('unclear_wait = "0s"\nretry_first = "1s"', 0.004), ('on_unclear = "hold"', 0.004)],
)
def test_kill_nine(tmp_path, sending, latency):
    """SIGKILL in the middle, again and again: lost 0; doubles at most one a connection and kill, none with "hold"."""
    count, kills = 500, 5
    with smtp_peer.running(latency=latency) as peer:
        site = make(tmp_path, peer.port, count, sending)
        kill_often(site, peer, kills, seed=7, total=count)
        last = begin(site.root, "outbox", "run", "--no-wait")
        _, said = last.communicate(timeout=60)
        numbers = outgoing.numbers(site)
        site.close()

    assert last.returncode == 0, said
    doubled = {person: n for person, n in peer.recipients.items() if n > 1}
    if "hold" in sending:
        assert doubled == {}
        assert numbers.unclear <= kills * CONNECTIONS
        assert numbers.sent + numbers.unclear == count
        assert len(peer.recipients) >= numbers.sent
    else:
        assert len(peer.recipients) == count
        assert numbers.sent == count
        assert sum(n - 1 for n in doubled.values()) <= kills * CONNECTIONS
    copies = Counter((mail.recipient, mail.content) for mail in peer.mails)
    assert len(copies) == len(peer.recipients)  # every repeat has the same bytes, and so the same Message-ID
    assert peer.violations == []


def test_sigterm_is_clean(tmp_path):
    """SIGTERM ends the run soon, with exit code 1 and one clear line; nothing is unclear, nobody doubled."""
    with smtp_peer.running(latency=0.01) as peer:
        site = make(tmp_path, peer.port, 400, 'unclear_wait = "0s"')
        process = begin(site.root, "outbox", "run")
        while len(peer.mails) < 20:
            time.sleep(0.01)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        seconds = time.monotonic() - began
        numbers = outgoing.numbers(site)
        last = begin(site.root, "outbox", "run")
        last.communicate(timeout=60)
        final = outgoing.numbers(site)
        site.close()

    assert process.returncode == 1
    assert "stopped before the end; nothing is lost" in said
    assert seconds < 10
    assert (numbers.sending, numbers.unclear) == (0, 0)
    assert final.sent == 400
    assert all(n == 1 for n in peer.recipients.values())


def test_two_senders(tmp_path):
    """A second sender waits, shows the first one's progress, and nobody gets two."""
    with smtp_peer.running(latency=0.005) as peer:
        site = make(tmp_path, peer.port, 400, 'unclear_wait = "0s"')
        both = [begin(site.root, "outbox", "run") for _ in range(3)]
        said = [process.communicate(timeout=60)[1] for process in both]
        numbers = outgoing.numbers(site)
        site.close()

    assert [process.returncode for process in both] == [0, 0, 0], said
    assert sum("Another process" in text for text in said) == 2
    assert numbers.sent == 400
    assert all(n == 1 for n in peer.recipients.values())
    assert peer.most_open <= CONNECTIONS


def test_a_dead_sender_is_followed(tmp_path):
    """When the one who sends is killed, the one who watches takes over and nobody is lost."""
    with smtp_peer.running(latency=0.01) as peer:
        site = make(tmp_path, peer.port, 400, 'unclear_wait = "0s"')
        first = begin(site.root, "outbox", "run")
        while len(peer.mails) < 10:
            time.sleep(0.01)
        second = begin(site.root, "outbox", "run")
        time.sleep(1.0)
        first.kill()
        first.communicate()
        _, said = second.communicate(timeout=60)
        numbers = outgoing.numbers(site)
        site.close()

    assert second.returncode == 0, said
    assert len(peer.recipients) == 400
    assert numbers.sent == 400
    assert sum(peer.recipients.values()) <= 400 + CONNECTIONS
