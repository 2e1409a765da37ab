"""How long a pass and a session last, and when something on a device happened."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import clock, passes
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("ended", "until", "expected"),
    [
        (None, timedelta(minutes=1), "open"),
        (None, timedelta(0), "over"),
        (None, -timedelta(minutes=1), "over"),
        ("2018-06-29T07:00:00.000Z", timedelta(minutes=1), "ended"),
    ],
)
def test_how_a_pass_stands(ended: str | None, until: timedelta, expected: str) -> None:
    """Open until its very end; once ended it stays so."""
    assert passes.standing(ended, clock.iso(NOW + until), clock.iso(NOW)) == expected


def test_a_device_may_be_a_week_late() -> None:
    """What was taken in time still counts seven days after the link's end, and not a moment longer."""
    until = clock.iso(NOW)

    assert passes.takes_late(until, NOW + timedelta(days=6, hours=23))
    assert not passes.takes_late(until, NOW + timedelta(days=7))


def test_a_session_ends_by_rest_and_by_age() -> None:
    """Two hours after the last act, and at its end whatever was done."""
    acted, until = clock.iso(NOW), clock.iso(NOW + timedelta(hours=12))

    assert passes.is_alive(acted, until, NOW + timedelta(hours=1, minutes=59))
    assert not passes.is_alive(acted, until, NOW + timedelta(hours=2))
    late = NOW + timedelta(hours=12)
    assert not passes.is_alive(clock.iso(late), until, late)


def test_a_wrong_clock_tells_how_long_ago() -> None:
    """A device that is three years behind and signed somebody up ten minutes ago, says ten minutes ago."""
    device = NOW - timedelta(days=1000)
    said = clock.iso(device - timedelta(minutes=10))

    assert passes.moment(said, clock.iso(device), NOW) == NOW - timedelta(minutes=10)


@given(st.text(max_size=40) | st.datetimes().map(lambda one: one.isoformat() + "Z"), st.text(max_size=40))
def test_no_device_makes_a_time_that_cannot_be(said: str, device_now: str) -> None:
    """Whatever it says: never in the future, never longer ago than a late device may be."""
    found = passes.moment(said, device_now, NOW)

    assert NOW - passes.LATE - passes.LIFE["booth"] <= found <= NOW
