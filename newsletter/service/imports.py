"""Bring a foreign list in: read it, say what would happen to every line, and write all of it or nothing.

The file is read into temporary tables; there every row gets its verdict, set by set. Writing is one transaction that
judges again, so nothing that happened in between is overrun. An import never raises a state and never empties a field.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from newsletter import site
from newsletter.core import addresses, columns, errors, rules, words
from newsletter.service import import_apply, import_files, import_rows, joining
from newsletter.store import batches, staging

# What is going on, how far it is, and how far it goes.
Progress = Callable[[str, int, int], None]
_EVIDENCE_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What the organiser says about a file. `leavers` brings in those who left or objected in an old system."""

    file: Path
    slug: str
    basis: words.Basis | None = None
    source: str = ""
    given_on: date | None = None
    until: date | None = None
    statement: str = ""
    evidence: Path | None = None
    leavers: Literal["left", "objected"] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does: every row counts once, and the counts add up to `rows`.

    `held` would come in without usable proof; `left` and `suppressed` stay out. `slips` are (domain, meant, how many,
    first line); `notes` are sentences for the organiser.
    """

    slug: str
    file: str
    described: str
    columns: columns.Columns
    rows: int
    new: int
    changed: int
    same: int
    left: int
    held: int
    suppressed: int
    bad: int
    slips: tuple[tuple[str, str, int, int], ...] = ()
    notes: tuple[str, ...] = ()
    batch: int | None = None
    applied: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    source: import_files.Source
    columns: columns.Columns
    seen: import_rows.Seen = field(default_factory=import_rows.Seen)


def plan(opened: site.Site, request: Request, progress: Progress | None = None) -> Plan:
    """Say what an import would do; write nothing. Raises InputError, UsageError, NotFoundError."""
    asked = _checked(opened, request)
    read = _stage(opened, asked, progress, with_macs=staging.macs_are_needed(opened.store))
    with opened.store.scratch():
        _judge(opened, asked, read)
    return _plan(opened, asked, read)


def apply(opened: site.Site, request: Request, progress: Progress | None = None) -> Plan:
    """Import a file: all of it or nothing. Raises InputError, UsageError, NotFoundError, StorageError."""
    asked = _checked(opened, request)
    read = _stage(opened, asked, progress, with_macs=True)
    with opened.store.write():
        _judge(opened, asked, read)
        found = _plan(opened, asked, read)
        count = found.new + found.held + found.changed
        own_first = read.columns.given is not None
        batch = import_apply.write(opened, _terms(asked), count, progress, own_first)
        if batch is not None and opened.mailing_list(asked.slug).confirm == "always":
            for member in batches.attested(opened.store, batch):
                joining.ask_attested(opened, member)
    return dataclasses.replace(found, batch=batch, applied=True)


def bad_lines(opened: site.Site) -> Iterator[tuple[int, str, str]]:
    """(line, value, reason) of every bad line of the last plan or import, in the order of the file."""
    for row in staging.bad(opened.store):
        yield row["line"], row["value"], row["reason"]


def _checked(opened: site.Site, request: Request) -> Request:
    """Fill in the basis, and refuse what cannot be meant."""
    mailing_list = opened.mailing_list(request.slug)
    today = opened.clock.now().date()
    if request.given_on and request.given_on > today:
        raise errors.UsageError(f"--date {request.given_on} is in the future", "Give the day of the consent.")
    if request.evidence and request.evidence.stat().st_size > _EVIDENCE_LIMIT:
        raise errors.UsageError(
            f"{request.evidence.name} has more than 20 MB", "Save the scan smaller, or as PDF."
        )
    return dataclasses.replace(request, basis=request.basis or mailing_list.basis)


def _stage(opened: site.Site, request: Request, progress: Progress | None, *, with_macs: bool) -> _Read:
    """Read the whole file into the staging tables."""
    source = import_files.look(request.file)
    mailing_list = opened.mailing_list(request.slug)
    layout = _layout(source, mailing_list.fields)
    read = _Read(source, layout)
    told = (lambda done: progress("reading", done, source.size)) if progress else None
    form = import_rows.Form(
        columns=layout,
        state=_state_rule(opened, request),
        own=_own_addresses(opened),
        macs=opened.tokens.address_mac if with_macs else None,
        bare=request.leavers is not None,
        field_names=mailing_list.fields,
    )
    staging.begin(opened.store)
    with opened.store.scratch():
        rows = import_files.rows(source, layout.width, told)
        for _ in range(layout.header):
            next(rows, None)
        for people, bad in import_rows.pages(rows, form, read.seen):
            staging.add(opened.store, people, bad)
        staging.refuse_doubles(opened.store)
    return read


def _layout(source: import_files.Source, fields: tuple[str, ...]) -> columns.Columns:
    if source.shape == "lines":
        return columns.Columns(email=0, width=2, name=1, names=("address", "name"))
    return columns.guess(source.sample, fields)


def _state_rule(
    opened: site.Site, request: Request
) -> Callable[[date | None, bool], words.SubscriptionState]:
    """The state in which a row comes in, by its own day of consent and whether the old system was unsure of it."""
    today = opened.clock.now().date()
    told = bool(request.statement or request.evidence)
    known: dict[tuple[date | None, bool], words.SubscriptionState] = {}

    def state(day: date | None, unsure: bool) -> words.SubscriptionState:
        if (day, unsure) not in known:
            assert request.basis is not None
            found = rules.imported_state(
                request.basis,
                request.source,
                day or request.given_on,
                request.until,
                told or day is not None,
                today,
            )
            known[day, unsure] = "held" if unsure else found
        return known[day, unsure]

    if request.leavers:
        return lambda _day, _unsure: _LEAVERS[request.leavers or "left"]
    return state


_LEAVERS: dict[str, words.SubscriptionState] = {"left": "unsubscribed", "objected": "objected"}


def _own_addresses(opened: site.Site) -> frozenset[str]:
    """Keys of the addresses that this site writes from: mail to them would come back to it."""
    own = [mailing_list.from_address for mailing_list in opened.config.lists.values()]
    if opened.config.receive:
        own.append(opened.config.receive.bounce_address)
    return frozenset(addresses.without_tag(addresses.read(text).key) for text in own)


def _judge(opened: site.Site, request: Request, read: _Read) -> None:
    list_id = opened.store.list_ids[request.slug]
    if request.leavers:
        staging.judge_leavers(opened.store, list_id, _LEAVERS[request.leavers])
        return
    own_first = read.columns.given is not None
    staging.judge(opened.store, list_id, own_first)
    import_apply.mark_changed(opened, list_id, own_first, request.until)


def _plan(opened: site.Site, request: Request, read: _Read) -> Plan:
    counts = staging.counts(opened.store)
    return Plan(
        slug=request.slug,
        file=request.file.name,
        described=read.source.described(),
        columns=read.columns,
        rows=sum(counts.values()),
        slips=tuple((domain, *found) for domain, found in read.seen.slips.items()),
        notes=tuple(_notes(request, read, counts)),
        new=counts["new"],
        changed=counts["changed"],
        same=counts["same"],
        left=counts["left"],
        held=counts["held"],
        suppressed=counts["suppressed"],
        bad=counts["bad"],
    )


def _notes(request: Request, read: _Read, counts: dict[str, int]) -> Iterator[str]:
    if counts["held"]:
        yield f"Held means: known, but not mailed, not even asked. {_lacking(request)}"
    if counts["left"] and (read.columns.status or read.columns.left_at):
        yield "Whoever left in the old system, as the file says, stays out. To record that here, import those lines with --as left."
    if read.seen.unread_days:
        yield f"{read.seen.unread_days:,} opt-in days could not be read; write them as 2018-06-28."


def _lacking(request: Request) -> str:
    if request.basis in ("membership", "notice"):
        missing = [
            name for name, given in (("--source", request.source), ("--until", request.until)) if not given
        ]
        return f"For membership add {' and '.join(missing)}." if missing else "The day of --until has passed."
    proof = request.statement or request.evidence
    needed = (
        ("--source", request.source),
        ("--date", request.given_on),
        ("--statement or --evidence", proof),
    )
    missing = [name for name, given in needed if not given]
    if missing:
        return f"For consent add {', '.join(missing)}."
    return "Consent older than six months must be given again by the person: let them sign up."


def _terms(request: Request) -> import_apply.Terms:
    """What holds for all rows, for the ledger."""
    evidence: tuple[str, bytes] | None = None
    if request.evidence:
        evidence = (request.evidence.name, request.evidence.read_bytes())
    return import_apply.Terms(
        slug=request.slug, file=request.file.name, basis=request.basis or "", source=request.source,
        statement=request.statement, given_on=request.given_on, until=request.until, evidence=evidence,
        leavers=request.leavers,
    )  # fmt: skip
