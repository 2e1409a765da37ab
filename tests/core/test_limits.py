"""How often a form may make us write to one mailbox."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import limits

NOW = datetime.fromisoformat("2018-06-29T08:00:00+00:00")


def ago(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=one) for one in hours]


@pytest.mark.parametrize(
    ("hours", "proven", "may"),
    [
        ((), False, True),
        ((0,), False, False),
        ((23.99,), False, False),
        ((24,), False, True),
        ((48, 24), False, True),
        ((72, 48, 24), False, False),
        ((24 * 4000, 24 * 3000, 24 * 2000), False, False),  # three in all, however long ago
        ((72, 48, 24), True, False),
        ((24 * 31, 48, 24), True, True),  # on the list already: never silent for good
        ((1,), True, False),
    ],
)
def test_one_confirm_mail_a_day_and_three_in_all(hours: tuple[float, ...], proven: bool, may: bool) -> None:
    """The budget of design 6, for people unproven and proven."""
    assert limits.may_ask(ago(*hours), NOW, proven=proven) is may


@pytest.mark.parametrize(
    ("hours", "may"),
    [((), True), ((0.03,), False), ((0.04,), True), ((4, 3, 2, 1), False), ((25, 3, 2, 1), True)],
)
def test_four_fresh_links_a_day_two_minutes_apart(hours: tuple[float, ...], may: bool) -> None:
    """A person may need a second link within the hour; a bomber gets four mails a day out of us."""
    assert limits.may_send_fresh(ago(*hours), NOW) is may


@given(st.lists(st.floats(0, 24 * 30), max_size=200))
def test_no_bombing_passes_the_budget(hours: list[float]) -> None:
    """Whenever a form is posted, at most three mails go out, a day apart each."""
    sent: list[datetime] = []
    for at in sorted(NOW + timedelta(hours=one) for one in hours):
        if limits.may_ask(sent, at, proven=False):
            sent.append(at)

    assert len(sent) <= 3
    assert all(b - a >= timedelta(days=1) for a, b in itertools.pairwise(sent))
