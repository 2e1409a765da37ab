"""Leaving by mail: the mailto of List-Unsubscribe, and a plain reply that asks for it.

By a token of ours it acts at once. Without one anybody could have written it, so at most one mail a day asks the holder
of the address. Runs inside the caller's write transaction.
"""

import contextlib

from newsletter import site
from newsletter.core import addresses, clock, errors, loops, tokens, wishes
from newsletter.service import answering, consent, joining, signup
from newsletter.service.inbound import Inbound
from newsletter.store import members, rates, subscriptions

ANSWER = "answer"  # the kind under which automatic answers are counted, whatever they say


def take(opened: site.Site, inbound: Inbound) -> str:
    """Take a wish to leave in; say what was done, or nothing when the mail is no such wish."""
    letter = inbound.letter
    replied = letter.fields.get("auto-submitted", "").strip().lower().startswith("auto-replied")
    replied = (
        replied and "x-apple-unsubscribe" not in letter.fields
    )  # the button of Apple Mail calls itself a reply
    for purpose, text in letter.addressed:
        # Whatever comes to this address is the wish: mail programs write it by themselves, with any subject.
        found = opened.tokens.read("leave", text) if purpose == "leave" and not replied else None
        if found is not None:
            return _leave(opened, inbound, found)
    if inbound.report.kind != "other" or not letter.may_be_answered:
        return ""
    if not wishes.wants_to_leave(letter.subject, letter.words):
        return ""
    token = writer(opened, inbound)
    return _leave(opened, inbound, token) if token else _ask(opened, inbound)


def writer(opened: site.Site, inbound: Inbound) -> tokens.Token | None:
    """Whom a letter's tokens name: by the address it came to, else by the mail it answers. From is never asked."""
    for purpose, text in inbound.letter.addressed:
        if purpose in ("return", "reply", "rsvp") and (found := opened.tokens.read(purpose, text)):
            return found
    for text in inbound.letter.answered:
        if found := opened.tokens.read("return", text):
            return found
    return None


def _leave(opened: site.Site, inbound: Inbound, token: tokens.Token) -> str:
    told = {"from": inbound.letter.sender, "mail": inbound.digest.hex()}
    left = signup.leave_as(opened, token, "mail", told=told)
    row = members.by_id(opened.store, token.member)
    if left.left and row is not None and row["key"]:
        # The goodbye is this day's answer to the address.
        rates.note(opened.store, joining.mailbox_mac(opened, row["key"]), ANSWER, inbound.now)
    lists = ", ".join(place.slug for place in left.left)
    return f"member {token.member} has left {lists or 'nothing: they were on none of its lists'}"


def _ask(opened: site.Site, inbound: Inbound) -> str:
    """Ask the holder of the address, if that is a member; a stranger gets no answer."""
    try:
        address = addresses.read(inbound.letter.sender)
    except errors.InputError:
        return ""
    row = members.by_key(opened.store, address.key)
    slugs = _on(opened, row["id"]) if row else []
    if row is None or not slugs:
        return "asks to leave, and is on no list"
    if not may_answer(opened, address.key):
        return "asks to leave: was asked back within a day"
    with contextlib.suppress(errors.EditionError):
        moment = clock.parse(inbound.now)
        answer = answering.Answer(
            row["id"], row["address"], int(moment.timestamp()), opened.store.list_ids[slugs[0]],
            row["name"], row["first_name"],
        )  # fmt: skip
        answering.queue(opened, answering.LEAVING, slugs, answer)
        rates.note(opened.store, joining.mailbox_mac(opened, address.key), ANSWER, inbound.now)
    return "asks to leave, without a token of ours: asked back by one mail"


def may_answer(opened: site.Site, key: str) -> bool:
    """Whether a machine of ours may answer this address now (RFC 3834 2): once a day, and never a suppressed one."""
    if consent.suppression_scope(opened, key, 0) == "all":
        return False
    box = joining.mailbox_mac(opened, key)
    times = [clock.parse(at) for at in rates.asked(opened.store, box, ANSWER)]
    return loops.is_under(times, loops.ANSWERS_A_DAY, opened.clock.now())


def _on(opened: site.Site, member: int) -> list[str]:
    """The configured lists that a member is on, in the order of their folders."""
    found = {row["slug"] for row in subscriptions.of_member(opened.store, member)}
    return [
        slug
        for slug in opened.config.lists
        if slug in found and signup.place_of(opened, member, slug).on
        and signup.place_of(opened, member, slug).state not in ("requested", "held")
    ]  # fmt: skip
