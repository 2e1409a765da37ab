"""The calendar parts of mails, read back by `icalendar` and checked by the rows of the standards checklist (I1 to I9)."""

import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.compose import calendar, header, message, stamp
from newsletter.compose.frame import Frame, MeetingFacts
from newsletter.compose.slots import Slots
from newsletter.core import errors
from tests.compose import composing, slow_way
from tests.compose.test_stamp import NAMES

LONDON = ZoneInfo("Europe/London")
MEETING = MeetingFacts(
    "Artificial intelligence, without the sales pitch",
    datetime(2018, 9, 13, 18, tzinfo=LONDON),
    datetime(2018, 9, 13, 19, tzinfo=LONDON),
    "The Parsons; back room, Southampton",
    "Drinks at the Parsons",
    "Größe Müller",
    "Welcome, talk, questions",
    "ai@lists.example.org",
    3,
)
ADDRESSES = [
    "sam.okafor@example.net", "Sam+news@example.net", "a/b=c&d@example.net", "o'neil@example.net", "jörg@example.org",
    "x@xn--bcher-kva.example", "x" * 64 + "@" + "y" * 60 + ".example", "100%@example.net", "?#{}|^`~@example.net",
]  # fmt: skip


def around(meeting: MeetingFacts = MEETING, **changes: object) -> Frame:
    """A frame whose next meeting is known to calendars; its site reads replies."""
    return composing.frame(**{"meeting": meeting, "replies": "bounces@lists.example.org", **changes})


def frozen(frame: Frame) -> message.Message:
    """A recap in that frame, gone through its JSON."""
    made = message.freeze(composing.written(), frame, (composing.ON_SOUTH,))
    return message.Message.from_json(made.to_json())


def mail(frame: Frame, **values: str) -> EmailMessage:
    """One member's mail, read back."""
    return read(composing.copy(frozen(frame), **values))


def read(octets: bytes) -> EmailMessage:
    found = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts(found: EmailMessage) -> tuple[EmailMessage, EmailMessage]:
    """The calendar as an alternative, and as a file."""
    alternative, file = found.iter_parts()
    *_, shown = alternative.iter_parts()
    return shown, file  # type: ignore[return-value]


def octets_of(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def calendar_of(found: EmailMessage) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(octets_of(parts(found)[0]).decode())


def event_of(found: EmailMessage) -> icalendar.Event:
    (event,) = calendar_of(found).walk("VEVENT")
    return event


REQUEST = mail(around())
PUBLISH = mail(around(receive=None, replies=None))
CANCEL = mail(around(replace(MEETING, cancelled=True, sequence=4)))


@pytest.mark.parametrize(
    ("found", "method"), [(REQUEST, "REQUEST"), (PUBLISH, "PUBLISH"), (CANCEL, "CANCEL")]
)
def test_i1_the_method_stands_outside_and_inside(found: EmailMessage, method: str) -> None:
    """I1: text/calendar with the parameters method and charset, and METHOD says the same (RFC 6047 2.4)."""
    shown, _ = parts(found)

    assert shown["Content-Type"] == f'text/calendar; method="{method}"; charset="UTF-8"'
    assert shown.get_param("method") == method
    assert calendar_of(found)["METHOD"] == method
    assert calendar_of(found)["VERSION"] == "2.0"


def test_i2_the_tree_and_the_same_octets_twice() -> None:
    """I2: mixed(alternative(plain, html, calendar), invite.ics), the octets of both calendars the same."""
    shown, file = parts(REQUEST)

    assert [part.get_content_type() for part in REQUEST.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert (file.get_filename(), file.get_content_disposition()) == ("invite.ics", "attachment")
    assert octets_of(shown) == octets_of(file)
    assert octets_of(shown).count(b"\r\n") == octets_of(shown).count(b"\n")


def test_i2_attached_files_come_after_the_invitation(tmp_path) -> None:
    """The chair's own attachments follow invite.ics."""
    (tmp_path / "agenda.txt").write_text("Talk")
    found = composing.written(more='attach = ["agenda.txt"]\n')

    made = read(composing.copy(message.freeze(found, around(folder=tmp_path), (composing.ON_SOUTH,))))

    assert [part.get_filename() for part in made.iter_attachments()] == ["invite.ics", "agenda.txt"]


def test_i3_buttons_only_where_replies_are_read() -> None:
    """I3: without [receive] it is PUBLISH, with no attendee, and the organizer is the list's own address."""
    event = event_of(PUBLISH)

    assert "ATTENDEE" not in event
    assert event["ORGANIZER"] == "mailto:chair@lists.example.org"


def test_i4_that_member_alone_is_the_attendee() -> None:
    """I4: one ATTENDEE, the mailed address, who is asked for an answer."""
    attendee = event_of(REQUEST)["ATTENDEE"]

    assert attendee == "mailto:sam.okafor@example.net"
    assert dict(attendee.params) == {
        "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE", "PARTSTAT": "NEEDS-ACTION", "CN": "Sam Okafor",
    }  # fmt: skip


def test_i4_a_receipt_shows_the_answer() -> None:
    """The value `partstat` of a copy is what the calendar shows; anything but a known one is refused."""
    made = frozen(around())

    assert (
        event_of(read(composing.copy(made, partstat="ACCEPTED")))["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    )
    with pytest.raises(errors.InputError, match="damaged"):
        composing.copy(made, partstat="YES;X=1")


def test_i5_the_organizer_is_our_address_with_a_token() -> None:
    """I5: replies go to the address that takes them, with the member's own token; it is not the attendee."""
    organizer = event_of(REQUEST)["ORGANIZER"]

    assert organizer == f"mailto:bounces+a{composing.TOKEN}@lists.example.org"
    assert organizer.params["CN"] == "South Hants IT group"
    assert organizer != event_of(REQUEST)["ATTENDEE"]


def test_i5_without_plus_addresses_the_organizer_has_no_token() -> None:
    """verp = "none": replies are still asked for, at the plain address."""
    assert event_of(mail(around(receive=None)))["ORGANIZER"] == "mailto:bounces@lists.example.org"


def test_i5_a_long_host_is_folded_around_the_token() -> None:
    """The token stays whole on its line, and the address reads back whole."""
    address = f"bounces@{'lists.' * 20}example.org"

    found = mail(around(receive=address, replies=address))

    assert event_of(found)["ORGANIZER"] == "mailto:" + address.replace("@", f"+a{composing.TOKEN}@")
    assert f"\r\n {composing.TOKEN}\r\n".encode() in octets_of(parts(found)[0])


def test_i6_uid_sequence_and_stamp() -> None:
    """I6: UID and SEQUENCE are the meeting's, DTSTAMP is the mail's Date in UTC; a cancelled one says so under the same UID."""
    event, cancelled = event_of(REQUEST), event_of(CANCEL)

    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("ai@lists.example.org", 3, "CONFIRMED")
    assert event["DTSTAMP"].to_ical() == b"20180702T080000Z"
    assert (cancelled["UID"], cancelled["SEQUENCE"], cancelled["STATUS"]) == (event["UID"], 4, "CANCELLED")


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/London", "2018-03-24 18:00", "20180324T180000Z"),  # the day before the clocks go forward
        ("Europe/London", "2018-03-25 18:00", "20180325T170000Z"),
        ("Europe/London", "2018-10-28 18:00", "20181028T180000Z"),
        ("America/Toronto", "2018-03-10 18:30", "20180310T233000Z"),
        ("America/Toronto", "2018-03-11 18:30", "20180311T223000Z"),
        ("America/Toronto", "2018-11-04 18:30", "20181104T233000Z"),
        ("Asia/Kathmandu", "2018-09-13 17:00", "20180913T111500Z"),
    ],
)
def test_i7_times_are_utc_and_agree_with_the_text(zone: str, local: str, utc: str) -> None:
    """I7: what the text says on the list's clock is the moment in the calendar, over clock changes too."""
    starts = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    found = mail(around(replace(MEETING, starts=starts, ends=None), zone=zone))

    event = event_of(found)
    assert event["DTSTART"].to_ical().decode() == utc
    assert event["DTEND"].dt - event["DTSTART"].dt == calendar.LENGTH
    assert local[11:] in composing.part(found.as_bytes(), "plain")
    assert not calendar_of(found).walk("VTIMEZONE")


def test_i8_lines_are_folded_and_escaped() -> None:
    """I8: 75 octets a line, cut between characters, CRLF; backslash, comma, semicolon and line break escaped."""
    title = "Größe, Maß; \\ und " + "ü" * 120
    found = mail(around(replace(MEETING, title=title)), name="Ä" * 90)

    octets = octets_of(parts(found)[0])
    assert max(map(len, octets.split(b"\r\n"))) <= 75
    assert all(line.decode() for line in octets.split(b"\r\n")[:-1])
    assert b"SUMMARY:Gr\xc3\xb6\xc3\x9fe\\, Ma\xc3\x9f\\; \\\\ und" in octets
    assert event_of(found)["SUMMARY"] == title
    assert event_of(found)["DESCRIPTION"] == (
        "When: Thursday 13 September 2018, 18:00 to 19:00\nThen: Drinks at the Parsons\n"
        "Speaker: Größe Müller\nAgenda: Welcome, talk, questions"
    )


def test_i9_the_text_tells_all_of_it() -> None:
    """I9: whoever's program shows no calendar reads date, place and the link to answer."""
    text = composing.part(REQUEST.as_bytes(), "plain")

    assert "Thursday 13 September 2018, 18:00 to 19:00" in text
    assert "The Parsons; back room, Southampton" in text
    assert f"https://lists.example.org/rsvp/{composing.TOKEN}" in text


def test_i9_the_plain_link_to_the_feed_stands_in_text_and_page() -> None:
    """I9: where the list's meetings are public, the mail leads to their calendar; the entry itself has no personal link."""
    found = mail(around(lists=(replace(composing.SOUTH, feed=True),)))
    octets = found.as_bytes()

    for kind in ("plain", "html"):
        assert "https://lists.example.org/calendar/south-hants-it.ics" in composing.part(octets, kind)
    assert event_of(found)["URL"] == "https://lists.example.org/"
    assert "/calendar/" not in composing.part(REQUEST.as_bytes(), "plain")


def test_a_message_about_no_meeting_has_no_calendar() -> None:
    """A recap without a next meeting is what it was: alternative(plain, html)."""
    found = message.freeze(composing.written(meeting=False), composing.frame(), (composing.ON_SOUTH,))

    assert read(composing.copy(found)).get_content_type() == "multipart/alternative"


STAMP = stamp.Stamp(frozen(around()), 0)


@settings(max_examples=200)
@given(st.one_of(st.sampled_from(NAMES), st.text(max_size=120)), st.sampled_from(ADDRESSES))
@example("x" * 10_000, ADDRESSES[0])
@example('Ann "Bob" O\'Neil, ^n;:^', ADDRESSES[1])
@example("Ann \\: \\, \\\\", ADDRESSES[1])
def test_what_is_stamped_reads_back_as_meant(name: str, address: str) -> None:
    """For names in every script and odd addresses: both parts hold the same octets, and `icalendar` reads what was meant."""
    found = read(STAMP.copy(composing.values(name=name, email=address)))

    shown, file = parts(found)
    event, attendee = event_of(found), event_of(found)["ATTENDEE"]
    octets = octets_of(shown)
    assert octets == octets_of(file)
    assert max(map(len, octets.split(b"\r\n"))) <= 75
    assert max(map(len, found.as_bytes().split(b"\n"))) <= 998
    assert unquote(attendee) == f"mailto:{address}"
    assert attendee.params.get("CN", "") == slow_way.line(name, 100).replace("\\", "/")
    assert set(attendee.params) - {"CN"} == {"ROLE", "RSVP", "PARTSTAT"}
    assert [name for name, _ in event.property_items()].count("ATTENDEE") == 1
    assert event["SUMMARY"] == MEETING.title


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=150), st.text(max_size=80))
def test_facts_of_any_script_read_back(title: str, place: str, sender: str) -> None:
    """A meeting's words and the list's name come back as written, but for what no value may hold."""
    facts = replace(composing.SOUTH, from_name=sender)
    frame = around(replace(MEETING, title=title, place=place), lists=(facts,))
    known = Slots("f" * 64)

    pieces = calendar.invitation(frame.meeting, frame, facts, known)  # type: ignore[arg-type]
    text = "".join(piece if isinstance(piece, str) else _filled(piece.name) for piece in pieces)

    (event,) = icalendar.Calendar.from_ical(text.replace("\n", "\r\n")).walk("VEVENT")
    assert event["SUMMARY"] == slow_way.clean(title)
    assert event.get("LOCATION", "") == slow_way.clean(place)
    assert event["ORGANIZER"].params.get("CN", "") == header.short(sender).replace("\\", "/")
    assert max(len(line.encode()) for line in text.split("\n")) <= 75


def _filled(name: str) -> str:
    return {
        "@dtstamp": "20180702T080000Z", "@partstat": "NEEDS-ACTION", "@attendee": "\n :mailto:a@b.org",
        "token_rsvp": composing.TOKEN,
    }[name]  # fmt: skip


def test_a_feed_is_public_and_stable() -> None:
    """PUBLISH, no attendee, the cancelled one marked; the same meetings give the same octets."""
    changed = datetime(2018, 6, 29, 8, tzinfo=UTC)
    meetings = [(MEETING, changed), (replace(MEETING, uid="b@x.org", cancelled=True), changed)]

    octets = calendar.feed("South Hants IT", "chair@lists.example.org", "en", meetings)

    made = icalendar.Calendar.from_ical(octets)
    assert made["METHOD"] == "PUBLISH"
    assert [event["STATUS"] for event in made.walk("VEVENT")] == ["CONFIRMED", "CANCELLED"]
    assert b"ATTENDEE" not in octets
    assert octets == calendar.feed("South Hants IT", "chair@lists.example.org", "en", meetings)
    assert max(map(len, octets.split(b"\r\n"))) <= 75


def test_no_shape_shares_a_slot_with_the_calendar() -> None:
    """Fields that a list must have are asked of nobody because of a calendar."""
    made = frozen(around())

    assert not [name for name in made.fields if name.startswith("@")]
    assert "rsvp" in made.purposes
