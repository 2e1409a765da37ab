"""Where the pages' services run: on the event loop itself, one after the other, on a connection of their own.

The sender is on the same loop. Handing a page's statements to a thread would cost each of them a wait for the
interpreter, up to five milliseconds while the sender computes; on the loop they take microseconds. Writes that come
together are committed together; one that comes alone goes at once.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from newsletter import site
from newsletter.core import errors
from newsletter.service import together

GROUP = 32  # acts in one commit: a flush is shared, and the sender gets its turn in between
ENOUGH = 16  # acts that make a commit worth its while at once
REST = 24  # times what the last commit took: fewer acts wait so long, so that flushing takes a small share of the loop
LONGEST_REST = 0.05  # seconds
BUSY_SECONDS = 4.0  # what a visitor waits for another process's write
LOOK_SECONDS = 0.05  # of it at a time: others are answered meanwhile


class Lane:
    """Runs plain functions of a site, one after the other."""

    def __init__(self, opened: site.Site) -> None:
        self._outer = opened
        self._waiting: list[tuple[together.Act, asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._rested = 0.0  # the loop's time from which a commit goes at once
        self._enough = asyncio.Event()
        self._site: site.Site | None = None

    async def read(self, act: Callable[[site.Site], Any]) -> Any:
        """Run an act that changes nothing; return its answer or raise what it raised."""
        return act(self._opened())

    async def aside(self, act: Callable[[site.Site], Any]) -> Any:
        """The same for an act that takes long: on a thread and a connection of its own, so that nobody waits for it."""
        return await asyncio.to_thread(self._alone, act)

    def _alone(self, act: Callable[[site.Site], Any]) -> Any:
        outer = self._outer
        opened = site.open_site(outer.root, outer.organiser, outer.clock)
        try:
            return act(opened)
        finally:
            opened.close()

    async def write(self, act: together.Act) -> Any:
        """Run an act that may write and returns a function; once all is on the disk, return what that answers."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((act, future))
        if len(self._waiting) >= ENOUGH:
            self._enough.set()
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        answer = await future
        if isinstance(answer, Exception):
            raise answer
        return answer()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                await self._gather()
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                began = loop.time()
                answers = await self._answers([act for act, _ in group])
                for (_, future), answer in zip(group, answers, strict=True):
                    if not future.done():  # a visitor may have gone; the act is done all the same
                        future.set_result(answer)
                self._rested = loop.time() + min(REST * (loop.time() - began), LONGEST_REST)
                await asyncio.sleep(0)
        finally:
            self._flushing = None

    async def _gather(self) -> None:
        """Wait a moment for company when the last commit was just now; who comes alone goes at once."""
        rest = self._rested - asyncio.get_running_loop().time()
        self._enough.clear()
        if rest > 0 and len(self._waiting) < ENOUGH:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._enough.wait()

    async def _answers(self, acts: list[together.Act]) -> list[Any]:
        """Commit the acts; while another process writes, try again and let others be answered meanwhile."""
        loop = asyncio.get_running_loop()
        until = loop.time() + BUSY_SECONDS
        while True:
            try:
                answers = together.run(self._opened(), acts)
            except Exception as problem:
                return [problem for _ in acts]
            if not _is_busy(answers) or loop.time() > until:
                return answers
            await asyncio.sleep(LOOK_SECONDS)

    def _opened(self) -> site.Site:
        """The site on a connection of the pages' own, opened at its first use."""
        if self._site is None:
            outer = self._outer
            self._site = site.open_site(outer.root, outer.organiser, outer.clock)
            self._site.store.wait_at_most(LOOK_SECONDS)
        return self._site

    async def close(self) -> None:
        """Finish what waits, then close the connection."""
        if self._flushing is not None:
            await self._flushing
        if self._site is not None:
            self._site.close()


def _is_busy(answers: list[Any]) -> bool:
    """Whether another process was writing: then nothing was done."""
    first = answers[0]
    return isinstance(first, errors.StorageError) and "in use" in first.message
