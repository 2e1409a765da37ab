"""Lines of a text part: how wide a text is, where it may break, and tables in columns.

Width is counted as a terminal or a fixed-width mail reader shows it: Chinese, Japanese and Korean characters take two
columns, combining marks none, and a slot as much as an ordinary name.
"""

import re
import unicodedata

from newsletter.compose import slots

WIDTH = 72
_SLOT_WIDTH = "x" * 20
_GAP = "  "
# Between two wide characters a line may break without a blank; not before closing marks.
_BREAK = re.compile(
    "(?<=[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef])(?=[\u2e80-\u3000\u3003-\u3007\u3040-\u9fff\uac00-\ud7af])"
)


def width(text: str) -> int:
    """Count the columns a text takes."""
    text = slots.TOKEN.sub(_SLOT_WIDTH, text)
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, room: int = WIDTH, first: str = "", rest: str = "") -> str:
    """Break a text into lines of at most `room` columns; a line break in it stays.

    `first` begins the first line, `rest` the others. A word that is too long (a link) gets a line of its own, whole.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        start = first if not lines else rest
        lines += _lines(part, room, start, rest)
    return "\n".join(lines)


def _lines(text: str, room: int, start: str, rest: str) -> list[str]:
    lines: list[str] = []
    line, taken = start, width(start)
    empty = True
    for blank, word in _words(text):
        wide = width(word)
        if not empty and taken + len(blank) + wide > room:
            lines.append(line)
            line, taken, empty = rest, width(rest), True
        line += word if empty else blank + word
        taken += wide if empty else len(blank) + wide
        empty = False
    return [item.rstrip() for item in [*lines, line]]


def _words(text: str) -> list[tuple[str, str]]:
    """Cut into (blank before, word); wide characters are words of their own without a blank."""
    found: list[tuple[str, str]] = []
    for word in text.split(" "):
        if word:
            parts = _BREAK.split(word)
            found.append((" ", parts[0]))
            found += [("", part) for part in parts[1:]]
    return found


def table(head: list[str], rows: list[list[str]], aligns: list[str], room: int = WIDTH) -> str:
    """Lay a table out in columns; one that does not fit becomes a block of `head: cell` lines for each row."""
    widths = [max(width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        return _as_blocks(head, rows, room)
    ruler = _GAP.join("-" * wide for wide in widths)
    lines = [_row(head, widths, aligns), ruler, *(_row(row, widths, aligns) for row in rows)]
    return "\n".join(lines)


def _row(cells: list[str], widths: list[int], aligns: list[str]) -> str:
    done = []
    for cell, wide, align in zip(cells, widths, aligns, strict=True):
        gap = wide - width(cell)
        before = gap if align == "right" else gap // 2 if align == "center" else 0
        done.append(" " * before + cell + " " * (gap - before))
    return _GAP.join(done).rstrip()


def _as_blocks(head: list[str], rows: list[list[str]], room: int) -> str:
    blocks = []
    for row in rows:
        pairs = [(name, cell) for name, cell in zip(head, row, strict=True) if cell]
        blocks.append(
            "\n".join(wrap(f"{name}: {cell}" if name else cell, room, "", "    ") for name, cell in pairs)
        )
    return "\n\n".join(blocks)


def facts(rows: list[tuple[str, str]], room: int = WIDTH) -> str:
    """Lay out names and values in two columns, the values wrapped beside their names."""
    left = max((width(name) for name, _ in rows), default=0)
    lines = []
    for name, value in rows:
        start = _GAP + name + " " * (left - width(name)) + _GAP
        lines.append(wrap(value, room, start, " " * width(start)))
    return "\n".join(lines)


def underlined(text: str, sign: str) -> str:
    """Write a heading over a line of `sign`, as wide as its longest line."""
    lines = wrap(text)
    longest = max(width(line) for line in lines.split("\n"))
    return f"{lines}\n{sign * min(longest, WIDTH)}"
