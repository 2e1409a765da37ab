"""Write a list's members to a file: CSV, JSON, Excel or visiting cards.

What leaves here is personal data: the file is readable by its owner only and appears whole or not at all, and who took
what out, and why, is written down first. Cells that a spreadsheet program would run are made harmless.
"""

import contextlib
import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from newsletter import site
from newsletter.core import cells, errors, texts
from newsletter.store import exports, log

Format = Literal["csv", "json", "xlsx", "vcf"]
Progress = Callable[[str, int, int], None]
COLUMNS = ("email", "name", "first_name", "state", "since", "until", "basis", "source")
_ON_THE_LIST = ("attested", "confirmed", "implied", "paused")
_ALL = (*_ON_THE_LIST, "requested", "held", "lapsed", "unsubscribed", "objected")
_PAGE = 1_000
# Beginnings of a cell that need a closer look: see core/cells.py.
_SUSPECT = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True, slots=True)
class Request:
    """What to export. `output` None is standard output; `everyone` includes who is not on the list (any more)."""

    slug: str
    output: Path | None = None
    format: Format = "csv"
    everyone: bool = False
    why: str = ""


def file_name(opened: site.Site, request: Request) -> str:
    """A name that says what is in the file and how old it is."""
    today = opened.clock.now().astimezone(opened.config.site.zone).date()
    return f"{request.slug}-{today}-personal-data.{request.format}"


def write(
    opened: site.Site, request: Request, stdout: IO[bytes] | None = None, progress: Progress | None = None
) -> int:
    """Export to a file (or to `stdout` while there is no output); return how many members. Raises InputError."""
    mailing_list = opened.mailing_list(request.slug)
    states = _ALL if request.everyone else _ON_THE_LIST
    list_id = opened.store.list_ids[request.slug]
    count = exports.count(opened.store, list_id, states)
    if request.output is not None:
        _refuse_own_files(opened, request.output)
    _write_down(opened, request, count)
    rows = _told(exports.rows(opened.store, list_id, states, mailing_list.fields), count, progress)
    writer = _WRITERS[request.format]
    header = (*COLUMNS, *mailing_list.fields)
    if request.output is None:
        if stdout is None:
            raise errors.UsageError("there is nowhere to write to", "Name a file with --output.")
        writer(stdout, request.slug, header, rows)
    else:
        with _whole_file(request.output) as stream:
            writer(stream, request.slug, header, rows)
    return count


def _refuse_own_files(opened: site.Site, output: Path) -> None:
    if output.is_dir() or not output.parent.is_dir():
        raise errors.InputError(f"{output} is no place for a file", "Name a file in a folder that is there.")
    own = output.resolve()
    if own.parent == opened.root and own.name.startswith("newsletter."):
        raise errors.InputError(f"{output.name} is a file of the site itself", "Choose another name.")


def _write_down(opened: site.Site, request: Request, count: int) -> None:
    where = request.output.name if request.output else "standard output"
    whom = "everyone" if request.everyone else "on the list"
    people = "1 member" if count == 1 else f"{count} members"
    about = f"{request.slug}: {people} ({whom}) as {request.format} to {where}"
    with opened.store.write():
        log.add(
            opened.store, opened.clock.iso(), opened.organiser, "member export", about,
            texts.one_line(request.why, "the reason"),
        )  # fmt: skip


def _told(
    rows: Iterator[tuple[Any, ...]], count: int, progress: Progress | None
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows by the page."""
    done = 0
    while page := list(islice(rows, _PAGE)):
        yield page
        done += len(page)
        if progress:
            progress("writing", done, count)


@contextlib.contextmanager
def _whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file of mode 0600 that takes its name when it is complete; nothing is left behind when it is not."""
    new = output.with_name(f".{output.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(new, output)
    except OSError as problem:
        raise errors.StorageError(
            f"{output} cannot be written: {problem.strerror}",
            "Nothing was left behind. Check the disk and try again.",
        ) from problem
    finally:
        new.unlink(missing_ok=True)


Pages = Iterator[list[tuple[Any, ...]]]


def _csv(stream: IO[bytes], _slug: str, header: tuple[str, ...], pages: Pages) -> None:
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=False)
    out = csv.writer(text)
    out.writerow(header)
    for page in pages:
        out.writerows(_harmless(page))
    text.detach()


def _harmless(page: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The page with its dangerous cells made harmless. One row in thousands has one, so the first letters decide."""
    suspect = _SUSPECT
    return [
        row if suspect.isdisjoint([cell[:1] for cell in row]) else tuple(map(cells.harmless, row))
        for row in page
    ]


def _json(stream: IO[bytes], slug: str, header: tuple[str, ...], pages: Pages) -> None:
    stream.write(f'{{"list": {json.dumps(slug)}, "members": ['.encode())
    comma = "\n"
    for page in pages:
        lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in page]
        stream.write((comma + ",\n".join(lines)).encode())
        comma = ",\n"
    stream.write(b"\n]}\n")


def _xlsx(stream: IO[bytes], slug: str, header: tuple[str, ...], pages: Pages) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(slug[:31])

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, cells.harmless(value))
        cell.data_type = "s"
        return cell

    sheet.append(header)
    for page in pages:
        for row in page:
            sheet.append([text(value) for value in row])
    book.save(stream)


def _vcf(stream: IO[bytes], slug: str, _header: tuple[str, ...], pages: Pages) -> None:
    for page in pages:
        stream.write("".join(_card(slug, *row[:3]) for row in page).encode())


def _card(slug: str, address: str, name: str, first_name: str) -> str:
    """One visiting card, vCard 3.0 (RFC 2426): the version that all address books read."""
    family = name.removeprefix(first_name).strip() if first_name else name
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{_escaped(name or address)}",
        f"N:{_escaped(family)};{_escaped(first_name)};;;",
        f"EMAIL;TYPE=INTERNET:{_escaped(address)}",
        f"CATEGORIES:{_escaped(slug)}",
        "END:VCARD",
    )
    return "".join(_folded(line) + "\r\n" for line in lines)


def _escaped(text: str) -> str:
    """RFC 2426 4: backslash, comma, semicolon and line ends are escaped."""
    return (
        text.replace("\\", "\\\\")
        .replace(",", "\\,")
        .replace(";", "\\;")
        .replace("\n", "\\n")
        .replace("\r", "")
    )


def _folded(line: str) -> str:
    """RFC 2426 2.6: lines of at most 75 octets, carried on after a blank; no character is cut in two."""
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > 75:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n".join(parts)


_WRITERS: dict[Format, Callable[[IO[bytes], str, tuple[str, ...], Pages], None]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
    "vcf": _vcf,
}
