"""Take what comes back from every way in: files, a Maildir, an IMAP mailbox, LMTP. By hand once, or for as long as `serve` runs.

A mail is put away only after what it did was committed, so a crash between the two lets it be read again, and its digest
keeps it from counting twice. What only a person can do something about stays where a person finds it.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from newsletter import settings, site
from newsletter.core import errors
from newsletter.mail import inbox, inbox_imap, mbox, reading
from newsletter.service import health, inbound, inbound_letters, kept, returns, returns_alerts, sending

LOOK_SECONDS = 2.0  # between looks at a Maildir
IDLE_SECONDS = 300.0  # that an IMAP server is listened to before the mailbox is looked at again
TROUBLE_SECONDS = 60.0
UPKEEP_SECONDS = (
    60.0  # between looks at what waits: mails to pass on, warnings, addresses that are well again
)
_STEP = 0.1

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that was taken: where it came from, as a person would name it, and what became of it."""

    where: str
    taken: returns.Taken


def mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of a file or pipe: one, or all of an mbox."""
    return mbox.mails(stream)


def of_stream(opened: site.Site, name: str, stream: BinaryIO) -> Iterator[Received]:
    """Take the mails of a file or an mbox; what a person must see stays in it."""
    for data in mbox.mails(stream):
        yield Received(name, returns.take(opened, data))


def of_pipe(opened: site.Site, stream: BinaryIO) -> Iterator[Received]:
    """Take the mails of standard input; what a person must see is kept as a file, since a pipe holds nothing."""
    with kept.overflow(opened) as rest:
        for data in mbox.mails(stream, rest):
            yield Received("-", _kept(opened, data, returns.take(opened, data), rest))
            rest.seek(0)
            rest.truncate()


def _kept(
    opened: site.Site, data: bytes, taken: returns.Taken, rest: BinaryIO | None = None
) -> returns.Taken:
    """Keep what a person must see, and the whole of a letter that went on cut; `rest` is what follows `data`."""
    is_cut = taken.kind == "other" and len(data) > reading.MAIL_LIMIT
    if not taken.left and not is_cut:
        return taken
    name = kept.keep(opened, data, rest)
    return replace(taken, done=f"{taken.done or inbound.LEFT}, in {name}")


def waiting(folder: Path) -> Iterator[inbox.Waiting]:
    """The mails of a Maildir that nobody has seen, to look at only."""
    return inbox.waiting(folder)


def of_maildir(opened: site.Site, folder: Path) -> Iterator[Received]:
    """Take the unseen mails of a Maildir and mark them seen; those for a person are flagged too."""
    for mail in inbox.waiting(folder):
        taken = returns.take(opened, mail.data)
        inbox.seen(folder, mail, flagged=taken.left)
        yield Received(str(mail.file), taken)


def of_imap(opened: site.Site, place: inbox_imap.Place) -> Iterator[Received]:
    """Take what nobody has looked at in a mailbox; what was handled goes into its folder. Raises RelayError."""
    with inbox_imap.opened(place) as box:
        yield from _of_box(opened, box, place)


def _of_box(
    opened: site.Site, box: inbox_imap.Box, place: inbox_imap.Place, stopping: Callable[[], bool] = lambda: False
) -> Iterator[Received]:  # fmt: skip
    while numbers := box.numbers():
        for number in numbers:
            if stopping():
                return
            data = box.fetch(number)
            taken = returns.take(opened, data) if data is not None else None
            if taken is None:
                continue
            if taken.left:
                # A stranger's mail in a mailbox that people read too is none of ours: no flag.
                box.leave(number, flagged=not taken.readable or taken.kind != "other")
            else:
                box.done(number)
            yield Received(f"{place.folder} {number.decode()}", taken)


def imap_place(opened: site.Site) -> inbox_imap.Place:
    """The mailbox of [receive]. Raises UsageError when it is none."""
    receive = opened.config.receive
    if receive is None or receive.mailbox.kind != "imap":
        raise errors.UsageError(
            "newsletter.toml names no IMAP mailbox",
            'Set [receive] kind = "imap", host, username and password_file.',
        )
    box = receive.mailbox
    return inbox_imap.Place(
        host=box.host,
        port=box.port,
        security=box.security,
        username=box.username or "",
        password=box.password.value if box.password else "",
        folder=box.folder,
        done_folder=box.done_folder,
    )


def finish(opened: site.Site, note: Note) -> int:
    """Do what mails have caused: pass letters on, warn the chairs, look again at suspect addresses.

    Returns how many letters were passed on. A relay's no is told by `note`.
    """
    went = inbound_letters.pass_on(opened, note)
    returns_alerts.tell(opened, note)
    health.look_again(opened)
    return went


def keep_receiving(outer: site.Site, stop: sending.Stop, note: Note) -> None:
    """Take what comes in by [receive] until `stop` is asked; trouble is told by `note` and tried again."""
    receive = outer.config.receive
    if receive is None:
        return
    opened = site.open_site(outer.root, outer.organiser, outer.clock)
    try:
        while not stop.asked:
            try:
                _keep_on(opened, receive, stop, note)
            except Exception as problem:
                # Pages and sender go on whatever a mailbox or a stranger's mail does to this.
                why = problem.message if isinstance(problem, errors.NewsletterError) else repr(problem)[:200]
                note(f"receiving stopped, next attempt in {TROUBLE_SECONDS:.0f} seconds: {why}")
                _rest(stop, TROUBLE_SECONDS)
    finally:
        opened.close()


def _keep_on(opened: site.Site, receive: settings.Receive, stop: sending.Stop, note: Note) -> None:
    match receive.mailbox.kind:
        case "maildir":
            _keep_maildir(opened, receive, stop, note)
        case "imap":
            _keep_imap(opened, stop, note)
        case "lmtp":
            asyncio.run(_keep_lmtp(opened, receive, stop, note))


def _keep_maildir(opened: site.Site, receive: settings.Receive, stop: sending.Stop, note: Note) -> None:
    upkeep = _Upkeep(opened, note)
    folder = receive.mailbox.path or opened.root
    while not stop.asked:
        if (folder / "new").is_dir():  # made by the mail server with the first mail
            for found in itertools.takewhile(lambda _: not stop.asked, of_maildir(opened, folder)):
                upkeep.saw(found)
        upkeep.do()
        _rest(stop, LOOK_SECONDS)


def _keep_imap(opened: site.Site, stop: sending.Stop, note: Note) -> None:
    upkeep, place = _Upkeep(opened, note), imap_place(opened)
    with inbox_imap.opened(place) as box:
        while not stop.asked:
            for found in _of_box(opened, box, place, lambda: stop.asked):
                upkeep.saw(found)
            upkeep.do()
            box.wait(min(IDLE_SECONDS, UPKEEP_SECONDS), lambda: stop.asked)


async def _keep_lmtp(opened: site.Site, receive: settings.Receive, stop: sending.Stop, note: Note) -> None:
    from newsletter.mail import inbox_lmtp

    # What mails have caused is done on a thread, with a connection of its own to the database.
    second = site.open_site(opened.root, opened.organiser, opened.clock)
    upkeep = _Upkeep(second, note)

    def take(data: bytes, recipient: str) -> str:
        answer, taken = answer_for(opened, data, recipient)
        if taken is not None:
            upkeep.saw(Received(recipient, taken))
        return answer

    try:
        sock = inbox_lmtp.bind(receive.mailbox.host, receive.mailbox.port)
        host, port = sock.getsockname()[:2]
        async with inbox_lmtp.serving(sock, receive.bounce_address, take):
            note(f"taking LMTP on {host} port {port}")
            while not stop.asked:
                if upkeep.is_due:
                    await asyncio.to_thread(upkeep.do)
                await asyncio.sleep(_STEP)
    finally:
        second.close()


def answer_for(opened: site.Site, data: bytes, recipient: str) -> tuple[str, returns.Taken | None]:
    """Take a mail for one recipient and answer as LMTP wants it: 250 only for what is committed or kept."""
    try:
        taken = _kept(opened, data, returns.take(opened, data, recipient))
    except errors.StorageError:
        return "451 4.3.0 not now, please try again", None
    return "250 2.0.0 taken", taken


class _Upkeep:
    """Does what mails have caused, soon after them and once a minute."""

    def __init__(self, opened: site.Site, note: Note) -> None:
        self._opened = opened
        self._note = note
        self._next = 0.0

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self._next

    def saw(self, found: Received) -> None:
        """Note what must be told, and what is to be done soon."""
        if not found.taken.readable:
            self._note(f"a mail that came back cannot be read and waits for you: {found.where}")
        if found.taken.done:
            self._next = 0.0

    def do(self) -> None:
        """Do it, when it is time."""
        if self.is_due:
            self._next = time.monotonic() + UPKEEP_SECONDS
            finish(self._opened, self._note)


def _rest(stop: sending.Stop, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.asked and time.monotonic() < until:
        time.sleep(_STEP)
