"""One thread, one connection: where the pages' services run, so that the event loop (and the sender on it) never waits.

Writes that arrive while one is being committed are committed together in the next; one that comes alone goes at once.
Waiting for company a moment, while there is some, leaves the disk and the database's one writer to the sender.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from newsletter import site
from newsletter.service import together

GROUP = 64  # acts in one commit: a flush is shared, and nobody waits for a long queue
ENOUGH = 16  # acts that make a commit worth its while at once
PAUSE = 0.05  # seconds between commits for fewer, while there is a crowd: each one holds up the sender
BUSY_SECONDS = 4.0


class Lane:
    """Runs plain functions of a site, one after the other, away from the event loop."""

    def __init__(self, opened: site.Site) -> None:
        self._outer = opened
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
        self._waiting: list[tuple[together.Act, asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._rested = 0.0  # the loop's time from which a commit goes at once
        self._enough = asyncio.Event()
        self._site: site.Site | None = None

    async def read(self, act: Callable[[site.Site], Any]) -> Any:
        """Run an act that changes nothing; return its answer or raise what it raised."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: act(self._opened()))

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
        return answer

    async def _flush(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                answers = await self._answers([act for act, _ in group])
                for (_, future), answer in zip(group, answers, strict=True):
                    if not future.done():  # a visitor may have gone; the act is done all the same
                        future.set_result(answer)
                if len(group) > 1:
                    self._rested = asyncio.get_running_loop().time() + PAUSE
        finally:
            self._flushing = None

    async def _gather(self) -> None:
        """Wait a moment for company when the last commit was just now and had some; who is alone goes at once."""
        rest = self._rested - asyncio.get_running_loop().time()
        self._enough.clear()
        if rest > 0 and len(self._waiting) < ENOUGH:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._enough.wait()

    async def _answers(self, acts: list[together.Act]) -> list[Any]:
        try:
            answers: list[Any] = await self.read(lambda opened: _committed(opened, acts))
        except Exception as problem:
            return [problem for _ in acts]
        return answers

    def _opened(self) -> site.Site:
        """The site on a connection of this thread's own, opened at its first use."""
        if self._site is None:
            outer = self._outer
            self._site = site.open_site(outer.root, outer.organiser, outer.clock)
            self._site.store.wait_at_most(BUSY_SECONDS)
        return self._site

    async def close(self) -> None:
        """Finish what waits, then close the connection."""
        if self._flushing is not None:
            await self._flushing
        if self._site is not None:
            await self.read(lambda opened: opened.close())
        self._thread.shutdown()


def _committed(opened: site.Site, acts: list[together.Act]) -> list[Any]:
    """Commit the acts, then make their answers: one trip to the thread for both, since each trip waits for its turn."""
    return [_made(answer) for answer in together.run(opened, acts)]


def _made(answer: Any) -> Any:
    if isinstance(answer, Exception):
        return answer
    try:
        return answer()
    except Exception as problem:
        return problem
