"""From an edition or a template's name to a frozen message: what the templates are told, one page for each shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsletter.compose import catalogue, fields, markdown, message, mime, page, pictures, text
from newsletter.compose.edition import Edition
from newsletter.compose.frame import (
    Frame,
    ListFacts,
    MeetingFacts,
    Shape,
    ask_link,
    calendar_link,
    leave_link,
    page_link,
    reply_address,
    rsvp_link,
    stop_link,
)
from newsletter.compose.slots import Slots
from newsletter.core import rsvps, words


@dataclass(frozen=True, slots=True)
class _Body:
    """An edition's text in both forms, cut into lead and rest; `title` is its own heading, if it has one."""

    title: str
    lead_html: str
    rest_html: str
    lead_text: str
    rest_text: str


def freeze_edition(edition: Edition, frame: Frame, shapes: tuple[Shape, ...]) -> message.Message:
    """Compose an edition for each shape. Raises EditionError."""
    known = Slots(message.digest(edition, frame))
    composed, files = compose_edition(edition, frame, shapes, known)
    outside = mime.Outside(
        edition.mail_class, edition.kind, edition.name.rpartition("/")[2].removesuffix(".md")
    )
    return _frozen(composed, outside, frame, shapes, known, files)


def freeze_answer(
    template: str,
    mail_class: words.MailClass,
    frame: Frame,
    shapes: tuple[Shape, ...],
    values: Mapping[str, Any],
    about: str = "",
) -> message.Message:
    """Compose a mail that is a template alone for each shape. Raises EditionError."""
    known = Slots(message.digest(template, frame, sorted(values.items()), about))
    composed = compose_answer(template, frame, shapes, values, known, about)
    return _frozen(composed, mime.Outside(mail_class, template, template), frame, shapes, known, ((), ()))


def compose_edition(
    edition: Edition, frame: Frame, shapes: tuple[Shape, ...], known: Slots
) -> tuple[list[mime.Composed], "Files"]:
    """Render an edition for each shape; its slots are still tokens of `known`."""
    documents = {came: _document(edition, frame, came, known) for came in {shape.came for shape in shapes}}
    first = documents[shapes[0].came]
    shown = pictures.pictures([picture.src for picture in first.pictures], frame.folder)
    files = (shown, pictures.attachments(edition.attach, frame.folder))
    bodies = {came: _body(document, frame, shown) for came, document in documents.items()}
    subject = _with_tokens(edition.subject, known)
    pages = _pages(frame)
    composed = []
    for shape in shapes:
        body = bodies[shape.came]
        values = {
            **_common(frame, shape, known),
            "web": page_link(
                frame,
                frame.list_of(shape.lists[0]),
                known.token("token_archive"),
                is_notice=edition.kind == "notice",
            ),
            "kind": edition.kind,
            "mail_class": edition.mail_class,
            "title": body.title or subject,
            "subject": subject,
            "preheader": _with_tokens(edition.preheader, known),
            "meeting": _card(frame, frame.list_of(shape.lists[0]), known) if edition.next_meeting else None,
            "question": _question(frame, frame.list_of(shape.lists[0]), known),
        }
        composed.append(
            mime.Composed(
                subject,
                pages.html(
                    edition.kind, {**values, "lead": _markup(body.lead_html), "rest": _markup(body.rest_html)}
                ),
                pages.text(edition.kind, {**values, "lead": body.lead_text, "rest": body.rest_text}),
            )
        )
    return composed, files


def _document(edition: Edition, frame: Frame, came: str, known: Slots) -> markdown.Document:
    """The text as those read it who came, or who missed it: their opening stands behind the greeting."""
    opening = opening_of(edition, came)
    greeting, blank, rest = edition.body.lstrip("\n").partition("\n\n")
    body = f"{greeting}\n\n{opening}{blank}{rest}" if opening else edition.body
    return markdown.parse(body, edition.name, edition.body_line, frame.language, frame.country, known)


def opening_of(edition: Edition, came: str) -> str:
    """How an edition that follows another opens for those who came to that one's meeting, or missed it."""
    if edition.follows is None or not came:
        return ""
    return edition.follows.came if came == "came" else edition.follows.missed


def compose_answer(
    template: str,
    frame: Frame,
    shapes: tuple[Shape, ...],
    values: Mapping[str, Any],
    known: Slots,
    about: str = "",
) -> list[mime.Composed]:
    """Render a template alone for each shape; its slots are still tokens of `known`.

    `about` is the subject of what it is about, as the chair wrote it.
    """
    pages, plain = _pages(frame), {name: value for name, value in values.items() if isinstance(value, str)}
    composed = []
    for shape in shapes:
        titles = catalogue.both([frame.list_of(slug).title for slug in shape.lists], frame.language)
        places = {
            "topic": "",
            **plain,
            "site": frame.site,
            "lists": titles,
            "subject": _with_tokens(about, known),
        }
        subject = catalogue.say(f"{template}_subject", frame.language, **places)
        told = {
            **_common(frame, shape, known),
            **values,
            "kind": template,
            "mail_class": "T",
            "title": subject,
            "subject": subject,
            "preheader": catalogue.optional(f"{template}_preheader", frame.language),
            "meeting": _card(frame, frame.list_of(shape.lists[0]), known),
            "question": None,
            "greeting": _with_tokens(catalogue.say("greeting", frame.language), known),
        }
        composed.append(mime.Composed(subject, pages.html(template, told), pages.text(template, told)))
    return composed


def _pages(frame: Frame) -> page.Pages:
    return page.Pages(tuple(folder / "mail" for folder in frame.templates), frame.language)


Files = tuple[tuple[pictures.File, ...], tuple[pictures.File, ...]]


def _frozen(
    composed: list[mime.Composed],
    outside: mime.Outside,
    frame: Frame,
    shapes: tuple[Shape, ...],
    known: Slots,
    files: Files,
) -> message.Message:
    return message.of_skeletons(
        outside.mail_class,
        outside.kind,
        known.cut(composed[0].subject),
        shapes,
        [
            mime.skeleton(one, outside, frame, shape, known, files)
            for one, shape in zip(composed, shapes, strict=True)
        ],
        blobs=[mime.blob(file.data) for group in files for file in group],
        html_octets=[len(one.html) for one in composed],
    )


def _body(document: markdown.Document, frame: Frame, shown: tuple[pictures.File, ...]) -> _Body:
    lead, rest = document.split()
    links: list[str] = []
    lead_text = text.render(lead, frame.language, links)
    rest_text = text.render(rest, frame.language, links)
    places = {
        file.name: markdown.Shown(
            f"cid:{mime.content_id(file.name, number, frame)}", min(file.width, pictures.SHOWN_WIDTH)
        )
        for number, file in enumerate(shown)
    }
    return _Body(
        document.title,
        markdown.to_html(lead, frame.language, places),
        markdown.to_html(rest, frame.language, places),
        lead_text,
        rest_text,
    )


def _common(frame: Frame, shape: Shape, known: Slots) -> dict[str, Any]:
    """What every template is told: plain values, links with tokens in them, and opaque slots of the member."""
    facts = frame.list_of(shape.lists[0])
    titles = [frame.list_of(slug).title for slug in shape.lists]
    leave, me = known.token("token_leave"), known.token("token_me")
    return {
        "language": frame.language,
        "site": frame.site,
        "contact": frame.contact,
        "postal_address": frame.postal_address,
        "list_title": facts.title,
        "lists": catalogue.both(titles, frame.language),
        "reply_to": reply_address(facts),
        "reason": shape.reason,
        "first": shape.first,
        "early": _early(frame, shape, facts, known),
        "line": frame.line,
        "from_name": facts.from_name or frame.site,
        "leave": leave_link(frame, facts, leave),
        "me": f"{frame.base_url}/me/{me}" if frame.base_url else "",
        "web": "",
        "links": _links(frame, facts, known),
        "member": {name: known.opaque(name) for name in _MEMBER},
    }


def _early(frame: Frame, shape: Shape, facts: ListFacts, known: Slots) -> dict[str, str] | None:
    """What a committee's copy says: when the others get theirs, and the link that stops them."""
    if not shape.early:
        return None
    when = catalogue.when(frame.rest_at, None, frame.language, frame.country) if frame.rest_at else ""
    return {"when": when, "stop": stop_link(frame, facts, known.token("token_stop"))}


# What a template may say of its one reader: an opaque slot each.
_MEMBER = (
    "email",
    "name",
    "first_name",
    "since",
    "source",
    "receipt",
    "new_address",
    "answer",
    "position",
    "until",
)


def _links(frame: Frame, facts: ListFacts, known: Slots) -> dict[str, str]:
    """The pages that a template alone may lead to; empty without pages."""
    if not frame.base_url:
        return dict.fromkeys(("confirm", "block", "fresh", "join", "rsvp", "desk", "calendar"), "")
    return {
        "confirm": f"{frame.base_url}/c/{known.token('token_confirm')}",
        "block": f"{frame.base_url}/c/{known.token('token_block')}",
        "fresh": f"{frame.base_url}/me/{known.token('token_fresh')}",
        "join": f"{frame.base_url}/join/{facts.slug}",
        "rsvp": f"{frame.base_url}/rsvp/{known.token('token_rsvp')}",
        "desk": f"{frame.base_url}/desk/{known.token('token_desk')}",
        "calendar": calendar_link(frame, facts),
    }


def _card(frame: Frame, facts: ListFacts, known: Slots) -> dict[str, Any] | None:
    """The meeting's card: rows of name and value, and a button for each answer."""
    meeting = frame.meeting
    if meeting is None:
        return None
    token = known.token("token_rsvp")
    links = {answer: rsvp_link(frame, facts, meeting, token, answer) for answer in rsvps.ANSWERS}
    return {
        "rows": meeting.rows(frame.language, frame.country),
        "links": links,
        "answers": [
            (catalogue.say(f"button_{answer}", frame.language), link) for answer, link in links.items()
        ],
    }


def _question(frame: Frame, facts: ListFacts, known: Slots) -> dict[str, Any] | None:
    """The question under an edition: a link for each choice, and one to the page for a line of one's own."""
    asked = frame.question
    if asked is None:
        return None
    token = known.token("token_ask")
    numbered = list(enumerate(asked.choices, start=1))
    return {
        "text": asked.text,
        "until": catalogue.say(
            "question_until" if frame.base_url else "question_by_mail",
            frame.language,
            until=catalogue.when(asked.closes, None, frame.language, frame.country),
        ),
        "choices": [(str(n), text, ask_link(frame, facts, text, token, n)) for n, text in numbered],
        "line": ask_link(frame, facts, asked.text, token) if asked.has_line else "",
    }


def meeting_facts(edition: Edition, frame: Frame) -> MeetingFacts | None:
    """The meeting that an edition's own table describes, in the frame's zone; None when it names one or has none."""
    import zoneinfo

    found = edition.next_meeting
    if found is None or isinstance(found, str):
        return None
    zone = zoneinfo.ZoneInfo(frame.zone)
    ends = found.ends.replace(tzinfo=zone) if found.ends else None
    return MeetingFacts(found.title, found.starts.replace(tzinfo=zone), ends, found.place, found.then)


def _with_tokens(line: str, known: Slots) -> str:
    return fields.replace(line, lambda slot: known.token(slot.name, slot.fallback), "subject or preheader")


def _markup(html: str) -> str:
    import markupsafe

    return markupsafe.Markup(html)
