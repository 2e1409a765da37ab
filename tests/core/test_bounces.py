"""When an address counts as suspect or dead: a table of sequences (standards B9)."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core import bounces

DAY = timedelta(days=1)
FIRST = datetime(2018, 6, 1, tzinfo=UTC)


def bounce(
    day: float, kind="hard", message: int | None = None, status="5.1.1", in_session=False
) -> bounces.Bounce:
    return bounces.Bounce(
        int(day) if message is None else message, kind, status, FIRST + day * DAY, in_session
    )


@pytest.mark.parametrize(
    ("sequence", "last_good", "expected"),
    [
        ([], None, "ok"),
        ([bounce(1)], None, "suspect"),
        ([bounce(1), bounce(2)], None, "dead"),
        ([bounce(1), bounce(1.2, message=9)], None, "suspect"),  # the same day
        ([bounce(1), bounce(2, message=1)], None, "suspect"),  # two reports about one mail
        ([bounce(1, in_session=True)], None, "dead"),
        ([bounce(1, in_session=True, status="5.1.2")], None, "suspect"),
        ([bounce(1), bounce(9)], 5, "suspect"),  # a success between starts anew
        ([bounce(1), bounce(2)], 3, "ok"),
        ([bounce(n, "soft", status="4.2.2") for n in range(4)], None, "suspect"),
        ([bounce(n, "soft", status="4.2.2") for n in range(5)], None, "dead"),
        ([bounce(n, "soft", status="4.2.2") for n in range(5)], 2, "suspect"),
        ([bounce(1, "soft"), bounce(31, "soft")], None, "dead"),
        ([bounce(1, "soft"), bounce(30, "soft")], None, "suspect"),
        ([bounce(n, "policy") for n in range(50)], None, "ok"),
        ([bounce(n, "complaint") for n in range(5)], None, "ok"),
    ],
)  # fmt: skip
def test_health_follows_the_sequence(
    sequence: list[bounces.Bounce], last_good: int | None, expected: str
) -> None:
    """No single report takes anybody off; policy never counts; a success resets."""
    good = None if last_good is None else FIRST + last_good * DAY

    health, reason = bounces.health(sequence, good)

    assert health == expected
    assert bool(reason) == (health != "ok")
