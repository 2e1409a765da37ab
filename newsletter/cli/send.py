"""newsletter send: show the plan, ask, queue, send with progress."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import door, edition, reminding, sending_door

if TYPE_CHECKING:
    from newsletter.service import queueing
    from newsletter.site import Site


@click.command(cls=door.Command)
@click.argument("file", type=edition.FILE)
@click.option("--test", "trial", metavar="ADDRESS", help="Send one copy to this address, and nothing else.")
@click.option("--at", "when", metavar="WHEN", help='Send at a time on the list\'s clock: "YYYY-MM-DD HH:MM".')
@click.option("--queue-only", is_flag=True, help="Queue it and leave the sending to: newsletter outbox run")
@click.option("--missing", is_flag=True, help="Send a sent edition to those who joined since.")
@click.option(
    "--allow",
    multiple=True,
    metavar="RULE",
    help="Pass a rule that stops the send (logged); may be given again.",
)
@door.pass_door
def send(
    asked: door.Door, file: Path, trial: str | None, when: str | None, queue_only: bool, missing: bool,
    allow: tuple[str, ...],
) -> None:  # fmt: skip
    """Send an edition: shows whom it goes to and who stays out and why, asks, queues all and sends.

    Nothing is lost by Ctrl-C or a crash: newsletter outbox run goes on where it stopped.
    """
    with asked.open() as site:
        if trial:
            _send_trial(asked, site, file, trial)
            return
        deliver(asked, site, file, when=when, queue_only=queue_only, missing=missing, allow=allow)


def deliver(
    asked: door.Door, site: "Site", file: Path, *, when: str | None = None, queue_only: bool = False,
    missing: bool = False, allow: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Show the plan, ask, queue, and send with progress. Raises Abort when the answer is no."""
    from newsletter.service import outbox, queueing, retention

    order = queueing.order(site, file, when=when, allow=allow, missing=missing)
    retention.run_if_due(site)  # so that what has lapsed is not counted in
    plan = queueing.plan(site, file, order)
    if not asked.json:
        _show_plan(plan, when)
    order = _agreed(asked, plan, order)
    plan = queueing.queue(site, file, order)
    if when or queue_only:
        asked.show(outbox.edition(site, plan.edition), lambda: _queued(plan, when))
        return
    sending_door.run(asked, site, wait=False, edition=plan.edition)


def _send_trial(asked: door.Door, site: "Site", file: Path, address: str) -> None:
    from newsletter.service import trial

    answer = trial.send(site, file, address)
    asked.show(
        {"test": address, "answer": str(answer)},
        lambda: click.echo(f"Sent one copy to {address}. The relay said: {answer}"),
    )


def _show_plan(plan: "queueing.Plan", when: str | None) -> None:
    rows = [("Subject", plan.subject), ("List", ", ".join(plan.lists)), ("Goes to", _readers(plan))]
    if plan.skipped:
        rows.append(("Stay out", ", ".join(f"{count} {reason}" for reason, count in plan.skipped.items())))
    if plan.usual is not None:
        rows.append(("Usually", f"{plan.usual}"))
    rows.append(
        (
            "Takes",
            "as long as the relay wants"
            if plan.seconds is None
            else f"about {sending_door.span(plan.seconds)}",
        )
    )
    if plan.committee:
        rest = f"the others {sending_door.span(plan.wait)} later, unless one of them stops it"
        rows.append(("First", f"{', '.join(plan.committee)}; {rest}"))
    if when:
        rows.append(("At", f"{when} on the list's clock"))
    rows += [("Then", line) for line in reminding.foretold(plan.following)]
    rows += [("", reminding.HOW)] if plan.following else []
    for name, text in rows:
        click.echo(f"{name:<10} {text}")
    edition.show_findings(plan.findings)


def _readers(plan: "queueing.Plan") -> str:
    """How many, and the first and last of them: the quickest way to see that it is the wrong list."""
    if plan.recipients <= len(plan.first) + len(plan.last):
        names = list(dict.fromkeys([*plan.first, *plan.last]))
        return f"{plan.recipients}" + (f": {', '.join(names)}" if names else "")
    return f"{plan.recipients:,}: {', '.join(plan.first)} ... {', '.join(plan.last)}"


def _agreed(asked: door.Door, plan: "queueing.Plan", order: "queueing.Order") -> "queueing.Order":
    """Ask what must be asked: the number when it is unusual, and the yes. Stops where the answer is no."""
    from newsletter.service import queueing

    stopped = queueing.stopped(plan, order)
    if queueing.SIZE_RULE in stopped and asked.can_ask:
        typed = click.prompt(
            f"That is more than twice the usual number ({plan.usual}). To go on, type the number of readers",
            err=True,
        )
        if typed.strip().replace(",", "") == str(plan.recipients):
            order = queueing.allowing(order, queueing.SIZE_RULE)
    queueing.refuse(plan, order)
    if not asked.agree(f"Send it to {plan.recipients:,} members?"):
        raise click.Abort
    return order


def _queued(plan: "queueing.Plan", when: str | None) -> None:
    at = f" for {when}" if when else ""
    click.echo(f"Queued for {plan.recipients:,} members{at}.")
    click.echo("  It needs the sender: newsletter outbox run, or newsletter serve")
