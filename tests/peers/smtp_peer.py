"""A scripted SMTP server in a thread: it records what it accepts before it answers, and plays faults.

A fault is a word STAGE-ACTION[-ARG][-xTIMES] in the tag of the recipient's local part (`ann+rcpt-450-x2@example.org`),
or in `faults=[...]` for everybody. Stages: connect ehlo auth mail rcpt data dot. Actions: a code, drop, rst, garbage,
empty, badcode, dup, split, multi, long, hang-SECONDS, drip-SECONDS, and for the dot `lost` (accepted, no answer).
What our sender does against the protocol is noted in `violations`.
"""

import asyncio
import contextlib
import hashlib
import json
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

_FAULT = re.compile(
    r"(connect|ehlo|auth|mail|rcpt|data|dot)-([a-z]+|\d{3})(?:-([\d_]+))?(?:-x(\d+))?"
).fullmatch
_USUAL = {
    "connect": "220 peer.example",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "dot": "250 taken",
}
_GROUPED = (b"RSET", b"MAIL", b"RCPT", b"DATA")


@dataclass(slots=True)
class Mail:
    """One accepted mail."""

    sender: str
    recipient: str
    content: bytes
    at: float
    connection: int

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.content, policy=compat32)["Message-ID"])


@dataclass
class Peer:
    """What the server offers and what it has seen."""

    faults: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)  # by stage, instead of the usual ones
    pipelining: bool = True
    smtputf8: bool = False
    dsn: bool = False
    users: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    offer_starttls: bool = True
    latency: float = 0.0
    messages_per_connection: int = 0
    record: Path | None = None
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)  # what followed MAIL and RCPT
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    played: Counter[str] = field(default_factory=Counter)

    @property
    def recipients(self) -> Counter[str]:
        return Counter(mail.recipient for mail in self.mails)


@contextlib.contextmanager
def running(**offers: object) -> Iterator[Peer]:
    """Run a peer on a free port of the loopback interface until the block ends."""
    peer = Peer(**offers)  # type: ignore[arg-type]
    ready, loop = threading.Event(), asyncio.new_event_loop()
    thread = threading.Thread(target=_serve, args=(peer, loop, ready), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _serve(peer: Peer, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    context = peer.tls if peer.tls_at_once else None
    talk = lambda reader, writer: _talk(_Talk(peer, reader, writer))  # noqa: E731
    server = loop.run_until_complete(
        asyncio.start_server(talk, "127.0.0.1", peer.port, ssl=context, limit=2**24)
    )
    peer.port = server.sockets[0].getsockname()[1]
    ready.set()
    loop.run_forever()
    server.close()
    talks = asyncio.all_tasks(loop)
    for task in talks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*talks, return_exceptions=True))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


@dataclass
class _Talk:
    """One conversation."""

    peer: Peer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int = 0
    secure: bool = False
    known: bool = False
    sender: str | None = None
    recipient: str | None = None
    utf8: bool = False
    taken: int = 0


class _GoneError(Exception):
    """The conversation is over."""


async def _talk(talk: _Talk) -> None:
    peer = talk.peer
    peer.connections += 1
    peer.open_now += 1
    peer.most_open = max(peer.most_open, peer.open_now)
    talk.number, talk.secure = peer.connections, peer.tls_at_once
    with contextlib.suppress(
        _GoneError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
    ):
        await _say(talk, "connect")
        while line := await talk.reader.readline():
            await _hear(talk, line)
    peer.open_now -= 1
    talk.writer.close()  # what was written still goes out


async def _hear(talk: _Talk, line: bytes) -> None:
    peer = talk.peer
    if not line.endswith(b"\r\n"):
        peer.violations.append(f"bare line end: {line[:60]!r}")
    verb, _, rest = line.strip().partition(b" ")
    verb = verb.upper()
    peer.commands.append(verb.decode("ascii", "replace"))
    if not peer.pipelining and talk.reader._buffer and verb != b"DATA":  # type: ignore[attr-defined]
        peer.violations.append(f"pipelined after {verb!r} without PIPELINING")
    if peer.latency and not (verb in _GROUPED and talk.reader._buffer):  # type: ignore[attr-defined]
        await asyncio.sleep(peer.latency)
    if verb in (b"EHLO", b"HELO"):
        await _say(talk, "ehlo", "\r\n".join(_offers(talk)) if verb == b"EHLO" else "250 peer.example")
    elif verb == b"STARTTLS" and peer.tls and not talk.secure:
        await _say(talk, "starttls", "220 go")
        await talk.writer.start_tls(peer.tls)
        talk.secure, talk.known = True, False
    elif verb == b"AUTH":
        await _log_in(talk, rest)
    elif verb == b"MAIL":
        await _hear_mail(talk, rest.decode())
    elif verb == b"RCPT":
        await _hear_rcpt(talk, rest.decode())
    elif verb == b"DATA":
        await _hear_data(talk)
    elif verb == b"RSET":
        talk.sender = talk.recipient = None
        await _write(talk, "250 reset")
    elif verb == b"QUIT":
        await _write(talk, "221 bye")
        raise _GoneError
    else:
        peer.violations.append(f"unknown command {line[:60]!r}")
        await _write(talk, "500 what")


def _offers(talk: _Talk) -> list[str]:
    peer = talk.peer
    offers = ["peer.example"]
    offers += ["PIPELINING"] if peer.pipelining else []
    offers += ["STARTTLS"] if peer.tls and not talk.secure and peer.offer_starttls else []
    offers += ["SMTPUTF8", "8BITMIME"] if peer.smtputf8 else []
    offers += ["DSN"] if peer.dsn else []
    offers += ["AUTH PLAIN"] if peer.users and (talk.secure or not peer.tls) else []
    return [f"250-{offer}" for offer in offers] + ["250 SIZE 30000000"]


async def _log_in(talk: _Talk, rest: bytes) -> None:
    import base64

    if talk.peer.tls and not talk.secure:
        talk.peer.violations.append("credentials without TLS")
    _, user, password = base64.b64decode(rest.split()[-1]).decode().split("\0")
    talk.known = talk.peer.users.get(user) == password
    await _say(talk, "auth", "235 2.7.0 in" if talk.known else "535 5.7.8 wrong password")


# RFC 3461 4.1 and 4.2: what may follow an address of RCPT.
_NOTIFY = r"(?: NOTIFY=(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*))?(?: ORCPT=rfc822;(?:[!-*,-<>-~]|\+[0-9A-F]{2}){1,500})?"


def _mail_parameters(peer: Peer) -> set[str]:
    return (
        ({"SMTPUTF8", "BODY"} if peer.smtputf8 else set())
        | ({"RET", "ENVID"} if peer.dsn else set())
        | {"SIZE"}
    )


async def _hear_mail(talk: _Talk, rest: str) -> None:
    talk.peer.envelopes.append(rest)
    found = re.fullmatch(r"FROM:<([^<>]*)>(.*)", rest)
    if found is None:
        talk.peer.violations.append(f"MAIL {rest!r}")
    if found and any(word.partition("=")[0] not in _mail_parameters(talk.peer) for word in found[2].split()):
        talk.peer.violations.append(f"a parameter of MAIL that is not offered: {rest!r}")
    if talk.peer.users and not talk.known:
        return await _write(talk, "530 5.7.0 log in first")
    if talk.sender is not None:
        return await _write(talk, "503 5.5.1 nested MAIL")
    sender = found[1] if found else ""
    talk.utf8 = "SMTPUTF8" in (found[2] if found else "")
    if await _say(talk, "mail", about=sender):
        talk.sender = sender
    return None


async def _hear_rcpt(talk: _Talk, rest: str) -> None:
    talk.peer.envelopes.append(rest)
    found = re.fullmatch(r"TO:<([^<>]+)>" + (_NOTIFY if talk.peer.dsn else ""), rest)
    if found is None:
        talk.peer.violations.append(f"RCPT {rest!r}")
    if talk.sender is None:
        return await _write(talk, "503 5.5.1 MAIL first")
    recipient = found[1] if found else ""
    if talk.recipient is not None:
        talk.peer.violations.append("second recipient")
    if not recipient.isascii() and not talk.utf8:
        talk.peer.violations.append("8-bit address without SMTPUTF8")
    if await _say(talk, "rcpt", about=recipient):
        talk.recipient = recipient
    return None


async def _hear_data(talk: _Talk) -> None:
    if talk.recipient is None and not _fault(talk, "data", ""):
        return await _write(talk, "554 5.5.1 no valid recipients")
    if not await _say(talk, "data", about=talk.recipient or ""):
        return None
    content = await _read_content(talk)
    recipient, sender = talk.recipient, talk.sender or ""
    talk.recipient = talk.sender = None
    if recipient is None:
        return await _write(talk, "554 5.5.1 nobody to deliver to")
    fault = _fault(talk, "dot", recipient, play=False)
    said = fault[0] if fault else talk.peer.answers.get("dot", "250")
    if said not in ("drop", "rst") and not said.startswith(("4", "5")):
        _take(talk, Mail(sender, recipient, content, time.time(), talk.number))
    await _say(talk, "dot", about=recipient)
    talk.taken += 1
    if talk.taken == talk.peer.messages_per_connection:
        raise _GoneError
    return None


def _take(talk: _Talk, mail: Mail) -> None:
    talk.peer.mails.append(mail)
    if not mail.content:
        talk.peer.violations.append(f"empty mail to {mail.recipient}")
    if talk.peer.record:
        line = {"to": mail.recipient, "id": mail.message_id, "at": mail.at}
        line["sha256"] = hashlib.sha256(mail.content).hexdigest()
        with talk.peer.record.open("a") as stream:
            stream.write(json.dumps(line) + "\n")


async def _read_content(talk: _Talk) -> bytes:
    lines = []
    while (line := await talk.reader.readline()) != b".\r\n":
        if not line:
            raise _GoneError
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            talk.peer.violations.append(f"bare line end in a body: {line[:60]!r}")
        if len(line) > 1000:
            talk.peer.violations.append("line over 998 octets")
        if not line.isascii() and not talk.utf8:
            talk.peer.violations.append("8-bit text without 8BITMIME")
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)


def _fault(talk: _Talk, stage: str, about: str, *, play: bool = True) -> tuple[str, float] | None:
    """The fault to play now, as action and argument."""
    tag = about.rpartition("@")[0].rpartition("+")[2]
    for owner, word in [(about, word) for word in tag.split(".")] + [
        ("*", word) for word in talk.peer.faults
    ]:
        found = _FAULT(word)
        if found is None or found[1] != stage:
            continue
        if found[4] and talk.peer.played[owner + word] >= int(found[4]):
            continue
        if play:
            talk.peer.played[owner + word] += 1
        return found[2], float((found[3] or "0").replace("_", "."))
    return None


async def _say(talk: _Talk, stage: str, usual: str = "", *, about: str = "") -> bool:
    """Give the usual answer or the fault; tell whether it was a yes."""
    usual = talk.peer.answers.get(stage) or usual or _USUAL[stage]
    fault = _fault(talk, stage, about)
    if fault is None:
        await _write(talk, usual)
        return usual[0] in "23"
    action, argument = fault
    code = usual[:3]
    if action in ("drop", "lost"):
        raise _GoneError
    if action == "rst":
        talk.writer.transport.abort()
        raise _GoneError
    if action == "hang":
        await asyncio.sleep(argument)
    if action == "drip":
        for octet in usual:
            talk.writer.write(octet.encode())
            await asyncio.sleep(argument / len(usual))
        usual = ""
    texts = {
        "garbage": "\x00\xff what is this",
        "empty": "",
        "badcode": "799 odd",
        "dup": f"{usual}\r\n{usual}",
        "multi": "\r\n".join([f"{code}-more"] * int(argument or 3) + [usual]),
        "long": f"{code} " + "x" * int(argument or 9_000),
    }
    if action == "split":
        await _write(talk, usual[:2], end="")
        await asyncio.sleep(0.02)
        usual = usual[2:]
    answer = f"{action} played" if action.isdigit() else texts.get(action, usual)
    await _write(talk, answer)
    if answer.startswith("421"):
        raise _GoneError
    return not action.isdigit() and code[0] in "23"


async def _write(talk: _Talk, text: str, end: str = "\r\n") -> None:
    talk.writer.write(text.encode("latin-1") + end.encode())
    await talk.writer.drain()
