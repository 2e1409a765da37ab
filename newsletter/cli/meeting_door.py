"""newsletter meeting door, meeting attended: the link for the people at the door, and who came."""

from pathlib import Path
from typing import Any

import click

from newsletter.cli import door


@click.command("door", cls=door.Command)
@click.argument("slug")
@click.option("--back", is_flag=True, help="Take all open links of this meeting's door back.")
@click.option("--print", "paper", is_flag=True, help="Write the names to print instead of a link.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A file or a folder for it (default: a file of its own name here).",
)
@door.pass_door
def open_door(asked: door.Door, slug: str, back: bool, paper: bool, output: Path | None) -> None:
    """Make a link to the page on which helpers tick who came to the meeting SLUG, add walk-ins and count heads.

    It is good for 24 hours, on as many devices as you like, which go on working without a network and agree afterwards. The
    page shows names and nothing else of anybody; whoever has the link sees them. Where there is no device, --print writes
    a page of the names.
    """
    from newsletter.cli import booth
    from newsletter.service import handouts, meetings, passes

    with asked.open() as opened:
        meetings.find(opened, slug)
        if paper:
            booth.written(asked, handouts.write(handouts.names(opened, slug), output))
        elif back:
            going = passes.take_back(opened, lambda one: (one.kind, one.slug) == ("door", slug))
            asked.show({"ended": len(going)}, lambda: click.echo(f"{len(going)} links taken back."))
        else:
            made = passes.open_door(opened, slug)
            asked.show(booth.told(made), lambda: booth.show(made, opened))


@click.command(cls=door.Command)
@click.argument("slug")
@click.argument("who", nargs=-1)
@click.option(
    "--count", type=int, metavar="N", help="How many heads somebody counted; 0 takes the count away."
)
@click.option("--back", is_flag=True, help="They did not come after all.")
@door.pass_door
def attended(asked: door.Door, slug: str, who: tuple[str, ...], count: int | None, back: bool) -> None:
    """Say who came to a meeting; with WHO or --count, write it down first.

    \b
    newsletter meeting attended backups ada@example.org "Grace Hopper" "A walk-in"
    newsletter meeting attended backups --count 23

    WHO are addresses of members, or names: a name that fits one of those who may come is that person, any other is a
    walk-in. It puts nobody on a list. Who came is kept by name for a year, then as a number.
    """
    from newsletter.service import attendance

    with asked.open() as opened:
        found = attendance.attended(opened, slug, who, count=count, back=back)
    asked.show(found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    click.echo(f"{found['title']}, {found['when']}")
    counted = "" if found["counted"] is None else f" ({found['counted']} heads counted)"
    click.echo(
        f"  {found['people']} {'person' if found['people'] == 1 else 'people'}{counted}: {found['came']} ticked, {found['walk_ins']} of them walk-ins; "
        f"of {found['said_yes']} who had said yes, {found['said_yes_and_came']} came"
    )
    for name in found["names"]:
        click.echo(f"  {name}")
    if not found["came"] and found["counted"] is None:
        click.echo(
            f"  Nobody is written down yet: newsletter meeting attended {found['meeting']} NAME... or --count N"
        )
