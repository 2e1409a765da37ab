"""The archive of 10,000 editions: python -m tests.bench.archive [--editions 10000] [--seconds 5] [--connections 16]

wrk (Debian's package) asks the real `newsletter serve` for the front page, for older pages of it, for editions and for
searches, each of thousands of addresses once, so that hardly one answer is a kept page. Goal (issue 7): p99 at most 50 ms.
Half as many editions lie on a private list beside it: not one address of theirs may answer 200.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsletter import site as sites
from newsletter.core import clock
from newsletter.store import archive, editions
from tests.bench import prepared, serving_site

OPEN, CLOSED = "open", "closed"
GOAL = 50.0  # milliseconds, p99
TRIED = 1_000  # addresses of the private list
SCRIPT = """
local paths, at, good, bad = {{}}, 0, 0, 0
function init(args) for line in io.lines("{paths}") do table.insert(paths, line) end end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
function response(status) if status ~= 200 then bad = bad + 1 end end
local threads = {{}}
function setup(thread) table.insert(threads, thread) end
function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format("RESULT count=%d bad=%d failed=%d p50=%.2f p99=%.2f max=%.2f", summary.requests,
    summary.errors.status, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
"""


def main() -> None:
    """Prepare, serve, ask, judge."""
    asked = _read()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not there: apt-get install wrk")
    folder = Path(tempfile.mkdtemp(prefix="archive-bench-"))
    try:
        good = _run(folder, asked)
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if good else 1)


def _read() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--editions", type=int, default=10_000)
    reader.add_argument("--words", type=int, default=350, help="of an edition's text")
    reader.add_argument("--seconds", type=int, default=5)
    reader.add_argument("--connections", type=int, default=16)
    return reader.parse_args()


def _run(folder: Path, asked: argparse.Namespace) -> bool:
    site = _site(folder / "site")
    began = time.monotonic()
    vocabulary = _fill(site, asked)
    size = (site / "newsletter.db").stat().st_size / 1e6
    print(f"  {asked.editions:,} editions of {asked.words} words and {asked.editions // 2:,} private ones: {size:.0f} MB, written in {time.monotonic() - began:.0f} s")  # fmt: skip
    chance = random.Random(1)
    kinds = {
        "front page": ["/"] * 2,
        "older pages": [f"/?before={number}" for number in chance.sample(range(1, asked.editions), 5_000)],
        "editions": [f"/2018-01-01-n{number}" for number in chance.sample(range(asked.editions), 5_000)],
        "searches": [f"/?q={'+'.join(chance.sample(vocabulary, 2))}" for _ in range(5_000)],
        "common word": [f"/?q=meeting+n{number % 10}" for number in range(5_000)],
    }
    with serving_site.serving(site) as (host, port):
        url = f"http://{host}:{port}"
        good = [_ask(folder, f"{url}", name, paths, asked) for name, paths in kinds.items()]
        opened = _private(url, asked, chance)
    return all([*good, serving_site.verdict(f"of {TRIED} private addresses open", opened, "", 0)])


def _site(folder: Path) -> Path:
    prepared.configure(folder, port=2525) if folder.exists() else folder.mkdir(parents=True)
    for slug in (OPEN, CLOSED):
        (folder / "lists" / slug).mkdir(parents=True)
        more = "archive = true\n" if slug == OPEN else ""
        (folder / "lists" / slug / "list.toml").write_text(prepared.LIST_TOML + more, encoding="utf-8")
    prepared.configure(folder, port=2525)
    return folder


def _fill(folder: Path, asked: argparse.Namespace) -> list[str]:
    """Write the editions as a send leaves them; return words that stand in some of them."""
    opened, chance = sites.open_site(folder), random.Random(0)
    vocabulary = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(3, 9))) for _ in range(8_000)]
    begins = datetime(2018, 1, 1, tzinfo=UTC)
    with opened.store.write():
        for slug, count in ((OPEN, asked.editions), (CLOSED, asked.editions // 2)):
            for number in range(count):
                words = ["meeting", f"n{number}", *chance.choices(vocabulary, k=asked.words)]
                at = clock.iso(begins + timedelta(hours=7 * number))
                _add(opened, slug, f"2018-01-01-n{number}", at, " ".join(words))
    opened.close()
    return vocabulary


def _add(opened: sites.Site, slug: str, stem: str, at: str, text: str) -> None:
    name = f"{slug}/{stem}"
    row = editions.Written(
        id=name, kind="recap", lists=json.dumps([slug]), subject=text[:60], source="", source_hash=name, meeting=None, question=None,
        send_at=at, queued_at=at, by="bench", allowed="[]",
    )  # fmt: skip
    editions.add(opened.store, row)
    editions.set_state(opened.store, name, "done", "", at, only=("queued",))
    paragraphs = "".join(f"<p>{text[start : start + 400]}</p>\n" for start in range(0, len(text), 400))
    page = archive.Page(
        opened.store.list_ids[slug],
        name,
        stem,
        at,
        True,
        text[:60],
        text[:60],
        text[:150],
        paragraphs,
        text,
        "[]",
    )
    archive.put(opened.store, page, at)


def _ask(folder: Path, url: str, name: str, paths: list[str], asked: argparse.Namespace) -> bool:
    listed, script = folder / "paths.txt", folder / "ask.lua"
    listed.write_text("\n".join(f"/archive/{OPEN}{path}" for path in paths))
    script.write_text(SCRIPT.format(paths=listed))
    words = ["wrk", "-t1", f"-c{asked.connections}", f"-d{asked.seconds}s", "-s", str(script), url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    result = re.search(r"RESULT (.*)", said)
    if result is None:
        raise SystemExit(said)
    found = {key: float(value) for key, value in (pair.split("=") for pair in result[1].split())}
    print(
        f"  {name}: {found['count'] / asked.seconds:.0f} a second; p50 {found['p50']:.1f} ms, longest {found['max']:.0f} ms"
    )
    return serving_site.verdict(f"{name}, p99", found["p99"], "ms", GOAL) & (
        found["bad"] + found["failed"] == 0
    )


def _private(url: str, asked: argparse.Namespace, chance: random.Random) -> int:
    """How many addresses of the private list answer 200."""
    tried = ["", "/", "/feed.xml", "/?q=meeting", "/?before=9", "/pictures/a.png"]
    while len(tried) < TRIED:
        token = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz234567", k=40))
        number = chance.randrange(asked.editions // 2)
        tried += [f"/2018-01-01-n{number}", f"/{token}/2018-01-01-n{number}", f"/?q=n{number}"]
    return sum(_status(f"{url}/archive/{CLOSED}{path}") == 200 for path in tried[:TRIED])


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


if __name__ == "__main__":
    main()
