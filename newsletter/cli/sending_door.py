"""Run the sender from a terminal: progress on stderr, Ctrl-C that stops cleanly, numbers at the end."""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door
from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter.service import progress, sending
    from newsletter.site import Site

LINE_SECONDS = 10.0  # between lines of progress where stderr is no terminal
BAR = 24


def run(asked: door.Door, site: "Site", *, wait: bool, edition: str | None) -> None:
    """Send, or watch the one who sends; show the numbers at the end. Raises PausedError after Ctrl-C, RelayError."""
    from newsletter.service import outbox

    try:
        stopped = _send(asked, site, wait=wait, edition=edition)
    except errors.NewsletterError:
        if asked.json:
            _show(asked, outbox, site, edition)
        raise
    _show(asked, outbox, site, edition)
    _tell_stopped(stopped)


def _send(asked: door.Door, site: "Site", *, wait: bool, edition: str | None) -> bool:
    """Send with progress; return whether a wish has stopped it."""
    from newsletter.service import following, sending

    stop, line = sending.Stop(), _Line()
    try:
        with _signals(stop):
            return following.send(
                site, wait=wait, edition=edition, stop=stop, show=line.show, note=asked.note
            ).stopped
    finally:
        line.end()


def _tell_stopped(stopped: bool) -> None:
    if stopped:
        raise errors.PausedError(
            "stopped before the end; nothing is lost", "Go on with: newsletter outbox run"
        )


def quietly(asked: door.Door, site: "Site") -> None:
    """Send what is due, with progress and no numbers at the end. Raises PausedError after Ctrl-C, RelayError."""
    _tell_stopped(_send(asked, site, wait=False, edition=None))


def _show(asked: door.Door, outbox: Any, site: "Site", edition: str | None) -> None:
    if edition is not None:
        found = outbox.edition(site, edition)
        asked.show(found, lambda: tell(found, site))
    else:
        found = outbox.status(site)
        asked.show(found, lambda: tell_all(found, site))
        return
    if not asked.json:
        tell_reminder(site)


def tell_all(found: dict[str, Any], site: "Site") -> None:
    """Print the outbox."""
    if not found["editions"]:
        click.echo("The outbox is empty. Send an edition: newsletter send FILE")
    for one in found["editions"]:
        tell(one, site)
    tell_reminder(site)


def tell_reminder(site: "Site") -> None:
    """Print which reminder is next: where no server runs, somebody must start the sender for it."""
    from newsletter.service import outbox

    if found := outbox.next_reminder(site):
        click.echo(
            f"Next reminder: {found.name} of {found.meeting}, {local(found.at, site)}, by serve or outbox run"
        )


def tell(found: dict[str, Any], site: "Site") -> None:
    """Print an edition's numbers and what to do next."""
    from newsletter.service import outbox

    why = outbox.reason(site, found["edition"])
    click.echo(f"{found['edition']}: {found['state']}" + (f" ({why})" if why else ""))
    words = ("sent", "due", "sending", "deferred", "failed", "unclear")
    parts = [f"{found[word]:,} {word}" for word in words if found[word] or word == "sent"]
    parts += [f"{count:,} {reason}" for reason, count in found["skipped"].items()]
    click.echo(f"  {', '.join(parts)} (of {found['audience']:,})")
    for one in found.get("domains", ()):
        shown = ", ".join(f"{one[word]:,} {word}" for word in words if word != "sending" and one[word])
        click.echo(f"    {one['domain']:<30} {shown}" + (f"  (last: {one['said']})" if one["said"] else ""))
    for one in found.get("without", ()):
        said = f": {one['said']}" if one["said"] else ""
        click.echo(f"    {one['why']:<12} {one['address']}  {one['name']}".rstrip() + said)
    if found["failed"] + found["deferred"] and "without" not in found:
        click.echo(f"  who, and why: newsletter outbox status {found['edition']}")
    if found["next_attempt"] and found["state"] != "paused":
        click.echo(f"  next attempt {local(found['next_attempt'], site)}: newsletter outbox run")
    if found["unclear"] and not found["next_attempt"]:
        click.echo("  nobody knows whether the unclear ones arrived: newsletter outbox unclear")


def local(moment: str, site: "Site") -> str:
    """A time on the site's clock."""
    from newsletter.core import clock

    return f"{clock.parse(moment).astimezone(site.config.site.zone):%Y-%m-%d %H:%M}"


def span(seconds: float) -> str:
    """A length of time as people say it."""
    for length, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {word}"
    return f"{max(seconds, 1):.0f} seconds"


class _Line:
    """One line of progress that is written over; where stderr is no terminal, a line now and then."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._width = 0
        self._last = 0.0

    def show(self, found: "progress.Progress") -> None:
        from time import monotonic

        if self._live:
            text = _text(found)
            click.echo("\r" + text.ljust(self._width), nl=False, err=True)
            self._width = len(text)
        elif monotonic() - self._last >= LINE_SECONDS:
            if self._last:
                click.echo(_text(found), err=True)
            self._last = monotonic()

    def end(self) -> None:
        if self._width:
            click.echo(err=True)


def _text(found: "progress.Progress") -> str:
    goal = max(found.audience - found.skipped, 1)
    done = found.sent + found.failed
    bar = "#" * (BAR * done // goal)
    parts = [f"[{bar:<{BAR}}] {found.sent:,} of {goal:,} sent"]
    if found.rate:
        parts.append(f"{found.rate:,.0f}/s" if found.rate >= 1 else f"{found.rate * 60:.0f}/min")
    if found.left:
        parts.append(f"{span(found.left)} left")
    parts += [f"{count:,} {word}" for word, count in (("deferred", found.deferred), ("failed", found.failed), ("unclear", found.unclear)) if count]  # fmt: skip
    if found.slowed:
        more = f" and {len(found.slowed) - 3} more" if len(found.slowed) > 3 else ""
        parts.append(f"slower to {', '.join(found.slowed[:3])}{more}")
    return ", ".join(parts)


@contextlib.contextmanager
def _signals(stop: "sending.Stop") -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the run to stop; a second one does not wait for answers."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.ask()

    known = [signal.SIGINT, signal.SIGTERM]
    before: list[Callable[..., Any] | int | None] = [signal.signal(number, ask) for number in known]
    try:
        yield
    finally:
        for number, handler in zip(known, before, strict=True):
            signal.signal(number, handler)
