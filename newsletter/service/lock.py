"""One sender per site: a lock of the operating system on newsletter.lock, freed by the owner's death.

The file says who holds it and since when, for people and for a second sender that waits. Its text proves nothing; only
the lock does.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from newsletter import site
from newsletter.core import errors

LOCK_FILE = "newsletter.lock"
# Windows locks octets and keeps others from reading them, so the locked one lies behind the text.
_FAR = 1 << 30
_TEXT_LIMIT = 4_096


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sends. Times are seconds since 1970 by the machine's own clock."""

    pid: int
    doing: str
    since: float
    beat: float


class Held:
    """The lock, held by this process."""

    def __init__(self, stream: int, doing: str, now: float) -> None:
        self._stream = stream
        self._owner = Owner(os.getpid(), doing, now, now)
        self._write()

    def beat(self, now: float) -> None:
        """Show that the owner is alive and at work."""
        self._owner = Owner(self._owner.pid, self._owner.doing, self._owner.since, now)
        self._write()

    def _write(self) -> None:
        text = json.dumps(asdict(self._owner)).ljust(200) + "\n"
        os.lseek(self._stream, 0, os.SEEK_SET)
        # A full disk must not end a run for the sake of its own notice.
        with contextlib.suppress(OSError):
            os.write(self._stream, text.encode())


@contextlib.contextmanager
def hold(opened: site.Site, doing: str) -> Iterator[Held | None]:
    """Hold the site's sending lock inside the block; None when another process holds it."""
    with _locked(opened.root) as stream:
        yield None if stream is None else Held(stream, doing, opened.clock.source())


@contextlib.contextmanager
def held(root: Path) -> Iterator[None]:
    """Hold a site's sending lock inside the block, so that nobody sends meanwhile. Raises RefusedError when somebody does."""
    with _locked(root) as stream:
        if stream is None:
            who = owner(root)
            raise errors.RefusedError(
                f"mail is being sent for this site{f' by process {who.pid}' if who else ''}",
                "Stop it (Ctrl-C where it runs), or wait until it has ended.",
            )
        yield


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[int | None]:
    stream = os.open(root / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield stream if _lock(stream) else None
    finally:
        os.close(stream)


def owner(root: Path) -> Owner | None:
    """Who wrote their name into the lock file last, if it can be read."""
    try:
        with (root / LOCK_FILE).open(encoding="utf-8") as stream:
            found = json.loads(stream.read(_TEXT_LIMIT))
        return Owner(int(found["pid"]), str(found["doing"]), float(found["since"]), float(found["beat"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_held(opened: site.Site) -> bool:
    """Tell whether some process sends for this site now."""
    if not (opened.root / LOCK_FILE).exists():
        return False
    with _locked(opened.root) as stream:
        return stream is None


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: int) -> bool:
        os.lseek(stream, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(stream, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(stream: int) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
