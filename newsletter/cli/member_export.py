"""newsletter member export."""

import dataclasses
import sys
from pathlib import Path
from typing import Any

import click

from newsletter.cli import door, progress

_EXAMPLES = """\b
Examples:
  newsletter member export --list SLUG --why "name tags for the meeting" --output .
      (writes SLUG-<date>-personal-data.csv into this folder)
  newsletter member export --list SLUG --format xlsx --output members.xlsx
  newsletter member export --list SLUG | cut -d, -f1
"""


@click.command("export", cls=door.Command, epilog=_EXAMPLES)
@click.option("--list", "slug", default="", metavar="SLUG", help="The list (default: the only one).")
@click.option(
    "--all", "everyone", is_flag=True, help="Everyone but the erased: also who is held, lapsed or left."
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "json", "xlsx", "vcf"]),
    help="Default: what the output's name says, else csv. xlsx is the safe one for Excel.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file, a folder, or - for standard output (the default).",
)
@click.option("--why", default="", metavar="TEXT", help="What it is for; written to the log with your name.")
@door.pass_door
def export(asked: door.Door, slug: str, everyone: bool, kind: Any, output: Path | None, why: str) -> None:
    """Write a list's members to a file: attested, confirmed, implied and paused ones.

    The columns are email, name, first_name, state, since, until, basis, source and the list's own fields. Cells that a
    spreadsheet would run as a formula begin with an apostrophe, which an import takes away again. The file is readable by
    you only; it is personal data: delete it when it has served.
    """
    from newsletter.service import exports

    with asked.open() as site:
        slug = door.list_named(site, slug)
        request = exports.Request(slug, None, kind or _kind(asked, output), everyone, why)
        request = dataclasses.replace(
            request, output=_place(output, exports.file_name(site, request), request.format)
        )
        with progress.line() as told:
            count = exports.write(site, request, sys.stdout.buffer, told)
    if request.output is None:
        sys.stdout.buffer.flush()
        return
    answer = {"list": slug, "members": count, "file": str(request.output), "format": request.format}
    asked.show(
        answer,
        lambda: click.echo(
            f"{count:,} members written to {request.output}. It is personal data: delete it after use."
        ),
    )


def _kind(asked: door.Door, output: Path | None) -> Any:
    ending = output.suffix.lower()[1:] if output else ""
    if ending in ("csv", "json", "xlsx", "vcf"):
        return ending
    return "json" if asked.json and (output is None or str(output) == "-") else "csv"


def _place(output: Path | None, name: str, kind: str) -> Path | None:
    """Where to write: None is standard output, but an Excel file never goes to a terminal."""
    if output is None or str(output) == "-":
        return Path(name) if kind == "xlsx" and sys.stdout.isatty() else None
    return output / name if output.is_dir() else output
