"""Answers to invitations: look, answer, change, by the link in a mail or any other way; and who comes.

Whoever brings an answer, `write` writes it. Nobody is subscribed by one. A link's token says which mail and which member;
the meeting is the one that the mail's edition invites to.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

from newsletter import settings, site
from newsletter.core import addresses, places, rsvps, tokens
from newsletter.service import calendars, health, meetings, receipts, signup
from newsletter.service import places as free
from newsletter.store import meetings as planned
from newsletter.store import members, messages, replies
from newsletter.store import places as kept
from newsletter.store import rsvps as answered

# `unknown`: a trial copy, or a mail lost with a restored database; `gone`: the member was forgotten.
State = Literal["open", "over", "cancelled", "unknown", "gone"]


@dataclass(frozen=True, slots=True)
class RsvpLink:
    """What an answer link is about. `facts` are rows of name and value, in the list's words and zone; `given` is what was
    answered so far, `place` what that got: with `position` in the queue while it waits, `until` in words while a place is
    offered. `is_full` says that whoever answers yes now waits, `has_fewer` that more guests were asked for than got in;
    `moved` is when and where the mail said that it is, and what is so now, where that has changed; `calendar` the list
    whose meetings are public as a calendar."""

    state: State
    language: str
    masked: str = ""
    title: str = ""
    then: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    given: rsvps.Rsvp | None = None
    place: places.Place = ""
    position: int = 0
    until: str = ""
    is_full: bool = False
    has_limit: bool = False
    has_fewer: bool = False
    moved: tuple[str, str] | None = None
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an answer. `given` is what stands now: fewer guests than asked for (`has_fewer`) when no more fit.
    Unless `state` is open, nothing was written."""

    state: rsvps.Standing
    given: rsvps.Rsvp | None
    place: places.Place = ""
    is_changed: bool = False
    has_fewer: bool = False


def write(
    opened: site.Site, meeting: int, member: int, given: rsvps.Rsvp, *, drop: Collection[rsvps.Private] = (),
    tell: bool = True, at: str = "",
) -> Written:  # fmt: skip
    """Write a member's answer to a meeting, or change it, in one durable transaction, or in the caller's own.

    It gives or takes a place, queues the receipt (unless `tell` is off), and passes on a place that became free. The same
    answer again changes only when it was given, and none counts once the meeting is over or cancelled. Notes and needs that are
    empty stay as they were, but for those named in `drop`. `at` is when the person answered, where that is not now.
    """
    with opened.store.write():
        row, now = planned.by_id(opened.store, meeting), opened.clock.iso()
        assert row is not None, "a meeting's row is never deleted"
        lapsed = kept.lapse(opened.store, meeting, now)
        found = answered.get(opened.store, meeting, member)
        before = receipts.rsvp_of(found) if found is not None else None
        state = rsvps.standing(row["state"], row["ends"], now)
        if state != "open":
            return Written(state, before, _seat(found).place)
        wanted = rsvps.settled(given, before, has_drinks=bool(row["after"]), drop=drop)
        seat = _seated(opened, row, member, _seat(found), wanted)
        given = replace(wanted, guests=seat.size - 1) if wanted.answer == "yes" else wanted
        fewer = given.guests < wanted.guests
        if given == before and seat.place == _seat(found).place:
            # Said again is said later: a calendar's answer from between the two is older.
            answered.touch(opened.store, meeting, member, at or now)
            return Written(state, given, seat.place, has_fewer=fewer)
        answered.put(opened.store, meeting, member, given, seat, at or now)
        if tell:
            _tell(opened, row, member, took_offer=_seat(found).place == "offered" and seat.place == "in")
        if lapsed or _seat(found).place:
            free.pass_on(opened, meeting)
        return Written(state, given, seat.place, is_changed=True, has_fewer=fewer)


def _seat(row: sqlite3.Row | None) -> places.Seat:
    return places.Seat() if row is None else places.Seat(row["place"], 1 + row["guests"], row["turn"])


def _seated(
    opened: site.Site, meeting: sqlite3.Row, member: int, before: places.Seat, wanted: rsvps.Rsvp
) -> places.Seat:
    if wanted.answer != "yes":
        return places.Seat(size=1 + wanted.guests)
    limit = meeting["capacity"]
    # Without a limit there is nothing to count.
    room = places.Room(None) if limit is None else kept.room(opened.store, meeting["id"], limit, member)
    return places.seated(room, before, 1 + wanted.guests)


def _tell(opened: site.Site, meeting: sqlite3.Row, member: int, *, took_offer: bool) -> None:
    row = answered.get(opened.store, meeting["id"], member)
    assert row is not None, "it was written just now"
    receipts.tell(opened, meeting, row, at_once=took_offer)


def look(opened: site.Site, token: str) -> RsvpLink:
    """Say what an answer link is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    return _link(opened, signup.read_token(opened, "rsvp", token))


def answer(
    opened: site.Site, token: str, given: rsvps.Rsvp, *, drop: Collection[rsvps.Private] = ()
) -> RsvpLink:
    """Answer by a link, as `write` does; say how things stand then. Raises NotFoundError when the token is not ours."""
    read = signup.read_token(opened, "rsvp", token)
    with opened.store.write():
        before = _link(opened, read)
        meeting = planned.of_message(opened.store, read.number)
        if before.state != "open" or meeting is None:
            return before
        written = write(opened, meeting["id"], read.member, given, drop=drop)
        if written.is_changed:
            health.revive(opened, read.member, "its holder answered an invitation", opened.clock.iso())
        return replace(_link(opened, read), has_fewer=written.has_fewer)


def answers(opened: site.Site, slug: str) -> dict[str, Any]:
    """Who answered what to a meeting, with the numbers, and the answers by mail that wait. Raises NotFoundError."""
    row = meetings.find(opened, slug)
    own = meetings.settings_of(opened, row["list_slug"])
    given = answered.of_meeting(opened.store, row["id"])
    parties = {
        place: [1 + one["guests"] for one in given if one["place"] == place]
        for place in ("in", "offered", "waiting", "lapsed")
    }
    queue = sorted(one["turn"] for one in given if one["place"] == "waiting")
    return {
        "meeting": slug,
        "title": row["title"],
        "when": meetings.when(row, own),
        "starts": row["starts"],
        "state": row["state"],
        "then": row["after"],
        "capacity": row["capacity"],
        "yes": len(parties["in"]),
        "maybe": sum(one["answer"] == "maybe" for one in given),
        "no": sum(one["answer"] == "no" for one in given),
        "offered": len(parties["offered"]),
        "waiting": len(parties["waiting"]),
        "lapsed": len(parties["lapsed"]),
        "people": sum(parties["in"]),
        "people_offered": sum(parties["offered"]),
        "people_waiting": sum(parties["waiting"]),
        "drinks": sum(
            1 + one["guests"] for one in given if one["drinks"] == "yes" and one["place"] in ("in", "")
        ),
        "answers": [_told(one, queue, own) for one in given],
        "by_mail": [_told_by_mail(one) for one in replies.open_of(opened.store, row["id"])],
    }


def _told(row: sqlite3.Row, queue: list[int], own: settings.SiteSettings) -> dict[str, Any]:
    keys = ("name", "address", "answer", "guests", "drinks", "note", "needs", "place", "offer_until", "at")
    position = queue.index(row["turn"]) + 1 if row["place"] == "waiting" else None
    until = meetings.moment(row["offer_until"], own) if row["offer_until"] else ""
    return {**{key: row[key] for key in keys}, "position": position, "until": until}


def _told_by_mail(row: sqlite3.Row) -> dict[str, Any]:
    keys = ("id", "name", "address", "answer", "how", "state", "words", "at")
    return {key: row[key] for key in keys}


def _link(opened: site.Site, read: tokens.Token) -> RsvpLink:
    row = members.by_id(opened.store, read.member)
    meeting = planned.of_message(opened.store, read.number)
    if meeting is None:
        slugs = messages.lists_of(opened.store, read.number) or ()
        return RsvpLink("unknown", signup.language_of(opened, slugs))
    own = meetings.settings_of(opened, meetings.list_slug(opened, meeting["list"]))
    known = row is not None and bool(row["key"])
    state = rsvps.standing(meeting["state"], meeting["ends"], opened.clock.iso())
    found = answered.get(opened.store, meeting["id"], read.member) if known else None
    link = RsvpLink(
        state=state if known else "gone",
        language=own.language,
        masked=addresses.masked(row["address"]) if row is not None and known else "",
        title=meeting["title"],
        then=meeting["after"],
        facts=meetings.facts(meeting, own),
        given=receipts.rsvp_of(found) if found is not None else None,
        has_limit=meeting["capacity"] is not None,
        calendar=_calendar(opened, meeting["list"]),
        moved=meetings.moved(opened, meeting, messages.created_at(opened.store, read.number)),
    )
    return _placed(opened, link, meeting, read.member, found)


def _calendar(opened: site.Site, list_id: int) -> str:
    found = opened.config.lists.get(meetings.list_slug(opened, list_id))
    return found.slug if found is not None and calendars.is_public(found) else ""


def _placed(
    opened: site.Site, link: RsvpLink, meeting: sqlite3.Row, member: int, found: sqlite3.Row | None
) -> RsvpLink:
    """Add to a link what its answer got, and whether the meeting is full. An offer whose time is over has passed."""
    seat = _seat(found)
    until = found["offer_until"] if found is not None else None
    is_over = until is not None and until <= opened.clock.iso()
    limit = meeting["capacity"]
    room = kept.room(opened.store, meeting["id"], limit, member) if limit is not None else places.Room(None)
    own = meetings.settings_of(opened, meetings.list_slug(opened, meeting["list"]))
    return replace(
        link,
        place="lapsed" if is_over else seat.place,
        position=kept.position(opened.store, meeting["id"], seat.turn) if seat.place == "waiting" else 0,
        until=meetings.moment(until, own) if until and not is_over else "",
        is_full=places.seated(room, places.Seat(), 1).place == "waiting",
    )
