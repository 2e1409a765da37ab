"""The bulk exchange over one open SMTP connection: one recipient a transaction, many transactions in a row.

Where PIPELINING is offered (RFC 2920), MAIL, RCPT and DATA go as one group, and the next group rides with the body:
one round trip a mail. Elsewhere each command waits for its answer. A queue of owed replies says which reply belongs
to what; whatever does not fit closes the connection, and then a mail is `unclear` only if its final dot went out.

The body of a mail is written only when the bay says so (`send`), after its row was committed as `sending`.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from time import monotonic  # the clock of asyncio's loops
from typing import Literal, Protocol, cast

from newsletter.core import answers
from newsletter.mail import connect, dsn

Step = Literal["rset", "mail", "rcpt", "data", "dot", "lone"]

_REPLY_LIMIT = 4_096  # octets of one line; RFC 5321 4.5.3.1.5 says 512
_LINES_LIMIT = 200  # lines of one reply
_USUAL = [b"250 ", b"250 ", b"250 ", b"354 "]
# What may stand between the angle brackets: the address was checked when it came in, this is the last look.
_ON_THE_WIRE = re.compile(r"[^\x00-\x20\x7f<>]{1,64}@[A-Za-z0-9.-]{1,253}").fullmatch


@dataclass(slots=True)
class Parcel:
    """One mail on its way: whose it is (the bay's number), its envelope, and what it has met so far."""

    number: int
    sender: str
    recipient: str
    envid: str = ""  # what a report may name the mail by (RFC 3461 4.4)
    refused: tuple[answers.Stage, answers.Answer] | None = None
    heard: bool = False  # whether the server has said anything about it
    dot_written: bool = False
    began: float = 0.0  # loop time at which the server was first asked about it


class Bay(Protocol):
    """Who hands out the parcels and hears what became of them. Each parcel comes back exactly once."""

    def next_parcel(self) -> Parcel | None:
        """Hand out a parcel, or None when there is none now."""

    def ready(self, link: "Link", parcel: Parcel) -> None:
        """Hear that the server waits for the body: call link.send or link.fail soon."""

    def answered(self, parcel: Parcel, stage: answers.Stage, answer: answers.Answer) -> None:
        """Hear the server's last word about a parcel."""

    def lost(self, parcel: Parcel, reason: str, *, accused: bool) -> None:
        """Hear that a parcel got no last word; `accused`: it was the one being spoken of."""

    def idle(self, link: "Link") -> None:
        """Hear that a connection has nothing to do."""

    def closed(self, link: "Link", reason: str) -> None:
        """Hear that a connection has gone."""


class Link(asyncio.BufferedProtocol):
    """One connection. It takes over the transport that aiosmtplib opened, and gives it back for QUIT.

    A BufferedProtocol, since plain data_received makes a 256 KB buffer for every answer.
    """

    def __init__(self, bay: Bay, line: connect.Line, route: connect.Route) -> None:
        self.line = line
        self.dead = False
        self.sent = 0  # mails accepted over this connection
        self.over = asyncio.Event()  # set when the connection has gone
        self._bay = bay
        self._route = route
        self._transport = line.transport
        self._pipelining = "pipelining" in line.offers
        self._smtputf8 = "smtputf8" in line.offers
        self._dsn = "dsn" in line.offers
        self._owed: deque[tuple[Step, Parcel | None]] = deque()
        self._unwritten: deque[tuple[tuple[Step, Parcel | None], bytes]] = deque()
        self._waiting: Parcel | None = None  # the server waits for this one's body
        self._unreset = False  # a transaction is still open at the server
        self._room = bytearray(16_384)
        self._view = memoryview(self._room)
        self._rest = b""
        self._lines = 0
        self._code = b""
        self._since = monotonic()
        self._transport.set_protocol(self)

    # ---- what the bay calls

    @property
    def is_idle(self) -> bool:
        return not (self.dead or self._owed or self._unwritten or self._waiting)

    def feed(self) -> None:
        """Begin with the next parcel if nothing else goes on."""
        while self.is_idle:
            parcel = self._next()
            if parcel is None:
                self._bay.idle(self)
                return
            self._since = parcel.began = monotonic()
            self._transport.write(self._group(parcel))

    def send(self, parcel: Parcel, body: list[bytes]) -> None:
        """Write the body (pieces of CRLF lines, none beginning with a dot) and with it, where pipelined, the next group."""
        assert parcel is self._waiting
        self._waiting = None
        self._since = monotonic()
        parcel.dot_written = True
        self._owed.append(("dot", parcel))
        following = self._next() if self._pipelining else None
        self._transport.write(b"".join([*body, b".\r\n", self._group(following) if following else b""]))

    def check(self, now: float) -> None:
        """Close the connection when an answer or a whole mail takes too long. `now` is the loop's time."""
        if self.dead or not self._owed:
            return
        step, parcel = self._owed[0]
        limit = self._route.dot_timeout if step == "dot" else self._route.answer_timeout
        if now - self._since > limit:
            self.fail(f"no answer to {_SAID[step]} within {limit:.0f} s")
        elif parcel and now - parcel.began > self._route.message_deadline:
            self.fail(f"the mail took longer than {self._route.message_deadline:.0f} s")

    def forgive(self, seconds: float) -> None:
        """Let time that we ourselves slept (a stopped process) not count against the server."""
        self._since += seconds
        for _, parcel in self._owed:
            if parcel is not None:
                parcel.began += seconds

    def fail(self, reason: str, *, accused: bool = True) -> None:
        """Close the connection at once; every parcel on it goes back to the bay. `accused`: the first of them may be why."""
        if self.dead:
            return
        self.dead = True
        self._take_back_unwritten_dot()
        carried = [parcel for _, parcel in self._owed]
        carried += [self._waiting, *(parcel for (_, parcel), _ in self._unwritten)]
        parcels = {id(parcel): parcel for parcel in carried if parcel is not None}
        self._owed.clear()
        self._unwritten.clear()
        self._waiting = None
        self._transport.abort()
        self.line.smtp.close()
        for parcel in parcels.values():
            if parcel.refused is not None and not parcel.dot_written:
                self._bay.answered(parcel, *parcel.refused)
            else:
                # A server that closes after so many mails has nothing against the next one.
                self._bay.lost(parcel, reason, accused=accused and (parcel.heard or not self.sent))
            accused = False
        self._closed(reason)

    async def quit(self) -> None:
        """Leave an idle connection in peace."""
        self.dead = True
        await connect.close_line(self.line)
        self._closed("")

    def _closed(self, reason: str) -> None:
        self._bay.closed(self, reason)
        self.over.set()

    # ---- what we say

    def _next(self) -> Parcel | None:
        """Take a parcel that this connection can carry; what no server could take is answered on the spot."""
        while (parcel := self._bay.next_parcel()) is not None:
            sender, recipient = parcel.sender, parcel.recipient
            if not (_ON_THE_WIRE(recipient) and _ON_THE_WIRE(sender)):
                problem = answers.Answer(553, "5.1.3", "the address cannot be written into an SMTP command")
            elif self._smtputf8 or (recipient.isascii() and sender.isascii()):
                return parcel
            else:
                problem = answers.Answer(553, "5.6.7", "the address needs SMTPUTF8, which is not offered")
            self._bay.answered(parcel, "rcpt", problem)
        return None

    def _group(self, parcel: Parcel) -> bytes:
        """Return what to write now for a parcel's envelope: all of it, or its first command."""
        sender, recipient = parcel.sender, parcel.recipient
        # RFC 6531 3.4: the parameter is asked for only where it is needed; the headers then are raw UTF-8 (RFC 6152).
        mail = "" if sender.isascii() and recipient.isascii() else " SMTPUTF8 BODY=8BITMIME"
        rcpt = ""
        if self._dsn:
            mail, rcpt = mail + dsn.of_mail(parcel.envid), dsn.of_recipient(recipient)
        written = f"MAIL FROM:<{sender}>{mail}\r\nRCPT TO:<{recipient}>{rcpt}\r\nDATA\r\n".encode()
        steps: tuple[tuple[Step, Parcel | None], ...] = (("mail", parcel), ("rcpt", parcel), ("data", parcel))
        if self._unreset:
            self._unreset = False
            steps, written = (("rset", None), *steps), b"RSET\r\n" + written
        if self._pipelining:
            self._owed.extend(steps)
            return written
        self._unwritten.extend(zip(steps, written.splitlines(keepends=True), strict=True))
        return self._command()

    def _command(self) -> bytes:
        """Take the next single command, for servers without PIPELINING."""
        step, command = self._unwritten.popleft()
        self._owed.append(step)
        return command

    # ---- what we hear

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        lines = (self._rest + self._room[:nbytes]).split(b"\n")
        self._rest = lines.pop()
        if [line[:4] for line in lines] == _USUAL and nbytes < _REPLY_LIMIT and self._hear_usual(lines[0]):
            return
        for line in lines:
            if self.dead:
                return
            self._hear_line(line)
        if self.dead:
            return
        if len(self._rest) > _REPLY_LIMIT:
            self.fail("the server's answer is too long")
        elif self._unwritten and not self._owed:
            # Only now, when all that came is read: an answer too many must not count for the next command.
            self._transport.write(self._command())
        elif self.is_idle:
            self.feed()

    def _hear_usual(self, line: bytes) -> bool:
        """The way it nearly always goes: the last mail is accepted, the next one's envelope too.

        False when other answers are owed than those to a body and to the group that rode with it.
        """
        owed = self._owed
        if len(owed) != 4 or owed[0][0] != "dot" or owed[1][0] != "mail" or self._lines:
            return False
        done, following = owed[0][1], owed[3][1]
        assert done is not None and following is not None
        owed.clear()
        self._since = following.began = monotonic()
        self.sent += 1
        self._bay.answered(done, "dot", _answer(250, line))
        self._wait_for_body(following)
        return True

    def _hear_line(self, line: bytes) -> None:
        """Take one line; the last line of a reply (RFC 5321 4.2.1) goes on to its owner."""
        code, mark = line[:3], line[3:4]
        if len(line) > _REPLY_LIMIT or self._lines >= _LINES_LIMIT:
            return self.fail("the server's answer is too long")
        if not (code.isdigit() and b"200" <= code <= b"599" and mark in b" -\r"):
            return self.fail("the server's answer is no SMTP reply")
        if self._lines and code != self._code:
            return self.fail("the server's answer changes its code from line to line")
        if mark == b"-":
            self._lines, self._code = self._lines + 1, code
            return None
        self._lines = 0
        if not self._owed:
            said = _answer(int(code), line)
            return self.fail(f"the server said {said}" if said.code == 421 else "the server answered unasked")
        self._since = monotonic()
        self._hear(_answer(int(code), line))
        return None

    def _hear(self, answer: answers.Answer) -> None:
        """Give a reply to the step that it belongs to."""
        step, parcel = self._owed[0]
        if parcel is not None:
            parcel.heard = True
        if step == "rset" or step == "lone" or parcel is None:
            if step == "rset" and not 200 <= answer.code < 300:
                return self.fail(f"RSET refused: {answer}")
            self._owed.popleft()
        elif not (answers.is_expected(step, answer.code) or (parcel.refused and answer.code >= 400)):
            return self._surprised(step, parcel, answer)
        elif step == "dot":
            self._hear_end(parcel, answer)
        elif step == "data":
            self._hear_data(parcel, answer)
        elif answer.code >= 400 and parcel.refused is None:
            self._hear_refusal(step, parcel, answer)
        elif (
            step == "rcpt"
            and parcel.refused is not None
            and parcel.refused[0] == "mail"
            and answer.code < 400
        ):
            # Without a sender there can be no recipient; with one accepted, a lone dot would deliver an empty mail.
            return self.fail("the server refused MAIL but accepted RCPT")
        else:
            self._owed.popleft()
        if answer.code == 421:
            # It was said of this step's mail, which has had its word, or of none.
            self.fail(f"the server said {answer}", accused=False)
        return None

    def _surprised(self, step: answers.Stage, parcel: Parcel, answer: answers.Answer) -> None:
        if step == "dot":
            return self.fail(f"no clear answer to the final dot: {answer}")
        return self.fail(f"unexpected answer to {_SAID[step]}: {answer}")

    def _hear_end(self, parcel: Parcel, answer: answers.Answer) -> None:
        self._owed.popleft()
        self.sent += answer.code < 300
        if self._owed and (following := self._owed[0][1]) is not None:
            following.began = self._since
        self._bay.answered(parcel, "dot", answer)

    def _hear_refusal(self, step: answers.Stage, parcel: Parcel, answer: answers.Answer) -> None:
        """Remember why MAIL or RCPT was refused; the verdict falls when all of the group is answered."""
        self._owed.popleft()
        parcel.refused = (step, answer)
        if not self._pipelining:
            self._unwritten.clear()
            self._unreset = True
            self._bay.answered(parcel, step, answer)

    def _hear_data(self, parcel: Parcel, answer: answers.Answer) -> None:
        self._owed.popleft()
        if answer.code == 354 and parcel.refused is None:
            return self._wait_for_body(parcel)
        if answer.code == 354:
            # RFC 2920 3.1: nobody was accepted, yet the server waits for a message. A lone dot ends it.
            self._owed.appendleft(("lone", None))
            self._transport.write(b".\r\n")
        else:
            self._unreset = True
        stage, said = parcel.refused or ("data", answer)
        self._bay.answered(parcel, stage, said)
        return None

    def _wait_for_body(self, parcel: Parcel) -> None:
        self._waiting = parcel
        self._bay.ready(self, parcel)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: BaseException | None) -> None:
        self.fail("the server closed the connection" if exc is None else f"connection lost: {exc}")

    def _take_back_unwritten_dot(self) -> None:
        """A body that still lies in our own buffer has no final dot on the wire: that mail is not unclear."""
        buffered = self._transport.get_write_buffer_size()
        if buffered and self._owed and self._owed[0][0] == "dot":
            behind = 0 if len(self._owed) == 1 else _REPLY_LIMIT
            parcel = cast(Parcel, self._owed[0][1])
            parcel.dot_written = buffered <= behind


_SAID: dict[str, str] = {
    "rset": "RSET",
    "mail": "MAIL",
    "rcpt": "RCPT",
    "data": "DATA",
    "dot": "the final dot",
    "lone": ".",
}


def _answer(code: int, line: bytes) -> answers.Answer:
    return answers.read(code, line[4:].decode("ascii", "replace"))
