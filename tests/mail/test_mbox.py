"""The mails of a file, one or many: each as it stands there, whatever the pieces it is read in."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail import mbox, reading

MAILS = Path(__file__).parent.parent / "mails"


def test_an_mbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    """Each mail of an mbox, of one over 10 MB the beginning; a single mail comes whole."""
    one = (MAILS / "human-other.eml").read_bytes().replace(b"\r\n", b"\n")
    box = tmp_path / "box"
    box.write_bytes(
        b"".join(b"From x@example.org Fri Jun 29 09:00:00 2018\n" + one + b"\n" for _ in range(3))
    )
    big = tmp_path / "big"
    big.write_bytes(b"From x Fri\n" + b"a" * 12_000_000 + b"\n\nFrom y Fri\n" + one)

    with box.open("rb") as stream:
        assert [mail.strip() for mail in mbox.mails(stream)] == [one.strip()] * 3
    with big.open("rb") as stream:
        first, second = mbox.mails(stream)
        assert reading.SIZE_LIMIT < len(first) <= reading.SIZE_LIMIT + mbox.TAIL and second == one
    with (MAILS / "human-other.eml").open("rb") as stream:
        assert list(mbox.mails(stream)) == [(MAILS / "human-other.eml").read_bytes()]


def line_by_line(data: bytes) -> list[bytes]:
    """The slow way: a line "From ..." with a day behind a blank line begins a mail."""
    found, blank = [b""], False
    for line in data.splitlines(keepends=True)[1:]:
        if blank and line.startswith(b"From x Mon") and line.endswith(b"\n"):
            found.append(b"")
        else:
            found[-1] += line
        blank = line in (b"\n", b"\r\n")
    return found


LINES = st.sampled_from([b"\n", b"\r\n", b"a\n", b"From x Mon\n", b"From x Mon 1 2018\r\n", b"From x\n", b">From x Mon\n", b"b" * 9 + b"\n"])  # fmt: skip


@given(st.lists(LINES, max_size=30), st.integers(1, 40))
def test_pieces_change_nothing(lines: list[bytes], piece: int) -> None:
    """Read in pieces of any size it gives what the slow way gives."""
    data = b"From x Mon\n" + b"".join(lines)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox, "PIECE", piece)
        patch.setattr(mbox, "TAIL", 64)
        assert list(mbox.mails(io.BytesIO(data))) == line_by_line(data)


@given(st.lists(LINES, max_size=30), st.integers(1, 40))
def test_of_a_large_mail_nothing_is_lost(lines: list[bytes], piece: int) -> None:
    """Its beginning is given, and what follows stands in the other file."""
    data, rest, found = b"From x Mon\n" + b"".join(lines), io.BytesIO(), []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mbox, "PIECE", piece)
        patch.setattr(mbox, "TAIL", 64)
        patch.setattr(reading, "SIZE_LIMIT", 10)
        for one in mbox.mails(io.BytesIO(data), rest):
            found.append(one + rest.getvalue())
            rest.seek(0)
            rest.truncate()

    assert found == line_by_line(data)
