"""Import and export beside the cheapest thing that moves the same rows: `python tests/bench/import_export.py [ROWS]`.

Every step runs in a process of its own, in turn, and reports CPU seconds (user and system) of its work and the peak
memory of the process (VmHWM). Goals (issue 2): plan <= 2 x an unchecked executemany of the same rows; apply <= 2 x an
unchecked executemany into the same tables, ledger included; export <= 4 x the sqlite3 shell's CSV; memory < 64 MB.
"""

import csv
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

PAGE = 1_000
ROWS_A_DOMAIN = 52  # some 19,000 domains in a million rows
MEMORY_GOAL = 64  # MB


def main() -> None:
    """Run the steps in turn and print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    folder = Path(tempfile.mkdtemp(prefix="import-bench-"))
    try:
        make_data(folder / "people.csv", count)
        for number in range(rounds):
            print(
                f"{count:,} rows, {(folder / 'people.csv').stat().st_size / 1e6:.0f} MB of CSV, round {number + 1}"
            )
            _round(folder, count)
    finally:
        shutil.rmtree(folder)


def _round(folder: Path, count: int) -> None:
    found = {name: _measure(name, folder, count) for name in STEPS}
    found["sqlite3 shell"] = _shell(folder)
    for name, (cpu, memory) in found.items():
        print(f"  {name:<22} {cpu:8.2f} s CPU  {cpu / count * 1e6:7.2f} us a row  {memory:6.1f} MB")
    for ours, theirs, goal in _GOALS:
        ratio = found[ours][0] / found[theirs][0]
        print(f"  {ours} / {theirs}: {ratio:.2f} (goal <= {goal}) {'ok' if ratio <= goal else 'MISSED'}")
    most = max(found[name][1] for name in ("plan", "apply", "plan again", "export"))
    print(f"  peak memory: {most:.1f} MB (goal < {MEMORY_GOAL}) {'ok' if most < MEMORY_GOAL else 'MISSED'}")


_GOALS = (
    ("plan", "unchecked rows", 2.0),
    ("apply", "unchecked tables", 2.0),
    ("plan again", "unchecked rows", 3.0),  # every row compared with a known member: our own goal
    ("export", "sqlite3 shell", 4.0),
)


def make_data(file: Path, count: int) -> None:
    """Write `count` people: unsorted addresses under many domains, one name in ten not ASCII."""
    chance = random.Random(7)
    firsts = "Ann Bob Carla Dmitri Eve Farid Grace Hugo Ines Jörg Kim Lea".split()
    lasts = "Smith Jones Müller Okafor Tanaka Rossi Nowak Silva O'Hara Lund".split()
    numbers = list(range(count))
    chance.shuffle(numbers)
    with file.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["email", "name", "company", "sector"])
        for number in numbers:
            first, last = chance.choice(firsts), chance.choice(lasts)
            address = f"{first.lower().replace('ö', 'oe')}.{number}@mail{number % max(count // ROWS_A_DOMAIN, 1)}.example.org"
            out.writerow(
                [address, f"{first} {last}", f"Company {number % 977}", chance.choice(["it", "law", "care"])]
            )


def _measure(name: str, folder: Path, count: int) -> tuple[float, float]:
    answer = subprocess.run(
        [sys.executable, __file__, "--step", name, str(folder), str(count)],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SystemExit(f"{name} failed:\n{answer.stderr}")
    cpu, memory = json.loads(answer.stdout.splitlines()[-1])
    return cpu, memory


def _shell(folder: Path) -> tuple[float, float]:
    """The same columns by the sqlite3 shell."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    sql = """SELECT m.address, m.name, m.first_name, s.state, s.since, s.until, s.basis, s.source,
      json_extract(m.fields, '$.company'), json_extract(m.fields, '$.sector')
      FROM subscription s JOIN member m ON m.id = s.member WHERE s.list = 1 ORDER BY m.key"""
    with (folder / "shell.csv").open("w") as stream:
        subprocess.run(
            ["sqlite3", "-csv", str(folder / "site" / "newsletter.db"), sql], stdout=stream, check=True
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0.0


def _rows(folder: Path) -> Iterator[list[str]]:
    with (folder / "people.csv").open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream)
        next(reader)
        yield from reader


def unchecked_rows(folder: Path, count: int) -> None:
    """An upsert of the file's own columns by their address, without looking at them."""
    base = sqlite3.connect(folder / "plain.db", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE person (email TEXT PRIMARY KEY, name TEXT, company TEXT, sector TEXT)")
    base.execute("BEGIN IMMEDIATE")
    base.executemany(
        "INSERT INTO person VALUES (?,?,?,?) ON CONFLICT (email) DO UPDATE SET name = excluded.name",
        _rows(folder),
    )
    base.execute("COMMIT")
    assert base.execute("SELECT count(*) FROM person").fetchone() == (count,)


def unchecked_tables(folder: Path, count: int) -> None:
    """The rows that an import writes, into the same tables of a site: no verdict, no hash, no look at the file."""
    site = _open(folder / "bare")
    base = site.store.connection
    base.execute("BEGIN IMMEDIATE")
    base.execute("INSERT INTO batch (id, list, at, by, file) VALUES (1, 1, 'now', 'me', 'people.csv')")
    base.execute("INSERT INTO wording VALUES ('w', 1, 'en', 'text', 'now')")
    rows, first = _rows(folder), 1
    while page := list(islice(rows, PAGE)):
        numbers = range(first, first + len(page))
        base.executemany(*_member_rows(numbers, page))
        base.executemany(*_consent_rows(numbers))
        base.executemany(*_payload_rows(numbers, page))
        base.executemany(
            "INSERT INTO subscription (list, member, state, since, basis, source, consent)"
            " VALUES (1, ?, 'attested', '2018-06-28T00:00:00.000Z', 'consent', 'paper', ?)",
            [(number, number) for number in numbers],
        )
        base.executemany(
            "INSERT INTO batch_member (batch, member, is_new) VALUES (1, ?, 1)", [(n,) for n in numbers]
        )
        first += len(page)
    base.execute("COMMIT")
    assert base.execute("SELECT count(*) FROM subscription").fetchone()[0] == count
    site.close()


def _member_rows(numbers: range, page: list[list[str]]) -> tuple[str, list[Any]]:
    mac = bytes(16)
    return (
        "INSERT INTO member (id, address, key, mac, mailbox_mac, name, first_name, fields, created_at)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        [
            (
                n,
                row[0],
                row[0],
                mac,
                mac,
                row[1],
                row[1][:4],
                f'{{"company": "{row[2]}", "sector": "{row[3]}"}}',
                "now",
            )
            for n, row in zip(numbers, page, strict=True)
        ],
    )


def _consent_rows(numbers: range) -> tuple[str, list[Any]]:
    hashed, now, then = bytes(32), "2018-06-29T08:00:00.000Z", "2018-06-28T00:00:00.000Z"
    rest = (
        1,
        "attested",
        "attested",
        "import",
        "import",
        now,
        then,
        "consent",
        None,
        "w",
        None,
        1,
        hashed,
        hashed,
    )
    return (
        """INSERT INTO consent (seq, member, list, step, state, actor, channel, recorded_at, effective_at, basis, until,
        wording, evidence, batch, payload, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        [(n, n, *rest) for n in numbers],
    )


def _payload_rows(numbers: range, page: list[list[str]]) -> tuple[str, list[Any]]:
    salt = bytes(16)
    return (
        "INSERT INTO consent_payload (seq, salt, json) VALUES (?,?,?)",
        [
            (n, salt, f'{{"address":"{row[0]}","by":"chair@example.org","file":"people.csv","line":{n},'
                      f'"name":"{row[1]}","source":"paper","statement":"by hand"}}')
            for n, row in zip(numbers, page, strict=True)
        ],
    )  # fmt: skip


def plan(folder: Path, count: int) -> None:
    """A dry run into an empty site."""
    _planned(folder / "fresh", folder / "people.csv", "new", count)


def plan_again(folder: Path, count: int) -> None:
    """A dry run of a file whose people are all there."""
    _planned(folder / "site", folder / "people.csv", "same", count)


def _planned(root: Path, file: Path, verdict: str, count: int) -> None:
    from newsletter.service import imports

    site = _open(root)
    found = imports.plan(site, _request(file))
    assert getattr(found, verdict) == found.rows == count, found
    site.close()


def apply(folder: Path, count: int) -> None:
    """The import itself."""
    from newsletter.service import imports

    site = _open(folder / "site")
    found = imports.apply(site, _request(folder / "people.csv"))
    assert found.new == found.rows == count, found
    site.close()


def export(folder: Path, count: int) -> None:
    """The CSV export of everybody."""
    from newsletter.service import exports

    site = _open(folder / "site")
    assert exports.write(site, exports.Request("bench", folder / "out.csv")) == count
    site.close()


def _request(file: Path) -> Any:
    from newsletter.service import imports

    return imports.Request(
        file, "bench", "consent", "paper", date.fromisoformat("2018-06-28"), statement="by hand"
    )


SITE = """[site]
name = "Bench"
time_zone = "Europe/London"
contact = "chair@example.org"
[smtp]
host = "127.0.0.1"
port = 2525
security = "none"
"""
LIST = """title = "Bench"
from = "Bench <post@lists.example.org>"
purpose = "News"
wording = "Yes, the Bench group may e-mail me its news. I can leave at any time by the link in every mail."
basis = "consent"
fields = ["company", "sector"]
"""


def _open(root: Path) -> Any:
    from newsletter import site
    from newsletter.core import clock

    if not root.exists():
        (root / "lists" / "bench").mkdir(parents=True)
        (root / "newsletter.toml").write_text(SITE)
        (root / "lists" / "bench" / "list.toml").write_text(LIST)
    return site.open_site(root, running=clock.starting_at(clock.parse("2018-06-29T08:00:00Z")))


STEPS = {
    "unchecked rows": unchecked_rows,
    "plan": plan,
    "unchecked tables": unchecked_tables,
    "apply": apply,
    "plan again": plan_again,
    "export": export,
}


def _step() -> None:
    _, _, name, folder, count = sys.argv
    root = Path(folder)
    for old in {
        "unchecked rows": ["plain.db"],
        "unchecked tables": ["bare"],
        "apply": ["site"],
        "plan": ["fresh"],
    }.get(name, []):
        for path in root.glob(old + "*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    started = time.process_time()
    STEPS[name](root, int(count))
    cpu = time.process_time() - started
    status = Path("/proc/self/status").read_text()
    memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps([cpu, memory]))


if __name__ == "__main__":
    _step() if "--step" in sys.argv else main()
