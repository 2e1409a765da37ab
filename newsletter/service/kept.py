"""Inbound mails that a person has to look at and that lie in no mailbox: one file each in the site's folder kept/."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from newsletter import site
from newsletter.core import errors

FOLDER = "kept"
FILES_LIMIT = 1_000
_PIECE = 1_048_576  # octets copied at once


def keep(opened: site.Site, data: bytes, rest: BinaryIO | None = None) -> str:
    """Write a mail into kept/ with mode 0600, the same one once; return its name, relative to the site.

    `rest` is a file that holds what follows `data`, where only the beginning has been read.

    Raises StorageError when there is no room, or nobody has looked into the folder for a thousand mails.
    """
    folder = opened.root / FOLDER
    name = f"{hashlib.sha256(data).hexdigest()[:24]}.eml"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if (folder / name).exists():
            return f"{FOLDER}/{name}"
        if sum(1 for _ in os.scandir(folder)) >= FILES_LIMIT:
            raise errors.StorageError(
                f"{FOLDER}/ holds {FILES_LIMIT} mails that nobody has looked at", "Read and delete them."
            )
        _write(folder / f".{name}", data, rest)
        (folder / f".{name}").replace(folder / name)
    except OSError as problem:
        with contextlib.suppress(OSError):
            (folder / f".{name}").unlink(missing_ok=True)
        raise errors.StorageError(
            f"a mail could not be kept in {FOLDER}/: {problem.strerror}",
            "Make room on the disk, or check the rights of the site's folder.",
        ) from problem
    return f"{FOLDER}/{name}"


@contextlib.contextmanager
def overflow(opened: site.Site) -> Iterator[BinaryIO]:
    """A file without a name, for what follows the beginning of a mail that is too large. Raises StorageError."""
    try:
        with tempfile.TemporaryFile(dir=opened.root) as stream:
            yield stream
    except OSError as problem:
        raise errors.StorageError(
            f"a large mail could not be kept: {problem.strerror}", "Make room on the disk."
        ) from problem


def _write(file: "os.PathLike[str]", data: bytes, rest: BinaryIO | None) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        if rest is not None:
            rest.seek(0)
            shutil.copyfileobj(rest, stream, _PIECE)
        stream.flush()
        os.fsync(stream.fileno())
