"""How far a run is: counted from the rows, shown a few times a second, with the rate and the time left."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsletter import site
from newsletter.core import errors
from newsletter.store import editions

SHOW_SECONDS = 0.25
RATE_SECONDS = 10.0
COUNT_SECONDS = 1.0
COUNT_SHARE = (
    100  # counting the rows may take a hundredth of the time; between two counts what was sent is added up
)


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of the editions that a run works on, added up. `rate` is mails a second, `left` seconds (None: unknown).

    `slowed` are the recipient domains that asked for less.
    """

    editions: tuple[str, ...]
    audience: int
    sent: int
    deferred: int
    failed: int
    unclear: int
    skipped: int
    due: int
    rate: float
    left: float | None
    slowed: tuple[str, ...] = ()


@dataclass(slots=True)
class Numbers:
    """The numbers of one edition. They add up to the audience at every moment."""

    audience: int = 0
    due: int = 0
    sending: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    unclear: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


def numbers(opened: site.Site, edition: str) -> Numbers:
    """Count an edition's deliveries."""
    found = Numbers()
    for key, count in editions.counts(opened.store, edition).items():
        state, _, reason = key.partition(":")
        if reason:
            found.skipped[reason] = count
        else:
            setattr(found, state, count)
        found.audience += count
    return found


class Watch:
    """Follows a run and tells its progress."""

    def __init__(
        self, opened: site.Site, show: Callable[[Progress], None] | None, slowed: Callable[[], Sequence[str]]
    ) -> None:
        self._slowed = slowed
        self._done = self._done_then = 0  # mails the run has sent: now, and when the rows were counted last
        self.sent = self.deferred = self.failed = 0
        self._site = opened
        self._show = show
        self._followed: dict[str, Numbers] = {}
        self._first: dict[str, Numbers] = {}
        self._marks: deque[tuple[float, int]] = deque()
        self._shown = self._counted = float("-inf")
        self._pause = COUNT_SECONDS

    def follow(self, edition: str) -> None:
        """Count an edition in. `show` need not count again at once."""
        self._counted = self._site.clock.monotonic()
        self._first[edition] = self._followed[edition] = numbers(self._site, edition)

    def show(self, now: float, done: int) -> None:
        """Tell how far the run is, if it is time to. `now` is the loop's time, `done` how many mails it has sent so far."""
        if self._show is None or now - self._shown < SHOW_SECONDS:
            return
        self._shown, self._done = now, done
        try:
            self._count(now)
        except errors.StorageError:
            return  # the database is busy; the next time will do
        self._show(self._progress())

    def end(self) -> None:
        """Count a last time: what the run did is the difference to its beginning."""
        for edition in self._followed:
            self._followed[edition] = numbers(self._site, edition)
        for edition, last in self._followed.items():
            first = self._first[edition]
            self.sent += last.sent - first.sent
            self.failed += last.failed - first.failed
            self.deferred += last.deferred
        self._done_then = self._done
        if self._show is not None and self._followed:
            self._show(self._progress())

    def _count(self, now: float) -> None:
        if now - self._counted >= self._pause:
            clock = self._site.clock
            began = clock.monotonic()
            for edition in self._followed:
                self._followed[edition] = numbers(self._site, edition)
            self._pause = max(COUNT_SECONDS, COUNT_SHARE * (clock.monotonic() - began))
            self._counted, self._done_then = now, self._done
        self._marks.append((now, self._done))
        while now - self._marks[0][0] > RATE_SECONDS:
            self._marks.popleft()

    def _progress(self) -> Progress:
        rate = 0.0
        if len(self._marks) > 1:
            (then, before), (last, after) = self._marks[0], self._marks[-1]
            rate = (after - before) / (last - then) if last > then else 0.0
        found = added_up(self._followed, rate)
        # Some of what was sent since the rows were counted may belong to no edition: never more than there was to send.
        more = min(self._done - self._done_then, found.due)
        due = found.due - more
        return replace(
            found,
            sent=found.sent + more,
            due=due,
            left=due / rate if rate else None,
            slowed=tuple(self._slowed()),
        )


def added_up(found: Mapping[str, Numbers], rate: float) -> Progress:
    """The numbers of several editions as one progress. `rate` is mails a second, 0 when it is not known."""
    numbers_of = found.values()
    due = sum(one.due + one.sending for one in numbers_of)
    return Progress(
        editions=tuple(found),
        audience=sum(one.audience for one in numbers_of),
        sent=sum(one.sent for one in numbers_of),
        deferred=sum(one.deferred for one in numbers_of),
        failed=sum(one.failed for one in numbers_of),
        unclear=sum(one.unclear for one in numbers_of),
        skipped=sum(sum(one.skipped.values()) for one in numbers_of),
        due=due,
        rate=rate,
        left=due / rate if rate else None,
    )
