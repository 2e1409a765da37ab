"""Tokens: what was signed reads back, and nothing else does."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors, tokens

KEYS = (tokens.Key(1, "token", b"a" * 32), tokens.Key(1, "suppression", b"s" * 32))
SIGNER = tokens.Tokens(KEYS)
PURPOSES = tokens.Purpose.__args__
NUMBERS = st.integers(0, 2**32 - 1)


@given(st.sampled_from(PURPOSES), NUMBERS, NUMBERS)
def test_what_was_signed_reads_back(purpose, number, member) -> None:
    """40 small letters and digits that say key, message and member, and pass a case-folding relay either way."""
    text = SIGNER.make(purpose, number, member)

    assert len(text) == tokens.LENGTH
    assert text.isascii() and text.isalnum() and text == text.lower()
    assert SIGNER.read(purpose, text) == SIGNER.read(purpose, text.upper()) == tokens.Token(1, number, member)


def test_a_flipped_bit_is_refused_anywhere() -> None:
    """T06: each of the 200 bits of 200 tokens."""
    chance = random.Random(1)
    for _ in range(200):
        text = SIGNER.make("leave", chance.randrange(2**32), chance.randrange(2**32))
        raw = int.from_bytes(base64.b32decode(text.upper()))
        for bit in range(200):
            forged = base64.b32encode((raw ^ 1 << bit).to_bytes(25)).decode().lower()
            assert SIGNER.read("leave", forged) is None


@pytest.mark.parametrize("made", PURPOSES)
def test_a_token_opens_nothing_but_its_purpose(made) -> None:
    """T06: what Message-ID and return path carry opens no page, an answer link leaves no list."""
    text = SIGNER.make(made, 7, 8)

    assert [purpose for purpose in PURPOSES if SIGNER.read(purpose, text)] == [made]


GOOD = SIGNER.make("leave", 1, 2)


@pytest.mark.parametrize(
    "text",
    ["", "a", GOOD[:-1], GOOD + "a", GOOD[1:], GOOD + "=", GOOD[:-6] + "======", "=" * 40, " " + GOOD[1:], GOOD[:-1] + "\n",
     "1" * 40, "8" * 40, "ä" * 40, GOOD[:-1] + "ı", GOOD[:-1] + "\u212a", "\x00" * 40, "a" * 10_000, "../" * 13 + "a", "%2e" * 13 + "a", "a" * 40],
    ids=lambda text: ascii(text[:12]),
)  # fmt: skip
def test_what_is_no_token_is_refused_without_a_fuss(text: str) -> None:
    """T06: cut, padded, empty, 10 kB, other alphabets: None, and no exception."""
    assert SIGNER.read("leave", text) is None


@given(st.text(max_size=60))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    """Whatever stands behind the slash."""
    assert SIGNER.read("leave", text) is None


def test_another_site_s_key_signs_nothing_of_ours() -> None:
    """The secret is what counts, not the key's number."""
    other = tokens.Tokens((tokens.Key(1, "token", b"b" * 32), KEYS[1]))

    assert SIGNER.read("leave", other.make("leave", 1, 2)) is None


def test_old_tokens_work_after_three_rotations() -> None:
    """T08, P10: keys are only added, the newest signs, all verify; a repeat may name the key of its message."""
    new = tuple(tokens.Key(number, "token", bytes([number]) * 32) for number in (2, 3, 4))
    rotated = tokens.Tokens((*KEYS, *new))

    assert rotated.read("leave", GOOD) == tokens.Token(1, 1, 2)
    assert rotated.read("leave", rotated.make("leave", 1, 2)) == tokens.Token(4, 1, 2)
    assert rotated.make("leave", 1, 2, key=1) == GOOD
    assert SIGNER.read("leave", rotated.make("leave", 1, 2)) is None


@pytest.mark.parametrize("keys", [(), KEYS[:1], KEYS[1:], (*KEYS, tokens.Key(2, "suppression", b"t" * 32))])
def test_a_site_needs_a_token_key_and_one_suppression_key(keys) -> None:
    """A second suppression key would forget whom the first one suppressed."""
    with pytest.raises(errors.ConfigError, match="lacks a token key or its one suppression key"):
        tokens.Tokens(keys)


@given(st.sampled_from(sorted(tokens.MAILBOX_LETTER)), NUMBERS, NUMBERS, st.integers(1, 20))
def test_a_return_path_fits_and_reads_back(purpose, number, member, length) -> None:
    """RFC 5321 4.5.3.1.1: 64 octets before the @, and a relay may fold the case."""
    text = SIGNER.make(purpose, number, member)

    address = tokens.mailbox("b" * length + "@lists.example.org", purpose, text)

    assert len(address.rpartition("@")[0]) <= 64
    assert tokens.from_mailbox(address) == tokens.from_mailbox(address.upper()) == (purpose, text)


@pytest.mark.parametrize(
    "address",
    ["", "@", "bounces@example.org", "bounces+@example.org", f"bounces+{GOOD}@example.org", f"bounces+z{GOOD}@example.org",
     f"bounces+b{GOOD}x@example.org", f"b{GOOD}x@example.org", "x" * 10_000],
    ids=lambda text: text[:14] or "empty",
)  # fmt: skip
def test_an_address_without_our_tag_says_nothing(address: str) -> None:
    """Mail to the bare mailbox, or with somebody's own tag."""
    assert tokens.from_mailbox(address) is None


def test_every_letter_of_a_mailbox_is_its_own() -> None:
    """A bounce is never read as a leave request."""
    assert len(set(tokens.MAILBOX_LETTER.values())) == len(tokens.MAILBOX_LETTER)


def test_a_suppressed_address_is_a_keyed_hash() -> None:
    """Stable, 16 octets, and another key gives another hash: without the key file it tells nothing."""
    other = tokens.Tokens((KEYS[0], tokens.Key(1, "suppression", b"t" * 32)))

    mac = SIGNER.address_mac("ada@example.org")

    assert mac == SIGNER.address_mac("ada@example.org")
    assert len(mac) == 16
    assert mac not in (SIGNER.address_mac("bob@example.org"), other.address_mac("ada@example.org"))


@given(st.binary(min_size=20, max_size=20))
def test_written_as_rfc_4648_does(raw: bytes) -> None:
    """Our own base32 is that of the standard library in small letters."""
    assert tokens._base32(raw[:4], raw[4:]) == base64.b32encode(raw).decode().lower()


@pytest.mark.parametrize("length", [32, 64, 65, 200])
def test_any_key_signs_as_hmac_does(length: int) -> None:
    """The pads that are taken in beforehand make HMAC-SHA-256, whatever a key's length (RFC 2104 2)."""
    signer = tokens.Tokens((tokens.Key(1, "token", b"k" * length), KEYS[1]))
    make = signer.maker("leave", 5)

    assert [signer.read("leave", make(member)) for member in (0, 7)] == [
        tokens.Token(1, 5, 0),
        tokens.Token(1, 5, 7),
    ]
    assert make(7) == signer.make("leave", 5, 7)
