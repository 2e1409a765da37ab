"""Read a list's members for an export, streaming."""

from collections.abc import Iterator, Sequence
from typing import Any

from newsletter.store import engine


def rows(
    store: engine.Store, list_id: int, states: Sequence[str], fields: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """(address, name, first name, state, since, until, basis, source, fields...) of the list's members in these states.

    `until` is the end of the basis, or of a pause. The names of `fields` are plain words, as the configuration checks.
    """
    values = "".join(f", coalesce(json_extract(m.fields, '$.{name}'), '')" for name in fields)
    marks = ",".join("?" for _ in states)
    cursor = store.connection.cursor()
    cursor.row_factory = None  # plain tuples: there may be a million
    return cursor.execute(
        f"""SELECT m.address, m.name, m.first_name, s.state, s.since,
        coalesce(s.paused_until, s.until, ''), s.basis, s.source{values}
        FROM member m JOIN subscription s ON s.list = ? AND s.member = m.id
        WHERE m.key IS NOT NULL AND s.state IN ({marks}) ORDER BY m.key""",  # noqa: S608 - our words and ?s only
        (list_id, *states),
    )


def count(store: engine.Store, list_id: int, states: Sequence[str]) -> int:
    """How many members `rows` will give."""
    marks = ",".join("?" for _ in states)
    return int(
        store.value(
            f"""SELECT count(*) FROM subscription s JOIN member m ON m.id = s.member
            WHERE s.list = ? AND m.key IS NOT NULL AND s.state IN ({marks})""",  # noqa: S608 - only ?s
            (list_id, *states),
        )
    )
