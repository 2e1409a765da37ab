"""newsletter new and preview: begin an edition, see it as its readers will."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door
from newsletter.core import reminders, words

if TYPE_CHECKING:
    from newsletter.service import previews

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=door.Command)
@click.argument("kind", type=click.Choice(words.EDITION_KINDS))
@click.option(
    "--list", "slug", default="", metavar="SLUG", help="The list it is for (default: the only one)."
)
@click.option("--title", default="", help="The subject, to begin with.")
@click.option(
    "--meeting",
    default="",
    metavar="SLUG",
    help="The meeting that it tells of (a recap, once it has begun) or announces.",
)
@click.option("--question", default="", metavar="SLUG", help="The question to put under it.")
@door.pass_door
def new(
    asked: door.Door, kind: words.EditionKind, slug: str, title: str, meeting: str, question: str
) -> None:
    """Begin a recap, invitation, notice or letter: writes a Markdown file to fill in.

    \b
    In the text you may write:
      {{ name }}, {{ first_name | "friend" }}, {{ email }}   the reader's own values
      [slides](later:2030-01-31)                             a link that follows by that day
      ![Alt text](photo.jpg)                                 a picture beside the file

    A recap of a meeting begins with what the site knows: when and where, who had said yes and who came, how the list has
    grown, the next meeting, the photos whose file names begin with the meeting's date. What only you know stands there as
    [[a question]], and nothing is sent while one is left.
    """
    from newsletter.service import drafts

    with asked.open() as site:
        draft = drafts.begin(site, kind, door.list_named(site, slug), title, meeting, question)
    for text in draft.notes:
        asked.note(text)
    answer = {"edition": draft.edition, "file": str(draft.path), "notes": list(draft.notes)}
    asked.show(answer, lambda: _begun(draft.path))


def _begun(path: Path) -> None:
    click.echo(f"Begun: {door.shown(path)}")
    click.echo(f"  Fill it in, then look at it: newsletter preview {door.shown(path)}")


@click.command(cls=door.Command)
@click.argument("file", type=FILE)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the three files (default: preview, in the site).",
)
@click.option(
    "--member",
    "address",
    metavar="ADDRESS",
    help="Compose it for this member (default: the first who may get it).",
)
@click.option(
    "--reminder",
    type=click.Choice(reminders.NAMES),
    help="Show what follows an invitation by itself, instead of the invitation.",
)
@door.pass_door
def preview(
    asked: door.Door, file: Path, output: Path | None, address: str | None, reminder: reminders.Name | None
) -> None:
    """See an edition as its readers will: writes preview.html, preview.txt and preview.eml, and says what is wrong."""
    from newsletter.service import previews

    with asked.open() as site:
        folder = output or site.root / "preview"
        found = previews.preview(site, file, address, reminder)
        written = previews.write(found, folder)
    answer: dict[str, Any] = {
        "reader": found.reader,
        "files": [str(path) for path in written],
        "findings": [as_dict(finding) for finding in found.findings],
    }
    asked.show(answer, lambda: _seen(found, written))


def as_dict(finding: Any) -> dict[str, str]:
    """A finding as JSON shows it."""
    return {"level": finding.level, "rule": finding.rule, "where": finding.where, "text": finding.text}


def _seen(found: "previews.Preview", written: list[Path]) -> None:
    click.echo(f"As {found.reader} will get it:")
    for path in written:
        click.echo(f"  {door.shown(path)}")
    show_findings(found.findings)
    if not found.findings:
        click.echo("Nothing to mend.")


def show_findings(findings: Any) -> None:
    """Print findings, errors first, each with the name of its rule."""
    for finding in findings:
        mark = (
            click.style("error  ", fg="red")
            if finding.level == "error"
            else click.style("warning", fg="yellow")
        )
        where = f" ({finding.where})" if finding.where else ""
        click.echo(f"{mark} {finding.text}{where} [{finding.rule}]")
