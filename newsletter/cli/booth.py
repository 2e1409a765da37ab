"""newsletter booth: the link of a booth's page, and what is printed for a booth."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door, sending_door

if TYPE_CHECKING:
    from newsletter import site
    from newsletter.service import passes


@click.group(cls=door.Group)
def booth() -> None:
    """Win people at a booth: a page for a phone, a poster, a paper sheet."""


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
            asked.show(told(made), lambda: show(made, opened))


_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A file or a folder (default: a file of its own name here).",
)


@booth.command()
@click.argument("slug")
@_OUTPUT
@door.pass_door
def poster(asked: door.Door, slug: str, output: Path | None) -> None:
    """Write a poster to print for the list SLUG, with a QR code that leads to its join page."""
    from newsletter.service import handouts

    with asked.open() as opened:
        written(asked, handouts.write(handouts.poster(opened, slug), output))


@booth.command()
@click.argument("slug")
@click.option("--rows", default=14, show_default=True, type=click.IntRange(1, 100), help="Lines to sign on.")
@_OUTPUT
@door.pass_door
def sheet(asked: door.Door, slug: str, rows: int, output: Path | None) -> None:
    """Write a sign-up sheet to print for the list SLUG: its very words, their code, and lines to sign on.

    Afterwards type its lines at the desk ("Paper sheets"), or bring them in as a file:

    \b
    newsletter member import people.csv --list SLUG --source "sheet, spring fair" --date 2018-06-28 --evidence scan.jpg
    """
    from newsletter.service import handouts

    with asked.open() as opened:
        written(asked, handouts.write(handouts.sheet(opened, slug, rows), output))


def written(asked: door.Door, path: Path) -> None:
    """Say where a page to print lies."""
    asked.show({"file": str(path)}, lambda: click.echo(f"{path}: open it in a browser and print it."))


def told(made: "passes.Pass") -> dict[str, Any]:
    """What a link is, for --json."""
    return {"link": made.link, "until": made.until, made.kind: made.slug}


def show(made: "passes.Pass", opened: "site.Site") -> None:
    """Print a link, and what to do with it."""
    click.echo(made.link)
    click.echo(
        f"Good until {sending_door.local(made.until, opened)}. "
        "Open it on the device you take along, while it has a network.",
        err=True,
    )
