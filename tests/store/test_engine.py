"""Transactions, what the database itself keeps right, and trouble with the disk in plain words."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.core import errors, words
from newsletter.store import engine, log
from tests.conftest import FixedClock

NOW = "2018-06-29T08:00:00.000Z"


@pytest.fixture
def store(tmp_path: Path):
    opened = engine.open_store(tmp_path / "newsletter.db", FixedClock())
    yield opened
    opened.close()


def note(store: engine.Store, about: str = "x") -> None:
    log.add(store, NOW, "chair@example.org", "test", about)


def abouts(store: engine.Store) -> list[str]:
    return [row["about"] for row in reversed(log.newest(store, 100))]


def test_a_write_is_all_or_nothing(store: engine.Store) -> None:
    """Whatever is raised inside, nothing of it stays, and the next write works."""
    with pytest.raises(KeyboardInterrupt), store.write():
        note(store, "lost")
        raise KeyboardInterrupt

    with store.write():
        note(store, "kept")

    assert abouts(store) == ["kept"]


def test_a_write_inside_a_write_shares_its_commit(store: engine.Store) -> None:
    """An inner act that fails takes back itself alone; an outer one takes back all."""
    with store.write():
        note(store, "outer")
        with pytest.raises(ValueError), store.write():
            note(store, "failed")
            raise ValueError
        with store.write():
            note(store, "inner")
    with pytest.raises(ValueError), store.write():
        with store.write():
            note(store, "gone")
        raise ValueError

    assert abouts(store) == ["outer", "inner"]


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_a_durable_write_is_flushed_to_the_disk(store: engine.Store, durable: bool, level: int) -> None:
    """FULL (2) for what was promised to a person, NORMAL (1) for what may be done again."""
    with store.write(durable=durable):
        assert store.value("PRAGMA synchronous") == level


def test_how_the_database_is_kept(store: engine.Store) -> None:
    """WAL, foreign keys, files for big sorts, STRICT tables."""
    settings = [store.value(f"PRAGMA {name}") for name in ("journal_mode", "foreign_keys", "temp_store")]
    loose = store.rows("SELECT name FROM pragma_table_list WHERE schema='main' AND strict=0 AND type='table'")

    assert settings == ["wal", 1, 1]
    assert {row["name"] for row in loose} <= {"sqlite_schema", "sqlite_sequence", "_sqlite_migrations"}


def columns_with_states() -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        ("member", "health", words.HEALTHS), ("subscription", "state", words.SUBSCRIPTION_STATES),
        ("suppression", "scope", words.SCOPES), ("edition", "state", words.EDITION_STATES),
        ("edition", "kind", words.EDITION_KINDS), ("message", "class", words.MAIL_CLASSES),
        ("delivery", "state", words.DELIVERY_STATES), ("bounce", "kind", words.BOUNCE_KINDS),
    ]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "known"), columns_with_states())
def test_a_state_that_is_no_word_of_ours_is_refused(store, table, column, known) -> None:
    """CHECKed by the database, written as OR since an IN list costs a temporary table at every UPDATE."""
    sql = store.value("SELECT sql FROM sqlite_master WHERE type='table' AND name=?", (table,))
    check = "CHECK(" + " OR ".join(f"{column}='{word}'" for word in known) + ")"

    assert check in sql
    assert f"{column} IN (" not in sql


def test_the_ledger_cannot_be_changed_by_a_slip(store: engine.Store) -> None:
    """UPDATE and DELETE of an event are stopped by the database."""
    with store.write():
        store.execute(
            "INSERT INTO consent (seq, member, step, state, actor, channel, recorded_at, effective_at, payload, hash)"
            " VALUES (1, 1, 'held', 'held', 'import', 'import', ?, ?, x'00', x'00')", (NOW, NOW),
        )  # fmt: skip

    for statement in ("UPDATE consent SET state = 'confirmed'", "DELETE FROM consent"):
        with pytest.raises(sqlite3.IntegrityError, match="the ledger is never changed"), store.write():
            store.execute(statement)


def test_one_delivery_a_member_and_message(store: engine.Store) -> None:
    """A second enqueue is impossible, not unlikely."""
    row = "INSERT INTO delivery (message, member, address, state) VALUES (1, 2, 'a@example.org', 'due')"
    with store.write():
        store.execute(
            "INSERT INTO message (id, kind, class, lists, subject, frozen, key, created_at)"
            " VALUES (1, 'recap', 'M', '[]', 's', '{}', 1, ?)", (NOW,),
        )  # fmt: skip
        store.execute(row)

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), store.write():
        store.execute(row)


_HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(store: engine.Store):
    """Another process that holds the database's write lock."""
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(store.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline() == "held\n"
    yield
    other.communicate("")


def test_a_locked_database_is_told_in_plain_words(store: engine.Store, held: None) -> None:
    """After the wait: what happened and what to do; reading goes on meanwhile."""
    store.wait_at_most(0.05)

    with (
        pytest.raises(
            errors.StorageError, match="in use by another program and did not come free"
        ) as refused,
        store.write(),
    ):
        note(store)

    assert refused.value.hint == "Close it and try again."
    assert not store.connection.in_transaction
    assert abouts(store) == []


def test_a_full_disk_leaves_all_as_it_was(store: engine.Store) -> None:
    """The write that does not fit is taken back as a whole; with room again it works."""
    pages = store.value("PRAGMA page_count")
    store.execute(f"PRAGMA max_page_count={pages + 2}")

    with (
        pytest.raises(errors.StorageError, match="the disk is full, nothing was changed") as refused,
        store.write(),
    ):
        for _ in range(100):
            note(store, "x" * 5_000)

    assert refused.value.hint == "Make room on the disk and run the command again."
    assert abouts(store) == []
    store.execute("PRAGMA max_page_count=1000000")
    with store.write():
        note(store, "x" * 50_000)
    assert len(abouts(store)) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"this is no database, but long enough to be looked at. " * 40, "newsletter.db is no database"),
     (b"SQLite format 3\x00" + b"\xff" * 4_000, "newsletter.db is no database")],
    ids=["text", "header"],
)  # fmt: skip
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes, message: str) -> None:
    """It is not overwritten: perhaps it can be saved."""
    path = tmp_path / "newsletter.db"
    path.write_bytes(content)

    with pytest.raises(errors.StorageError, match=message):
        engine.open_store(path, FixedClock())

    assert path.read_bytes() == content


def test_a_damaged_database_is_named_as_such(tmp_path: Path) -> None:
    """Pages overwritten in the middle."""
    path = tmp_path / "newsletter.db"
    engine.open_store(path, FixedClock()).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises((errors.StorageError, sqlite3.DatabaseError)) as refused:
        opened = engine.open_store(path, FixedClock())
        try:
            opened.rows("SELECT * FROM member JOIN subscription ON member = member.id")
        finally:
            opened.close()

    told = (
        refused.value if isinstance(refused.value, errors.StorageError) else engine.explained(refused.value)
    )
    assert told.message == "the database is damaged"
    assert told.hint == "Restore the last backup: newsletter restore FILE"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("database is locked", "the database is in use by another program and did not come free"),
        ("database or disk is full", "the disk is full, nothing was changed"),
        ("attempt to write a readonly database", "the database cannot be written"),
        ("unable to open database file", "the database cannot be opened"),
        ("database disk image is malformed", "the database is damaged"),
        ("file is not a database", "newsletter.db is no database"),
        ("disk I/O error", "the disk could not be read or written"),
        ("no such column: x", "the database answered: no such column: x"),
    ],
)
def test_what_sqlite_says_becomes_plain_words(said: str, message: str) -> None:
    """Each with something to do."""
    told = errors.of_database(said)

    assert told.message == message
    assert told.hint
