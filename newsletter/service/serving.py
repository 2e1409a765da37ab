"""What a server does beside its pages: it sends whatever becomes due and does the clock's work, for as long as it runs.

The sender is on the pages' own event loop: on a thread of its own, sender and pages would hand the interpreter to and
fro around every statement, which costs both more than they do. Only what may take long goes to a thread.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from newsletter import site
from newsletter.core import errors, logs
from newsletter.service import following, lock, promises, retention, sending, telling
from newsletter.store import outbox

LOOK_SECONDS = 0.5  # between looks at the outbox, and at the lock while another process sends
TROUBLE_SECONDS = 60.0  # after a relay or a database that did not want us
BUSY_SECONDS = 0.25  # what a write waits for another process at a time: the pages wait with it

Note = Callable[[str], None]
logger = logging.getLogger("newsletter.clock")


async def keep_sending(outer: site.Site, stopping: asyncio.Event, note: Note) -> None:
    """Hold the site's sending lock and send what becomes due, until `stopping` is set.

    Trouble with the relay or the database is told by `note` and tried again; nobody is marked for it.
    """
    opened = site.open_site(outer.root, outer.organiser, outer.clock)
    opened.store.wait_at_most(BUSY_SECONDS)
    stop = sending.Stop()
    wish = asyncio.create_task(_ask(stop, stopping))
    try:
        while not stop.asked:
            with lock.hold(opened, "serve") as held:
                if held is not None:
                    await _send_on(opened, held, stop, stopping, note)
            await _rest(stopping, LOOK_SECONDS)
    finally:
        wish.cancel()
        opened.close()


async def _ask(stop: sending.Stop, stopping: asyncio.Event) -> None:
    await stopping.wait()
    stop.ask()


async def _send_on(
    opened: site.Site, held: lock.Held, stop: sending.Stop, stopping: asyncio.Event, note: Note
) -> None:
    must_run = True  # the first run looks after what a process that died has left on the wire
    while not stop.asked:
        pause = LOOK_SECONDS
        try:
            await _aside(_clock_work, opened, note)
            if must_run or _is_due(opened):
                await sending.run_here(opened, wait=False, stop=stop, held=held)
                await _aside(following.report, opened, note)
            must_run = False
        except (errors.RelayError, errors.StorageError) as problem:
            must_run, pause = True, TROUBLE_SECONDS
            if "in use" in problem.message:
                pause = LOOK_SECONDS
            else:
                note(f"sending stopped, next attempt in {TROUBLE_SECONDS:.0f} seconds: {problem.message}")
        held.beat(opened.clock.source())
        await _rest(stopping, pause)


def _clock_work(opened: site.Site, note: Note) -> None:
    retention.run_if_due(opened)
    promises.nag_if_due(opened, note)
    telling.run_if_due(opened, note)


def keep_time(outer: site.Site, stop: sending.Stop, note: Note) -> None:
    """Do what must not wait for the end of a long send, until `stop` is asked: pass places on, queue reminders.

    It runs on a thread with a connection of its own; what it queues goes out with the send that is under way.
    """
    opened = site.open_site(outer.root, outer.organiser, outer.clock)
    try:
        while not stop.asked:
            try:
                following.pass_on(opened)
                following.remind(opened, note)
            except errors.StorageError as problem:
                logs.warning(logger, "the clock's work waits", why=problem.message)
            time.sleep(LOOK_SECONDS)
    finally:
        opened.close()


async def _aside(act: Callable[..., object], *values: object) -> None:
    """Do what may take long on a thread. A wish to stop does not leave it alone with the connection."""
    work = asyncio.ensure_future(asyncio.to_thread(act, *values))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await work
        raise


def _is_due(opened: site.Site) -> bool:
    due = outbox.next_due(opened.store, outbox.paused_messages(opened.store))
    return due is not None and due <= opened.clock.iso()


async def _rest(stopping: asyncio.Event, seconds: float) -> None:
    """Sleep, but not when we are to stop."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
