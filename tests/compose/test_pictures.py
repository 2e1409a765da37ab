"""Pictures and attachments: read from the edition's own folder, small enough, what they say they are."""

import base64
import os
from pathlib import Path

import pytest

from newsletter.compose import pictures
from newsletter.core import errors
from tests.compose import composing

# One-pixel pictures of each kind, 3 pixels wide.
GIF = b"GIF89a\x03\x00\x02\x00\x00\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00\xff\xd9"
WEBP_LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x03\x00\x02\x00"
WEBP_LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x02\x40\x00\x00" + b"\0" * 8
WEBP_EXTENDED = b"RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (composing.png(3), "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (WEBP_LOSSY, "image/webp"),
        (WEBP_LOSSLESS, "image/webp"),
        (WEBP_EXTENDED, "image/webp"),
    ],
)
def test_kind_and_width_come_from_the_header(data: bytes, kind: str) -> None:
    """What a picture is and how wide is read from its first bytes."""
    assert (kind, 3) == pictures.measure(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff\xe0\x00\x00" * 9,
        b"RIFFxxxxWEBP",
        b"GIF89a",
    ],
)
def test_what_is_no_picture_has_no_width(data: bytes) -> None:
    """Cut or false headers are no pictures, and reading them ends."""
    assert pictures.measure(data) == ("", 0)


def test_a_picture_travels_inline_with_its_width(tmp_path: Path) -> None:
    """related(html, picture): the page shows it by cid, no wider than the column, and the bytes arrive unchanged."""
    data = composing.png(800)
    around = composing.frame(folder=composing.folder_with(tmp_path, room_png=data))
    mail = composing.copy(
        composing.frozen(composing.written("![The room](room.png)\n\n![Again](room.png)"), around)
    )

    parsed = composing.parsed(mail)
    plain, related = parsed.iter_parts()
    page, picture = related.iter_parts()
    name = str(picture["Content-ID"]).strip("<>")
    assert parsed.get_content_type() == "multipart/alternative"
    assert (plain.get_content_type(), page.get_content_type(), picture.get_content_type()) == (
        "text/plain",
        "text/html",
        "image/png",
    )
    assert page.get_content().count(f'src="cid:{name}"') == 2
    assert 'alt="The room" width="544"' in page.get_content()
    assert data == picture.get_content()
    assert "[Picture: The room]" in plain.get_content()


def test_an_attachment_travels_last(tmp_path: Path) -> None:
    """mixed(alternative, attachment): name, type and bytes as they are."""
    around = composing.frame(
        folder=composing.folder_with(tmp_path, agenda_pdf=b"%PDF-1.4 \x00\xff" * 99, a_png=composing.png(9))
    )
    found = composing.written("Text ![x](a.png)", more='attach = ["agenda.pdf"]\n')
    parsed = composing.parsed(composing.copy(composing.frozen(found, around)))

    whole, attached = parsed.iter_parts()
    assert parsed.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in whole.iter_parts()] == ["text/plain", "multipart/related"]
    assert (
        attached.get_filename(), attached.get_content_type(), attached.get_content_disposition()
    ) == ("agenda.pdf", "application/pdf", "attachment")  # fmt: skip
    assert attached.get_content() == b"%PDF-1.4 \x00\xff" * 99


def test_shapes_share_the_pictures_bytes(tmp_path: Path) -> None:
    """A frozen message holds each picture once, however many shapes it has."""
    data = composing.png(800, padding=90_000)
    around = composing.frame(folder=composing.folder_with(tmp_path, room_png=data))
    found = composing.written("![The room](room.png)")

    one = composing.frozen(found, around).to_json()
    two = composing.frozen(found, around, composing.ON_SOUTH, composing.FIRST).to_json()

    assert len(two) - len(one) < 40_000 < len(base64.b64encode(data)) < len(one)


NAMES = ["../x.png", "..%2fx.png", "/etc/passwd", "a/b.png", "a\\b.png", "....//x.png", "CON", "con.png", "x" * 300 + ".png", ".hidden.png", "a..png", "https://example.org/x.png", "file:x.png", "a b.png", "é.png"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_only_plain_names_of_the_own_folder(tmp_path: Path, name: str) -> None:
    """T28: paths, addresses, device names and hidden files are refused before anything is opened."""
    with pytest.raises(errors.EditionError, match="is no name of a file beside the edition"):
        pictures.pictures([name], tmp_path)
    with pytest.raises(errors.EditionError, match=r"is no name of a file|of a kind that"):
        pictures.attachments((name,), tmp_path)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    """T28: a symbolic link, a folder or a pipe beside the edition is no picture."""
    (tmp_path / "secret.png").write_bytes(composing.png())
    folder = tmp_path / "editions"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "dir.png").mkdir()
    os.mkfifo(folder / "pipe.png")

    for name, reason in (
        ("link.png", "cannot be read"),
        ("dir.png", "no regular file"),
        ("pipe.png", "no regular file"),
        ("gone.png", "cannot be read: No such file"),
    ):
        with pytest.raises(errors.EditionError, match=reason):
            pictures.pictures([name], folder)


def test_sizes_are_limited(tmp_path: Path) -> None:
    """300 KB a picture, 1 MB together, 2 MB of attachments; each refusal says so."""
    kb = 1024
    composing.folder_with(
        tmp_path,
        big_png=composing.png(padding=301 * kb),
        big_pdf=b"x" * (2048 * kb + 1),
        half_pdf=b"x" * (1200 * kb),
    )
    for number in range(4):
        (tmp_path / f"p{number}.png").write_bytes(composing.png(padding=290 * kb))
    (tmp_path / "other.pdf").write_bytes(b"x" * (1200 * kb))

    for names, reason in (
        (["big.png"], "big.png is larger than the 300 KB"),
        ([f"p{n}.png" for n in range(4)], "pictures have 11.. KB together, 1024 KB"),
    ):
        with pytest.raises(errors.EditionError, match=reason):
            pictures.pictures(names, tmp_path)
    for attached, reason in (
        (("big.pdf",), "big.pdf is larger than the 2048 KB"),
        (("half.pdf", "other.pdf"), "attachments have 2400 KB together"),
    ):
        with pytest.raises(errors.EditionError, match=reason):
            pictures.attachments(attached, tmp_path)


def test_kinds_are_limited(tmp_path: Path) -> None:
    """A page named .png is no picture, and a program is no attachment."""
    composing.folder_with(tmp_path, page_png=b"<html>", run_exe=b"MZ")

    with pytest.raises(errors.EditionError, match=r"page\.png is no PNG, JPEG, GIF or WebP"):
        pictures.pictures(["page.png"], tmp_path)
    with pytest.raises(errors.EditionError, match="of a kind that many mail systems refuse"):
        pictures.attachments(("run.exe",), tmp_path)
