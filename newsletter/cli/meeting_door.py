"""newsletter meeting attended: who came to a meeting."""

from typing import Any

import click

from newsletter.cli import door


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
        f"  {found['people']} people{counted}: {found['came']} ticked, {found['walk_ins']} of them walk-ins; "
        f"of {found['said_yes']} who had said yes, {found['said_yes_and_came']} came"
    )
    for name in found["names"]:
        click.echo(f"  {name}")
    if not found["came"] and found["counted"] is None:
        click.echo(
            f"  Nobody is written down yet: newsletter meeting attended {found['meeting']} NAME... or --count N"
        )
