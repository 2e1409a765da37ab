"""A mail server for demos and tests: it takes every mail on a loopback port and keeps it as a file.

Nothing leaves the machine. Single addresses can be refused, put off once (greylisting), or bounce later with a real
delivery status notification (RFC 3464) to the envelope sender, as the world outside would do it.
"""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

NOT_HERE = "550 5.1.1 <{address}>: no such user here"
LATER = "450 4.2.0 <{address}>: greylisted, try again in a minute"


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail as it came: the envelope, and the file that holds its very bytes."""

    sender: str
    recipient: str
    file: Path


@dataclass(slots=True)
class Catcher:
    """What a running catcher has taken. `answers` refuses an address at RCPT with a reply of its own (a 4xx: once)."""

    folder: Path
    port: int
    answers: Mapping[str, str] = field(default_factory=dict)
    caught: list[Caught] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or answer as the test wants it."""
        answer = self.answers.get(address.lower())
        once = answer is not None and answer.startswith("4") and self._was_refused(address)
        if answer is not None and not once:
            self.refused.append((address.lower(), answer))
            return answer.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the mail's bytes as they came, one file for each recipient."""
        for recipient in envelope.rcpt_tos:
            file = self.folder / f"{len(self.caught) + 1:03d}-{file_name(recipient)}.eml"
            file.write_bytes(envelope.original_content)
            self.caught.append(Caught(envelope.mail_from or "", recipient, file))
        return "250 2.0.0 kept"

    def _was_refused(self, address: str) -> bool:
        return any(refused == address.lower() for refused, _ in self.refused)


def file_name(address: str) -> str:
    """An address as a part of a file name: letters, digits and a few signs, nothing that leads elsewhere."""
    return re.sub(r"[^A-Za-z0-9@._+-]", "_", address)[:100].lstrip(".") or "_"


@contextmanager
def catching(folder: Path, answers: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Catcher]:
    """Run a catcher on 127.0.0.1 (port 0: any free one) in a thread of its own while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    sock = socket.create_server(("127.0.0.1", port))
    catcher = Catcher(folder, sock.getsockname()[1], answers or {})
    started, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(catcher, sock, started, stop),))
    thread.start()
    started.wait()
    try:
        yield catcher
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(
    catcher: Catcher, sock: socket.socket, started: threading.Event, stop: asyncio.Event
) -> None:
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    talks: list[Any] = []

    def talk() -> Any:
        talks.append(
            SMTP(catcher, hostname="catcher.invalid", ident="catcher", enable_SMTPUTF8=True, loop=loop)
        )
        return talks[-1]

    server = await loop.create_server(talk, sock=sock)
    started.set()
    await stop.wait()
    server.close()
    for one in talks:
        if one.transport is not None:
            one.transport.abort()
    await asyncio.sleep(0)


def bounced(caught: Caught, status: str, text: str, now: Callable[[], datetime]) -> tuple[str, bytes]:
    """Make the notification that a mail taken earlier could not be delivered after all (RFC 3464, RFC 6522).

    Returns the envelope recipient (the mail's own return path) and the bytes.
    """
    from email.message import Message
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText
    from email.utils import format_datetime

    head = caught.file.read_bytes().partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "Mail Delivery System <mailer-daemon@mx.example.net>"
    report["To"] = caught.sender
    report["Subject"] = "Undelivered mail returned to sender"
    report["Date"] = format_datetime(now())
    report["Message-ID"] = f"<bounce.{caught.file.stem.replace('@', '.at.')}@mx.example.net>"
    report["Auto-Submitted"] = "auto-replied"
    told = f"Your mail to {caught.recipient} could not be delivered:\n\n{text}\n"
    report.attach(MIMEText(told, "plain", "utf-8" if not told.isascii() else "us-ascii"))
    about_all, about_one, status_part = Message(), Message(), Message()
    about_all["Reporting-MTA"] = "dns; mx.example.net"
    about_one["Final-Recipient"] = f"rfc822; {caught.recipient}"
    about_one["Action"] = "failed"
    about_one["Status"] = status
    about_one["Diagnostic-Code"] = f"smtp; {text}"
    status_part["Content-Type"] = "message/delivery-status"
    status_part.set_payload([about_all, about_one])
    report.attach(status_part)
    returned = head.replace("\r\n", "\n").replace("\ufffd", "?") + "\n"
    report.attach(MIMEText(returned, "rfc822-headers", "us-ascii"))
    return caught.sender, report.as_bytes().replace(b"\n", b"\r\n")
