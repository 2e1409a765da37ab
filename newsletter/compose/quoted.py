"""Quoted-printable (RFC 2045 6.7) for a text with slots.

Fixed text is encoded once. A slot stands alone between soft line breaks, so that whatever is put into it is encoded
on its own and cannot push a line past 76 characters. A dot that begins a line becomes =2E, so that SMTP never has to
stuff one, and "From " becomes =46rom, which old mailbox files would otherwise change.
"""

import html
import re
from collections.abc import Callable, Sequence

from newsletter.compose.slots import Slot
from newsletter.core import texts

SOFT = "=\r\n"
_WIDTH = 75  # one less than the 76 allowed, for the soft break's own sign
_UNITS = [chr(b) if 32 <= b < 127 and b != 61 else f"={b:02X}" for b in range(256)]
# What needs no encoding, neither in a text nor in an HTML part, and fits on a line: most values.
is_plain = re.compile(rf"[A-EG-Za-z0-9][A-Za-z0-9 @,/:_+.-]{{0,{_WIDTH - 4}}}").fullmatch
_BLANK = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")


def pieces(
    cut: Sequence[str | Slot], kind: str, write: Callable[[str], str] | None = None
) -> list[str | Slot]:
    """Encode a text that was cut at its slots: fixed, slot, fixed ... stays fixed, slot, fixed.

    `write` encodes what is fixed (None: `encode`).
    """
    write = write or encode
    done: list[str | Slot] = []
    for number, piece in enumerate(cut):
        if isinstance(piece, Slot):
            done.append(Slot(piece.name, piece.fallback, kind))
            continue
        text = write(piece)
        if number:
            text = SOFT + text
        if number < len(cut) - 1 and text and not text.endswith("\r\n"):
            text += SOFT
        done.append(text)
    return done


def encode(text: str) -> str:
    """Encode a text with LF line ends into quoted-printable lines with CRLF."""
    return "\r\n".join(_line(line) for line in text.split("\n"))


def octets(text: str) -> str:
    """Encode a text whose line ends are octets like any other (RFC 2045 6.7, rule 4), so that nobody rewrites them."""
    return _wrapped([_UNITS[octet] for octet in text.encode()])


def _line(text: str) -> str:
    units = [_UNITS[octet] for octet in text.encode()]
    if units and units[-1] in " \t":
        units[-1] = "=20"
    return _wrapped(units)


def _wrapped(units: list[str]) -> str:
    lines: list[str] = []
    line: list[str] = []
    width = 0
    for unit in units:
        if width + len(unit) > _WIDTH:
            lines.append(_safe_start("".join(line)))
            line, width = [], 0
        if width == 0 and unit in ".F":
            # Reserve the room that =2E or =46 will take.
            width = 2
        line.append(unit)
        width += len(unit)
    lines.append(_safe_start("".join(line)))
    return SOFT.join(lines)


def _safe_start(line: str) -> str:
    if line.startswith("."):
        return "=2E" + line[1:]
    if line.startswith("From "):
        return "=46" + line[1:]
    return line


def text_value(value: str) -> str:
    """Encode one value of a text part, as it stands alone on its line."""
    if value.isascii() and value.isprintable() and len(value) < _WIDTH - 2 and "=" not in value:
        return _safe_start(value) if value[:1] in (".", "F") else value
    units = [_UNITS[octet] for octet in clean(value).encode()]
    short = "".join(units)
    if len(short) >= _WIDTH - 2:
        return _wrapped(units)
    return _safe_start(short) if short[:1] in (".", "F") else short


def html_value(value: str) -> str:
    """Encode one value of an HTML part: escaped, other scripts as character references."""
    value = html.escape(clean(value))
    return text_value(value if value.isascii() else value.encode("ascii", "xmlcharrefreplace").decode())


def clean(value: str) -> str:
    """Take out what no value may hold (controls, line separators, direction marks, half surrogates): blanks become a space."""
    if value.isprintable():
        return value  # nothing of that sort is
    return texts.FORBIDDEN.sub("", _BLANK.sub(" ", value))
