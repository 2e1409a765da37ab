"""Warnings about a meeting's date: public holidays of the list's country, and calendars that the list names."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter import settings
from newsletter import site as sites
from newsletter.service import checking, meeting_changes, meeting_doubts, meetings
from tests.conftest import LIST_TOML

NOW = datetime(2018, 6, 29, 8, tzinfo=ZoneInfo("UTC"))
MATCH = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1@x
SUMMARY:Saints v Brighton
DTSTART;TZID=Europe/London:20180913T190000
DTEND;TZID=Europe/London:20180913T210000
END:VEVENT
END:VCALENDAR
"""


def doubts(one: settings.MailingList, day: str, zone: str = "Europe/London", **own: str) -> list[str]:
    """The rules and texts about a meeting from 18:00 to 20:00 of a list with these settings."""
    made = replace(one, site=replace(one.site, time_zone=zone, **own))
    starts = datetime.fromisoformat(f"{day} 18:00").replace(tzinfo=ZoneInfo(zone))
    found = meeting_doubts.find("Backups", starts, starts + timedelta(hours=2), made, NOW)
    return [f"{one.rule}: {one.text}" for one in found]


@pytest.fixture
def south(site: sites.Site) -> settings.MailingList:
    return site.mailing_list("south-hants-it")


@pytest.mark.parametrize(
    ("title", "language", "says"),
    [
        ("Backups on Tuesday", "en", ["weekday: the title says 'Tuesday', but that day is a Thursday"]),
        ("Mittwochs im Parsons", "de", ["weekday: the title says 'Mittwoch', but that day is a Thursday"]),
        ("Rencontre du MARDI", "fr", ["weekday: the title says 'mardi', but that day is a Thursday"]),
        ("From Tuesday to Thursday", "en", []),
        ("Sundaylight", "en", []),
    ],
)
def test_a_weekday_in_the_title_without_a_date(south, title: str, language: str, says: list[str]) -> None:
    """It must be the day's own, in the list's language."""
    made = replace(south, site=replace(south.site, language=language))
    starts = datetime(2018, 9, 13, 18, tzinfo=ZoneInfo("Europe/London"))
    found = meeting_doubts.find(title, starts, starts + timedelta(hours=2), made, NOW)

    assert [f"{one.rule}: {one.text}" for one in found] == says


def test_an_end_before_the_beginning_makes_a_long_meeting(south) -> None:
    """18:00 to 17:00 is the next day: most likely a slip."""
    starts = datetime(2018, 9, 13, 18, tzinfo=ZoneInfo("Europe/London"))
    found = meeting_doubts.find("Backups", starts, starts + timedelta(hours=23), south, NOW)

    assert [one.text for one in found] == ["it lasts 23 hours: is the end before the beginning?"]


@pytest.mark.parametrize(
    ("country", "zone", "day", "says"),
    [
        ("GB", "Europe/London", "2018-12-25", "Tuesday 25 December 2018 is a public holiday: Christmas Day"),
        ("CA", "America/Toronto", "2008-07-01", "Tuesday, July 1, 2008 is a public holiday: Canada Day"),
        (
            "DE",
            "Europe/Berlin",
            "2018-10-03",
            "Wednesday 3 October 2018 is a public holiday: German Unity Day",
        ),
        ("NP", "Asia/Kathmandu", "2026-05-28", "Thursday 28 May 2026 is a public holiday"),
        ("GB", "Europe/London", "2018-09-13", ""),
        ("DE", "Europe/Berlin", "2018-11-01", ""),  # All Saints: some of the states only
        ("XX", "Europe/London", "2018-12-25", ""),
        ("", "Europe/London", "2018-12-25", ""),
    ],
)
def test_public_holidays_of_the_country(south, country: str, zone: str, day: str, says: str) -> None:
    """The nationwide ones, named in English; a country that nobody has written down warns of nothing."""
    found = [text for text in doubts(south, day, zone, country=country) if text.startswith("holiday")]

    assert (says in found[0]) if says else found == []


def test_an_evening_s_day_is_the_list_s_own(south) -> None:
    """18:00 in Toronto is the next day in UTC already: the holiday is looked for on the list's clock."""
    assert not [
        text for text in doubts(south, "2008-06-30", "America/Toronto", country="CA") if "holiday" in text
    ]


def test_a_clash_by_a_calendar_that_the_list_names(south) -> None:
    """In the list's folder or the site's; what is at another time is not named."""
    (south.folder / "fixtures.ics").write_text(MATCH)
    (south.folder.parent.parent / "neighbours.ics").write_text(MATCH.replace("20180913", "20180914"))
    both = replace(south, clashes=("fixtures.ics", "neighbours.ics"))

    assert doubts(both, "2018-09-13") == [
        "clash: at the same time by fixtures.ics: Saints v Brighton, Thursday 13 September 2018, 19:00 to 21:00"
    ]
    assert [text[:29] for text in doubts(both, "2018-09-14")][1:] == ["clash: at the same time by ne"]


@pytest.mark.parametrize("name", ["missing.ics", "../outside.ics", "/etc/passwd", "broken.ics", "link.ics"])
def test_a_calendar_that_cannot_be_read_is_said(south, tmp_path: Path, name: str) -> None:
    """Missing, outside the site, no calendar: the meeting is made, and the chair knows that nothing is known."""
    (tmp_path / "outside.ics").write_text(MATCH)
    (south.folder / "broken.ics").write_text("hello")
    (south.folder / "link.ics").symlink_to(tmp_path / "outside.ics")

    (found,) = doubts(replace(south, clashes=(name,)), "2018-09-13")

    assert found.startswith(f"clashes-file: {name} ") and "Brighton" not in found


def test_new_move_and_check_say_it(make_site) -> None:
    """By the real services, from the list's file."""
    site = make_site(list_toml=LIST_TOML + 'clashes = ["fixtures.ics", "lost.ics"]\n')
    one = site.mailing_list("south-hants-it")
    (one.folder / "fixtures.ics").write_text(MATCH)

    _, found = meetings.new(site, one, meetings.Wanted("talk", "Talk", "2018-09-13 18:00"))
    plan = meeting_changes.plan_move(site, "talk", starts="2018-12-25 18:00")

    assert [doubt.rule for doubt in found] == ["clash", "clashes-file"]
    assert [doubt.rule for doubt in plan.doubts] == ["holiday", "clashes-file"]
    (finding,) = [one for one in checking.check(site) if one.rule == "clashes"]
    assert finding.text == "lost.ics is neither in the list's folder nor in the site's."
