"""An IMAP mailbox as a way in: what nobody has looked at yet, one mail after the other, and where each is put.

What was handled goes to the folder for it; what a person has to see stays where it is, flagged. A keyword remembers what
we have looked at, so that an ordinary mailbox, which people read too, is enough (RFC 3501; MOVE: RFC 6851, IDLE: RFC 2177).
"""

import base64
import contextlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newsletter.core import errors
from newsletter.mail import reading

TIMEOUT = 30.0  # seconds that the server may take for an answer
IDLE_SECONDS = 9 * 60.0  # a server may forget an idle client after half an hour, a firewall sooner
KEYWORD = "NewsletterSeen"
SEARCH_LIMIT = 20_000_000  # octets of one line of the server: the numbers of a mailbox of two million mails
PAGE = 500  # mails of one search that are taken before it is asked again


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mailbox is. `security` none is for loopback only."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str
    password: str
    folder: str = "INBOX"
    done_folder: str = "Done"
    ca_file: Path | None = None


class Box:
    """An open mailbox. Every trouble is a RelayError: the mails stay where they are."""

    def __init__(self, connection: imaplib.IMAP4, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._keywords = False
        self._passed: set[bytes] = set()  # what we have looked at, where the server keeps no keywords

    def select(self) -> None:
        """Open the folder, and make the one for what was handled."""
        self._ask(
            "CREATE", lambda: self._connection.create(_quoted(self._place.done_folder)), may_refuse=True
        )
        self._ask("SELECT", lambda: self._connection.select(_quoted(self._place.folder)))
        flags = b" ".join(one for one in self._connection.response("PERMANENTFLAGS")[1] if one)
        self._keywords = rb"\*" in flags or KEYWORD.encode() in flags

    def numbers(self) -> list[bytes]:
        """The UIDs of mails that we have not looked at, oldest first."""
        wanted = "UNDELETED" + (f" UNKEYWORD {KEYWORD}" if self._keywords else " UNFLAGGED")
        answer = self._ask("SEARCH", lambda: self._connection.uid("SEARCH", wanted))
        found = b" ".join(one for one in answer if isinstance(one, bytes)).split()
        return [one for one in found if one not in self._passed][:PAGE]

    def fetch(self, number: bytes) -> bytes | None:
        """A mail's bytes, of one that is too long the beginning, its flags untouched; None when it has gone."""
        what = f"(BODY.PEEK[]<0.{reading.SIZE_LIMIT + 1}>)"
        answer = self._ask("FETCH", lambda: self._connection.uid("FETCH", number.decode(), what))
        for one in answer:
            if isinstance(one, tuple) and len(one) == 2:
                return bytes(one[1])
        self._passed.add(number)  # or it would be asked for again and again
        return None

    def done(self, number: bytes) -> None:
        """Put a handled mail into its folder."""
        uid, goal = number.decode(), _quoted(self._place.done_folder)
        if "MOVE" in self._connection.capabilities:
            self._ask("MOVE", lambda: self._connection.uid("MOVE", uid, goal))
            return
        self._ask("COPY", lambda: self._connection.uid("COPY", uid, goal))
        self._ask("STORE", lambda: self._connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self._connection.capabilities:
            self._ask("EXPUNGE", lambda: self._connection.uid("EXPUNGE", uid))

    def leave(self, number: bytes, *, flagged: bool) -> None:
        """Leave a mail to a person and do not look at it again; `flagged` where it is ours to point at."""
        flags = [KEYWORD] if self._keywords else []
        if flagged or not self._keywords:
            flags.append(r"\Flagged")
        self._passed.add(number)
        wanted = f"({' '.join(flags)})"
        self._ask("STORE", lambda: self._connection.uid("STORE", number.decode(), "+FLAGS.SILENT", wanted))

    def wait(self, seconds: float, stopping: Callable[[], bool]) -> None:
        """Wait for new mail, at most so long; return early when something came or `stopping`."""
        if "IDLE" not in self._connection.capabilities:
            _pause(min(seconds, 30.0), stopping)
            self._ask("NOOP", lambda: self._connection.noop())
            return
        with _plainly(self._place):
            tag = self._connection._new_tag()  # Python 3.14 has idle(); 3.11 has not
            self._connection.send(tag + b" IDLE\r\n")
            self._listen(min(seconds, IDLE_SECONDS), stopping)
            self._connection.send(b"DONE\r\n")
            while (line := self._line(TIMEOUT)) and not line.startswith(tag):
                pass
            if not line:
                raise OSError("the server closed the connection")

    def _listen(self, seconds: float, stopping: Callable[[], bool]) -> None:
        """Read what an idle server says until something came, the time is over, or we are to stop."""
        for _ in range(max(1, int(seconds / 0.5))):
            if stopping():
                return
            line = self._line(0.5)
            if line is not None and (not line or b" EXISTS" in line or b" RECENT" in line):
                return

    def _line(self, seconds: float) -> bytes | None:
        """One line of the server, empty at its end, None when none came in time."""
        self._connection.sock.settimeout(seconds)
        try:
            return _read_line(self._connection.sock)
        except TimeoutError:
            return None
        finally:
            self._connection.sock.settimeout(TIMEOUT)

    def _ask(
        self, what: str, command: Callable[[], tuple[str, Sequence[Any]]], *, may_refuse: bool = False
    ) -> Sequence[Any]:  # fmt: skip
        with _plainly(self._place):
            kind, answer = command()
        if kind != "OK" and not may_refuse:
            said = answer[0].decode("utf-8", "replace") if answer and isinstance(answer[0], bytes) else kind
            raise errors.RelayError(
                f"the mailbox {self._place.username} at {self._place.host} refused {what}: {said[:200]}",
                "Check [receive] folder and done_folder in newsletter.toml.",
            )
        return answer


@contextlib.contextmanager
def opened(place: Place) -> Iterator[Box]:
    """Log in and open the folder while the block runs. Raises RelayError."""
    with _plainly(place):
        connection = _connect(place)
    try:
        with _plainly(place):
            try:
                connection.login(_quoted(place.username), place.password)
            except imaplib.IMAP4.error as problem:
                raise errors.RelayError(
                    f"the mailbox {place.username} at {place.host} refused our login",
                    "Check [receive] username and its password_file.",
                ) from problem
            connection._get_capabilities()  # servers tell more after the login
        box = Box(connection, place)
        box.select()
        yield box
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            connection.logout()


def _connect(place: Place) -> imaplib.IMAP4:
    imaplib._MAXLINE = SEARCH_LIMIT  # type: ignore[attr-defined]  # its own limit is met by 125,000 numbers
    context = ssl.create_default_context(cafile=str(place.ca_file) if place.ca_file else None)
    if place.security == "tls":
        return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(place.host, place.port, timeout=TIMEOUT)
    if place.security == "starttls":
        connection.starttls(context)
    return connection


@contextlib.contextmanager
def _plainly(place: Place) -> Iterator[None]:
    """Say in one line what is wrong with the server."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError, UnicodeError) as problem:
        raise errors.RelayError(
            f"the mailbox at {place.host} port {place.port} cannot be read: {problem}",
            "Nothing is lost: the mails are still there. Check [receive] in newsletter.toml.",
        ) from problem


def _quoted(name: str) -> str:
    """A mailbox name as IMAP wants it: modified UTF-7 (RFC 3501 5.1.3) in quotes."""
    plain = re.sub(r"[^\x20-\x7e]+", _shifted, name.replace("&", "&-"))
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shifted(found: "re.Match[str]") -> str:
    text = base64.b64encode(found[0].encode("utf-16-be")).decode("ascii")
    return "&" + text.rstrip("=").replace("/", ",") + "-"


def _pause(seconds: float, stopping: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopping() and time.monotonic() < until:
        time.sleep(0.1)


def _read_line(sock: socket.socket) -> bytes:
    """One line, octet by octet: nothing of what follows may be taken from imaplib."""
    found = bytearray()
    while not found.endswith(b"\n") and len(found) < 10_000:
        octet = sock.recv(1)
        if not octet:
            return b""
        found += octet
    return bytes(found)
