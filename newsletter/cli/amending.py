"""newsletter edition: see how an edition stands, amend it after it was sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door
from newsletter.cli import edition as drafts

if TYPE_CHECKING:
    from newsletter.service import amending


@click.group("edition", cls=door.Group)
def edition() -> None:
    """See how an edition stands, fill in the links that it promised."""


@edition.command()
@click.argument("file", type=drafts.FILE)
@door.pass_door
def show(asked: door.Door, file: Path) -> None:
    """Show how an edition stands: sent or not, the links it promised, what was amended, where it can be read."""
    from newsletter.service import amending

    with asked.open() as site:
        found = amending.show(site, file)
    asked.show(found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    click.echo(f"{found['edition']}: {found['state']}")
    click.echo(f"  {found['subject']}")
    if found["state"] == "draft":
        click.echo(f"  Not sent yet: newsletter send {found['file']}")
    else:
        click.echo(f"  sent {found['sent_at'][:10]}, {found['readers']:,} got it")
    for one in found["promises"]:
        by = f" by {one['due']}" if one["due"] else ""
        told = {"kept": f"is there: {one['url']}", "dropped": "was taken back"}.get(
            one["state"], f"is promised{by}"
        )
        click.echo(f"  {one['words']}: {told}")
    for one in found["amendments"]:
        click.echo(f"  amended {one['at'][:10]} by {one['by']}: {one['note'] or 'promised links'}")
    if found.get("follow_up"):
        click.echo(f"  follow-up: {found['follow_up']}")
    for one in found.get("archive", ()):
        click.echo(
            f"  to read on {one['list']}: {one['url'] or 'for its members, by the link in their mails'}"
        )
    if found.get("changed"):
        click.echo(f"  The file differs from it: newsletter edition amend {found['file']}")


@edition.command()
@click.argument("file", type=drafts.FILE)
@click.option("--note", default="", help="What you corrected; stands in the archive, with the date.")
@click.option(
    "--follow-up",
    type=click.Choice(["ready", "now", "never"]),
    default="ready",
    show_default=True,
    help="When to write the one mail that brings the links: once none is owed any more, now, or never.",
)
@click.option("--send", is_flag=True, help="Send that mail at once: shows its plan and asks.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@door.pass_door
def amend(
    asked: door.Door, file: Path, note: str, follow_up: "amending.FollowUp", send: bool, dry_run: bool
) -> None:
    """Bring a sent edition up to what its FILE says now: the links it promised, and corrections.

    \b
    Write the link in place of "later:" in the file:
      [slides](later:2030-01-31)   becomes   [slides](https://example.org/slides.pdf)

    The mails that went out stay as they are; the archive shows the new text with the date. Once no link is owed any more, one
    follow-up is written to those who got the edition, worded apart for those who came and those who missed it. Anything but
    promised links is a correction: it needs a --note, and nobody is mailed for it.
    """
    from newsletter.service import amending

    with asked.open() as site:
        plan = amending.plan(site, file, note, follow_up)
        if not asked.json:
            _show_plan(plan)
        if dry_run:
            asked.show(_answer(plan, None), lambda: click.echo("Nothing was changed (--dry-run)."))
            return
        if not asked.agree("Amend it?"):
            raise click.Abort
        done = amending.amend(site, file, note, follow_up)
        written = done.follow_up
        if written is None or not send:
            asked.show(_answer(plan, written), lambda: _done(plan, written))
            return
        from newsletter.cli import send as sending

        asked.note(f"Amended. The follow-up is {door.shown(written)}; now it goes out.")
        sending.deliver(asked, site, written)


def _answer(plan: "amending.Plan", follow_up: Path | None) -> dict[str, Any]:
    return {
        "edition": plan.edition,
        "promises": [
            {"words": one.promise.words, "state": one.state, "url": one.url, "due": one.due}
            for one in plan.change.fates
        ],
        "waiting": list(plan.waiting),
        "corrected": list(plan.difference),
        "note": plan.note,
        "readers": plan.readers,
        "follow_up": str(follow_up or ""),
        "findings": [drafts.as_dict(finding) for finding in plan.findings],
    }


def _show_plan(plan: "amending.Plan") -> None:
    click.echo(f"{plan.edition}, which {plan.readers:,} got:")
    for one in plan.change.fates:
        told = {"kept": f"is there now: {one.url}", "dropped": "is taken back", "open": "is still owed"}[
            one.state
        ]
        by = f" by {one.due}" if one.due else ""
        click.echo(f"  {one.promise.words} {told}{by}")
    for promise in plan.change.new:
        click.echo(f"  {promise.words} is promised anew")
    if plan.difference:
        click.echo(f"  corrected in the archive, with the note: {plan.note}")
    for line in plan.difference:
        click.echo(f"    {line}")
    if plan.writes_follow_up:
        click.echo("  then one follow-up is written, to those who got it")
    elif plan.kept and plan.waiting:
        click.echo(f"  the follow-up waits for: {', '.join(plan.waiting)}")
    drafts.show_findings(plan.findings)


def _done(plan: "amending.Plan", follow_up: Path | None) -> None:
    click.echo(f"Amended: {plan.edition}")
    if follow_up is not None:
        click.echo(f"  The follow-up: {door.shown(follow_up)}")
        click.echo(f"  Look at it, then send it: newsletter send {door.shown(follow_up)}")
