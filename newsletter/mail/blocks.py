"""Blocks of fields, as status parts and returned headers have them (RFC 3464 2.1): names in lower case, values unfolded."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message

from newsletter.mail import reading

BLOCKS_LIMIT = 100
LINES_LIMIT = 200
VALUE_LIMIT = 2_000  # characters
_BETWEEN = re.compile(r"(?:\r?\n[ \t]*){2,}")
_FOLD = re.compile(r"\r?\n[ \t]+")


def of(part: Message) -> Iterator[dict[str, str]]:
    """The blocks of a status part: Python cuts message/delivery-status into blocks, but no other type."""
    parts = reading.inside(part)
    if parts:
        raw = "\n\n".join(f"{_fields(block)}\n\n{reading.raw(block)}" for block in parts)
    else:
        raw = reading.raw(part)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    yield from in_text(_decoded(raw, encoding))


def in_text(text: str) -> Iterator[dict[str, str]]:
    """The blocks of a text, which blank lines part."""
    for block in _BETWEEN.split(text, BLOCKS_LIMIT + 1)[: BLOCKS_LIMIT + 1]:
        if found := read(block):
            yield found


def read(text: str) -> dict[str, str]:
    """The fields of one block, names in lower case, folded lines joined; the first of a name counts."""
    found: dict[str, str] = {}
    for line in _FOLD.sub(" ", text).splitlines()[:LINES_LIMIT]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip()[:VALUE_LIMIT])
    return found


def _fields(block: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in block.items())


def _decoded(raw: str, encoding: str) -> str:
    try:
        if encoding == "base64":
            return base64.b64decode(raw).decode("utf-8", "replace")
        if encoding == "quoted-printable":
            return quopri.decodestring(raw.encode("utf-8", "replace")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return raw
