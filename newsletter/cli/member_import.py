"""newsletter member import and undo."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door, progress

if TYPE_CHECKING:
    from newsletter import site
    from newsletter.service import imports

_BAD_SHOWN = 10
_EXAMPLES = """\b
Examples:
  newsletter member import members.csv --list SLUG
      (a plan: what would come in, and what is lacking)
  newsletter member import booth.xlsx --list SLUG --source "booth at the fair" \\
      --date 2018-06-28 --statement "Ann Lee at the table, by hand" --apply
  newsletter member import society.csv --list SLUG --basis membership \\
      --source "membership register" --until 2019-03-31 --apply
  newsletter member import unsubscribed.csv --list SLUG --as left --apply
"""


@click.command("import", cls=door.Command, epilog=_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--list", "slug", default="", metavar="SLUG", help="The list to bring them to (default: the only one)."
)
@click.option(
    "--basis",
    type=click.Choice(["consent", "membership", "notice"]),
    help="What their being on the list rests on (default: the list's basis).",
)
@click.option("--source", default="", help='Where the addresses come from, e.g. "paper sheet, meeting 1".')
@click.option(
    "--date", "given_on", type=door.Day(), metavar="YYYY-MM-DD", help="The day the consent was given."
)
@click.option("--until", type=door.Day(), metavar="YYYY-MM-DD", help="The day the membership ends.")
@click.option("--statement", default="", help="Who collected the consent, how and when.")
@click.option(
    "--evidence",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A scan or file that proves it; kept in the database.",
)
@click.option(
    "--as",
    "leavers",
    type=click.Choice(["left", "objected"]),
    help="The file lists people who left, or object to all marketing.",
)
@click.option("--apply", "write", is_flag=True, help="Write it. Without this, only the plan is shown.")
@door.pass_door
def import_(
    asked: door.Door, file: Path, slug: str, basis: Any, source: str, given_on: date | None, until: date | None,
    statement: str, evidence: Path | None, leavers: Any, write: bool,
) -> None:  # fmt: skip
    """Bring in a list from a CSV, Excel or plain address FILE: a plan first.

    Columns, separator and encoding are guessed and shown. Nothing is written without --apply; then all of it or nothing,
    with a batch number that `newsletter member undo` takes back. Consent needs --source, --date and a proof (--statement,
    --evidence, or opt-in times in the file); membership needs --source and --until. Whoever lacks them is held: known, but
    not mailed. Nobody who left comes back by an import.
    """
    from newsletter.service import imports

    with asked.open() as site:
        slug = door.list_named(site, slug)
        request = imports.Request(file, slug, basis, source, given_on, until, statement, evidence, leavers)
        with progress.line() as told:
            found = (imports.apply if write else imports.plan)(site, request, told)
        if asked.json:
            _print_json(site, found)
            for line in _remarks(found):
                asked.note(line)
        else:
            _print(site, found, write)


def _print_json(site: "site.Site", plan: "imports.Plan") -> None:
    """One JSON object, its bad lines streamed: there may be a million."""
    from newsletter.service import imports

    keys = ("rows", "new", "changed", "same", "left", "held", "suppressed")
    head = json.dumps({key: getattr(plan, key) for key in keys})
    click.echo(f'{head[:-1]}, "bad": [', nl=False)
    for number, (line, value, reason) in enumerate(imports.bad_lines(site)):
        one = json.dumps({"line": line, "value": value, "reason": reason}, ensure_ascii=False)
        click.echo(f"{',' if number else ''}\n {one}", nl=False)
    click.echo(f'], "batch": {json.dumps(plan.batch)}, "applied": {json.dumps(plan.applied)}}}')


def _print(site: "site.Site", plan: "imports.Plan", write: bool) -> None:
    from newsletter.service import imports

    click.echo(f"{plan.file}: {plan.described}, {plan.rows:,} rows for the list {plan.slug}")
    for what, name in plan.columns.used():
        click.echo(f"  {what:<14} from column '{name}'")
    unused = plan.columns.unused()
    if unused:
        click.echo(f"  not used       {', '.join(unused[:8])}{' ...' if len(unused) > 8 else ''}")
    click.echo("")
    for key, meaning in _MEANINGS.items():
        if getattr(plan, key):
            click.echo(f"{getattr(plan, key):>9,} {key:<11} {meaning}")
    lines = imports.bad_lines(site)
    for _, (line, value, reason) in zip(range(_BAD_SHOWN), lines, strict=False):
        click.echo(f"          line {line}: {value or '(empty)'}: {reason}")
    if plan.bad > _BAD_SHOWN:
        click.echo(f"          ... and {plan.bad - _BAD_SHOWN:,} more; all of them with --json")
    for remark in _remarks(plan):
        click.echo(remark)
    click.echo("")
    click.echo(_outcome(plan, write))


_MEANINGS = {
    "new": "come in",
    "changed": "are here already and get new values",
    "same": "are here already, nothing to do",
    "held": "come in without usable proof: known, but not mailed",
    "left": "left before: stay out",
    "suppressed": "want no mail, or complained: stay out",
    "bad": "lines cannot be used",
}


def _remarks(plan: "imports.Plan") -> Iterator[str]:
    for domain, meant, count, line in plan.slips:
        lines = f"line {line}" if count == 1 else f"{count:,} lines, first line {line}"
        yield f"A slip? {domain} looks like {meant} ({lines})."
    yield from plan.notes


def _outcome(plan: "imports.Plan", write: bool) -> str:
    if not write:
        return "Nothing was written. To write it: the same command with --apply"
    if plan.batch is None:
        return "There was nothing to write."
    return f"Written as batch {plan.batch}. To take it back: newsletter member undo {plan.batch}"


@click.command("undo", cls=door.Command)
@click.argument("batch", type=click.IntRange(1))
@door.pass_door
def undo(asked: door.Door, batch: int) -> None:
    """Take an import back, by the BATCH number that it was given.

    Who came in by it goes, and changed names and fields are as before. Whoever acted since, or got a mail, is spared and
    named. Imports of people who left or objected are not taken back.
    """
    from newsletter.service import undo as service

    with asked.open() as site:
        found = service.undo(site, batch)
        people = [{"address": address, "reason": reason} for address, reason in service.spared(site)]
    answer = {
        "batch": batch,
        "list": found.slug,
        "file": found.file,
        "removed": found.removed,
        "restored": found.restored,
        "spared": people,
        "cancelled": found.cancelled,
    }
    asked.show(answer, lambda: _print_undone(answer))


def _print_undone(answer: dict[str, Any]) -> None:
    click.echo(f"Batch {answer['batch']} ({answer['file']}, list {answer['list']}) is taken back:")
    click.echo(f"{answer['removed']:>9,} left the list again, as if they had never been on it")
    if answer["restored"]:
        click.echo(f"{answer['restored']:>9,} have their earlier values again")
    if answer["cancelled"]:
        click.echo(f"{answer['cancelled']:>9,} queued mails will not go out")
    if answer["spared"]:
        click.echo(f"{len(answer['spared']):>9,} are spared:")
    for one in answer["spared"]:
        click.echo(f"          {one['address']}: {one['reason']}")
