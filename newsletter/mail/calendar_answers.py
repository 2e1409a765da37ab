"""Read the answer in a calendar reply (RFC 5546 3.2.3), whatever program wrote it: only a few lines of it matter.

Our own few lines and not a calendar library: the text is a stranger's, and programs differ in all but these properties.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from newsletter.core import clock, texts
from newsletter.mail import calendar_replies, reading

Coming = Literal["yes", "no", "maybe"]
CALENDAR_LIMIT = 200_000  # characters
COMMENT_LIMIT = 500  # characters
_ANSWERS: dict[str, Coming] = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}
_PARTSTAT = re.compile(r";PARTSTAT=\"?([A-Z-]{1,20})", re.IGNORECASE)
_MAILTO = re.compile(r":\"?(?:mailto:)?([^\s\"<>;]{1,320})", re.IGNORECASE)
_REMARK = re.compile(r";X-RESPONSE-COMMENT=(?:\"([^\"]{0,1000})\"|([^;:]{0,1000}))", re.IGNORECASE)
_EMAIL = re.compile(r";EMAIL=\"?([^\s\"<>;:]{1,320}@[^\s\"<>;:]{1,255})", re.IGNORECASE)
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """One attendee's answer. `stamped_at` is UTC ISO text, empty where the reply does not tell; `comment` is the person's."""

    uid: str
    attendee: str
    answer: Coming
    sequence: int
    stamped_at: str
    comment: str = ""


def read(data: bytes) -> CalendarAnswer | None:
    """The answer in a mail's calendar reply, or None: no reply, or a counter-proposal. Raises InputError on a bound."""
    calendar = calendar_replies.part(reading.parse(data))
    return None if calendar is None else _answer(calendar.decode("utf-8", "replace")[:CALENDAR_LIMIT])


def _answer(text: str) -> CalendarAnswer | None:
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()[:2_000]  # RFC 5545 3.1: unfolded
    found: dict[str, str] = {}
    for line in lines:
        name = re.split(r"[:;]", line, maxsplit=1)[0].strip().upper()
        if name in ("METHOD", "UID", "ATTENDEE", "SEQUENCE", "DTSTAMP", "COMMENT"):
            found.setdefault(name, line.strip())
    if _value(found.get("METHOD", "REPLY")).upper() != "REPLY":
        return None
    attendee = found.get("ATTENDEE", "")
    status = _PARTSTAT.search(attendee)
    answer = _ANSWERS.get(status[1].upper()) if status else None
    if answer is None:
        return None
    address = _MAILTO.search(re.sub(r"\"[^\"]*\"", "", attendee))
    sequence = _value(found.get("SEQUENCE", ""))
    return CalendarAnswer(
        uid=_value(found.get("UID", ""))[:300],
        attendee=_address(attendee, unquote(address[1]) if address else ""),
        answer=answer,
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 9 else 0,
        stamped_at=_stamp(_value(found.get("DTSTAMP", ""))),
        comment=(_text(_value(found.get("COMMENT", ""))) or _remark(attendee))[:COMMENT_LIMIT],
    )


def _remark(attendee: str) -> str:
    """What Google and Proton let a person add, as a parameter of the attendee."""
    found = _REMARK.search(attendee)
    return texts.FORBIDDEN.sub("", found[1] or found[2] or "") if found else ""


def _address(attendee: str, value: str) -> str:
    """The attendee's address: of the EMAIL parameter (RFC 7986 6.2) where the value is an id of the calendar's server."""
    found = _EMAIL.search(attendee) if "@" not in value else None
    return found[1] if found else value


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def _text(value: str) -> str:
    """A TEXT value as it was written (RFC 5545 3.3.11), its line breaks as blanks."""
    plain = re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], value)
    return texts.FORBIDDEN.sub("", plain)


def _stamp(value: str) -> str:
    found = _STAMP.match(value)
    try:
        return clock.iso(clock.parse("{}-{}-{}T{}:{}:{}Z".format(*found.groups()))) if found else ""
    except ValueError:
        return ""  # the 31st of February, or the 99th hour
