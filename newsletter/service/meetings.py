"""Meetings: fix a date, see what is known of it. Their facts are written for people here, for mails, pages and commands."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from newsletter import settings, site
from newsletter.compose import catalogue, frame
from newsletter.core import clock, errors, texts, wall
from newsletter.service import meeting_doubts, reminders
from newsletter.store import log, meetings, rsvps
from newsletter.store import meeting_changes as changes

LENGTH = timedelta(hours=2)  # of a meeting whose end nobody told
LONGEST = timedelta(days=14)
TITLE_LIMIT, PLACE_LIMIT, AGENDA_LIMIT = 150, 300, 1_000  # characters
HOLDS_MOST = 100_000  # people: more is a slip of the fingers


@dataclass(frozen=True, slots=True)
class Wanted:
    """A meeting as the chair gives it; times as typed, on the list's wall clock. `ends` may be HH:MM or empty;
    `capacity` is how many people it holds, guests counted (None: no limit)."""

    slug: str
    title: str
    starts: str
    ends: str = ""
    place: str = ""
    then: str = ""
    capacity: int | None = None
    speaker: str = ""
    agenda: str = ""


def new(
    opened: site.Site, mailing_list: settings.MailingList, wanted: Wanted
) -> tuple[dict[str, Any], tuple[meeting_doubts.Doubt, ...]]:
    """Fix a meeting of a list; return what `show` says, and what may be wrong with it.

    Raises UsageError for what cannot be, RefusedError when the slug or that very time of the list is taken.
    """
    if problem := texts.slug_problem(wanted.slug):
        raise errors.UsageError(f"'{wanted.slug}' cannot name a meeting", f"{problem}.".capitalize())
    title = line(wanted.title, "--title", TITLE_LIMIT)
    place, then = line(wanted.place, "--place", PLACE_LIMIT), line(wanted.then, "--then", PLACE_LIMIT)
    speaker = line(wanted.speaker, "--speaker", TITLE_LIMIT)
    agenda = line(wanted.agenda, "--agenda", AGENDA_LIMIT)
    if not title:
        raise errors.UsageError("a meeting needs a title", 'Give it: --title "..."')
    check_capacity(wanted.capacity)
    starts = wall.read(wanted.starts, mailing_list.site.zone, "--starts")
    ends = end(wanted.ends, starts, mailing_list)
    list_id = opened.store.list_ids[mailing_list.slug]
    with opened.store.write():
        _refuse_taken(opened, wanted.slug, list_id, starts)
        now = opened.clock.iso()
        meetings.add(
            opened.store, wanted.slug, list_id, title, clock.iso(starts), clock.iso(ends), place, then,
            uid(wanted.slug, mailing_list), now, wanted.capacity, speaker=speaker, agenda=agenda,
        )  # fmt: skip
        log.add(opened.store, now, opened.organiser, "meeting new", wanted.slug)
    return show(opened, wanted.slug), meeting_doubts.find(
        title, starts, ends, mailing_list, opened.clock.now()
    )


def uid(slug: str, mailing_list: settings.MailingList) -> str:
    """The name under which calendars know a meeting for ever (RFC 5545 3.8.4.7)."""
    return f"{slug}@{mailing_list.from_address.rpartition('@')[2]}"


def check_capacity(capacity: int | None) -> None:
    """Refuse a capacity that cannot be. Raises UsageError."""
    if capacity is not None and not 0 < capacity <= HOLDS_MOST:
        raise errors.UsageError(
            f"a meeting cannot hold {capacity} people",
            f"Give a number from 1 to {HOLDS_MOST}, guests counted.",
        )


def line(text: str, what: str, limit: int) -> str:
    """One line of a meeting's facts. Raises UsageError."""
    try:
        return texts.one_line(text, what, limit)
    except errors.InputError as problem:
        raise errors.UsageError(problem.message, problem.hint) from problem


def end(text: str, starts: datetime, mailing_list: settings.MailingList) -> datetime:
    """The end: a time of day counts from the beginning, also over midnight; without one, two hours later."""
    text, zone = text.strip(), mailing_list.site.zone
    if not text:
        return starts + LENGTH
    begin = starts.astimezone(zone)
    if len(text) > 5:
        ends = wall.read(text, zone, "--ends")
    else:
        ends = wall.read(f"{begin:%Y-%m-%d} {text}", zone, "--ends")
        if ends <= starts:
            ends = wall.read(f"{begin + timedelta(days=1):%Y-%m-%d} {text}", zone, "--ends")
    if not starts < ends <= starts + LONGEST:
        raise errors.UsageError(
            f"the meeting would end {text}, which is not within {LONGEST.days} days after its beginning",
            'Write --ends "HH:MM" or "YYYY-MM-DD HH:MM", on the clock of the list.',
        )
    return ends


def _refuse_taken(opened: site.Site, slug: str, list_id: int, starts: datetime) -> None:
    if meetings.by_slug(opened.store, slug) is not None:
        raise errors.RefusedError(
            f"there is a meeting '{slug}' already",
            f"Choose another name, or see it: newsletter meeting show {slug}",
        )
    known = meetings.starting_at(opened.store, list_id, clock.iso(starts))
    if known is not None:
        raise errors.RefusedError(
            f"the list has a meeting at that time: '{known['title']}'",
            f"See it: newsletter meeting show {known['slug']}",
        )


def show(opened: site.Site, slug: str) -> dict[str, Any]:
    """All that is known of a meeting. Raises NotFoundError."""
    return _shown(opened, find(opened, slug))


def overview(opened: site.Site) -> list[dict[str, Any]]:
    """Every meeting, the latest first."""
    return [_shown(opened, row) for row in meetings.all_of(opened.store)]


def find(opened: site.Site, slug: str) -> sqlite3.Row:
    """A meeting's row. Raises NotFoundError."""
    row = meetings.by_slug(opened.store, slug)
    if row is None:
        raise errors.NotFoundError(f"there is no meeting '{slug}'", "See them all: newsletter meeting show")
    return row


def _shown(opened: site.Site, row: sqlite3.Row) -> dict[str, Any]:
    given = rsvps.of_meeting(opened.store, row["id"])
    said = [found["answer"] if found["answer"] != "yes" else found["place"] for found in given]
    return {
        "meeting": row["slug"],
        "list": row["list_slug"],
        "title": row["title"],
        "starts": row["starts"],
        "ends": row["ends"],
        "when": when(row, settings_of(opened, row["list_slug"])),
        "place": row["place"],
        "then": row["after"],
        "speaker": row["speaker"],
        "agenda": row["agenda"],
        "state": row["state"],
        "changes": _changes(opened, row),
        "editions": meetings.editions_of(opened.store, row["id"]),
        "capacity": row["capacity"],
        # Whoever waits for a place has said yes and does not come yet.
        "answers": {
            "yes": said.count("in"),
            "maybe": said.count("maybe"),
            "no": said.count("no"),
            "waiting": said.count("waiting") + said.count("offered"),
            "people": sum(1 + found["guests"] for found in given if found["place"] == "in"),
        },
        "reminders": reminders.show(opened, row),
    }


def _changes(opened: site.Site, row: sqlite3.Row) -> list[dict[str, Any]]:
    """Each change with what was so before it, oldest first: the first date is never lost."""
    own = settings_of(opened, row["list_slug"])
    return [
        {
            "change": one["kind"],
            "at": one["at"],
            "by": one["by"],
            "was": said(one, own),
            "taken_back": bool(one["undone_at"]),
        }
        for one in changes.of_meeting(opened.store, row["id"])
    ]


def moved(opened: site.Site, row: sqlite3.Row, since: str) -> tuple[str, str] | None:
    """When and where a mail of that time said that a meeting is, and what is so now; None where that is the same."""
    told = changes.first_since(opened.store, row["id"], since)
    if told is None:
        return None
    own = settings_of(opened, opened.store.list_slugs.get(row["list"], ""))
    was, now = said(told, own), said(row, own)
    return None if was == now else (was, now)


def changed_since(opened: site.Site, number: int, at: str) -> bool:
    """Whether a meeting is at another time or place, or cancelled, than it was at a time."""
    was, row = changes.first_since(opened.store, number, at), meetings.by_id(opened.store, number)
    if was is None or row is None:
        return False
    return any(was[key] != row[key] for key in ("starts", "ends", "place", "state"))


def settings_of(opened: site.Site, slug: str) -> settings.SiteSettings:
    """The settings under which a list's meetings are told; the site's own where the list was taken away."""
    known = opened.config.lists.get(slug)
    return known.site if known else opened.config.site


def when(row: sqlite3.Row, own: settings.SiteSettings) -> str:
    """When a meeting is, in the zone and language of its list."""
    starts, ends = (clock.parse(row[key]).astimezone(own.zone) for key in ("starts", "ends"))
    return catalogue.when(starts, ends, own.language, own.country or "")


def moment(at: str, own: settings.SiteSettings) -> str:
    """A time (UTC ISO) in words, in the zone and language of a list."""
    return catalogue.when(clock.parse(at).astimezone(own.zone), None, own.language, own.country or "")


def list_slug(opened: site.Site, list_id: int) -> str:
    """The slug of a meeting's list, also of one that another process has made since this one began."""
    if list_id not in opened.store.list_slugs:
        opened.store.register_lists(())
    return opened.store.list_slugs.get(list_id, "")


def said(row: Mapping[str, Any] | sqlite3.Row, own: settings.SiteSettings) -> str:
    """When and where a meeting is, on one line."""
    starts, ends = (clock.parse(row[key]).astimezone(own.zone) for key in ("starts", "ends"))
    found = catalogue.when(starts, ends, own.language, own.country or "")
    return f"{found}, {row['place']}" if row["place"] else found


def facts(row: sqlite3.Row, own: settings.SiteSettings) -> tuple[tuple[str, str], ...]:
    """A meeting's facts as rows of name and value, without those that nobody told."""
    return told(row, own).rows(own.language, own.country or "")


def told(row: sqlite3.Row, own: settings.SiteSettings) -> frame.MeetingFacts:
    """A meeting as a mail tells it and as a calendar keeps it, in the zone of its list."""
    starts, ends = (clock.parse(row[key]).astimezone(own.zone) for key in ("starts", "ends"))
    return frame.MeetingFacts(
        row["title"], starts, ends, row["place"], row["after"], row["speaker"], row["agenda"],
        row["uid"], row["sequence"], row["state"] == "cancelled",
    )  # fmt: skip
