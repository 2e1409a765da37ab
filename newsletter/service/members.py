"""What an organiser does to one member: add, find, show, edit, merge, pause, leave."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from newsletter import site
from newsletter.core import addresses, errors, rules, texts, words
from newsletter.service import consent, health, joining
from newsletter.store import (
    attendance,
    ledger,
    log,
    members,
    questions,
    rsvps,
    subscriptions,
    suppressions,
)

EVIDENCE_LIMIT = 20_000_000  # octets of one scan or file


@dataclass(frozen=True, slots=True)
class Basis:
    """What a person's membership of a list rests on, as an organiser states it. `kept` is the hash of evidence that is kept
    already, `wording` that of the words on the paper, where it tells."""

    basis: words.Basis
    source: str
    given_on: date | None = None
    until: date | None = None
    statement: str = ""
    evidence: tuple[str, bytes] | None = None  # file name and content
    kept: str = ""
    wording: str | None = None
    channel: str = "command"


def read_evidence(path: Path) -> tuple[str, bytes]:
    """Read a scan or file that proves a consent, as (name, content). Raises InputError when it is too large."""
    size = path.stat().st_size
    if size > EVIDENCE_LIMIT:
        raise errors.InputError(
            f"{path.name} has {size / 1e6:,.0f} MB, {EVIDENCE_LIMIT / 1e6:.0f} are allowed",
            "Scan it with less detail.",
        )
    return texts.one_line(path.name, "the file's name"), path.read_bytes()


def find(opened: site.Site, text: str) -> sqlite3.Row:
    """The member with this address. Raises NotFoundError or InputError."""
    hint = "Look it up: newsletter member find WORD"
    try:
        address = addresses.read(text)
    except errors.InputError as problem:
        raise errors.InputError(problem.message, hint) from problem
    row = members.by_key(opened.store, address.key)
    if row is None:
        raise errors.NotFoundError(f"{address.text} is not known to this site", hint)
    return row


def add(
    opened: site.Site, text: str, slug: str, basis: Basis, *, name: str = "", first_name: str = "",
    fields: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Add one person to a list as the basis allows; return what `show` says of them, and `added`.

    Who is on the list already keeps their state, and only gains what is missing of name and fields: no one is raised.
    Raises RefusedError for a suppressed, withdrawn or role address, InputError.
    """
    address = addresses.read(text)
    list_id = _may_join(opened, address, slug)
    name = texts.one_line(name, "the name", texts.NAME_LIMIT)
    first_name = texts.one_line(first_name, "the first name", texts.NAME_LIMIT)
    basis = _checked_basis(basis)
    state = rules.imported_state(
        basis.basis, basis.source, basis.given_on, basis.until, _has_proof(basis), opened.clock.now().date()
    )
    step: dict[str, Any] = {"attested": "attested", "implied": "asserted", "held": "held"}
    known = _known_fields(opened, slug, fields or {})
    with opened.store.write():
        row = members.by_key(opened.store, address.key)
        member = row["id"] if row else members.add(
            opened.store, address, consent.macs(opened, address.key), name,
            first_name or texts.first_name(name), known, opened.clock.iso(),
        )  # fmt: skip
        if row:
            _fill(opened, row, name, first_name, known)
        added = subscriptions.get(opened.store, list_id, member) is None
        if added:
            consent.take(opened, member, slug, step[state], _proof(opened, basis))
            joining.ask_attested(opened, member)
    return {**show(opened, address.text), "added": added}


def _checked_basis(basis: Basis) -> Basis:
    """The basis with its texts made one line each: the source stands in the footer of mails."""
    return replace(
        basis,
        source=texts.one_line(basis.source, "the source"),
        statement=texts.one_line(basis.statement, "the statement"),
    )


def _may_join(opened: site.Site, address: addresses.Address, slug: str) -> int:
    opened.mailing_list(slug)
    list_id = opened.store.list_ids[slug]
    if addresses.is_role(address.key):
        raise errors.RefusedError(
            f"{address.text} belongs to a job, not to a person", "Ask for a personal address."
        )
    if consent.suppression_scope(opened, address.key, list_id):
        raise errors.RefusedError(
            f"{address.text} is suppressed: its holder wants no mail, or complained",
            "Only they can lift that, by signing up and confirming themselves.",
        )
    row = members.by_key(opened.store, address.key)
    found = subscriptions.get(opened.store, list_id, row["id"]) if row else None
    if found is not None and found["state"] in words.WITHDRAWN:
        raise errors.RefusedError(
            f"{address.text} left {slug}", "Only they can come back, by signing up and confirming themselves."
        )
    return list_id


def _has_proof(basis: Basis) -> bool:
    return bool(basis.statement or basis.evidence or basis.kept)


def _proof(opened: site.Site, basis: Basis) -> consent.Proof:
    now = opened.clock.iso()
    evidence = (
        ledger.keep_evidence(opened.store, *basis.evidence, now) if basis.evidence else basis.kept or None
    )
    return consent.Proof(
        actor="organiser",
        channel=basis.channel,
        wording=basis.wording,
        effective_at=f"{basis.given_on.isoformat()}T00:00:00.000Z" if basis.given_on else None,
        basis=basis.basis,
        source=basis.source,
        until=basis.until.isoformat() if basis.until else None,
        evidence=evidence,
        told={"statement": basis.statement, "source": basis.source},
    )


def _known_fields(opened: site.Site, slug: str, fields: Mapping[str, str]) -> dict[str, str]:
    known = opened.mailing_list(slug).fields
    for key in fields:
        if key not in known:
            raise errors.InputError(
                f"{slug} has no field '{key}'", f"Its fields: {', '.join(known) or 'none'}"
            )
    return {key: texts.one_line(value, f"the field {key}") for key, value in fields.items()}


def _fill(opened: site.Site, row: sqlite3.Row, name: str, first_name: str, fields: Mapping[str, str]) -> None:
    """Fill what is empty; never overwrite what is there."""
    merged = {**fields, **members.fields(row)}
    full = row["name"] or name
    members.change(
        opened.store, row["id"], full, row["first_name"] or first_name or texts.first_name(full), merged
    )


def edit(
    opened: site.Site, text: str, *, name: str | None = None, first_name: str | None = None,
    fields: Mapping[str, str] | None = None, address: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change a member's name, fields or (a typing slip of) the address; return what `show` says.

    Consent is for one address: an address that ever got mail is only changed by its holder. Raises RefusedError.
    """
    row = find(opened, text)
    changed = row["name"] if name is None else texts.one_line(name, "the name", texts.NAME_LIMIT)
    first = _first_name(row, changed, first_name)
    values = {**members.fields(row), **_checked_fields(opened, row["id"], fields or {})}
    with opened.store.write():
        members.change(opened.store, row["id"], changed, first, values)
        if address is not None:
            _correct_address(opened, row, address)
        log.add(opened.store, opened.clock.iso(), opened.organiser, "member edit", f"member {row['id']}")
    return show(opened, address or text)


def _first_name(row: sqlite3.Row, name: str, first_name: str | None) -> str:
    """What was cut out of the old name is cut out of the new one; what was given on its own stays."""
    if first_name is not None:
        return texts.one_line(first_name, "the first name", texts.NAME_LIMIT)
    derived = row["first_name"] == texts.first_name(row["name"])
    return texts.first_name(name) if derived else str(row["first_name"])


def _checked_fields(opened: site.Site, member: int, fields: Mapping[str, str]) -> dict[str, str]:
    slugs = [row["slug"] for row in subscriptions.of_member(opened.store, member)]
    known = {key for slug in slugs if slug in opened.config.lists for key in opened.config.lists[slug].fields}
    for key in fields:
        if key not in known:
            raise errors.InputError(
                f"no list of this member has the field '{key}'",
                f"Known: {', '.join(sorted(known))}"
                if known
                else 'list.toml names them: fields = ["company"]',
            )
    return {key: texts.one_line(value, f"the field {key}") for key, value in fields.items()}


def _correct_address(opened: site.Site, row: sqlite3.Row, text: str) -> None:
    new = addresses.read(text)
    if new.key == row["key"]:
        members.change_address(
            opened.store, row["id"], new, consent.macs(opened, new.key), opened.clock.iso()
        )
        return
    if addresses.is_role(new.key):
        raise errors.RefusedError(
            f"{new.text} belongs to a job, not to a person", "Ask for a personal address."
        )
    mailed = any(found["first_mail_at"] for found in subscriptions.of_member(opened.store, row["id"]))
    if mailed:
        raise errors.RefusedError(
            f"{row['address']} has had mail already: consent is for one address and does not travel",
            "Its holder can change it on their own page; or add the new address with its own consent.",
        )
    if members.by_key(opened.store, new.key) is not None:
        raise errors.RefusedError(
            f"{new.text} is a member already", f"newsletter member merge {row['address']} {new.text}"
        )
    if suppressions.of(opened.store, consent.macs(opened, new.key)):
        raise errors.RefusedError(f"{new.text} is suppressed: its holder wants no mail")
    members.change_address(opened.store, row["id"], new, consent.macs(opened, new.key), opened.clock.iso())


def merge(opened: site.Site, old: str, kept: str) -> dict[str, Any]:
    """Make one member of two: the old address leaves, the kept one gains the old one's name and fields where its own
    are empty, and its answers. Consent is for one address, so the old one's subscriptions do not travel. Return what `show`
    says.
    """
    from_row, to_row = find(opened, old), find(opened, kept)
    if from_row["id"] == to_row["id"]:
        raise errors.RefusedError(f"{old} and {kept} are the same member already")
    proof = consent.Proof("organiser", "command", told={"merged_into": to_row["id"]})
    with opened.store.write():
        _fill(opened, to_row, from_row["name"], from_row["first_name"], members.fields(from_row))
        for row in subscriptions.of_member(opened.store, from_row["id"]):
            if row["state"] not in (*words.WITHDRAWN, "erased"):
                consent.take(opened, from_row["id"], row["slug"], "withdrawn", proof)
        for kept_of in (rsvps, questions, attendance):
            kept_of.move(opened.store, from_row["id"], to_row["id"])
        log.add(
            opened.store,
            opened.clock.iso(),
            opened.organiser,
            "member merge",
            f"{from_row['id']} into {to_row['id']}",
        )
    return show(opened, kept)


def leave(opened: site.Site, text: str, slug: str | None, reason: str = "") -> dict[str, Any]:
    """Take a member off a list (or all lists) because they asked in person, by phone or by post."""
    reason = texts.one_line(reason, "the reason")
    row = find(opened, text)
    slugs = [slug] if slug else [found["slug"] for found in subscriptions.of_member(opened.store, row["id"])]
    if slug:
        opened.mailing_list(slug)
    with opened.store.write():
        for name in slugs:
            found = subscriptions.get(opened.store, opened.store.list_ids[name], row["id"])
            if found is None or found["state"] not in (*words.WITHDRAWN, "erased"):
                consent.take(
                    opened,
                    row["id"],
                    name,
                    "withdrawn",
                    consent.Proof("organiser", "command", told={"reason": reason}),
                )
    return show(opened, text)


def pause(opened: site.Site, text: str, until: date, slug: str | None = None) -> dict[str, Any]:
    """Pause a member's mail (M class) because they asked for it; on the day `until` it goes out again."""
    if until <= opened.clock.now().date():
        raise errors.InputError(f"{until} is not in the future")
    row = find(opened, text)
    if slug:
        opened.mailing_list(slug)
    proof = consent.Proof("organiser", "command", until=until.isoformat())
    with opened.store.write():
        slugs = [
            found["slug"]
            for found in subscriptions.of_member(opened.store, row["id"])
            if found["state"] in words.ON_THE_LIST and slug in (None, found["slug"])
        ]
        if not slugs:
            where = slug or "any list"
            raise errors.RefusedError(
                f"{row['address']} is not on {where}: there is nothing to pause",
                f"See: newsletter member show {row['address']}",
            )
        for name in slugs:
            consent.take(opened, row["id"], name, "paused", proof)
    return show(opened, text)


def show(opened: site.Site, text: str) -> dict[str, Any]:
    """What is known of a member: `address, name, health, suppressed, subscriptions [{list, state, since, until, basis}]`."""
    row = find(opened, text)
    scopes = [found["scope"] for found in suppressions.of(opened.store, (row["mac"], row["mailbox_mac"]))]
    return {
        "address": row["address"],
        "name": row["name"],
        "first_name": row["first_name"],
        "fields": members.fields(row),
        "health": row["health"],
        "health_reason": row["health_reason"],
        "health_since": row["health_at"],
        "bounces": health.history(opened, row["id"]),
        "suppressed": scopes,
        "subscriptions": [
            {
                "list": found["slug"],
                "state": found["state"],
                "since": found["since"],
                "until": found["paused_until"] or found["until"],
                "basis": found["basis"],
            }
            for found in subscriptions.of_member(opened.store, row["id"])
        ],
    }


def search(opened: site.Site, text: str, limit: int) -> list[dict[str, Any]]:
    """Members whose address or name holds all the words."""
    return [
        {"address": row["address"], "name": row["name"]} for row in members.find(opened.store, text, limit)
    ]


def on_list(opened: site.Site, slug: str, state: str | None) -> Iterator[dict[str, Any]]:
    """Members of a list, streaming, by address."""
    opened.mailing_list(slug)
    for row in members.on_list(opened.store, opened.store.list_ids[slug], state):
        yield {
            "address": row["address"],
            "name": row["name"],
            "state": row["state"],
            "since": row["since"][:10],
        }
