"""The archive as its pages tell it: dates, kinds and what became of a meeting, in the words of the list's language."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from newsletter import settings, site
from newsletter.compose import archived, catalogue
from newsletter.core import clock
from newsletter.service import archive, meetings
from newsletter.store import meetings as planned

# What became of the meeting that an edition announced; `moved`: it is still to come, but not as the mail said.
State = Literal["open", "moved", "over", "cancelled"]
_MARKED = re.compile("\x02(.*?)\x03", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list's front page. `said` are pieces of text, each with whether a search was for it."""

    name: str
    title: str
    day: date
    day_said: str
    kind: str
    said: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting that an edition announced, as it is now. `list` is its list's title; `facts` are rows of name and value."""

    state: State
    list: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An edition as a page shows it. `lead` and `rest` are HTML of ours; the meeting stands between them."""

    title: str
    kind: str
    day: date
    day_said: str
    lead: str
    rest: str
    meeting: Meeting | None
    amended: tuple[str, ...]
    attached: str
    older: tuple[str, str] | None
    newer: tuple[str, str] | None


def front(
    opened: site.Site, on: archive.Shelf, query: str = "", before: int | None = None
) -> tuple[list[Entry], int | None]:
    """The newest editions of a list, or those that a search finds; and the number after which older ones begin."""
    if query:
        return [_entry(row, on, row["found"]) for row in archive.search(opened, on, query)], None
    rows, more = archive.newest(opened, on, before=before)
    return [_entry(row, on, "") for row in rows], more


def edition(opened: site.Site, on: archive.Shelf, name: str) -> Reading:
    """One edition. Raises NotFoundError."""
    found = archive.page(opened, on, name)
    row, own = found.row, on.list.site
    lead, rest = parts(row)
    day = _day(row["at"], own)
    return Reading(
        title=row["title"],
        kind=catalogue.say(row["kind"], own.language),
        day=day,
        day_said=catalogue.day(day, own.language, own.country or "", weekday=True),
        lead=lead,
        rest=rest,
        meeting=_announced(opened, row),
        amended=tuple(_amended(found.amendments, own)),
        attached=", ".join(found.attached),
        older=_beside(found.older),
        newer=_beside(found.newer),
    )


def next_meeting(opened: site.Site) -> Meeting | None:
    """The next meeting of any list whose archive is public."""
    public = [opened.store.list_ids[slug] for slug, one in opened.config.lists.items() if one.archive]
    row = planned.next_of(opened.store, public, opened.clock.iso())
    if row is None:
        return None
    return _meeting(opened, row, "open")


def last_told(opened: site.Site) -> tuple[str, str, Entry] | None:
    """The newest public recap or letter of any list, with the list's slug and title."""
    found = archive.last_told(opened)
    if found is None:
        return None
    on, row = found
    return on.list.slug, on.list.title, _entry(row, on, "")


def parts(row: sqlite3.Row) -> tuple[str, str]:
    """An edition's HTML before and after the place of its next meeting."""
    lead, _, rest = row["html"].partition(archived.CARD)
    return lead, rest


def contact(on: archive.Shelf) -> str:
    """The list's contact, as no machine reads it."""
    return archived.obfuscated(on.list.site.contact, on.list.site.language)


def _entry(row: sqlite3.Row, on: archive.Shelf, found: str) -> Entry:
    own = on.list.site
    day = _day(row["at"], own)
    said = _MARKED.split(found if "\x02" in found else row["summary"])
    return Entry(
        row["name"],
        row["title"],
        day,
        catalogue.day(day, own.language, own.country or "", weekday=True),
        catalogue.say(row["kind"], own.language),
        tuple((piece, number % 2 == 1) for number, piece in enumerate(said) if piece),
    )


def _day(at: str, own: settings.SiteSettings) -> date:
    return clock.parse(at).astimezone(own.zone).date()


def _beside(row: sqlite3.Row | None) -> tuple[str, str] | None:
    return (row["name"], row["subject"]) if row else None


def _announced(opened: site.Site, row: sqlite3.Row) -> Meeting | None:
    meeting = planned.by_id(opened.store, row["meeting"]) if row["meeting"] else None
    if meeting is None:
        return None
    return _meeting(opened, meeting, _state(opened, row, meeting))


def _meeting(opened: site.Site, row: sqlite3.Row, state: State) -> Meeting:
    slug = meetings.list_slug(opened, row["list"])
    known = opened.config.lists.get(slug)
    return Meeting(
        state, known.title if known else slug, meetings.facts(row, meetings.settings_of(opened, slug))
    )


def _state(opened: site.Site, row: sqlite3.Row, meeting: sqlite3.Row) -> State:
    if meeting["state"] == "cancelled":
        return "cancelled"
    if meeting["ends"] <= opened.clock.iso():
        return "over"
    return "moved" if meetings.changed_since(opened, meeting["id"], row["queued_at"]) else "open"


def _amended(rows: list[sqlite3.Row], own: settings.SiteSettings) -> Iterator[str]:
    """What was amended and when; several amendments of a day by the same words are one."""
    for at, note in dict.fromkeys((_day(row["at"], own), row["note"]) for row in rows):
        said = archived.obfuscated(note, own.language) or catalogue.say("archive_links", own.language)
        day = catalogue.day(at, own.language, own.country or "", weekday=True)
        yield catalogue.say("archive_amended", own.language, day=day, note=said)
