"""When reminders go, as pure decisions: on the list's clock, over clock changes, never late, never too soon."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.core import errors, reminders

LONDON = ZoneInfo("Europe/London")
TEN = time(10)
PACES = {
    "second-notice": reminders.Pace(7, TEN),
    "free-place": reminders.Pace(2, TEN),
    "day-before": reminders.Pace(1, TEN),
}
STARTS = datetime(2018, 9, 13, 17, tzinfo=UTC)  # 18:00 in London
ASKED = datetime(2018, 8, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", reminders.Pace(7, TEN)),
        ("0d 8:05", reminders.Pace(0, time(8, 5))),
        (" 60d  18:30 ", reminders.Pace(60, time(18, 30))),
        ("off", None),
    ],
)
def test_a_pace_is_read(text: str, expected: reminders.Pace | None) -> None:
    """Days before the meeting, with or without a time of day; or off."""
    assert reminders.pace(text, TEN) == expected


@pytest.mark.parametrize(
    "text", ["", "7", "7h", "61d", "1d 24:00", "1d 10:60", "1d 10", "-1d", "d", "١d", "on"]
)
def test_a_bad_pace_is_named(text: str) -> None:
    """And the right form is said."""
    with pytest.raises(errors.InputError, match=r"must be (days before|a time of day)"):
        reminders.pace(text, TEN)


def test_each_goes_at_its_hour_on_the_lists_clock() -> None:
    """Seven, two and one day before, ten in the morning in London, which is nine in UTC in summer."""
    found = reminders.plan(PACES, STARTS, LONDON, ASKED, ASKED)

    assert [(name, f"{one.due:%d %H:%M}", one.reason) for name, one in found.items()] == [
        ("second-notice", "06 09:00", ""), ("free-place", "11 09:00", ""), ("day-before", "12 09:00", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("starts", "pace", "zone", "expected"),
    [
        # The clocks go back between reminder and meeting, and forward.
        ((2018, 10, 28, 18), reminders.Pace(1, TEN), "Europe/London", "2018-10-27 09:00"),
        ((2018, 3, 25, 17), reminders.Pace(1, TEN), "Europe/London", "2018-03-24 10:00"),
        # A time that does not exist on that day, and one that comes twice.
        ((2018, 3, 26, 17), reminders.Pace(1, time(1, 30)), "Europe/London", "2018-03-25 01:00"),
        ((2018, 10, 29, 17), reminders.Pace(1, time(1, 30)), "Europe/London", "2018-10-28 00:30"),
        # The day is the list's: in Toronto it is still the evening before.
        ((2018, 9, 14, 0), reminders.Pace(1, TEN), "America/Toronto", "2018-09-12 14:00"),
        ((2018, 9, 13, 18, 30), reminders.Pace(1, TEN), "Asia/Kathmandu", "2018-09-13 04:15"),
    ],
)
def test_clock_changes_and_zones(starts, pace: reminders.Pace, zone: str, expected: str) -> None:
    """Wall clock times, not spans of hours."""
    found = reminders.moment(pace, datetime(*starts, tzinfo=UTC), ZoneInfo(zone))

    assert f"{found:%Y-%m-%d %H:%M}" == expected


def test_a_late_one_never_meets_the_next_nor_the_meeting() -> None:
    """A day at most, or half way to the next one's time, or an hour before the meeting."""
    found = reminders.plan(
        {**PACES, "free-place": reminders.Pace(1, time(18)), "day-before": reminders.Pace(0, time(9))},
        STARTS, LONDON, ASKED, ASKED,
    )  # fmt: skip

    assert found["second-notice"].until - found["second-notice"].due == timedelta(days=1)
    assert found["free-place"].until - found["free-place"].due == timedelta(hours=7.5)
    assert found["day-before"].due - found["free-place"].due == timedelta(hours=15)
    assert found["day-before"].until == STARTS - timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked_days", "expected"),
    [(29, ["", "", ""]), (10.4, ["", "", ""]), (9, ["soon", "", ""]), (5, ["late", "", ""]), (1.5, ["late", "late", ""]), (0.1, ["late"] * 3)],
)  # fmt: skip
def test_what_comes_too_late_or_too_soon_is_not_planned(asked_days: float, expected: list[str]) -> None:
    """An invitation a few days before the meeting has no second notice; on the day itself nothing follows."""
    asked = STARTS - timedelta(days=asked_days)

    found = reminders.plan(PACES, STARTS, LONDON, asked, asked)

    assert [one.reason for one in found.values()] == expected


def test_what_is_off_is_not_there() -> None:
    """None as a pace."""
    found = reminders.plan({**PACES, "free-place": None}, STARTS, LONDON, ASKED, ASKED)

    assert list(found) == ["second-notice", "day-before"]


def test_a_pace_after_the_begin_never_goes() -> None:
    """At ten on the day of a meeting at nine."""
    nine = datetime(2018, 9, 13, 8, tzinfo=UTC)

    found = reminders.plan({**PACES, "day-before": reminders.Pace(0, TEN)}, nine, LONDON, ASKED, ASKED)

    assert found["day-before"].reason == "late"
