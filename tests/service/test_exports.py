"""An export holds who is on the list, runs in no spreadsheet, and comes back as the same."""

import csv
import io
import json
import os
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import openpyxl
import pytest
from hypothesis import strategies as some

from newsletter import site as sites
from newsletter.core import cells, errors
from newsletter.service import consent, exports, imports, members
from tests import people

SLUG = "south-hants-it"
ATTACKS = [
    "=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\uff1d1", "'=1", "''@x", "'quoted'", "O'Hara", '=1","=2',
    "Zoë; Müller", 'A "q" B', "例え", "-",
]  # fmt: skip


def told(site: sites.Site, request: exports.Request) -> bytes:
    """What an export writes to standard output."""
    stream = io.BytesIO()
    exports.write(site, request, stream)
    return stream.getvalue()


def table(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def add(site: sites.Site, address: str, name: str = "", **fields: str) -> None:
    basis = members.Basis("consent", "paper sheet", date(2018, 6, 28), statement="by hand")
    members.add(site, address, SLUG, basis, name=name, fields=fields)


def test_the_columns_are_the_promised_ones(site: sites.Site) -> None:
    """email,name,first_name,state,since,until,basis,source and the list's own fields."""
    add(site, "ann@example.org", "Ann Lee", company="ACME")

    text = told(site, exports.Request(SLUG)).decode()

    assert text.splitlines()[0] == "email,name,first_name,state,since,until,basis,source,company,sector"
    assert text.splitlines()[1] == (
        "ann@example.org,Ann Lee,Ann,attested,2018-06-28T00:00:00.000Z,,consent,paper sheet,ACME,"
    )


def test_who_is_not_on_the_list_is_only_in_the_whole_export(site: sites.Site) -> None:
    """Held, left and objected people come with --all; the erased never."""
    for who in ("ann", "bob", "cy", "di"):
        add(site, f"{who}@example.org")
    members.add(site, "held@example.org", SLUG, members.Basis("consent", ""))
    members.leave(site, "bob@example.org", SLUG)
    members.pause(site, "cy@example.org", date(2018, 9, 1), SLUG)
    with site.store.write():
        di = members.find(site, "di@example.org")["id"]
        consent.take(site, di, SLUG, "erased", consent.Proof("organiser", "command"))

    some_of = {
        row["email"].partition("@")[0]: row["state"] for row in table(told(site, exports.Request(SLUG)))
    }
    everyone = {
        row["email"].partition("@")[0]: row["state"]
        for row in table(told(site, exports.Request(SLUG, everyone=True)))
    }

    assert some_of == {"ann": "attested", "cy": "paused"}
    assert everyone == {**some_of, "bob": "unsubscribed", "held": "held"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_comes_back_as_the_same(
    make_site: Callable[..., sites.Site], tmp_path: Path, ending: Any
) -> None:
    """On the same site every row is 'same'; on an empty one it gives the same addresses, names and fields."""
    site, empty = make_site(SLUG), make_site(SLUG)
    for number, attack in enumerate(ATTACKS):
        add(site, f"m{number}@example.org", attack, company=attack, sector="it")
    add(site, "=cmd|x@example.org", "Robot")
    add(site, "'=a@example.org", "Robot")
    file = tmp_path / f"out.{ending}"
    exports.write(site, exports.Request(SLUG, file, ending))

    again = imports.plan(site, imports.Request(file, SLUG))
    fresh = imports.apply(empty, imports.Request(file, SLUG))

    rows = "SELECT address, name, first_name, fields FROM member ORDER BY key"
    assert (again.rows, again.same) == (len(ATTACKS) + 2,) * 2
    assert fresh.held == fresh.rows
    assert [tuple(row) for row in site.store.rows(rows)] == [tuple(row) for row in empty.store.rows(rows)]


@hypothesis.given(
    some.lists(some.tuples(some.text(max_size=12), some.text("'=+-@ax", max_size=5)), max_size=4)
)
def test_harmless_pages_equal_cell_by_cell(rows: list[tuple[str, str]]) -> None:
    """The quick look at first letters changes exactly the cells that the careful one would."""
    assert exports._harmless(rows) == [tuple(map(cells.harmless, row)) for row in rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(site: sites.Site, tmp_path: Path, kind: Any) -> None:
    """Name, fields, source and even the address: nothing begins with what a spreadsheet would run."""
    site_list = members.Basis("consent", "=source()", date(2018, 6, 28), statement="x")
    members.add(site, "=cmd|x@example.org", SLUG, site_list, name="@SUM(1)", fields={"company": "=1+1"})
    file = tmp_path / f"out.{kind}"

    exports.write(site, exports.Request(SLUG, file, kind))

    if kind == "csv":
        values = [value for row in table(file.read_bytes()) for value in row.values()]
    else:
        sheet = openpyxl.load_workbook(file).active
        assert sheet is not None
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        values = [str(cell.value or "") for row in sheet.iter_rows(min_row=2) for cell in row]
    assert "'=1+1" in values
    assert not [value for value in values if value[:1] in tuple("=+-@")]


def test_the_file_is_the_owners_alone_and_appears_whole(
    site: sites.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mode 0600; when writing fails, neither a half file nor a temporary one is left, and the old one stays."""
    add(site, "ann@example.org")
    file = tmp_path / "out" / "members.csv"
    file.parent.mkdir()
    exports.write(site, exports.Request(SLUG, file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whole = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(errors.StorageError, match="cannot be written: No space left on device"):
        exports.write(site, exports.Request(SLUG, file))

    assert (file.read_bytes(), os.listdir(file.parent)) == (whole, ["members.csv"])


def test_who_took_what_and_why_is_written_down(site: sites.Site) -> None:
    """Every export stands in the log, those to standard output too."""
    add(site, "ann@example.org")

    told(site, exports.Request(SLUG, why="name tags"))

    row = site.store.row("SELECT * FROM log ORDER BY id DESC")
    assert row is not None
    assert (row["by"], row["act"], row["why"]) == ("chair@example.org", "member export", "name tags")
    assert row["about"] == "south-hants-it: 1 member (on the list) as csv to standard output"


def test_json_is_one_object_with_plain_values(site: sites.Site) -> None:
    """JSON is for machines: nothing is prefixed."""
    add(site, "ann@example.org", "=Ann")

    found = json.loads(told(site, exports.Request(SLUG, format="json")))

    assert found["list"] == SLUG
    assert [(one["email"], one["name"], one["sector"]) for one in found["members"]] == [
        ("ann@example.org", "=Ann", "")
    ]


def test_json_of_an_empty_list_is_still_json(site: sites.Site) -> None:
    """Nobody on the list gives an empty array."""
    assert json.loads(told(site, exports.Request(SLUG, format="json")))["members"] == []


def test_visiting_cards_are_escaped_and_folded(site: sites.Site) -> None:
    """vCard 3.0: separators escaped, lines of at most 75 octets, no character cut in two."""
    add(site, "ann@example.org", "Zoë " + "é" * 60 + "; Lee, \\")

    text = told(site, exports.Request(SLUG, format="vcf")).decode()

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "FN:Zoë " + "é" * 60 + "\\; Lee\\, \\\\\r\n" in text.replace("\r\n ", "")
    assert text.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n") and text.endswith("END:VCARD\r\n")


def test_the_sites_own_files_are_not_overwritten(site: sites.Site) -> None:
    """An export over newsletter.db is refused."""
    with pytest.raises(errors.InputError, match="is a file of the site itself"):
        exports.write(site, exports.Request(SLUG, site.root / "newsletter.db"))


def test_the_default_name_says_what_is_in_it(site: sites.Site) -> None:
    """The file's name carries the list, the day and a warning."""
    assert exports.file_name(site, exports.Request(SLUG)) == "south-hants-it-2018-06-29-personal-data.csv"


def test_a_paused_member_is_exported_with_the_end_of_the_pause(site: sites.Site) -> None:
    """`until` of a paused member is the day the pause ends."""
    people.add_member(site, "ann@example.org", SLUG)
    members.pause(site, "ann@example.org", date(2018, 9, 1), SLUG)

    assert table(told(site, exports.Request(SLUG)))[0]["until"] == "2018-09-01"
