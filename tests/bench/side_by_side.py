"""Run senders in turn, each against a fresh sink, and compare them: rate, CPU, memory, all proven by the sink's counts.

As a command: python -m tests.bench.side_by_side -n 20000 --rounds 3 'first=COMMAND {port} {n}' 'second=COMMAND ...'
The first is what the others are compared with. Machines swing, so read the ratios of runs in turn, CPU before rate.
A run whose counts are wrong is shown as such and not compared.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import sinks

LOOK = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Case:
    """One sender. `command` is given the sink's port and makes the words to run; it may prepare what they need."""

    name: str
    command: Callable[[int], Sequence[str]]
    count: int
    environment: Mapping[str, str] = field(default_factory=dict)
    same_content: bool = False  # it sends one fixed body


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured. Times in seconds; memory (VmHWM of the largest process) in MB."""

    problem: str
    rate: float
    wall: float
    cpu: float
    memory: float
    first_after: float
    counted: dict[str, Any]


def run_once(case: Case, *sink_options: str) -> Run:
    """Run a sender once. The rate is that between the first and the last message at the sink."""
    with sinks.running(*sink_options) as sink, tempfile.TemporaryFile("w+b") as said:
        command = [str(word) for word in case.command(sink.port)]
        began, clock = time.perf_counter(), time.time()
        process = subprocess.Popen(
            command, env={**os.environ, **case.environment}, stdout=said, stderr=subprocess.STDOUT
        )
        with _watching(process.pid) as peak:
            _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = code = os.waitstatus_to_exitcode(status)
        time.sleep(0.2)  # what still lies in the kernel is read
        said.seek(0)
        last_words = said.read()[-2_000:].decode("utf-8", "replace")
    got = sink.counted
    problem = "" if code == 0 else f"ended with {code}: {last_words}"
    return Run(
        problem=problem or _wrong(case, got, "-H" in sink_options),
        rate=(got["messages"] - 1) / got["span_s"] if got["span_s"] else 0.0,
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        memory=peak[0] / 1024,
        first_after=got["first_at"] - clock,
        counted=got,
    )


def _wrong(case: Case, got: Mapping[str, Any], looked_inside: bool) -> str:
    """What the sink's counts say against a run."""
    wanted = {"messages": case.count, "recipients": case.count}
    if looked_inside and not case.same_content:
        wanted |= {"contents": case.count, "ids": case.count}
    found = [f"{got[key]} {key} instead of {count}" for key, count in wanted.items() if got[key] != count]
    return ", ".join(found)


@contextmanager
def _watching(process: int) -> Iterator[list[int]]:
    """Watch the peak memory of a process and its children while a block runs; gives a list of one number (KB).

    ru_maxrss will not do: that of a child begins with the size of the process that started it.
    """
    peak, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(LOOK):
            peak[0] = max(peak[0], *map(high_water, family(process)))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield peak
    ended.set()
    thread.join()


def family(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def high_water(process: int) -> int:
    """The peak memory (VmHWM, KB) of a process; 0 when it has gone."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM")), 0)


def in_turn(cases: Sequence[Case], rounds: int, *sink_options: str) -> dict[str, list[Run]]:
    """Run all cases, one after the other, so many times; print each as it ends."""
    found: dict[str, list[Run]] = {case.name: [] for case in cases}
    for number in range(1, rounds + 1):
        for case in cases:
            run = run_once(case, *sink_options)
            found[case.name].append(run)
            print(f"  round {number}  {_line(case, run)}", flush=True)
    return found


def _line(case: Case, run: Run) -> str:
    if run.problem:
        return f"{case.name:<24} NOT COUNTED: {run.problem}"
    thousand = run.cpu / case.count * 1000
    return (
        f"{case.name:<24} {run.rate:9,.0f}/s  {thousand:7.3f} s CPU/1,000  {run.memory:6.1f} MB  "
        f"first after {run.first_after:.2f} s  ({case.count:,} messages, {run.wall:.1f} s)"
    )


@dataclass(frozen=True, slots=True)
class Ratio:
    """A sender beside another: medians over the rounds in which both were right."""

    rate: float
    cpu: float
    rounds: int


def ratio(found: Mapping[str, Sequence[Run]], one: Case, other: Case) -> Ratio | None:
    """How `one` compares with `other` (rate and CPU a message), round by round; None without a round to compare."""
    pairs = [
        (mine, theirs)
        for mine, theirs in zip(found[one.name], found[other.name], strict=True)
        if not (mine.problem or theirs.problem)
    ]
    if not pairs:
        return None
    return Ratio(
        statistics.median(mine.rate / theirs.rate for mine, theirs in pairs),
        statistics.median((mine.cpu / one.count) / (theirs.cpu / other.count) for mine, theirs in pairs),
        len(pairs),
    )


def main() -> None:
    """Run what the command line names."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("-n", type=int, default=20_000, help="how many messages each command sends")
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument(
        "--sink", action="append", default=[], help="an option of the sink, such as -H or -l20"
    )
    reader.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    asked = reader.parse_args()
    cases = [_case(words, asked.n) for words in asked.commands]
    found = in_turn(cases, asked.rounds, *asked.sink)
    for case in cases[1:]:
        beside = ratio(found, case, cases[0])
        if beside:
            print(
                f"{case.name} / {cases[0].name}: {beside.rate:.2f} of the rate, {beside.cpu:.2f} of the CPU"
            )


def _case(words: str, count: int) -> Case:
    name, _, command = words.partition("=")
    return Case(
        name, lambda port: shlex.split(command.replace("{port}", str(port)).replace("{n}", str(count))), count
    )


if __name__ == "__main__":
    main()
