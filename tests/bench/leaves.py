"""One-click leaves while a campaign is being sent: python -m tests.bench.leaves [--members 20000] [--seconds 5]

wrk (Debian's package) posts with 64 connections, each leave by another member's link. Goals (issue 3): none lost, that is
every 200 is a committed row; p99 at most 50 ms on a quiet machine. Without a campaign, for comparison: --idle.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from newsletter import site as sites
from tests.bench import prepared, serving_site, sinks

CONNECTIONS = 64
GOAL = 50.0  # milliseconds, p99
# Each thread takes its own share of the links, so that no link is posted twice.
SCRIPT = """
local links, number, threads = {{}}, 0, {{}}
function setup(thread) thread:set("number", #threads); table.insert(threads, thread) end
function init(args)
  for line in io.lines("{links}") do table.insert(links, line) end
  at = number + 1; good = 0; bad = 0
end
function request()
  local link = links[at] or links[1]
  at = at + {threads}
  return wrk.format("POST", link, {{["Content-Type"] = "application/x-www-form-urlencoded"}}, "List-Unsubscribe=One-Click")
end
function response(status) if status == 200 then good = good + 1 else bad = bad + 1 end end
function done(summary, latency)
  local good, bad = 0, 0
  for _, thread in ipairs(threads) do good = good + thread:get("good"); bad = bad + thread:get("bad") end
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format("RESULT good=%d bad=%d failed=%d p50=%.2f p99=%.2f max=%.2f", good, bad, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
"""


def main() -> None:
    """Prepare, serve, post, compare."""
    asked = _read()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not there: apt-get install wrk")
    folder = Path(tempfile.mkdtemp(prefix="leaves-bench-"))
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
    reader.add_argument("--members", type=int, default=20_000)
    reader.add_argument("--seconds", type=int, default=5)
    reader.add_argument("--threads", type=int, default=1)
    reader.add_argument("--connections", type=int, default=4, help="connections of the sender to the relay")
    reader.add_argument("--idle", action="store_true", help="no campaign meanwhile")
    return reader.parse_args()


def _run(folder: Path, asked: argparse.Namespace) -> bool:
    with sinks.running() as sink:
        site = serving_site.copy(folder / "template", folder / "site", sink.port, asked.connections)
        links = _links(site, folder, idle=asked.idle)
        book = serving_site.Book(site)
        with serving_site.serving(site) as (host, port):
            if not asked.idle:
                book.wait_for(200)
            before = book.sent()
            found = _post(folder, links, f"http://{host}:{port}", asked)
            during = book.sent() - before
        left = book.value("SELECT count(*) FROM subscription WHERE state = 'unsubscribed'")
        late = book.value("SELECT count(*) FROM delivery JOIN subscription USING (member) WHERE subscription.state = 'unsubscribed' AND delivery.state = 'due' AND delivery.message = 1")  # fmt: skip
        book.close()
    rate = found["good"] / asked.seconds
    print(
        f"  {found['good']:.0f} leaves answered, {rate:.0f} a second, {during} mails sent meanwhile; p50 {found['p50']:.1f} ms, longest {found['max']:.0f} ms"
    )
    print(
        f"  committed {left}, refused {found['bad']:.0f}, broken {found['failed']:.0f}, of theirs still due {late}"
    )
    # Once all links were used, wrk posts the first one again: a 200 that needs no row of its own.
    lost = max(0.0, min(found["good"], asked.members) - left)
    return all(
        [
            serving_site.verdict("lost", lost, "leaves", 0),
            serving_site.verdict("not 200", found["bad"] + found["failed"], "answers", 0),
            serving_site.verdict("p99", found["p99"], "ms", GOAL),
        ]
    )


def _links(folder: Path, to: Path, *, idle: bool) -> Path:
    """Write each member's leave link, a path a line."""
    opened = sites.open_site(folder)
    message = opened.store.value("SELECT id FROM message")
    rows = opened.store.rows("SELECT id FROM member ORDER BY id DESC")
    file = to / "links.txt"
    file.write_text("\n".join(f"/leave/{opened.tokens.make('leave', message, row['id'])}" for row in rows))
    if idle:
        with opened.store.write():
            opened.store.execute("UPDATE delivery SET state = 'skipped', reason = 'cancelled', due_at = NULL")
    opened.close()
    return file


def _post(folder: Path, links: Path, url: str, asked: argparse.Namespace) -> dict[str, float]:
    script = folder / "leaves.lua"
    script.write_text(SCRIPT.format(links=links, threads=asked.threads))
    words = ["wrk", f"-t{asked.threads}", f"-c{CONNECTIONS}", f"-d{asked.seconds}s", "-s", str(script), url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    result = re.search(r"RESULT (.*)", said)
    if result is None:
        raise SystemExit(said)
    return {name: float(value) for name, value in (pair.split("=") for pair in result[1].split())}


if __name__ == "__main__":
    main()
