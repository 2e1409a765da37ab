"""The chair's fields: {{ name }} and {{ first_name | "friend" }}, found and replaced, never executed."""

import re
from collections.abc import Callable

from newsletter.compose.slots import Slot
from newsletter.core import errors

_BRACES = re.compile(r"\{\{(.*?)\}\}|\{\{|\}\}|\{%|%\}|\{#|#\}", re.DOTALL)
_FIELD = re.compile(
    r"[ \t]*([a-z_][a-z0-9_]{0,63})[ \t]*(?:\|[ \t]*(?:\"([^\"{}\n]*)\"|'([^'{}\n]*)'|“([^”{}\n]*)”)[ \t]*)?"
).fullmatch


def find(text: str, where: str, first_line: int = 1) -> tuple[Slot, ...]:
    """Return the fields of a text, in order. Raises EditionError as `replace` does."""
    found: list[Slot] = []

    def note(slot: Slot) -> str:
        found.append(slot)
        return ""

    replace(text, note, where, first_line)
    return tuple(found)


def replace(text: str, put: Callable[[Slot], str], where: str, first_line: int = 1) -> str:
    """Replace each field by what `put` returns for it.

    Raises EditionError, naming `where` and the line, for anything else in double braces or template signs.
    """

    def one(match: re.Match[str]) -> str:
        inner = match[1]
        field = _FIELD(inner) if inner is not None else None
        if field is None:
            line = first_line + text.count("\n", 0, match.start())
            raise errors.EditionError(
                f"{where}, line {line}: '{_shown(match[0])}' is no field",
                'Write a field as {{ name }} or {{ first_name | "friend" }}; for braces as text put a space between them.',
            )
        return put(Slot(field[1], field[2] or field[3] or field[4] or ""))

    return _BRACES.sub(one, text)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "..."
