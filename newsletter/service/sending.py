"""Send what is due: the one loop. Lease a page, keep the pace, ask the gate, commit the intent, write, commit the result.

One process sends for a site (service/lock.py). A lease is memory only: after a crash every row tells by its state what
to do with it. Nothing here depends on how many deliveries there are.
"""

import asyncio
import gc
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic  # the clock of asyncio's loops

from newsletter import site
from newsletter.core import errors, logs, words
from newsletter.service import bay, books, crew, jobs, lock, other_lists, paces, progress, recovering, turns
from newsletter.store import editions, outbox

log = logging.getLogger("newsletter.sending")

GRACE = 8.0  # seconds that a stopping run waits for answers it is owed
TICK = 0.05
FRESH = 0.01  # seconds for which what we know of the time is new enough
OVERLAP = 5.0  # seconds: what is committed late has become due a little earlier
# Seconds for which the gate's last word holds while others write; what the row itself says (somebody left, an edition
# was cancelled) is seen by the intent at once.
GATED = 0.25
YOUNG = 20_000  # new objects before the collector looks at them
DUE_AT = 9  # the column of a leased row
LOOK_AGAIN = 1.0  # seconds after which others' writes (pause, resume) are looked at


@dataclass(slots=True)
class Stop:
    """A wish to stop, from a signal or another thread. A second wish does not wait for answers."""

    _wishes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> None:
        """Wish the run to stop."""
        self._wishes += 1

    @property
    def asked(self) -> bool:
        return self._wishes > 0

    @property
    def urgent(self) -> bool:
        return self._wishes > 1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: by itself, or stopped by a wish; what it did, and when the next delivery is due."""

    stopped: bool
    sent: int
    deferred: int
    failed: int
    next_due: str | None


Show = Callable[[progress.Progress], None]


def run(
    opened: site.Site,
    *,
    wait: bool,
    stop: Stop | None = None,
    show: Show | None = None,
    held: lock.Held | None = None,
) -> Ended:
    """Send what is due. With `wait` go on until nothing is left to do, else until nothing is due now.

    The caller holds the site's sending lock. Raises RelayError when the relay does not want us (nobody is marked, the
    editions are paused), StorageError when the database stays unwilling, ConfigError.
    """
    before = gc.get_threshold()
    gc.set_threshold(YOUNG)  # nothing on the usual road makes cycles
    try:
        return asyncio.run(run_here(opened, wait=wait, stop=stop, show=show, held=held))
    finally:
        gc.set_threshold(*before)


async def run_here(
    opened: site.Site, *, wait: bool, stop: Stop | None = None, show: Show | None = None,
    held: lock.Held | None = None,
) -> Ended:  # fmt: skip
    """The same on the running event loop, which others use as well (the pages of `serve`)."""
    recovering.after_death(opened)
    recovering.after_trouble(opened)
    return await _Run(opened, wait, stop or Stop(), show, held).go()


class _Run:
    """One run. It is the office of its bays and the boss of its books."""

    def __init__(
        self, opened: site.Site, wait: bool, stop: Stop, show: Show | None, held: lock.Held | None
    ) -> None:
        self.workshop = jobs.Workshop(opened)
        self.stopping = False
        self.books = books.Books(opened, self, lambda: sum(len(one.links) for one in self._bays.values()))
        self._site = opened
        self._wait = wait
        self._stop = stop
        self._held = held
        self._problem: errors.NewsletterError | None = None
        self._cursor: tuple[str, int] = ("", 0)
        self._answered = ""  # the time up to which what answers a person was looked for
        self._dry = False  # nothing was due when we looked last
        self.version = self._looks = 0  # the version changes when the gate may say something else than before
        self._asked_at = self._told_at = float("-inf")
        self._told = ""
        self._paused: list[int] = []
        self._running: set[str] = set()
        self._list_paces = paces.of_lists(opened)
        self._bays: dict[str, bay.Bay] = {}
        self._reasons: dict[str, str] = {}  # why a relay is left alone
        self._watch = progress.Watch(
            opened, show, lambda: [name for one in self._bays.values() for name in one.pace.slowed]
        )

    async def go(self) -> Ended:
        """The run from its first lease to its last commit."""
        loop = asyncio.get_running_loop()
        for relay in self._site.config.relays:
            self._bays[relay.name] = bay.Bay(self, relay, self._list_paces)
            paces.restore(self._site, relay.name, self._bays[relay.name].pace, loop.time())
        crews = [crew.Crew(one, self, crew.own_name(self._site)) for one in self._bays.values()]
        try:
            await self._until_done(crews)
        finally:
            self.stopping = True
            await self._let_land()
            for one in crews:
                await one.end()
            self.books.flush()
            self.books.sync()
            self.workshop.signers.shutdown(wait=False, cancel_futures=True)
        await self._close_editions()
        self._watch.end()
        logs.info(
            log, "run ended", sent=self._watch.sent, deferred=self._watch.deferred, failed=self._watch.failed,
            stopped=self._stop.asked,
        )  # fmt: skip
        if self._problem is not None:
            raise self._problem
        return Ended(
            self._stop.asked, self._watch.sent, self._watch.deferred, self._watch.failed,
            outbox.next_due(self._site.store, self._paused),
        )  # fmt: skip

    async def _until_done(self, crews: list[crew.Crew]) -> None:
        loop = asyncio.get_running_loop()
        looked, last = float("-inf"), loop.time()
        while not (self._stop.asked or self._problem):
            now = loop.time()
            if now - looked >= LOOK_AGAIN:
                looked = now
                self._look()
            elif now - self._asked_at >= GATED:
                self._renew_version()
            for one in crews:
                one.check(now, now - last)
            last = now
            self._dry = False
            self._hand_over()
            for each in self._bays.values():
                each.wake()
                if not each.links:
                    self.lease_for(each)
            if self._is_done():
                return
            self._watch.show(now, self.books.sent_mails)
            await asyncio.sleep(TICK)

    def _is_done(self) -> bool:
        if not self.books.is_clean or any(one.load or one.flying for one in self._bays.values()):
            return False
        due = outbox.next_due(self._site.store, self._paused)
        if due is None:
            return True
        return due > self.now() and not self._wait

    async def _let_land(self) -> None:
        """Wait for answers that are owed, up to the grace."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GRACE
        while any(one.flying for one in self._bays.values()) or not self.books.is_clean:
            if loop.time() > until or self._stop.urgent or (self._problem and not self.books.is_clean):
                return
            await asyncio.sleep(TICK)

    def _look(self) -> None:
        """Look at what others may have written: pauses, resumes; and show that we live."""
        self._paused = outbox.paused_messages(self._site.store)
        self._looks += 1
        self._renew_version()
        self._answers_first()
        if self._held is not None:
            self._held.beat(self._site.clock.source())

    def _answers_first(self) -> None:
        """Put what answers a person's act before all others: nobody waits for a campaign to be asked to confirm."""
        if any(one.load >= 2 * turns.LOAD_LIMIT for one in self._bays.values()):
            return
        rows, known = outbox.answers(self._site.store, self.now(), self._answered), self._known()
        self._answered = self.later(-OVERLAP)
        self._hand_out([row for row in rows if row[0] not in known], first=True)

    # ---- what the bays ask

    def lease(self) -> bool:
        """Put the next page of due jobs on the bays; False when there is none now."""
        if self._dry or self.stopping:
            return False
        known = self._known()
        around = self._cursor == ("", 0)  # whether the search began, or has begun again, at the front
        while True:
            rows = outbox.page(self._site.store, self.now(), self._cursor, self._paused, self._full_lists())
            fresh = [row for row in rows if row[0] not in known]
            if rows:
                self._cursor = (rows[-1][DUE_AT], rows[-1][0])
            elif around:
                self._cursor, self._dry = ("", 0), True
                return False
            else:
                self._cursor, around = ("", 0), True
            if fresh:
                self._hand_out(fresh)
                return True

    def _known(self) -> set[int]:
        """What is in memory, or answered and not yet written: it must not be leased again."""
        known = {number for one in self._bays.values() for number in one.known()}
        return known | self.books.unwritten

    def lease_for(self, one: bay.Bay) -> None:
        """Give a bay without connections a reason to open one, if there is a list that it sends for now."""
        if one.load or one.flying or one.is_out:
            return
        if any(self._bay_for(number) is one for number in (0, *self._site.store.list_slugs)):
            self.lease()

    def _hand_out(self, rows: list[outbox.Leased], *, first: bool = False) -> None:
        """Make jobs of leased rows and put them on the bays of their lists."""
        leased: dict[int, list[jobs.Job]] = {}
        now = self.now()
        for row in rows:
            job = self.workshop.job(row)
            if self.workshop.refusal(job, row[jobs.INPUTS :], now) is None:
                job.gated = self.version
            leased.setdefault(job.list_id or 0, []).append(job)
        for list_id, found in leased.items():
            self._bay_for(list_id).put(found, first=first)
        for edition in {job.kind.edition for found in leased.values() for job in found} - self._running:
            if edition is not None:
                self._begin(edition)

    def _bay_for(self, list_id: int) -> bay.Bay:
        """Who sends for a list: its own relay first, then the others in file order; who is left alone comes last."""
        found = self._site.config.lists.get(self._site.store.list_slugs.get(list_id, ""))
        bays = list(self._bays.values())
        if found and found.relay:
            bays.insert(0, self._bays[found.relay])
        return next((one for one in bays if not one.is_out), bays[0])

    def _full_lists(self) -> list[int]:
        """The lists whose relay has enough to do: more of theirs would only fill the memory."""
        if not any(one.turns.is_full for one in self._bays.values()):
            return []
        return [number for number in (0, *self._site.store.list_slugs) if self._bay_for(number).turns.is_full]

    def _hand_over(self) -> None:
        """Give what lies at a relay that is left alone to the one that stands in for it."""
        for one in self._bays.values():
            if one.is_out and one.load and self._problem is None:
                for job in one.turns.drop_all():
                    self._bay_for(job.list_id or 0).put([job])

    def _begin(self, edition: str) -> None:
        with self._site.store.write():
            editions.set_state(
                self._site.store, edition, "running", "", self.now(), only=("queued", "running")
            )
        self._running.add(edition)
        logs.info(log, "edition begun", edition=edition)
        self._watch.follow(edition)

    def gate(self, job: jobs.Job) -> words.SkipReason | None:
        """Ask the gate about a job that was asked for in another version."""
        inputs = outbox.gate_inputs(self._site.store, job.id, job.list_id, job.shape)
        job.gated = self.version
        if inputs is None:
            job.is_gone = True
            return None
        refused = self.workshop.refusal(job, inputs, self.now())
        if refused is not None and refused != "stale" and self._moves(job):
            # Its row is another list's now: it is leased again.
            job.is_gone = True
            return None
        return refused

    def _moves(self, job: jobs.Job) -> bool:
        """Move a refused job to another list of its message; a database that is busy now is asked at the next lease."""
        try:
            with self._site.store.write():
                return other_lists.move(self._site, job.id)
        except errors.StorageError:
            return True

    def _renew_version(self) -> None:
        """Change the version when another connection has written, and each time that we look at the world."""
        self._asked_at = asyncio.get_running_loop().time()
        self.version = outbox.data_version(self._site.store) * 1_000_000 + self._looks

    @property
    def has_spare(self) -> bool:
        return sum(not one.is_out for one in self._bays.values()) > 1

    def halt(self, relay: str, reason: str, cause: bay.Cause) -> None:
        """Leave a relay alone that does not want us; the next one takes over what it had.

        When there is none left, or the mails themselves are disliked, the run ends. Nobody is marked; the editions wait.
        """
        if self._problem is not None or self._bays[relay].is_out:
            return
        self._bays[relay].leave_out(cause)
        self._reasons[relay] = reason
        logs.warning(log, "relay left alone", relay=relay, why=reason)
        out = [name for name, one in self._bays.items() if one.is_out]
        if cause != "mails" and len(out) < len(self._bays):
            return
        why = [relay] if cause == "mails" else out
        self._problem = errors.RelayError(
            "; ".join(f"relay {name}: {self._reasons[name]}" for name in why),
            "Nobody was marked as failed. Mend it (see: newsletter check), then go on with: newsletter outbox run",
        )
        self.stopping = True

    def give_up(self, problem: errors.NewsletterError) -> None:
        """End the run because the database stays unwilling."""
        self._problem = self._problem or problem
        self.stopping = True

    def now(self) -> str:
        """The site's time as UTC ISO text, a hundredth of a second old at most."""
        now = monotonic()
        if now - self._told_at > FRESH:
            self._told, self._told_at = self._site.clock.iso(), now
        return self._told

    def later(self, seconds: float) -> str:
        """The site's time so many seconds from now."""
        return bay.iso_after(self.now(), seconds)

    def jitter(self) -> float:
        """A number in [0, 1)."""
        return self._site.random.uniform(0, 1)

    async def _close_editions(self) -> None:
        """Write what the run means for its editions: done, paused by trouble, or still running."""
        store, now = self._site.store, self.now()
        for edition in sorted(self._running):
            for number in editions.messages(store, edition):
                await self._mark_mailed(number)
        for edition in sorted(self._running | set(editions.open_ids(store))):
            with store.write():
                if editions.is_ended(store, edition):
                    editions.set_state(store, edition, "done", "", now, only=("queued", "running"))
                elif isinstance(self._problem, errors.RelayError) and edition in self._concerned():
                    editions.set_state(
                        store, edition, "paused", self._problem.message, now, only=("queued", "running")
                    )

    async def _mark_mailed(self, message: int) -> None:
        """Note who was mailed, in many short transactions, with a turn for the pages between them."""
        after: int | None = 0
        while after is not None:
            with self._site.store.write(durable=False):
                after = outbox.mark_mailed(self._site.store, message, after)
            await asyncio.sleep(0)

    def _concerned(self) -> set[str]:
        """The editions that trouble with the relay stops: those begun, and those due now."""
        due = {edition for edition in editions.open_ids(self._site.store) if self._is_due(edition)}
        return self._running | due

    def _is_due(self, edition: str) -> bool:
        at = editions.next_attempt(self._site.store, edition)
        return at is not None and at <= self.now()
