"""The draft of a recap: what the site knows of a meeting, as facts for the chair to edit, and what only the chair knows
as [[questions]] that stop a send while they are there."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from newsletter import settings, site
from newsletter.compose import catalogue, pictures
from newsletter.core import clock, texts
from newsletter.service import growth, questions
from newsletter.store import attendance, rsvps

PHOTOS = 12  # suggested at most
LINKS_WITHIN = timedelta(days=10)  # of the recap: when a link that follows is suggested to be there


def body(opened: site.Site, mailing_list: settings.MailingList, meeting: sqlite3.Row) -> str:
    """The Markdown of a recap of a meeting, after the greeting."""
    language = mailing_list.site.language
    day = (opened.clock.now() + LINKS_WITHIN).astimezone(mailing_list.site.zone).date().isoformat()
    parts: list[tuple[str, list[str]]] = [
        ("", [_opening(opened, mailing_list, meeting)]),
        ("draft_talked", [catalogue.say("draft_talked_fill", language), *photo_lines(mailing_list, meeting)]),
        ("draft_decided", [catalogue.say("draft_decided_fill", language)]),
        ("draft_open", [catalogue.say("draft_open_fill", language)]),
        ("draft_answers", [said] if (said := questions.for_recap(opened, mailing_list)) else []),
        ("draft_stand", [growth.sentence(opened, mailing_list.slug)]),
        ("draft_links", [catalogue.say("draft_links_fill", language, day=day)]),
    ]
    return "\n\n".join(
        "\n\n".join([*([f"## {catalogue.say(key, language)}"] if key else []), *told])
        for key, told in parts
        if told
    )


def _opening(opened: site.Site, mailing_list: settings.MailingList, meeting: sqlite3.Row) -> str:
    """When, where, what about, how many came and had said so."""
    own = mailing_list.site
    starts = clock.parse(meeting["starts"]).astimezone(own.zone)
    day = catalogue.day(starts, own.language, own.country or "", weekday=True)
    title, place, speaker = (texts.as_markdown(meeting[key]) for key in ("title", "place", "speaker"))
    if meeting["state"] == "cancelled":
        return catalogue.say("draft_cancelled", own.language, day=day, title=title)
    said = [catalogue.say("draft_met", own.language, day=day, title=title)]
    if place:
        said.append(catalogue.say("draft_place", own.language, place=place))
    if speaker:
        said.append(catalogue.say("draft_spoke", own.language, speaker=speaker))
    seen = attendance.numbers(opened.store, meeting["id"])
    came = seen["came"] if seen["counted"] is None else seen["counted"]
    if came:
        said.append(catalogue.say("draft_came", own.language, count=f"{came:,}"))
    else:
        said.append(catalogue.say("draft_came_open", own.language))
    coming = [row for row in rsvps.of_meeting(opened.store, meeting["id"]) if row["place"] == "in"]
    if coming:
        people = len(coming) + sum(row["guests"] for row in coming)
        said.append(catalogue.say("draft_said_yes", own.language, yes=str(len(coming)), people=str(people)))
    return " ".join(said)


def photo_lines(mailing_list: settings.MailingList, meeting: sqlite3.Row) -> list[str]:
    """A Markdown line for each photo of the meeting that can travel with a mail; its description is the chair's."""
    return [f"![]({path.name})" for path in photos(mailing_list, meeting) if _problem(path) == ""]


def photo_notes(mailing_list: settings.MailingList, meeting: sqlite3.Row) -> tuple[str, ...]:
    """What keeps a photo of the meeting out of the draft."""
    found = [(path.name, _problem(path)) for path in photos(mailing_list, meeting)]
    return tuple(f"{name} is not in the draft: {problem}" for name, problem in found if problem)


def photos(mailing_list: settings.MailingList, meeting: sqlite3.Row) -> list[Path]:
    """The pictures in the list's editions folder whose names begin with the meeting's date or its slug."""
    day = clock.parse(meeting["starts"]).astimezone(mailing_list.site.zone).date().isoformat()
    folder = mailing_list.folder / "editions"
    found = [
        path
        for path in sorted(folder.glob("*"))
        if path.name.lower().startswith((day, f"{meeting['slug']}-", f"{meeting['slug']}."))
        and path.suffix.lower() in pictures.SUFFIXES
    ]
    return found[:PHOTOS]


def _problem(path: Path) -> str:
    """Why a picture could not travel with a mail; empty when it can."""
    from newsletter.core import errors

    try:
        pictures.pictures([path.name], path.parent)
    except errors.EditionError as problem:
        return problem.message
    return ""
