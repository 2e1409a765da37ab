"""Asking to join, from a public form: what is offered, and what a visitor's request does.

Whatever the address is - new, known, gone, blocked - the visitor learns nothing: `ask` returns nothing, and what there is
to say is queued as a mail to the address. Within the request nobody is mailed and nothing slow is done.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from newsletter import settings, site
from newsletter.core import addresses, clock, errors, limits, mailboxes, texts, words
from newsletter.service import answering, consent
from newsletter.store import members, rates, requests, subscriptions, suppressions

BLOCKED = "blocked"  # the reason of a suppression that its holder asked for by the link in a confirm mail


@dataclass(frozen=True, slots=True)
class Offer:
    """One list as a visitor may join it, with the exact words they agree to."""

    slug: str
    title: str
    description: str
    purpose: str
    wording: str
    fields: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor filled in. `form` and `language` say which page they saw, for the proof; `shown` says more where that
    was no page of the web."""

    address: str
    lists: tuple[str, ...]
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    form: str = "/join"
    language: str = ""
    shown: "Shown | None" = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Where somebody signed up on another's device: the channel (booth, door), when (UTC ISO), the hash of the words they
    saw, where that was in words, and what else the ledger keeps of it."""

    channel: str
    at: str
    wording: str
    source: str
    told: Mapping[str, object]


def offers(opened: site.Site) -> tuple[Offer, ...]:
    """The lists that a visitor may join, in the order of their folders."""
    return tuple(offer(opened, slug) for slug, found in opened.config.lists.items() if _is_public(found))


def offer(opened: site.Site, slug: str) -> Offer:
    """One list as a visitor may join it. Raises NotFoundError."""
    found = opened.config.lists.get(slug)
    if found is None or not _is_public(found):
        raise errors.NotFoundError(f"there is no list '{slug}' to join")
    return Offer(
        slug, found.title, found.description, found.purpose, found.wording, found.fields, found.site.language
    )


def is_open(opened: site.Site, slug: str) -> bool:
    """Whether a visitor may join a list."""
    found = opened.config.lists.get(slug)
    return found is not None and _is_public(found)


def _is_public(mailing_list: settings.MailingList) -> bool:
    """A list that rests on membership is filled by the society, not by visitors."""
    return mailing_list.basis == "consent"


def ask(opened: site.Site, wanted: Wanted) -> None:
    """Take a visitor's request; the rest goes by mail. Durable when it returns.

    Raises InputError for what cannot be an address, a name or a field, RefusedError for a mailbox that belongs to a job
    and for an empty choice, NotFoundError for a list that is not there: none of it depends on who is known here.
    """
    address = addresses.read(wanted.address)
    refuse_own(opened, address)
    if not wanted.lists:
        raise errors.RefusedError("no list was chosen", "Tick at least one.")
    for slug in wanted.lists:
        offer(opened, slug)
    proof = _proof(opened, wanted)
    with opened.store.write():
        _take(opened, address, tuple(dict.fromkeys(wanted.lists)), proof)


def refuse_own(opened: site.Site, address: addresses.Address) -> None:
    """A mailbox of a job, or our own for bounces, is no member: mail to it could go round in circles."""
    receive = opened.config.receive
    own = addresses.read(receive.bounce_address).key if receive else ""
    if addresses.is_role(address.key) or addresses.without_tag(address.key) == own:
        raise errors.RefusedError(
            f"{address.text} belongs to a job, not to a person", "Please use a personal address."
        )


def _proof(opened: site.Site, wanted: Wanted) -> consent.Proof:
    told, shown = told_of(opened, wanted), wanted.shown
    if shown is None:
        return consent.Proof("person", "page", basis="consent", source=f"web form {wanted.form}", told=told)
    return consent.Proof(
        "person", shown.channel, shown.at, basis="consent", source=shown.source, wording=shown.wording,
        told={**told, **shown.told},
    )  # fmt: skip


def told_of(opened: site.Site, wanted: Wanted) -> dict[str, object]:
    """What the ledger keeps of the form. The person's row learns it only when they confirm. Raises InputError."""
    known = {name for slug in wanted.lists for name in opened.mailing_list(slug).fields}
    for name in wanted.fields:
        if name not in known:
            raise errors.InputError(f"there is no field '{name}'")
    values = {key: texts.one_line(value, f"the field {key}") for key, value in wanted.fields.items()}
    return {
        "typed": wanted.address.strip()[:320],
        "form": wanted.form,
        "ticked": list(wanted.lists),
        "language": wanted.language,
        "name": texts.one_line(wanted.name, "the name", texts.NAME_LIMIT),
        "fields": {key: value for key, value in values.items() if value},
    }


def _take(
    opened: site.Site, address: addresses.Address, lists: tuple[str, ...], proof: consent.Proof
) -> None:
    # Composed for every kind of address alike, so that the time it takes the first time tells nothing.
    answering.composed(opened, answering.CONFIRM, lists)
    answering.composed(opened, answering.ALREADY, lists)
    row = members.by_key(opened.store, address.key)
    open_to = _not_blocked(opened, address, lists)
    pending = [slug for slug in open_to if _is_pending(opened, row, slug)]
    if not open_to:
        return
    now = opened.clock.now()
    box = mailbox_mac(opened, address.key)
    times = [clock.parse(at) for at in rates.asked(opened.store, box, "join")]
    may_mail = limits.may_ask(times, now, proven=not pending)
    if pending:
        _request(opened, address, row, pending, proof, may_mail)
    elif may_mail and row is not None:
        list_id = opened.store.list_ids[open_to[0]]
        sent = answering.Answer(row["id"], row["address"], int(now.timestamp()), list_id)
        answering.queue(opened, answering.ALREADY, open_to, sent)
    if may_mail:
        rates.note(opened.store, box, "join", clock.iso(now))


def mailbox_mac(opened: site.Site, key: str) -> bytes:
    """The keyed hash of the mailbox behind an address, in all its spellings."""
    return opened.tokens.address_mac(mailboxes.one(key))


def _not_blocked(opened: site.Site, address: addresses.Address, lists: Sequence[str]) -> list[str]:
    """The lists for which this address may be written to at all: its holder has not blocked it, nor was it marked."""
    found = suppressions.of(opened.store, consent.macs(opened, address.key))
    if any(row["scope"] == "all" for row in found):
        return []
    blocked = {row["list"] for row in found if row["scope"] == "list" and row["reason"] == BLOCKED}
    return [slug for slug in lists if opened.store.list_ids[slug] not in blocked]


_ASKABLE = frozenset({"requested", "held", "lapsed", *words.WITHDRAWN})


def _is_pending(opened: site.Site, row: sqlite3.Row | None, slug: str) -> bool:
    """Whether the person must still confirm this list to get its mail."""
    found = subscriptions.get(opened.store, opened.store.list_ids[slug], row["id"]) if row else None
    return found is None or found["state"] in _ASKABLE or _is_unproven(opened, found["state"], slug)


def _is_unproven(opened: site.Site, state: str, slug: str) -> bool:
    known = opened.config.lists.get(slug)
    return state == "attested" and known is not None and known.confirm == "always"


def _request(
    opened: site.Site, address: addresses.Address, row: sqlite3.Row | None, pending: Sequence[str],
    proof: consent.Proof, may_mail: bool,
) -> None:  # fmt: skip
    """Note the request where a link can still confirm it, and queue the confirm mail if one may go."""
    now = opened.clock.iso()
    is_open = row is not None and bool(requests.open_of(opened.store, row["id"], "join", now))
    if not may_mail and not is_open:
        return
    member = row["id"] if row else members.add(
        opened.store, address, consent.macs(opened, address.key), "", "", {}, now
    )  # fmt: skip
    for slug in pending:
        found = subscriptions.get(opened.store, opened.store.list_ids[slug], member)
        if found is None or not _is_unproven(opened, found["state"], slug):
            consent.take(opened, member, slug, "requested", proof)
    if may_mail:
        _queue_confirm(opened, member, address.text)


def _queue_confirm(opened: site.Site, member: int, address: str) -> None:
    """Queue the confirm mail for every list that the member is pending for."""
    now = opened.clock.now()
    slugs = pending_of(opened, member)
    until = clock.iso(now + timedelta(seconds=opened.config.retention.requests))
    number = requests.add(opened.store, "join", member, clock.iso(now), until)
    answer = answering.Answer(
        member, address, number, opened.store.list_ids[slugs[0]], numbers={"confirm": number, "block": number}
    )
    answering.queue(opened, answering.CONFIRM, slugs, answer)


def pending_of(opened: site.Site, member: int) -> tuple[str, ...]:
    """The lists that a member must still confirm, in the order of their folders."""
    states = {row["slug"]: row["state"] for row in subscriptions.of_member(opened.store, member)}
    return tuple(
        slug
        for slug in opened.config.lists
        if states.get(slug) == "requested" or _is_unproven(opened, states.get(slug, ""), slug)
    )


def ask_attested(opened: site.Site, member: int) -> bool:
    """Queue the confirm mail that paper and booth sign-ups of a list with `confirm = "always"` get first.

    For importers, inside their write transaction. Returns False when nothing is pending or no mail may go now: the person
    can still ask on the web.
    """
    row = members.by_id(opened.store, member)
    if row is None or not row["key"] or not pending_of(opened, member):
        return False
    address = addresses.read(row["address"])
    if not _not_blocked(opened, address, pending_of(opened, member)):
        return False
    now, box = opened.clock.now(), mailbox_mac(opened, address.key)
    times = [clock.parse(at) for at in rates.asked(opened.store, box, "join")]
    if not limits.may_ask(times, now, proven=False):
        return False
    _queue_confirm(opened, member, row["address"])
    rates.note(opened.store, box, "join", clock.iso(now))
    return True
