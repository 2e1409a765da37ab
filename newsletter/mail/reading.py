"""Read inbound mail within bounds. All of it is hostile until shown otherwise.

Python's parser takes seconds for 100,000 parts and dies of 2,000 nested ones, so length, header, parts and depth are
bounded before it sees anything. It runs under its compat32 policy, which decodes nothing by itself.
"""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import BinaryIO

from newsletter.core import errors

MAIL_LIMIT = 1_048_576  # octets read of one mail; a report says what it has to say at the beginning
HEADER_LIMIT = 65_536  # octets
DEPTH_LIMIT = 16
PART_LIMIT = 256
LINE_LIMIT = 65_536  # octets of one line of an mbox read at once
_BLANK = re.compile(rb"\r?\n\r?\n")
# What could open a level or a part, counted without parsing: generous, since texts may speak of such things too.
_LEVEL = re.compile(rb"boundary\s*=|boundary\*|message/", re.IGNORECASE)
_LEVELS_LIMIT = 64
_DASHES = re.compile(rb"^--", re.MULTILINE)
_DASHES_LIMIT = 2_000
_FIELDS_LIMIT = 1_000


def parse(data: bytes) -> Message:
    """Parse one mail. Raises InputError saying which bound it breaks; then a person has to look at it."""
    data = data[:MAIL_LIMIT]
    end = _BLANK.search(data, 0, HEADER_LIMIT + 4)
    if end is None and len(data) > HEADER_LIMIT:
        raise errors.InputError(f"its header is over {HEADER_LIMIT} octets long")
    head = data[: end.start()] if end else data
    if head.count(b"\n") > _FIELDS_LIMIT:
        raise errors.InputError(f"its header has more than {_FIELDS_LIMIT} lines")
    if _more(_LEVEL, data, _LEVELS_LIMIT) or _more(_DASHES, data, _DASHES_LIMIT):
        raise errors.InputError("it is nested too deep or has too many parts")
    try:
        message = BytesParser(policy=compat32).parsebytes(data)
    except (RecursionError, ValueError, LookupError, AssertionError) as problem:
        raise errors.InputError(f"it cannot be parsed ({type(problem).__name__})") from problem
    _refuse_bulk(message)
    return message


def _more(pattern: re.Pattern[bytes], data: bytes, limit: int) -> bool:
    return any(number >= limit for number, _ in enumerate(pattern.finditer(data)))


def _refuse_bulk(message: Message) -> None:
    count = 0
    level: list[Message] = [message]
    for _ in range(DEPTH_LIMIT):
        level = [child for part in level for child in _children(part)]
        count += len(level)
        if count > PART_LIMIT:
            raise errors.InputError(f"it has more than {PART_LIMIT} parts")
        if not level:
            return
    raise errors.InputError(f"it is nested more than {DEPTH_LIMIT} levels deep")


def own_parts(message: Message) -> Iterator[Message]:
    """The parts of a mail's own level, never those inside an attached mail (RFC 6522: a forwarded report is no report)."""
    yield message
    if message.get_content_maintype() == "multipart":
        for child in _children(message):
            yield from own_parts(child)


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def text(part: Message) -> str:
    """The text of a part, its transfer encoding undone, in UTF-8 or Latin-1 whatever it claims to be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return payload.decode("latin-1")


def field(message: Message, name: str, limit: int = 2_000) -> str:
    """A header field as text on one line, cut at `limit` characters; empty when it is not there."""
    return " ".join(str(message.get(name, ""))[:limit].split())


def mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of a file: one, or all of an mbox (it begins with "From "), each cut at MAIL_LIMIT."""
    first = stream.readline(LINE_LIMIT)
    if not first.startswith(b"From "):
        yield (first + stream.read(MAIL_LIMIT))[:MAIL_LIMIT]
        return
    found: list[bytes] = []
    size, blank = 0, False
    while line := stream.readline(LINE_LIMIT):
        if blank and line.startswith(b"From "):
            yield b"".join(found)
            found, size = [], 0
        elif size < MAIL_LIMIT:
            found.append(line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    yield b"".join(found)
