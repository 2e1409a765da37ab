"""Move a meeting, cancel it, take that back; and tell those who said that they come or may come, and nobody else.

First a plan, which changes nothing; then one transaction: the meeting, a note of what it was before, a complete mail for
each who is told, and editions that would still tell the old date are held. A mail tells the change, what was answered
so far and where to change that: nothing in it promotes anything.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock, errors, rules, texts, wall, words
from newsletter.service import answering, jobs, meeting_doubts, meetings, places, receipts, reminders
from newsletter.store import answers as queued
from newsletter.store import editions, log, outbox
from newsletter.store import meeting_changes as changes
from newsletter.store import meetings as planned
from newsletter.store import rsvps as answered

Kind = Literal["moved", "cancelled", "restored"]
WHY_LIMIT = 300  # characters
HELD = "it tells a date or place of the meeting that is not so any more"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who said yes or maybe. `refusal` says why no mail of ours may tell them (None: it may)."""

    member: int
    name: str
    address: str
    list_slug: str
    refusal: words.SkipReason | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do. `was` and `now` are told in the list's words; `now` is empty for a cancelled meeting.

    `editions` are (id, copies that have not gone) of those that would still tell what was.
    """

    kind: Kind
    slug: str
    title: str
    starts: str
    ends: str
    place: str
    state: str
    was: str
    now: str
    why: str
    people: tuple[Person, ...]
    editions: tuple[tuple[str, int], ...]
    doubts: tuple[meeting_doubts.Doubt, ...]
    was_cancelled: bool = False

    @property
    def told(self) -> tuple[Person, ...]:
        return tuple(one for one in self.people if one.refusal is None)

    @property
    def untold(self) -> tuple[Person, ...]:
        return tuple(one for one in self.people if one.refusal is not None)


def plan_move(
    opened: site.Site, slug: str, *, starts: str = "", ends: str = "", place: str | None = None, why: str = ""
) -> Plan:
    """Say what moving a meeting would do; times as typed, on the list's clock, empty where they stay.

    Without `ends` the meeting stays as long as it was. Raises NotFoundError, UsageError, RefusedError.
    """
    row = _open(opened, slug)
    if row["state"] == "cancelled":
        raise errors.RefusedError(
            f"{slug} is cancelled", f"Take that back first: newsletter meeting cancel {slug} --undo"
        )
    if not (starts or ends or place is not None):
        raise errors.UsageError("it is not said what changes", "Give --starts, --ends or --place.")
    own = opened.mailing_list(row["list_slug"])
    begin, end = clock.parse(row["starts"]), clock.parse(row["ends"])
    length = end - begin
    if starts:
        begin = wall.read(starts, own.site.zone, "--starts")
        if begin <= opened.clock.now():
            raise errors.UsageError(f"{starts} is over already", "Give the new date with --starts.")
    end = meetings.end(ends, begin, own) if ends else begin + length
    where = row["place"] if place is None else meetings.line(place, "--place", meetings.PLACE_LIMIT)
    if (clock.iso(begin), clock.iso(end), where) == (row["starts"], row["ends"], row["place"]):
        raise errors.RefusedError(f"{slug} is then and there already, nothing changes")
    _refuse_taken(opened, row, clock.iso(begin))
    doubts = meeting_doubts.find(row["title"], begin, end, own, opened.clock.now())
    return _plan(opened, row, "moved", (clock.iso(begin), clock.iso(end), where, "planned"), why, doubts)


def plan_cancel(opened: site.Site, slug: str, *, why: str = "") -> Plan:
    """Say what cancelling a meeting would do. Raises NotFoundError, RefusedError."""
    row = _open(opened, slug)
    if row["state"] == "cancelled":
        raise errors.RefusedError(f"{slug} is cancelled already")
    return _plan(opened, row, "cancelled", (row["starts"], row["ends"], row["place"], "cancelled"), why)


def plan_undo(opened: site.Site, slug: str, kind: Kind, *, why: str = "") -> Plan:
    """Say what taking the last move or cancelling back would do: it is told to those who were told of that.

    Raises NotFoundError, RefusedError when the last change is none of that kind.
    """
    row = _open(opened, slug)
    last = changes.last(opened.store, row["id"])
    if last is None or last["kind"] != kind:
        raise errors.RefusedError(
            f"{slug} was not {kind}" if last is None else f"the last change of {slug} is that it was {last['kind']}",
            f"See: newsletter meeting show {slug}",
        )  # fmt: skip
    if last["starts"] <= opened.clock.iso():
        raise errors.RefusedError("the date that it had before is over", "Give another with: meeting move")
    _refuse_taken(opened, row, last["starts"])
    return _plan(opened, row, "restored", (last["starts"], last["ends"], last["place"], last["state"]), why)


def carry_out(opened: site.Site, wanted: Plan) -> Plan:
    """Do what a plan says, in one durable transaction; return it as it was done. Raises RefusedError, EditionError."""
    with opened.store.write():
        row = _open(opened, wanted.slug)
        _refuse_taken(opened, row, wanted.starts)
        facts = (wanted.starts, wanted.ends, wanted.place, wanted.state)
        made = _plan(opened, row, wanted.kind, facts, wanted.why, wanted.doubts)
        last = changes.last(opened.store, row["id"])
        now = opened.clock.iso()
        number = changes.add(opened.store, row, wanted.kind, now, opened.organiser)
        if wanted.kind == "restored" and last is not None:
            changes.undo(opened.store, last["id"], now)
        changes.change(opened.store, row["id"], *facts)
        for mail in (answering.MEETING_CHANGED, answering.RECEIPT, answering.WAITING):
            # What has not gone tells what is not so any more; the new mail tells the answer as well.
            queued.take_back_about(opened.store, row["id"], mail.template, None, now)
        reminders.follow(opened, row["id"])
        _hold_editions(opened, row, made, now)
        _queue(opened, meetings.find(opened, wanted.slug), made, number)
        # What a change frees or takes is settled at once; a cancelled meeting passes nothing on.
        places.pass_on(opened, row["id"])
        act = {"moved": "move", "cancelled": "cancel", "restored": "undo"}[wanted.kind]
        log.add(
            opened.store, now, opened.organiser, f"meeting {act}", wanted.slug, f"{made.was} -> {made.now}"
        )
    return made


def _open(opened: site.Site, slug: str) -> sqlite3.Row:
    row = meetings.find(opened, slug)
    if row["ends"] <= opened.clock.iso():
        raise errors.RefusedError(f"{slug} is over: {row['title']}", "A new one: newsletter meeting new")
    opened.mailing_list(row["list_slug"])
    return row


def _refuse_taken(opened: site.Site, row: sqlite3.Row, starts: str) -> None:
    known = planned.starting_at(opened.store, row["list"], starts)
    if known is not None and known["id"] != row["id"]:
        raise errors.RefusedError(
            f"the list has a meeting at that time: '{known['title']}'",
            f"See it: newsletter meeting show {known['slug']}",
        )


def _plan(
    opened: site.Site, row: sqlite3.Row, kind: Kind, facts: tuple[str, str, str, str], why: str,
    doubts: tuple[meeting_doubts.Doubt, ...] = (),
) -> Plan:  # fmt: skip
    own = opened.mailing_list(row["list_slug"]).site
    after = {"starts": facts[0], "ends": facts[1], "place": facts[2]}
    cancelled = facts[3] == "cancelled"
    people = _people(opened, row)
    last, known = changes.last(opened.store, row["id"]), row
    if kind == "restored":
        heard = changes.told(opened.store, row["id"], last["id"]) if last else set()
        people = [one for one in people if one.member in heard]
    elif last is not None and changes.is_unheard(opened.store, row["id"], last["id"]):
        known = last
    found = changes.open_editions(opened.store, row["id"]) if kind != "restored" else []
    return Plan(
        kind, row["slug"], row["title"], *facts,
        was=meetings.said(known, own), now="" if cancelled else meetings.said(after, own),
        why=meetings.line(why, "--why", WHY_LIMIT), people=tuple(people),
        editions=tuple((one["id"], one["open"]) for one in found if one["open"]), doubts=doubts,
        was_cancelled=row["state"] == "cancelled",
    )  # fmt: skip


def _people(opened: site.Site, row: sqlite3.Row) -> list[Person]:
    """Those who said yes (with a place or waiting for one) or maybe, with what the gate says of a mail to them."""
    found = []
    for one in answered.of_meeting(opened.store, row["id"]):
        # Who let the offer of a place pass neither comes nor waits.
        if one["answer"] == "no" or one["place"] == "lapsed" or one["address"] is None:
            continue
        slug = receipts.list_for(opened, row, one["member"])
        refusal = _refusal(opened, one["member"], slug) if slug else "left"
        found.append(Person(one["member"], one["name"], one["address"], slug, refusal))
    return found


def _refusal(opened: site.Site, member: int, slug: str) -> words.SkipReason | None:
    inputs, *_ = outbox.standing_on(opened.store, member, opened.store.list_ids[slug])
    standing = jobs.standing(inputs, "T", opened.clock.iso()[:10])
    if standing is None:
        return "left"
    return rules.may_mail(standing, "T", confirm_always=opened.mailing_list(slug).confirm == "always")


def _hold_editions(opened: site.Site, row: sqlite3.Row, made: Plan, now: str) -> None:
    """Hold the editions that have not gone to all and tell what was; let go on what only an undone change has held."""
    for one in changes.open_editions(opened.store, row["id"]):
        if made.kind != "restored" and one["open"]:
            editions.set_state(opened.store, one["id"], "paused", HELD, now, only=("queued", "running"))
        elif one["reason"] == HELD:
            editions.set_state(opened.store, one["id"], "running", "", now, only=("paused",))


def _queue(opened: site.Site, meeting: sqlite3.Row, made: Plan, number: int) -> None:
    """Queue a mail for each who is told. Runs inside the caller's write transaction."""
    for one in made.told:
        own = opened.mailing_list(one.list_slug).site
        row = answered.get(opened.store, meeting["id"], one.member)
        assert row is not None
        reply = answering.Answer(
            one.member, one.address, number, opened.store.list_ids[one.list_slug], one.name,
            values={"answer": _answered(row, meeting, own.language)},
        )  # fmt: skip
        told = _told(meeting, made, own)
        answering.queue(
            opened, answering.MEETING_CHANGED, (one.list_slug,), reply, told, answering.About(meeting)
        )


def _answered(row: sqlite3.Row, meeting: sqlite3.Row, language: str) -> str:
    if row["place"] in ("waiting", "offered"):
        return catalogue.say("changed_waiting", language)
    return receipts.said(receipts.rsvp_of(row), meeting["after"], language)


def _told(meeting: sqlite3.Row, made: Plan, own: settings.SiteSettings) -> dict[str, object]:
    """What the mail's template is told: the same for everybody of a list."""
    date = clock.parse(meeting["starts"]).astimezone(own.zone).date()
    change = catalogue.say(f"change_{_change(meeting, made, own)}", own.language)
    day = catalogue.day(date, own.language, own.country or "", weekday=True)
    return {
        "what": made.kind,
        "change": change,
        "meeting_title": texts.cut(meeting["title"], texts.SUBJECT_ROOM - len(f"{change} : , {day}")),
        "meeting_day": day,
        "was": made.was,
        "why": made.why,
        "next_facts": meetings.facts(meeting, own),
    }


def _change(meeting: sqlite3.Row, made: Plan, own: settings.SiteSettings) -> str:
    """The change in a word, as the subject says it."""
    if made.kind == "restored":
        return "on" if made.was_cancelled else "back"
    is_place = made.kind == "moved" and meetings.when(meeting, own) in made.was
    return "place" if is_place else made.kind
