"""Paper sheets: their lines are typed in, and each person on them is attested, with the scan as evidence.

What is on paper was agreed to on the day of the sheet, under the words whose code stands on it. Nobody is raised: who has
left stays out, and who is known already keeps their state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from newsletter import site
from newsletter.core import addresses, errors, spelling, texts, wordings
from newsletter.service import joining, members
from newsletter.store import ledger

LINES = 25  # typed at once
What = Literal["added", "known", "held", "wrong"]
# No address; an address of a job; its holder left, or wants no mail; a name that cannot be.
Why = Literal["", "address", "role", "out", "name"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was typed."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the code of its words, its day, who collected it and where. `scan` is file name and content; `kept` the hash
    of a scan that was sent before."""

    slug: str
    code: str
    day: date
    collector: str
    where: str
    lines: tuple[Line, ...]
    scan: tuple[str, bytes] | None = None
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: added, known before, held (its consent is too old), or wrong, with the reason. `slip` is the
    domain that was probably meant."""

    line: Line
    what: What
    why: Why = ""
    slip: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a sheet's lines, in their order, and the hash of its scan."""

    outcomes: tuple[Outcome, ...]
    scan: str

    def count(self, what: What) -> int:
        return sum(one.what == what for one in self.outcomes)


def enter(opened: site.Site, sheet: Sheet) -> Entered:
    """Write a sheet's lines down. A line that cannot be is told and left out; the others are taken, once.

    Raises NotFoundError for a list that is not there, InputError for a code that is no wording's, a day still to come, or a
    missing collector.
    """
    mailing_list = opened.mailing_list(sheet.slug)
    wording = wording_of(opened, sheet.slug, sheet.code)
    collector = texts.one_line(sheet.collector, "the collector", texts.NAME_LIMIT)
    where = texts.one_line(sheet.where, "the place", texts.NAME_LIMIT)
    if not collector:
        raise errors.InputError("it is not said who collected the sheet")
    if sheet.day > opened.clock.now().astimezone(mailing_list.site.zone).date():
        raise errors.InputError(f"the sheet's day, {sheet.day}, is still to come")
    source = f"sign-up sheet{f', {where}' if where else ''}, {sheet.day.isoformat()}"
    with opened.store.write():
        scan = _keep(opened, sheet)
        basis = members.Basis(
            "consent", source, sheet.day, statement=f"signed on paper, collected by {collector}", channel="sheet",
            wording=wording, kept=scan,
        )  # fmt: skip
        return Entered(tuple(_one(opened, sheet.slug, line, basis) for line in sheet.lines), scan)


def wording_of(opened: site.Site, slug: str, code: str) -> str:
    """The hash of the words that a code names. Raises InputError."""
    opened.mailing_list(slug)
    start = wordings.read_code(code)
    found = ledger.wording_by_code(opened.store, start, opened.store.list_ids[slug]) if start else None
    if found is None:
        raise errors.InputError(
            f"{addresses.shown(code)} is no code of words that this list was ever printed with"
        )
    return found


def _keep(opened: site.Site, sheet: Sheet) -> str:
    if sheet.scan is not None:
        return ledger.keep_evidence(opened.store, *sheet.scan, opened.clock.iso())
    return sheet.kept if sheet.kept and ledger.has_evidence(opened.store, sheet.kept) else ""


def _one(opened: site.Site, slug: str, line: Line, basis: members.Basis) -> Outcome:
    try:
        address = addresses.read(line.address)
    except errors.InputError:
        return Outcome(line, "wrong", "address")
    try:
        joining.refuse_own(opened, address)
    except errors.RefusedError:
        return Outcome(line, "wrong", "role")
    try:
        found = members.add(opened, line.address, slug, basis, name=line.name)
    except errors.RefusedError:
        return Outcome(line, "wrong", "out")
    except errors.InputError:
        return Outcome(line, "wrong", "name")
    slip = spelling.meant(address.domain) or ""
    if not found["added"]:
        return Outcome(line, "known", slip=slip)
    state = next(one["state"] for one in found["subscriptions"] if one["list"] == slug)
    return Outcome(line, "held" if state == "held" else "added", slip=slip)


def filled(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines in which anything was typed."""
    return tuple(one for one in lines if one.address or one.name)
