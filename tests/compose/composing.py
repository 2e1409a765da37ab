"""What the tests of composing share: a frame, editions, values, and a mail read back from its bytes."""

import email
import email.policy
import struct
import zlib
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from newsletter import shipped
from newsletter.compose import content, edition, message, stamp
from newsletter.compose.frame import Frame, ListFacts, Shape

SOUTH = ListFacts(
    "south-hants-it",
    "South Hants IT",
    "South Hants IT group",
    "chair@lists.example.org",
    None,
    True,
    ("company",),
)
BOARD = ListFacts("board", "The board", "The board", "board@lists.example.org", "office@example.org")
ON_SOUTH = Shape(("south-hants-it",))
FIRST = Shape(("south-hants-it",), "attested", True)
TOKEN = "mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dz"

FRONT = """\
+++
kind = "{kind}"
subject = "{subject}"
preheader = "What we talked about in June, and when we meet next."
+++
"""
MEETING = """\
[next_meeting]
title = "Artificial intelligence, without the sales pitch"
starts = 2018-09-13T18:00:00
ends = 2018-09-13T19:00:00
place = "Southampton"
then = "Drinks at the Parsons"
"""
BODY = """\
Dear {{ first_name | "friend" }},

eight of us met, and it was *good*. See [the notes](https://example.org/notes).

## What we did

* One thing, with {{ name }}
* Another, [slides](later:2018-07-10)

| Who     | How many |
|---------|---------:|
| clients |       30 |
| vendors |       15 |
"""


def frame(**changes: Any) -> Frame:
    """The facts of the South Hants IT group, on a server with pages and returned mail."""
    plain = Frame(
        site="South Hants IT group",
        contact="chair@example.org",
        lists=(SOUTH,),
        templates=(shipped.folder("templates"),),
        zone="Europe/London",
        language="en",
        country="GB",
        postal_address="1 High Street\nSouthampton",
        base_url="https://lists.example.org",
        receive="bounces@lists.example.org",
    )
    return replace(plain, **changes)


def written(
    body: str = BODY,
    *,
    kind: str = "recap",
    subject: str = "Meeting 1: a good debate",
    meeting: bool = True,
    more: str = "",
) -> edition.Edition:
    """An edition for the South Hants IT list."""
    front = FRONT.format(kind=kind, subject=subject)
    if more or meeting:
        front = front[:-4] + more + (MEETING if meeting else "") + "+++\n"
    return edition.read(front + body, "2018-06-29-meeting-1.md", "south-hants-it")


def with_meeting(found: edition.Edition, around: Frame) -> Frame:
    """The frame with the facts of the edition's own next meeting."""
    return replace(around, meeting=content.meeting_facts(found, around))


def frozen(
    found: edition.Edition | None = None, around: Frame | None = None, *shapes: Shape
) -> message.Message:
    """A frozen message, gone through its JSON as in the store."""
    found = found or written()
    around = with_meeting(found, around or frame())
    return message.Message.from_json(message.freeze(found, around, shapes or (ON_SOUTH,)).to_json())


def answer(
    template: str, mail_class: Any = "T", around: Frame | None = None, **values: Any
) -> message.Message:
    """A frozen mail that is a template alone."""
    shape = Shape(("south-hants-it",), "self")
    return message.freeze_answer(template, mail_class, around or frame(), (shape,), values)


def values(**changes: str) -> dict[str, str]:
    """One member's values, with a token for every purpose."""
    purposes = ("leave", "undo", "me", "fresh", "confirm", "block", "rsvp", "return")
    plain = {
        "email": "sam.okafor@example.net",
        "name": "Sam Okafor",
        "first_name": "Sam",
        "company": "Acme",
        "since": "29 June 2018",
        "source": "sign-up sheet of 28 June 2018",
        "receipt": "2-0bed46b52de41dd8",
        "answer": "yes, I come; guests: 2",
        "new_address": "n****@example.com",
        "date": "Mon, 02 Jul 2018 09:00:00 +0100",
        **{f"token_{purpose}": TOKEN for purpose in purposes},
    }
    return plain | changes


def copy(frozen_message: message.Message, shape: Shape | int = 0, **changes: str) -> bytes:
    """One member's bytes."""
    return stamp.Stamp(frozen_message, shape).copy(values(**changes))


def parsed(octets: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    found = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def part(octets: bytes, subtype: str) -> str:
    """The decoded text or HTML part of a mail."""
    found = parsed(octets).get_body((subtype,))  # type: ignore[arg-type]
    assert found is not None
    return str(found.get_content())


def png(width: int = 800, height: int = 4, padding: int = 0) -> bytes:
    """A picture, made bigger by `padding` octets."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x1d\x4e\xd8" * width) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress(rows))
        + b"\0" * padding
        + chunk(b"IEND", b"")
    )


def folder_with(folder: Path, **files: bytes) -> Path:
    """Write files (room_png=... becomes room.png) into a folder."""
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder
