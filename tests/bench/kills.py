"""kill -9 at random, many times in one send: python -m tests.bench.kills [--kills 50] [--members 5000] [--faults]

A sender is started, killed after a random number of mails (now and then while it still starts), and started again, until
the send is done. After each kill the numbers of the edition must add up and the database must be whole. In the end: nobody
lost, no more doubles after a kill than connections, every copy of a mail with the same Message-ID and the same bytes.
"""

import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench import prepared
from tests.peers import smtp_peer

SETTLE = 0.1  # seconds in which the server reads what a killed process had written
LATENCY = 0.002
# What can happen to a mail, once; the last one is taken by the server, but its answer is lost: that one comes twice.
FAULTS = (
    "rcpt-450-x1", "data-451-x1", "dot-451-x1", "rcpt-drop-x1", "data-drop-x1", "dot-drop-x1", "rcpt-rst-x1",
    "dot-garbage-x1", "rcpt-421-x1", "dot-lost-x1",
)  # fmt: skip
TAKEN_BUT_UNCLEAR = ("dot-lost", "dot-garbage")
SENDING = 'unclear_wait = "0s"\nretry_first = "1s"\nretry_max = "2s"'


@dataclass
class Campaign:
    """What happened in one send."""

    connections: int
    faults: bool
    killed_at: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def main() -> None:
    """Run a campaign for each number of connections and print what came of it."""
    asked = _read()
    bad = False
    for faults in (False, True) if asked.faults is None else (asked.faults,):
        for connections in asked.connections:
            folder = Path(tempfile.mkdtemp(prefix="kills-bench-"))
            try:
                bad = not _run(folder, asked, connections, faults=faults) or bad
            finally:
                shutil.rmtree(folder)
    sys.exit(1 if bad else 0)


def _read() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--kills", type=int, default=50)
    reader.add_argument("--members", type=int, default=5_000)
    reader.add_argument("--connections", type=int, nargs="+", default=[1, 4, 8, 16])
    reader.add_argument(
        "--faults", action=argparse.BooleanOptionalAction, help="default: once without, once with"
    )
    reader.add_argument("--seed", type=int, default=1)
    return reader.parse_args()


def _run(folder: Path, asked: argparse.Namespace, connections: int, *, faults: bool) -> bool:
    """One campaign; tell whether all was well."""
    chance = random.Random(asked.seed * 1_000 + connections)
    prepared.site(folder, asked.members, paragraphs=2, addresses=_faulty if faults else prepared.address)
    campaign = Campaign(connections, faults)
    with smtp_peer.running(latency=LATENCY) as peer:
        prepared.configure(folder, peer.port, connections=connections, sending=SENDING)
        for left in range(asked.kills, 0, -1):
            _live_and_die(folder, peer, campaign, chance, (asked.members - len(peer.recipients)) / (left + 1))
        last = subprocess.run(_words(folder), capture_output=True, text=True, cwd=prepared.ROOT)
    if last.returncode:
        campaign.problems.append(f"the last run ended with {last.returncode}: {last.stderr[-500:]}")
    _judge(campaign, peer, asked.members, _status(folder))
    mark = "MISSED" if campaign.problems else "ok    "
    print(
        f"{mark} {connections:>2} connections, {'faults' if faults else 'no faults'}: {len(campaign.killed_at)} kills, "
        f"{len(peer.recipients):,} of {asked.members:,} arrived, {sum(peer.recipients.values()) - len(peer.recipients)} doubles",
        flush=True,
    )
    for problem in campaign.problems[:10]:
        print(f"       {problem}", flush=True)
    return not campaign.problems


def _faulty(number: int) -> str:
    """Every tenth member's address carries a fault for the peer to play."""
    plain = prepared.address(number)
    if number % 10:
        return plain
    return plain.replace("@", f"+{FAULTS[number // 10 % len(FAULTS)]}@")


def _words(folder: Path) -> list[str]:
    return [*prepared.NEWSLETTER, "--site", str(folder), "--json", "outbox", "run"]


def _live_and_die(
    folder: Path, peer: smtp_peer.Peer, campaign: Campaign, chance: random.Random, share: float
) -> None:
    """Start a sender, kill it after some mails (one time in ten before its first), look at what it left."""
    goal = len(peer.mails) + chance.uniform(0, 2 * share)
    early = time.monotonic() + (chance.uniform(0, 0.5) if chance.random() < 0.1 else 30)
    process = subprocess.Popen(
        _words(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=prepared.ROOT
    )
    while len(peer.mails) < goal and time.monotonic() < early and process.poll() is None:
        time.sleep(0.001)
    ended = process.poll()
    process.kill()
    _, said = process.communicate()
    if ended is not None:
        if ended:
            campaign.problems.append(f"a run ended by itself with {ended}: {said.decode()[-300:]}")
        return
    campaign.killed_at.append(time.time())
    time.sleep(SETTLE)
    _look(folder, campaign)


def _look(folder: Path, campaign: Campaign) -> None:
    """After a kill: the numbers add up, no more is on the wire than there are connections, the database is whole."""
    found, kill = _status(folder), len(campaign.killed_at)
    parts = [found[key] for key in ("due", "sending", "sent", "deferred", "failed", "unclear")]
    if sum(parts) + sum(found["skipped"].values()) != found["audience"]:
        campaign.problems.append(f"kill {kill}: the numbers do not add up: {found}")
    if found["sending"] > campaign.connections:
        campaign.problems.append(f"kill {kill}: {found['sending']} on the wire")
    database = sqlite3.connect(folder / "newsletter.db")
    whole = database.execute("PRAGMA quick_check").fetchone()[0]
    database.close()
    if whole != "ok":
        campaign.problems.append(f"kill {kill}: the database is damaged: {whole}")


def _status(folder: Path) -> dict[str, Any]:
    words = [*prepared.NEWSLETTER, "--site", str(folder), "--json", "outbox", "status"]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=prepared.ROOT)
    found: dict[str, Any] = json.loads(done.stdout)["editions"][0]
    return found


def _judge(campaign: Campaign, peer: smtp_peer.Peer, members: int, last: dict[str, Any]) -> None:
    """Compare what arrived with who should have got it."""
    campaign.problems += [f"violation: {one}" for one in peer.violations[:5]]
    if len(peer.recipients) != members:
        campaign.problems.append(f"lost: {members - len(peer.recipients)}")
    if (last["sent"], last["state"]) != (members, "done"):
        campaign.problems.append(f"the edition says {last}")
    copies = defaultdict(list)
    for mail in peer.mails:
        copies[mail.recipient].append(mail)
    after: dict[int, int] = defaultdict(int)
    for recipient, mails in copies.items():
        if len({mail.content for mail in mails}) > 1:
            campaign.problems.append(f"{recipient} got copies that differ")
        # The server took this one and its answer made no sense: one copy more is the price.
        explained = any(word in recipient for word in TAKEN_BUT_UNCLEAR)
        for first, second in pairwise(mails):
            if explained:
                explained = False
                continue
            after[_kill_between(campaign, first.at, second.at)] += 1
    for kill, count in sorted(after.items()):
        if kill < 0 or count > campaign.connections:
            campaign.problems.append(f"{count} doubles after kill {kill + 1}")


def _kill_between(campaign: Campaign, first: float, second: float) -> int:
    """The kill that explains two copies: the first after the one, before the other; -1 when there was none.

    What the kernel still held of a killed process arrives a bit later.
    """
    after = next((n for n, at in enumerate(campaign.killed_at) if at + SETTLE >= first), -1)
    return after if after >= 0 and campaign.killed_at[after] <= second else -1


if __name__ == "__main__":
    main()
