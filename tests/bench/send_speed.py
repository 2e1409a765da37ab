"""The whole program beside its peers: python -m tests.bench.send_speed [--members 100000] [--rounds 3] [--only speed ...]

Each sender runs in turn against a fresh counting sink (sinks.py). Ours is `newsletter outbox run` on a prepared site:
personal text and HTML of 23 KB, a row for each member read and its result written, DKIM off. Peers that are not there
are named and left out. What is printed as a goal is that of issue 4.

smtp-source comes with Debian's postfix package, whose daemon may stay off: --smtp-source PATH. nodemailer:
`npm install nodemailer`, then --node-modules FOLDER.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench import prepared, side_by_side

PEERS = Path(__file__).with_name("peers")
PARTS = ("speed", "peers", "latency", "memory")
SLOW_COUNT = 2_000  # mails of a peer that needs some milliseconds of CPU for each
TRIPS = {20: 4_000, 100: 1_000}  # round trip in milliseconds: mails over ten connections


def main() -> None:
    """Run the parts that are asked for and print their goals."""
    asked = _read()
    folder = Path(tempfile.mkdtemp(prefix="send-bench-", dir=asked.folder))
    try:
        (folder / "campaign.json").write_text(json.dumps(prepared.campaign()), encoding="utf-8")
        bench = Bench(asked, folder)
        for part in asked.only:
            print(f"\n{part}", flush=True)
            getattr(bench, part)()
    finally:
        shutil.rmtree(folder)
    sys.exit(1 if bench.missed else 0)


def _read() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--members", type=int, default=100_000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--connections", type=int, nargs="+", default=[10, 20])
    reader.add_argument(
        "--memory", type=int, nargs="+", default=[1_000, 100_000], help="members to measure the peak at"
    )
    reader.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    reader.add_argument("--smtp-source", default=shutil.which("smtp-source"))
    reader.add_argument("--node-modules", default="")
    reader.add_argument(
        "--folder", default=None, help="where the sites are made (default: the temporary folder)"
    )
    return reader.parse_args()


class Bench:
    """The parts of the bench, and whether a goal was missed."""

    def __init__(self, asked: argparse.Namespace, folder: Path) -> None:
        self.asked = asked
        self.folder = folder
        self.missed = False
        self._sites: dict[int, Path] = {}

    # ---- the parts

    def speed(self) -> None:
        """Rate and CPU beside smtp-source."""
        self._prepare(self.asked.members)
        proof = self._ours(min(self.asked.members, 2_000))
        run = side_by_side.run_once(proof, "-H")
        size = run.counted["octets"] // max(1, run.counted["messages"])
        self._goal("every copy is another (text, HTML, Message-ID)", run.problem or "yes", not run.problem)
        print(f"  a mail has {size:,} octets", flush=True)
        for connections in self.asked.connections:
            self._beside_smtp_source(connections, size)

    def _beside_smtp_source(self, connections: int, size: int) -> None:
        ours = self._ours(self.asked.members, connections=connections)
        peer = self._smtp_source(connections, size)
        cases = [peer, ours] if peer else [ours]
        found = side_by_side.in_turn(cases, self.asked.rounds)
        self._first_message(found[ours.name])
        beside = side_by_side.ratio(found, ours, peer) if peer else None
        if beside is None:
            return
        least, stretch = (0.60, 0.75) if connections <= 10 else (0.65, 0.85)
        self._goal(
            f"rate / smtp-source, {connections} connections (>= {least}, stretch {stretch})",
            f"{beside.rate:.2f}", beside.rate >= least,
        )  # fmt: skip
        self._goal(
            f"CPU / smtp-source, {connections} connections (<= 1.8, stretch 1.5)",
            f"{beside.cpu:.2f}", beside.cpu <= 1.8,
        )  # fmt: skip

    def peers(self) -> None:
        """Rate beside plain aiosmtplib and nodemailer, which get fewer mails since they need so much longer for each."""
        ours = self._ours(self.asked.members)
        goals = [(self._plain(SLOW_COUNT, 10), 30), (self._nodemailer(10), 15)]
        peers = [(peer, goal) for peer, goal in goals if peer is not None]
        found = side_by_side.in_turn([ours, *(peer for peer, _ in peers)], self.asked.rounds)
        for peer, goal in peers:
            beside = side_by_side.ratio(found, ours, peer)
            if beside:
                words = f"rate / {peer.name} (>= {goal}; {1 / beside.cpu:.0f} times less CPU)"
                self._goal(words, f"{beside.rate:.1f}", beside.rate >= goal)

    def latency(self) -> None:
        """Rate of a connection over a line with a round trip, beside stock aiosmtplib sending one prebuilt mail."""
        for trip, count in TRIPS.items():
            self._prepare(count)
            ours, peer = self._ours(count), self._plain(count // 2, 10, "--prebuilt")
            found = side_by_side.in_turn([peer, ours], self.asked.rounds, f"-l{trip}")
            beside = side_by_side.ratio(found, ours, peer)
            if beside:
                self._goal(
                    f"a connection at {trip} ms / stock aiosmtplib (>= 3)",
                    f"{beside.rate:.2f}",
                    beside.rate >= 3,
                )

    def memory(self) -> None:
        """Peak memory of a run, and its growth with the list; queueing beside it."""
        peaks = []
        for count in self.asked.memory:
            queued = self._prepare(count)
            run = side_by_side.run_once(self._ours(count))
            peaks.append(run.memory)
            print(f"  {count:>9,} members: {run.memory:.1f} MB, {run.rate:,.0f}/s {run.problem}", flush=True)
            if count >= 100_000:
                rate = queued["rows"] / queued["seconds"]
                self._goal(
                    f"rows queued a second, {count:,} (>= 100,000; peak {queued['memory']} MB)", f"{rate:,.0f}",
                    rate >= 100_000,
                )  # fmt: skip
            shutil.rmtree(self.folder / "run")
            shutil.rmtree(self._sites.pop(count))
        self._goal("peak memory, MB (<= 48)", f"{max(peaks):.1f}", max(peaks) <= 48)
        self._goal("growth, MB (<= 4)", f"{max(peaks) - peaks[0]:.1f}", max(peaks) - peaks[0] <= 4)

    # ---- the senders

    def _prepare(self, members: int) -> dict[str, Any]:
        if members in self._sites:
            return {}
        self._sites[members] = self.folder / f"site-{members}"
        return prepared.site(self._sites[members], members)

    def _ours(self, members: int, *, connections: int = 10) -> side_by_side.Case:
        self._prepare(members)
        template, folder = self._sites[members], self.folder / "run"

        def command(port: int) -> Sequence[str]:
            return prepared.copy(template, folder, port, connections=connections)

        return side_by_side.Case(f"newsletter c={connections}", command, members)

    def _smtp_source(self, connections: int, size: int) -> side_by_side.Case | None:
        program = self.asked.smtp_source
        if not program:
            return self._missing("smtp-source")
        count = self.asked.members
        words = ["-s", str(connections), "-d", "-N", "-m", str(count), "-l", str(size)]
        ends = ["-f", "chair@example.org", "-t", "member@example.net"]
        return side_by_side.Case(
            f"smtp-source c={connections}",
            lambda port: [program, *words, *ends, f"127.0.0.1:{port}"],
            count,
            same_content=True,
        )

    def _plain(self, count: int, connections: int, *more: str) -> side_by_side.Case:
        program, campaign = str(PEERS / "plain_aiosmtplib.py"), str(self.folder / "campaign.json")
        words = [str(count), str(connections), campaign, *more]
        return side_by_side.Case(
            "stock aiosmtplib" if more else "plain aiosmtplib",
            lambda port: [sys.executable, program, str(port), *words],
            count,
            same_content=bool(more),
        )

    def _nodemailer(self, connections: int) -> side_by_side.Case | None:
        node = shutil.which("node")
        if not node or not self.asked.node_modules:
            return self._missing("nodemailer")
        words = [str(SLOW_COUNT), str(connections), str(self.folder / "campaign.json")]
        command: Callable[[int], list[str]] = lambda port: [  # noqa: E731
            node, str(PEERS / "nodemailer_pool.js"), str(port), *words
        ]  # fmt: skip
        return side_by_side.Case(
            "nodemailer pool", command, SLOW_COUNT, environment={"NODE_PATH": self.asked.node_modules}
        )

    # ---- the words

    def _missing(self, name: str) -> None:
        print(f"  {name} is not there: not compared (see --help)", flush=True)

    def _first_message(self, runs: Sequence[side_by_side.Run]) -> None:
        """From the start of the process to the first whole message at the sink."""
        worst = max(run.first_after for run in runs)
        self._goal("first message after outbox run, worst, s (<= 1)", f"{worst:.2f}", worst <= 1)

    def _goal(self, words: str, found: str, reached: bool) -> None:
        self.missed = self.missed or not reached
        print(f"  {'ok    ' if reached else 'MISSED'} {words}: {found}", flush=True)


if __name__ == "__main__":
    main()
