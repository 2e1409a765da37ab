"""B2: relays and systems return different parts of a mail, so each place that carries our token is enough by itself."""

import pytest

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import returns
from tests.service import inbound

PLACES = (
    "To", "Delivered-To", "X-Original-To", "Envelope-To", "envelope", "Original-Envelope-Id", "ENVID in capitals",
    "Message-ID", "Return-Path", "List-Unsubscribe", "CFBL-Feedback-ID", "In-Reply-To", "global headers", "text",
)  # fmt: skip


def report(outer: list[str], envid: str, returned: list[str], sort: str = "text/rfc822-headers") -> bytes:
    """A delivery report (RFC 3464) with these fields of its own, this ENVID and these fields of the returned mail."""
    lines = [
        "From: MAILER-DAEMON@mx.example.net", *outer, "Subject: Undelivered Mail", "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=cut", "",
        "--cut", "Content-Type: text/plain", "", "Your mail was not delivered.", "",
        "--cut", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.net", *envid.splitlines(), "",
        "Final-Recipient: rfc822; somebody.else@example.net", "Action: failed", "Status: 5.1.1", "",
        "--cut", f"Content-Type: {sort}", "", *returned, "Subject: Meeting 1", "", "--cut--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def by_place(site: sites.Site, message: int, member: int) -> dict[str, tuple[bytes, str]]:
    """For every place a report that holds the token there only, and the envelope's recipient where that is known."""
    token = inbound.token(site, "return", message, member)
    verp = tokens.mailbox(inbound.BOUNCES, "return", token)
    plain = [f"To: {inbound.BOUNCES}"]
    leave = f"<http://127.0.0.1:8000/leave/{inbound.token(site, 'leave', message, member)}>"
    text = f"""From: MAILER-DAEMON@mx.example.net
To: {inbound.BOUNCES}
Subject: failure notice

I wasn't able to deliver your message.

<somebody.else@example.net>:
550 5.1.1 user unknown

--- Below this line is a copy of the message.

Return-Path: <{verp}>
From: chair@lists.example.org
Subject: Meeting 1
"""
    return {
        "To": (report([f"To: {verp}"], "", []), ""),
        "Delivered-To": (report([f"Delivered-To: {verp}", *plain], "", []), ""),
        "X-Original-To": (report([f"X-Original-To: {verp}", *plain], "", []), ""),
        "Envelope-To": (report([f"Envelope-To: {verp}", *plain], "", []), ""),
        "envelope": (report(plain, "", []), verp),
        "Original-Envelope-Id": (report(plain, f"Original-Envelope-Id: {token}", []), ""),
        "ENVID in capitals": (report(plain, f"Original-Envelope-Id: {token.upper()}", []), ""),
        "Message-ID": (report(plain, "", [f"Message-ID: <{token}@lists.example.org>"]), ""),
        "Return-Path": (report(plain, "", [f"Return-Path: <{verp}>"]), ""),
        "List-Unsubscribe": (report(plain, "", [f"List-Unsubscribe:\r\n {leave}"]), ""),
        "CFBL-Feedback-ID": (report(plain, "", [f"CFBL-Feedback-ID: {token[:20]}\r\n {token[20:]}"]), ""),
        "In-Reply-To": (report([*plain, f"In-Reply-To: <{token}@lists.example.org>"], "", []), ""),
        "global headers": (
            report(plain, "", [f"Message-ID: <{token}@lists.example.org>"], "message/global-headers"), "",
        ),
        "text": (text.replace("\n", "\r\n").encode(), ""),
    }  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_enough_to_find_the_member(site: sites.Site, place: str) -> None:
    """All others stripped, the report counts for the member whose token is left, not for whom it names."""
    inbound.member_with_mail(site, "ben@example.net")
    member, message = inbound.member_with_mail(site, "ada@example.org")
    data, recipient = by_place(site, message, member)[place]

    taken = returns.take(site, data, recipient)

    assert taken.done == f"counted for member {member}"
    assert site.store.value("SELECT count(*) FROM bounce WHERE member = ?", (member,)) == 1


def test_with_all_of_them_stripped_it_is_a_hint(site: sites.Site) -> None:
    """B8: a report without any token changes nothing."""
    inbound.member_with_mail(site, "ada@example.org")

    taken = returns.take(site, report([f"To: {inbound.BOUNCES}"], "", ["To: ada@example.org"]))

    assert taken.done == "no token of ours: not counted"
    assert site.store.value("SELECT count(*) FROM bounce") == 0
