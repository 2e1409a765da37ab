"""Addresses: one verdict on the quick and the slow road, one key for all spellings."""

import email_validator
import hypothesis
import pytest
from hypothesis import strategies as some

from newsletter.core import addresses, errors

# Pieces of addresses as people type and programs invent them, so that most of what is drawn nearly is one.
PIECES = some.sampled_from(
    """a Ann ann.lee o'hara x+tag _ - .. . @ @@ example.org Example.ORG xn--mnchen-3ya.de münchen.de localhost test
    invalid local 1 0 [127.0.0.1] "q" \\ ( ) < > , ; : ! # $ % & * / = ? ^ ` { | } ~ é ß 例 ａ \u200b \u202e \x00 \n \t
    com de co.uk -x x- x_y xn--x gmail.con a.b""".split(" ")
)
LIKE_ADDRESSES = some.one_of(
    some.builds("{}@{}".format, some.text(max_size=70), some.text(max_size=70)),
    some.lists(PIECES, max_size=8).map("".join),
    some.builds(
        lambda local, domain: f"{''.join(local)}@{'.'.join(domain)}",
        some.lists(PIECES, min_size=1, max_size=4),
        some.lists(PIECES, min_size=1, max_size=4),
    ),
    some.builds(lambda n, m: f"{'a' * n}@{'b' * m}.org", some.integers(60, 68), some.integers(60, 66)),
    some.builds(lambda n: f"a@{'.'.join(['bcdefghij'] * n)}.org", some.integers(22, 27)),
    some.emails(),
)


def verdict(text: str) -> tuple[str, str] | None:
    """What email-validator says, as (local part, domain as A-label), or None for no."""
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False, strict=True)
    except email_validator.EmailNotValidError:
        return None
    return found.local_part, found.ascii_domain.lower()


@hypothesis.given(LIKE_ADDRESSES)
@hypothesis.settings(max_examples=400)
def test_the_verdict_is_email_validators(text: str) -> None:
    """Whatever is typed, we accept it exactly when validate_email(check_deliverability=False, strict=True) does."""
    try:
        found = addresses.read(text)
        ours = (found.local, found.domain)
    except errors.InputError:
        ours = None

    assert verdict(text) == ours


@hypothesis.given(LIKE_ADDRESSES)
@hypothesis.settings(max_examples=400)
def test_the_quick_road_never_says_more_than_the_slow_one(text: str) -> None:
    """What the pattern and the remembered domain let through is what the strict reading lets through, letter by letter."""
    parts = addresses.plain_parts(text)

    if parts is not None:
        address, key, domain = parts
        assert verdict(text) == (address[: -len(domain) - 1], domain)
        assert key == address.casefold()
        assert addresses.read_plain(text) == addresses.Address(*parts)


@pytest.mark.parametrize(
    ("typed", "text", "key"),
    [
        ("Ann.Lee@Example.ORG", "Ann.Lee@example.org", "ann.lee@example.org"),
        ("  ann@example.org\n", "ann@example.org", "ann@example.org"),
        ("zoë@münchen.de", "zoë@xn--mnchen-3ya.de", "zoë@xn--mnchen-3ya.de"),
        ("a@XN--MNCHEN-3YA.de", "a@xn--mnchen-3ya.de", "a@xn--mnchen-3ya.de"),
        ("STRASSE@example.org", "STRASSE@example.org", "strasse@example.org"),
    ],
)
def test_spellings_of_one_address_have_one_key(typed: str, text: str, key: str) -> None:
    """The local part stays as typed and is compared without regard to case; the domain becomes an A-label."""
    found = addresses.read(typed)

    assert (text, key) == (found.text, found.key)


@pytest.mark.parametrize(
    "text", ["", "ann", "ann@", "@example.org", "a@b@c.org", "a b@example.org", "a@example", "a" * 300]
)
def test_what_cannot_be_is_refused_with_the_text(text: str) -> None:
    """The error quotes what was typed, shortened."""
    with pytest.raises(errors.InputError, match="is no e-mail address") as caught:
        addresses.read(text)

    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("postmaster@example.org", True),
        ("no-reply+x@example.org", True),
        ("webmaster@example.org", True),
        ("ann@example.org", False),
        ("postmaster.ann@example.org", False),
        ("info@example.org", False),
    ],
)
def test_roles_are_known(key: str, role: bool) -> None:
    """An address of a job is told from that of a person, with or without a tag."""
    assert addresses.is_role(key) is role


def test_a_tag_is_taken_off_but_never_the_whole_local_part() -> None:
    """ann+news@ is ann@; +news@ has nothing before its tag and stays."""
    assert addresses.without_tag("ann+news@example.org") == "ann@example.org"
    assert addresses.without_tag("+news@example.org") == "+news@example.org"


def test_a_masked_address_shows_its_first_letter_and_domain() -> None:
    """The owner knows it again, a stranger learns nothing."""
    assert addresses.masked("ann@example.org") == "a****@example.org"
    assert addresses.masked("nothing") == "****"


@hypothesis.given(some.text())
def test_what_is_shown_is_short_and_printable(text: str) -> None:
    """Whatever was typed can be quoted in an error without breaking the line."""
    shown = addresses.shown(text)

    assert shown.isprintable()
    assert len(shown) <= 85
