"""Open the database, begin and end its transactions, and say in plain words what went wrong with it.

WAL, foreign keys on, autocommit at rest, every write inside BEGIN IMMEDIATE: a deferred transaction that reads and then
writes fails at once when another process wrote in between. `synchronous` is NORMAL at rest (survives a kill) and FULL
for a transaction that asks for it (survives a power cut).
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.core import clock, errors
from newsletter.store import schema

if TYPE_CHECKING:
    import sqlite_utils

BUSY_SECONDS = 30.0
# Threads of one process (pages and sender of `serve`) take turns here: SQLite would have the waiting one sleep up to
# 100 ms at a time and ask again, which starves it while the other writes without a pause.
_TURNS: dict[Path, threading.Lock] = {}
Parameters = Sequence[Any] | Mapping[str, Any]


class Store:
    """An open database. One connection, used by one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.list_ids: dict[str, int] = {}
        self.list_slugs: dict[int, str] = {}
        self._turns = _TURNS.setdefault(path, threading.Lock())
        self._patience = BUSY_SECONDS
        self._durable = False  # what `synchronous` is set to

    @property
    def database(self) -> "sqlite_utils.Database":
        """The same connection through sqlite-utils: for migrations, introspection and tests."""
        import sqlite_utils

        return sqlite_utils.Database(self.connection, execute_plugins=False)

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement. Raises StorageError in plain words."""
        try:
            return self.connection.execute(sql, parameters)
        except sqlite3.OperationalError as problem:
            raise explained(problem) from problem

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        """Run one statement for many rows. Raises StorageError in plain words."""
        try:
            return self.connection.executemany(sql, rows)
        except sqlite3.OperationalError as problem:
            raise explained(problem) from problem

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self.execute(sql, parameters).fetchone()
        return found

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a query that is known to be small."""
        return self.execute(sql, parameters).fetchall()

    def tuples(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """The same as plain tuples: for hot paths, where asking a Row for each column by name costs more than the query."""
        cursor = self.connection.cursor()
        cursor.row_factory = None
        try:
            return cursor.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as problem:
            raise explained(problem) from problem

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    @contextlib.contextmanager
    def write(self, *, durable: bool = True) -> Iterator[None]:
        """One write transaction: all or nothing. `durable` survives a power cut once it has ended.

        Only services call this. Raises StorageError; whatever is raised inside, nothing of it stays. Inside a write
        that is open already it nests as a savepoint, so that several acts can share one commit.
        """
        if self.connection.in_transaction:
            with self._savepoint():
                yield
            return
        if not self._turns.acquire(timeout=self._patience):
            raise errors.of_database("database is locked")
        try:
            self._begin(durable)
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            self._commit()
        except sqlite3.OperationalError as problem:
            raise explained(problem) from problem
        finally:
            self._turns.release()

    def _begin(self, durable: bool) -> None:
        if durable != self._durable:
            self.connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        self.connection.execute("BEGIN IMMEDIATE")

    @contextlib.contextmanager
    def _savepoint(self) -> Iterator[None]:
        self.execute("SAVEPOINT act")
        try:
            yield
        except BaseException:
            # Trouble with the disk may have rolled back everything already.
            if self.connection.in_transaction:
                self.execute("ROLLBACK TO act")
                self.execute("RELEASE act")
            raise
        self.execute("RELEASE act")

    @contextlib.contextmanager
    def scratch(self) -> Iterator[None]:
        """One transaction that writes temporary tables only: it takes no write lock, so others go on writing."""
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self.execute("COMMIT")

    def make_room(self) -> None:
        """Give the disk back what the write-ahead log holds, as far as nobody reads in it: on a full disk the last room."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def wait_at_most(self, seconds: float) -> None:
        """Wait no longer than this for another process's write: a visitor of a page does not wait half a minute."""
        self._patience = seconds
        self.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")

    def _commit(self) -> None:
        try:
            self.connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # A full disk may have rolled back by itself already.
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def register_lists(self, slugs: tuple[str, ...]) -> None:
        """Give every configured list its number; lists once known keep theirs for ever."""
        self._read_lists()
        new = [slug for slug in slugs if slug not in self.list_ids]
        if new:
            with self.write():
                self.executemany(
                    "INSERT INTO list(slug) VALUES (?) ON CONFLICT DO NOTHING", [(slug,) for slug in new]
                )
            self._read_lists()

    def _read_lists(self) -> None:
        self.list_ids = {slug: number for number, slug in self.execute("SELECT id, slug FROM list")}
        self.list_slugs = {number: slug for slug, number in self.list_ids.items()}

    def close(self) -> None:
        self.connection.close()


def open_store(path: Path, time: clock.Clock) -> Store:
    """Open the database of a site, make it (mode 0600) when it is not there, and bring its schema up to date.

    Raises StorageError when it is locked, damaged, full, or newer than this program.
    """
    try:
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        elif os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except FileExistsError:
        pass  # another process made it in this very moment
    except OSError as problem:
        raise errors.StorageError(
            f"{path.name} cannot be made or read: {problem.strerror}",
            f"Check owner and rights of {path.name} and its folder.",
        ) from problem
    try:
        connection = connect(path)
        try:
            schema.migrate(connection, path, time.iso())
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as problem:
        raise explained(problem) from problem
    return Store(connection, path)


def connect(path: Path) -> sqlite3.Connection:
    """Connect with our settings. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        path.resolve().as_uri(), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        # What is deleted is overwritten: a forgotten address must not stay readable in the file.
        connection.execute("PRAGMA secure_delete=ON")
        # Big sorts and staging tables go to a file, so that memory does not grow with the list.
        connection.execute("PRAGMA temp_store=FILE")
    except BaseException:
        connection.close()
        raise
    return connection


def explained(problem: sqlite3.Error) -> errors.StorageError:
    """Say in plain words what SQLite means."""
    return errors.of_database(str(problem))
