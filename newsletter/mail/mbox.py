"""The mails of a file or a pipe: one, or all of an mbox. Read in pieces, so that neither lines nor mails can fill the memory."""

import re
import shutil
from collections.abc import Iterator
from typing import BinaryIO

from newsletter.mail import reading

LINE_LIMIT = 65_536  # octets of the first line, which tells an mbox from a mail
PIECE = 1_048_576  # octets read at once
TAIL = 2_048  # octets that may hold the beginning of a line between two mails
# A blank line and the line between the mails of an mbox: a text that quotes an old mail has lines with "From " too.
_LINE = rb"\r?\n(From \S{0,1000} {0,4}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]{0,1000}\n)"
_BETWEEN = re.compile(rb"(?:\A|\n)" + _LINE)
_BEHIND_THE_BEGINNING = re.compile(rb"\n" + _LINE)


def mails(stream: BinaryIO, rest: BinaryIO | None = None) -> Iterator[bytes]:
    """The mails of a file: one, or all of an mbox (it begins with "From ").

    Of a mail over SIZE_LIMIT only the beginning, which is too long to be read; what follows of it is written to `rest`,
    which the caller empties before the next one.
    """
    first = stream.readline(LINE_LIMIT)
    if first.startswith(b"From ") and b"\n" in first:
        yield from _of_mbox(stream, rest)
        return
    data = first + stream.read(reading.SIZE_LIMIT + 1 - len(first))
    if rest is not None:
        shutil.copyfileobj(stream, rest, PIECE)
    yield data


def _of_mbox(stream: BinaryIO, rest: BinaryIO | None) -> Iterator[bytes]:
    found, head = bytearray(), b""  # what is read and not yet given; of a large mail its beginning
    looked = 0  # octets of it in which no mail ends
    while piece := stream.read(PIECE):
        found += piece
        while between := (_BEHIND_THE_BEGINNING if head else _BETWEEN).search(found, looked):
            yield _whole(head, found[: between.start(1)], rest)
            del found[: between.end()]
            head, looked = b"", 0
        if not head and len(found) > reading.SIZE_LIMIT + TAIL:
            head = bytes(found[: reading.SIZE_LIMIT + 1])
            del found[: reading.SIZE_LIMIT + 1]
        if head:
            _spill(found[:-TAIL], rest)
            del found[:-TAIL]
        looked = max(0, len(found) - TAIL)
    yield _whole(head, found, rest)


def _whole(head: bytes, found: bytearray, rest: BinaryIO | None) -> bytes:
    if not head:
        return bytes(found)
    _spill(found, rest)
    return head


def _spill(found: bytearray, rest: BinaryIO | None) -> None:
    if rest is not None:
        rest.write(found)
