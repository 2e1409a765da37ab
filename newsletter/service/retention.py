"""The clock's work: requests expire, pauses end, bases and sleeping consents lapse, and nothing is kept too long.

Each period is a key of [retention]. The work is done in small transactions, can be repeated at any time, and a crash in
the middle loses nothing. The gate needs none of it: it looks at dates itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from newsletter import site
from newsletter.core import clock, questions, rsvps, states
from newsletter.service import consent, forgetting
from newsletter.store import attendance, forgotten, passes, rates, requests, sessions
from newsletter.store import questions as asked
from newsletter.store import retention as kept
from newsletter.store import rsvps as answered

JOB = "retention"
EVERY = timedelta(hours=1)
FRESH_COUNTED = timedelta(days=2)  # the rule for fresh links looks back one day


@dataclass(slots=True)
class Report:
    """What a run did: members' subscriptions by kind, and rows that were stripped or deleted."""

    expired: int = 0
    resumed: int = 0
    lapsed: int = 0
    erased: int = 0
    pruned: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.expired or self.resumed or self.lapsed or self.erased or any(self.pruned.values()))


@dataclass(frozen=True, slots=True)
class Warnings:
    """What will lapse soon, by list: consents that sleep, memberships that end."""

    dormant: dict[str, int]
    ending: dict[str, int]


def run_if_due(opened: site.Site) -> Report | None:
    """Do the clock's work if the last time is an hour ago; None when it is not."""
    last = kept.last_done(opened.store, JOB)
    if last is not None and opened.clock.now() - clock.parse(last) < EVERY:
        return None
    return run(opened)


def run(opened: site.Site) -> Report:
    """Do all of the clock's work now."""
    report = Report()
    _expire(opened, report)
    _step(opened, "resumed", lambda: kept.ended_pauses(opened.store, _today(opened)), report)
    _step(opened, "lapsed", lambda: kept.ended_bases(opened.store, _today(opened)), report)
    _step(opened, "lapsed", lambda: kept.dormant(opened.store, _ago(opened, "dormant")), report)
    _forget_again(opened, report)
    _forget_long_gone(opened, report)
    _prune(opened, report)
    forgotten.shred(opened.store)
    return report


def warnings(opened: site.Site) -> Warnings:
    """What lapses unless somebody does something: a mail to those who sleep, a new end date for members."""
    soon = opened.clock.now() + timedelta(seconds=opened.config.retention.implied_warning)
    return Warnings(
        kept.dormant_counts(opened.store, _ago(opened, "dormant_warning")),
        kept.ending_counts(opened.store, soon.date().isoformat()),
    )


def _today(opened: site.Site) -> str:
    return opened.clock.now().date().isoformat()


def _ago(opened: site.Site, period: str) -> str:
    """The time before which a period of [retention] is over."""
    return clock.iso(opened.clock.now() - timedelta(seconds=getattr(opened.config.retention, period)))


def _expire(opened: site.Site, report: Report) -> None:
    """Drop requests that nobody confirmed; of a person of whom nothing else is known nothing stays."""
    while rows := requests.overdue(opened.store, opened.clock.iso(), kept.PAGE):
        with opened.store.write():
            for row in rows:
                consent.drop_request(opened, row["member"], row["slug"], "clock", "clock")
                forgetting.forget_unproven(opened, row["member"])
        report.expired += len(rows)


def _step(opened: site.Site, step: states.Step, find: Callable[[], Iterable[Any]], report: Report) -> None:
    """Take a step of the clock for everybody whose time has come, page by page."""
    while rows := list(find()):
        with opened.store.write():
            for row in rows:
                consent.take(opened, row["member"], row["slug"], step, consent.Proof("clock", "clock"))
        if step == "resumed":
            report.resumed += len(rows)
        else:
            report.lapsed += len(rows)


def _forget_again(opened: site.Site, report: Report) -> None:
    """Forget whom a restored backup brought back: their keyed hash says that they are to be forgotten."""
    while found := kept.returned(opened.store):
        for member in found:
            forgetting.forget(opened, member, "clock", "clock", everything=False)
        report.erased += len(found)


def _forget_long_gone(opened: site.Site, report: Report) -> None:
    """Forget whoever left every list long ago; what they had withdrawn stays so, as keyed hashes."""
    before = clock.iso(proof_limit(opened.clock.now(), opened.config.retention.proofs))
    while rows := kept.long_gone(opened.store, before):
        with opened.store.write():
            for row in rows:
                forgetting.forget_gone(opened, row["id"])
        report.erased += len(rows)


def proof_limit(now: datetime, period: float) -> datetime:
    """The time before which proofs are over: the period counts from the end of the year, as claims do (BGB 199)."""
    return (now - timedelta(seconds=period)).replace(
        month=1, day=1, hour=0, minute=0, second=0, microsecond=0
    )


def _prune(opened: site.Site, report: Report) -> None:
    store, now = opened.store, opened.clock.now()
    report.pruned["deliveries"] = _strip_deliveries(opened)
    with store.write():
        report.pruned |= {
            "bounce texts": kept.strip_bounces(store, _ago(opened, "bounces")),
            "bounces": kept.drop_bounces(store, _ago(opened, "verdicts")),
            "arrivals": kept.drop_arrivals(store, _ago(opened, "arrivals")),
            "import values": kept.strip_batches(store, _ago(opened, "undo")),
            "requests": requests.prune(store, _ago(opened, "requests")),
            "fresh links": rates.prune(store, "fresh", clock.iso(now - FRESH_COUNTED)),
            "answers": rates.prune(store, "answer", clock.iso(now - FRESH_COUNTED)),
            "receipts": rates.prune(store, "receipt", clock.iso(now - FRESH_COUNTED)),
            "notes to meetings": answered.strip_notes(store, clock.iso(now - rsvps.NOTES_KEPT)),
            "who came": attendance.strip(store, _ago(opened, "attendance")),
            "links of booths and doors": passes.prune(store, _ago(opened, "arrivals")),
            "sessions": sessions.prune(store, clock.iso(now)),
            "lines of questions": asked.drop_lines(store, clock.iso(now - questions.LINES_KEPT)),
            "passed on": rates.prune(store, "forward", clock.iso(now - FRESH_COUNTED)),
        }
        kept.note_done(store, JOB, clock.iso(now))


def _strip_deliveries(opened: site.Site) -> int:
    count, after, before = 0, 0, _ago(opened, "deliveries")
    while ids := kept.old_deliveries(opened.store, before, after):
        with opened.store.write(durable=False):
            kept.strip_deliveries(opened.store, ids)
        count, after = count + len(ids), ids[-1]
    return count
