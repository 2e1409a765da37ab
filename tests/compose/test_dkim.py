"""Our DKIM signatures, judged by a verifier that is not ours."""

import base64
import random
import re

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from newsletter.compose import dkim
from newsletter.core import errors

COVERED = [
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To", b"List-Id", b"List-Help", b"List-Owner", b"List-Post",
    b"List-Unsubscribe", b"List-Unsubscribe-Post", b"List-Subscribe", b"Feedback-ID", b"CFBL-Address",
    b"CFBL-Feedback-ID", b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding",
]  # fmt: skip
SEALED = [b"From", b"To", b"Subject", b"Date", b"Reply-To", b"List-Unsubscribe", b"List-Unsubscribe-Post"]

MAIL = (
    b"From: South Hants IT <chair@lists.example.org>\r\n"
    b"To: =?utf-8?q?Zo=C3=AB?= <zoe@example.net>\r\n"
    b"Subject: Meeting 1: a small room,\r\n a good  debate\r\n"
    b"Date: Fri, 29 Jun 2018 08:00:00 +0000\r\n"
    b"Message-ID: <abc@lists.example.org>\r\n"
    b"Reply-To: chair@example.org\r\n"
    b"List-Id: <south-hants-it.lists.example.org>\r\n"
    b"List-Help: <mailto:chair@example.org>\r\n"
    b"List-Owner: <mailto:chair@example.org>\r\n"
    b"List-Post: NO\r\n"
    b"List-Unsubscribe: <https://lists.example.org/leave/abc>,\r\n <mailto:bounces+leave-abc@lists.example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"List-Subscribe: <https://lists.example.org/join/south-hants-it>\r\n"
    b"Precedence: list\r\n"
    b"Feedback-ID: a:b:c:example\r\n"
    b"CFBL-Address: bounces@lists.example.org; report=arf\r\n"
    b"CFBL-Feedback-ID: abc\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n"
    b"\r\n"
    b"Dear Zo=C3=AB,\r\n\r\nwe  met. \r\n\r\n\r\n"
)


def pem(key) -> bytes:
    """Write a private key as openssl does."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def signer() -> dkim.Signer:
    """A signer for lists.example.org with a key of 2048 bits."""
    return dkim.Signer(pem(rsa.generate_private_key(65_537, 2_048)), "lists.example.org", "s2026")


def verifies(signer: dkim.Signer, mail: bytes) -> bool:
    """Ask the verifier, which finds the public key where it would be published."""

    def published(name, timeout=5):
        return signer.record.encode() if name == b"s2026._domainkey.lists.example.org." else None

    return bool(verifier.verify(mail, dnsfunc=published))


def test_a_signed_mail_verifies(signer):
    """The verifier accepts a mail with folded fields, double spaces and empty lines at its end."""
    assert verifies(signer, signer.sign(MAIL) + MAIL)


def test_a_thousand_random_mails_verify(signer):
    """Whatever white space, folding, field order, bytes and line ends a mail has, its signature verifies."""
    chance = random.Random(6376)
    for _ in range(1_000):
        mail = random_mail(chance)
        assert verifies(signer, signer.sign(mail) + mail), mail


def random_mail(chance: random.Random) -> bytes:
    """A mail with odd spaces and folds everywhere; some fields missing, some twice, in any order."""
    others = [name for name in COVERED if name not in (b"From", b"Date")]
    names = [b"From", b"Date", *chance.sample(others, chance.randrange(len(others)))]
    names += chance.choices([b"Received", b"X-Odd", b"List-Help", b"Comments"], k=chance.randrange(4))
    chance.shuffle(names)
    head = b"".join(name + random_gap(chance, b":") + random_value(chance, name) + b"\r\n" for name in names)
    lines = [random_line(chance) for _ in range(chance.randrange(12))]
    body = b"\r\n".join(lines) + chance.choice([b"\r\n", b"\r\n\r\n\r\n", b" \r\n\t\r\n"])
    return head + b"\r\n" + body


def random_gap(chance: random.Random, sign: bytes) -> bytes:
    return sign + chance.choice([b"", b" ", b"  ", b" \t", b"\r\n ", b" \r\n\t"])


def random_value(chance: random.Random, name: bytes) -> bytes:
    if name == b"Date":
        return b"Fri, 29 Jun 2018 08:00:00 +0000"
    if name == b"From":
        return b"a <a@lists.example.org>"
    words = [
        bytes(chance.choices(b"abcXYZ019=?<>@:;,", k=chance.randrange(1, 12)))
        for _ in range(chance.randrange(1, 8))
    ]
    return (
        b"".join(word + chance.choice([b" ", b"  ", b"\t", b"\r\n ", b" \r\n\t "]) for word in words) + b"end"
    )


def random_line(chance: random.Random) -> bytes:
    octets = [one for one in range(256) if one not in (10, 13)]
    return bytes(chance.choices([*octets, *[32, 9] * 60], k=chance.randrange(60)))


@pytest.mark.parametrize("name", COVERED)
def test_every_covered_field_counts(signer, name):
    """A covered field that is altered or dropped on the way breaks the signature."""
    header = signer.sign(MAIL)
    line = re.search(rb"(?m)^" + name + rb": (?:.|\r\n[ \t])*?\r\n(?![ \t])", MAIL)
    assert line is not None
    dropped = MAIL.replace(line[0], b"", 1)
    altered = MAIL.replace(line[0], line[0].replace(b"\r\n", b"x\r\n", 1), 1)

    assert not verifies(signer, header + altered)
    assert dropped == MAIL.replace(line[0], b"", 1) != MAIL
    # The verifier demands a From before it looks at anything: without one it raises instead of saying no.
    if name != b"From":
        assert not verifies(signer, header + dropped)


@pytest.mark.parametrize("name", SEALED)
def test_a_second_one_breaks_the_signature(signer, name):
    """A second From (Subject, Date, List-Unsubscribe ...) put before the mail or behind the first breaks the signature."""
    header = signer.sign(MAIL)
    line = name + b": second@example.com\r\n"
    first = MAIL.index(name + b": ")

    assert not verifies(signer, line + header + MAIL)
    assert not verifies(signer, header + MAIL[:first] + line + MAIL[first:])


def test_a_sealed_field_cannot_be_added_where_there_was_none(signer):
    """A mail to one person has no List-Unsubscribe; nobody can give it one, nor a Reply-To."""
    mail = b"From: a@lists.example.org\r\nDate: Fri, 29 Jun 2018 08:00:00 +0000\r\n\r\nhello\r\n"
    header = signer.sign(mail)

    assert verifies(signer, header + mail)
    assert not verifies(signer, header + b"List-Unsubscribe: <https://evil.example/>\r\n" + mail)
    assert not verifies(signer, header + b"Reply-To: evil@example.com\r\n" + mail)


def test_every_body_octet_counts(signer):
    """Any octet of the body but white space that is changed, and anything added, breaks the signature."""
    header = signer.sign(MAIL)
    start = MAIL.index(b"\r\n\r\n") + 4
    for place in range(start, len(MAIL)):
        if MAIL[place] in b" \r\n":
            continue
        altered = MAIL[:place] + bytes([MAIL[place] ^ 1]) + MAIL[place + 1 :]
        assert not verifies(signer, header + altered), place
    assert not verifies(signer, header + MAIL + b"added\r\n")


def test_a_repeat_has_the_same_signature(signer):
    """A mail that goes out again after a crash has the same bytes: no chance and no clock is in the signature."""
    assert signer.sign(MAIL) == signer.sign(MAIL)
    assert b" t=1530259200;" in signer.sign(MAIL)


def test_lines_are_short(signer):
    """No line of the field is over 78 characters, and it is ASCII (RFC 5322 2.1.1)."""
    lines = signer.sign(MAIL).split(b"\r\n")

    assert max(map(len, lines)) <= 78
    assert all(line.isascii() for line in lines)


def test_both_unsubscribe_fields_are_covered(signer):
    """RFC 8058 3.1 is met, and `covers` sees it; it sees as well when a relay forgot one."""
    value = signer.sign(MAIL).decode().partition(":")[2]

    assert dkim.covers(value, "List-Unsubscribe")
    assert dkim.covers(value, "List-Unsubscribe-Post")
    assert not dkim.covers("v=1; h=From: List-Unsubscribe\r\n : To; b=x", "List-Unsubscribe-Post")
    assert dkim.covers("v=1; h=From: List-Unsubscribe\r\n : To; b=x", "list-unsubscribe")


@pytest.mark.parametrize("broken", [b"a\nb", b"a\rb", b"a\r\r\nb", b"a\n\rb"])
def test_a_lone_line_end_is_refused(signer, broken):
    """A lone CR or LF, which a relay would mend after the signature, is refused before it."""
    with pytest.raises(errors.InputError, match="lone CR or LF"):
        signer.sign(MAIL + broken + b"\r\n")


WEAK = {
    "1024 bits; 2048 are needed": lambda: pem(rsa.generate_private_key(65_537, 1_024)),
    "no RSA key": lambda: pem(ed25519.Ed25519PrivateKey.generate()),
    "no private key that can be read": lambda: b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"x" * 40),
    "Password was not given": lambda: rsa.generate_private_key(65_537, 2_048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    ),
}


@pytest.mark.parametrize("why", WEAK)
def test_a_key_that_will_not_do(why):
    """A weak, foreign, damaged or locked key is refused in words, with the command that makes a good one."""
    with pytest.raises(errors.ConfigError, match=why) as refused:
        dkim.Signer(WEAK[why](), "lists.example.org", "s1")

    assert "openssl genrsa" in refused.value.hint


def test_without_the_extra(monkeypatch):
    """Without the package cryptography the error names the command that installs it."""
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives", None)

    with pytest.raises(errors.ConfigError, match="not installed") as refused:
        dkim.Signer(b"", "lists.example.org", "s1")

    assert "newsletter[dkim]" in refused.value.hint


def test_a_domain_outside_ascii():
    """A domain must be given in its xn-- form: what stands in d= is ASCII."""
    key = pem(rsa.generate_private_key(65_537, 2_048))

    with pytest.raises(errors.ConfigError, match="plain ASCII"):
        dkim.Signer(key, "bücher.example", "s1")
