"""Send, or watch the one who sends: one process sends for a site, and the others see its progress as their own."""

import time
from collections.abc import Callable

from newsletter import site
from newsletter.core import errors
from newsletter.service import lock, progress, promises, recovering, retention, sending
from newsletter.store import editions, outbox, reminders
from newsletter.store import places as waiting

POLL_SECONDS = 0.5


def send(
    opened: site.Site, *, wait: bool, edition: str | None = None, stop: sending.Stop | None = None,
    show: sending.Show | None = None, note: Callable[[str], None] = lambda text: None,
) -> sending.Ended:  # fmt: skip
    """Send what is due; where another process does so already, show its progress until there is nothing to do.

    With `wait` go on until nothing is left (of `edition`, if one is named), else until nothing is due now. When the other
    process ends before that, this one takes over. Raises what `sending.run` raises.
    """
    stop = stop or sending.Stop()
    first = True
    while True:
        with lock.hold(opened, f"send {edition or 'the outbox'}") as held:
            if held is not None:
                pass_on(opened)
                remind(opened, note)
                ended = sending.run(opened, wait=wait, stop=stop, show=show, held=held)
                if not ended.stopped:
                    # A laptop has no other clock. The gate looks at dates itself, so nobody needs to wait for it.
                    retention.run_if_due(opened)
                    report(opened, note)
                return ended
        if first:
            owner = lock.owner(opened.root)
            note(
                f"Another process{f' ({owner.pid})' if owner else ''} is sending for this site; this is its progress."
            )
            first = False
        if _is_done(opened, wait, edition) or stop.asked:
            return _ended(opened, edition, stop)
        if show is not None:
            show(_progress(opened, edition))
        time.sleep(POLL_SECONDS)


def pass_on(opened: site.Site) -> None:
    """Pass on the places that time has freed. What that needs is read in only where somebody waits."""
    now = opened.clock.iso()
    if waiting.overdue(opened.store, now) or waiting.waited_for(opened.store, now):
        from newsletter.service import places

        places.run_if_due(opened)


def remind(opened: site.Site, note: Callable[[str], None] = lambda text: None) -> None:
    """Queue the reminders whose time has come. Composing is read in only where there are some."""
    if reminders.due(opened.store, opened.clock.iso()):
        from newsletter.service import reminding

        reminding.run_due(opened, note)


def report(opened: site.Site, note: Callable[[str], None]) -> None:
    """Tell the chairs how finished sends went, and what the clock has for them.

    Composing is read in only now: a run must not wait for it.
    """
    from newsletter.service import reports, telling

    if opened.config.organisers:
        reports.send_due(opened, note)
        promises.nag_if_due(opened, note)
    telling.run_if_due(opened, note)


def _is_done(opened: site.Site, wait: bool, edition: str | None) -> bool:
    if edition is None:
        due = outbox.next_due(opened.store, outbox.paused_messages(opened.store))
    else:
        row = editions.get(opened.store, edition)
        if row is not None and row["state"] == "paused" and row["reason"].startswith(recovering.TROUBLE):
            raise errors.RelayError(row["reason"], "Mend it, then go on with: newsletter outbox run")
        if row is None or row["state"] not in ("queued", "running"):
            return True
        due = editions.next_attempt(opened.store, edition)
    return due is None or (not wait and due > opened.clock.iso())


def _progress(opened: site.Site, edition: str | None) -> progress.Progress:
    names = [edition] if edition else editions.open_ids(opened.store)
    return progress.added_up({name: progress.numbers(opened, name) for name in names}, 0.0)


def _ended(opened: site.Site, edition: str | None, stop: sending.Stop) -> sending.Ended:
    found = _progress(opened, edition)
    due = outbox.next_due(opened.store)
    return sending.Ended(stop.asked, found.sent, found.deferred, found.failed, due)
