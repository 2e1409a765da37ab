"""Does the throttle hold, and is the limit used? python -m tests.bench.throttle [--seconds 30] [--minutes 3]

Limits of 5/s, 14/s and 100/min with 1, 4 and 10 connections, in real time, three runs at once (they mostly wait). Never over the
limit in any sliding window by our own times, nor at the receiver with 50 ms of tolerance; at least 98 % of it used.
"""

import argparse
import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent import futures
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench import prepared, sinks

TOLERANCE = 0.05  # seconds that the way to the receiver may take longer or shorter
OWN_TOLERANCE = 0.01  # a row's time is taken a moment after its slot is given back
CONNECTIONS = (1, 4, 10)
LIMITS = (("per_second", 5, 1.0), ("per_second", 14, 1.0), ("per_minute", 100, 60.0))
LEAST_USED = 0.98


@dataclass(frozen=True, slots=True)
class Found:
    """One run: the fullest window at the receiver and by our own times, and the share of the limit that was used."""

    name: str
    limit: int
    at_receiver: int
    by_own_times: int
    used: float
    problem: str

    @property
    def good(self) -> bool:
        over = max(self.at_receiver, self.by_own_times) > self.limit
        return not (over or self.problem) and self.used >= LEAST_USED


def main() -> None:
    """Run the limits in turn, each with all numbers of connections at once, and print what was found."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument(
        "--seconds", type=int, default=30, help="how long the limits by the second are watched"
    )
    reader.add_argument("--minutes", type=int, default=3, help="how long the limit by the minute is watched")
    asked = reader.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="throttle-bench-"))
    try:
        runs = _all(folder, asked)
    finally:
        shutil.rmtree(folder)
    for run in runs:
        print(
            f"{'ok    ' if run.good else 'MISSED'} {run.name:<28} fullest window: {run.at_receiver} at the receiver, "
            f"{run.by_own_times} by our times (limit {run.limit}); {run.used:.1%} used {run.problem}"
        )
    sys.exit(0 if all(run.good for run in runs) else 1)


def _all(folder: Path, asked: argparse.Namespace) -> list[Found]:
    found: list[Found] = []
    for key, limit, length in LIMITS:
        template = folder / f"{key}-{limit}"
        prepared.site(template, limit * (asked.seconds if length == 1 else asked.minutes), paragraphs=2)
        with futures.ThreadPoolExecutor(len(CONNECTIONS)) as pool:
            runs = [pool.submit(_run, template, key, limit, length, count) for count in CONNECTIONS]
            found += [one.result() for one in runs]
    return found


def _run(template: Path, key: str, limit: int, length: float, connections: int) -> Found:
    folder = template.with_name(f"{template.name}-{connections}")
    times = folder.with_suffix(".times")
    with sinks.running("-t", str(times)) as sink:
        more = f"{key} = {limit}"
        words = prepared.copy(template, folder, sink.port, connections=connections, more=more)
        done = subprocess.run(words, capture_output=True, text=True, cwd=prepared.ROOT)
    arrived = [float(line) for line in times.read_text().split()]
    own = _own_times(folder)
    problem = f"ended with {done.returncode}: {done.stderr[-300:]}" if done.returncode else ""
    if len(arrived) != len(own):
        problem += f" {len(arrived)} arrived, {len(own)} are sent"
    return Found(
        f"{limit} {key} c={connections}",
        limit,
        fullest(arrived, length - TOLERANCE),
        fullest(own, length - OWN_TOLERANCE),
        (len(arrived) - 1) / (arrived[-1] - arrived[0]) / (limit / length),
        problem,
    )


def fullest(times: Sequence[float], length: float) -> int:
    """The greatest number of times within any window of that length."""
    times = sorted(times)
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= length:
            first += 1
        most = max(most, last - first + 1)
    return most


def _own_times(folder: Path) -> list[float]:
    """When each mail was answered, as our rows say."""
    with contextlib.closing(sqlite3.connect(folder / "newsletter.db")) as database:
        rows = database.execute("SELECT changed_at FROM delivery WHERE state = 'sent'").fetchall()
    return [datetime.fromisoformat(row[0]).timestamp() for row in rows]


if __name__ == "__main__":
    main()
