"""The schema, as one history of migrations (steps/): a released step is never edited.

All of it is applied inside one BEGIN IMMEDIATE, so two processes that start at once do it once, and a copy of the file
is made before a step changes existing data. States are CHECKed with ORs: SQLite builds a temporary table for an IN list
at every UPDATE.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.core import errors
from newsletter.store import steps

if TYPE_CHECKING:
    import sqlite_utils


def migrate(connection: sqlite3.Connection, path: Path, now: str) -> None:
    """Bring the schema up to date. Raises StorageError when the file is newer than this program."""
    if _applied(connection) == _NAMES:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = _applied(connection)
        _refuse_newer(applied)
        if applied and applied != _NAMES:
            _back_up(connection, path, applied[-1])
        _apply(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _applied(connection: sqlite3.Connection) -> tuple[str, ...]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name='_sqlite_migrations'").fetchone():
        return ()
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set='newsletter' ORDER BY name"
    )
    return tuple(name for (name,) in rows.fetchall())


def _refuse_newer(applied: tuple[str, ...]) -> None:
    unknown = [name for name in applied if name not in _NAMES]
    if unknown:
        raise errors.StorageError(
            f"newsletter.db was written by a newer version of this program (it knows '{unknown[-1]}')",
            "Install that version: pip install --upgrade newsletter",
        )


def _back_up(connection: sqlite3.Connection, path: Path, last: str) -> None:
    """Copy the committed database beside itself before a step changes it."""
    copy = path.with_name(f"{path.name}.before-migration-after-{last}")
    copy.touch(mode=0o600)
    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _apply(connection: sqlite3.Connection) -> None:
    import sqlite_utils

    migrations = sqlite_utils.Migrations("newsletter")
    for name, script in STEPS:
        migrations(name=name)(_step(script))
    migrations.apply(sqlite_utils.Database(connection, execute_plugins=False))


def _step(script: str) -> "Callable[[sqlite_utils.Database], None]":
    def run(db: "sqlite_utils.Database") -> None:
        for statement in _statements(script):
            db.execute(statement)

    return run


def _statements(script: str) -> list[str]:
    """Cut a script at the semicolons that end a statement (a trigger holds some of its own)."""
    found, open_part = [], ""
    for part in script.split(";"):
        open_part += part + ";"
        if sqlite3.complete_statement(open_part):
            if open_part.strip(" \n;"):
                found.append(open_part)
            open_part = ""
    return found


STEPS = steps.STEPS
_NAMES = tuple(name for name, _ in STEPS)
