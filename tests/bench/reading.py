"""How long the reader takes for one inbound mail: python -m tests.bench.reading [FILE...]

Without files the samples of tests/mails are read; the goal is a 99th percentile under 15 ms of CPU a mail.
"""

import contextlib
import statistics
import sys
import time
from pathlib import Path

from newsletter.core import errors, refusals
from newsletter.mail import reports

ROUNDS = 5
GOAL = 0.015  # seconds of CPU for one mail, 99th percentile


def main(names: list[str]) -> int:
    """Read every file several times, print the percentiles, and return 1 when the goal is missed."""
    files = [Path(name) for name in names] or sorted(Path("tests/mails").glob("*.eml"))
    taken = sorted(min(_seconds(file.read_bytes()) for _ in range(ROUNDS)) for file in files)
    worst = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    print(
        f"{len(taken)} mails: median {statistics.median(taken) * 1000:.1f} ms, "
        f"p99 {worst * 1000:.1f} ms, most {taken[-1] * 1000:.1f} ms (goal: p99 {GOAL * 1000:.0f} ms)"
    )
    return 0 if worst < GOAL else 1


def _seconds(data: bytes) -> float:
    refusals.blame.cache_clear()  # every mail is new to the reader
    began = time.process_time()
    with contextlib.suppress(errors.InputError):
        reports.read(data)
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
