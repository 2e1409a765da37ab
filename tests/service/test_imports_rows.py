"""Rows become people by a quick and a careful road that give the same result."""

from typing import Any
from unittest import mock

import hypothesis
import pytest
from hypothesis import strategies as some

from newsletter.core import columns, texts
from newsletter.service import import_rows

LAYOUT = columns.Columns(
    email=1, width=5, header=1, names=("name", "email", "first", "last", "company"),
    name=0, given=2, family=3, fields=(("company", 4),),
)  # fmt: skip
CELLS = some.one_of(
    some.text(max_size=30),
    some.sampled_from(
        [
            "",
            " Ann ",
            "O'Hara",
            "'=1",
            "Zoe\u0308",
            "Zoë",
            "a\tb",
            "\u202ex",
            "x" * 150,
            "\xa0Ann\xa0",
            "\x85",
        ]
    ),
)
ADDRESSES = some.one_of(
    some.sampled_from(
        ["ann@example.org", " Ann@Example.org", "mailto:ann@example.org", "Ann <ann@example.org>", "'=a@example.org",
         "ann+x@example.org", "postmaster@example.org", "us@example.org", "nobody", "", "zoë@münchen.de"]
    ),
    some.emails(),
)  # fmt: skip


def form(**given: Any) -> import_rows.Form:
    return import_rows.Form(
        LAYOUT, lambda day, unsure: "attested", own=frozenset({"us@example.org"}), **given
    )


def outcome(row: list[str]) -> object:
    """The person that a row gives, or the reason why it gives none."""
    return list(
        import_rows.pages(iter([(2, list(row))]), form(macs=lambda key: key.encode()), import_rows.Seen())
    )


@hypothesis.given(CELLS, ADDRESSES, CELLS, CELLS, CELLS)
@hypothesis.settings(max_examples=300)
def test_the_quick_and_the_careful_road_agree(
    name: str, email: str, given: str, family: str, company: str
) -> None:
    """A row of clean text gives, without a closer look, exactly what the closer look gives."""
    row = [name, email, given, family, company]

    quick = outcome(row)
    with mock.patch.object(import_rows, "_is_clean", return_value=False):
        careful = outcome(row)

    assert quick == careful


@hypothesis.given(some.lists(CELLS, max_size=8))
def test_whatever_comes_in_is_one_clean_line(row: list[str]) -> None:
    """No name or field that is staged holds a control character, a line end or more than it may."""
    for people, _ in import_rows.pages(iter([(2, row)]), form(), import_rows.Seen()):
        for _, _, _, name, first, fields, *_rest in people:
            for text in (name, first, fields):
                assert not texts.FORBIDDEN.search(text)
                assert len(text) <= 2 * texts.FIELD_LIMIT


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["Ann Lee", "a@example.org", "", "", ""], ("Ann Lee", "")),
        (["Ann Lee", "a@example.org", "Annie", "", ""], ("Ann Lee", "Annie")),
        (["", "a@example.org", "Ann", "Lee", ""], ("Ann Lee", "Ann")),
        (["", "a@example.org", "", "Lee", ""], ("Lee", "")),
        (["", "a@example.org", "Ann", "", ""], ("Ann", "Ann")),
        (["Ann Lee (a@example.org)", "a@example.org", "", "", ""], ("Ann Lee", "")),
        (["a@example.org", "a@example.org", "Ann", "Lee", ""], ("Ann Lee", "Ann")),
        (["Ann @ Lee", "a@example.org", "", "", ""], ("Ann @ Lee", "")),
    ],
)
def test_names_are_put_together(row: list[str], expected: tuple[str, str]) -> None:
    """The whole name is its own column, else first and family name; the first name is its own column alone."""
    people, _ = next(import_rows.pages(iter([(2, row)]), form(), import_rows.Seen()))

    assert people[0][3:5] == expected


def test_a_name_in_the_address_cell_is_used_where_there_is_no_other() -> None:
    """'Ann Lee <ann@example.org>' in a single column gives name and first name."""
    single = import_rows.Form(columns.Columns(email=0, width=1), lambda day, unsure: "held")

    people, _ = next(
        import_rows.pages(iter([(1, ['"Lee, Ann" <ann@example.org>'])]), single, import_rows.Seen())
    )

    assert people[0][2:5] == ("ann@example.org", "Lee, Ann", "Ann")


def test_slips_are_counted_with_their_first_line() -> None:
    """Three addresses under gmial.com are one hint."""
    seen = import_rows.Seen()
    rows = [(number, ["", f"m{number}@gmial.com", "", "", ""]) for number in (4, 5, 6)]

    list(import_rows.pages(iter(rows), form(), seen))

    assert seen.slips == {"gmial.com": ["gmail.com", 3, 4]}


def test_a_line_that_gives_nobody_raises_nothing() -> None:
    """An unreadable row is a bad line, never an exception that ends the import."""
    _, bad = next(import_rows.pages(iter([(2, ["x"])]), form(), import_rows.Seen()))

    assert bad == [(2, "x", "there is no e-mail address in this line")]


@pytest.mark.parametrize(
    "cell", ["a@example.org ::: b@example.org", "a@example.org, b@example.org", "a@x.org;b@x.org"]
)
def test_two_addresses_in_one_cell_are_told_as_such(cell: str) -> None:
    """Google's export joins a person's addresses with colons; which of them is read only the person knows."""
    _, bad = next(import_rows.pages(iter([(2, ["", cell, "", "", ""])]), form(), import_rows.Seen()))

    assert bad == [(2, cell, "holds several e-mail addresses: keep the one that the person reads")]
