"""Read a TOML table key by key: types, ranges, choices, and for an unknown key the nearest known one.

All problems of a file are collected, so that the person mends it once. A problem names file, table and key.
"""

import difflib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from newsletter.core import texts

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_REQUIRED: Final = object()


class Table:
    """One table of a file. Ask for each key, then `end()`; look at `problems` when the whole file is read."""

    def __init__(
        self, values: Mapping[str, Any], file: str, name: str = "", problems: list[str] | None = None
    ) -> None:
        self.values = dict(values)
        self.file = file
        self.name = name
        self.problems: list[str] = [] if problems is None else problems
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(
        self, key: str, default: Any = _REQUIRED, *, choices: tuple[str, ...] = (), limit: int = 10_000
    ) -> Any:
        """A string: not empty, not longer than `limit` characters, one of `choices` where given."""
        value, good = self._take(key, default, str, "a text in quotes")
        if not good:
            return value
        if not value.strip():
            self.problem(key, "is empty")
        elif len(value) > limit:
            self.problem(key, f"is {len(value)} characters long, {limit} are allowed")
        elif choices and value not in choices:
            near = difflib.get_close_matches(value, choices, 1)
            meant = f" (did you mean '{near[0]}'?)" if near else ""
            self.problem(key, f"is '{value}', but must be one of {', '.join(choices)}{meant}")
            return choices[0]
        return value

    def line(
        self, key: str, default: Any = _REQUIRED, *, limit: int = texts.FIELD_LIMIT, breaks: bool = False
    ) -> Any:
        """A string without control characters, since it may end in a header; `breaks` allows several lines."""
        value = self.text(key, default, limit=limit)
        if isinstance(value, str) and texts.FORBIDDEN.search(value.replace("\n", "") if breaks else value):
            self.problem(
                key, "holds a control character" if breaks else "holds a line break or control character"
            )
            return ""
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        return bool(self._take(key, default, bool, "true or false")[0])

    def whole(self, key: str, default: Any = _REQUIRED, *, least: int = 0, most: int = 2**31) -> Any:
        """A whole number from `least` to `most`."""
        value, good = self._take(key, default, int, "a whole number")
        if good and not least <= value <= most:
            self.problem(key, f"is {value}, but must be from {least} to {most}")
            return least
        return value

    def seconds(self, key: str, default: str, *, least: float = 0) -> float:
        """A length of time such as "90s", "5m", "48h" or "7d", in seconds."""
        value, _ = self._take(key, default, str, 'a length of time such as "5m"')
        found = re.fullmatch(r"(\d{1,6})\s*([smhd])", value) if isinstance(value, str) else None
        if found is None:
            self.problem(
                key, f'is {value!r}, but must be a length of time such as "30s", "5m", "48h" or "7d"'
            )
            return 0.0
        length = timedelta(seconds=int(found[1]) * _UNITS[found[2]]).total_seconds()
        if length < least:
            self.problem(key, f"is '{value}', but must be at least {least:g} seconds")
        return length

    def moment(self, key: str, default: Any = _REQUIRED) -> Any:
        """A date and time without an offset, such as 2018-09-13T18:00:00: local to the zone of what it describes."""
        value, good = self._take(key, default, datetime, "a date and time such as 2018-09-13T18:00:00")
        if good and value.tzinfo is not None:
            self.problem(key, f"is {value.isoformat()}, but must be local time, without an offset or Z")
            return value.replace(tzinfo=None)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of strings."""
        value, _ = self._take(key, default, (list, tuple), 'a list of texts such as ["a", "b"]')
        if not all(isinstance(item, str) for item in value):
            self.problem(key, 'must be a list of texts such as ["a", "b"]')
            return default
        return tuple(value)

    def table(self, key: str) -> "Table | None":
        """A table below this one, or None when it is not there."""
        value, _ = self._take(key, None, dict, f"a table headed [{key}]")
        return (
            Table(value, self.file, f"{self.name}.{key}".lstrip("."), self.problems)
            if isinstance(value, dict)
            else None
        )

    def tables(self, key: str) -> list["Table"]:
        """An array of tables ([[key]])."""
        value, _ = self._take(key, [], list, f"tables headed [[{key}]]")
        if not all(isinstance(item, dict) for item in value):
            self.problem(key, f"must be written as tables headed [[{key}]]")
            return []
        return [Table(item, self.file, f"{self.name}.{key}".lstrip("."), self.problems) for item in value]

    def problem(self, key: str, what: str) -> None:
        """Note a problem of one key."""
        table = f"[{self.name}] " if self.name else ""
        self.problems.append(f"{self.file}: {table}{key} {what}")

    def end(self) -> None:
        """Note every key that nobody asked for, with the nearest known one."""
        for key in self.values:
            if key in self._known:
                continue
            near = difflib.get_close_matches(key, self._known, 1)
            meant = (
                f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(sorted(self._known))}"
            )
            self.problem(f"'{key}'", f"is not a known key{meant}")

    def _take(self, key: str, default: Any, kind: Any, what: str) -> tuple[Any, bool]:
        """The value of a key, and whether the file gave a good one; a problem is noted once, here or by the caller."""
        self._known.append(key)
        instead = default if default is not _REQUIRED else ("" if kind is str else 0)
        if key not in self.values:
            if default is _REQUIRED:
                self.problem(key, "is missing")
            return instead, False
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            self.problem(key, f"must be {what}, not {_written(value)}")
            return instead, False
        return value, True


def _written(value: Any) -> str:
    """A value much as its file has it, cut short."""
    if isinstance(value, dict):
        return "one table"
    text = (
        str(value).lower()
        if isinstance(value, bool)
        else str(value)
        if hasattr(value, "isoformat")
        else repr(value)
    )
    return text if len(text) <= 60 else text[:60] + "..."
