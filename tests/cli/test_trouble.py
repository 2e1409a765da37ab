"""Trouble with the database, the disk and the folder: one clear line and a hint, exit code 1, nothing half done."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.store import engine
from tests.conftest import write_site

ADD = ["member", "add", "ada@example.org", "--list", "south-hants-it"]


def content(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "newsletter.db") as connection:
        found = list(connection.iterdump())
    connection.close()
    return found


@pytest.fixture
def opened(folder: Path, call) -> Path:
    """A site whose database is made."""
    assert call("--site", folder, "list", "show").code == 0
    return folder


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_locked_database(opened: Path, call, monkeypatch) -> None:
    """Another program holds it: reading works, writing says so after the wait."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    before = content(opened)
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(opened / "newsletter.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdout.readline() == "held\n"

    shown, said = call("--site", opened, "list", "show"), call("--site", opened, *ADD)
    other.communicate("")

    assert shown.code == 0
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "newsletter: the database is in use by another program and did not come free",
        "  Close it and try again.",
    ]
    assert content(opened) == before
    assert call("--site", opened, *ADD).code == 0


def test_a_full_disk(opened: Path, call, monkeypatch, tmp_path: Path) -> None:
    """A scan that does not fit takes the whole act back; with room it works."""
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF" * 100_000)
    words = [*ADD, "--source", "sheet", "--date", "2018-06-28", "--evidence", scan]
    before, connect = content(opened), engine.connect

    def small(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 10}")
        return connection

    with monkeypatch.context() as full:
        full.setattr(engine, "connect", small)
        said = call("--site", opened, *words)

    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "newsletter: the disk is full, nothing was changed",
        "  Make room on the disk and run the command again.",
    ]
    assert content(opened) == before
    assert call("--site", opened, *words).code == 0


def test_a_disk_full_for_a_file(opened: Path, call, monkeypatch) -> None:
    """The same for what is no database: a draft, a preview."""

    def no_room(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newsletter.service.drafts.begin", no_room)
    said = call("--site", opened, "new", "recap", "--list", "south-hants-it")

    assert said.code == 1
    assert said.err.splitlines() == [
        "newsletter: the disk is full",
        "  Make room on the disk and run the command again.",
    ]


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without the rights of root, who may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that everybody may enter."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="newsletter-test-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_without_the_right_to_write(public: Path, call, request) -> None:
    """At the first use: the key cannot be made; the folder stays as it was."""
    folder = write_site(public / "site")
    call("--site", write_site(public / "other"), "list", "show")  # loads what the command needs
    folder.chmod(0o555)
    request.getfixturevalue("nobody")

    said = call("--site", folder, "list", "show")

    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "newsletter: newsletter.key cannot be written: Permission denied",
        "  Check owner and rights of the site's folder.",
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["lists", "newsletter.toml"]


def test_a_database_without_the_right_to_write(public: Path, call, request) -> None:
    """Made by another user: the command says whose rights to look at."""
    folder = write_site(public / "site")
    assert call("--site", folder, *ADD).code == 0
    before = content(folder)
    for name in ("newsletter.db", "newsletter.key"):
        (folder / name).chmod(0o444)
    folder.chmod(0o555)
    request.getfixturevalue("nobody")

    said = call("--site", folder, "member", "leave", "ada@example.org")

    assert (said.code, said.out) == (1, "")
    first, hint = said.err.splitlines()
    assert first.startswith("newsletter: newsletter.db cannot be made or read") or first in (
        "newsletter: the database cannot be written",
        "newsletter: the database cannot be opened",
    )
    assert hint == "  Check owner and rights of newsletter.db and its folder."
    if os.getuid() == 0:
        os.seteuid(0)
    assert content(folder) == before


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        (lambda folder: (folder / "newsletter.db").write_bytes(b"x" * 9_000), "newsletter: newsletter.db is no database"),
        (lambda folder: (folder / "newsletter.key").unlink(),
         "newsletter: newsletter.db is there but newsletter.key is not: without it no link in sent mails would work"),
        (lambda folder: (folder / "newsletter.key").write_text(""), "newsletter: newsletter.key is empty or cut short"),
        (lambda folder: (folder / "newsletter.toml").unlink(), None),
        (lambda folder: (folder / "newsletter.toml").write_text("x ="), "newsletter: newsletter.toml: is no TOML: Invalid value (at end of document)"),
    ],
    ids=["database", "no-key", "empty-key", "no-toml", "toml"],
)  # fmt: skip
def test_a_damaged_site(opened: Path, call, spoil, first: str | None) -> None:
    """What happened, to what, and what to do now; never a traceback."""
    spoil(opened)

    said = call("--site", opened, *ADD)

    assert said.code == (1 if first and "no database" in first else 2)
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert lines[0] == (
        first or f"newsletter: {opened} is no newsletter site: there is no newsletter.toml in it"
    )
    assert lines[1].startswith("  ")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["member", "add", "ada@example", "--list", "south-hants-it"], "newsletter: 'ada@example' is no e-mail address"),
        (["member", "add", "ada@example.org", "--list", "nowhere"], "newsletter: there is no list 'nowhere'"),
        (["member", "add", "ada@example.org", "--list", "south-hants-it", "--name", "a\nBcc: b@example.org"],
         "newsletter: the name holds a control character (U+000A)"),
        (["member", "add", "ada@example.org", "--list", "south-hants-it", "--name", "\udcff"],
         "newsletter: the name holds a control character (U+DCFF)"),
        (["member", "show", "ada@example.org"], "newsletter: ada@example.org is not known to this site"),
        (["member", "show", "\udcff"], "newsletter: '?' is no e-mail address"),
        (["member", "pause", "ada@example.org", "--until", "2000-01-01"], "newsletter: 2000-01-01 is not in the future"),
        (["list", "show", "nowhere"], "newsletter: there is no list 'nowhere'"),
        (["list", "new", "Bad Slug"], "newsletter: 'Bad Slug' cannot name a list"),
        (["new", "recap", "--list", "nowhere"], "newsletter: there is no list 'nowhere'"),
        (["new", "recap", "--list", "south-hants-it", "--meeting", "none"], "newsletter: there is no meeting 'none'"),
        (["new", "recap", "--list", "south-hants-it", "--title", "a\x00b"], "newsletter: the title holds a control character (U+0000)"),
        (["preview", "nowhere.md"], "newsletter: there is no file nowhere.md"),
    ],
    ids=lambda value: ascii(" ".join(value[:3]))[:40] if isinstance(value, list) else "",
)  # fmt: skip
def test_one_clear_line(folder: Path, call, words: list[str], first: str) -> None:
    """On stderr, with nothing on stdout, and nobody is written down."""
    said = call("--site", folder, *words)

    assert said.code in (1, 2)
    assert said.out == ""
    assert said.err.splitlines()[0].startswith(first)
    assert len(said.err.splitlines()) <= 2
    with sqlite3.connect(folder / "newsletter.db") as connection:
        assert connection.execute("SELECT count(*) FROM member").fetchone() == (0,)
    connection.close()


def test_a_fault_of_ours_keeps_its_traceback(folder: Path, call, monkeypatch) -> None:
    """It is not dressed up as somebody else's mistake."""

    def fault(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("newsletter.service.lists.overview", fault)
    with pytest.raises(ZeroDivisionError):
        call("--site", folder, "list", "show")


def test_a_reader_that_went_away_is_no_crash(folder: Path) -> None:
    """newsletter ... | head -1: no traceback."""
    call = [sys.executable, "-m", "newsletter", "--site", str(folder), "list", "show"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()

    assert process.returncode in (0, 1)
    assert b"Traceback" not in told
