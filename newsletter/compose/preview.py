"""Take a finished mail apart again, to be looked at: subject, text, and HTML with its pictures built in."""

import base64
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reader sees of one copy. `html` needs nothing beside it: pictures are data: addresses in it."""

    subject: str
    html: str
    text: str


def look(copy: bytes) -> Preview:
    """Read a stamped copy as a mail program does."""
    found = email.message_from_bytes(copy, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    html = _content(found, "html")
    for part in found.walk():
        name = str(part.get("Content-ID", "")).strip("<>")
        if name:
            octets = part.get_payload(decode=True)
            data = base64.b64encode(octets if isinstance(octets, bytes) else b"").decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{data}")
    return Preview(str(found["Subject"]), html, _content(found, "plain"))


def _content(found: EmailMessage, subtype: str) -> str:
    part = found.get_body((subtype,))  # type: ignore[arg-type]
    return str(part.get_content()) if part is not None else ""
