"""LMTP as a way in (RFC 2033): a mail server hands over each mail, and gets one answer for each recipient."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from newsletter.core import addresses, errors
from newsletter.mail import reading

LINE_LIMIT = (
    1_000_000  # octets of a line: reports return mails as they were, and what is refused here is lost
)
RECIPIENTS_LIMIT = 100

# What becomes of a mail for one recipient: an SMTP answer such as "250 2.0.0 taken".
Take = Callable[[bytes, str], str]


class Handler:
    """What aiosmtpd asks of us. `ours` is the one address, with or without +tag, that mail is taken for."""

    def __init__(self, ours: str, take: Take) -> None:
        self._ours = addresses.without_tag(ours.lower())
        self._take = take

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Sequence[str]
    ) -> str:
        """Take the recipient if it is ours."""
        if addresses.without_tag(address.lower()) != self._ours:
            return "550 5.1.1 there is no such mailbox here"
        if len(envelope.rcpt_tos) >= RECIPIENTS_LIMIT:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Answer for each recipient on its own (RFC 2033 4.2), in their order."""
        content = envelope.original_content or envelope.content
        if envelope.mail_from == "":
            content = b"Return-Path: <>\r\n" + content
        return "\r\n".join(self._take(content, recipient) for recipient in envelope.rcpt_tos)


def bind(host: str, port: int) -> socket.socket:
    """Bind the port, 0 for any free one. Raises RefusedError when it is taken or not ours."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as problem:
        raise errors.RefusedError(
            f"cannot take LMTP on {host} port {port}: {problem.strerror}",
            "Is another program (or another serve) using it? Change [receive] port in newsletter.toml.",
        ) from problem


@asynccontextmanager
async def serving(sock: socket.socket, ours: str, take: Take) -> AsyncIterator[None]:
    """Answer on a bound socket while the block runs."""
    from aiosmtpd.lmtp import LMTP

    class Patient(LMTP):
        line_length_limit = LINE_LIMIT  # RFC 5321 4.5.3.1.6 allows 1,000

    handler = Handler(ours, take)
    loop = asyncio.get_running_loop()
    talks: list[Any] = []

    def talk() -> Any:
        talks[:] = [one for one in talks if one.transport is not None and not one.transport.is_closing()]
        talks.append(
            Patient(
                handler, hostname="newsletter.invalid", ident="newsletter", enable_SMTPUTF8=True,
                data_size_limit=reading.SIZE_LIMIT, timeout=300, loop=loop,
            )
        )  # fmt: skip
        return talks[-1]

    server = await loop.create_server(talk, sock=sock)
    try:
        yield
    finally:
        server.close()
        for one in talks:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0)
