"""newsletter outbox: watch, run, pause, resume and cancel what is being sent; decide about what is unclear."""

from typing import TYPE_CHECKING

import click

from newsletter.cli import door, sending_door
from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter import site as sites
    from newsletter.service import outbox as service


@click.group("outbox", cls=door.Group)
def outbox() -> None:
    """Watch, run, pause and mend what is being sent."""


@outbox.command()
@click.argument("edition", required=False)
@click.option("--domains", is_flag=True, help="Show for each edition how it stands at the recipient domains.")
@door.pass_door
def status(asked: door.Door, edition: str | None, domains: bool) -> None:
    """Show the editions with their numbers, the open ones always; of one EDITION also who has not got it, and why."""
    from newsletter.service import outbox as service

    with asked.open() as site:
        found = service.status(site)
        if edition:
            found["editions"] = [service.without(site, service.named(site, edition))]
        if domains:
            for one in found["editions"]:
                one["domains"] = service.domains(site, one["edition"])
        asked.show(found, lambda: sending_door.tell_all(found, site))
        owner = service.sender(site)
        if owner is not None and not asked.json:
            click.echo(f"Process {owner.pid} is sending now.")


@outbox.command()
@click.option(
    "--no-wait", is_flag=True, help="End when nothing is due now, without waiting for later attempts."
)
@door.pass_door
def run(asked: door.Door, no_wait: bool) -> None:
    """Send what is due, until nothing is left to do."""
    with asked.open() as site:
        sending_door.run(asked, site, wait=not no_wait, edition=None)


@outbox.command()
@click.argument("edition", required=False)
@door.pass_door
def pause(asked: door.Door, edition: str | None) -> None:
    """Stop an edition, or all of them. What is on the wire comes to its end."""
    from newsletter.service import outbox as service

    with asked.open() as site:
        moved = service.pause(site, service.named(site, edition) if edition else None)
        _moved(asked, moved, "Paused", "Nothing is being sent.")


@outbox.command()
@click.argument("edition", required=False)
@door.pass_door
def resume(asked: door.Door, edition: str | None) -> None:
    """Let a paused edition, or all of them, go on."""
    from newsletter.service import outbox as service

    with asked.open() as site:
        moved = service.resume(site, service.named(site, edition) if edition else None)
        _moved(asked, moved, "To go on with newsletter outbox run", "Nothing is paused.")


def _moved(asked: door.Door, moved: list[str], what: str, none: str) -> None:
    asked.show({"editions": moved}, lambda: click.echo(f"{what}: {', '.join(moved)}" if moved else none))


@outbox.command()
@click.argument("edition")
@door.pass_door
def cancel(asked: door.Door, edition: str) -> None:
    """End an edition for good: who has not got it will not get it."""
    from newsletter.service import outbox as service

    with asked.open() as site:
        name = service.named(site, edition)
        numbers = service.edition(site, name)
        left = numbers["due"] + numbers["deferred"]
        if not asked.agree(f"Cancel {name}? {left:,} members will not get it, {numbers['sent']:,} have it."):
            raise click.Abort
        skipped = service.cancel(site, name)
        asked.show(
            service.edition(site, name), lambda: click.echo(f"Cancelled {name}: {skipped:,} will not get it.")
        )


@outbox.command()
@click.option("--repeat", is_flag=True, help="Send them once more, with the same bytes and Message-ID.")
@click.option("--drop", is_flag=True, help="Give them up as failed.")
@door.pass_door
def unclear(asked: door.Door, repeat: bool, drop: bool) -> None:
    """Show deliveries of which nobody knows whether they arrived; repeat or drop them."""
    from newsletter.service import outbox as service

    if repeat and drop:
        raise errors.UsageError("--repeat and --drop exclude each other")
    with asked.open() as site:
        if repeat or drop:
            count = service.repeat_unclear(site) if repeat else service.drop_unclear(site)
            done = "are due once more: newsletter outbox run" if repeat else "are given up as failed."
            asked.show({"repeated" if repeat else "dropped": count}, lambda: click.echo(f"{count:,} {done}"))
            return
        found = service.unclear(site)
        asked.show(
            {"unclear": [{"edition": one.edition, "address": one.address, "since": one.since, "why": one.why, "again_at": one.again_at} for one in found]},
            lambda: _tell(found, site),
        )  # fmt: skip


def _tell(found: "list[service.Unclear]", site: "sites.Site") -> None:
    if not found:
        click.echo("Nothing is unclear.")
        return
    for one in found:
        again = (
            f"goes out again {sending_door.local(one.again_at, site)}" if one.again_at else "waits for you"
        )
        click.echo(
            f"{one.address}  {one.edition}  since {sending_door.local(one.since, site)}: {one.why}; {again}"
        )
    click.echo(
        "Send those that wait once more: --repeat. Give all up: --drop. See the relay's log for the truth."
    )
