"""Does joining tell who is known here? python -m tests.bench.enumeration [--requests 200]

Four classes of addresses (new, member, unsubscribed, blocked), as many requests each, in turn. Goals (issue 3): all bodies
equal byte for byte, medians of the answers' times within 5 ms of each other.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from newsletter import site as sites
from newsletter.service import consent, members, together
from newsletter.store import suppressions
from tests.bench import prepared, serving_site, sinks

CLASSES = ("new", "member", "gone", "blocked")
GOAL = 5.0  # milliseconds


def main() -> None:
    """Prepare people of each class, ask for all of them, compare."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--requests", type=int, default=200)
    asked = reader.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="enumeration-bench-"))
    try:
        prepared.site(folder / "template", 100)
        with sinks.running() as sink:
            site = serving_site.copy(folder / "template", folder / "site", sink.port)
            stamp = _people(site, asked.requests)
            with serving_site.serving(site) as address:
                serving_site.Book(site).wait_for(100)
                good = asyncio.run(_compare(address, stamp, asked.requests))
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


def _people(folder: Path, count: int) -> str:
    """Make the members, those gone and those blocked; return the stamp of a form."""
    opened = sites.open_site(folder)
    basis = members.Basis("consent", "paper", date.today(), statement="made up")
    acts = [
        _act(kind, f"{kind}{number}@example.com", basis) for kind in CLASSES[1:] for number in range(count)
    ]
    failed = [answer for answer in together.run(opened, acts) if isinstance(answer, Exception)]
    stamp = opened.tokens.make("form", int(opened.clock.now().timestamp()) - 60, 0)
    opened.close()
    if failed:
        raise failed[0]
    return stamp


def _act(kind: str, address: str, basis: members.Basis) -> together.Act:
    def act(opened: sites.Site) -> None:
        if kind == "blocked":
            macs = consent.macs(opened, address)
            suppressions.add(opened.store, macs, "all", 0, "blocked", opened.clock.iso())
            return
        members.add(opened, address, prepared.SLUG, basis)
        if kind == "gone":
            members.leave(opened, address, None)

    return act


async def _compare(address: tuple[str, int], stamp: str, count: int) -> bool:
    bodies: set[bytes] = set()
    times: dict[str, list[float]] = {kind: [] for kind in CLASSES}
    await _ask(address, stamp, "first@example.com")
    for number in range(count):
        for kind in CLASSES:
            body, took = await _ask(address, stamp, f"{kind}{number}@example.com")
            bodies.add(body)
            times[kind].append(took * 1000)
    medians = {kind: statistics.median(found) for kind, found in times.items()}
    print("  medians: " + ", ".join(f"{kind} {value:.2f} ms" for kind, value in medians.items()))
    spread = max(medians.values()) - min(medians.values())
    return all(
        [
            serving_site.verdict("different bodies", len(bodies) - 1, "pages", 0),
            serving_site.verdict("medians apart", spread, "ms", GOAL),
        ]
    )


async def _ask(address: tuple[str, int], stamp: str, who: str) -> tuple[bytes, float]:
    body = urlencode({"stamp": stamp, "address": who, f"list.{prepared.SLUG}": "yes"})
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(*address)
    head = "POST /join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    answer = await reader.read()
    took = time.perf_counter() - began
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{who}: {answer[:200]!r}")
    return answer.partition(b"\r\n\r\n")[2], took


if __name__ == "__main__":
    main()
