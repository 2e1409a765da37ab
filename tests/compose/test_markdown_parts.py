"""One Markdown, two parts: what the page says and what the text part says, from the same tokens."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.compose import columns, markdown, text
from newsletter.compose.slots import Slots
from newsletter.core import errors
from tests.compose import composing

DIGEST = "0123456789abcdef"


def parts(body: str, language: str = "en") -> tuple[str, str]:
    """HTML and text of a body."""
    document = markdown.parse(body, "a.md", 1, language, "GB", Slots(DIGEST))
    tokens = list(document.tokens)
    return markdown.to_html(tokens, language, {}), text.render(tokens, language, [])


CASES = {
    "paragraph": ("One\ntwo.", "One two."),
    "hard break": ("One  \ntwo.", "One\ntwo."),
    "strong and em": ("A **b** *c* ~~d~~", "A *b* c ~~d~~"),
    "link": ("See [notes](https://a.org/n).", "See notes [1].\n\n[1] https://a.org/n"),
    "same link twice": ("[a](https://a.org) [b](https://a.org)", "a [1] b [1]\n\n[1] https://a.org"),
    "bare link": ("<https://a.org>", "https://a.org"),
    "address": ("<chair@a.org>", "chair@a.org"),
    "named address": ("[me](mailto:chair@a.org)", "me [1]\n\n[1] chair@a.org"),
    "address with subject": ("[me](mailto:c@a.org?subject=x)", "me [1]\n\n[1] mailto:c@a.org?subject=x"),
    "links stand with their section": (
        "## A\n\n[a](https://a.org)\n\n## B\n\n[b](https://b.org)",
        "A\n-\n\na [1]\n\n[1] https://a.org\n\nB\n-\n\nb [2]\n\n[2] https://b.org",
    ),
    "tight list": ("* a\n* b", "* a\n* b"),
    "loose list": ("* a\n\n* b", "* a\n\n* b"),
    "numbers": ("3. a\n4. b", "3. a\n4. b"),
    "nested": ("* a\n  1. b\n  2. c\n* d", "* a\n  1. b\n  2. c\n* d"),
    "quote": ("> a\n>\n> b", "> a\n>\n> b"),
    "code": ("```\na  <b>\n\n  c\n```", "    a  <b>\n\n      c"),
    "rule": ("a\n\n***\n\nb", "a\n\n* * *\n\nb"),
    "table": ("|a|long|\n|:-:|--:|\n|1|2|", "a  long\n-  ----\n1     2"),
    "picture": ("![A dog](dog.png)", "[Picture: A dog]"),
    "later": ("[slides](later:2018-07-10)", "slides (the link follows by 10 July 2018)"),
    "later some day": ("[slides](later:)", "slides (the link follows)"),
    "raw html": ("a <b>x</b>", "a <b>x</b>"),
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "javascript link": ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    "data link": ("[x](data:text/html,y)", "[x](data:text/html,y)"),
    "entity": ("&lt;b&gt; &amp; &auml;", "<b> & ä"),
    "typography": ("\"a\" -- it's... (c)", "“a” – it’s… ©"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES.keys())
def test_the_text_part_of_each_construct(body: str, expected: str) -> None:
    """Each construct of Markdown has its plain form."""
    assert expected == parts(body)[1]


@pytest.mark.parametrize(("language", "expected"), [("en", "“a”"), ("de", "„a“"), ("fr", "«\xa0a\xa0»")])
def test_quotes_are_those_of_the_language(language: str, expected: str) -> None:
    """Quotation marks are set as the list's language sets them."""
    assert expected == parts('"a"', language)[1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("|a|\n|-|\n|<i>|", "&lt;i&gt;"),
        ("```\n<script>\n  x\n```", '<p class="code">&lt;script&gt;<br>&nbsp;&nbsp;x</p>'),
        ('[x](https://a.org "on\\"click")', 'title="on&quot;click"'),
        ('![a"onerror=x](b.png)', 'alt="a&quot;onerror=x"'),
    ],
)
def test_the_page_shows_markup_as_text(body: str, expected: str) -> None:
    """HTML in Markdown is shown, never passed on; attributes cannot be left."""
    assert expected in parts(body)[0]


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# T\n\n## a\n\n### b", [2, 3]),
        ("## a\n\n#### b\n\n## c", [2, 3, 2]),
        ("### a\n\n##### b", [2, 3]),
        ("text\n\n# a\n\n# b\n\n## c", [2, 2, 3]),
        ("# T\n\ntext\n\n# a", [2]),
    ],
)
def test_headings_begin_at_two_and_skip_nothing(body: str, levels: list[int]) -> None:
    """The mail's title is its one h1; the text's headings follow without a gap."""
    assert levels == [int(level) for level in re.findall(r"<h(\d)>", parts(body)[0])]


def test_a_leading_heading_is_the_title() -> None:
    """A text that begins with # gives the mail its title; otherwise the subject is it."""
    titled = composing.copy(composing.frozen(composing.written("# Welcome to *us*\n\nText")))
    plain = composing.copy(composing.frozen(composing.written("Text")))

    assert composing.part(titled, "plain").startswith("Welcome to us\r\n=============\r\n")
    assert composing.part(plain, "plain").startswith("Meeting 1: a good debate\r\n")
    for mail in (titled, plain):
        assert len(re.findall("<h1", composing.part(mail, "html"))) == 1


def test_the_card_stands_after_the_lead_of_a_recap() -> None:
    """In a recap the next meeting comes after the first words, in an invitation before them, in a letter at the end."""
    order = {}
    for kind in ("recap", "invitation", "letter"):
        mail = composing.copy(composing.frozen(composing.written(kind=kind)))
        for part in ("plain", "html"):
            said = composing.part(mail, part)
            places = {
                name: said.index(word)
                for name, word in {"lead": "Dear", "card": "Next meeting", "rest": "What we did"}.items()
            }
            order[kind, part] = sorted(places, key=lambda name: places[name])

    for part in ("plain", "html"):
        assert order["recap", part] == ["lead", "card", "rest"]
        assert order["invitation", part] == ["card", "lead", "rest"]
        assert order["letter", part] == ["lead", "rest", "card"]


BAD = {
    "field in link": ("\n[x](https://a.org/{{ email }})", "line 2: a field cannot stand inside a link"),
    "field in reference": (
        "[x][y]\n\n[y]: https://a.org/{{ name }}",
        "line 1: a field cannot stand inside a link",
    ),
    "field in picture": ("![x]({{ name }}.png)", "a field cannot stand inside a picture's name"),
    "no date": ("a\nb [x](later:soon)", "line 2: 'later:soon' is no date"),
    "too deep": ("\n".join("  " * depth + "* a" for depth in range(12)), "nested too deep"),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_sent_is_refused_with_its_line(body: str, reason: str) -> None:
    """A field in a link, a wrong date or text that would be lost stops the edition."""
    with pytest.raises(errors.EditionError, match=reason):
        parts(body)


def test_braces_in_any_place_are_no_template() -> None:
    """What looks like a template in a member's name arrives as it is."""
    mail = composing.copy(composing.frozen(), name="{{ 7*7 }}{% for x in y %}${7*7}", first_name="{{ 7*7 }}")

    assert "{{ 7*7 }}{% for x in y %}${7*7}" in composing.part(mail, "plain")
    assert "{{ 7*7 }}{% for x in y %}${7*7}" in composing.part(mail, "html")


@given(st.text(alphabet="*_[]()!<>#`|-+.:\"'&\\ \n\tab1é王", max_size=200))
def test_any_markdown_becomes_two_parts(body: str) -> None:
    """No text breaks the composer; the text part has no trailing blanks and the page no live markup of the chair's."""
    page, plain = parts(body)

    assert not re.search(r"[ \t]+$", plain, re.MULTILINE)
    assert "<script" not in page


@given(st.text(alphabet="abc é王。", max_size=400), st.integers(10, 80))
def test_wrapping_loses_nothing(words: str, room: int) -> None:
    """Wrapped lines hold the same words in order, and none is too wide unless it is one word."""
    lines = columns.wrap(words, room).split("\n")

    assert "".join(words.split(" ")) == "".join("".join(lines).split(" "))
    for line in lines:
        assert columns.width(line) <= room or " " not in line


def test_a_wide_table_becomes_blocks() -> None:
    """A table that does not fit in 72 columns is written row by row, with its headings."""
    _, plain = parts(f"|Idea|Who|\n|-|-|\n|{'long ' * 14}|{'all ' * 5}|\n|b||")

    assert plain == "\n".join(
        ["Idea: " + ("long " * 13).strip(), "    long", "Who: all all all all all", "", "Idea: b"]
    )


@pytest.mark.parametrize(("shown", "wide"), [("abc", 3), ("王小", 4), ("e\u0301", 1), ("한", 2), ("ｗ", 2)])
def test_width_is_counted_in_columns(shown: str, wide: int) -> None:
    """Wide characters take two columns, combining marks none."""
    assert wide == columns.width(shown)
