"""Counting posts by network and list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.web import limits


class Hand:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_an_hour_s_posts_are_counted_and_then_forgotten() -> None:
    """Three posts pass, the fourth is told how long to wait, and after that time it passes."""
    hand = Hand()
    counted = limits.Limits(hand)
    for second in range(3):
        hand.seconds = float(second)
        counted.count("a", 3)

    with pytest.raises(limits.LimitError) as refused:
        counted.count("a", 3)

    assert refused.value.seconds == limits.SECONDS - 2
    counted.count("b", 3)
    hand.seconds = limits.SECONDS
    counted.count("a", 3)


def test_memory_is_bounded() -> None:
    """However many networks post, only the newest ones are remembered."""
    counted = limits.Limits(Hand())
    for number in range(limits.KEYS + 500):
        counted.count(str(number), 1)

    with pytest.raises(limits.LimitError):
        counted.count(str(limits.KEYS + 499), 1)
    counted.count("0", 1)  # forgotten long ago
    assert len(counted._seen) <= limits.KEYS


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("192.0.2.200", "192.0.2.0/24"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("evil", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    """A /24 in IPv4, a /64 in IPv6; what is no address is one network of its own."""
    assert limits.network(address) == network


@given(st.text(max_size=50))
def test_any_text_has_a_network(text: str) -> None:
    """A forged address never breaks the count."""
    assert limits.network(text)
