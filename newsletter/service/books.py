"""What the sender commits: results that came in and intents of the bodies that go out next, in one transaction.

One transaction serves two turns of the event loop. A body is never on the wire before its row says `sending`, and the
next body of a connection never before that connection's last result is committed: so a kill doubles at most one mail a
connection. A result survives a kill at once, and a power cut after at most 500 rows or 100 ms.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from newsletter import site
from newsletter.core import errors
from newsletter.mail import smtp
from newsletter.service import consent, health, jobs
from newsletter.store import outbox

SYNC_ROWS, SYNC_SECONDS = 500, 0.1
RETRY_SECONDS = 0.25
PATIENCE_LOCKED, PATIENCE_OTHER = (
    600.0,
    20.0,
)  # seconds that a locked, or otherwise unwilling, database is waited for


class Boss(Protocol):
    """Who is told what the books could not do."""

    def give_up(self, problem: errors.NewsletterError) -> None:
        """Hear that the database stays unwilling: the run is over."""


# A connection whose server waits for a body: the parcel, its job, and the relay's name.
Waiting = tuple[smtp.Link, smtp.Parcel, jobs.Job, str]


@dataclass(slots=True)
class Books:
    """The results and intents that wait for the next commit."""

    site: site.Site
    boss: Boss
    links: Callable[[], int]  # how many connections there are
    accepted: list[outbox.Sent] = field(default_factory=list)
    settled: list[outbox.Settled] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    sent: dict[tuple[str, str], int] = field(
        default_factory=dict
    )  # (relay, domain) -> mails, for the windows
    proofs: list[tuple[int, bytes, str]] = field(default_factory=list)  # member, confirm mail as sent, answer
    bounces: list[health.Refusal] = field(default_factory=list)  # what servers said of addresses
    commits: int = 0
    sent_mails: int = 0  # accepted and committed
    _planned: bool = False
    _unsynced: int = 0  # results that a power cut would take
    _unsynced_since: float = 0.0
    _last: int = 0
    _timer: asyncio.TimerHandle | None = None
    _unwilling_since: float | None = None

    def accept(self, row: outbox.Sent) -> None:
        """Write at the next commit that a mail was taken."""
        self.accepted.append(row)
        if not self._planned:
            self.plan()

    def settle(self, row: outbox.Settled) -> None:
        """Write any other result at the next commit."""
        self.settled.append(row)
        self.plan()

    def await_body(self, waiting: Waiting) -> None:
        """Commit an intent and then let the body go."""
        self.waiting.append(waiting)
        if not self._planned:
            self.plan()

    @property
    def unwritten(self) -> set[int]:
        """The deliveries whose results are not committed yet."""
        return {row[-1] for row in self.accepted} | {row[-1] for row in self.settled}

    @property
    def is_clean(self) -> bool:
        """Whether nothing waits for a commit."""
        return not (self.accepted or self.settled or self.waiting)

    def plan(self) -> None:
        """Commit within two turns of the loop, so that what comes in together is written together."""
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self._gather, 2)

    def _gather(self, turns: int) -> None:
        if turns > 1 and len(self.waiting) < self.links():
            asyncio.get_running_loop().call_soon(self._gather, turns - 1)
        else:
            self._planned = False
            self.flush()

    def flush(self) -> None:
        """Commit what there is; then the bodies go. A database that does not want is asked again a little later."""
        if self.is_clean:
            return
        accepted, settled, waiting = (
            self.accepted,
            self.settled,
            [one for one in self.waiting if not one[0].dead],
        )
        self.accepted, self.settled, self.waiting = [], [], []
        try:
            if self._unwilling_since is not None:
                # Results first: they need less room than intents, and one that is not written lets a mail go twice.
                self._commit(accepted, settled, [])
                accepted, settled = [], []
            may_go = self._commit(accepted, settled, waiting)
        except errors.StorageError as problem:
            self.accepted, self.settled = accepted + self.accepted, settled + self.settled
            self.waiting = waiting + self.waiting
            self._be_patient(problem)
            return
        self._unwilling_since = None
        for (link, parcel, job, _), may in zip(waiting, may_go, strict=True):
            if may:
                job.on_row = "sending"
                link.send(parcel, job.body)
                job.body = []
            else:
                # Somebody left or cancelled meanwhile. A lone dot would deliver an empty mail, so the connection goes.
                job.is_gone = True
                link.fail("the gate closed before the body")
        if self._unsynced and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SYNC_SECONDS, self._sync)

    def _commit(
        self, accepted: list[outbox.Sent], settled: list[outbox.Settled], waiting: list[Waiting]
    ) -> list[bool]:
        store, now = self.site.store, self.site.clock.iso()
        unsynced = self._unsynced + len(accepted) + len(settled)
        holding = [job for _, _, job, _ in waiting if job.terms.holds]
        durable = unsynced >= SYNC_ROWS or bool(self.proofs or holding)
        with store.write(durable=durable):
            if accepted:
                outbox.settle_sent(store, accepted)
            if settled:
                outbox.settle(store, settled)
            may_go = outbox.intend(
                store, [(relay, now, job.id, job.list_id, job.shape) for _, _, job, relay in waiting]
            )
            if self.sent:
                self._write_sent()
            for proof in self.proofs:
                consent.keep_mail(self.site, *proof)
            for one in self.bounces:
                health.count_refusal(self.site, one, now)
        self.sent.clear()
        self.proofs.clear()
        self.bounces.clear()
        self.commits += 1
        self.sent_mails += len(accepted)
        if durable or not self._unsynced:
            self._unsynced_since = asyncio.get_running_loop().time()
        self._unsynced = 0 if durable else unsynced
        for rows in (accepted, settled):
            if rows:
                self._last = rows[-1][-1]
        return may_go

    def _write_sent(self) -> None:
        """Count for the windows, at the next full second of the machine's own clock: never too early."""
        at = f"{int(self.site.clock.source()) + 1}"
        for (relay, domain), count in self.sent.items():
            outbox.add_sent(self.site.store, relay, domain, at, count)

    def _be_patient(self, problem: errors.StorageError) -> None:
        loop = asyncio.get_running_loop()
        if self._unwilling_since is None:
            self._unwilling_since = loop.time()
        self.site.store.make_room()
        patience = PATIENCE_LOCKED if "in use" in problem.message else PATIENCE_OTHER
        if loop.time() - self._unwilling_since > patience:
            self.boss.give_up(problem)
        elif not self._planned:
            self._planned = True
            loop.call_later(RETRY_SECONDS, self._gather, 1)

    def _sync(self) -> None:
        """Make the last results survive a power cut, also when no more come."""
        self._timer = None
        if not self._unsynced:
            return
        loop = asyncio.get_running_loop()
        left = self._unsynced_since + SYNC_SECONDS - loop.time()
        if left > 0:  # what waited when the timer was set has been flushed with five hundred others
            self._timer = loop.call_later(left, self._sync)
        else:
            self.sync()

    def sync(self) -> None:
        """Flush to the disk what was committed. An empty commit would flush nothing, so a row is written again."""
        if not self._last:
            return
        try:
            with self.site.store.write(durable=True):
                outbox.touch(self.site.store, self._last)
            self._unsynced = 0
        except errors.StorageError:
            self._timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._sync)
