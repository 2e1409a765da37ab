"""Answers to an invitation that come by mail: a calendar's reply is stored, a person's words become a proposal.

A stored answer waits in the table `reply`; the chair settles it from there (service/proposals.py).
Runs inside the caller's write transaction.
"""

from newsletter import site
from newsletter.core import addresses, errors, tokens, wishes
from newsletter.mail import calendar_answers
from newsletter.service import health, inbound_leaving, inbound_letters
from newsletter.service.inbound import Inbound
from newsletter.store import meetings, members, replies

WORDS_LIMIT = 500  # characters of a person's words that the chair is shown


def of_calendar(opened: site.Site, inbound: Inbound) -> str:
    """Store a calendar's answer; say what was done."""
    try:
        found = calendar_answers.read(inbound.data)
    except errors.InputError:
        found = None
    token = inbound_leaving.writer(opened, inbound)
    if found is None:
        # A counter-proposal, or a shape unknown to us: people talk about it.
        return inbound_letters.keep(opened, inbound) or "no answer in it that can be read"
    if token is None:
        return "no token of ours: not stored"
    row = members.by_id(opened.store, token.member)
    if row is None or row["key"] is None:
        return "its member is gone"
    meeting = meetings.by_uid(opened.store, found.uid) or meetings.of_message(opened.store, token.number)
    if meeting is None or meeting["uid"] != found.uid:
        return "it answers no meeting of ours"
    newest = replies.newest(opened.store, token.member, meeting["id"])
    # A clock that runs ahead must not make all later answers of a person count for nothing.
    stamped = min(found.stamped_at, inbound.now) or inbound.now
    if found.sequence < meeting["sequence"] or (newest is not None and stamped < newest["stamped_at"]):
        return "it is older than what we know"
    own = _is(found.attendee, row["key"])
    words = "" if own else f"for {addresses.masked(found.attendee)}, to whom the invitation was passed on"
    replies.add(
        opened.store,
        replies.Reply(
            inbound.digest, inbound.now, "calendar", "given" if own else "proposed", found.answer, token.member,
            token.number, meeting["id"], found.sequence, stamped, words,
        ),
    )  # fmt: skip
    health.revive(opened, token.member, "its holder answered an invitation", inbound.now)
    return f"{'stored' if own else 'proposed'} for member {token.member}: {found.answer}"


def of_words(opened: site.Site, inbound: Inbound) -> str:
    """Propose a person's words as an answer to the meeting they write about; say what was done, or nothing."""
    token = inbound_leaving.writer(opened, inbound)
    answer = wishes.coming(inbound.letter.words) if token else None
    if token is None or answer is None:
        return ""
    meeting = _meeting(opened, token)
    if meeting is None:
        return ""
    replies.add(
        opened.store,
        replies.Reply(
            inbound.digest, inbound.now, "words", "proposed", answer, token.member, token.number, meeting, 0,
            inbound.now, " ".join(inbound.letter.words.split())[:WORDS_LIMIT],
        ),
    )  # fmt: skip
    health.revive(opened, token.member, "its holder wrote to us", inbound.now)
    # The chair reads the very words as well: a machine may have understood them wrongly.
    passed = inbound_letters.keep(opened, inbound)
    return f"proposed for member {token.member}: {answer}{'; ' + passed if passed else ''}"


def _meeting(opened: site.Site, token: tokens.Token) -> int | None:
    """The meeting that the answered mail invites to, if it has not begun."""
    row = meetings.of_message(opened.store, token.number)
    if row is None or row["state"] != "planned" or row["starts"] <= opened.clock.iso():
        return None
    return int(row["id"])


def _is(attendee: str, key: str) -> bool:
    """Whether an attendee is the member; where the reply names none it is whoever the token names."""
    if not attendee:
        return True
    try:
        return addresses.read(attendee).key == key
    except errors.InputError:
        return False
