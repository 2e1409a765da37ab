"""Take an import back, as far as nobody has acted on it: `newsletter member undo BATCH`.

Whoever acted since, was mailed or was changed by somebody else is spared and named. The ledger gets an 'undone' event
for each who goes; nothing of it is deleted. Opt-outs are not taken back: only the person lifts a withdrawal.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from newsletter import site
from newsletter.core import chain, errors
from newsletter.service import import_apply
from newsletter.store import batches, ledger, log, members, subscriptions, undoing


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it. `removed` subscriptions went, `restored` members have their old values or dates again."""

    batch: int
    slug: str
    file: str
    removed: int
    restored: int
    spared: int
    cancelled: int  # queued mails


def undo(opened: site.Site, number: int) -> Undone:
    """Take a batch back in one transaction. Raises NotFoundError, RefusedError."""
    store = opened.store
    with store.write():
        batch = _batch(opened, number)
        now = opened.clock.iso()
        undoing.begin(store, number, batch["list"], batch["at"])
        cancelled = undoing.cancel_due(store, batch["list"], now)
        restored = sum(_restore(opened, row, batch, now) for row in undoing.changed(store))
        ledger.append_many(
            store, _event(batch, now, ""), _payloads(opened, batch["file"]), import_apply.salts(opened)
        )
        removed = undoing.unsubscribe(store, batch["list"])
        undoing.delete_members(store)
        undoing.mark_undone(store, number, now)
        spared = undoing.count_spared(store)
        log.add(
            store, now, opened.organiser, "member undo", f"batch {number}: {removed} removed, {spared} spared"
        )
    return Undone(number, batch["slug"], batch["file"], removed, restored, spared, cancelled)


def spared(opened: site.Site) -> Iterator[tuple[str, str]]:
    """(address, reason) of those whom the last undo spared."""
    for row in undoing.spared(opened.store):
        yield row["address"], row["reason"]


def _batch(opened: site.Site, number: int) -> Any:
    batch = batches.get(opened.store, number)
    if batch is None:
        known = [f"{row['id']} ({row['file']}, {row['at'][:10]})" for row in batches.newest(opened.store, 5)]
        raise errors.NotFoundError(
            f"there is no batch {number}",
            f"The newest: {', '.join(known) or 'none, nothing was imported yet'}",
        )
    if batch["undone_at"]:
        raise errors.RefusedError(f"batch {number} was taken back already, on {batch['undone_at'][:10]}")
    if undoing.withdraws(opened.store, number):
        raise errors.RefusedError(
            f"batch {number} ({batch['file']}) brought in people who left or objected: that is not taken back",
            "Only the person can lift a withdrawal, by signing up and confirming again.",
        )
    return batch


def _restore(opened: site.Site, row: Any, batch: Any, now: str) -> bool:
    """Give a member back what the batch changed, where it is still as the batch left it."""
    found = undoing.before(row)
    old: Any = found.get("subscription")
    if old:
        event = _event(batch, now, old["state"], until=old["until"])
        payload = [(row["member"], chain.payload_text({"by": opened.organiser, "file": batch["file"]}))]
        ledger.append_many(opened.store, event, payload, import_apply.salts(opened))
        kept = {
            key: old[key] for key in ("state", "before", "since", "until", "paused_until", "basis", "source")
        }
        seq = ledger.head(opened.store)[1]
        subscriptions.put(
            opened.store, batch["list"], row["member"], subscriptions.Written(**kept, consent=seq)
        )
    fields: dict[str, str] = json.loads(row["fields"])
    name, first = _back(row["name"], found.get("name")), _back(row["first_name"], found.get("first_name"))
    changed: Any = found.get("fields", {})
    restored = {key: _back(fields.get(key, ""), pair) for key, pair in changed.items()}
    after = (name, first, {**fields, **restored})
    if after == (row["name"], row["first_name"], fields):
        if not old:
            undoing.spare(opened.store, row["member"], "was edited since")
        return bool(old)
    members.change(opened.store, row["member"], *after)
    return True


def _back(now: str, pair: Any) -> str:
    """The value before, if it is still the value that the batch wrote."""
    return str(pair[0]) if pair and pair[1] == now else now


def _event(batch: Any, now: str, state: str, until: str | None = None) -> chain.Event:
    return chain.Event(
        member=0, list=batch["list"], step="undone", state=state, actor="organiser", channel="command",
        recorded_at=now, effective_at=now, until=until, batch=batch["id"],
    )  # fmt: skip


def _payloads(opened: site.Site, file: str) -> Iterator[tuple[int, str]]:
    for member, address in undoing.added(opened.store):
        yield member, chain.payload_text({"address": address, "by": opened.organiser, "file": file})
