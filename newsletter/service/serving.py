"""What a server does beside its pages: it sends whatever becomes due and does the clock's work, for as long as it runs.

It runs on a thread of its own, with a site of its own, so that the pages and the sender never wait for each other's
connection. What reads inbound mail and keeps the calendar will stand beside it.
"""

import time
from collections.abc import Callable

from newsletter import site
from newsletter.core import errors
from newsletter.service import following, lock, retention, sending
from newsletter.store import outbox

LOOK_SECONDS = 0.5  # between looks at the outbox, and at the lock while another process sends
TROUBLE_SECONDS = 60.0  # after a relay or a database that did not want us
_STEP = 0.1

Note = Callable[[str], None]


def keep_sending(outer: site.Site, stop: sending.Stop, note: Note) -> None:
    """Hold the site's sending lock and send what becomes due, until `stop` is asked.

    Trouble with the relay or the database is told by `note` and tried again; nobody is marked for it.
    """
    opened = site.open_site(outer.root, outer.organiser, outer.clock)
    try:
        while not stop.asked:
            with lock.hold(opened, "serve") as held:
                if held is not None:
                    _send_on(opened, held, stop, note)
            _rest(stop, LOOK_SECONDS)
    finally:
        opened.close()


def _send_on(opened: site.Site, held: lock.Held, stop: sending.Stop, note: Note) -> None:
    must_run = True  # the first run looks after what a process that died has left on the wire
    while not stop.asked:
        pause = LOOK_SECONDS
        try:
            retention.run_if_due(opened)
            if must_run or _is_due(opened):
                sending.run(opened, wait=False, stop=stop, held=held)
                following.report(opened, note)
            must_run = False
        except (errors.RelayError, errors.StorageError) as problem:
            note(f"sending stopped, next attempt in {TROUBLE_SECONDS:.0f} seconds: {problem.message}")
            must_run, pause = True, TROUBLE_SECONDS
        held.beat(opened.clock.source())
        _rest(stop, pause)


def _is_due(opened: site.Site) -> bool:
    due = outbox.next_due(opened.store, outbox.paused_messages(opened.store))
    return due is not None and due <= opened.clock.iso()


def _rest(stop: sending.Stop, seconds: float) -> None:
    """Sleep, but not longer than it takes to notice that we are to stop."""
    until = time.monotonic() + seconds
    while not stop.asked and time.monotonic() < until:
        time.sleep(_STEP)
