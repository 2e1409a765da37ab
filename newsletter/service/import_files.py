"""Read a foreign address file as rows of text: CSV of any common shape, plain address lines, or Excel.

The file is hostile until proved otherwise: size, rows, columns, fields and line lengths are bounded, the text is decoded
strictly, and a file that was cut short is refused rather than read in part. Everything streams.
"""

import codecs
import contextlib
import csv
import functools
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from newsletter.core import columns, errors

BYTES_LIMIT = 512 * 1024 * 1024
ROWS_LIMIT = 5_000_000
FIELD_LIMIT = 10_000  # characters
# A legal line is shorter: all columns full of doubled quotes. Whatever is cut here breaks another limit when parsed.
_LINE_LIMIT = columns.CONTACTS_LIMIT * (2 * FIELD_LIMIT + 3)
_SAMPLE_BYTES = 256 * 1024
_SAMPLE_ROWS = 200
_CHUNK = 1024 * 1024
_END = "\x01end\x01"  # one more line after the last: if a quote is open, it is swallowed by it
_DELIMITERS = ",;\t|"

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read: how it is written, its first rows, and whether its last line is ended."""

    path: Path
    shape: str  # csv, lines or xlsx
    size: int
    sample: list[list[str]]
    encoding: str = ""
    delimiter: str = ""
    ended: bool = True
    sheet: str = ""

    def described(self) -> str:
        """Say in a few words how the file is written."""
        if self.shape == "xlsx":
            return f"Excel, sheet '{self.sheet}'"
        written = (
            "plain addresses" if self.shape == "lines" else f"CSV with {_DELIMITER_WORDS[self.delimiter]}"
        )
        return f"{written}, {_ENCODING_WORDS[self.encoding]}"


_DELIMITER_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENCODING_WORDS = {
    "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252",
}  # fmt: skip


def look(path: Path) -> Source:
    """Find out how a file is written. Raises InputError when it is no table, damaged or too big."""
    size = _size(path)
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE_BYTES)
    if head[:4] == b"PK\x03\x04":
        from newsletter.service import import_sheets

        sheet, sample = import_sheets.look(path)
        return Source(path, "xlsx", size, sample, sheet=sheet)
    _refuse_foreign(path, head)
    encoding, ended = _checked_encoding(path, head)
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    if not text.strip():
        raise errors.InputError(f"{path.name} is empty", "Export it again from the old system.")
    if _is_lines(text):
        return Source(path, "lines", size, [], encoding, ",", ended)
    delimiter = _delimiter(text)
    sample = _sample(path, encoding, delimiter)
    return Source(path, "csv", size, sample, encoding, delimiter, ended)


def _size(path: Path) -> int:
    if not path.is_file():
        raise errors.InputError(f"there is no file {path}", "Check the name and the folder.")
    size = path.stat().st_size
    if size > BYTES_LIMIT:
        raise errors.InputError(
            f"{path.name} has {size / 1024**2:,.0f} MB, {BYTES_LIMIT // 1024**2} MB are allowed",
            "Split the file and import the parts one by one.",
        )
    return size


def _refuse_foreign(path: Path, head: bytes) -> None:
    """Name the kinds of file that people take for tables."""
    for start, what in _FOREIGN:
        if head.startswith(start):
            raise errors.InputError(f"{path.name} is {what}", "Save it as .xlsx or as CSV and import that.")


_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Outlook file (.xls, .msg)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"!BDN", "an Outlook data file (.pst)"),
    (b"BEGIN:VCARD", "a file of visiting cards (.vcf)"),
    (b"<", "a web page or XML"),
)


def _checked_encoding(path: Path, head: bytes) -> tuple[str, bool]:
    """The first encoding in which the whole file can be read, and whether its last line is ended."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif head[1:200:2].count(0) > 80 or (len(head) < 200 and head[1::2] and not any(head[1::2])):
        candidates = ["utf-16-le"]
    elif head[0:200:2].count(0) > 80 or (len(head) < 200 and head and not any(head[::2])):
        candidates = ["utf-16-be"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        with contextlib.suppress(UnicodeDecodeError):
            return encoding, _decodes(path, encoding)
    raise errors.InputError(
        f"{path.name} is no text: it is neither UTF-8 nor UTF-16 nor Windows-1252",
        "Save it as CSV UTF-8 or as .xlsx.",
    )


def _decodes(path: Path, encoding: str) -> bool:
    """Read the whole file once; return whether it ends with a line end. Raises UnicodeDecodeError, InputError."""
    decoder = codecs.getincrementaldecoder(encoding)()
    last, lines, foreign = "", 1, False
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text:
                number = lines + text[: text.index("\0")].count("\n")
                raise errors.InputError(
                    f"{path.name} is damaged or no text: it holds a NUL in line {number:,}",
                    "Export it again.",
                )
            lines += text.count("\n")
            foreign = foreign or not text.isascii()
            last = text[-1:] or last
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        # A single half character at the very end of plain ASCII is the last letter of a Windows-1252 file instead.
        if not foreign and encoding == "utf-8-sig":
            raise
        raise errors.InputError(
            f"{path.name} ends in the middle of a character: it was cut short", "Export or copy it again."
        ) from problem
    return last in ("\n", "\r")


# One line of a plain file: Name <address>, or nothing but addresses.
_MAILBOX_LINE = re.compile(r'\s*(?:"[^"]*"|[^<>"@]*)\s*<[^<>\s@]+@[^<>\s@]+>').match
_ADDRESSES_LINE = re.compile(
    r"\s*[^@\s<>,;\"]+@[^@\s<>,;\"]+(?:[\s,;]+[^@\s<>,;\"]+@[^@\s<>,;\"]+)+[\s,;]*"
).fullmatch
_ONE_ADDRESS = re.compile(r"\s*<?[^@\s<>,;\"]+@[^@\s<>,;\"]+>?\s*[,;]?\s*").fullmatch


def _is_lines(text: str) -> bool:
    """Tell whether the file is plain address lines rather than a table."""
    lines = [line[:2_000] for line in text.splitlines()[:_SAMPLE_ROWS] if line.strip()]
    if len(lines) > 1 and "@" not in lines[0]:
        lines = lines[1:]
    plain = [line for line in lines if _is_mailbox_line(line) or _ADDRESSES_LINE(line)]
    return bool(plain) and all(line in plain or _ONE_ADDRESS(line) or "@" not in line for line in lines)


def _is_mailbox_line(line: str) -> bool:
    found = _MAILBOX_LINE(line)
    if found is None:
        return False
    rest = line[found.end() :].strip(" \t,;\r\n")
    return not rest or "<" in rest


def _delimiter(text: str) -> str:
    """The delimiter by which the first rows make most sense: known column names, addresses in cells of their own."""
    told = re.match(r'\ufeff?"?sep=([,;\t|])"?\s*[\r\n]', text)
    if told:
        return told[1]
    lines = text.splitlines(keepends=True)[:_SAMPLE_ROWS]
    scores = {delimiter: _score(lines, delimiter) for delimiter in _DELIMITERS}
    return max(scores, key=scores.__getitem__)


def _score(lines: list[str], delimiter: str) -> tuple[int, int, float]:
    try:
        with _field_limit():
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0, 0.0)
    known = max((columns.known_names(row) for row in rows[: columns.PREAMBLE]), default=0)
    addresses = sum(columns.is_address_like(cell) for row in rows for cell in row[: columns.CONTACTS_LIMIT])
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count, default=1)
    return known, addresses, (widths.count(usual) / len(widths) if usual > 1 else 0.0)


def _sample(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    source = Source(path, "csv", 0, [], encoding, delimiter)
    return [row for _, row in islice(_csv_rows(source, 0), _SAMPLE_ROWS)]


def rows(source: Source, width: int, progress: Callable[[int], None] | None = None) -> Iterator[Row]:
    """Stream the rows of a file as (number of the line it begins in, cells), blank ones left out.

    `width` is the number of columns; `progress` is told now and then how many bytes have been read. Raises InputError
    when a limit is passed, a quote never ends, or the last row was cut short.
    """
    if source.shape == "xlsx":
        from newsletter.service import import_sheets

        found: Iterator[Row] = import_sheets.rows(source.path, source.sheet)
    elif source.shape == "lines":
        found = _plain_rows(source, progress)
    else:
        found = _csv_rows(source, width, progress)
    return found


@contextlib.contextmanager
def _field_limit() -> Iterator[None]:
    """The csv module keeps its field limit for the whole process, so it is put back."""
    before = csv.field_size_limit(FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _csv_rows(source: Source, width: int, progress: Callable[[int], None] | None = None) -> Iterator[Row]:
    most = columns.LIMIT if 0 < width <= columns.LIMIT else columns.CONTACTS_LIMIT
    start, read, count, row = 0, 0, 0, [""]
    with source.path.open("rb") as raw, _field_limit():
        stream = io.TextIOWrapper(raw, source.encoding, newline="")
        lines = iter(functools.partial(stream.readline, _LINE_LIMIT), "")
        reader = csv.reader(chain(lines, (_END,)), delimiter=source.delimiter)
        try:
            for found in reader:
                start, read = read + 1, reader.line_num
                if found == [_END]:
                    _refuse_cut_short(source, start - 1, row, width)
                    return
                if not found or (start == 1 and found[0].startswith("sep=")):
                    continue
                row = found
                count += 1
                if len(row) > most or not count & 8191:
                    _check(source, start, count, row, most)
                    if progress:
                        progress(raw.tell())
                yield start, row
        except csv.Error as problem:
            raise _unreadable(source, read + 1, problem) from problem
    raise errors.InputError(
        f"{source.path.name}: a quote opens in line {start:,} and is never closed",
        "Close it; or export the file again, it may have been cut short.",
    )


def _check(source: Source, line: int, count: int, row: list[str], most: int) -> None:
    if len(row) > most:
        raise errors.InputError(
            f"{source.path.name}: line {line:,} has {len(row):,} columns or more, {most} are allowed",
            "Is this a table of addresses? Keep its useful columns and delete the others.",
        )
    if count > ROWS_LIMIT - 8191:
        _refuse_many(source.path, count)


def _refuse_many(path: Path, count: int) -> None:
    if count > ROWS_LIMIT:
        raise errors.InputError(
            f"{path.name} has more than {ROWS_LIMIT:,} rows",
            "Split the file and import the parts one by one.",
        )


def _refuse_cut_short(source: Source, line: int, row: list[str], width: int) -> None:
    if not source.ended and len(row) < width:
        raise errors.InputError(
            f"{source.path.name} was cut short: its last line ({line:,}) has {len(row)} of {width} columns and no line end",
            "Export or copy the file again.",
        )


def _unreadable(source: Source, line: int, problem: csv.Error) -> errors.InputError:
    if "field larger" in str(problem):
        return errors.InputError(
            f"{source.path.name}: the row at line {line:,} has a field of more than {FIELD_LIMIT:,} characters",
            "Is a quote left open there? Mend the line, or delete the column if it is not needed.",
        )
    return errors.InputError(f"{source.path.name}: the row at line {line:,} cannot be read: {problem}")


_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_PLAIN_LINE_LIMIT = 100_000  # characters: a whole "To" field copied from a mail


def _plain_rows(source: Source, progress: Callable[[int], None] | None) -> Iterator[Row]:
    """Each address of plain lines as [address, name]."""
    count = 0
    with source.path.open("rb") as raw:
        stream = io.TextIOWrapper(raw, source.encoding)
        lines = iter(functools.partial(stream.readline, _PLAIN_LINE_LIMIT), "")
        for number, line in enumerate(lines, 1):
            if len(line) == _PLAIN_LINE_LIMIT:
                raise errors.InputError(
                    f"{source.path.name}: line {number:,} is longer than {len(line):,} characters"
                )
            if number == 1 and "@" not in line:
                continue
            for row in _mailboxes(line):
                count += 1
                _refuse_many(source.path, count)
                yield number, row
            if progress and not number & 8191:
                progress(raw.tell())


# An address alone among mailboxes: bob@example.org, Ada <ada@example.org>
_BARE = re.compile(r'[\s,;]*([^@\s<>,;"]+@[^@\s<>,;"]+)\s*[,;]').match


def _mailboxes(line: str) -> Iterator[list[str]]:
    """Cut `Name <address>, "Name, B." <address>, address` or `address; address` into [address, name]."""
    end = 0
    for found in _IN_BRACKETS.finditer(line):
        while bare := _BARE(line, end, found.start()):
            yield [bare[1], ""]
            end = bare.end()
        name = line[end : found.start()].strip(" \t\r\n,;").replace('\\"', '"')
        yield [found[1], name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name]
        end = found.end()
    rest = line[end:].strip(" \t\r\n,;")
    if "@" in rest:
        yield from ([word, ""] for word in re.split(r"[\s,;]+", rest))
    elif rest:
        yield [rest, ""]
