"""The calendar entry that a mail carries for its one reader (RFC 5545; iTIP, RFC 5546; iMIP, RFC 6047).

`icalendar` writes what is the same for everybody, once; the member's own lines are slots and are written, folded and
encoded one by one when a copy is stamped. No member's entry names another member. Times are UTC, so that no time zone
rules travel with the mail.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsletter.compose import header, quoted
from newsletter.compose.frame import Frame, ListFacts, MeetingFacts, reply_address
from newsletter.compose.slots import Slot, Slots
from newsletter.core import errors, tokens

if TYPE_CHECKING:
    import icalendar

PRODUCT = "-//newsletter//newsletter//EN"
LENGTH = timedelta(hours=2)  # of a meeting whose end nobody told
PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED")
ATTENDEE, DTSTAMP, PARTSTAT = "@attendee", "@dtstamp", "@partstat"  # the slots of a member's own lines
# RFC 6068 2: what may stand in a mailto as it is; all else is percent-encoded.
_MAILTO_SAFE = "!$'*+-_~.@"
_LINE = 75  # octets (RFC 5545 3.1)
_SIMPLE = re.compile(r"[A-Za-z0-9 .'-]{1,50}\Z", re.ASCII).match
_SIMPLE_ADDRESS = re.compile(r"[A-Za-z0-9.@_+-]{1,58}\Z", re.ASCII).match


def method(meeting: MeetingFacts, frame: Frame) -> str:
    """What the entry asks of a mail program. Only where replies are read may it ask for one (I3)."""
    if meeting.cancelled:
        return "CANCEL"
    return "REQUEST" if frame.replies else "PUBLISH"


def invitation(meeting: MeetingFacts, frame: Frame, facts: ListFacts, known: Slots) -> list[str | Slot]:
    """The calendar of a mail, LF-terminated lines cut at its slots: DTSTAMP, and the ATTENDEE's where there is one.

    A reply goes to the ORGANIZER, whose address holds our token where the site can take it.
    """
    event = _event(meeting, frame.language, frame.country)
    if frame.base_url:
        # No link of the member's own: calendars are shown to colleagues and families.
        event.add("url", f"{frame.base_url}/")
    lines = _lines(_calendar(method(meeting, frame), event))
    own = [f"DTSTAMP:{known.token(DTSTAMP)}", *_organizer(frame, facts, known)]
    if frame.replies:
        start = "ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;PARTSTAT="
        own.append(f"{start}{known.token(PARTSTAT)}{known.token(ATTENDEE)}")
    end = lines.index("END:VEVENT")
    return known.cut("\n".join([*lines[:end], *own, *lines[end:], ""]))


def feed(title: str, contact: str, language: str, meetings: Sequence[tuple[MeetingFacts, datetime]]) -> bytes:
    """A list's meetings as a calendar to subscribe to: public facts alone. With each comes when it was changed last."""
    events = []
    for meeting, changed in meetings:
        event = _event(meeting, language, "")
        event.add("dtstamp", changed.astimezone(UTC))
        event.add("organizer", f"mailto:{quote(contact, safe=_MAILTO_SAFE)}", {"CN": title})
        events.append(event)
    made = _calendar("PUBLISH", *events)
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("refresh-interval", timedelta(hours=12), {"VALUE": "DURATION"})
    return "\r\n".join([*_lines(made), ""]).encode()


def _calendar(name: str, *events: "icalendar.Event") -> "icalendar.Calendar":
    import icalendar

    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", name)
    for event in events:
        made.add_component(event)
    return made


def _event(meeting: MeetingFacts, language: str, country: str) -> "icalendar.Event":
    import icalendar

    event = icalendar.Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts.astimezone(UTC))
    event.add("dtend", (meeting.ends or meeting.starts + LENGTH).astimezone(UTC))
    event.add("summary", quoted.clean(meeting.title))
    if meeting.place:
        event.add("location", quoted.clean(meeting.place))
    # The time as the group's own clock tells it, for whoever reads the entry in another zone.
    shown = replace(meeting, title="", place="").rows(language, country)
    event.add("description", "\n".join(f"{name}: {quoted.clean(value)}" for name, value in shown))
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _lines(made: "icalendar.Calendar") -> list[str]:
    """The lines of a calendar, folded as ours are."""
    whole = re.sub("\r\n[ \t]", "", made.to_ical().decode()).removesuffix("\r\n")
    return [piece for line in whole.split("\r\n") for piece in fold(line).split("\r\n")]


def _organizer(frame: Frame, facts: ListFacts, known: Slots) -> list[str]:
    """The ORGANIZER's line, folded by hand: a token must stay whole, and counts by its own length."""
    name = _parameter("CN", facts.from_name)
    if not frame.replies:
        return fold(f"ORGANIZER{name}:mailto:{quote(reply_address(facts), safe=_MAILTO_SAFE)}").split("\r\n")
    if not frame.receive:
        return fold(f"ORGANIZER{name}:mailto:{quote(frame.replies, safe=_MAILTO_SAFE)}").split("\r\n")
    token = known.token("token_rsvp")
    whole = f":mailto:{tokens.mailbox(frame.replies, 'rsvp', token)}"
    before, after = whole.split(token)
    if len(whole) - len(token) + tokens.LENGTH < _LINE:
        return [*fold(f"ORGANIZER{name}").split("\r\n"), f" {whole}"]
    pieces = (fold(f"ORGANIZER{name}{before}"), f" {token}", fold(f" {after}"))
    return "\r\n".join(pieces).split("\r\n")


def fold(line: str) -> str:
    """Fold a content line at 75 octets, never inside a character (RFC 5545 3.1)."""
    octets = line.encode()
    if len(octets) <= _LINE:
        return line
    pieces, start, room = [], 0, _LINE
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, _LINE - 1  # the blank of a folded line counts
    return "\r\n ".join(pieces)


def attendee(values: Mapping[str, str], *, octets: bool) -> str:
    """Write the rest of a member's ATTENDEE line, folded and encoded, as it stands alone between soft line breaks.

    With `octets` line ends are octets like any other, as an attachment's are (RFC 2045 6.7).
    """
    name, address = values["name"], values["email"]
    if _SIMPLE(name) and name == name.strip() and _SIMPLE_ADDRESS(address):
        gap = "=0D=0A" if octets else "\r\n"
        return f'{gap} ;CN=3D"{name}"{quoted.SOFT if octets else ""}{gap} :mailto:{address}'
    mailto = f" :mailto:{quote(address.encode('utf-8', 'replace'), safe=_MAILTO_SAFE)}"
    lines = [fold(f" {_parameter('CN', name)}"), fold(mailto)] if name.strip() else [fold(mailto)]
    text = "\r\n" + "\r\n".join(lines)
    return quoted.octets(text) if octets else quoted.encode(text.replace("\r\n", "\n"))


def _parameter(name: str, value: str) -> str:
    """A parameter with its value in quotation marks (RFC 6868: a caret stands before what those cannot hold).

    A backslash is no sign of escape there, but readers take it for one, so that a name has a slash in its place.
    """
    value = header.short(value).replace("\\", "/")
    if not value:
        return ""
    return f';{name}="{value.replace("^", "^^").replace(chr(34), "^" + chr(39))}"'


def partstat(values: Mapping[str, str]) -> str:
    """What the calendar shows as the member's answer so far."""
    found = values.get("partstat") or PARTSTATS[0]
    if found not in PARTSTATS:
        raise errors.InputError("a calendar's answer of a copy is damaged")
    return found


@functools.lru_cache(maxsize=64)
def dtstamp(date: str) -> str:
    """DTSTAMP of a copy: the moment of the mail's own Date (RFC 5322), so that a repeat has the same bytes."""
    return f"{parsedate_to_datetime(date).astimezone(UTC):%Y%m%dT%H%M%SZ}"
