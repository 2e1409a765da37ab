"""Answers to invitations, by the link in the mail: look, answer, change; and who comes. Nobody is subscribed by it.

A link's token says which mail and which member; the meeting is the one that the mail's edition invites to.
"""

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from newsletter import site
from newsletter.compose import catalogue
from newsletter.core import addresses, clock, errors, rsvps, tokens
from newsletter.service import answering, consent, health, joining, meetings, signup
from newsletter.store import answers as queued
from newsletter.store import meetings as planned
from newsletter.store import members, messages, rates, replies, subscriptions, suppressions
from newsletter.store import rsvps as answered

# `unknown`: a trial copy, or a mail lost with a restored database; `gone`: the member was forgotten.
# What a calendar shows for an answer (RFC 5545 3.2.12).
_PARTSTAT = {"yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED"}
State = Literal["open", "over", "cancelled", "unknown", "gone"]


@dataclass(frozen=True, slots=True)
class RsvpLink:
    """What an answer link is about. `facts` are rows of name and value, in the list's words and zone; `given` is what was
    answered so far."""

    state: State
    language: str
    masked: str = ""
    title: str = ""
    then: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    given: rsvps.Rsvp | None = None


def look(opened: site.Site, token: str) -> RsvpLink:
    """Say what an answer link is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    return _link(opened, signup.read_token(opened, "rsvp", token))


def answer(opened: site.Site, token: str, given: rsvps.Rsvp, *, drop_note: bool = False) -> RsvpLink:
    """Write an answer, or change it, in one durable transaction; say how things stand then.

    The page does not show the note again, so an answer without one keeps the note that is there, unless it is dropped.
    The same answer again changes nothing, and neither does any once the meeting is over or cancelled. Raises
    NotFoundError when the token is not ours.
    """
    read = signup.read_token(opened, "rsvp", token)
    with opened.store.write():
        before = _link(opened, read)
        meeting = planned.of_message(opened.store, read.number)
        if before.state != "open" or meeting is None:
            return before
        given = rsvps.settled(given, before.given, has_drinks=bool(meeting["after"]), drop_note=drop_note)
        if given == before.given:
            return before
        now = opened.clock.iso()
        revision = answered.put(opened.store, meeting["id"], read.member, given, now)
        health.revive(opened, read.member, "its holder answered an invitation", now)
        # An answer is never lost for a template that cannot be rendered.
        with contextlib.suppress(errors.EditionError):
            _queue_receipt(opened, read, meeting, given, revision)
        return _link(opened, read)


def answers(opened: site.Site, slug: str) -> dict[str, Any]:
    """Who answered what to a meeting, with the numbers, and the answers by mail that wait. Raises NotFoundError."""
    row = meetings.find(opened, slug)
    given = answered.of_meeting(opened.store, row["id"])
    coming = [one for one in given if one["answer"] == "yes"]
    return {
        "meeting": slug,
        "title": row["title"],
        "when": meetings.when(row, meetings.settings_of(opened, row["list_slug"])),
        "starts": row["starts"],
        "state": row["state"],
        "then": row["after"],
        "yes": len(coming),
        "maybe": sum(one["answer"] == "maybe" for one in given),
        "no": sum(one["answer"] == "no" for one in given),
        "people": len(coming) + sum(one["guests"] for one in coming),
        "drinks": sum(1 + one["guests"] for one in given if one["drinks"] == "yes"),
        "answers": [_told(one) for one in given],
        "by_mail": [_told_by_mail(one) for one in replies.open_of(opened.store, row["id"])],
    }


def _told(row: sqlite3.Row) -> dict[str, Any]:
    keys = ("name", "address", "answer", "guests", "drinks", "note", "at")
    return {key: row[key] for key in keys}


def _told_by_mail(row: sqlite3.Row) -> dict[str, Any]:
    keys = ("id", "name", "address", "answer", "how", "state", "words", "at")
    return {key: row[key] for key in keys}


def _link(opened: site.Site, read: tokens.Token) -> RsvpLink:
    row = members.by_id(opened.store, read.member)
    meeting = planned.of_message(opened.store, read.number)
    if meeting is None:
        slugs = messages.lists_of(opened.store, read.number) or ()
        return RsvpLink("unknown", signup.language_of(opened, slugs))
    own = meetings.settings_of(opened, _slug(opened, meeting["list"]))
    known = row is not None and bool(row["key"])
    state = rsvps.standing(meeting["state"], meeting["ends"], opened.clock.iso())
    found = answered.get(opened.store, meeting["id"], read.member) if known else None
    return RsvpLink(
        state=state if known else "gone",
        language=own.language,
        masked=addresses.masked(row["address"]) if row is not None and known else "",
        title=meeting["title"],
        then=meeting["after"],
        facts=meetings.facts(meeting, own),
        given=_rsvp(found) if found is not None else None,
    )


def _rsvp(row: sqlite3.Row) -> rsvps.Rsvp:
    return rsvps.Rsvp(row["answer"], row["guests"], row["drinks"], row["note"])


def _slug(opened: site.Site, list_id: int) -> str:
    if list_id not in opened.store.list_slugs:
        opened.store.register_lists(())  # made by another process since this one began
    return opened.store.list_slugs.get(list_id, "")


def _queue_receipt(
    opened: site.Site, read: tokens.Token, meeting: sqlite3.Row, given: rsvps.Rsvp, revision: int
) -> None:
    """Queue the mail that says what was answered: at most one an hour, and the last one always tells the last answer.

    A receipt that waits for its hour is replaced by the newer one. Runs inside the caller's write transaction.
    """
    row = members.by_id(opened.store, read.member)
    lists = _lists(opened, read, meeting)
    if row is None or not lists or suppressions.covers_all(opened.store, consent.macs(opened, row["key"])):
        return
    own, now = opened.mailing_list(lists[0]).site, opened.clock.now()
    told = {"next_facts": meetings.facts(meeting, own)}
    waiting = queued.take_back_about(opened.store, meeting["id"], "receipt", read.member, clock.iso(now))
    box = joining.mailbox_mac(opened, row["key"])
    times = [clock.parse(at) for at in rates.asked(opened.store, box, "receipt")]
    due = clock.iso(clock.parse(waiting) if waiting else rsvps.receipt_at(times, now))
    reply = answering.Answer(
        row["id"], row["address"], revision, opened.store.list_ids[lists[0]], row["name"], row["first_name"],
        numbers={"rsvp": read.number}, due=due,
        values={"answer": said(given, meeting["after"], own.language), "partstat": _PARTSTAT[given.answer]},
    )  # fmt: skip
    # Who does not come wants nothing in their calendar.
    plan = answering.About(meeting, has_entry=given.answer != "no")
    answering.queue(opened, answering.RECEIPT, lists, reply, told, plan)
    rates.note(opened.store, box, "receipt", due)


def _lists(opened: site.Site, read: tokens.Token, meeting: sqlite3.Row) -> tuple[str, ...]:
    """The one list under whose name a receipt goes: the meeting's own if the member knows it, else one of the mail's."""
    slugs = (_slug(opened, meeting["list"]), *(messages.lists_of(opened.store, read.number) or ()))
    of_member = {row["slug"] for row in subscriptions.of_member(opened.store, read.member)}
    return tuple(slug for slug in slugs if slug in of_member and slug in opened.config.lists)[:1]


def said(given: rsvps.Rsvp, then: str, language: str) -> str:
    """An answer in words. The note is not repeated: whoever holds a link could write to its owner through us."""
    parts = [catalogue.say(f"answered_{given.answer}", language)]
    if given.guests:
        parts.append(catalogue.say("answered_guests", language, count=str(given.guests)))
    if given.drinks and then:
        parts.append(catalogue.say(f"answered_drinks_{given.drinks}", language, then=then))
    if given.note:
        parts.append(catalogue.say("answered_note", language))
    return "; ".join(parts)
