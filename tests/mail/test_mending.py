"""Mails that were broken on their way are read like whole ones; whole ones are left as they are."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail import mending, reading, reports

MAILS = sorted((Path(__file__).parent.parent / "mails").glob("*.eml"))


def lost_folds(data: bytes) -> bytes:
    """The header with its continued lines moved to the left, as web pages and lists of samples show it."""
    head, gap, body = data.partition(b"\r\n\r\n")
    return re.sub(rb"\r\n[ \t]+", b"\r\n", head) + gap + body


def old_macintosh(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\r")


def blank_before(data: bytes) -> bytes:
    return b"\r\n   \r\n" + data


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_whole_mail_is_left_as_it_is(file: Path) -> None:
    """Not one octet of the samples changes."""
    data = file.read_bytes()

    assert mending.mend(data, reading.HEADER_LIMIT) == data


@pytest.mark.parametrize("broken", [lost_folds, old_macintosh, blank_before])
@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_broken_mail_says_what_it_said(file: Path, broken: Callable[[bytes], bytes]) -> None:
    """Kind, addresses and tokens of every sample survive each way of breaking it."""
    data = file.read_bytes()
    whole, mended = reports.read(data), reports.read(broken(data))

    assert (mended.kind, mended.recipients, mended.tokens) == (whole.kind, whole.recipients, whole.tokens)


def test_the_parameters_of_a_part_are_folded_again() -> None:
    """A part whose boundary stands at the left edge, as a phone company's gateway writes it."""
    data = (
        b"From: post_master@example.net\nSubject: Re: Meeting 1\nMIME-Version: 1.0\nDate: Fri, 29 Jun 2018 09:00:00 +0000\n"
        b'Content-Type: multipart/mixed; boundary="a"\n\n--a\nContent-Type: multipart/alternative;\nboundary="b"\n\n'
        b"--b\nContent-Type: text/plain;\ncharset=us-ascii;\nformat=flowed\n\nError: no such user: 15551234567@example.net\n--b--\n\n--a--\n"
    )

    types = [part.get_content_type() for part in reading.own_parts(reading.parse(data))]

    assert types == ["multipart/mixed", "multipart/alternative", "text/plain"]


def test_a_text_that_follows_the_header_at_once_stays_a_text() -> None:
    """Without a blank line the first line that is no field ends the header, unless known fields follow below it."""
    data = b"From: ada@example.org\nSubject: Hello\nDear Ben,\nnote: I come.\n\nAda\n"

    assert mending.mend(data, reading.HEADER_LIMIT) == data


@given(st.text(alphabet="ab:; \t\r\n=-", max_size=300).map(str.encode))
def test_any_octets_are_mended_or_left(data: bytes) -> None:
    """Nothing fails, and nothing but blanks and line ends is added or taken away."""
    mended = mending.mend(data, reading.HEADER_LIMIT)

    assert mended.translate(None, b" \t\r\n") == data.translate(None, b" \t\r\n")


@pytest.mark.parametrize("bit", [b"\n", b" \n", b" " * 199 + b"\n", b"content-type: a;\n", b"content-type:;\n a;\n", b"From: a\nb\n", b"content-type:" + b";" * 300])  # fmt: skip
def test_a_megabyte_of_one_bit_is_mended_soon(bit: bytes) -> None:
    """T22: the search for what is broken ends soon, whatever it meets."""
    began = time.process_time()

    mending.mend(bit * (1_000_000 // len(bit)), reading.HEADER_LIMIT)

    assert time.process_time() - began < 0.3
