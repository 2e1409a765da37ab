"""Reading what the chair writes: good editions, and every mistake with the words it is answered with."""

import tomllib
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import shipped
from newsletter.compose import edition, fields, lint
from newsletter.core import errors
from tests.compose import composing

GOOD = '+++\nkind = "letter"\nsubject = "Hello"\n+++\nText\n'


def test_an_edition_is_read_whole() -> None:
    """Kind, subject, preheader, meeting and text come out as written; the list is the folder's."""
    found = composing.written()

    assert (found.kind, found.lists, found.mail_class) == ("recap", ("south-hants-it",), "M")
    assert found.next_meeting == edition.NextMeeting(
        "Artificial intelligence, without the sales pitch",
        datetime(2018, 9, 13, 18),
        datetime(2018, 9, 13, 19),
        "Southampton",
        "Drinks at the Parsons",
    )
    assert found.body.startswith("Dear")
    assert found.body_line == 12


def test_windows_line_ends_and_a_byte_order_mark_are_no_matter() -> None:
    """A file saved by Notepad reads like any other."""
    assert edition.read(GOOD, "a.md", "x") == edition.read("\ufeff" + GOOD.replace("\n", "\r\n"), "a.md", "x")


BAD = {
    "no front matter": ("Hello", "does not begin with front matter"),
    "not closed": ('+++\nkind = "letter"\n', "does not begin with front matter"),
    "no toml": ('+++\nkind = "letter\n+++\n', "front matter cannot be read: .*line 2"),
    "unknown key": (GOOD.replace("subject", "subjekt"), "'subjekt' is not a known key; did you mean 'subject'"),
    "no subject": ('+++\nkind = "letter"\n+++\n', "subject is missing"),
    "empty subject": (GOOD.replace("Hello", " "), "subject is empty"),
    "long subject": (GOOD.replace("Hello", "x" * 201), "subject is 201 characters long, 200 are allowed"),
    "unknown kind": (GOOD.replace("letter", "leter"), r"kind is 'leter'.*did you mean 'letter'"),
    "control in subject": (GOOD.replace("Hello", "a\\u0000b"), r"subject holds a line break .*U\+0000"),
    "bidi in subject": (GOOD.replace("Hello", "a\\u202Eb"), r"subject holds .*U\+202E"),
    "list is no slug": (GOOD.replace("kind", 'lists = ["../x"]\nkind'), "lists holds '../x', but a slug"),
    "list twice": (GOOD.replace("kind", 'lists = ["x", "x"]\nkind'), "names a list twice"),
    "no list": (GOOD.replace("kind", "lists = []\nkind"), "lists is missing"),
    "offset": (
        GOOD.replace("+++\nText", '[next_meeting]\ntitle = "a"\nstarts = 2018-09-13T18:00:00Z\n+++\n'),
        "starts .* must be local time",
    ),
    "date only": (
        GOOD.replace("+++\nText", '[next_meeting]\ntitle = "a"\nstarts = 2018-09-13\n+++\n'),
        "starts must be a date and time",
    ),
    "ends first": (
        GOOD.replace(
            "+++\nText", '[next_meeting]\ntitle = "a"\nstarts = 2018-09-13T18:00:00\nends = 2018-09-13T17:00:00\n+++\n'
        ),
        r"\[next_meeting\] ends is not after starts",
    ),
    "ends at once": (
        GOOD.replace(
            "+++\nText", '[next_meeting]\ntitle = "a"\nstarts = 2018-09-13T18:00:00\nends = 2018-09-13T18:00:00\n+++\n'
        ),
        r"\[next_meeting\] ends is not after starts",
    ),
    "key of meeting": (
        GOOD.replace("+++\nText", '[next_meeting]\ntitle = "a"\nstarts = 2018-09-13T18:00:00\nplcae = "x"\n+++\n'),
        "'plcae' is not a known key; did you mean 'place'",
    ),
    "template sign": (GOOD + "{% if x %}", "line 6: '{%' is no field"),
    "expression": (GOOD + "\n\n{{ 7*7 }}", "line 8: '{{ 7[*]7 }}' is no field"),
    "attribute": (GOOD + "{{ self.__init__ }}", "line 6: .* is no field"),
    "filter": (GOOD + "{{ name | upper }}", "is no field"),
    "half a field": (GOOD + "{{ name }", "line 6: '{{' is no field"),
    "field over lines": (GOOD + "{{ name\n}}", "is no field"),
    "field in subject": (GOOD.replace("Hello", "{{ Name }}"), "subject, line 1: '{{ Name }}' is no field"),
    "null in text": (GOOD + "a\x00b", r"line 6: the text holds a control character \(U\+0000\)"),
    "too long": (GOOD + "x" * 200_001, "200006 characters, 200000 are allowed"),
    "many attachments": (GOOD.replace("kind", f"attach = {['a.pdf'] * 11}\nkind"), "attach names 11 files"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD.keys())
def test_a_mistake_is_answered_with_its_reason(text: str, reason: str) -> None:
    """Each broken edition is refused for what is wrong with it, and not by chance."""
    with pytest.raises(errors.EditionError, match=reason):
        edition.read(text, "a.md", "x")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever a file holds, it is an edition or an EditionError."""
    try:
        edition.read(f'+++\nkind = "letter"\nsubject = "a"\n+++\n{text}', "a.md", "x")
    except errors.EditionError:
        return
    assert "{%" not in text


@pytest.mark.parametrize(
    ("text", "name", "fallback"),
    [
        ("{{ name }}", "name", ""),
        ("{{name}}", "name", ""),
        ('{{ first_name | "friend" }}', "first_name", "friend"),
        ("{{ first_name|'chère amie' }}", "first_name", "chère amie"),
        ("{{ company | “all of you” }}", "company", "all of you"),
        ('{{ name | "" }}', "name", ""),
    ],
)
def test_fields_are_found(text: str, name: str, fallback: str) -> None:
    """A field is found with its fallback, in any of the quotes that people type."""
    (found,) = fields.find(text, "a.md")

    assert (name, fallback) == (found.name, found.fallback)


def test_the_example_editions_are_good() -> None:
    """Each shipped edition is read and judged without an error, on the day it was written for."""
    days = {
        "2018-06-29-meeting-1.md": datetime.fromisoformat("2018-06-29T09:00:00+01:00"),
        "2010-03-28-a-full-week.md": datetime.fromisoformat("2010-03-28T09:00:00+01:00"),
        "2008-02-28-launch-day.md": datetime.fromisoformat("2008-02-28T09:00:00-05:00"),
    }
    paths = sorted(shipped.folder("lists").glob("*/editions/*.md"))
    assert sorted(days) == sorted(path.name for path in paths)
    for path in paths:
        lists = tomllib.loads((path.parent.parent / "list.toml").read_text(encoding="utf-8"))
        found = edition.read(path.read_text(encoding="utf-8"), path.name, path.parent.parent.name)
        facts = tuple(
            composing.ListFacts(slug, lists["title"], lists["name"], "chair@example.org")
            for slug in found.lists
        )
        around = composing.frame(lists=facts, zone=lists["time_zone"], country=lists["country"])
        around = composing.with_meeting(found, around)
        frozen = composing.frozen(found, around, composing.Shape(found.lists))
        findings = lint.findings(found, around, frozen, days[path.name])
        assert {finding.rule for finding in findings} <= {"links-follow"}
