"""A Maildir as a way in: the mails that nobody has seen, and how one is put away."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsletter.core import errors
from newsletter.mail import reading


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits in a Maildir: its file, and its bytes, of one that is too long the beginning."""

    file: Path
    data: bytes


def waiting(folder: Path) -> Iterator[Waiting]:
    """The mails of a Maildir that nobody has seen, oldest first. Raises InputError when it is no Maildir.

    A file that has gone meanwhile was taken by somebody else, and is passed over.
    """
    try:
        if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
            raise errors.InputError(
                f"{folder} is no Maildir: it has no folders 'new' and 'cur'",
                "Name the folder that holds 'new'.",
            )
        unseen = [file for file in (folder / "cur").iterdir() if "S" not in _flags(file.name)]
        found = sorted([*(folder / "new").iterdir(), *unseen], key=lambda file: file.name)
    except OSError as problem:
        raise errors.InputError(
            f"{folder} cannot be read: {problem.strerror}", "Check its owner and rights."
        ) from problem
    for file in found:
        if not file.name.startswith(".") and file.is_file() and not file.is_symlink():
            try:
                with file.open("rb") as stream:
                    data = stream.read(reading.SIZE_LIMIT + 1)
            except FileNotFoundError:
                continue
            except OSError as problem:
                raise errors.InputError(
                    f"{file} cannot be read: {problem.strerror}", "Check its owner and rights."
                ) from problem
            yield Waiting(file, data)


def seen(folder: Path, mail: Waiting, *, flagged: bool) -> None:
    """Put a mail among the seen ones of its Maildir; `flagged` for one that a person has to look at."""
    name = mail.file.name.partition(":2,")[0]
    flags = "".join(sorted({*_flags(mail.file.name), "S", *("F" if flagged else "")}))
    goal = folder / "cur" / f"{name}:2,{flags}"
    while goal.exists() and goal != mail.file:  # no mail may take another one's place
        name += "x"
        goal = folder / "cur" / f"{name}:2,{flags}"
    try:
        mail.file.rename(goal)
    except FileNotFoundError:
        return  # somebody else was quicker: its digest keeps it from counting twice
    except OSError as problem:
        raise errors.InputError(
            f"{mail.file} cannot be marked as seen: {problem.strerror}", "Check the rights of the Maildir."
        ) from problem


def _flags(name: str) -> str:
    return name.partition(":2,")[2]
