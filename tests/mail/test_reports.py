"""What an inbound mail is: the samples of tests/mails (the verdict stands in the file name), bounds, hostile input."""

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors
from newsletter.mail import reports

MAILS = Path(__file__).parent.parent / "mails"
TOKEN = "aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
KINDS = ("hard", "soft", "policy", "complaint", "autoreply", "calendar-reply", "other")
DSNS = sorted(MAILS.glob("dsn-*.eml"))
ALL = sorted(MAILS.glob("*.eml"))


@pytest.mark.parametrize("file", DSNS, ids=lambda file: file.stem)
def test_a_delivery_report_is_judged(file: Path) -> None:
    """B4-B7, standards 8: `dsn-<about>-<kind>-<status>.eml` gives that kind and status, and finds our token."""
    *_, kind, status = file.stem.split("-")

    found = reports.read(file.read_bytes())

    assert (found.kind, found.status) == (kind, status)
    assert TOKEN in found.tokens


@pytest.mark.parametrize("file", sorted(set(MAILS.glob("*.eml")) - set(DSNS)), ids=lambda file: file.stem)
def test_other_mail_is_told_apart(file: Path) -> None:
    """R1, R2, C1, C2: `<about>-<kind>.eml` gives that kind: no vacation reply and no forwarded report is a bounce."""
    expected = next(kind for kind in KINDS if file.stem.endswith(kind))

    assert reports.read(file.read_bytes()).kind == expected


@pytest.mark.parametrize(
    ("name", "recipients"),
    [
        ("dsn-postfix-hard-5.1.1", ("ada@example.org",)),
        ("dsn-forwarded-member-hard-5.1.1", ("ada+tag@example.org",)),
        ("dsn-global-eai-hard-5.1.1", ("jörg@example.org",)),
        ("dsn-postfix-quoted-local-part-hard-5.1.1", ('"ada..lovelace"@example.org',)),
        ("dsn-five-actions-soft-5.2.2", ("ada@example.org",)),
        ("dsn-two-failed-hard-5.1.1", ("ben@example.net", "ada@example.org")),
        ("arf-abuse-complaint", ("ada@example.org",)),
    ],
)
def test_recipients_are_those_that_failed(name: str, recipients: tuple[str, ...]) -> None:
    """B5, B6: the address as we wrote it before the one it was forwarded to; only `Action: failed` counts."""
    assert reports.read((MAILS / f"{name}.eml").read_bytes()).recipients == recipients


def test_text_of_a_server_is_cut_and_cleaned() -> None:
    """T24: what a hostile server says is one short line without marks that turn the reading direction."""
    reason = reports.read((MAILS / "dsn-hostile-text-policy-5.7.1.eml").read_bytes()).reason

    assert len(reason) <= 300 and reason.isprintable() and "\u202e" not in reason


@pytest.mark.parametrize(
    "gone",
    [
        (b"To: bounces+b", b"To: chair+"), (b"Return-Path: <bounces+b", b"X-Gone: <"),
        (b"Message-ID: <" + TOKEN.encode(), b"X-Gone: <"), (b"List-Unsubscribe", b"X-Gone"),
    ],
    ids=["VERP", "Return-Path", "Message-ID", "List-Unsubscribe"],
)  # fmt: skip
def test_the_token_survives_the_loss_of_one_field(gone: tuple[bytes, bytes]) -> None:
    """B2: strip each place in turn; the token is still found."""
    data = (MAILS / "dsn-postfix-hard-5.1.1.eml").read_bytes()
    assert gone[0] in data

    assert TOKEN in reports.read(data.replace(*gone)).tokens


def nested(levels: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels)
    )
    return b"From: a@example.org\r\n" + opened


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nested 50": lambda: nested(50),
    "nested 1,000": lambda: nested(1_000),
    "nested 20,000": lambda: nested(20_000),
    "nested mails": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "100,000 parts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000,
    "300 parts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 300,
    "header of 10 MB": lambda: b"X: " + b"a" * 10_000_000 + b"\r\n\r\n",
    "100,000 fields": lambda: b"X: a\r\n" * 100_000 + b"\r\n",
    "boundary of 70 kB": lambda: b"Content-Type: multipart/mixed; boundary=" + b"b" * 70_000 + b"\r\n\r\n--b",
    "100 MB of base64": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD\r\n" * 16_000_000,
}
READABLE: dict[str, Callable[[], bytes]] = {
    "brackets": lambda: b"To: " + b"(" * 5_000 + b"\r\n\r\n",
    "encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\n",
    "20,000 addresses": lambda: b"To: " + b"a@b.c," * 10_000 + b"\r\n\r\n",
    "2 MB of base64": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD\r\n" * 400_000,
    "unknown charset": lambda: b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "empty": lambda: b"",
    "NUL": lambda: b"\0" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_over_a_bound_is_refused_within_a_second(name: str) -> None:
    """B11, T22: refused with the reason, not parsed for minutes and no RecursionError."""
    data = HOSTILE[name]()
    began = time.perf_counter()

    with pytest.raises(errors.InputError) as problem:
        reports.read(data)

    assert time.perf_counter() - began < 1
    assert any(word in problem.value.message for word in ("header", "nested", "parts", "10 MB"))


@pytest.mark.parametrize("name", READABLE)
def test_a_strange_mail_is_read_within_a_second(name: str) -> None:
    """T21, T22: odd but bounded mails are nothing special."""
    data = READABLE[name]()
    began = time.perf_counter()

    assert reports.read(data).kind == "other"
    assert time.perf_counter() - began < 1


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_report_or_refused(data: bytes) -> None:
    """Whatever comes in: a verdict or an InputError."""
    with contextlib.suppress(errors.InputError):
        assert reports.read(data).kind in KINDS


@given(seed=st.integers(0, 2**32), cuts=st.integers(1, 8))
def test_damaged_reports_never_break_the_reader(seed: int, cuts: int) -> None:
    """Real reports with bytes changed, cut out and doubled."""
    chance = random.Random(seed)
    data = bytearray(chance.choice(ALL).read_bytes())
    for _ in range(cuts):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(60)]
            case _:
                data[at:at] = data[at : at + 60]
    with contextlib.suppress(errors.InputError):
        assert reports.read(bytes(data)).kind in KINDS


@pytest.mark.parametrize("charset", ["idna", "punycode", "zlib", "unicode_escape", "klingon"])
def test_a_charset_that_is_none_costs_nothing(charset: str) -> None:
    """Python knows codecs that are no charsets and fail in their own ways: the report in octets is read all the same."""
    data = (MAILS / "dsn-postfix-hard-5.1.1.eml").read_bytes()
    data = data.replace(b"charset=us-ascii", f"charset={charset}".encode()).replace(
        b"I could", b"Ich k\xf6nnte"
    )
    data = data.replace(b"message/delivery-status", f"message/delivery-status; charset={charset}".encode())
    data = data.replace(b"User unknown", b"Benutzer unbekannt \xfc")

    assert reports.read(data).recipients == ("ada@example.org",)
