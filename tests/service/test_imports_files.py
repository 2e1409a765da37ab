"""Foreign files are read in any common shape, bounded, and refused with one clear line when they are damaged."""

import csv
import io
import re
import zipfile
from pathlib import Path

import hypothesis
import openpyxl
import pytest
from hypothesis import strategies as some

from newsletter.core import columns, errors
from newsletter.service import import_files, import_sheets

ROWS = [["email", "name"], ["ann@example.org", "Ann Lee"], ["zoe@example.org", "Zoë Müller"]]


def read(path: Path) -> list[list[str]]:
    """All rows of a file, without their line numbers."""
    source = import_files.look(path)
    width = 2 if source.shape == "lines" else columns.guess(source.sample, ()).width
    return [row for _, row in import_files.rows(source, width)]


def refusal(path: Path, content: bytes | str) -> str:
    """What reading a file of this content is refused with."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(errors.InputError) as caught:
        read(path)
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_common_shape_gives_the_same_rows(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    """Encoding, delimiter and line ends are found out."""
    file = tmp_path / "people.csv"
    file.write_bytes("".join(delimiter.join(row) + end for row in ROWS).encode(encoding))

    assert read(file) == ROWS


@hypothesis.given(
    some.lists(
        some.lists(
            some.text(some.characters(blacklist_categories=("Cs", "Cc")), max_size=20), min_size=2, max_size=2
        ),
        max_size=6,
    ),
    some.sampled_from(",;\t|"),
    some.sampled_from(["utf-8-sig", "utf-16"]),
    some.sampled_from(["\n", "\r\n"]),
    some.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_what_csv_writes_we_read(
    tmp_path: Path, rows: list[list[str]], delimiter: str, encoding: str, end: str, quoting: int
) -> None:
    """Cells with delimiters, quotes and anything printable come back as they were written."""
    rows = [["email", "note"], ["ann@example.org", "x"], *rows]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    file = tmp_path / "people.csv"
    file.write_bytes(text.getvalue().encode(encoding))

    assert rows == read(file)


def test_a_quoted_line_break_belongs_to_its_cell_and_numbers_stay_those_of_the_file(tmp_path: Path) -> None:
    """A row is numbered by the line it begins in, blank lines counted."""
    file = tmp_path / "people.csv"
    file.write_bytes(b'email,note\r\nann@example.org,"two\r\nlines"\n\nbob@example.org,one\rcy@example.org,x')
    source = import_files.look(file)

    assert [(line, row[0]) for line, row in import_files.rows(source, 2)] == [
        (1, "email"),
        (2, "ann@example.org"),
        (5, "bob@example.org"),
        (6, "cy@example.org"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Lee <ann@example.org>\nbob@example.org\n", [["ann@example.org", "Ann Lee"], ["bob@example.org", ""]]),
        ('"Lee, Ann" <ann@example.org>,\n', [["ann@example.org", "Lee, Ann"]]),
        ("ann@example.org, bob@example.org; cy@example.org\n",
         [["ann@example.org", ""], ["bob@example.org", ""], ["cy@example.org", ""]]),
        ("Ann <ann@example.org>; Bob <bob@example.org>; cy@example.org",
         [["ann@example.org", "Ann"], ["bob@example.org", "Bob"], ["cy@example.org", ""]]),
        ('Ann <ann@example.org>, bob@example.org; "Lee, Cy" <cy@example.org>\n',
         [["ann@example.org", "Ann"], ["bob@example.org", ""], ["cy@example.org", "Lee, Cy"]]),
        ("Ann <ann@example.org>\nnot an address\n", [["ann@example.org", "Ann"], ["not an address", ""]]),
        ("Our members\nAnn <ann@example.org>\n", [["ann@example.org", "Ann"]]),
    ],
)  # fmt: skip
def test_plain_address_lines_are_read(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    """What is copied out of a mail or a plain list is cut into addresses and names."""
    file = tmp_path / "people.txt"
    file.write_text(text)

    assert expected == read(file)


def test_excels_separator_line_is_obeyed_and_left_out(tmp_path: Path) -> None:
    """Excel's own 'sep=;' line names the delimiter."""
    file = tmp_path / "people.csv"
    file.write_text("sep=;\nemail;name\nann@example.org;Lee, Ann\n")

    assert read(file) == [["email", "name"], ["ann@example.org", "Lee, Ann"]]


def test_the_last_letter_of_a_cp1252_file_is_no_broken_utf8(tmp_path: Path) -> None:
    """A file that ends in the octet of an e with accent is Windows-1252, not a cut UTF-8."""
    file = tmp_path / "people.csv"
    file.write_bytes("email,name\nann@example.org,René".encode("cp1252"))

    assert read(file)[1] == ["ann@example.org", "René"]


HEAD = "email,name,town\nann@example.org,Ann,Bern\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (HEAD + "bob@example.org,B\0b,Biel\n", "holds a NUL in line 3"),
        (HEAD + 'bob@example.org,"Bob,Biel\n', "a quote opens in line 3 and is never closed"),
        (
            HEAD + '"' + "bob@example.org,Bob,Biel\n" * 130_000,
            "line 3 has a field of more than 10,000 characters",
        ),
        (
            HEAD + f"bob@example.org,{'x' * 200_000},Biel\n",
            "line 3 has a field of more than 10,000 characters",
        ),
        (HEAD + "bob@example.org,Bob", r"was cut short: its last line \(3\) has 2 of 3 columns"),
        (
            "email,name\nann@example.org,Zoë\nbob@example.org,Zo".encode() + b"\xc3",
            "ends in the middle of a character",
        ),
        (HEAD.encode("utf-16")[:-1], "ends in the middle of a character"),
        ("," * 10_000_000, "columns or more, 128 are allowed"),
        (HEAD + "x," * 100 + "\n", "line 3 has 101 columns or more, 64 are allowed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Outlook file"),
        (b"%PDF-1.4", "is a PDF"),
        (b"\x81\x8d\x8f ann@example.org", "neither UTF-8 nor UTF-16 nor Windows-1252"),
        (b"PK\x03\x04 no archive", "damaged or was cut short"),
        ("<html><body>ann@example.org", "a web page"),
    ],
)
def test_damage_is_refused_with_one_clear_line(tmp_path: Path, content: bytes | str, reason: str) -> None:
    """Each kind of damage is named, with the line where there is one."""
    message = refusal(tmp_path / "people.csv", content)

    assert re.search(reason, message), message
    assert "\n" not in message


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    """A file of 1 GB is refused by its size alone."""
    file = tmp_path / "people.csv"
    with file.open("wb") as stream:
        stream.truncate(1024**3)

    with pytest.raises(errors.InputError, match="has 1,024 MB, 512 MB are allowed"):
        import_files.look(file)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of rows is bounded (here to ten thousand)."""
    monkeypatch.setattr(import_files, "ROWS_LIMIT", 10_000)
    file = tmp_path / "people.csv"
    file.write_text("email,name\n" + "ann@example.org,Ann\n" * 30_000)

    with pytest.raises(errors.InputError, match="more than 10,000 rows"):
        read(file)


def test_the_csv_modules_own_limit_is_put_back(tmp_path: Path) -> None:
    """Reading bounds the fields without changing the limit for the rest of the process."""
    before = csv.field_size_limit()
    refusal(tmp_path / "people.csv", HEAD + f"x,{'x' * 20_000},y\n")

    assert before == csv.field_size_limit()


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """An Excel file with an empty first sheet."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("People")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_excel_is_read_as_text_from_the_first_filled_sheet(tmp_path: Path) -> None:
    """Numbers, dates and empty cells come as a person would read them."""
    from datetime import date, datetime

    rows: list[list[object]] = [
        ["email", "number", "day", "time", "yes"],
        ["ann@example.org", 17.0, date(2018, 6, 28)],
    ]
    rows.append(["bob@example.org", 1.5, None, datetime(2018, 6, 28, 18, 30), True])

    assert read(workbook(tmp_path / "people.xlsx", rows)) == [
        ["email", "number", "day", "time", "yes"],
        ["ann@example.org", "17", "2018-06-28"],
        ["bob@example.org", "1.5", "", "2018-06-28 18:30:00", "yes"],
    ]


def test_a_cut_excel_file_is_refused(tmp_path: Path) -> None:
    """Half an archive is no Excel file."""
    file = workbook(tmp_path / "people.xlsx", [["email"], ["ann@example.org"]])

    assert "damaged or was cut short" in refusal(tmp_path / "half.xlsx", file.read_bytes()[:-300])


def archive(path: Path, parts: dict[str, str]) -> bytes:
    """A ZIP archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return path.read_bytes()


def test_a_zip_bomb_is_refused_by_its_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that promises to unpack to more than is allowed is not opened."""
    monkeypatch.setattr(import_sheets, "_UNPACKED_LIMIT", 1_000)
    content = archive(tmp_path / "bomb.zip", {"[Content_Types].xml": "<x/>", "xl/a.xml": " " * 5_000})

    assert "unpacks to more than is allowed" in refusal(tmp_path / "bomb.xlsx", content)


def test_entities_are_refused(tmp_path: Path) -> None:
    """XML with a document type could define entities that grow without end."""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    content = archive(
        tmp_path / "laughs.zip", {"[Content_Types].xml": "<x/>", "xl/sharedStrings.xml": laughs}
    )

    assert "XML that no spreadsheet program writes" in refusal(tmp_path / "laughs.xlsx", content)


def test_a_zip_of_something_else_is_no_excel_file(tmp_path: Path) -> None:
    """A zipped CSV is named as what it is."""
    assert "is a ZIP archive, but no Excel file" in refusal(
        tmp_path / "people.xlsx", archive(tmp_path / "a.zip", {"people.csv": HEAD})
    )
