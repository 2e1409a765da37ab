"""The links of a confirm mail: "yes", which proves the address and confirms every list it is pending for, and "not me".

Looking changes nothing; each act can be repeated and answers alike.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from newsletter import site
from newsletter.core import addresses, chain, errors, texts, tokens
from newsletter.service import answering, consent, forgetting, joining, signup
from newsletter.store import ledger, members, rates, requests, subscriptions, suppressions

Act = Literal["join", "address", "block"]


@dataclass(frozen=True, slots=True)
class ConfirmLink:
    """What a link is about. `open` says that its button still does something; once it was used, `places` say how the person
    stands. `new_masked` is the address to change to, where `act` is address."""

    act: Act
    open: bool
    member: int
    masked: str
    language: str
    pending: tuple[joining.Offer, ...]
    places: tuple[signup.Place, ...]
    new_masked: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A list that was just confirmed, with the receipt a person is given: record number and first hex digits."""

    slug: str
    title: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The answer to a confirming POST; `joined` is empty when the link was used before."""

    link: ConfirmLink
    joined: tuple[Joined, ...]


def look(opened: site.Site, token: str) -> ConfirmLink:
    """Say what a link of a confirm mail is about. Changes nothing.

    Raises NotFoundError when the token is not ours, ExpiredError when its time is over.
    """
    return _look(opened, *_read(opened, token))


def confirm(opened: site.Site, token: str) -> Confirmed:
    """Confirm all that is pending (or the new address) in one durable transaction; a second time changes nothing.

    Raises NotFoundError when the token is not ours, ExpiredError when its time is over, RefusedError when the new
    address has become another member's.
    """
    read, blocks = _read(opened, token)
    if blocks:
        raise signup.unknown()
    with opened.store.write():
        link = _look(opened, read, False)
        if not link.open:
            return Confirmed(link, ())
        if link.act == "address":
            _change_address(opened, read)
            joined: tuple[Joined, ...] = ()
        else:
            joined = _join(opened, read, link)
        return Confirmed(_look(opened, read, False), joined)


def block(opened: site.Site, token: str) -> ConfirmLink:
    """Say "not me": the request is dropped and this address is not asked again. Repeating it changes nothing.

    Whoever is on no other list is blocked altogether and forgotten but for the keyed hash; a member of other lists keeps
    them. Raises NotFoundError when the token is not ours.
    """
    read, blocks = _read(opened, token)
    if not blocks:
        raise signup.unknown()
    with opened.store.write():
        row = members.by_id(opened.store, read.member)
        request = requests.get(opened.store, read.number, read.member)
        if row is not None and row["key"] and (request is None or request["done_at"] is None):
            _block(opened, row)
        return _look(opened, read, True)


def _read(opened: site.Site, token: str) -> tuple[tokens.Token, bool]:
    """The token, and whether it is the one that blocks."""
    found = opened.tokens.read("confirm", token)
    if found is not None:
        return found, False
    return signup.read_token(opened, "block", token), True


def _look(opened: site.Site, read: tokens.Token, blocks: bool) -> ConfirmLink:
    row = members.by_id(opened.store, read.member)
    request = requests.get(opened.store, read.number, read.member)
    gone = row is None or not row["key"] or request is None
    if not blocks and (gone or _is_over(opened, request)):
        raise errors.ExpiredError("this link is older than a week, or its request was dropped", "Ask again.")
    slugs = joining.pending_of(opened, read.member)
    places = tuple(
        signup.place_of(opened, read.member, found["slug"])
        for found in subscriptions.of_member(opened.store, read.member)
    )
    act: Act = "block" if blocks else "address" if request and request["kind"] == "address" else "join"
    return ConfirmLink(
        act=act,
        open=not gone
        and request is not None
        and request["done_at"] is None
        and bool(slugs or act == "address"),
        member=read.member,
        masked=addresses.masked(row["address"]) if row and row["address"] else "",
        language=signup.language_of(opened, slugs or tuple(one.slug for one in places)),
        pending=tuple(joining.offer(opened, slug) for slug in slugs) if act != "address" else (),
        places=places,
        new_masked=addresses.masked(request["address"]) if request and request["address"] else "",
    )


def _is_over(opened: site.Site, request: sqlite3.Row | None) -> bool:
    return request is not None and request["done_at"] is None and request["until"] <= opened.clock.iso()


def _join(opened: site.Site, read: tokens.Token, link: ConfirmLink) -> tuple[Joined, ...]:
    now = opened.clock.iso()
    request = requests.get(opened.store, read.number, read.member)
    row = members.by_id(opened.store, read.member)
    assert request is not None and row is not None
    if suppressions.covers_all(opened.store, consent.macs(opened, row["key"])):
        raise errors.ExpiredError("this address was blocked by its holder after the mail was sent")
    proof = consent.Proof(
        "person", "page", basis="consent", source=_source(opened, read.member),
        told={"request": read.number, "asked_at": request["at"], "mail": "confirm"},
    )  # fmt: skip
    typed = _typed(opened, read.member)
    slugs = tuple(one.slug for one in link.pending)
    joined = confirm_lists(opened, row, slugs, proof)
    _learn(opened, read.member, typed)
    requests.end(opened.store, read.member, "join", now)
    rates.clear(opened.store, joining.mailbox_mac(opened, row["key"]), "join")
    return joined


def confirm_lists(
    opened: site.Site, row: sqlite3.Row, slugs: tuple[str, ...], proof: consent.Proof
) -> tuple[Joined, ...]:
    """Take the step on each list, lift what the person had withdrawn there, and queue the welcome mail.

    Runs inside the caller's write transaction.
    """
    now = opened.clock.iso()
    joined = []
    for slug in slugs:
        seq = consent.take(opened, row["id"], slug, "confirmed", proof)
        receipt = chain.receipt(seq, ledger.hash_of(opened.store, seq))
        joined.append(Joined(slug, opened.mailing_list(slug).title, receipt))
    consent.lift(opened, row["key"], slugs)
    if row["health"] != "ok":
        members.set_health(opened.store, row["id"], "ok", "its holder confirmed it", now)
    if joined:
        answer = answering.Answer(
            row["id"], row["address"], int(joined[-1].receipt.partition("-")[0]), opened.store.list_ids[slugs[0]],
            values={"receipt": ", ".join(one.receipt for one in joined)},
        )  # fmt: skip
        answering.queue(opened, answering.WELCOME, slugs, answer)
    return tuple(joined)


def _source(opened: site.Site, member: int) -> str:
    found = [row["source"] for row in subscriptions.of_member(opened.store, member) if row["source"]]
    return str(found[-1]) if found else "web form"


def _typed(opened: site.Site, member: int) -> Mapping[str, Any]:
    """What was filled in with the newest request that the ledger still holds."""
    for event in reversed(ledger.of_member(opened.store, member)):
        if event["step"] == "requested" and event["json"]:
            found: dict[str, Any] = json.loads(event["json"])
            return found
    return {}


def _learn(opened: site.Site, member: int, typed: Mapping[str, Any]) -> None:
    """Write name and fields from the form where the member's own are empty: now they are proved to be theirs."""
    row = members.by_id(opened.store, member)
    assert row is not None
    name = row["name"] or str(typed.get("name", ""))
    fields = {**dict(typed.get("fields", {})), **members.fields(row)}
    members.change(opened.store, member, name, row["first_name"] or texts.first_name(name), fields)


def _change_address(opened: site.Site, read: tokens.Token) -> None:
    """Write the new address that its holder has just proved, and tell the old one."""
    request = requests.get(opened.store, read.number, read.member)
    row = members.by_id(opened.store, read.member)
    assert request is not None and row is not None
    new = addresses.read(request["address"])
    taken = members.by_key(opened.store, new.key)
    if taken is not None and taken["id"] != row["id"]:
        raise errors.RefusedError(
            "that address is on our lists already",
            "Keep it, and leave with the old one by the link in its mails.",
        )
    slugs = tuple(found["slug"] for found in subscriptions.of_member(opened.store, row["id"]))
    _move(opened, row, new, request["at"])
    requests.end(opened.store, read.member, "address", opened.clock.iso())
    rates.clear(opened.store, joining.mailbox_mac(opened, new.key), "join")
    known = [slug for slug in slugs if slug in opened.config.lists] or list(opened.config.lists)[:1]
    answer = answering.Answer(
        row["id"], row["address"], read.number, values={"new_address": addresses.masked(new.text)}
    )
    answering.queue(opened, answering.MOVED, known, answer)


def _move(opened: site.Site, row: sqlite3.Row, new: addresses.Address, asked_at: str) -> None:
    """Change the address; what the person had withdrawn stays withdrawn under the new one."""
    now, macs = opened.clock.iso(), consent.macs(opened, new.key)
    for found in suppressions.of(opened.store, (row["mac"],)):
        suppressions.add(opened.store, macs[:1], found["scope"], found["list"], found["reason"], now)
    told = {"from": row["address"], "to": new.text, "asked_at": asked_at}
    consent.note(opened, row["id"], "moved", "person", "page", told)
    members.change_address(opened.store, row["id"], new, macs, opened.clock.iso())


def _block(opened: site.Site, row: sqlite3.Row) -> None:
    now, member = opened.clock.iso(), row["id"]
    macs = consent.macs(opened, row["key"])
    found = subscriptions.of_member(opened.store, member)
    stays = any(
        signup.place_of(opened, member, one["slug"]).on and one["state"] != "requested" for one in found
    )
    for slug in joining.pending_of(opened, member):
        if stays:
            suppressions.add(
                opened.store, macs[:1], "list", opened.store.list_ids[slug], joining.BLOCKED, now
            )
        consent.drop_request(opened, member, slug, "person", "page")
    requests.end(opened.store, member, "join", now)
    if not stays:
        suppressions.add(opened.store, macs, "all", 0, joining.BLOCKED, now)
        forgetting.forget_unproven(opened, member)
