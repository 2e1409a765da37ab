"""The story of a list that moves in, is corrected and moves out again, through the real command."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import conftest

SLUG = "south-hants-it"
PROOF = ["--source", "booth at the fair", "--date", "2018-06-28", "--statement", "the chair, by hand"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site's folder, its relay and pages on this machine only."""
    return conftest.write_site(tmp_path / "site")


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command at the time of the story."""
    return subprocess.run(
        [sys.executable, "-m", "newsletter", "--site", str(root), *words],
        capture_output=True,
        text=True,
        env={**os.environ, "NEWSLETTER_NOW": "2018-06-29T08:00:00Z"},
        cwd=Path(__file__).parents[2],
        check=False,
    )


def answer(root: Path, *words: str) -> Any:
    done = run(root, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def people(root: Path, *lines: str) -> str:
    file = root.parent / "people.csv"
    file.write_text("\n".join(("E-Mail;Vorname;Nachname;Company", *lines)) + "\n", encoding="cp1252")
    return str(file)


def test_a_list_moves_in_and_out(root: Path) -> None:
    """Plan, apply, the same again, export, undo: each says what it did in the promised keys."""
    file = people(root, "ann@example.org;Ann;Lee;ACME", "zoe@gmial.com;Zoë;Müller;", "nonsense;;;")
    command = ["member", "import", file, "--list", SLUG, *PROOF]

    plan = answer(root, *command)
    applied = answer(root, *command, "--apply")
    again = answer(root, *command, "--apply")
    exported = run(root, "member", "export", "--list", SLUG)
    undone = answer(root, "member", "undo", "1")

    assert list(plan) == [
        "rows", "new", "changed", "same", "left", "held", "suppressed", "bad", "batch", "applied",
    ]  # fmt: skip
    assert (plan["rows"], plan["new"], plan["batch"], plan["applied"]) == (3, 2, None, False)
    assert [(one["line"], one["value"]) for one in plan["bad"]] == [(4, "nonsense")]
    assert (applied["new"], applied["batch"], applied["applied"]) == (2, 1, True)
    assert (again["same"], again["batch"]) == (2, None)
    rows = list(csv.DictReader(io.StringIO(exported.stdout)))
    assert [(row["email"], row["name"], row["company"]) for row in rows] == [
        ("ann@example.org", "Ann Lee", "ACME"),
        ("zoe@gmial.com", "Zoë Müller", ""),
    ]
    assert (undone["removed"], undone["spared"]) == (2, [])
    assert answer(root, "ledger", "verify")["ok"]


def test_people_read_a_plan_in_plain_words(root: Path) -> None:
    """The guessed columns, the counts, the bad lines, the slips, and what to do next."""
    file = people(root, "ann@gmial.com;Ann;Müller;ACME", "nonsense;;;")

    done = run(root, "member", "import", file, "--list", SLUG)

    assert done.returncode == 0
    for words in (
        "CSV with semicolons, Windows-1252",
        "first name     from column 'Vorname'",
        "1 held        come in without usable proof",
        "line 3: nonsense:",
        "gmial.com looks like gmail.com (line 2)",
        "For consent add --source, --date, --statement or --evidence.",
        "Nothing was written. To write it: the same command with --apply",
    ):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nothing.csv", "--list", SLUG], 1, "there is no file nothing.csv"),
        (["FILE", "--list", "nowhere"], 1, "there is no list 'nowhere'"),
        (["FILE", "--list", SLUG, "--date", "2018-07-28"], 2, "is in the future"),
        (["FILE", "--list", SLUG, "--evidence", "nothing.pdf"], 2, "nothing.pdf"),
    ],
)
def test_wrong_use_is_one_clear_line(root: Path, words: list[str], code: int, message: str) -> None:
    """Nothing is written, the exit code says whose turn it is."""
    file = people(root, "ann@example.org;;;")

    done = run(root, "member", "import", *[file if word == "FILE" else word for word in words])

    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_import_leaves_the_old_state_and_can_be_repeated(root: Path) -> None:
    """kill -9 in the middle of writing: nobody came in; the repeat brings everybody in."""
    file = people(root, *(f"m{number}@example.org;M;{number};ACME" for number in range(60_000)))
    command = [
        sys.executable,
        "-m",
        "newsletter",
        "--site",
        str(root),
        "member",
        "import",
        file,
        "--list",
        SLUG,
    ]
    started = subprocess.Popen([*command, *PROOF, "--apply"], stdout=subprocess.DEVNULL)
    wal = root / "newsletter.db-wal"
    while started.poll() is None and not (wal.exists() and wal.stat().st_size > 2_000_000):
        time.sleep(0.002)
    started.send_signal(signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL, "the import ended before it could be killed"

    base = sqlite3.connect(root / "newsletter.db")
    assert base.execute("SELECT count(*) FROM member").fetchone() == (0,)
    assert base.execute("SELECT count(*) FROM consent").fetchone() == (0,)
    base.close()
    assert answer(root, "member", "import", file, "--list", SLUG, *PROOF, "--apply")["new"] == 60_000
    assert answer(root, "ledger", "verify")["events"] == 60_000


def test_an_excel_export_goes_to_a_file_of_the_right_kind(root: Path) -> None:
    """The output's name says the format; a folder gets a file whose name warns."""
    answer(
        root, "member", "import", people(root, "ann@example.org;Ann;Lee;"), "--list", SLUG, *PROOF, "--apply"
    )

    named = answer(root, "member", "export", "--list", SLUG, "--output", str(root.parent / "x.xlsx"))
    placed = answer(root, "member", "export", "--list", SLUG, "--output", str(root.parent))

    assert (named["format"], named["members"]) == ("xlsx", 1)
    assert (root.parent / "x.xlsx").read_bytes()[:2] == b"PK"
    assert Path(placed["file"]).name == "south-hants-it-2018-06-29-personal-data.csv"
    assert Path(placed["file"]).read_text().startswith("email,name,")


def test_a_hundred_thousand_bad_lines_do_not_fill_the_memory(root: Path) -> None:
    """Doubles are all listed, and the process stays small."""
    file = root.parent / "doubles.csv"
    file.write_text("email\n" + "ann@example.org\n" * 100_000)
    probe = """import sys
from newsletter.cli import main
code = main.run(sys.argv[1:])
sys.stdout.flush()
print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0], file=sys.stderr)
sys.exit(code)"""

    done = subprocess.run(
        [sys.executable, "-c", probe, "--site", str(root), "--json", "member", "import", str(file), "--list", SLUG],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True,
    )  # fmt: skip

    found = json.loads(done.stdout)
    assert (found["rows"], found["held"], len(found["bad"])) == (100_000, 1, 99_999)
    assert found["bad"][-1] == {
        "line": 100_001, "value": "ann@example.org", "reason": "the same address as in line 2",
    }  # fmt: skip
    assert int(done.stderr.split()[-1]) / 1024 < 64
