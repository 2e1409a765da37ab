"""newsletter list report: how a list is doing, as text, JSON, or a page with plots."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsletter.cli import door
from newsletter.core.growth import grain

if TYPE_CHECKING:
    from newsletter.service import list_reports

_BAR = 30  # signs of a bar


@click.command(cls=door.Command)
@click.argument("slug")
@click.option(
    "--since", type=door.Day(), metavar="DATE", help="The first day (default: a year before the last)."
)
@click.option("--until", type=door.Day(), metavar="DATE", help="The last day (default: today).")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as a page with plots, such as report.html.",
)
@door.pass_door
def report(asked: door.Door, slug: str, since: date | None, until: date | None, output: Path | None) -> None:
    """Say how a list is doing: growth towards its goal, who came and left and how, answers against attendance, addresses
    that do not work and why, what lapses soon, links that were promised, the head of the ledger's chain.
    """
    from newsletter.service import list_reports

    with asked.open() as opened:
        mailing_list = opened.mailing_list(slug)
        period = list_reports.between(opened, mailing_list, since, until)
        found = list_reports.of_list(opened, slug, period)
        if output is not None:
            from newsletter.web import report as pages

            output.touch(mode=0o600)  # names and addresses stand in it
            output.write_text(str(pages.alone(opened, found).content), encoding="utf-8")
    told = {**found.told(), "file": str(output) if output else None}
    asked.show(told, lambda: _print(found, output))


def _print(found: "list_reports.Report", output: Path | None) -> None:
    grown = found.growth
    click.echo(f"{found.slug}: {found.title}, {grown.period.first} to {grown.period.last}")
    of_goal = f" of {grown.goal:,}" if grown.goal else ""
    change = grown.members - grown.before
    click.echo(f"  on the list: {grown.members:,}{of_goal}  {_towards(grown.members, grown.goal)}".rstrip())
    click.echo(f"  {change:+,} in this time: {grown.joined:,} joined, {grown.left:,} left")
    _rows("where from", grown.ways)
    _rows("sources", grown.sources)
    _rows("how they left", grown.ends)
    _rows("by state", found.states)
    size = grain(grown.period)
    for one in grown.spans:
        if one.joined or one.left:
            click.echo(f"  {_name(one.first, size)}  {f'+{one.joined:,}':>6} {f'-{one.left:,}':>6}")
    _print_meetings(found)
    _print_addresses(found)
    _print_soon(found)
    click.echo(f"  ledger: {found.events:,} events, head {found.head[:16] or 'none'}")
    if output is not None:
        click.echo(f"Written: {output}")


def _name(first: date, size: str) -> str:
    return {"week": f"week of {first}", "month": f"{first:%Y-%m}", "year": f"{first.year}"}[size]


def _towards(members: int, goal: int | None) -> str:
    if not goal:
        return ""
    full = min(_BAR, _BAR * members // goal)
    return f"[{'#' * full}{'.' * (_BAR - full)}] {100 * members // goal}%"


def _rows(label: str, counts: dict[str, int]) -> None:
    if counts:
        click.echo(f"  {label}: {', '.join(f'{count:,} {name}' for name, count in counts.items())}")


def _print_meetings(found: "list_reports.Report") -> None:
    for one in found.turnouts:
        came = "nobody counted who came" if one.came is None else f"{one.came} came"
        click.echo(f"  meeting {one.day} {one.title}: {one.people} said yes, {came}")
    if found.show_rate is not None:
        click.echo(f"  of those who say yes, {found.show_rate}% come")


def _print_addresses(found: "list_reports.Report") -> None:
    came = ", ".join(f"{count} {kind}" for kind, count in sorted(found.returned.items()))
    click.echo(f"  came back in the last 30 days: {came or 'nothing'}")
    for one in found.unwell:
        name = f" ({one.name})" if one.name else ""
        said = f' The server said: "{one.said}"' if one.said else ""
        click.echo(f"  {one.health} since {one.since[:10]}: {one.address}{name}: {one.why}.{said}")
    if found.unwell:
        click.echo(
            "  To suspect addresses mail still goes; to dead ones none, until their holder signs up or confirms anew."
        )


def _print_soon(found: "list_reports.Report") -> None:
    if found.sleeping:
        click.echo(
            f"  {found.sleeping} consents have slept so long that they lapse soon: send something worth reading"
        )
    if found.ending:
        click.echo(f"  {found.ending} memberships end soon: import the new register with a new --until")
    for one in found.promises:
        late = " (overdue)" if one.days < 0 else ""
        by = f", by {one.due}" if one.has_date else ""
        click.echo(f"  promised in {one.edition}{by}: {one.words}{late}")
    if found.hints:
        click.echo(
            f"  {len(found.hints)} reports of the whole site proved nothing and changed nothing, the newest:"
        )
    for hint in found.told()["newest_hints"]:
        click.echo(f"    {hint['at'][:10]} {hint['about']}: {hint['why']}")
