"""check --send-test: does the relay sign, and does its signature cover both fields of the one-click unsubscribe?

A test mail with those fields goes out. Where [receive] reads the mailbox that it went to, the copy that comes back is
judged here; elsewhere the mail itself tells its reader how to look.
"""

import email
import email.policy
import time
from collections.abc import Callable, Iterable, Iterator
from email.message import Message
from pathlib import Path
from typing import Literal

from newsletter import settings, site
from newsletter.compose import dkim
from newsletter.core import addresses, errors
from newsletter.service import checking, reports, signing

WAIT = 60.0  # seconds for the copy to come back
LOOK_AGAIN = 1.0
READ_LIMIT = 500_000  # octets of a mail that are looked at
_FIELDS = ("List-Unsubscribe", "List-Unsubscribe-Post")
Level = Literal["error", "warning", "good"]
Sleep = Callable[[float], None]


def send(opened: site.Site, text: str, *, sleep: Sleep = time.sleep) -> list[checking.Finding]:
    """Send the test mail and judge what comes back.

    Raises InputError (no address), RefusedError (no list yet), RelayError, PausedError.
    """
    to = addresses.read(text).text
    lists = tuple(opened.config.lists.values())[:1]
    if not lists:
        raise errors.RefusedError(
            "there is no list whose name a test could carry", "newsletter list new SLUG"
        )
    composed = reports.compose(opened, "selftest", "S", lists, {})
    sent = reports.hand_over(opened, lists[0], composed, "", to)
    folder = _mailbox(opened.config.receive, to)
    if folder is None:
        return [
            _finding(
                "good", to, "The relay took the test mail. Open it: it says how to see whether it is signed."
            )
        ]
    sender = lists[0].from_address.rpartition("@")[2]
    copy = _come_back(folder, _message_id(sent), sleep)
    if copy is None:
        return [_finding("warning", to, f"The relay took the test mail, but it did not come back within {WAIT:.0f} s. "
                         "Open it where it arrives: it says how to look.")]  # fmt: skip
    return list(judge(copy, to, sender))


def judge(copy: bytes, where: str, from_domain: str) -> Iterator[checking.Finding]:
    """Say what a copy that came back tells about signatures. Without pages a mail has no Post field to cover."""
    head = _parse(copy)
    fields = [field for field in _FIELDS if field in head]
    found = [str(value) for value in head.get_all("DKIM-Signature", [])]
    ours = [one for one in found if signing.is_aligned(_tag(one, "d"), from_domain)]
    if not found:
        yield _finding("error", where, "The relay does not sign (no DKIM-Signature). Ask it to, or let the program sign: "
                       "[dkim] and sign = true.")  # fmt: skip
        return
    if not ours:
        domains = ", ".join(sorted({_tag(one, "d") for one in found}))
        yield _finding("error", where, f"The mail is signed for {domains} only, which does not speak for {from_domain}: "
                       "DMARC fails. Set up your own domain at the relay.")  # fmt: skip
        return
    complete = [one for one in ours if all(dkim.covers(one, field) for field in fields)]
    if complete:
        yield _finding(
            "good",
            where,
            f"The mail is signed for {_tag(complete[0], 'd')}, {' and '.join(fields)} included.",
        )
        return
    lacking = [field for field in fields if not dkim.covers(ours[0], field)]
    yield _finding("error", where, f"The signature for {_tag(ours[0], 'd')} does not cover {' and '.join(lacking)}: receivers "
                   "must not trust one-click (RFC 8058). Ask the relay to sign them, or let the program sign.")  # fmt: skip


def _finding(level: Level, where: str, text: str) -> checking.Finding:
    return checking.Finding(level, "dkim", where, text)


def _mailbox(receive: settings.Receive | None, to: str) -> Path | None:
    """The Maildir in which a mail to this address arrives, if we can read it."""
    if receive is None or receive.mailbox.path is None:
        return None
    local, _, domain = to.lower().rpartition("@")
    own_local, _, own_domain = receive.bounce_address.lower().rpartition("@")
    return receive.mailbox.path if (local.partition("+")[0], domain) == (own_local, own_domain) else None


def _come_back(folder: Path, message_id: str, sleep: Sleep) -> bytes | None:
    """Look for the mail of that Message-ID in a Maildir until it is there or the time is over. It stays where it is."""
    seen: set[Path] = set()
    waited = 0.0
    while True:
        for file in _files(folder):
            if file not in seen:
                seen.add(file)
                found = _read(file)
                if _message_id(found) == message_id:
                    return found
        if waited >= WAIT:
            return None
        sleep(LOOK_AGAIN)
        waited += LOOK_AGAIN


def _files(folder: Path) -> Iterable[Path]:
    return [file for part in ("new", "cur") if (folder / part).is_dir() for file in (folder / part).iterdir()]


def _read(file: Path) -> bytes:
    """A file's beginning; nothing when another program has just moved it."""
    try:
        with file.open("rb") as stream:
            return stream.read(READ_LIMIT)
    except OSError:
        return b""


def _parse(mail: bytes) -> Message:
    return email.message_from_bytes(
        mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=email.policy.compat32
    )


def _message_id(mail: bytes) -> str:
    return str(_parse(mail)["Message-ID"] or "").strip()


def _tag(signature: str, name: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in signature.split(";"))
    return tags.get(name, "").strip().lower()
