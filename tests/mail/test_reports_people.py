"""Mails that people write themselves are no reports, whatever they write about: they have to reach a person."""

from pathlib import Path

import pytest

from newsletter.mail import reports

MAILS = Path(__file__).parent.parent / "mails"


def mail(subject: str, text: str, field: str = "", sender: str = "Ada <ada@example.org>") -> bytes:
    head = f"From: {sender}\r\nTo: chair@lists.example.org\r\nSubject: {subject}\r\n{field}"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


ANSWER = "In-Reply-To: <x@lists.example.org>\r\n"
PEOPLE = {
    "an answer": mail("Re: Meeting 1", "Thanks, I could not come last time, but count me in.", ANSWER),
    "a broken link": mail("Problem with your newsletter", "I cannot open the link, it failed. Ask ben@example.net?"),
    "about a bounce": mail("Undeliverable?", "My mail to ben@example.net was returned to me: user unknown. Any idea?"),
    "wants to leave": mail("unsubscribe", "please remove me"),
    "german": mail("AW: Treffen", "Ich bin dabei! Leider konnte ich nicht früher antworten.", ANSWER),
    "german holidays": mail("Urlaub im September?", "Bin ich zu dumm oder ist der Termin weg?"),
    "holidays": mail("Re: vacation plans", "See you then", ANSWER),
    "absence": mail("Absence on Thursday", "Sorry, I am away until Friday and cannot come."),
    "french": mail("Je ne peux pas venir", "Je n'ai pas pu m'inscrire, retour samedi."),
    "a door": mail("Automatic door at the venue", "The automatic door is broken."),
    "hours": mail("RE: out of office hours", "I can do the talk out of office hours.", ANSWER),
    "chairs": mail("Delivery of the chairs failed", "The chairs could not be delivered, says ben@example.net."),
    "leave": mail("Maternity leave", "I go on maternity leave soon, please pause me."),
    "a new address": mail("Invitation by mail not received", "I was unable to send the form. Please use my new address:\r\n\r\nada@example.net\r\n\r\nAda"),
    "a colleague": mail("Mailing list problem", "Could you add the following address?\r\n\r\nben@example.net\r\n"),
    "a refused talk": mail("Rejected talk proposal", "My proposal has been rejected by the committee.\r\nada@example.org"),
    "a french excuse": mail("Désolée, je n'ai pas pu venir", "Je n'ai pas pu venir jeudi.\r\n\r\nAnne\r\nanne@example.fr"),
    "a sysadmin": mail("Re: Meeting 1", "I come. Please tell the following person: ben@example.net", ANSWER, "IT <sysadmin@firm.example>"),
    "a postmaster": mail("Treffen 1", "Ich konnte nicht früher antworten.", "", "Karl <postmaster@verein.example>"),
    "a firm's name": mail("Re: Treffen", "Ich konnte nicht früher antworten.", ANSWER, "Anna <anna@exchange-firm.example>"),
    "a bounce sent on": mail(
        "Fwd: Undelivered Mail Returned to Sender",
        "Is your address right?\r\n\r\nBegin forwarded message:\r\n\r\nFrom: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\nTo: ada@example.org\r\n\r\n"
        "<chair@lists.example.org>: host said: 550 5.1.1 User unknown",
    ),
    "a title": mail("Re: Treffen", "Ich konnte nicht früher antworten, komme aber gern.", ANSWER, '"Karl Weber, System Administrator" <karl@example.org>'),
    "a quoted mail": mail("Re: Meeting 1", "I come. Please invite the following person too: Ben.\r\n\r\n-----Original Message-----\r\nFrom: Chair\r\nSent: Friday\r\nTo: Ada\r\nSubject: Meeting 1\r\n\r\nHello", ANSWER, "IT <sysadmin@example.org>"),
    "a phone number": mail("Email problem", "I was unable to send my reply. Ada\r\nTel: 01865 412 345"),
    "a room": mail("Mailing list problem", "My colleague in room 404 was not sent the invitation."),
    "a car": mail("Auto: wer nimmt mich mit?", "Fährt jemand mit dem Auto?"),
    "after work": mail("Out of office hours meeting?", "Could we meet out of office hours?"),
    "not at home": mail("Bin am 12. nicht im Haus", "Gibt es einen anderen Termin?"),
    "dutch": mail("Afwezig op 12 juni", "Ik kan helaas niet komen."),
    "automation": mail("Re: Test automation, and a drink before the holidays", "Great!\r\n> This time: test automation in small teams.", ANSWER),
    "a talk": mail("Automated response systems: a talk for September?", "Would that fit?"),
    "by Exchange": mail("Re: A drink before the holidays", "Can I bring two colleagues?", ANSWER + "X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n"),
    "a confirmation": mail("Can you confirm that you got my answer?", "I pressed the button but saw nothing."),
    "a payment": mail("Payment: please confirm receipt", "I have paid the fee."),
    "a topic": mail("Re: The spam complaint desk", "May I bring Ben?", ANSWER, "Ada <ada@outlook.com>"),
    "another newsletter": mail("Newsletter", "words", "Precedence: bulk\r\nList-Id: <a.example.net>\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_no_report(name: str) -> None:
    """R2: words like "could not be delivered" or "away" alone make neither a bounce nor an automatic answer."""
    assert reports.read(PEOPLE[name]).kind == "other"


def test_a_report_that_a_person_sends_on_is_no_report() -> None:
    """RFC 6522: Thunderbird attaches its parts again; the mail's own header does not call itself a report."""
    data = (MAILS / "dsn-postfix-hard-5.1.1.eml").read_bytes()
    sent_on = (
        data.replace(b"From: MAILER-DAEMON@mx.example.net (Mail Delivery System)", b"From: Ben <ben@example.net>")
        .replace(b"Subject: Und", b"Subject: Fwd: Und").replace(b"Auto-Submitted: auto-replied\r\n", b"")
        .replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    )  # fmt: skip

    assert reports.read(data).kind == "hard"
    assert reports.read(sent_on).kind == "other"


@pytest.mark.parametrize(
    "field",
    ["Precedence: junk\r\n", "Return-Path: <>\r\n", "X-Auto-Response-Suppress: All\r\n"],
)
def test_a_second_sign_makes_an_automatic_answer_of_a_vague_subject(field: str) -> None:
    """R1: a subject that people use, too, needs a sign that a machine wrote it."""
    assert reports.read(mail("Urlaub bis 9. Juli", "Ich melde mich danach.", field)).kind == "autoreply"
    assert reports.read(mail("Unser Treffen", "Ich melde mich danach.", "X-Auto-Response-Suppress: All\r\n")).kind == "other"  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "X-Autoreply: yes",
        "X-Autorespond: Meeting 1",
        "Precedence: auto_reply",
        "X-MS-Exchange-Inbox-Rules-Loop: ada@example.org",
        "X-Apple-Action: VACATION",
    ],
)
def test_each_sign_of_a_machine_is_enough(field: str) -> None:
    """R1: RFC 3834 5 and what programs write instead; X-Auto-Response-Suppress alone is none of them."""
    assert reports.read(mail("Re: Meeting 1", "Thank you.", f"{field}\r\n{ANSWER}")).kind == "autoreply"
    assert reports.read(mail("Re: Meeting 1", "Thank you.", "X-Auto-Response-Suppress: All\r\n")).kind == "other"  # fmt: skip


def test_a_vacation_reply_may_quote_what_bounces_say() -> None:
    """R2: null sender, and "550 user unknown" in the text: still somebody who is away, not an address that is gone."""
    field = "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
    away = mail(
        "Out of office: Re: 550 user unknown", "I am away. 550 5.1.1 user unknown is what you get.", field
    )

    assert reports.read(away).kind == "autoreply"


@pytest.mark.parametrize("marked", ["auto-replied", "auto-generated"])
def test_a_delivery_report_that_calls_itself_a_reply_is_a_bounce(marked: str) -> None:
    """R2: Postfix says auto-replied, sendmail auto-generated; both report a failure."""
    text = "The following addresses had permanent fatal errors\r\n<ada@example.org>\r\n550 5.1.1 user unknown"
    sender = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"

    found = reports.read(
        mail("Undelivered Mail Returned to Sender", text, f"Auto-Submitted: {marked}\r\n", sender)
    )

    assert (found.kind, found.recipients) == ("hard", ("ada@example.org",))
