"""Answers that calendar programs send for people (RFC 5546 3.2.3, RFC 6047): Google's, Outlook's, Apple's shapes.

A reply stands in a text/calendar part, or only in an attachment that calls itself anything at all.
"""

import re
from email.message import Message

from newsletter.mail import reading, verdicts

_LIMIT = 65_536  # octets of a calendar that are looked at
_TYPES = (
    "text/calendar",
    "application/ics",
    "application/octet-stream",
    "text/x-vcalendar",
    "application/calendar",
)
_METHOD = re.compile(r"^METHOD[^:\n]{0,60}:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = ("REPLY", "COUNTER")


def find(message: Message) -> verdicts.Report | None:
    """Tell whether the mail carries somebody's answer to an invitation. COUNTER proposes another time (RFC 5546 3.2.7)."""
    if part(message) is None:
        return None
    return verdicts.Report("calendar-reply", reason=verdicts.clean(reading.subject(message)))


def part(message: Message) -> bytes | None:
    """The calendar of the reply, its transfer encoding undone; None when the mail carries none."""
    for one in reading.own_parts(message):
        if one.get_content_type() in _TYPES or _name(one).endswith((".ics", ".vcs")):
            payload = one.get_payload(decode=True)
            if isinstance(payload, bytes) and _method(one, payload[:_LIMIT]) in _ANSWERS:
                return payload[:_LIMIT]
    return None


def _name(one: Message) -> str:
    try:
        return str(one.get_filename() or "").lower()
    except (LookupError, ValueError):
        return ""


def _method(one: Message, calendar: bytes) -> str:
    """The method inside the calendar; the parameter of the part only when the calendar has none (RFC 6047 2.4)."""
    text = reading.decoded(calendar, "utf-8")
    found = _METHOD.search(text)
    if found:
        return found[1].upper()
    stated = str(one.get_param("method") or "").upper()
    return stated if one.get_content_type() == "text/calendar" else ""
