"""Joins, confirms and leaves while a campaign is being sent: python -m tests.bench.signup_while_sending [--seconds 10]

50 joins, 20 confirms and 20 leaves a second, each begun at its moment whatever the answers do. Goals (issue 3): the sender
keeps at least 80 % of its speed alone, p99 of the answers at most 300 ms, none wrong. The sender's speed is measured in
windows without and with visitors, in turn; pages and sender are one `newsletter serve`.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from newsletter import site as sites
from newsletter.service import joining, together
from tests.bench import prepared, serving_site, sinks

JOINS, CONFIRMS, LEAVES = 50, 20, 20  # a second
SPEED_GOAL, LATENCY_GOAL = 80.0, 300.0  # percent, milliseconds

Post = tuple[str, str]  # path and body


def main() -> None:
    """Prepare, serve, measure alone and with visitors in turn."""
    asked = _read()
    folder = Path(tempfile.mkdtemp(prefix="signup-bench-"))
    try:
        prepared.site(folder / "template", asked.members)
        good = _run(folder, asked)
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


def _read() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--members", type=int, default=320_000)
    reader.add_argument("--seconds", type=float, default=3.0, help="length of a window")
    reader.add_argument("--rounds", type=int, default=2)
    reader.add_argument("--connections", type=int, default=10)
    return reader.parse_args()


def _run(folder: Path, asked: argparse.Namespace) -> bool:
    with sinks.running() as sink:
        site = serving_site.copy(folder / "template", folder / "site", sink.port, asked.connections)
        posts = _posts(site, int(asked.rounds * asked.seconds) + 1)
        book = serving_site.Book(site)
        alone, crowded, took = [], [], []
        with serving_site.serving(site) as address:
            book.wait_for(1_500)
            for _ in range(asked.rounds):
                alone.append(_speed(book, lambda: time.sleep(asked.seconds)))
                crowded.append(
                    _speed(book, lambda: took.extend(asyncio.run(_crowd(address, posts, asked.seconds))))
                )
            if book.value("SELECT count(*) FROM delivery WHERE state = 'due' AND message = 1") == 0:
                raise SystemExit("the campaign ended too soon: give more --members")
        book.close()
    wrong = [status for status, _ in took if status != 200]
    times = sorted(seconds * 1000 for _, seconds in took)
    kept = 100 * statistics.mean(crowded) / statistics.mean(alone)
    print(f"  sender alone {[round(one) for one in alone]}, with visitors {[round(one) for one in crowded]} mails a second")  # fmt: skip
    print(f"  {len(took)} posts, median {statistics.median(times):.1f} ms, longest {times[-1]:.0f} ms")
    return all(
        [
            serving_site.verdict("sender keeps", kept, "%", SPEED_GOAL, most=False),
            serving_site.verdict("p99", times[int(len(times) * 0.99)], "ms", LATENCY_GOAL),
            serving_site.verdict("not 200", len(wrong), "answers", 0),
        ]
    )


def _speed(book: serving_site.Book, act: object) -> float:
    before, began = book.sent(), time.monotonic()
    act()  # type: ignore[operator]
    return (book.sent() - before) / (time.monotonic() - began)


def _posts(folder: Path, seconds: int) -> Iterator[Post]:
    """Posts in a random order, as many of each kind as the seconds need, each good once."""
    opened = sites.open_site(folder)
    make, now = opened.tokens.make, int(opened.clock.now().timestamp())
    stamp = make("form", now - 60, 0)
    asked = [joining.Wanted(f"asked{n}@example.com", (prepared.SLUG,)) for n in range(CONFIRMS * seconds)]
    together.run(opened, [lambda one, wanted=wanted: joining.ask(one, wanted) for wanted in asked])  # type: ignore[misc]
    message = opened.store.value("SELECT id FROM message WHERE kind = 'recap'")
    found: list[Post] = [
        (f"/c/{make('confirm', row['id'], row['member'])}", "confirm=yes")
        for row in opened.store.rows("SELECT id, member FROM request")
    ]
    leaving = opened.store.rows("SELECT id FROM member ORDER BY id LIMIT ?", (LEAVES * seconds,))
    found += [
        (f"/leave/{make('leave', message, row['id'])}", "List-Unsubscribe=One-Click") for row in leaving
    ]
    for number in range(JOINS * seconds):
        fields = {"stamp": stamp, "address": f"new{number}@example.com", f"list.{prepared.SLUG}": "yes"}
        found.append(("/join", urlencode(fields)))
    opened.close()
    random.Random(3).shuffle(found)
    return iter(found)


async def _crowd(address: tuple[str, int], posts: Iterator[Post], seconds: float) -> list[tuple[int, float]]:
    """Begin the posts evenly over the seconds; return status and time of each."""
    rate, loop = JOINS + CONFIRMS + LEAVES, asyncio.get_running_loop()
    began, tasks = loop.time(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        tasks.append(asyncio.create_task(_post(address, *next(posts))))
    return list(await asyncio.gather(*tasks))


async def _post(address: tuple[str, int], path: str, body: str) -> tuple[int, float]:
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(*address)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]), time.perf_counter() - began


if __name__ == "__main__":
    main()
