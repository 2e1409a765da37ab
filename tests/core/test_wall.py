"""Times on a wall clock, right over both clock changes and in zones with odd offsets."""

from zoneinfo import ZoneInfo

import pytest

from newsletter.core import clock, errors, wall


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2018-09-13 18:00", "Europe/London", "2018-09-13T17:00:00.000Z"),
        ("2018-11-08 18:00", "Europe/London", "2018-11-08T18:00:00.000Z"),
        (
            "2018-03-25 01:30",
            "Europe/London",
            "2018-03-25T01:00:00.000Z",
        ),  # does not exist: clocks go forward
        ("2018-10-28 01:30", "Europe/London", "2018-10-28T00:30:00.000Z"),  # comes twice: the first
        ("2018-03-11 02:30", "America/Toronto", "2018-03-11T07:00:00.000Z"),
        ("2018-11-04 01:30", "America/Toronto", "2018-11-04T05:30:00.000Z"),
        (" 2018-06-29 18:00 ", "Asia/Kathmandu", "2018-06-29T12:15:00.000Z"),
    ],
)
def test_wall_times(text: str, zone: str, expected: str) -> None:
    """A gap moves forward to its end; of an overlap the first counts."""
    assert clock.iso(wall.read(text, ZoneInfo(zone), "--starts")) == expected


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2018-02-30 18:00", "2018-06-29", "18:00", "2018-06-29 25:00"]
)
def test_what_is_no_time(text: str) -> None:
    """The option is named, and how to write it."""
    with pytest.raises(errors.UsageError, match="is no time for --starts") as caught:
        wall.read(text, ZoneInfo("UTC"), "--starts")
    assert "YYYY-MM-DD HH:MM" in caught.value.hint
