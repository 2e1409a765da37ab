"""Systematic death: the sender dies at its n-th operation on the database or a socket, for n = 1, 2, 3 ... to the end.

Random kills miss the seldom moments between two operations; this finds them. A sample runs by default; the option
--every-crash tries them all.
"""

import shutil
import subprocess
import sys
import time

import pytest

from newsletter import site as sites
from tests import conftest
from tests.peers import mortal, smtp_peer
from tests.service import outgoing

MEMBERS, CONNECTIONS, SAMPLE = 20, 3, 12
SETTLE = 0.1  # seconds in which the peer reads what a dead process had written


@pytest.fixture(scope="module", params=["repeat", "hold"])
def prepared(request, tmp_path_factory):
    """A site with a queued edition for twenty, to be copied; and how many operations its whole run has."""
    folder = tmp_path_factory.mktemp(f"crash-{request.param}")
    wait = 'unclear_wait = "0s"\nretry_first = "1s"' if request.param == "repeat" else 'on_unclear = "hold"'
    root = conftest.write_site(folder / "site", toml=_toml(2525, wait))
    site = sites.open_site(root)
    outgoing.fill(site, outgoing.people(MEMBERS))
    outgoing.queue(site)
    site.close()
    with smtp_peer.running() as peer:
        whole = shutil.copytree(root, folder / "whole")
        (whole / "newsletter.toml").write_text(_toml(peer.port, wait))
        done = _run(whole, 0)
    assert done.returncode == 0, done.stderr
    total = int(done.stderr.rpartition(mortal.SAID)[2])
    return root, wait, total


def _toml(port, wait):
    return outgoing.relay_toml(port, f"connections = {CONNECTIONS}", wait)


def _run(root, last, *words):
    command = [sys.executable, "-m", "tests.peers.mortal", str(last), "--site", str(root)]
    return subprocess.run([*command, "outbox", "run", *words], capture_output=True, text=True, timeout=60)


def test_death_at_every_operation(prepared, tmp_path, request):
    """Wherever it dies: the database is whole, the numbers add up, and the next run brings everybody exactly the same mail;
    at most one a connection twice, with "hold" none."""
    root, wait, total = prepared
    step = 1 if request.config.getoption("--every-crash") else max(1, total // SAMPLE)
    wrong = []
    for last in range(1, total + step, step):
        with smtp_peer.running() as peer:
            mortal_site = shutil.copytree(root, tmp_path / f"at{last}")
            (mortal_site / "newsletter.toml").write_text(_toml(peer.port, wait))
            problem = _die_and_go_on(mortal_site, peer, last, hold="hold" in wait)
        if problem:
            wrong.append(f"death at operation {last} of {total}: {problem}")
        shutil.rmtree(mortal_site)

    assert wrong == []
    assert total > 100


def _die_and_go_on(root, peer, last, *, hold):
    """Die, look, go on; return what is wrong, or nothing."""
    died = _run(root, last)
    if died.returncode not in (137, 0):  # near the end the order of operations differs from run to run
        return f"ended with {died.returncode}: {died.stderr}"
    time.sleep(SETTLE)
    site = sites.open_site(root)
    try:
        if site.store.value("PRAGMA integrity_check") != "ok":
            return "the database is damaged"
        if (between := outgoing.numbers(site)).audience != MEMBERS or between.sending > CONNECTIONS:
            return f"after death: {between}"
        went_on = _run(root, 0)
        if went_on.returncode:
            return f"the next run: {went_on.stderr}"
        return _verdict(peer, outgoing.numbers(site), hold)
    finally:
        site.close()


def _verdict(peer, numbers, hold):
    doubles = sum(peer.recipients.values()) - len(peer.recipients)
    if hold and (doubles or numbers.unclear > CONNECTIONS or numbers.sent + numbers.unclear != MEMBERS):
        return f"{doubles} doubles, {numbers}"
    if not hold and (numbers.sent != MEMBERS or len(peer.recipients) != MEMBERS or doubles > CONNECTIONS):
        return f"{len(peer.recipients)} arrived, {doubles} doubles, {numbers}"
    if len({(mail.recipient, mail.content) for mail in peer.mails}) != len(peer.recipients):
        return "a repeat has other bytes"
    return "; ".join(peer.violations)
