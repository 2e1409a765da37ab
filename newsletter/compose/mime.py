"""The bytes of a mail but for its slots: header fields by mail class, parts, boundaries, encodings.

What comes out is a list fixed, slot, fixed, ..., fixed of ASCII text with CRLF, ready to be frozen.
Sources: RFC 5322 (fields), 2045 to 2047 (parts), 2369, 2919 and 8058 (lists), 3834 (automatic mail), 9477 (complaints).
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsletter.compose import calendar, header, pictures, quoted
from newsletter.compose.frame import Frame, ListFacts, Shape, leave_mailto
from newsletter.compose.slots import Slot, Slots
from newsletter.core import words


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail as its reader sees it, slots still as tokens."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Outside:
    """What a mail's header says that its text does not: class, a name for the provider's statistics."""

    mail_class: words.MailClass
    kind: str
    edition: str


def skeleton(
    composed: Composed,
    outside: Outside,
    frame: Frame,
    shape: Shape,
    known: Slots,
    files: tuple[Sequence[pictures.File], Sequence[pictures.File]],
) -> list[str | Slot]:
    """Build the whole mail. `files` are pictures and attachments; their octets are slots of kind blob."""
    shown, attached = files
    body = _text_part("plain", known.cut(composed.text), "text")
    page = _text_part("html", known.cut(composed.html), "html")
    boundary = "=_" + known.prefix[2:] + "_"
    if shown:
        parts = [page, *(_picture(file, number, frame) for number, file in enumerate(shown))]
        page = _multipart('related; type="text/html"', boundary + "r", parts)
    entry, entry_file = _calendar(frame, frame.list_of(shape.lists[0]), known)
    whole = _multipart("alternative", boundary + "a", [body, page, *entry])
    more = [*entry_file, *(_attachment(file, number) for number, file in enumerate(attached, len(shown)))]
    if more:
        whole = _multipart("mixed", boundary + "m", [whole, *more])
    return _joined([*_head(composed.subject, outside, frame, shape, known), "MIME-Version: 1.0\r\n", *whole])


def content_id(name: str, number: int, frame: Frame) -> str:
    """The name under which the HTML part finds a picture (RFC 2392)."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name)
    return f"{number}.{stem}@{_domain(frame.lists[0].from_address)}"


def _head(subject: str, outside: Outside, frame: Frame, shape: Shape, known: Slots) -> list[str | Slot]:
    facts = frame.list_of(shape.lists[0])
    domain = _domain(facts.from_address)
    returning, occasion = known.token("token_return"), known.token("@occasion")
    lines = [
        f"From: {header.mailbox(facts.from_name, facts.from_address, 6)}\r\n",
        f"To: {known.token('@to')}\r\n",
        f"Subject: {_subject(subject, known)}\r\n",
        f"Date: {known.token('date')}\r\n",
        # Folded by the width of the usual id; the rare occasion is a digit or two more.
        header.field("Message-ID", f"<{returning}@{domain}>").replace(returning, returning + occasion),
    ]
    if facts.reply_to:
        lines.append(f"Reply-To: {facts.reply_to}\r\n")
    if outside.mail_class in ("M", "S"):
        lines += _list_fields(outside, frame, facts, known)
    else:
        lines.append("Auto-Submitted: auto-generated\r\n")
    lines.append(f"Content-Language: {frame.language}\r\n")
    kinds = {"@to": "to", "@subject": "subject", "@occasion": "occasion"}
    return [
        Slot(piece.name, piece.fallback, kinds.get(piece.name, "raw")) if isinstance(piece, Slot) else piece
        for piece in known.cut("".join(lines))
    ]


def _subject(subject: str, known: Slots) -> str:
    """A subject without fields is encoded now; one with fields when its member is known."""
    return known.token("@subject") if known.holds_token(subject) else header.unstructured(subject, 9)


def _list_fields(outside: Outside, frame: Frame, facts: ListFacts, known: Slots) -> list[str]:
    leave = known.token("token_leave")
    by_mail = leave_mailto(frame, facts, leave)
    contact = f"mailto:{frame.contact}"
    lines = [
        _list_id(facts.title, f"{facts.slug}.{frame.list_host or _domain(facts.from_address)}"),
        header.uris("List-Help", *([f"{frame.base_url}/"] if frame.base_url else []), contact),
        header.uris("List-Owner", contact),
        "List-Post: NO\r\n",
    ]
    if frame.base_url:
        # RFC 8058 3.1: one https URI, first; the Post field says that a POST to it is all it takes.
        lines += [
            header.uris("List-Unsubscribe", f"{frame.base_url}/leave/{leave}", by_mail),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            header.uris("List-Subscribe", f"{frame.base_url}/join/{facts.slug}"),
        ]
        if facts.archive:
            lines.append(header.uris("List-Archive", f"{frame.base_url}/archive/{facts.slug}/"))
    else:
        lines.append(header.uris("List-Unsubscribe", by_mail))
    lines += [
        "Precedence: list\r\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        _feedback(outside, facts),
        *_complaint_fields(frame, facts, known),
    ]
    return lines


def _complaint_fields(frame: Frame, facts: ListFacts, known: Slots) -> list[str]:
    """Where a provider may report complaints (RFC 9477): only an address at or below the From domain counts."""
    own = _domain(facts.from_address)
    theirs = _domain(frame.receive or "")
    if not frame.receive or not (theirs == own or theirs.endswith("." + own)):
        return []
    return [
        f"CFBL-Address: {frame.receive}; report=arf\r\n",
        header.field("CFBL-Feedback-ID", known.token("token_return")),
    ]


def _list_id(title: str, label: str) -> str:
    """Write List-Id (RFC 2919 3): the title only where it is ASCII, as the field never holds an encoded-word."""
    plain = title.replace("\\", "").replace('"', "")
    if not plain.isascii() or not plain.isprintable() or "=?" in plain or len(plain) > 60:
        return f"List-Id: <{label}>\r\n"
    gap = " " if len(plain) + len(label) + 14 <= 78 else header.FOLD
    return f'List-Id: "{plain}"{gap}<{label}>\r\n'


def _feedback(outside: Outside, facts: ListFacts) -> str:
    """Write Feedback-ID, which Gmail counts complaints by: the edition's name is cut where the line would be too long."""
    rest = f":{facts.slug}:{outside.kind}:{_sender_id(facts)}"
    room = max(78 - len("Feedback-ID: ") - len(rest), 10)
    edition = re.sub(r"[^A-Za-z0-9-]+", "-", outside.edition)[:room].strip("-") or "mail"
    return f"Feedback-ID: {edition}{rest}\r\n"


def _sender_id(facts: ListFacts) -> str:
    """Gmail's SenderId: 5 to 15 characters, the same for all mail of a sender; never an address or a token."""
    return (re.sub(r"[^a-z0-9]+", "", _domain(facts.from_address).lower()) + "lists")[:15]


def _text_part(subtype: str, cut: list[str | Slot], kind: str) -> list[str | Slot]:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return [head, *quoted.pieces(cut, kind)]


Parts = list[list[str | Slot]]


def _calendar(frame: Frame, facts: ListFacts, known: Slots) -> tuple[Parts, Parts]:
    """The meeting's calendar entry, as the last and richest of the alternatives and as a file for who has no use for that
    (I2): the same octets twice. Nothing of both where the message is about no meeting."""
    if frame.meeting is None or not frame.meeting.uid:
        return [], []
    cut = calendar.invitation(frame.meeting, frame, facts, known)
    head = (
        f"Content-Type: text/calendar; method={calendar.method(frame.meeting, frame)}; charset=UTF-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    file_head = (
        'Content-Type: application/ics; name="invite.ics"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        'Content-Disposition: attachment; filename="invite.ics"\r\n\r\n'
    )
    part = [head, *_kinds(quoted.pieces(cut, "attendee"))]
    file = [file_head, *_kinds(quoted.pieces(cut, "attendee-octets", _file_octets))]
    return [part], [file]


def _file_octets(text: str) -> str:
    return quoted.octets(text.replace("\n", "\r\n"))


def _kinds(pieces: list[str | Slot]) -> list[str | Slot]:
    """What is short and plain in a calendar is written as it is, in either encoding."""
    plain = {calendar.DTSTAMP: "dtstamp", calendar.PARTSTAT: "partstat", "token_rsvp": "raw"}
    return [
        Slot(piece.name, kind=plain.get(piece.name, piece.kind)) if isinstance(piece, Slot) else piece
        for piece in pieces
    ]


def _picture(file: pictures.File, number: int, frame: Frame) -> list[str | Slot]:
    head = (
        f"Content-Type: {file.type}; name={file.name}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{content_id(file.name, number, frame)}>\r\n"
        f"Content-Disposition: inline; filename={file.name}\r\n\r\n"
    )
    return [head, Slot(str(number), kind="blob")]


def _attachment(file: pictures.File, number: int) -> list[str | Slot]:
    charset = "; charset=utf-8" if file.type.startswith("text/") else ""
    head = (
        f"Content-Type: {file.type}{charset}; name={file.name}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename={file.name}\r\n\r\n"
    )
    return [head, Slot(str(number), kind="blob")]


def blob(data: bytes) -> str:
    """Write octets as base64 lines of 76 characters with CRLF (RFC 2045 6.8)."""
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def _multipart(kind: str, boundary: str, parts: list[list[str | Slot]]) -> list[str | Slot]:
    """Join parts. No part can hold the boundary: it has "=_", which neither quoted-printable nor base64 writes."""
    subtype, _, more = kind.partition("; ")
    done: list[str | Slot] = [
        f'Content-Type: multipart/{subtype}; boundary="{boundary}"{";" + header.FOLD + more if more else ""}\r\n\r\n'
    ]
    for part in parts:
        done += [f"--{boundary}\r\n", *part, "\r\n"]
    return [*done, f"--{boundary}--\r\n"]


def _joined(pieces: Sequence[str | Slot]) -> list[str | Slot]:
    """Join neighbouring fixed pieces, so that fixed and slot alternate and a fixed piece stands at both ends."""
    done: list[str | Slot] = [""]
    for piece in pieces:
        last = done[-1]
        if isinstance(piece, Slot):
            done += [piece, ""]
        elif isinstance(last, str):
            done[-1] = last + piece
    return done


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
