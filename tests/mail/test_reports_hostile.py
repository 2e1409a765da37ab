"""Hostile texts in reports: every pattern that looks at a stranger's text has to end soon (T21, T22, T24)."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors
from newsletter.mail import failed_addresses, reading, reports, returned

HEAD = (
    "From: MAILER-DAEMON@example.net\r\nTo: bounces@lists.example.org\r\nSubject: Undelivered mail\r\n"
    "Content-Type: {}; boundary=cut\r\n\r\nThe following addresses failed:\r\n"
)
BITS = (
    "<style ", "<style></", "<!-- ", "<", "<a ", "a@b.example ", "ada@example.org\r\n", "a@a.a.a.a.a.a.", "@", "a@", " ", "to" + " " * 500,
    "From: a@b.example\r\nTo: x\r\n", "Received: x\r\n", "From:", "exceeds ", "user ", "returned message ", "- - -- ", "-", "=",
    "To: a@b.example\r\n\r\n", "Subject: a\r\n  a\r\n  b\r\n", "550 ", "5.1.1.", "\r\n", " \r\n", "> ", "contact x@", "&#", "not be ",
    '{"notificationType":"mail",', "[", "to:<", "不存在", '"a" <', "(generated from ", "=?utf-8?q?",
)  # fmt: skip


@pytest.mark.parametrize("bit", BITS, ids=repr)
@pytest.mark.parametrize("sort", ["text/plain; charset=utf-8", "text/html"])
def test_a_text_of_one_bit_over_and_over_is_read_within_a_second(sort: str, bit: str) -> None:
    """60 kB of the same few letters: what makes a search try again and again at every place."""
    data = HEAD.format(sort).encode() + (bit * (60_000 // len(bit))).encode()
    began = time.process_time()

    with contextlib.suppress(errors.InputError):
        reports.read(data)

    assert time.process_time() - began < 1


@pytest.mark.parametrize("bit", BITS, ids=repr)
def test_a_status_part_of_one_bit_over_and_over_is_read_within_a_second(bit: str) -> None:
    """The same inside the fields of a delivery report."""
    part = "--cut\r\nContent-Type: message/delivery-status\r\n\r\nA: b\r\n\r\nDiagnostic-Code: smtp; "
    data = HEAD.format("multipart/report; report-type=delivery-status").encode() + part.encode()
    began = time.process_time()

    with contextlib.suppress(errors.InputError):
        reports.read(data + (bit * (60_000 // len(bit))).encode())

    assert time.process_time() - began < 1


def test_many_failed_recipients_with_words_of_their_own_are_read_within_a_second() -> None:
    """Each recipient's words are judged: a hundred of them, and a text that makes a search try everywhere."""
    names = [f"a{number:02d}@example.org" for number in range(100)]
    head = f"From: Mailer-Daemon@x.example\r\nSubject: Mail delivery failed\r\nX-Failed-Recipients: {', '.join(names)}\r\n\r\n"
    began = time.process_time()

    reports.read((head + "\r\n".join(names) + "\r\n" + "<a@" * 700).encode())

    assert time.process_time() - began < 1


def test_a_status_part_of_blank_lines_is_refused() -> None:
    """Python makes a mail of each block: a megabyte of them would take seconds and hundreds of megabytes."""
    head = HEAD.format("multipart/report; report-type=delivery-status").encode()

    with pytest.raises(errors.InputError, match="blocks"):
        reports.read(head + b"--cut\r\nContent-Type: message/delivery-status\r\n\r\n" + b"a: b\n\n" * 100_000)


@given(st.text(alphabet="ab@.<>:; \n-*()[]0125=&toTO", max_size=400))
def test_addresses_are_found_whole_or_not_at_all(text: str) -> None:
    """Whatever a text says: what is named is an address that stands in it, once, and the two halves of a cut make the text."""
    named = failed_addresses.find(text, frozenset(), [])

    assert all(one.address in text and "@" in one.address for one in named)
    assert len({one.address.lower() for one in named}) == len(named)
    own, below = returned.cut(text)
    assert text.startswith(own) and below in text


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "iso-2022-jp", "gb18030", "klingon", "idna", "zlib"]),
)
def test_octets_are_decoded_whatever_they_claim_to_be(octets: bytes, charset: str) -> None:
    """No charset makes the reader fail, and none that is a codec of Python alone is used."""
    assert isinstance(reading.decoded(octets, charset), str)
