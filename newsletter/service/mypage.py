"""A person's own page: by the link in any mail (choose, pause, leave), and by a fresh link (see and change one's data).

The link in a mail works for ever and shows the address masked. A fresh link was sent to the address and is good for an
hour. Looking changes nothing.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter import site
from newsletter.core import addresses, clock, errors, limits, texts, tokens, words
from newsletter.service import answering, confirming, consent, forgetting, health, joining, signup
from newsletter.store import ledger, members, rates, requests, subscriptions, suppressions

FRESH = timedelta(hours=1)
PAUSE_DAYS = 366  # at most: whoever wants longer leaves


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands on one list. `since`, `until` and `paused_until` are dates (YYYY-MM-DD, None where there is none);
    `basis` and `source` say why they get its mail."""

    slug: str
    title: str
    state: str
    since: str
    until: str | None
    paused_until: str | None
    basis: str
    source: str

    @property
    def on(self) -> bool:
        return self.state in words.ON_THE_LIST


@dataclass(frozen=True, slots=True)
class Act:
    """One event of the ledger as the person may read it. `at` is UTC ISO; `wording` the text agreed to, or empty."""

    at: str
    step: str
    title: str
    channel: str
    wording: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Data:
    """What only a fresh link shows. `fields` holds every field that a list of theirs asks for, also empty ones."""

    address: str
    name: str
    first_name: str
    fields: Mapping[str, str]
    history: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class MyPage:
    """What a person's page shows. `places` are their lists, `others` those they may join; `data` is there by fresh link."""

    member: int
    masked: str
    language: str
    places: tuple[Standing, ...]
    others: tuple[joining.Offer, ...]
    data: Data | None

    @property
    def fresh(self) -> bool:
        return self.data is not None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What joining by link did: lists joined at once with their receipts, and lists that wait for a confirm mail."""

    joined: tuple[confirming.Joined, ...]
    asked: tuple[joining.Offer, ...]


def look(opened: site.Site, token: str) -> MyPage:
    """Show a person's page by either link.

    Raises NotFoundError when the token is not ours, ExpiredError when a fresh link's hour is over.
    """
    read, is_fresh = _read(opened, token)
    row = members.by_id(opened.store, read.member)
    known = row is not None and bool(row["key"])
    places = _places(opened, read.member) if known else ()
    on = {place.slug for place in places if place.on}
    return MyPage(
        member=read.member,
        masked=addresses.masked(row["address"]) if row is not None and known else "",
        language=signup.language_of(opened, [place.slug for place in places]),
        places=places,
        others=tuple(one for one in joining.offers(opened) if one.slug not in on) if known else (),
        data=_data(opened, row) if is_fresh and row is not None and known else None,
    )


def ask_fresh(opened: site.Site, text: str) -> None:
    """Take a visitor's wish for a fresh link: the answer is the same for everybody, the link goes to the address.

    Raises InputError for what cannot be an address.
    """
    address = addresses.read(text)
    with opened.store.write():
        lists = tuple(opened.config.lists)[:1]
        answering.composed(opened, answering.FRESH, lists)
        row = members.by_key(opened.store, address.key)
        if row is None or not _may_be_answered(opened, row):
            return
        _queue_fresh(opened, row, lists)


def send_fresh(opened: site.Site, token: str) -> str:
    """Send a fresh link to the address behind a mail's own link; return the masked address. Raises NotFoundError."""
    read = signup.read_token(opened, "me", token)
    row = members.by_id(opened.store, read.member)
    if row is None or not row["key"]:
        raise signup.unknown()
    with opened.store.write():
        if _may_be_answered(opened, row):
            _queue_fresh(opened, row, tuple(opened.config.lists)[:1])
    return addresses.masked(row["address"])


def leave(opened: site.Site, token: str, slugs: Sequence[str]) -> tuple[str, ...]:
    """Leave these lists at once; return the titles left. Raises NotFoundError, ExpiredError."""
    read, _ = _read(opened, token)
    with opened.store.write():
        going = [one for one in _places(opened, read.member) if one.slug in slugs and one.state not in _LEFT]
        proof = consent.Proof("person", "page")
        seqs = [consent.take(opened, read.member, one.slug, "withdrawn", proof) for one in going]
        if seqs:
            signup.say_goodbye(opened, read.member, [one.slug for one in going if one.on], seqs[-1])
        return tuple(one.title for one in going)


def pause(
    opened: site.Site, token: str, until: date, slugs: Sequence[str] | None = None
) -> tuple[Standing, ...]:
    """Pause lists (all of them without `slugs`) until the morning of a day; return those that pause now.

    Raises NotFoundError, ExpiredError; InputError when the day is not in the next twelve months.
    """
    read, _ = _read(opened, token)
    today = opened.clock.now().date()
    if not today < until <= today + timedelta(days=PAUSE_DAYS):
        raise errors.InputError(f"{until} is not within the next twelve months")
    proof = consent.Proof("person", "page", until=until.isoformat())
    with opened.store.write():
        for one in _places(opened, read.member):
            if one.on and (slugs is None or one.slug in slugs):
                consent.take(opened, read.member, one.slug, "paused", proof)
        health.revive(opened, read.member, "its holder used a link from a mail", opened.clock.iso())
        return tuple(one for one in _places(opened, read.member) if one.state == "paused")


def resume(opened: site.Site, token: str, slugs: Sequence[str] | None = None) -> tuple[Standing, ...]:
    """End the pause of lists (all without `slugs`) now; return how the person stands. Raises NotFoundError, ExpiredError."""
    read, _ = _read(opened, token)
    with opened.store.write():
        for one in _places(opened, read.member):
            if one.state == "paused" and (slugs is None or one.slug in slugs):
                consent.take(opened, read.member, one.slug, "resumed", consent.Proof("person", "page"))
        health.revive(opened, read.member, "its holder used a link from a mail", opened.clock.iso())
        return _places(opened, read.member)


def join(opened: site.Site, token: str, slugs: Sequence[str]) -> Chosen:
    """Join other lists of the site: the link came to the address, so this is its holder's word.

    A list that the person had left or objected to needs the whole way again: a confirm mail goes out. Raises
    NotFoundError, ExpiredError.
    """
    read, _ = _read(opened, token)
    wanted = [joining.offer(opened, slug) for slug in dict.fromkeys(slugs)]
    with opened.store.write():
        row = members.by_id(opened.store, read.member)
        if row is None or not row["key"]:
            raise signup.unknown()
        states = {place.slug: place.state for place in _places(opened, read.member)}
        # Proved is who is on some list; everybody else goes the whole way, like a stranger.
        proved = any(state in words.ON_THE_LIST for state in states.values())
        free = suppressions.of(opened.store, consent.macs(opened, row["key"])) == []
        at_once = [
            one
            for one in wanted
            if proved and free and states.get(one.slug, "") in ("", "held", "lapsed", "requested")
        ]
        rest = [one for one in wanted if one not in at_once and states.get(one.slug) not in words.ON_THE_LIST]
        joined = _join_at_once(opened, row, at_once) if at_once else ()
        if rest:
            asked = joining.Wanted(row["address"], tuple(one.slug for one in rest), form="/me")
            joining.ask(opened, asked)
        return Chosen(joined, tuple(rest))


def change(opened: site.Site, token: str, name: str, fields: Mapping[str, str]) -> Data:
    """Write name and fields as the person wants them. Fresh link only.

    Raises NotFoundError, ExpiredError; InputError for a text that cannot be one line or a field that is not theirs.
    """
    row = _fresh(opened, token)
    known = _field_names(opened, row["id"])
    for key in fields:
        if key not in known:
            raise errors.InputError(f"there is no field '{key}'")
    name = texts.one_line(name, "the name", texts.NAME_LIMIT)
    values = {key: texts.one_line(value, f"the field {key}") for key, value in fields.items()}
    with opened.store.write():
        members.change(
            opened.store, row["id"], name, texts.first_name(name), {**members.fields(row), **values}
        )
        told = {"name": name, "fields": values}
        consent.note(opened, row["id"], "changed", "person", "page", told)
        health.revive(opened, row["id"], "its holder used a link from a mail", opened.clock.iso())
    return _data(opened, _fresh(opened, token))


def move(opened: site.Site, token: str, text: str) -> str:
    """Ask for another address: it changes when its holder confirms, and the old one is told then. Fresh link only.

    Returns the masked new address, whatever is known of it. Raises NotFoundError, ExpiredError, InputError.
    """
    row = _fresh(opened, token)
    new = addresses.read(text)
    joining.refuse_own(opened, new)
    if new.key == row["key"]:
        raise errors.InputError("that is the address we have")
    with opened.store.write():
        now, box = opened.clock.now(), joining.mailbox_mac(opened, new.key)
        times = [clock.parse(at) for at in rates.asked(opened.store, box, "join")]
        blocked = suppressions.covers_all(opened.store, consent.macs(opened, new.key))
        if not blocked and limits.may_ask(times, now, proven=False):
            requests.end(opened.store, row["id"], "address", clock.iso(now))
            until = clock.iso(now + timedelta(seconds=opened.config.retention.requests))
            number = requests.add(opened.store, "address", row["id"], clock.iso(now), until, new.text)
            answer = answering.Answer(row["id"], new.text, number, numbers={"confirm": number})
            answering.queue(opened, answering.CHANGE, tuple(opened.config.lists)[:1], answer)
            rates.note(opened.store, box, "join", clock.iso(now))
    return addresses.masked(new.text)


def forget(opened: site.Site, token: str, *, everything: bool) -> None:
    """Forget the person: "and never write again" keeps a keyed hash of the address, `everything` keeps nothing.

    Fresh link only. Raises NotFoundError, ExpiredError.
    """
    row = _fresh(opened, token)
    forgetting.forget(opened, row["id"], "person", "page", everything=everything)


def copy(opened: site.Site, token: str) -> bytes:
    """The person's data as a ZIP of you.json and you.html. Fresh link only. Raises NotFoundError, ExpiredError."""
    from newsletter.service import copies

    return copies.make(opened, _fresh(opened, token)["id"])


_LEFT = frozenset({"", "erased", *words.WITHDRAWN})


def _read(opened: site.Site, token: str) -> tuple[tokens.Token, bool]:
    """The token of either kind, and whether it is a fresh one."""
    found = opened.tokens.read("me", token)
    if found is not None:
        return found, False
    read = signup.read_token(opened, "fresh", token)
    request = requests.get(opened.store, read.number, read.member)
    if request is None or request["kind"] != "fresh" or request["until"] <= opened.clock.iso():
        raise errors.ExpiredError("this link was good for an hour, which is over", "Ask for a new one.")
    return read, True


def _fresh(opened: site.Site, token: str) -> sqlite3.Row:
    """The member behind a fresh link. Any other link of ours is not enough here."""
    read, is_fresh = _read(opened, token)
    row = members.by_id(opened.store, read.member)
    if not is_fresh or row is None or not row["key"]:
        raise signup.unknown()
    return row


def _may_be_answered(opened: site.Site, row: sqlite3.Row) -> bool:
    """Whether this person may get a link to their data: known by more than an unproven request, and not blocked."""
    if suppressions.covers_all(opened.store, consent.macs(opened, row["key"])):
        return False
    states = {found["state"] for found in subscriptions.of_member(opened.store, row["id"])}
    if not states - {"requested", "held", "erased"}:
        return False
    box = joining.mailbox_mac(opened, row["key"])
    times = [clock.parse(at) for at in rates.asked(opened.store, box, "fresh")]
    return limits.may_send_fresh(times, opened.clock.now())


def _queue_fresh(opened: site.Site, row: sqlite3.Row, lists: Sequence[str]) -> None:
    now = opened.clock.now()
    number = requests.add(opened.store, "fresh", row["id"], clock.iso(now), clock.iso(now + FRESH))
    answer = answering.Answer(
        row["id"], row["address"], number, name=row["name"], first_name=row["first_name"],
        numbers={"fresh": number},
    )  # fmt: skip
    answering.queue(opened, answering.FRESH, lists, answer)
    rates.note(opened.store, joining.mailbox_mac(opened, row["key"]), "fresh", clock.iso(now))


def _join_at_once(
    opened: site.Site, row: sqlite3.Row, wanted: Sequence[joining.Offer]
) -> tuple[confirming.Joined, ...]:
    proof = consent.Proof("person", "page", basis="consent", source="own page", told={"form": "/me"})
    return confirming.confirm_lists(opened, row, tuple(one.slug for one in wanted), proof)


def _places(opened: site.Site, member: int) -> tuple[Standing, ...]:
    return tuple(
        _standing(opened, found)
        for found in subscriptions.of_member(opened.store, member)
        if found["state"] != "erased"
    )


def _standing(opened: site.Site, row: sqlite3.Row) -> Standing:
    known = opened.config.lists.get(row["slug"])
    return Standing(
        slug=row["slug"],
        title=known.title if known else row["slug"],
        state=row["state"],
        since=row["since"][:10],
        until=row["until"],
        paused_until=row["paused_until"],
        basis=row["basis"],
        source=row["source"],
    )


def _data(opened: site.Site, row: sqlite3.Row) -> Data:
    own = members.fields(row)
    fields = {name: own.get(name, "") for name in _field_names(opened, row["id"])}
    return Data(row["address"], row["name"], row["first_name"], {**fields, **own}, history(opened, row["id"]))


def _field_names(opened: site.Site, member: int) -> list[str]:
    """The fields of the lists that a person is on, and those that were ever filled."""
    row = members.by_id(opened.store, member)
    names = [
        name
        for place in _places(opened, member)
        if place.slug in opened.config.lists
        for name in opened.config.lists[place.slug].fields
    ]
    return list(dict.fromkeys([*names, *(members.fields(row) if row is not None else {})]))


def history(opened: site.Site, member: int) -> tuple[Act, ...]:
    """What was agreed and when, oldest first, each step with the words and the receipt."""
    return tuple(_act(opened, event) for event in ledger.of_member(opened.store, member))


def _act(opened: site.Site, event: sqlite3.Row) -> Act:
    known = opened.config.lists.get(event["slug"] or "")
    return Act(
        at=event["effective_at"],
        step=event["step"],
        title=known.title if known else event["slug"] or "",
        channel=event["channel"],
        wording=ledger.wording(opened.store, event["wording"]) if event["wording"] else "",
        receipt=f"{event['seq']}-{event['hash'].hex()[:16]}",
    )


def told(event: sqlite3.Row) -> dict[str, Any]:
    """The personal part of an event, as far as it is still kept."""
    found: dict[str, Any] = json.loads(event["json"]) if event["json"] else {}
    return found
