"""A booth: people sign up one after the other on a helper's device, which may be without a network for hours.

Each sign-up has a number that the device gave it, so that it counts once however often it is sent; its own time, the
words that were shown, and who looked after the booth stand in the ledger. Whoever types an address here is asked by mail,
like on the web, unless the list says that the helper vouches for them (`booth = "attest"`).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from newsletter import settings, site
from newsletter.core import addresses, clock, devices, errors, texts
from newsletter.core import passes as rules
from newsletter.service import consent, joining, passes, signup
from newsletter.store import booths, ledger, members, subscriptions

# `late`: the day is over, what a device took before may still come in.
State = Literal["open", "late", "full", "over", "ended"]
Verdict = Literal["taken", "address", "role", "name", "wording", "full", "over"]


@dataclass(frozen=True, slots=True)
class Booth:
    """What a booth's page shows: the list, the words and their hash, and whether more can sign up here. `asks` says that
    people confirm by mail before they are on the list."""

    state: State
    offer: joining.Offer
    wording_hash: str
    asks: bool


def look(opened: site.Site, slug: str, token: str) -> Booth:
    """See a booth by its link. Changes nothing. Raises NotFoundError when the link is not ours or its week is over."""
    row = passes.read(opened, "booth", token)
    if passes.list_of(opened, row) != slug:
        raise signup.unknown()
    return at(opened, row)


def at(opened: site.Site, row: sqlite3.Row) -> Booth:
    """The sign-up that a pass allows: a booth's, or that of a door for walk-ins. Raises NotFoundError."""
    state = _state(opened, row)
    if state == "over" or not row["wording"]:
        raise signup.unknown()
    slug = passes.list_of(opened, row)
    offer, mailing_list = joining.offer(opened, slug), opened.mailing_list(slug)
    shown = ledger.wording(opened.store, row["wording"])
    asks = mailing_list.booth == "confirm" or mailing_list.confirm == "always"
    return Booth(state, replace(offer, wording=shown), row["wording"], asks)


def _state(opened: site.Site, row: sqlite3.Row) -> State:
    now = opened.clock.now()
    standing = rules.standing(row["ended_at"], row["until"], clock.iso(now))
    if standing == "over":
        return "late" if rules.takes_late(row["until"], now) else "over"
    if standing == "open" and booths.count(opened.store, row["id"]) >= rules.SIGNUPS:
        return "full"
    return standing


def take(
    opened: site.Site, slug: str, token: str, signups: Sequence[devices.Signup], device_now: str
) -> dict[str, Verdict]:
    """Take sign-ups in; say for each, by its number, what became of it.

    `taken` is final, and the same however often it is sent; `address`, `role` and `name` want to be corrected; the rest
    may work with a new link, so the device keeps it. Nothing depends on who is known here. Raises NotFoundError.
    """
    row = passes.read(opened, "booth", token)
    if passes.list_of(opened, row) != slug:
        raise signup.unknown()
    return take_by(opened, row, signups, device_now, "booth")


def take_by(
    opened: site.Site, row: sqlite3.Row, signups: Sequence[devices.Signup], device_now: str,
    channel: Literal["booth", "door"],
) -> dict[str, Verdict]:  # fmt: skip
    """The same by a pass of either kind. One without words to agree to, or of a list that takes nobody, takes nobody."""
    with opened.store.write():
        return {one.id: _take(opened, row, one, device_now, channel) for one in signups}


def _take(
    opened: site.Site,
    row: sqlite3.Row,
    one: devices.Signup,
    device_now: str,
    channel: Literal["booth", "door"],
) -> Verdict:
    if booths.is_known(opened.store, one.id):
        return "taken"
    state, at = _state(opened, row), rules.moment(one.at, device_now, opened.clock.now())
    if state == "full":
        return "full"
    if state != "open" and (state != "late" or clock.iso(at) > row["until"]):
        return "over"
    slug = passes.list_of(opened, row)
    if not row["wording"] or not joining.is_open(opened, slug):
        return "over"
    wording = one.wording or row["wording"]
    if wording != row["wording"] and not ledger.is_wording_of(opened.store, wording, row["list"]):
        return "wording"
    verdict = _fault(opened, one)
    if verdict is None:
        _sign_up(opened, row, slug, one, clock.iso(at), wording, channel)
        booths.note(opened.store, one.id, row["id"], opened.clock.iso())
    return verdict or "taken"


def _fault(opened: site.Site, one: devices.Signup) -> Verdict | None:
    """What is wrong with a sign-up, whoever it is about."""
    try:
        address = addresses.read(one.address)
    except errors.InputError:
        return "address"
    try:
        joining.refuse_own(opened, address)
        for text in (one.name, one.collector):
            texts.one_line(text, "the name", texts.NAME_LIMIT)
        for value in one.fields.values():
            texts.one_line(value, "the field")
    except errors.RefusedError:
        return "role"
    except errors.InputError:
        return "name"
    return None


def _sign_up(
    opened: site.Site, row: sqlite3.Row, slug: str, one: devices.Signup, at: str, wording: str,
    channel: Literal["booth", "door"],
) -> None:  # fmt: skip
    mailing_list = opened.mailing_list(slug)
    known = {key: value for key, value in one.fields.items() if key in mailing_list.fields}
    shown = joining.Shown(
        channel, at, wording, f"{channel} on {at[:10]}",
        {"collector": one.collector.strip() or row["organiser"], "by": row["organiser"], "device_at": one.at[:40]},
    )  # fmt: skip
    wanted = joining.Wanted(
        one.address, (slug,), one.name, known, f"/{channel}/{slug}", mailing_list.site.language, shown
    )
    address = addresses.read(one.address)
    if mailing_list.booth == "attest" and _may_attest(opened, address, mailing_list):
        _attest(opened, address, wanted, shown)
    else:
        joining.ask(opened, wanted)


def _may_attest(opened: site.Site, address: addresses.Address, mailing_list: settings.MailingList) -> bool:
    """A helper vouches for who is new on this list; everybody else, and who has ever said no, is asked themselves."""
    list_id = opened.store.list_ids[mailing_list.slug]
    row = members.by_key(opened.store, address.key)
    found = subscriptions.get(opened.store, list_id, row["id"]) if row else None
    return found is None and consent.suppression_scope(opened, address.key, list_id) is None


def _attest(
    opened: site.Site, address: addresses.Address, wanted: joining.Wanted, shown: joining.Shown
) -> None:
    row = members.by_key(opened.store, address.key)
    name = texts.one_line(wanted.name, "the name", texts.NAME_LIMIT)
    member = row["id"] if row else members.add(
        opened.store, address, consent.macs(opened, address.key), name, texts.first_name(name), wanted.fields,
        opened.clock.iso(),
    )  # fmt: skip
    told = {
        **joining.told_of(opened, wanted),
        **shown.told,
        "statement": "typed by the person on the helper's device",
    }
    proof = consent.Proof(
        "organiser",
        shown.channel,
        shown.at,
        basis="consent",
        source=shown.source,
        wording=shown.wording,
        told=told,
    )
    consent.take(opened, member, wanted.lists[0], "attested", proof)
    joining.ask_attested(opened, member)
