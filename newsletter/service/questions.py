"""Questions to the group: made by the chair, answered by the link in a mail, closed by the clock, told in the next recap.

The organisers see how many chose what, and not who. While a question is open an answer is kept beside its member, so that
it can be changed; closing deletes the link between the two.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import addresses, clock, errors, questions, texts, tokens, wall
from newsletter.service import health, meeting_doubts, meetings, signup
from newsletter.store import growth, log, members, messages
from newsletter.store import questions as store

OPEN_DAYS, CLOSING_HOUR = 14, 20  # when nobody says until when: two weeks, until eight in the evening

# `unknown`: a trial copy, or a mail lost with a restored database; `gone`: the member was forgotten.
State = Literal["open", "closed", "unknown", "gone"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question as the chair gives it; times as typed, on the list's wall clock. `choices` or `dates`, not both."""

    slug: str
    text: str
    choices: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    has_line: bool = False
    closes: str = ""


@dataclass(frozen=True, slots=True)
class MeetingWanted:
    """The meeting that a date becomes: `choice` 0 takes the winning date. `title` and the rest as for `meeting new`."""

    slug: str
    title: str
    choice: int = 0
    ends: str = ""
    place: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class AskLink:
    """What a link under a mail is about. Numbers and `winner` are told once the question is closed, `given` before."""

    state: State
    language: str
    masked: str = ""
    text: str = ""
    until: str = ""
    choices: tuple[questions.Choice, ...] = ()
    has_line: bool = False
    given: questions.Given | None = None
    voices: int = 0
    winner: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # of the meeting that a date became


def new(opened: site.Site, mailing_list: settings.MailingList, wanted: Wanted) -> dict[str, Any]:
    """Make a question of a list; return what `show` says. Raises UsageError, RefusedError when the slug is taken."""
    if problem := texts.slug_problem(wanted.slug):
        raise errors.UsageError(f"'{wanted.slug}' cannot name a question", f"{problem}.".capitalize())
    if wanted.choices and wanted.dates:
        raise errors.UsageError("a question has choices or dates, not both", "Make two questions of it.")
    kind: questions.Kind = "dates" if wanted.dates else "words"
    text = questions.text_of(wanted.text)
    choices = _dates(wanted.dates, mailing_list) if wanted.dates else _words(wanted.choices)
    questions.check(kind, len(choices), has_line=wanted.has_line)
    closes = _closes(opened, wanted.closes, mailing_list, choices)
    with opened.store.write():
        if store.by_slug(opened.store, wanted.slug) is not None:
            raise errors.RefusedError(
                f"there is a question '{wanted.slug}' already",
                f"Take another name, or see it: newsletter question show {wanted.slug}",
            )
        now, list_id = opened.clock.iso(), opened.store.list_ids[mailing_list.slug]
        store.add(opened.store, wanted.slug, list_id, kind, text, wanted.has_line, closes, choices, now)
        log.add(opened.store, now, opened.organiser, "question new", wanted.slug)
    return show(opened, wanted.slug)


def _words(given: Sequence[str]) -> tuple[questions.Choice, ...]:
    return tuple(
        questions.Choice(number, text) for number, text in enumerate(questions.choices_of(given), start=1)
    )


def _dates(given: Sequence[str], mailing_list: settings.MailingList) -> tuple[questions.Choice, ...]:
    """The dates in their own order, each as people read it. Raises UsageError."""
    own = mailing_list.site
    moments = sorted({wall.read(text, own.zone, "--date") for text in given})
    if len(moments) < len(given):
        raise errors.UsageError("a date is named twice")
    return tuple(
        questions.Choice(
            number,
            catalogue.when(moment.astimezone(own.zone), None, own.language, own.country or ""),
            clock.iso(moment),
        )
        for number, moment in enumerate(moments, start=1)
    )


def _closes(
    opened: site.Site, text: str, mailing_list: settings.MailingList, choices: Sequence[questions.Choice]
) -> str:
    zone, now = mailing_list.site.zone, opened.clock.now()
    first = clock.parse(choices[0].starts) if choices and choices[0].starts else None
    if text:
        closes = wall.read(text, zone, "--closes")
    else:
        day: date = now.astimezone(zone).date() + timedelta(days=OPEN_DAYS)
        closes = wall.moment(datetime(day.year, day.month, day.day, CLOSING_HOUR), zone)
    questions.check_closing(closes, now, first)
    return clock.iso(closes)


def find(opened: site.Site, slug: str) -> sqlite3.Row:
    """A question's row. Raises NotFoundError."""
    row = store.by_slug(opened.store, slug)
    if row is None:
        raise errors.NotFoundError(f"there is no question '{slug}'", "See them all: newsletter question show")
    return row


def show(opened: site.Site, slug: str) -> dict[str, Any]:
    """A question with its numbers so far. Raises NotFoundError."""
    return _shown(opened, find(opened, slug))


def overview(opened: site.Site) -> list[dict[str, Any]]:
    """Every question, the latest first."""
    return [_shown(opened, row) for row in store.all_of(opened.store)]


def _shown(opened: site.Site, row: sqlite3.Row) -> dict[str, Any]:
    choices = store.choices(opened.store, row["id"])
    best, meeting = questions.winner(choices), store.meeting_of(opened.store, row["id"])
    return {
        "question": row["slug"],
        "list": row["list_slug"],
        "kind": row["kind"],
        "text": row["text"],
        "state": "open" if _is_open(opened, row) else "closed",
        "closes": row["closes"],
        "until": _until(opened, row),
        "choices": [
            {"number": one.number, "text": one.text, "starts": one.starts or None, "votes": one.votes}
            for one in choices
        ],
        "answers": store.voices(opened.store, row["id"]),
        "winner": best.number if best else None,
        "lines": store.lines(opened.store, row["id"]),
        "meeting": meeting["slug"] if meeting else None,
        "editions": store.editions_of(opened.store, row["id"]),
    }


def _is_open(opened: site.Site, row: sqlite3.Row) -> bool:
    return questions.is_open(row["closes"], row["closed_at"], opened.clock.iso())


def _until(opened: site.Site, row: sqlite3.Row) -> str:
    """Until when a question is open, in the words and the zone of its list."""
    own = meetings.settings_of(opened, row["list_slug"])
    return catalogue.when(
        clock.parse(row["closes"]).astimezone(own.zone), None, own.language, own.country or ""
    )


def look(opened: site.Site, token: str) -> AskLink:
    """Say what a link is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    return _link(opened, signup.read_token(opened, "ask", token))


def answer(opened: site.Site, token: str, given: questions.Given) -> AskLink:
    """Write an answer, or change it, in one durable transaction; say how things stand then.

    Nothing is written once the question is closed. Raises NotFoundError when the token is not ours.
    """
    read = signup.read_token(opened, "ask", token)
    with opened.store.write():
        before = _link(opened, read)
        row = store.of_message(opened.store, read.number)
        if before.state != "open" or row is None or given == before.given:
            return before
        now = opened.clock.iso()
        store.put(opened.store, row["id"], read.member, given, now)
        health.revive(opened, read.member, "its holder answered a question", now)
        return _link(opened, read)


def _link(opened: site.Site, read: tokens.Token) -> AskLink:
    row = store.of_message(opened.store, read.number)
    if row is None:
        slugs = messages.lists_of(opened.store, read.number) or ()
        return AskLink("unknown", signup.language_of(opened, slugs))
    own = meetings.settings_of(opened, row["list_slug"])
    person = members.by_id(opened.store, read.member)
    known = person is not None and bool(person["key"])
    if _is_open(opened, row):
        return AskLink(
            state="open" if known else "gone",
            language=own.language,
            masked=addresses.masked(person["address"]) if person is not None and known else "",
            text=row["text"],
            until=_until(opened, row),
            choices=_without_votes(store.choices(opened.store, row["id"])),
            has_line=bool(row["has_line"]),
            given=store.given(opened.store, row["id"], read.member) if known else None,
        )
    return _result(opened, row, own)


def _without_votes(choices: Sequence[questions.Choice]) -> tuple[questions.Choice, ...]:
    """How others chose is told when all have: nobody shall run with the crowd."""
    return tuple(questions.Choice(one.number, one.text, one.starts) for one in choices)


def _result(opened: site.Site, row: sqlite3.Row, own: settings.SiteSettings) -> AskLink:
    choices, meeting = store.choices(opened.store, row["id"]), store.meeting_of(opened.store, row["id"])
    best = questions.winner(choices)
    return AskLink(
        state="closed",
        language=own.language,
        text=row["text"],
        until=_until(opened, row),
        choices=choices,
        has_line=bool(row["has_line"]),
        voices=store.voices(opened.store, row["id"]),
        winner=best.text if best else "",
        facts=meetings.facts(meeting, own) if meeting else (),
    )


def close(opened: site.Site, slug: str) -> dict[str, Any]:
    """Close a question now; return what `show` says. One that is closed already stays so. Raises NotFoundError."""
    row = find(opened, slug)
    with opened.store.write():
        now = opened.clock.iso()
        if store.close(opened.store, row["id"], now):
            store.tell(opened.store, row["id"], now)  # whoever closes it sees what came of it
            log.add(opened.store, now, opened.organiser, "question close", slug)
    return show(opened, slug)


def close_due(opened: site.Site) -> int:
    """Close every question whose time is over; return how many. For the clock."""
    now = opened.clock.iso()
    due = store.over(opened.store, now)
    if not due:
        return 0
    with opened.store.write():
        return sum(store.close(opened.store, number, now) for number in due)


def make_meeting(
    opened: site.Site, slug: str, wanted: MeetingWanted
) -> tuple[dict[str, Any], tuple[meeting_doubts.Doubt, ...]]:
    """Close a question about a date and make the meeting of it; return what `meeting show` says, and doubts.

    Raises UsageError, NotFoundError, RefusedError when two dates are level, or the question has become one already.
    """
    with opened.store.write():
        close(opened, slug)
        row = find(opened, slug)
        chosen = _chosen(opened, row, wanted.choice)
        mailing_list = opened.mailing_list(row["list_slug"])
        local = clock.parse(chosen.starts).astimezone(mailing_list.site.zone)
        made, doubts = meetings.new(
            opened,
            mailing_list,
            meetings.Wanted(
                slug=wanted.slug,
                title=wanted.title,
                starts=f"{local:%Y-%m-%d %H:%M}",
                ends=wanted.ends,
                place=wanted.place,
                then=wanted.then,
            ),
        )
        store.becomes(opened.store, row["id"], meetings.find(opened, wanted.slug)["id"])
    return made, doubts


def _chosen(opened: site.Site, row: sqlite3.Row, number: int) -> questions.Choice:
    """The date that becomes the meeting: the one that is named, else the one that most people took."""
    slug, choices = row["slug"], store.choices(opened.store, row["id"])
    if row["kind"] != "dates":
        raise errors.UsageError(f"'{slug}' asks for no date, so no meeting can be made of it")
    if row["meeting"] is not None:
        raise errors.RefusedError(
            f"'{slug}' has become a meeting already", f"See it: newsletter question show {slug}"
        )
    named = [one for one in choices if one.number == number]
    if number and not named:
        raise errors.UsageError(f"'{slug}' has no choice {number}", f"It has 1 to {len(choices)}.")
    found = named[0] if named else questions.winner(choices)
    if found is None:
        told = "; ".join(f"{one.number} {one.text}: {one.votes}" for one in choices)
        raise errors.RefusedError(
            f"no date of '{slug}' is ahead of the others ({told})", "Decide yourself: --choice NUMBER"
        )
    return found


def for_recap(opened: site.Site, mailing_list: settings.MailingList, since: str | None = None) -> str:
    """What came of the questions that were closed since a time (UTC ISO; None: since the last recap), as Markdown for the
    next one; empty without any.

    What people wrote on their own line is not in it: the chair reads it first (`question show`).
    """
    own = mailing_list.site
    if since is None:
        since = growth.last_edition(opened.store, mailing_list.slug, "recap") or ""
    rows = store.closed_since(
        opened.store, opened.store.list_ids[mailing_list.slug], since, opened.clock.iso()
    )
    return "\n\n".join(_told(opened, row, own.language) for row in rows)


def _told(opened: site.Site, row: sqlite3.Row, language: str) -> str:
    choices = store.choices(opened.store, row["id"])
    best = questions.winner(choices)
    ranked = sorted(choices, key=lambda one: (-one.votes, one.number))
    voices = store.voices(opened.store, row["id"])
    said = catalogue.say("question_voices", language, count=f"{voices:,}")
    lines = [f"**{texts.as_markdown(row['text'])}** {said}"]
    if best is not None:
        lines[0] += " " + catalogue.say(
            "question_winner", language, choice=f"**{texts.as_markdown(best.text)}**"
        )
    return "\n".join(
        [*lines, "", *(f"- {texts.as_markdown(one.text)}: {one.votes:,}" for one in ranked)]
    ).rstrip()
