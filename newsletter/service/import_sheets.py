"""Read an Excel file (.xlsx) as rows of text: values only, streaming, and never more than the archive promises.

An .xlsx is a ZIP of XML from outside: its parts are measured before one is opened, and XML with a document type (which
could define entities that grow without end) is refused.
"""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from newsletter.core import columns, errors

_UNPACKED_LIMIT = 512 * 1024 * 1024
_STRINGS_LIMIT = 64 * 1024 * 1024  # openpyxl keeps the shared strings in memory
_PARTS_LIMIT = 2_000
_ROWS_LIMIT = 1_048_576  # Excel's own
_FIELD_LIMIT = 10_000
_SAMPLE_ROWS = 200


def look(path: Path) -> tuple[str, list[list[str]]]:
    """The name of the first sheet that holds anything, and its first rows. Raises InputError."""
    _measure(path)
    with closing(_workbook(path)) as book:
        for sheet in book.worksheets:
            sample = [row for _, (_, row) in zip(range(_SAMPLE_ROWS), _cells(path, sheet), strict=False)]
            if sample:
                return sheet.title, sample
    raise errors.InputError(f"{path.name} holds no filled sheet", "Is it the right file?")


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Stream the rows of a sheet as (row number, cells as text), blank ones left out."""
    with closing(_workbook(path)) as book:
        yield from _cells(path, book[sheet])


def _measure(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            sizes = {part.filename: part.file_size for part in parts}
            if len(parts) > _PARTS_LIMIT or sum(sizes.values()) > _UNPACKED_LIMIT:
                raise errors.InputError(
                    f"{path.name} unpacks to more than is allowed (512 MB)", "Save it as CSV."
                )
            if sizes.get("xl/sharedStrings.xml", 0) > _STRINGS_LIMIT:
                raise errors.InputError(f"{path.name} holds more than 64 MB of texts", "Save it as CSV.")
            if "[Content_Types].xml" not in sizes:
                raise errors.InputError(
                    f"{path.name} is a ZIP archive, but no Excel file", "Unpack it first."
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_document_type(path, archive, part)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as problem:
        raise _damaged(path) from problem


def _refuse_document_type(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        head = stream.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
        raise errors.InputError(
            f"{path.name} holds XML that no spreadsheet program writes", "Save it as CSV."
        )


def _workbook(path: Path) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as problem:  # openpyxl lets any error of ZIP, XML and types through
        raise _damaged(path) from problem


def _cells(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    most = columns.CONTACTS_LIMIT
    found = sheet.iter_rows(max_row=_ROWS_LIMIT, max_col=most + 1, values_only=True)
    number = 0
    while True:
        try:
            values = next(found)
        except StopIteration:
            return
        except Exception as problem:  # as above: a damaged sheet shows only here
            raise _damaged(path) from problem
        number += 1
        row = [_text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if len(row) > most:
            raise errors.InputError(f"{path.name}: row {number:,} has more than {most} columns")
        if any(len(cell) > _FIELD_LIMIT for cell in row):
            raise errors.InputError(
                f"{path.name}: row {number:,} has a cell of more than {_FIELD_LIMIT:,} characters"
            )
        if row:
            yield number, row


def _text(value: Any) -> str:
    """A cell's value as a person would read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _damaged(path: Path) -> errors.InputError:
    return errors.InputError(
        f"{path.name} cannot be read as an Excel file: it is damaged or was cut short",
        "Save or copy it again.",
    )
