"""What a person does by link. Leaving and its undo now; joining and confirming stand beside them later.

A link's token says which message and which member. It is good for ever: after a key rotation, when the message or the
member is gone, and when the list has been taken away.
"""

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from newsletter import site
from newsletter.core import addresses, clock, errors, tokens, words
from newsletter.service import answering, consent
from newsletter.store import answers, ledger, members, messages, subscriptions

Channel = Literal["page", "one-click", "mail"]
UNDO_DAYS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One list of a link, as the member stands on it; `state` is empty when there is no subscription."""

    slug: str
    title: str
    state: str

    @property
    def on(self) -> bool:
        return self.state not in ("", "erased", *words.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class LeaveLink:
    """What a leave link is about: a member (address masked, empty once erased) and the lists it leaves."""

    member: int
    masked: str
    language: str
    places: tuple[Place, ...]

    @property
    def on(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.on)


@dataclass(frozen=True, slots=True)
class Left:
    """The answer to a leaving: the link as it stands now, the lists left by this very act, and the undo token."""

    link: LeaveLink
    left: tuple[Place, ...]
    undo: str | None


def look(opened: site.Site, token: str) -> LeaveLink:
    """Say what a leave link is about. Changes nothing. Raises NotFoundError when the token is not ours."""
    return _link(opened, read_token(opened, "leave", token))


def leave(opened: site.Site, token: str, channel: Channel, chosen: Sequence[str] | None = None) -> Left:
    """Leave the link's lists (those of `chosen`, or all) at once, in one durable transaction.

    Leaving again changes nothing and answers alike. Raises NotFoundError when the token is not ours.
    """
    return leave_as(opened, read_token(opened, "leave", token), channel, chosen)


def leave_as(
    opened: site.Site,
    read: tokens.Token,
    channel: Channel,
    chosen: Sequence[str] | None = None,
    told: Mapping[str, object] | None = None,
) -> Left:
    """Leave as the person whom a token of ours names; `told` is what the ledger keeps of the act beside the message."""
    with opened.store.write():
        before = _link(opened, read)
        going = tuple(place for place in before.on if chosen is None or place.slug in chosen)
        proof = consent.Proof("person", channel, told={"message": read.number, **(told or {})})
        seqs = [consent.take(opened, read.member, place.slug, "withdrawn", proof) for place in going]
        left = [place.slug for place in going if place.state in words.ON_THE_LIST]
        if left:
            say_goodbye(opened, read.member, left, seqs[-1])
        places = tuple(
            place_of(opened, read.member, one.slug) if one in going else one for one in before.places
        )
        undo = opened.tokens.make("undo", seqs[-1], read.member) if left else undo_token(opened, read.member)
        return Left(replace(before, places=places), going, undo)


def say_goodbye(opened: site.Site, member: int, slugs: Sequence[str], seq: int) -> None:
    """Queue the goodbye mail to somebody who has just left these lists: whoever did not do it themselves learns of it.

    `seq` is the leaving's last event. Runs inside the caller's write. A leaving is never lost for a template that
    cannot be rendered.
    """
    row = members.by_id(opened.store, member)
    known = [slug for slug in slugs if slug in opened.config.lists]
    if row is None or not row["key"] or not known:
        return
    list_id = opened.store.list_ids[known[0]]
    answer = answering.Answer(row["id"], row["address"], seq, list_id, row["name"], row["first_name"])
    with contextlib.suppress(errors.EditionError):
        answering.queue(opened, answering.GOODBYE, known, answer)


def undo(opened: site.Site, token: str, undo_token: str) -> tuple[Place, ...]:
    """Take back the leaving that `undo_token` was shown for: once, within 30 days; return the lists returned to.

    Raises NotFoundError when a token is not ours or they are not of one person, RefusedError when it is too late.
    """
    read = read_token(opened, "leave", token)
    given = read_token(opened, "undo", undo_token)
    if given.member != read.member:
        raise unknown()
    with opened.store.write():
        back = _still_left(opened, given.member, given.number, ledger.of_member(opened.store, given.member))
        if not back:
            raise errors.RefusedError("this leaving was undone before, or more than 30 days ago")
        for slug in back:
            consent.take(opened, given.member, slug, "returned", consent.Proof("person", "page"))
        answers.take_back(opened.store, given.member, answering.GOODBYE.template, opened.clock.iso())
        return tuple(place_of(opened, given.member, slug) for slug in back)


def read_token(opened: site.Site, purpose: tokens.Purpose, text: str) -> tokens.Token:
    """Read a token of a purpose. Raises NotFoundError."""
    found = opened.tokens.read(purpose, text)
    if found is None:
        raise unknown()
    return found


def unknown() -> errors.NotFoundError:
    """One error for every token that is not ours, so that a visitor learns nothing from trying."""
    return errors.NotFoundError("this link is not one of ours, or it was cut short")


def _link(opened: site.Site, read: tokens.Token) -> LeaveLink:
    row = members.by_id(opened.store, read.member)
    slugs = messages.lists_of(opened.store, read.number)
    if slugs is None:
        # A test copy, or a message lost with a restored database: the safe reading is "all my lists".
        slugs = tuple(found["slug"] for found in subscriptions.of_member(opened.store, read.member))
    return LeaveLink(
        read.member,
        addresses.masked(row["address"]) if row and row["address"] else "",
        language_of(opened, slugs),
        tuple(place_of(opened, read.member, slug) for slug in slugs),
    )


def place_of(opened: site.Site, member: int, slug: str) -> Place:
    """A list that was taken out of the configuration is still left: by its slug, the database knows it."""
    known = opened.config.lists.get(slug)
    if slug not in opened.store.list_ids:
        opened.store.register_lists(())  # made by another process since this one began
    list_id = opened.store.list_ids.get(slug)
    row = subscriptions.get(opened.store, list_id, member) if list_id is not None else None
    return Place(slug, known.title if known else slug, row["state"] if row else "")


def language_of(opened: site.Site, slugs: Sequence[str]) -> str:
    known = [opened.config.lists[slug] for slug in slugs if slug in opened.config.lists]
    return known[0].site.language if known else opened.config.site.language


def undo_token(opened: site.Site, member: int) -> str | None:
    """The token that takes back the person's newest leaving, if it still can be."""
    events = ledger.of_member(opened.store, member)
    newest = [event["seq"] for event in events if event["step"] == "withdrawn"]
    if not newest or not _still_left(opened, member, newest[-1], events):
        return None
    return opened.tokens.make("undo", newest[-1], member)


def _still_left(opened: site.Site, member: int, seq: int, ledgered: Sequence[sqlite3.Row]) -> list[str]:
    """The lists that the person left in the act whose last event is `seq`, and has not touched since."""
    events = {event["seq"]: event for event in ledgered}
    act = _act(events, seq)
    if not act or opened.clock.now() - clock.parse(events[seq]["recorded_at"]) > timedelta(days=UNDO_DAYS):
        return []
    return [
        str(row["slug"])
        for row in subscriptions.of_member(opened.store, member)
        if row["consent"] in act and row["state"] == "unsubscribed" and row["before"] in words.ON_THE_LIST
    ]


def _act(events: Mapping[int, sqlite3.Row], seq: int) -> set[int]:
    """The events of one leaving: those in a row before `seq` that the person took in the same two seconds."""
    act: set[int] = set()
    while (
        (event := events.get(seq)) is not None and event["step"] == "withdrawn" and event["actor"] == "person"
    ):
        at = clock.parse(event["recorded_at"])
        if act and abs(clock.parse(events[max(act)]["recorded_at"]) - at) > timedelta(seconds=2):
            break
        act.add(seq)
        seq -= 1
    return act
