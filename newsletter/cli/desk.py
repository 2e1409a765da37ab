"""newsletter desk: who is signed in at the organisers' desk, a way in without mail, and a way out for all."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door

if TYPE_CHECKING:
    from newsletter.service import sessions


@click.group(cls=door.Group)
def desk() -> None:
    """See who is signed in at the organisers' desk, and sign them out."""


@desk.command()
@click.argument("address")
@door.pass_door
def link(asked: door.Door, address: str) -> None:
    """Print a link that opens the desk for the organiser with this ADDRESS.

    For when the mail does not come. It works once, within 15 minutes; whoever has it acts in the organiser's name.
    """
    from newsletter.service import sessions

    with asked.open() as opened:
        made = sessions.link(opened, address)
    asked.show({"link": made}, lambda: click.echo(made))


@desk.command()
@door.pass_door
def show(asked: door.Door) -> None:
    """Show who is signed in, since when, and when they last did something."""
    from newsletter.service import sessions

    with asked.open() as opened:
        found = [_told(one) for one in sessions.running(opened)]
    asked.show({"sessions": found}, lambda: _print(found))


def _told(one: "sessions.Session") -> dict[str, Any]:
    keys = ("email", "name", "role", "started_at", "acted_at", "until")
    return {key: getattr(one, key) for key in keys}


def _print(found: list[dict[str, Any]]) -> None:
    for one in found:
        click.echo(
            f"{one['name']} <{one['email']}>, {one['role']}: signed in {one['started_at'][:16]}, "
            f"last act {one['acted_at'][:16]}, ends by {one['until'][:16]} (UTC)"
        )
    if not found:
        click.echo("Nobody is signed in.")


@desk.command()
@click.argument("address", required=False)
@door.pass_door
def close(asked: door.Door, address: str | None) -> None:
    """Sign the organiser with this ADDRESS out everywhere, or all of them.

    Links that wait in a mailbox end too. Links of booths and doors go on.
    """
    from newsletter.service import sessions

    with asked.open() as opened:
        ended = sessions.end_all(opened, address)
    asked.show({"ended": ended}, lambda: click.echo(f"{ended} sessions ended."))
