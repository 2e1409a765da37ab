"""Slips in well-known domains are noticed, real domains are left alone."""

import pytest

from newsletter.core import spelling


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("yahoo.co.kr", None),
        ("googlemail.con", "googlemail.com"),
    ],
)
def test_slips_are_noticed(typed: str, meant: str | None) -> None:
    """One letter too many, too few, wrong or swapped points to the domain that was meant."""
    assert spelling.meant(typed) == meant


@pytest.mark.parametrize(
    "domain",
    "gmail.com mail.com ymail.com email.com gmx.net gmx.com gmx.de web.de me.com example.org hotmail.fr mac.com a.b "
    "lists.example.org".split(),
)
def test_real_domains_are_left_alone(domain: str) -> None:
    """A domain that exists is no slip of another, however near it is."""
    assert spelling.meant(domain) is None
