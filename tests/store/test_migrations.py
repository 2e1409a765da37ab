"""One history of the schema: golden from nothing, a copy before each change, all or nothing, once.

After a change of the schema: python -m tests.store.test_migrations > tests/store/golden.sql
"""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.core import errors
from newsletter.store import engine, log, schema
from tests.conftest import FixedClock

GOLDEN = Path(__file__).with_name("golden.sql")
STEP = (
    "999 test",
    "ALTER TABLE log ADD COLUMN extra TEXT; INSERT INTO log(at, by, act, about) VALUES ('', '', 'step', '');",
)
BROKEN = ("999 test", "CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1);")


def golden(path: Path) -> str:
    """The schema of a database file as text, one object after the other."""
    store = engine.open_store(path, FixedClock())
    rows = store.rows(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name"
    )
    text = "\n\n".join(row["sql"] + ";" for row in rows)
    store.close()
    return text + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one row."""
    found = tmp_path / "newsletter.db"
    store = engine.open_store(found, FixedClock())
    with store.write():
        log.add(store, "2018", "chair", "before", "")
    store.close()
    return found


def take_step(monkeypatch: pytest.MonkeyPatch, step: tuple[str, str]) -> None:
    steps = (*schema.STEPS, step)
    monkeypatch.setattr(schema, "STEPS", steps)
    monkeypatch.setattr(schema, "_NAMES", tuple(name for name, _ in steps))


def acts(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        found = [act for (act,) in connection.execute("SELECT act FROM log ORDER BY id")]
    connection.close()
    return found


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("newsletter.db.before-*"))


def test_a_database_from_nothing_has_the_golden_schema(tmp_path: Path) -> None:
    """What the migrations build, statement by statement; a released step is never edited."""
    assert golden(tmp_path / "newsletter.db") == GOLDEN.read_text(encoding="utf-8")


def test_a_new_database_needs_no_copy(path: Path) -> None:
    """There is nothing to lose yet."""
    assert copies(path) == []


def test_opening_again_changes_nothing(path: Path) -> None:
    """No step is taken twice, no copy made."""
    before = path.read_bytes()

    engine.open_store(path, FixedClock()).close()

    assert path.read_bytes() == before
    assert copies(path) == []


def test_a_copy_is_made_before_a_step_changes_data(path: Path, monkeypatch) -> None:
    """The copy holds what was there, is for the owner alone, and opens as a database."""
    take_step(monkeypatch, STEP)

    engine.open_store(path, FixedClock()).close()

    (copy,) = copies(path)
    assert copy.name == f"newsletter.db.before-migration-after-{schema.STEPS[-2][0]}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert acts(copy) == ["before"]
    assert acts(path) == ["before", "step"]


def test_a_newer_file_is_refused_and_left_alone(path: Path, monkeypatch) -> None:
    """An older program would not know what it destroys."""
    with monkeypatch.context() as newer:
        take_step(newer, STEP)
        engine.open_store(path, FixedClock()).close()
    before = path.read_bytes()

    with pytest.raises(
        errors.StorageError, match=r"written by a newer version of this program \(it knows '999 test'\)"
    ) as refused:
        engine.open_store(path, FixedClock())

    assert "pip install --upgrade newsletter" in refused.value.hint
    assert path.read_bytes() == before


def test_a_step_that_fails_leaves_all_as_it_was(path: Path, monkeypatch) -> None:
    """Not even its first statement stays; the program before it can go on, and a mended step works later."""
    with monkeypatch.context() as broken:
        take_step(broken, BROKEN)
        with pytest.raises(errors.StorageError, match="no such table: nowhere"):
            engine.open_store(path, FixedClock())

    assert golden(path) == GOLDEN.read_text(encoding="utf-8")
    assert acts(path) == ["before"]
    take_step(monkeypatch, STEP)
    engine.open_store(path, FixedClock()).close()
    assert acts(path) == ["before", "step"]


def test_without_a_copy_there_is_no_step(path: Path, monkeypatch) -> None:
    """A disk too full for the copy stops the change."""
    take_step(monkeypatch, STEP)

    def no_room(*_given: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(schema, "_back_up", no_room)
    with pytest.raises(errors.StorageError, match="the disk is full, nothing was changed"):
        engine.open_store(path, FixedClock())

    assert acts(path) == ["before"]


_MIGRATE = """
import sys, time
from pathlib import Path
from newsletter.core import clock
from newsletter.store import engine, schema
schema.STEPS = (*schema.STEPS, (sys.argv[2], sys.argv[3]))
schema._NAMES = tuple(name for name, _ in schema.STEPS)
while time.time() < float(sys.argv[4]):
    pass
engine.open_store(Path(sys.argv[1]), clock.Clock()).close()
"""


def test_three_processes_at_once_take_a_step_once(path: Path) -> None:
    """Whoever comes second waits and finds it done."""
    import time

    call = [sys.executable, "-c", _MIGRATE, str(path), *STEP, str(time.time() + 1)]

    started = [subprocess.Popen(call, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [process.communicate(timeout=60)[1] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], told
    assert acts(path) == ["before", "step"]
    assert len(copies(path)) == 1


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        print(golden(Path(folder) / "newsletter.db"), end="")
