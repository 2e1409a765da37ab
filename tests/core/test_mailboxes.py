"""One mailbox for all spellings of an address."""

import pytest

from newsletter.core import addresses, mailboxes


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ada@Example.org", "ada@example.org"),
        ("ada+news@example.org", "ada@example.org"),
        ("ada+a+b@example.org", "ada@example.org"),
        ("a.d.a@example.org", "a.d.a@example.org"),
        ("A.D.a+x@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("a.da@GoogleMail.com", "ada@gmail.com"),
        ("ada@gmail.com.example.org", "ada@gmail.com.example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(typed: str, expected: str) -> None:
    """Case, plus tags, Google's dots and its second name make no new mailbox; dots elsewhere do."""
    assert mailboxes.one(addresses.read(typed).key) == expected


@pytest.mark.parametrize("key", ["+x@example.org", "+@gmail.com", "...@gmail.com"])
def test_a_local_part_never_vanishes(key: str) -> None:
    """A key of tags or dots alone keeps something before the @, so that it is nobody else's mailbox."""
    assert mailboxes.one(key).partition("@")[0]
