"""newsletter booth: the link of a booth's page, and back."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door

if TYPE_CHECKING:
    from newsletter.service import passes


@click.group(cls=door.Group)
def booth() -> None:
    """Win people at a booth: a page for a phone."""


@booth.command()
@click.argument("slug")
@click.option("--back", is_flag=True, help="Take all open links of this list's booths back.")
@door.pass_door
def link(asked: door.Door, slug: str, back: bool) -> None:
    """Make a link to a booth's page for the list SLUG: people sign up on it one after the other.

    It is good for 24 hours and 500 people, on as many devices as you like. The page goes on working without a network and
    sends what it took later. Whoever has the link can sign people up, and see nobody.
    """
    from newsletter.service import passes

    with asked.open() as opened:
        opened.mailing_list(slug)
        if back:
            going = passes.take_back(opened, lambda one: (one.kind, one.slug) == ("booth", slug))
            asked.show({"ended": len(going)}, lambda: click.echo(f"{len(going)} links taken back."))
        else:
            made = passes.open_booth(opened, slug)
            asked.show(told(made), lambda: show(made))


def told(made: "passes.Pass") -> dict[str, Any]:
    """What a link is, for --json."""
    return {"link": made.link, "until": made.until, made.kind: made.slug}


def show(made: "passes.Pass") -> None:
    """Print a link, and what to do with it."""
    click.echo(made.link)
    click.echo(
        f"Good until {made.until[:16].replace('T', ' ')} UTC. Open it on the device you take along, while it has a network.",
        err=True,
    )
