"""Dates and times as people of each language write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.compose import catalogue
from newsletter.core import words

LONDON = ZoneInfo("Europe/London")
EVENING = datetime(2018, 9, 13, 18, 0, tzinfo=LONDON)
NIGHT = datetime(2018, 9, 14, 0, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("en", "GB", "Thursday 13 September 2018, 18:00 to 19:30"),
        ("en", "", "Thursday 13 September 2018, 18:00 to 19:30"),
        ("en", "US", "Thursday, September 13, 2018, 6:00\xa0pm to 7:30\xa0pm"),
        ("en", "CA", "Thursday, September 13, 2018, 6:00\xa0pm to 7:30\xa0pm"),
        ("de", "DE", "Donnerstag, 13. September 2018, 18:00 bis 19:30 Uhr"),
        ("fr", "FR", "jeudi 13 septembre 2018, de 18\xa0h à 19\xa0h\xa030"),
        ("fr", "CA", "jeudi 13 septembre 2018, de 18\xa0h à 19\xa0h\xa030"),
    ],
)
def test_when_a_meeting_is(language: str, country: str, expected: str) -> None:
    """Weekday, date with its year, from and to."""
    assert expected == catalogue.when(EVENING, EVENING.replace(hour=19, minute=30), language, country)


def test_a_meeting_over_midnight_names_both_days() -> None:
    """A night's end is on another day, and says so."""
    assert (
        catalogue.when(EVENING, NIGHT, "en")
        == "Thursday 13 September 2018, 18:00, to Friday 14 September 2018, 0:30"
    )


def test_a_meeting_without_an_end() -> None:
    """Only the beginning is said."""
    assert catalogue.when(EVENING, None, "de") == "Donnerstag, 13. September 2018, 18:00 Uhr"


@pytest.mark.parametrize(
    ("hour", "expected"), [(0, "12:05\xa0am"), (11, "11:05\xa0am"), (12, "12:05\xa0pm"), (23, "11:05\xa0pm")]
)
def test_the_clock_of_twelve_hours(hour: int, expected: str) -> None:
    """Midnight is 12 am, noon is 12 pm."""
    assert expected == catalogue.clock(datetime(2018, 1, 1, hour, 5), "en", "US")


@pytest.mark.parametrize(
    ("names", "expected"), [([], ""), (["A"], "A"), (["A", "B"], "A und B"), (["A", "B", "C"], "A, B und C")]
)
def test_names_are_joined(names: list[str], expected: str) -> None:
    """A; A und B; A, B und C."""
    assert expected == catalogue.both(names, "de")


def test_the_first_of_a_month_in_french() -> None:
    """The first is 1er."""
    assert catalogue.day(datetime(2018, 8, 1), "fr") == "1er août 2018"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("", "(the link follows)"),
        ("2018-07-10", "(the link follows by 10 July 2018)"),
        ("2018-02-31", "(2018-02-31)"),
    ],
)
def test_a_link_that_follows(day: str, expected: str) -> None:
    """With and without a date; a date that does not exist stands as written."""
    assert expected == catalogue.link_follows(day, "en")


@pytest.mark.parametrize("reason", [*words.SKIP_REASONS, "failed", "unclear"])
def test_a_report_has_words_for_every_reason(reason: str) -> None:
    """Why somebody has not got a mail, and what to do: a word without its phrase would stop the report."""
    assert catalogue.optional(f"report_{reason}", "en")
    assert catalogue.optional(f"report_{reason}_do", "en")
