"""Short texts from outside: what may stand in a header, first names, slugs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors, texts

HOSTILE = [
    "x\r\nBcc: v@example.org", "x\nX: 1", "x\rBcc:v", "x\u2028B: 1", "x\u2029B", "x\x00y", "x\x1b[31m", "x\x7fy", "x\x85y", "x\x9by",
    "\u202egnp.exe", "a\u202ab", "a\u2066b", "a\u2069b", "a\ufeffb", "a\udcffb", "tab\there",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_control_characters_are_refused(text: str) -> None:
    """T01: no line break, control, separator, direction mark or broken octet gets into a name or title."""
    with pytest.raises(errors.InputError, match=r"^the name holds a control character \(U\+[0-9A-F]{4}\)$"):
        texts.one_line(text, "the name")


def test_an_encoded_word_stays_plain_text() -> None:
    """An encoded word is text like any other here: the header builder encodes it again, so it decodes to itself."""
    assert texts.one_line("=?utf-8?q?=0D=0ABcc:v?=", "the name") == "=?utf-8?q?=0D=0ABcc:v?="


def test_too_long_is_refused_with_both_numbers() -> None:
    """The message says how long it is and how long it may be."""
    with pytest.raises(errors.InputError, match="the name is 5000 characters long, 200 are allowed"):
        texts.one_line("x" * 5000, "the name", texts.NAME_LIMIT)


def test_the_limit_itself_is_allowed() -> None:
    """200 characters are 200, in any script."""
    assert texts.one_line("名" * 200, "the name", 200) == "名" * 200


def test_text_is_trimmed_and_composed() -> None:
    """Blanks around it go, and two ways to write é become one."""
    assert texts.one_line("  Rene\u0301 \r\n", "the name") == "René"


@given(st.text(max_size=60))
def test_what_passes_is_one_line_that_any_header_can_hold(text: str) -> None:
    """Whatever comes in: it is refused, or it is NFC, one line, storable as UTF-8, and passes again unchanged."""
    try:
        found = texts.one_line(text, "it")
    except errors.InputError:
        return

    assert len(found.splitlines()) <= 1
    assert found == unicodedata.normalize("NFC", found)
    assert found.encode().decode() == found == texts.one_line(found, "it")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "Ada"), ("Lovelace, Ada", "Ada"), ("Lovelace, Ada King", "Ada"), ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada"), ("Mary O'Neil", "Mary"), ("O'Neil, Mary", "Mary"), ("O'Neil", "O'Neil"),
        ("Jean-Luc Picard", "Jean-Luc"), ("Özge Şahin", "Özge"), ("Анна Каренина", "Анна"), ("Ζωή Παπαδοπούλου", "Ζωή"),
        ("محمد علي", "محمد"), ("אדה לאבלייס", "אדה"), ("अदिति राव", "अदिति"), ("J. R. Hartley", "J."),
        ("", ""), ("   ", ""), (",", ""), ("Lovelace,", ""), (", Ada", "Ada"), ("42 Ltd", ""), ("'t Hooft", ""), ("(Ada)", ""),
        ("毛泽东", ""), ("山田 太郎", ""), ("김 연아", ""), ("Wang 小明", ""), ("ヤマダ タロウ", ""),
    ],
)  # fmt: skip
def test_first_name(name: str, expected: str) -> None:
    """After the comma, else the first word; empty in Chinese, Japanese, Korean and where no letter begins it."""
    assert texts.first_name(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Meeting 1: a small room", "meeting-1-a-small-room"), ("Über Grüße", "uber-grue"), ("  --  ", "untitled"),
        ("", "untitled"), ("会议", "untitled"), ("../../etc/passwd", "etc-passwd"), ("A" * 200, "a" * 50),
        ("x" * 49 + " y", "x" * 49), ("CON.txt", "con-txt"),
    ],
)  # fmt: skip
def test_slugify(text: str, expected: str) -> None:
    """A title becomes a name for files and links: small letters, digits, hyphens, 50 at most."""
    assert texts.slugify(text) == expected


@given(st.text(max_size=200))
def test_every_title_gives_a_good_slug(text: str) -> None:
    """What slugify makes is always a slug."""
    assert texts.slug_problem(texts.slugify(text)) == ""


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "A", "a b", "a.b", "../a", "a/b", "ä", "a_b", "a" * 64, "a\n", "a\x00"]
)
def test_what_is_no_slug(slug: str) -> None:
    """A slug cannot leave its folder, and names the same thing on every file system."""
    assert texts.slug_problem(slug).startswith("a slug has 1 to 63 small letters")


@pytest.mark.parametrize("slug", ["a", "7", "south-hants-it", "a" * 63, "a--b"])
def test_what_is_a_slug(slug: str) -> None:
    """Letters, digits and inner hyphens."""
    assert texts.slug_problem(slug) == ""


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Artificial intelligence", 30, "Artificial intelligence"),
        ("Artificial intelligence, without the sales pitch", 27, "Artificial intelligence …"),
        ("Artificial intelligence, without", 26, "Artificial intelligence …"),
        ("Donaudampfschifffahrt", 10, "Donaudam …"),
    ],
)
def test_cut(text: str, limit: int, short: str) -> None:
    """A text that is too long ends after a word, within the limit."""
    assert texts.cut(text, limit) == short
    assert len(short) <= limit
