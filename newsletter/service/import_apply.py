"""Write a judged import: members, ledger, subscriptions, suppressions, and what an undo needs.

Runs inside the caller's write transaction, over the staging tables. Sets are written by the database, only the ledger's
chain of hashes is walked row by row.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from json import encoder
from operator import itemgetter
from typing import Any, Literal

from newsletter import site
from newsletter.core import chain, states, words
from newsletter.service import consent, import_merge
from newsletter.store import batches, ledger, members, staging, subscriptions

Progress = Callable[[str, int, int], None]
_STEPS: dict[str, states.Step] = {
    "attested": "attested",
    "implied": "asserted",
    "held": "held",
    "unsubscribed": "withdrawn",
    "objected": "objected",
}
_quoted = encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all rows of an import, as the ledger keeps it. `evidence` is file name and content."""

    slug: str
    file: str
    basis: words.Basis | Literal[""]
    source: str
    statement: str
    given_on: date | None
    until: date | None
    evidence: tuple[str, bytes] | None
    leavers: Literal["left", "objected"] | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """An import being written."""

    number: int
    list_id: int
    now: str
    wording: str | None
    evidence: str | None
    terms: Terms


def mark_changed(opened: site.Site, list_id: int, own_first: bool, until: date | None) -> None:
    """Turn the verdict 'same' into 'changed' where the file brings something new, or carries a membership on."""
    for rows in staging.known(opened.store):
        staging.mark_changed(
            opened.store, [row["id"] for row in rows if import_merge.changes(row, own_first)]
        )
    if until:
        found = staging.renewable(opened.store, list_id, until.isoformat())
        staging.mark_changed(opened.store, [row["id"] for row in found])


def write(
    opened: site.Site, terms: Terms, count: int, progress: Progress | None, own_first: bool
) -> int | None:
    """Write everything that is staged with something to do; return the batch's number, or None for nothing to do."""
    if not count:
        return None
    batch = _begin(opened, terms)
    if terms.leavers:
        _take_out(opened, batch)
    else:
        _change(opened, batch, own_first)
        _renew(opened, batch)
    _add(opened, batch, count, progress)
    return batch.number


def _begin(opened: site.Site, terms: Terms) -> _Batch:
    store, now = opened.store, opened.clock.iso()
    mailing_list = opened.mailing_list(terms.slug)
    list_id = store.list_ids[terms.slug]
    return _Batch(
        number=batches.begin(store, list_id, now, opened.organiser, terms.file),
        list_id=list_id,
        now=now,
        wording=ledger.keep_wording(store, list_id, mailing_list.site.language, mailing_list.wording, now),
        evidence=ledger.keep_evidence(store, *terms.evidence, now) if terms.evidence else None,
        terms=terms,
    )


def _change(opened: site.Site, batch: _Batch, own_first: bool) -> None:
    """Write new names and fields of known members."""
    for rows in staging.known(opened.store):
        for row in rows:
            found = import_merge.changes(row, own_first)
            if found:
                members.change(opened.store, row["member"], *import_merge.merged(row, found))
                batches.remember(opened.store, batch.number, row["member"], found)


def _renew(opened: site.Site, batch: _Batch) -> None:
    """Carry memberships on to the new end date."""
    until = batch.terms.until
    if until is None:
        return
    for row in staging.renewable(opened.store, batch.list_id, until.isoformat()):
        before = subscriptions.get(opened.store, batch.list_id, row["member"])
        assert before is not None
        batches.remember(opened.store, batch.number, row["member"], {"subscription": dict(before)})
        consent.take(opened, row["member"], batch.terms.slug, "asserted", _proof(batch, row["line"]))


def _take_out(opened: site.Site, batch: _Batch) -> None:
    """Let known members leave, or object on all their lists, as the old system's file says."""
    for rows in staging.leavers(opened.store):
        for row in rows:
            if row["verdict"] == "changed":
                step: states.Step = "objected" if batch.terms.leavers == "objected" else "withdrawn"
                consent.take(opened, row["member"], batch.terms.slug, step, _proof(batch, row["line"]))
            if batch.terms.leavers == "objected":
                _object_everywhere(opened, batch, row["member"], row["line"])


def _object_everywhere(opened: site.Site, batch: _Batch, member: int, line: int) -> None:
    for found in subscriptions.of_member(opened.store, member):
        if found["slug"] != batch.terms.slug and found["state"] not in ("objected", "erased"):
            consent.take(opened, member, found["slug"], "objected", _proof(batch, line))


def _proof(batch: _Batch, line: int) -> consent.Proof:
    terms = batch.terms
    return consent.Proof(
        actor="import", channel="import", effective_at=_at(terms.given_on), basis=terms.basis, source=terms.source,
        until=terms.until.isoformat() if terms.until else None, evidence=batch.evidence, batch=batch.number,
        told={"file": terms.file, "line": line, "source": terms.source, "statement": terms.statement},
    )  # fmt: skip


def _at(day: date | str | None) -> str | None:
    return f"{day}T00:00:00.000Z" if day else None


def _add(opened: site.Site, batch: _Batch, count: int, progress: Progress | None) -> None:
    """Add everybody who is staged to be added: members, then their ledger events, then what follows from these."""
    store = opened.store
    before = batches.add_members(store, batch.now)
    first = ledger.head(store)[1] + 1
    pool = salts(opened)
    people = _counted(batches.additions(store), count, progress)
    numbers = itertools.count(before + 1)
    for (state, given), group in itertools.groupby(people, itemgetter(4, 5)):
        shared = _event(batch, state, given)
        ledger.append_many(store, shared, _payloads(opened, batch.terms, group, numbers), pool)
    batches.subscribe(store, batch.number, first, before, batch.terms.source)
    if batch.terms.leavers == "objected":
        batches.suppress(store, batch.now)


def _counted(people: Iterator[Any], count: int, progress: Progress | None) -> Iterator[Any]:
    if progress is None:
        return people
    return _told(people, count, progress)


def _told(people: Iterator[Any], count: int, progress: Progress) -> Iterator[Any]:
    for number, person in enumerate(people):
        if not number & 4095:
            progress("writing", number, count)
        yield person


def _event(batch: _Batch, state: Any, given: str) -> chain.Event:
    terms = batch.terms
    until = terms.until.isoformat() if terms.until and state in ("implied", "held") else None
    return chain.Event(
        member=0, list=batch.list_id, step=_STEPS[state], state=state, actor="import", channel="import",
        recorded_at=batch.now, effective_at=_at(given or terms.given_on) or batch.now, basis=terms.basis, until=until,
        wording=batch.wording if state == "attested" else None, evidence=batch.evidence, batch=batch.number,
    )  # fmt: skip


def _payloads(
    opened: site.Site, terms: Terms, people: Iterator[Any], numbers: Iterator[int]
) -> Iterator[tuple[int, str]]:
    """(member, personal part) of each: the same text as chain.payload_text gives, without its detours."""
    start = f',"by":{_quoted(opened.organiser)},"file":{_quoted(terms.file)},"line":'
    end = f',"source":{_quoted(terms.source)},"statement":{_quoted(terms.statement)}}}'
    for line, member, address, name, _state, given in people:
        own = f',"opted_in":"{given}"' if given else ""
        text = f'{{"address":{_quoted(address)}{start}{line},"name":{_quoted(name)}{own}{end}'
        yield (member or next(numbers)), text


def salts(opened: site.Site, page: int = 1_000) -> Iterator[bytes]:
    """Salts without end, drawn by the page."""
    size = chain.SALT_LENGTH
    while True:
        pool = opened.secret_bytes(size * page)
        for start in range(0, size * page, size):
            yield pool[start : start + size]
