"""Files that travel with a mail: pictures beside the edition, shown inline, and attachments.

A name is a plain file name in the edition's own folder: no path, no link out of it. What a file is, is read from its
first bytes, not from its name, so that a page renamed to .png is refused here and not by the readers' programs.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from newsletter.core import errors

PICTURE_LIMIT = 300 * 1024
PICTURES_LIMIT = 1024 * 1024
ATTACH_LIMIT = 2 * 1024 * 1024
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
SHOWN_WIDTH = 544  # pixels of the card's text column
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}").fullmatch
# Names that Windows keeps for devices, whatever stands after the dot.
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?").fullmatch
_TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".epub": "application/epub+zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file's name, MIME type and octets; for a picture its width in pixels."""

    name: str
    type: str
    data: bytes
    width: int = 0


def pictures(names: list[str], folder: Path | None) -> tuple[File, ...]:
    """Read the pictures of an edition, each once, in order. Raises EditionError."""
    found = [_picture(name, folder) for name in dict.fromkeys(names)]
    together = sum(len(file.data) for file in found)
    if together > PICTURES_LIMIT:
        raise errors.EditionError(
            f"the pictures have {_kb(together)} KB together, {_kb(PICTURES_LIMIT)} KB are allowed",
            "Leave some out or save them smaller; 1100 pixels of width are plenty.",
        )
    return tuple(found)


def attachments(names: tuple[str, ...], folder: Path | None) -> tuple[File, ...]:
    """Read the attachments of an edition. Raises EditionError."""
    found = [_attachment(name, folder) for name in names]
    together = sum(len(file.data) for file in found)
    if together > ATTACH_LIMIT:
        raise errors.EditionError(
            f"the attachments have {_kb(together)} KB together, {_kb(ATTACH_LIMIT)} KB are allowed",
            "Put large files on the web and link to them.",
        )
    return tuple(found)


def _picture(name: str, folder: Path | None) -> File:
    data = _read(name, folder, PICTURE_LIMIT)
    kind, width = measure(data)
    if not kind:
        raise errors.EditionError(
            f"picture {name} is no PNG, JPEG, GIF or WebP file", "Save it as PNG or JPEG."
        )
    return File(name, kind, data, width)


def _attachment(name: str, folder: Path | None) -> File:
    kind = _TYPES.get(Path(name).suffix.lower())
    if kind is None:
        raise errors.EditionError(
            f"attachment {name} is of a kind that many mail systems refuse",
            f"Attach one of {', '.join(sorted(_TYPES))}, or link to it.",
        )
    return File(name, kind, _read(name, folder, ATTACH_LIMIT))


def _read(name: str, folder: Path | None, limit: int) -> bytes:
    """Read a file of the folder itself: by a plain name, no symbolic link, a regular file within `limit`."""
    if not _NAME(name) or ".." in name or _DEVICE(name):
        raise errors.EditionError(
            f"'{name[:80]}' is no name of a file beside the edition",
            "Put the file into the edition's folder and give its plain name: letters, digits, dot, - and _.",
        )
    if folder is None:
        raise errors.EditionError(f"{name} cannot be read: this message has no folder")
    try:
        # Opened without following a link and then examined, so that nothing can be swapped in between.
        handle = os.open(
            folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except OSError as problem:
        raise errors.EditionError(
            f"{name} cannot be read: {problem.strerror}", f"It must lie in {folder}, as a file of its own."
        ) from problem
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise errors.EditionError(
            f"{name} is no regular file", "Put the file itself there, not a folder or a pipe."
        )
    with os.fdopen(handle, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise errors.EditionError(
            f"{name} is larger than the {_kb(limit)} KB allowed", "Save it smaller, or link to it."
        )
    return data


def measure(data: bytes) -> tuple[str, int]:
    """Tell MIME type and width in pixels of a picture from its header; ("", 0) when it is none."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return "image/png", int.from_bytes(data[16:20], "big")
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return "image/gif", int.from_bytes(data[6:8], "little")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return "image/webp", _webp_width(data)
    if data[:2] == b"\xff\xd8":
        width = _jpeg_width(data)
        return ("image/jpeg", width) if width else ("", 0)
    return "", 0


def _webp_width(data: bytes) -> int:
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little")
        case b"VP8L":
            return 1 + (int.from_bytes(data[21:23], "little") & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF


def _jpeg_width(data: bytes) -> int:
    """Walk the segments to the frame header (SOF0 to SOF15 without DHT, JPG, DAC), which holds the width."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        sign = data[at + 1]
        if 0xC0 <= sign <= 0xCF and sign not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _kb(octets: int) -> int:
    return (octets + 1023) // 1024
