"""Answers to a full meeting while its reminders go out: python -m tests.bench.answers_while_reminding [--members 10000]

Goal (issue 6): 10,000 members, 3,000 answers in an hour while reminders go out: nothing lost, the waiting list never over
capacity. Played faster: the second notice to all 10,000 leaves a real `newsletter serve` (slowed to --mails a second, so
that it lasts as long) while 3,000 answers and changes of mind are posted to it, --rate a second. Every answer that got a
200 must stand in the end, places are counted from outside all the time, and each reminder must have an end.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from newsletter import site as sites
from newsletter.core import clock
from newsletter.service import places
from tests import conftest
from tests.bench import serving_site, sinks
from tests.service import coming, outgoing

CAPACITY = 400
INVITED = "2018-08-01T09:00:00.000Z"
TAKEN = "SELECT coalesce(sum(1 + guests), 0) FROM rsvp WHERE place = 'in' OR place = 'offered'"
LATENCY_GOAL = 300.0  # milliseconds, p99, as for the other pages


@dataclass
class Played:
    """What was posted: the last answer of each member that was taken, the times, and statuses other than 200."""

    last: dict[int, tuple[str, int]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    most_taken: int = 0


def main() -> None:
    """Prepare, serve, post, compare."""
    asked = _read()
    folder = Path(tempfile.mkdtemp(prefix="answers-bench-"))
    try:
        with sinks.running() as sink:
            good = _run(folder, asked, sink.port)
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


def _read() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--members", type=int, default=10_000)
    reader.add_argument("--answers", type=int, default=3_000)
    reader.add_argument("--rate", type=float, default=100.0, help="answers a second")
    reader.add_argument("--mails", type=int, default=300, help="reminders a second")
    return reader.parse_args()


def _run(folder: Path, asked: argparse.Namespace, port: int) -> bool:
    root = conftest.write_site(folder / "site", toml=outgoing.relay_toml(port, f"per_second = {asked.mails}"))
    links, due = _invited(root, asked.members)
    os.environ["NEWSLETTER_NOW"] = clock.iso(clock.parse(due) - timedelta(seconds=1))
    book = serving_site.Book(root)
    reminders = "SELECT count(*) FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = 'invitation' AND d.changed_at > '2018-08-02' AND d.state "
    with serving_site.serving(root) as address:
        _wait(book, f"{reminders} = 'sent'", 300)
        before, began = book.value(f"{reminders} = 'sent'"), time.monotonic()
        played = asyncio.run(_play(address, book, links, asked))
        seconds = time.monotonic() - began
        during = book.value(f"{reminders} = 'sent'") - before
        left = book.value(f"{reminders} = 'due'")
        _wait_for_none(book, f"{reminders} IN ('due', 'sending', 'deferred')")
    book.close()
    return _judge(root, asked, played, seconds, (during, left))


def _invited(root: Path, members: int) -> tuple[dict[int, str], str]:
    """Fill the list and have everybody invited; return each member's answer link, and when the second notice is due."""
    opened = sites.open_site(root, running=clock.starting_at(clock.parse(INVITED)))
    outgoing.fill(opened, outgoing.people(members))
    message = coming.invite(opened)
    places.set_capacity(opened, coming.SLUG, CAPACITY)
    with opened.store.write():
        opened.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL, changed_at = ?", (INVITED,))
        opened.store.execute("UPDATE edition SET state = 'done', ended_at = ?", (INVITED,))
    links = {
        row["id"]: "/rsvp/" + opened.tokens.make("rsvp", message, row["id"])
        for row in opened.store.rows("SELECT id FROM member")
    }
    due = opened.store.value("SELECT due_at FROM reminder WHERE name = 'second-notice'")
    opened.close()
    return links, due


def _wait(book: serving_site.Book, question: str, least: int) -> None:
    until = time.monotonic() + 90
    while book.value(question) < least:
        if time.monotonic() > until:
            raise SystemExit("the reminders did not begin")
        time.sleep(0.1)


def _wait_for_none(book: serving_site.Book, question: str) -> None:
    until = time.monotonic() + 120
    while book.value(question):
        if time.monotonic() > until:
            raise SystemExit("the reminders did not end")
        time.sleep(0.2)


async def _play(
    address: tuple[str, int], book: serving_site.Book, links: dict[int, str], asked: argparse.Namespace
) -> Played:
    """Post the answers evenly, each member's in order, and count the places all the time."""
    dice, played, loop = random.Random(6), Played(), asyncio.get_running_loop()
    people = dice.sample(sorted(links), min(len(links), asked.answers * 5 // 6))
    queue = [*people, *dice.choices(people, k=asked.answers - len(people))]
    dice.shuffle(queue)
    locks = {member: asyncio.Lock() for member in people}
    began, tasks = loop.time(), []
    watching = asyncio.create_task(_watch(book, played))
    for number, member in enumerate(queue):
        await asyncio.sleep(max(0.0, began + number / asked.rate - loop.time()))
        given = (dice.choices(("yes", "maybe", "no"), (6, 1, 3))[0], dice.choice((0, 0, 0, 1, 2)))
        tasks.append(
            asyncio.create_task(_answer(address, links[member], member, given, locks[member], played))
        )
    await asyncio.gather(*tasks)
    watching.cancel()
    return played


async def _watch(book: serving_site.Book, played: Played) -> None:
    while True:
        played.most_taken = max(played.most_taken, book.value(TAKEN))
        await asyncio.sleep(0.02)


async def _answer(
    address: tuple[str, int], link: str, member: int, given: tuple[str, int], turn: asyncio.Lock, played: Played
) -> None:  # fmt: skip
    body = f"answer.{given[0]}=yes&guests={given[1]}&note=n{member}"
    async with turn:
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(*address)
        head = f"POST {link} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        said = await reader.read()
        writer.close()
        played.took.append((time.perf_counter() - began) * 1000)
        status = int(said.split(b" ", 2)[1])
        if status == 200:
            played.last[member] = given
        else:
            played.refused.append(status)


def _judge(
    root: Path, asked: argparse.Namespace, played: Played, seconds: float, reminded: tuple[int, int]
) -> bool:
    """Compare what was posted with what is there, and print it beside the goals."""
    opened = sites.open_site(root)
    rows = {row["member"]: row for row in opened.store.rows("SELECT * FROM rsvp")}
    lost = [
        member for member, (answer, _) in played.last.items()
        if member not in rows or rows[member]["answer"] != answer
    ]  # fmt: skip
    odd = [one for one in rows.values() if (one["place"] != "") != (one["answer"] == "yes")]
    turns = sorted(one["turn"] for one in rows.values() if one["place"] == "waiting")
    taken = opened.store.value(TAKEN)
    untold = opened.store.value(
        """SELECT count(*) FROM rsvp r WHERE NOT EXISTS (SELECT 1 FROM delivery d JOIN message g ON g.id = d.message
        WHERE d.member = r.member AND g.kind IN ('receipt', 'waiting', 'offer') AND d.state IN ('sent', 'due'))"""
    )
    ended = {
        f"{row['state']} {row['reason'] or ''}".strip(): row["n"]
        for row in opened.store.rows(
            """SELECT d.state, d.reason, count(*) AS n FROM delivery d JOIN message g ON g.id = d.message
            WHERE g.kind = 'invitation' AND d.changed_at > '2018-08-02' GROUP BY 1, 2"""
        )
    }
    opened.close()
    times = sorted(played.took)
    print(
        f"  {len(times)} answers in {seconds:.0f} s, {reminded[0]} reminders beside them, {reminded[1]} still to go then"
    )
    print(
        f"  median {statistics.median(times):.1f} ms, longest {times[-1]:.0f} ms; reminders: {json.dumps(ended)}"
    )
    print(
        f"  in the end {taken} of {CAPACITY} places, {len(turns)} parties waiting; most places ever seen {played.most_taken}"
    )
    return all(
        [
            serving_site.verdict("answers lost", len(lost), "", 0),
            serving_site.verdict("not 200", len(played.refused), "", 0),
            serving_site.verdict("most places", max(taken, played.most_taken), "", CAPACITY),
            serving_site.verdict("answers without their place, or twice a turn", len(odd) + len(turns) - len(set(turns)), "", 0),
            serving_site.verdict("answers that no mail tells", untold, "", 0),
            serving_site.verdict("reminders without an end", asked.members - sum(ended.values()), "", 0),
            serving_site.verdict("p99", times[int(len(times) * 0.99)], "ms", LATENCY_GOAL),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    main()
