"""Reading TOML tables: the rest is told by the broken configurations."""

from datetime import datetime

import pytest

from newsletter.core import tables


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("90s", 90), ("5m", 300), ("48h", 172_800), ("7d", 604_800), ("10 m", 600)],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    """Seconds, minutes, hours and days."""
    table = tables.Table({"wait": text}, "f")

    assert table.seconds("wait", "1s") == seconds
    assert table.problems == []


@pytest.mark.parametrize("text", ["", "5", "m", "5m30s", "-5m", "1.5h", "5M", "1000000000d", "٥m\n"])
def test_what_is_no_length_of_time(text: str) -> None:
    """No sum, no sign, no fraction, nothing that overflows."""
    table = tables.Table({"wait": text}, "f")

    table.seconds("wait", "1s")

    assert table.problems == [
        f'f: wait is {text!r}, but must be a length of time such as "30s", "5m", "48h" or "7d"'
    ]


def test_a_local_time_stays_local() -> None:
    """A meeting's hours are those on the wall of its town, so an offset is refused."""
    good = tables.Table({"starts": datetime.fromisoformat("2018-09-13T18:00:00")}, "f", "next_meeting")
    bad = tables.Table({"starts": datetime.fromisoformat("2018-09-13T18:00:00Z")}, "f", "next_meeting")

    assert good.moment("starts") == bad.moment("starts") == datetime(2018, 9, 13, 18)
    assert good.problems == []
    assert bad.problems == [
        "f: [next_meeting] starts is 2018-09-13T18:00:00+00:00, but must be local time, without an offset or Z"
    ]


def test_a_date_without_a_time_is_no_moment() -> None:
    """TOML knows dates too."""
    table = tables.Table({"starts": datetime(2018, 9, 13).date()}, "f")

    table.moment("starts")

    assert table.problems == ["f: starts must be a date and time such as 2018-09-13T18:00:00, not 2018-09-13"]


def test_a_long_value_is_cut_in_the_message() -> None:
    """The message stays readable, whatever the file holds."""
    table = tables.Table({"port": "x" * 5000}, "f")

    table.whole("port", 1)

    assert len(table.problems[0]) < 120


def test_optional_keys_keep_their_default() -> None:
    """None, text, number and list: what is not there is no problem."""
    table = tables.Table({}, "f")

    found = (
        table.text("a", None),
        table.text("b", ""),
        table.whole("c", None),
        table.texts("d"),
        table.table("e"),
        table.tables("f"),
    )

    assert found == (None, "", None, (), None, [])
    assert table.problems == []
