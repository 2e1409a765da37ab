"""Take a step of a subscription: one place where state, ledger, suppression and queue change together.

Every function here runs inside the caller's write transaction and raises RefusedError when the step is forbidden.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from newsletter import site
from newsletter.core import chain, errors, mailboxes, states, words
from newsletter.service import other_lists
from newsletter.store import ledger, members, subscriptions, suppressions


@dataclass(frozen=True, slots=True)
class Proof:
    """How a step came about. `effective_at` is when it truly happened (UTC ISO; None: now); `told` is what the
    ledger's personal part keeps: address as typed, who collected it, file and line, and so on. `wording` is the hash of the
    words that were shown, where these need not be the list's present ones: on paper, or on a device without a network."""

    actor: words.Actor
    channel: str
    effective_at: str | None = None
    basis: str = ""
    source: str = ""
    until: str | None = None
    evidence: str | None = None
    batch: int | None = None
    wording: str | None = None
    told: dict[str, Any] = field(default_factory=dict)


def take(opened: site.Site, member: int, slug: str, step: states.Step, proof: Proof) -> int:
    """Take a step for a member on a list; return the ledger's number of it."""
    if slug not in opened.store.list_ids:
        opened.mailing_list(slug)
    list_id = opened.store.list_ids[slug]
    row = subscriptions.get(opened.store, list_id, member)
    state: Any = row["state"] if row else ""
    after = states.after(step, state, proof.actor, row["before"] if row else "")
    now = opened.clock.iso()
    event = chain.Event(
        member=member, list=list_id, step=step, state=after, actor=proof.actor, channel=proof.channel,
        recorded_at=now, effective_at=proof.effective_at or now, basis=proof.basis, until=proof.until,
        wording=_wording(opened, slug, step, proof, now), evidence=proof.evidence, batch=proof.batch,
    )  # fmt: skip
    told = {**_who(opened, member, proof.actor), **proof.told}
    seq = ledger.append(opened.store, event, told, opened.secret_bytes(chain.SALT_LENGTH))
    subscriptions.put(opened.store, list_id, member, _written(row, event, step, proof, seq))
    if after == "unsubscribed":
        other_lists.move_all(opened, member, list_id)
    if after in words.WITHDRAWN or after == "erased":
        subscriptions.skip_due(
            opened.store, list_id, member, "objected" if after == "objected" else "left", now
        )
    if step == "objected":
        _suppress_marketing(opened, member, now)
    return seq


# Steps that rest on words the person was shown.
_WORDED = frozenset({"requested", "confirmed", "attested"})


def _wording(opened: site.Site, slug: str, step: states.Step, proof: Proof, now: str) -> str | None:
    """The wording where the step rests on one; a list taken out of the configuration can still be left."""
    if step not in _WORDED or proof.wording:
        return proof.wording
    mailing_list = opened.mailing_list(slug)
    list_id = opened.store.list_ids[slug]
    return ledger.keep_wording(opened.store, list_id, mailing_list.site.language, mailing_list.wording, now)


def _who(opened: site.Site, member: int, actor: words.Actor) -> dict[str, Any]:
    """Whom the step is about; and who took it, where that was not the person or the clock."""
    row = members.by_id(opened.store, member)
    if row is None:
        raise errors.NotFoundError(f"there is no member number {member}")
    by = {"by": opened.organiser} if actor in ("organiser", "import") else {}
    return {"address": row["address"], "name": row["name"], **by}


def _written(
    row: Any, event: chain.Event, step: states.Step, proof: Proof, seq: int
) -> subscriptions.Written:
    """The subscription after the step. What gives consent anew starts a new `since`; the rest keeps it."""
    keeps = row is not None and step in (
        "paused",
        "resumed",
        "lapsed",
        "withdrawn",
        "objected",
        "returned",
        "requested",
        "expired",
        "erased",
    )
    return subscriptions.Written(
        state=event.state,
        before=_interrupted(row, step) if row is not None else "",
        since=row["since"] if keeps else event.effective_at,
        until=row["until"] if keeps else proof.until,
        paused_until=proof.until if step == "paused" else None,
        basis=row["basis"] if keeps else proof.basis,
        source=row["source"] if keeps or (row is not None and not proof.source) else proof.source,
        consent=seq,
    )  # fmt: skip


def _interrupted(row: Any, step: states.Step) -> str:
    """The state to go back to: a second pause, withdrawal or request keeps what the first one interrupted."""
    if step == "requested":
        return str(row["before"] if row["state"] == "requested" else row["state"])
    if step not in ("paused", "withdrawn", "objected"):
        return ""
    again = row["state"] in ("paused", "unsubscribed", "objected")
    return str(row["before"]) if again else str(row["state"])


def _suppress_marketing(opened: site.Site, member: int, now: str) -> None:
    row = members.by_id(opened.store, member)
    if row is not None and row["mac"] is not None:
        suppressions.add(opened.store, (row["mac"],), "marketing", 0, "objected", now)


def lift(opened: site.Site, key: str, slugs: Sequence[str]) -> None:
    """Take away what suppressed an address on these lists, because its holder has just confirmed them.

    A person who had objected to all marketing stays suppressed on every other list.
    """
    store, own = opened.store, macs(opened, key)[:1]
    confirmed = {store.list_ids[slug] for slug in slugs}
    if any(row["scope"] == "marketing" for row in suppressions.of(store, macs(opened, key))):
        suppressions.lift(store, own, "marketing", 0)
        for number in set(store.list_ids.values()) - confirmed:
            suppressions.add(store, own, "list", number, "objected", opened.clock.iso())
    for number in confirmed:
        suppressions.lift(store, own, "list", number)


def drop_request(opened: site.Site, member: int, slug: str, actor: words.Actor, channel: str) -> None:
    """End a request that was not confirmed: what it lay upon comes back; where there was nothing, nothing stays."""
    list_id = opened.store.list_ids[slug]
    row = subscriptions.get(opened.store, list_id, member)
    if row is None:
        return
    if row["state"] != "requested":
        take(opened, member, slug, "withdrawn", Proof(actor, channel))
        return
    take(opened, member, slug, "expired", Proof(actor, channel))
    after = subscriptions.get(opened.store, list_id, member)
    if after is not None and after["state"] == "erased":
        subscriptions.wipe(opened.store, list_id, member)


def note(
    opened: site.Site, member: int, step: str, actor: words.Actor, channel: str, told: dict[str, Any]
) -> int:
    """Write an event into the ledger that changes no subscription: a mail that went out, an address that changed."""
    now = opened.clock.iso()
    event = chain.Event(
        member=member,
        list=None,
        step=step,
        state="",
        actor=actor,
        channel=channel,
        recorded_at=now,
        effective_at=now,
    )
    return ledger.append(opened.store, event, told, opened.secret_bytes(chain.SALT_LENGTH))


def keep_mail(opened: site.Site, member: int, mail: bytes, answer: str) -> None:
    """Keep the exact bytes of a confirm mail that the server took, with its answer. For the sender, inside its write."""
    row = members.by_id(opened.store, member)
    if row is not None and row["key"]:
        told = {"mail": base64.b64encode(mail).decode(), "answer": answer}
        note(opened, member, "mailed", "clock", "mail", told)


def macs(opened: site.Site, key: str) -> tuple[bytes, bytes]:
    """The keyed hashes of an address and of its mailbox in all spellings."""
    return opened.tokens.address_mac(key), opened.tokens.address_mac(mailboxes.one(key))


def suppression_scope(opened: site.Site, key: str, list_id: int) -> words.Scope | None:
    """The widest scope in which an address is suppressed for a list, or None."""
    for row in suppressions.of(opened.store, macs(opened, key)):
        if row["scope"] != "list" or row["list"] == list_id:
            scope: words.Scope = row["scope"]
            return scope
    return None


def verify(opened: site.Site) -> ledger.Verdict:
    """Recompute the chain of all consent events."""
    return ledger.verify(opened.store)
