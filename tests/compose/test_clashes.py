"""What happens at the same time by somebody else's calendar: simple and recurring events, zones, and hostile files."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.compose import clashes
from newsletter.core import errors

LONDON = ZoneInfo("Europe/London")
STARTS = datetime(2018, 9, 13, 18, tzinfo=LONDON)
ENDS = datetime(2018, 9, 13, 19, tzinfo=LONDON)


def calendar(*events: str) -> bytes:
    """A calendar file of events, each written as lines."""
    blocks = [
        f"BEGIN:VEVENT\nUID:{n}@x\nSUMMARY:Match {n}\n{event}\nEND:VEVENT" for n, event in enumerate(events)
    ]
    return (
        "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *blocks, "END:VCALENDAR", ""])
        .replace("\n", "\r\n")
        .encode()
    )


def titles(*events: str) -> list[str]:
    found = clashes.find(calendar(*events), STARTS, ENDS, LONDON)
    assert found.skipped == 0
    return [one.title for one in found.clashes]


@pytest.mark.parametrize(
    ("event", "meets"),
    [
        ("DTSTART:20180913T170000Z\nDTEND:20180913T190000Z", True),
        ("DTSTART:20180913T140000Z\nDTEND:20180913T160000Z", False),
        ("DTSTART:20180913T160000Z\nDTEND:20180913T170000Z", False),  # ends as the meeting begins
        ("DTSTART:20180913T180000Z\nDTEND:20180913T190000Z", False),  # begins as it ends
        ("DTSTART;TZID=Europe/London:20180913T184500\nDURATION:PT2H", True),
        ("DTSTART;TZID=America/Toronto:20180913T133000\nDURATION:PT2H", True),
        ("DTSTART;TZID=Eastern Standard Time:20180913T133000\nDURATION:PT2H", True),  # Outlook's name
        ("DTSTART:20180913T183000", True),  # no zone: the list's clock
        ("DTSTART;VALUE=DATE:20180913", True),
        ("DTSTART;VALUE=DATE:20180912\nDTEND;VALUE=DATE:20180914", True),
        ("DTSTART;VALUE=DATE:20180914", False),
        ("DTSTART:20180913T170000Z\nDTEND:20180913T190000Z\nSTATUS:CANCELLED", False),
        ("DTSTART:20180913T170000Z\nDTEND:20180913T190000Z\nTRANSP:TRANSPARENT", False),
        # series
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=TH", True),
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2", True),
        ("DTSTART;TZID=Europe/London:20180111T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=2", False),
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=10", False),
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20180912T000000Z", False),
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20180913", True),
        ("DTSTART;TZID=Europe/London:20180111T183000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=2TH", True),
        ("DTSTART;VALUE=DATE:20000913\nRRULE:FREQ=YEARLY", True),
        ("DTSTART;TZID=Europe/London:20180104T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
         "EXDATE;TZID=Europe/London:20180913T183000", False),
    ],
)  # fmt: skip
def test_what_overlaps_is_found(event: str, meets: bool) -> None:
    """Times with a zone, in UTC, without one, whole days; series with their ends and exceptions; summer time is kept."""
    assert titles(event) == (["Match 0"] if meets else [])


def test_one_evening_of_a_series_that_was_moved() -> None:
    """The series leaves its usual time out, and the moved evening counts by itself."""
    series = "DTSTART:20180906T173000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    moved = "UID:0@x\nRECURRENCE-ID:20180913T173000Z\nDTSTART:20180914T173000Z\nDURATION:PT1H"
    back = "UID:0@x\nRECURRENCE-ID:20180920T173000Z\nDTSTART:20180913T173000Z\nDURATION:PT1H"

    def found(override: str) -> int:
        data = calendar(series, override).replace(b"UID:1@x\r\n", b"")
        return len(clashes.find(data, STARTS, ENDS, LONDON).clashes)

    assert (found(moved), found(back)) == (0, 2)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"BEGIN:VCARD\r\n", b"BEGIN:VCALENDAR\r\n" + b"X" * clashes.FILE_LIMIT]
)
def test_what_is_no_calendar_is_said(data: bytes) -> None:
    """Empty, another sort of file, too large."""
    with pytest.raises(errors.InputError, match=r"no calendar|larger"):
        clashes.find(data, STARTS, ENDS, LONDON)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20180913T170000Z\nRRULE:FREQ=SECONDLY",
        "DTSTART:20180913T170000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY",
        "DTSTART:20180101T000000Z\nRRULE:FREQ=WEEKLY;INTERVAL=-1",
        "DTSTART:20180101T000000Z\nRRULE:FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 500),
        "DTSTART:20180101T000000Z\nDTEND:20190101T000000Z",
        "DTSTART:20181399T990000Z",
        "SUMMARY:no time at all",
    ],
)
def test_what_nobody_writes_is_counted_not_run(event: str) -> None:
    """Rules that run for ever, times that are none: skipped and told, and the next event is looked at."""
    begun = time.process_time()

    found = clashes.find(calendar(event, "DTSTART:20180913T170000Z\nDURATION:PT1H"), STARTS, ENDS, LONDON)

    assert ([one.title for one in found.clashes], found.skipped) == (["Match 1"], 1)
    assert time.process_time() - begun < 1


def test_size_count_and_nesting_are_bounded() -> None:
    """More events than are looked at are counted; deep nesting and an alarm's lines are passed over."""
    many = calendar(*["DTSTART:20180101T000000Z\nDURATION:PT1H"] * 6_000)
    deep = calendar(
        "DTSTART:20180913T170000Z\nDURATION:PT1H\n" + "BEGIN:VALARM\n" * 5_000 + "END:VALARM\n" * 5_000
    )

    assert clashes.find(many, STARTS, ENDS, LONDON).skipped == 1_000
    assert [one.title for one in clashes.find(deep, STARTS, ENDS, LONDON).clashes] == ["Match 0"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_no_file_breaks_it(lines: list[str]) -> None:
    """Whatever stands in an event, the answer is one, or a clear refusal."""
    data = calendar(
        "\n".join(
            f"{key}:{line}" for key, line in zip(["DTSTART", "RRULE", "EXDATE"] * 4, lines, strict=False)
        )
    )

    found = clashes.find(data, STARTS, ENDS, LONDON)

    assert len(found.clashes) + found.skipped <= 2
