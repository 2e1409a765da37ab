"""Mails about somebody's answer to a meeting: the receipt, the turn in the queue, the offer of a place. Queued, not sent.

All are class T: they answer the person's own act. Every function runs inside the caller's write transaction.
"""

import contextlib
import sqlite3

from newsletter import site
from newsletter.compose import catalogue
from newsletter.core import clock, errors, rsvps
from newsletter.service import answering, consent, joining, meetings
from newsletter.store import answers as queued
from newsletter.store import meetings as planned
from newsletter.store import members, places, rates, subscriptions, suppressions

# What a calendar shows for an answer (RFC 5545 3.2.12).
_PARTSTAT = {"yes": "ACCEPTED", "maybe": "TENTATIVE", "no": "DECLINED"}


def tell(opened: site.Site, meeting: sqlite3.Row, answer: sqlite3.Row, *, at_once: bool = False) -> None:
    """Queue the mail that says what was answered: at most one an hour, and the last one always tells the last answer.

    One that waits for its hour is replaced by the newer one. `at_once` is for whoever took an offer: that happens once.
    An answer is never lost for a template that cannot be rendered.
    """
    kind = answering.WAITING if answer["place"] == "waiting" else answering.RECEIPT
    with contextlib.suppress(errors.EditionError):
        _queue(opened, kind, meeting, answer, at_once=at_once)


def offer(opened: site.Site, meeting: sqlite3.Row, answer: sqlite3.Row) -> None:
    """Queue the mail that offers a place until a time. What it outdates and has not gone yet is taken back."""
    with contextlib.suppress(errors.EditionError):
        _queue(opened, answering.OFFER, meeting, answer, at_once=True)


def _queue(
    opened: site.Site, kind: answering.Kind, meeting: sqlite3.Row, answer: sqlite3.Row, *, at_once: bool
) -> None:
    row = members.by_id(opened.store, answer["member"])
    slug = list_for(opened, meeting, answer["member"])
    if row is None or not slug or suppressions.covers_all(opened.store, consent.macs(opened, row["key"])):
        return
    own, now = opened.mailing_list(slug).site, opened.clock.now()
    waiting = _take_back(opened, meeting["id"], answer["member"])
    box = joining.mailbox_mac(opened, row["key"])
    times = [clock.parse(at) for at in rates.asked(opened.store, box, "receipt")]
    apart = clock.parse(waiting) if waiting else rsvps.receipt_at(times, now)
    due = clock.iso(now if at_once else apart)
    values = {
        "answer": said(rsvp_of(answer), meeting["after"], own.language, _has_place(meeting, answer)),
        "position": str(places.position(opened.store, meeting["id"], answer["turn"])),
        "until": meetings.moment(answer["offer_until"], own) if answer["offer_until"] else "",
        "partstat": _PARTSTAT[answer["answer"]],
    }
    mail = answering.Answer(
        row["id"], row["address"], answer["revision"], opened.store.list_ids[slug], row["name"], row["first_name"],
        values=values, due=due,
    )  # fmt: skip
    # Who does not come, or has no place yet, wants nothing in their calendar.
    about = answering.About(meeting, has_entry=kind is answering.RECEIPT and answer["answer"] != "no")
    told = {"next_facts": meetings.facts(meeting, own), "topic": meeting["title"]}
    answering.queue(opened, kind, (slug,), mail, told, about)
    if not at_once:
        rates.note(opened.store, box, "receipt", due)


def _take_back(opened: site.Site, meeting: int, member: int) -> str | None:
    """Skip what was queued about this meeting and has not gone; return when a receipt among it was due."""
    now = opened.clock.iso()
    queued.take_back_about(opened.store, meeting, answering.OFFER.template, member, now)
    found = [
        queued.take_back_about(opened.store, meeting, kind.template, member, now)
        for kind in (answering.RECEIPT, answering.WAITING)
    ]
    return min((due for due in found if due is not None), default=None)


def list_for(opened: site.Site, meeting: sqlite3.Row, member: int) -> str:
    """The list under whose name a mail about the meeting goes to a member: its own, if they know it, else one for which
    it was announced, else any of theirs; empty where there is none."""
    announced = [slug for lists in planned.lists_of(opened.store, meeting["id"]) for slug in lists]
    theirs = [row["slug"] for row in subscriptions.of_member(opened.store, member)]
    wanted = [meetings.list_slug(opened, meeting["list"]), *announced, *theirs]
    return next((slug for slug in wanted if slug in theirs and slug in opened.config.lists), "")


def rsvp_of(row: sqlite3.Row) -> rsvps.Rsvp:
    """An answer's row as a value."""
    return rsvps.Rsvp(row["answer"], row["guests"], row["drinks"], row["note"], row["needs"])


def _has_place(meeting: sqlite3.Row, answer: sqlite3.Row) -> bool:
    """Whether a place is worth telling of: where there is no limit everybody has one."""
    return meeting["capacity"] is not None and answer["place"] == "in"


def said(given: rsvps.Rsvp, then: str, language: str, has_place: bool = False) -> str:
    """An answer in words. Note and needs are not repeated: whoever holds a link could write to its owner through us."""
    parts = [catalogue.say(f"answered_{given.answer}", language)]
    if has_place:
        parts.append(catalogue.say("answered_place", language))
    if given.guests:
        parts.append(catalogue.say("answered_guests", language, count=str(given.guests)))
    if given.drinks and then:
        parts.append(catalogue.say(f"answered_drinks_{given.drinks}", language, then=then))
    if given.note or given.needs:
        parts.append(catalogue.say("answered_note", language))
    return "; ".join(parts)
