"""Begin a meeting's invitation: its draft, written from the facts, for the chair to edit once and to send once."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock, errors, texts
from newsletter.service import drafts, meetings
from newsletter.service import reminders as planned
from newsletter.store import meetings as rows

_PREHEADER = 110  # characters; mail programs show no more


@dataclass(frozen=True, slots=True)
class Announcement:
    """The draft of an invitation, and what will follow it if it is sent now."""

    path: Path
    edition: str  # <list>/<file stem>
    following: tuple[planned.Foretold, ...]


def announce(opened: site.Site, slug: str) -> Announcement:
    """Write the invitation's draft into its list's folder; never over another file.

    Raises NotFoundError, and RefusedError when the meeting is over, cancelled, or was announced or begun to be.
    """
    row = meetings.find(opened, slug)
    mailing_list = opened.mailing_list(row["list_slug"])
    _refuse(opened, row, mailing_list)
    now = opened.clock.now()
    folder = mailing_list.folder / "editions"
    folder.mkdir(parents=True, exist_ok=True)
    path = drafts.free(folder, f"{now.astimezone(mailing_list.site.zone):%Y-%m-%d}-{slug}")
    with path.open("x", encoding="utf-8") as stream:
        stream.write(_text(row, mailing_list.site))
    following = planned.foretell(opened, row, (mailing_list,), now)
    return Announcement(path, f"{mailing_list.slug}/{path.stem}", following)


def _refuse(opened: site.Site, row: sqlite3.Row, mailing_list: settings.MailingList) -> None:
    slug = row["slug"]
    if row["state"] == "cancelled":
        raise errors.RefusedError(f"meeting {slug} is cancelled")
    if row["starts"] <= opened.clock.iso():
        raise errors.RefusedError(
            f"meeting {slug} has begun",
            f"Tell what happened: newsletter new recap --list {mailing_list.slug}",
        )
    if sent := rows.announced_by(opened.store, row["id"]):
        raise errors.RefusedError(
            f"meeting {slug} was announced by {sent}",
            f"To those who joined since: newsletter send FILE --missing. Once more: newsletter new invitation --list {mailing_list.slug} --meeting {slug}",
        )
    if begun := _begun(mailing_list.folder / "editions", slug):
        raise errors.RefusedError(
            f"the invitation to {slug} is begun already: {begun}", f"Edit it, then: newsletter send {begun}"
        )


def _begun(folder: Path, slug: str) -> Path | None:
    """The draft that was written for this meeting before, if it is there; another edition may have such a name."""
    line = f'next_meeting = "{slug}"'
    for path in sorted(folder.glob(f"????-??-??-{slug}*.md")):
        head = path.read_text(encoding="utf-8", errors="replace").partition("\n+++")[0]
        if line in head.splitlines() and 'kind = "invitation"' in head:
            return path
    return None


def _text(row: sqlite3.Row, own: settings.SiteSettings) -> str:
    """Front matter, and a text that says when and where; all facts stand in the card above it."""

    def say(key: str, **values: str) -> str:
        return catalogue.say(f"announce_{key}", own.language, **values)

    told = ", ".join(
        [f"**{meetings.when(row, own)}**", *([texts.as_markdown(row["place"])] if row["place"] else [])]
    )
    lines = [
        "+++",
        'kind = "invitation"',
        f"subject = {_quoted(row['title'])}",
        f"preheader = {_quoted(_preheader(row, own))}",
        f'next_meeting = "{row["slug"]}"',
        "+++",
        catalogue.say("greeting", own.language),
        "",
        say("opening", told=told),
        "",
        f"## {say('why')}",
        "",
        f"[[{say('fill')}]]",
        "",
        say("close"),
        "",
    ]
    return "\n".join(lines)


def _preheader(row: sqlite3.Row, own: settings.SiteSettings) -> str:
    starts = clock.parse(row["starts"]).astimezone(own.zone)
    day = catalogue.when(starts, None, own.language, own.country or "")
    text = "; ".join(part for part in (day, row["place"], row["after"]) if part)
    return text if len(text) <= _PREHEADER else day


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string too.
    return json.dumps(text, ensure_ascii=False)
