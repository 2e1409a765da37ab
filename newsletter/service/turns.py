"""Whose turn it is at one relay: the jobs that wait for it, and the limits of relay, list and recipient domain.

A job whose list or domain has no room now goes aside, so that it holds nobody else up.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from newsletter.mail import pace
from newsletter.service import jobs

LOAD_LIMIT = 2_000  # jobs that wait in memory for their relay, domain or list

_Place = tuple[str, object]  # where a job waits aside: ("list", its number) or ("domain", its name)


@dataclass(slots=True)
class Turns:
    """The jobs that wait for a relay. Times are those of the loop, in seconds."""

    own: pace.Pace  # of the relay
    of_lists: dict[int, pace.Pace]
    lease: Callable[[], bool]  # puts more jobs here; False when there are none now
    may_go: Callable[[jobs.Job], bool]  # the gate
    row: deque[jobs.Job] = field(default_factory=deque)
    _late: deque[jobs.Job] = field(default_factory=deque)
    _aside: dict[_Place, deque[jobs.Job]] = field(default_factory=dict)
    _asides: int = 0

    @property
    def load(self) -> int:
        """How many jobs wait."""
        return len(self.row) + len(self._late) + self._asides

    @property
    def is_full(self) -> bool:
        """Whether so many jobs wait that no more should be leased."""
        return self.load >= LOAD_LIMIT

    def __iter__(self) -> Iterator[jobs.Job]:
        yield from self.row
        yield from self._late
        for row in self._aside.values():
            yield from row

    def put(self, leased: Iterable[jobs.Job], *, first: bool = False) -> None:
        """Take jobs, behind the others or before them."""
        if first:
            self.row.extendleft(reversed(list(leased)))
        else:
            self.row.extend(leased)

    def put_last(self, job: jobs.Job) -> None:
        """Take a job that broke its connection: it waits for all others, those that are not leased yet too."""
        self._late.append(job)

    def drop_all(self) -> list[jobs.Job]:
        """Forget all jobs; return them."""
        dropped = list(self)
        self.row.clear()
        self._late.clear()
        self._aside.clear()
        self._asides = 0
        return dropped

    @property
    def is_free(self) -> bool:
        """Whether nothing can make a job wait now, so that `first` will do."""
        return self.own.is_free and not (self.of_lists or self._aside)

    def take(self, now: float) -> jobs.Job | float | None:
        """The next job, with its place in all limits taken; or seconds after which to ask again; or None: there is none."""
        waiting = self.own.wait(now)
        if waiting > 0:
            return waiting
        job = self._next_with_room(now)
        if job is None:
            return min((self._wait_of(place, now) for place in self._aside), default=None)
        self.own.take(job.domain, now)
        if of_list := self.of_lists.get(job.list_id or 0):
            of_list.take(job.domain, now)
        return job

    def free(self, job: jobs.Job, now: float, *, used: bool) -> None:
        """Give a job's place in the limits back; `used` is whether the server may have counted it."""
        self.own.free(job.domain, now, used=used)
        if of_list := self.of_lists.get(job.list_id or 0):
            of_list.free(job.domain, now, used=used)

    def first(self) -> jobs.Job | None:
        """The next job that the gate lets through, where nothing else can hinder it."""
        while self.row or self.lease() or self._take_late():
            while self.row:
                job = self.row.popleft()
                if self.may_go(job):
                    return job
        return None

    def _next_with_room(self, now: float) -> jobs.Job | None:
        for place in list(self._aside):
            if self._wait_of(place, now) <= 0:
                job = self._take_aside(place)
                if self.may_go(job):
                    return job
        while True:
            if not self.row and (self.is_full or not self.lease()) and not self._take_late():
                return None
            while self.row:
                job = self.row.popleft()
                blocked = self._blocked(job, now)
                if blocked is not None:
                    self._aside.setdefault(blocked, deque()).append(job)
                    self._asides += 1
                elif self.may_go(job):
                    return job

    def _take_late(self) -> bool:
        self.row.extend(self._late)
        self._late.clear()
        return bool(self.row)

    def _blocked(self, job: jobs.Job, now: float) -> _Place | None:
        of_list = self.of_lists.get(job.list_id or 0)
        if of_list is not None and of_list.wait(now) > 0:
            return ("list", job.list_id)
        if self.own.by_domain and self.own.wait_for(job.domain, now) > 0:
            return ("domain", job.domain)
        return None

    def _wait_of(self, place: _Place, now: float) -> float:
        what, which = place
        if what == "list":
            of_list = self.of_lists.get(which if isinstance(which, int) else 0)
            return of_list.wait(now) if of_list else 0.0
        return self.own.wait_for(str(which), now)

    def _take_aside(self, place: _Place) -> jobs.Job:
        row = self._aside[place]
        job = row.popleft()
        self._asides -= 1
        if not row:
            del self._aside[place]
        return job
