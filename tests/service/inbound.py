"""What the tests of inbound mail share: a member who was sent a mail, and mails that come back, written out."""

from newsletter import site as sites
from newsletter.core import tokens
from tests.people import add_member, add_message

BOUNCES = "bounces@lists.example.org"


def member_with_mail(site: sites.Site, address: str, *slugs: str) -> tuple[int, int]:
    """A member of these lists who was sent one mail; return member and message."""
    lists = slugs or ("south-hants-it",)
    member = add_member(site, address, *lists, name="Ada Byron")
    return member, sent_mail(site, member, *lists)


def sent_mail(site: sites.Site, member: int, *slugs: str) -> int:
    """One more mail that went out to a member just now; return its message."""
    message = add_message(site, *(slugs or ("south-hants-it",)))
    with site.store.write():
        site.store.execute(
            "INSERT INTO delivery (message, member, list, address, state, changed_at) VALUES (?,?,1,'x','sent',?)",
            (message, member, site.clock.iso()),
        )
    return message


def token(site: sites.Site, purpose: tokens.Purpose, message: int, member: int) -> str:
    return site.tokens.make(purpose, message, member)


def to(site: sites.Site, purpose: tokens.Purpose, message: int, member: int) -> str:
    """Our address with a token of that purpose."""
    return tokens.mailbox(BOUNCES, purpose, token(site, purpose, message, member))


def mail(sender: str, recipient: str, subject: str, text: str, *fields: str) -> bytes:
    """A plain mail of a person; `fields` are more header lines."""
    head = [f"From: {sender}", f"To: {recipient}", f"Subject: {subject}", *fields]
    head += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return "\r\n".join([*head, "", text, ""]).encode()


def complaint(*returned: str, sort: str = "abuse", fields: tuple[str, ...] = ()) -> bytes:
    """A feedback report (RFC 5965) with the header that it returns; the recipient is redacted."""
    lines = [
        "From: Provider feedback <feedback@arf.mail.example.net>",
        f"To: {BOUNCES}",
        "Subject: complaint about message",
        *fields,
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="cut"',
        "",
        "--cut",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "This is an email abuse report.",
        "",
        "--cut",
        "Content-Type: message/feedback-report",
        "",
        f"Feedback-Type: {sort}",
        "User-Agent: Example/1.0",
        "Version: 1",
        "",
        "--cut",
        "Content-Type: text/rfc822-headers",
        "",
        *returned,
        "Subject: Meeting 1",
        "",
        "--cut--",
        "",
    ]
    return "\r\n".join(lines).encode()


def calendar_reply(
    recipient: str, uid: str, attendee: str, answer: str = "ACCEPTED", sequence: int = 0,
    stamp: str = "20180629T080000Z", method: str = "REPLY",
) -> bytes:  # fmt: skip
    """A calendar's reply in the shape of Google's: alternative parts, marked as automatic."""
    calendar = [
        "BEGIN:VCALENDAR", "PRODID:-//Example//Calendar//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT",
        "DTSTART:20180913T170000Z", f"DTSTAMP:{stamp}", f"UID:{uid}",
        f'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN="Ada: B\r\n yron":mailto:{attendee}',
        f"SEQUENCE:{sequence}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    lines = [
        "From: Ada <ada@example.org>", f"To: {recipient}", "Subject: Accepted: Meeting 2",
        "Auto-Submitted: auto-generated", "Sender: Calendar <calendar-notification@example.com>",
        "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=cal", "",
        "--cal", "Content-Type: text/plain", "", "Ada has accepted.", "",
        "--cal", f"Content-Type: text/calendar; charset=UTF-8; method={method}", "", *calendar, "",
        "--cal--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()
