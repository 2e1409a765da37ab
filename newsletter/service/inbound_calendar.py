"""An answer that somebody's calendar sent (RFC 5546 3.2.3): with our token it is the member's own and counts at once.

The newest answer counts, by the calendar's own time stamp, against those of the page too. Without our token anybody could
have written it, so it is proposed to the chair at most. Runs inside the caller's write transaction.
"""

import sqlite3

from newsletter import site
from newsletter.core import addresses, errors, rsvps
from newsletter.mail import calendar_answers
from newsletter.service import health, inbound_leaving, inbound_letters, receipts
from newsletter.service import rsvps as answers
from newsletter.service.inbound import LEFT, Inbound
from newsletter.store import meetings, members, replies
from newsletter.store import rsvps as answered


def take(opened: site.Site, inbound: Inbound) -> str:
    """Take a calendar's answer in; say what was done."""
    try:
        found = calendar_answers.read(inbound.data)
    except errors.InputError:
        found = None
    token = inbound_leaving.writer(opened, inbound)
    if found is None:
        # Another time is proposed, somebody else is sent, or a shape unknown to us: people talk about it.
        return inbound_letters.keep(opened, inbound) or f"{LEFT}: no answer in it that can be read"
    meeting = meetings.by_uid(opened.store, found.uid)
    if meeting is None:
        return f"{LEFT}: it answers no meeting of ours"
    if token is None or not _is_about(opened, token.number, meeting):
        return _unproven(opened, inbound, meeting, found)
    row = members.by_id(opened.store, token.member)
    if row is None or row["key"] is None:
        return "its member is gone"
    # A clock that runs ahead must not make all later answers of a person count for nothing.
    stamped = min(found.stamped_at, inbound.now) or inbound.now
    if _is_old(opened, meeting, token.member, found, stamped):
        return "it is older than what we know"
    own = not found.attendee or _key(found.attendee) == row["key"]
    health.revive(opened, token.member, "its holder answered an invitation", inbound.now)
    if own:
        done = _count(opened, meeting, token.member, found, stamped)
        _note(opened, inbound, meeting, token.member, token.number, found, "accepted", stamped)
        return f"{done} for member {token.member}: {found.answer}"
    words = f"for {addresses.masked(found.attendee)}, to whom the invitation was passed on"
    _note(opened, inbound, meeting, token.member, token.number, found, "proposed", stamped, words)
    return f"proposed for member {token.member}: {found.answer}"


def _is_about(opened: site.Site, message: int, meeting: sqlite3.Row) -> bool:
    """Whether the mail that a token came with is about this meeting: a UID can be guessed, and is no invitation."""
    known = meetings.of_message(opened.store, message)
    return known is not None and known["id"] == meeting["id"]


def _count(
    opened: site.Site, meeting: sqlite3.Row, member: int, found: calendar_answers.CalendarAnswer, stamped: str
) -> str:
    """Write the answer as the page would; what a calendar cannot say stays. Who gets no place hears so by mail."""
    before = answered.get(opened.store, meeting["id"], member)
    known = receipts.rsvp_of(before) if before is not None else rsvps.Rsvp(found.answer)
    given = rsvps.Rsvp(found.answer, known.guests, known.drinks, rsvps.one_line(found.comment))
    written = answers.write(opened, meeting["id"], member, given, tell=False, at=stamped)
    if written.state != "open":
        return f"the meeting is {written.state}, not counted"
    if written.is_changed and written.place == "waiting":
        row = answered.get(opened.store, meeting["id"], member)
        assert row is not None, "it was written just now"
        receipts.tell(opened, meeting, row)
        return "waits for a place"
    return "counted"


def _is_old(
    opened: site.Site, meeting: sqlite3.Row, member: int, found: calendar_answers.CalendarAnswer, stamped: str
) -> bool:
    """Whether something newer is known: a date that moved since (RFC 5546 2.1.5), a later answer by calendar or page."""
    if found.sequence < meeting["sequence"]:
        return True
    newest = replies.newest(opened.store, member, meeting["id"])
    row = answered.get(opened.store, meeting["id"], member)
    known = [newest["stamped_at"] if newest else "", row["at"] if row else ""]
    return stamped < max(known)


def _unproven(
    opened: site.Site, inbound: Inbound, meeting: sqlite3.Row, found: calendar_answers.CalendarAnswer
) -> str:
    """Propose an answer without our token, if it says to come from the very member whom we invited; one at a time."""
    key = _key(inbound.letter.sender)
    row = members.by_key(opened.store, key) if key and key == _key(found.attendee) else None
    message = meetings.invited_by(opened.store, meeting["id"], row["id"]) if row else None
    if row is None or message is None:
        return f"{LEFT}: it answers {meeting['slug']} for somebody who was not invited"
    if found.sequence < meeting["sequence"]:
        return "it is older than what we know"
    if rsvps.standing(meeting["state"], meeting["ends"], inbound.now) != "open":
        return "the meeting takes no answers any more"
    replies.drop_proposed(opened.store, row["id"], meeting["id"], "calendar")
    words = "by calendar, without the token of the invitation"
    _note(opened, inbound, meeting, row["id"], message, found, "proposed", inbound.now, words)
    return f"no token of ours: proposed for member {row['id']}: {found.answer}"


def _note(
    opened: site.Site, inbound: Inbound, meeting: sqlite3.Row, member: int, message: int,
    found: calendar_answers.CalendarAnswer, state: replies.State, stamped: str, words: str = "",
) -> None:  # fmt: skip
    reply = replies.Reply(
        inbound.digest, inbound.now, "calendar", state, found.answer, member, message, meeting["id"],
        found.sequence, stamped, words,
    )  # fmt: skip
    replies.add(opened.store, reply)


def _key(address: str) -> str:
    """The key of an address, empty where it is none."""
    try:
        return addresses.read(address).key
    except errors.InputError:
        return ""
