"""What stops an edition and what is only said: a case for each rule."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter import shipped
from newsletter.compose import lint, weekdays
from newsletter.compose.edition import Edition
from newsletter.compose.frame import Frame
from tests.compose import composing

NOW = datetime(2018, 7, 2, 9, tzinfo=UTC)


def judged(
    found: Edition | None = None, around: Frame | None = None, now: datetime = NOW
) -> list[tuple[str, str, str]]:
    """Level, rule and place of each finding."""
    found = found or composing.written()
    around = composing.with_meeting(found, around or composing.frame())
    findings = lint.findings(found, around, composing.frozen(found, around), now)
    assert {finding.rule for finding in findings} <= set(lint.RULES)
    assert all(finding.text for finding in findings)
    return [
        (finding.level, finding.rule, finding.where.removeprefix("2018-06-29-meeting-1.md, "))
        for finding in findings
    ]


def test_a_good_edition_has_nothing_to_fault() -> None:
    """Text, table, field, link and date as they should be: no finding."""
    body = "Dear {{ name }} of {{ company }},\n\nsee [the notes](https://example.org), or write to <chair@example.org>."

    assert judged(composing.written(body + " We meet on Thursday 13 September 2018.")) == []


BODIES = {
    "weekday": ("a\n\nWe meet on Friday 13 September 2018.", ("error", "weekday", "line 14")),
    "http": ("[a](http://example.org)", ("error", "link-scheme", "line 12")),
    "relative": ("x\n\n[a](page.html)", ("error", "link-scheme", "line 14")),
    "ftp": ("[a](ftp://example.org)", ("error", "link-scheme", "line 12")),
    "no host": ("[a](https:///x)", ("error", "link-scheme", "line 12")),
    "lie": ("[www.good.example](https://bad.example/x)", ("error", "link-honest", "line 12")),
    "no words": ("[](https://example.org)", ("error", "link-text", "line 12")),
    "vague": ("[Click here](https://example.org)", ("warning", "link-text", "line 12")),
    "vague in German": ("[Hier!](https://example.org)", ("warning", "link-text", "line 12")),
    "unknown field": ("a\n{{ sector }}", ("error", "unknown-field", "line 13")),
    "later": ("a [slides](later:2018-07-10)", ("warning", "links-follow", "line 12")),
    "no text": ("\n\n", ("error", "empty", "2018-06-29-meeting-1.md")),
    "draft": ("Text\n\n...\n", ("error", "placeholder", "line 14")),
    "somebody's own": ("[leave](https://lists.example.org/leave/" + "a" * 40 + ")", ("error", "personal-link", "line 12")),
    "to fill in": ("Text\n\n* [[What was\ndecided?]]\n", ("error", "placeholder", "line 14")),
    "too big": ("word " * 22_000, ("error", "mail-size", "2018-06-29-meeting-1.md")),
    "big": ("word " * 17_000, ("warning", "mail-size", "2018-06-29-meeting-1.md")),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_rules_about_the_text(body: str, expected: tuple[str, str, str]) -> None:
    """Each fault of a text is found, alone, on its line."""
    assert [expected] == judged(composing.written(body))


SUBJECTS = {
    "weekday": ("See you on Friday 13 September 2018", ("error", "weekday", "subject")),
    "unknown field": ("For {{ sector }}", ("error", "unknown-field", "subject")),
    "long": ("a" + " word" * 13, ("warning", "subject-length", "subject")),
    "loud": ("COME TO OUR MEETING", ("warning", "subject-style", "subject")),
    "eager": ("Come! Come!", ("warning", "subject-style", "subject")),
    "false reply": ("Re: our meeting", ("warning", "subject-style", "subject")),
}


@pytest.mark.parametrize(("subject", "expected"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_rules_about_the_subject(subject: str, expected: tuple[str, str, str]) -> None:
    """Each fault of a subject is found."""
    assert [expected] == judged(composing.written("Text", subject=subject))


FRAMES: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "address": ({"postal_address": ""}, ("warning", "postal-address", "newsletter.toml, postal_address")),
    "address in Canada": ({"postal_address": " ", "country": "CA"}, ("error", "postal-address", "newsletter.toml, postal_address")),
    "address in Germany": ({"postal_address": "", "country": "DE"}, ("error", "postal-address", "newsletter.toml, postal_address")),
    "no reply": (
        {"lists": (replace(composing.SOUTH, reply_to="no-reply@example.org"),)},
        ("warning", "replies", "list south-hants-it"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), FRAMES.values(), ids=FRAMES.keys())
def test_rules_about_the_sender(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """A missing postal address is an error where the law wants one; answers must reach somebody."""
    assert [expected] == judged(composing.written("Text"), composing.frame(**changes))


def test_a_meeting_in_the_past() -> None:
    """An edition cannot invite to a meeting that has begun."""
    assert judged(composing.written("Text"), now=datetime(2018, 9, 13, 17, 1, tzinfo=UTC)) == [
        ("error", "meeting-past", "next_meeting")
    ]
    assert judged(composing.written("Text"), now=datetime(2018, 9, 13, 16, 59, tzinfo=UTC)) == []


def test_an_invitation_needs_a_date() -> None:
    """An invitation without a meeting is asked about."""
    assert judged(composing.written("Text", kind="invitation", meeting=False)) == [
        ("warning", "next-meeting", "next_meeting")
    ]


def test_a_picture_needs_words(tmp_path: Path) -> None:
    """A picture without a description stops the edition."""
    around = composing.frame(folder=composing.folder_with(tmp_path, a_png=composing.png()))

    assert judged(composing.written("![](a.png)"), around) == [("error", "image-alt", "line 12")]


def test_a_field_must_be_known_to_every_list() -> None:
    """A field of one list is unknown to an edition for two lists."""
    both = composing.frame(lists=(composing.SOUTH, composing.BOARD))

    assert judged(composing.written("{{ company }}"), both) == [("error", "unknown-field", "line 12")]


def test_an_empty_or_useless_preheader_is_said() -> None:
    """Mail programs show something beside the subject; better that the chair chooses it."""
    for preheader in ("", "short", "Meeting 1: a good debate"):
        found = replace(composing.written("Text"), preheader=preheader)
        assert judged(found) == [("warning", "preheader", "preheader")]


def test_a_template_without_the_leave_link_is_refused(tmp_path: Path) -> None:
    """A site's own footer must keep the way out."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "foot.txt").write_text("Bye", encoding="utf-8")
    around = composing.frame(templates=(tmp_path, shipped.folder("templates")))

    assert judged(composing.written("Text"), around) == [("error", "leave-link", "2018-06-29-meeting-1.md")]


@pytest.mark.parametrize("receive", [None, "bounces@lists.example.org"])
def test_without_pages_the_way_out_is_a_mail(tmp_path: Path, receive: str | None) -> None:
    """On a laptop alone the footer's mailto counts as the link to leave; a footer without it is refused there too."""
    laptop = composing.frame(base_url=None, receive=receive)
    assert judged(composing.written("Text", meeting=False), laptop) == []

    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "foot.html").write_text("<p>Bye</p>", encoding="utf-8")
    without = replace(laptop, templates=(tmp_path, shipped.folder("templates")))
    found = judged(composing.written("Text", meeting=False), without)
    assert found == [("error", "leave-link", "2018-06-29-meeting-1.md")]


def test_a_date_without_a_year_belongs_to_the_next_meeting() -> None:
    """13 September is that of the meeting, however late or early the edition is looked at."""
    found = composing.written("We meet on Thursday 13 September.")

    assert judged(found, now=datetime(2027, 1, 5, tzinfo=UTC)) == [("error", "meeting-past", "next_meeting")]


def test_errors_come_first() -> None:
    """Whoever reads only the top sees what stops the send."""
    levels = [
        level
        for level, _, _ in judged(composing.written("[here](http://example.org)", subject="LOUD SUBJECT"))
    ]

    assert levels == ["error", "warning", "warning"]


MISFITS = [
    # 13 September 2018 is a Thursday.
    "Friday 13 September 2018", "Friday, 13th of September 2018", "Fri 13 Sep 2018", "Fri. 13 Sept. 2018", "FRIDAY 13 SEPTEMBER 2018",
    "Friday the 13th September 2018", "Friday, September 13, 2018", "Friday September 13th, 2018", "Friday 13 September", "Friday\n13 September 2018",
    "Friday 2018-09-13", "Freitag, 13. September 2018", "Freitag, den 13. September 2018", "Fr, 13.9.2018", "Fr., 13.09.2018", "Freitag, 13.9.18",
    "Freitag 13.9.", "vendredi 13 septembre 2018", "vendredi, le 13 sept. 2018", "Samedi 13 Septembre 2018", "Sonnabend, 13. September 2018",
    "jeudi 1er août 2018",
]  # fmt: skip
FITS = [
    "Thursday 13 September 2018", "Thursday, September 13, 2018", "Thu 13 Sep", "Donnerstag, 13. September 2018", "Do, 13.9.2018", "jeudi 13 septembre 2018",
    "mercredi 1er août 2018", "Friday 31 June 2018", "on Friday we meet. 13 September 2018 is late", "Friday\n\n13 September 2018", "Friday 13 people came",
    "Friday 13:00", "Monday or Tuesday", "Thursday 1 March 2018", "Friday 13 Main Street",
]  # fmt: skip


@pytest.mark.parametrize("text", MISFITS)
def test_a_wrong_weekday_is_found(text: str) -> None:
    """In each of the three languages and their common short forms."""
    (found,) = weekdays.misfits(text, date(2018, 7, 2))

    assert found.right == found.day.weekday()


@pytest.mark.parametrize("text", FITS)
def test_a_right_or_doubtful_weekday_is_left_alone(text: str) -> None:
    """What fits, and what is no weekday beside its date, is no finding."""
    assert list(weekdays.misfits(text, date(2018, 7, 2))) == []


@pytest.mark.parametrize(("today", "found"), [(date(2018, 12, 1), 0), (date(2018, 2, 1), 1)])
def test_a_date_without_a_year_is_the_nearest(today: date, found: int) -> None:
    """3 January seen from December is next year's (a Thursday in 2019), seen from February this year's (a Wednesday)."""
    assert found == len(list(weekdays.misfits("Thursday 3 January", today)))
