"""The site's keys: add a new one for tokens. None is ever taken away, so every link in every sent mail goes on working."""

from dataclasses import dataclass

from newsletter import site
from newsletter.core import errors, tokens
from newsletter.store import log

MOST = 255  # a token names its key in one octet


@dataclass(frozen=True, slots=True)
class Rotated:
    """Which key signs from now on, and how many there are for tokens."""

    newest: int
    keys: int


def rotate(opened: site.Site) -> Rotated:
    """Add a token key, which signs from now on. The key of suppressions stays: hashes could not be made anew.

    Raises RefusedError when there is no room for one more.
    """
    file = opened.root / site.KEY_FILE
    with opened.store.write():  # so that two at once do not overwrite each other's key
        keys = site.read_keys(file)
        newest = max(key.id for key in keys if key.purpose == "token") + 1
        if newest > MOST:
            raise errors.RefusedError(f"there are {MOST} keys already, which is all that tokens can name")
        site.write_keys(file, (*keys, tokens.Key(newest, "token", opened.secret_bytes(32))))
        log.add(opened.store, opened.clock.iso(), opened.organiser, "key rotate", f"token key {newest}")
    return Rotated(newest, sum(key.purpose == "token" for key in keys) + 1)
