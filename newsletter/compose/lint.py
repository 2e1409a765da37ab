"""What is wrong with an edition before it goes out: errors stop a send (--allow RULE passes one), warnings are shown."""

import difflib
import email
import email.policy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from newsletter.compose import catalogue, edition, fields, markdown, weekdays
from newsletter.compose.frame import Frame, leave_link
from newsletter.compose.message import Message
from newsletter.compose.slots import Slot, Slots

Level = Literal["error", "warning"]
RULES = (
    "weekday", "meeting-past", "link-scheme", "link-honest", "link-text", "image-alt", "mail-size", "unknown-field",
    "postal-address", "subject-length", "subject-style", "preheader", "links-follow", "empty", "leave-link",
    "next-meeting", "replies", "placeholder", "meeting-cancelled", "question-closed", "personal-link",
)  # fmt: skip
# Where a law wants a postal address in every mail of this kind (CAN-SPAM, CASL, UWG with DDG).
_ADDRESS_COUNTRIES = ("US", "CA", "DE")
_SIZE_ERROR, _SIZE_WARNING = 100 * 1024, 80 * 1024  # Gmail cuts a mail off at about 102 KB of HTML
_PHONE_SUBJECT = 60  # characters that a phone shows of a subject, generously
_PREHEADER = range(35, 161)
_VAGUE = frozenset(
    "click here|here|click|more|read more|learn more|link|this link|this|details|hier|klicken sie hier|mehr|mehr lesen|"
    "weiterlesen|ici|cliquez ici|plus|en savoir plus|lire la suite".split("|")
)
_PLACEHOLDER = re.compile(r"\[\[(?!\[)(.{1,300}?)\]\]", re.DOTALL)  # what a draft leaves to the chair
_LEFT_OPEN = re.compile(r"(?m)^[ \t]*(?:\.\.\.|…)[ \t]*$")
# A path of ours with a token in it opens or changes something for one person.
_PERSONAL = re.compile(r"(?i)/[a-z2-7]{40}(?:/|$)")
_HOST = re.compile(r"(?i)(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#:]|$)").match
_NO_REPLY = re.compile(r"(?i)no-?reply|do-?not-?reply").match


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: how grave, by which rule, where it is, and what to do."""

    level: Level
    rule: str
    where: str
    text: str


def findings(written: edition.Edition, frame: Frame, message: Message, now: datetime) -> list[Finding]:
    """Judge an edition and the message made of it, errors first. `now` is aware."""
    known = Slots("0" * 16)
    document = markdown.parse(
        written.body, written.name, written.body_line, frame.language, frame.country, known
    )
    found = [
        *_weekdays(written, frame, now),
        *_meeting(written, frame, now),
        *_question(written, frame, now),
        *_links(document, written.name),
        *_personal_links(document, written.name, frame),
        *_pictures(document, written.name),
        *_fields(written, frame),
        *_subject(written),
        *_body(written, document),
        *_placeholders(written),
        *_message(message, frame, written.name),
        *_sender(frame),
    ]
    return sorted(found, key=lambda finding: finding.level)


def _weekdays(written: edition.Edition, frame: Frame, now: datetime) -> Iterator[Finding]:
    places = [
        ("subject", 0, written.subject),
        ("preheader", 0, written.preheader),
        ("", written.body_line, written.body),
    ]
    if frame.meeting is not None:
        places += [
            (f"next meeting, {key}", 0, getattr(frame.meeting, key)) for key in ("title", "place", "then")
        ]
    places += _openings(written)
    # A date without a year is most likely one around the next meeting.
    near = frame.meeting.starts.date() if frame.meeting else now.date()
    for key, line, text in places:
        for misfit in weekdays.misfits(text, near):
            where = key or f"line {line + text.count(chr(10), 0, misfit.start)}"
            right = catalogue.day(misfit.day, frame.language, frame.country, weekday=True)
            yield Finding(
                "error", "weekday", f"{written.name}, {where}", f"'{misfit.text}' does not fit: it is {right}"
            )


def _openings(written: edition.Edition) -> list[tuple[str, int, str]]:
    """The openings of an edition that follows another, as places with a text."""
    found = written.follows
    return [("came", 0, found.came), ("missed", 0, found.missed)] if found else []


def _meeting(written: edition.Edition, frame: Frame, now: datetime) -> Iterator[Finding]:
    where = f"{written.name}, next_meeting"
    if frame.meeting is not None and frame.meeting.starts < now:
        day = catalogue.when(frame.meeting.starts, None, frame.language, frame.country)
        yield Finding("error", "meeting-past", where, f"it starts in the past: {day}")
    if frame.meeting is not None and frame.meeting.cancelled:
        yield Finding("error", "meeting-cancelled", where, "the meeting is cancelled")
    if written.kind == "invitation" and written.next_meeting is None:
        yield Finding(
            "warning", "next-meeting", where, "an invitation without a [next_meeting] has no date to answer"
        )


def _question(written: edition.Edition, frame: Frame, now: datetime) -> Iterator[Finding]:
    if frame.question is not None and frame.question.closes <= now:
        day = catalogue.when(frame.question.closes, None, frame.language, frame.country)
        yield Finding(
            "error", "question-closed", f"{written.name}, question", f"'{written.question}' closed: {day}"
        )


def _links(document: markdown.Document, name: str) -> Iterator[Finding]:
    for link in document.links:
        where = f"{name}, line {link.line}"
        parts = urlsplit(link.href)
        if parts.scheme not in ("https", "mailto") or (parts.scheme == "https" and not parts.hostname):
            yield Finding(
                "error", "link-scheme", where, f"'{link.href[:80]}' is neither https:// nor mailto:"
            )
        shown = _HOST(link.text.strip())
        if shown and parts.hostname and _bare(shown[1]) != _bare(parts.hostname):
            yield Finding(
                "error",
                "link-honest",
                where,
                f"the words show {shown[1]}, the link leads to {parts.hostname}",
            )
        if not link.text.strip():
            yield Finding("error", "link-text", where, f"the link to {link.href[:80]} has no words")
        elif link.text.strip(" .!»→").lower() in _VAGUE:
            yield Finding("warning", "link-text", where, f"'{link.text}' does not say where the link leads")
    for link in document.later:
        where = f"{name}, line {link.line}"
        yield Finding("warning", "links-follow", where, f"the link for '{link.text}' is still to come")


def _personal_links(document: markdown.Document, name: str, frame: Frame) -> Iterator[Finding]:
    """A link out of the chair's own mail would let every reader act as the chair."""
    for link in document.links:
        if (
            frame.base_url
            and link.href.startswith(frame.base_url)
            and _PERSONAL.search(urlsplit(link.href).path)
        ):
            where = f"{name}, line {link.line}"
            text = (
                f"the link for '{link.text}' is one person's own: whoever gets this mail could act for them"
            )
            yield Finding("error", "personal-link", where, text)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def _pictures(document: markdown.Document, name: str) -> Iterator[Finding]:
    for picture in document.pictures:
        if not picture.alt.strip():
            where = f"{name}, line {picture.line}"
            yield Finding(
                "error",
                "image-alt",
                where,
                f"{picture.src} has no description: write ![what it shows]({picture.src})",
            )


def _fields(written: edition.Edition, frame: Frame) -> Iterator[Finding]:
    """A field must be known to every list of the edition: a member has it only through a list."""
    of_lists = [set(facts.fields) for facts in frame.lists]
    known = ("name", "first_name", "email", *sorted(set.intersection(*of_lists)))
    lines = [("subject", written.subject), ("preheader", written.preheader)]
    lines += [(place, text) for place, _, text in _openings(written)]
    lines += [
        (f"line {number}", line) for number, line in enumerate(written.body.split("\n"), written.body_line)
    ]
    for place, text in lines:
        for slot in fields.find(text, written.name):
            if slot.name not in known:
                near = difflib.get_close_matches(slot.name, known, 1)
                meant = f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(known)}"
                yield Finding(
                    "error",
                    "unknown-field",
                    f"{written.name}, {place}",
                    f"there is no field '{slot.name}'{meant}",
                )


def _subject(written: edition.Edition) -> Iterator[Finding]:
    where = f"{written.name}, subject"
    subject = written.subject
    if len(subject) > _PHONE_SUBJECT:
        yield Finding(
            "warning",
            "subject-length",
            where,
            f"{len(subject)} characters; phones show {_PHONE_SUBJECT} at most",
        )
    letters = [character for character in subject if character.isalpha()]
    loud = sum(character.isupper() for character in letters) > 0.6 * len(letters) and len(letters) > 4
    if loud or subject.count("!") > 1 or re.match(r"(?i)(?:re|fwd?|aw|wg|tr)\s*:", subject):
        yield Finding("warning", "subject-style", where, "capitals, several ! or a false Re: look like spam")
    preheader = written.preheader.strip()
    if not preheader:
        yield Finding(
            "warning",
            "preheader",
            f"{written.name}, preheader",
            "empty: mail programs will show the first line",
        )
    elif len(preheader) not in _PREHEADER or preheader.lower() == subject.lower():
        yield Finding(
            "warning",
            "preheader",
            f"{written.name}, preheader",
            "best is 40 to 110 characters that add to the subject",
        )


def _body(written: edition.Edition, document: markdown.Document) -> Iterator[Finding]:
    if not document.tokens:
        yield Finding("error", "empty", written.name, "the edition has no text")


def _placeholders(written: edition.Edition) -> Iterator[Finding]:
    places = [("subject", 0, written.subject), ("preheader", 0, written.preheader)]
    places += [*_openings(written), ("", written.body_line, written.body)]
    for key, line, text in places:
        for found in _PLACEHOLDER.finditer(text):
            where = key or f"line {line + text.count(chr(10), 0, found.start())}"
            shown = " ".join(found[1].split())
            yield Finding("error", "placeholder", f"{written.name}, {where}", f"still to fill in: {shown}")
    for found in _LEFT_OPEN.finditer(written.body):
        where = f"line {written.body_line + written.body.count(chr(10), 0, found.start())}"
        yield Finding(
            "error", "placeholder", f"{written.name}, {where}", "holds only '...', as the draft had it"
        )


def _message(message: Message, frame: Frame, name: str) -> Iterator[Finding]:
    largest = max(message.html_octets)
    if largest > _SIZE_WARNING:
        level: Level = "error" if largest > _SIZE_ERROR else "warning"
        yield Finding(
            level,
            "mail-size",
            name,
            f"{largest // 1024} KB of HTML; Gmail hides what comes after 102 KB, the leave link too",
        )
    if message.mail_class in ("M", "S") and not _can_leave(message, frame):
        yield Finding("error", "leave-link", name, "the template leaves out the link to leave")


def _can_leave(message: Message, frame: Frame) -> bool:
    """Tell whether text and HTML of each shape hold the link to leave: each copy its own, or where there are neither
    pages nor [receive] the same mailto in all."""
    for shape, skeleton in zip(message.shapes, message.skeletons, strict=True):
        if frame.base_url or frame.receive:
            slots = [piece for piece in skeleton if isinstance(piece, Slot)]
            found = {slot.kind for slot in slots if slot.name == "token_leave"}
        else:
            link = leave_link(frame, frame.list_of(shape.lists[0]), "")
            found = {subtype for subtype, text in _texts(skeleton) if link in text}
        if not {"text", "html"} <= found:
            return False
    return True


def _texts(skeleton: tuple[str | Slot, ...]) -> Iterator[tuple[str, str]]:
    """The decoded text and HTML of a shape, without what differs from member to member."""
    fixed = "".join(piece for piece in skeleton if isinstance(piece, str))
    mail = email.message_from_string(fixed, policy=email.policy.default)
    for kind, subtype in (("text", "plain"), ("html", "html")):
        body = mail.get_body((subtype,))
        yield kind, html.unescape(body.get_content()) if body else ""


def _sender(frame: Frame) -> Iterator[Finding]:
    if not frame.postal_address.strip():
        level: Level = "error" if frame.country in _ADDRESS_COUNTRIES else "warning"
        why = (
            f"the law of {frame.country} wants one in every mail"
            if level == "error"
            else "readers trust a sender with one"
        )
        yield Finding(
            level,
            "postal-address",
            "newsletter.toml, postal_address",
            f"missing; {why} (a PO box or c/o will do)",
        )
    for facts in frame.lists:
        if _NO_REPLY(facts.reply_to or facts.from_address):
            yield Finding(
                "warning", "replies", f"list {facts.slug}", "answers go to an address that says not to answer"
            )
