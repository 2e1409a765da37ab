"""newsletter meeting move and cancel: a plan first, then the change and the mails that tell it."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door

if TYPE_CHECKING:
    from newsletter.service import meeting_changes
    from newsletter.site import Site

_SHOWN = 6  # names of those who are told
_WHY = click.option(
    "--why", default="", metavar="TEXT", help="The reason, in a sentence that the mail tells."
)
_UNDO = click.option("--undo", is_flag=True, help="Take the last one back; those who were told are told so.")
_QUEUE_ONLY = click.option(
    "--queue-only", is_flag=True, help="Queue the mails and leave the sending to: newsletter outbox run"
)


@click.command(cls=door.Command)
@click.argument("slug")
@click.option("--starts", default="", metavar="WHEN", help='"YYYY-MM-DD HH:MM", on the clock of the list.')
@click.option(
    "--ends", default="", metavar="WHEN", help='"HH:MM" or "YYYY-MM-DD HH:MM" (default: as long as it was).'
)
@click.option("--place", default=None, help="Where it is now.")
@_WHY
@_UNDO
@_QUEUE_ONLY
@door.pass_door
def move(
    asked: door.Door, slug: str, starts: str, ends: str, place: str | None, why: str, undo: bool,
    queue_only: bool,
) -> None:  # fmt: skip
    """Move a meeting to another date or place, and tell those who said yes or maybe or wait for a place.

    \b
    newsletter meeting move backups --starts "2030-09-19 18:00" --why "The Parsons is closed on the 12th."

    Their calendars move with it. Answers stay as they are until people change them; the page behind older mails says what
    has changed. Editions that have not gone to everybody and tell the old date are held.
    """
    from newsletter.service import meeting_changes

    with asked.open() as site:
        if undo:
            plan = meeting_changes.plan_undo(site, slug, "moved", why=why)
        else:
            plan = meeting_changes.plan_move(site, slug, starts=starts, ends=ends, place=place, why=why)
        _carry_out(asked, site, plan, queue_only)


@click.command(cls=door.Command)
@click.argument("slug")
@_WHY
@_UNDO
@_QUEUE_ONLY
@door.pass_door
def cancel(asked: door.Door, slug: str, why: str, undo: bool, queue_only: bool) -> None:
    """Cancel a meeting, and tell those who said yes or maybe or wait for a place.

    Their calendars take it out, and its page takes no more answers. `--undo` lets it take place after all.
    """
    from newsletter.service import meeting_changes

    with asked.open() as site:
        if undo:
            plan = meeting_changes.plan_undo(site, slug, "cancelled", why=why)
        else:
            plan = meeting_changes.plan_cancel(site, slug, why=why)
        _carry_out(asked, site, plan, queue_only)


def _carry_out(asked: door.Door, site: "Site", plan: "meeting_changes.Plan", queue_only: bool) -> None:
    from newsletter.cli import sending_door
    from newsletter.service import meeting_changes

    if not asked.json:
        _show_plan(plan)
    if not asked.agree(_question(plan)):
        raise click.Abort
    plan = meeting_changes.carry_out(site, plan)
    asked.show(_told(plan), lambda: _done(plan))
    if plan.told and not queue_only:
        sending_door.quietly(asked, site)


def _question(plan: "meeting_changes.Plan") -> str:
    act = {"moved": "Move it", "cancelled": "Cancel it", "restored": "Take that back"}[plan.kind]
    return f"{act} and write to {len(plan.told)}?"


def _show_plan(plan: "meeting_changes.Plan") -> None:
    names = [one.name or one.address for one in plan.told]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    rows = [
        ("Meeting", f"{plan.slug}: {plan.title}"),
        ("Was", plan.was + (", cancelled" if plan.was_cancelled else "")),
        ("Now", plan.now or "cancelled"),
    ]
    rows.append(
        ("Tells", f"{len(names)}: {', '.join(names[:_SHOWN])}{more}" if names else "nobody: no yes, no maybe")
    )
    for name, text in rows:
        click.echo(f"{name:<10} {text}")
    for one in plan.untold:
        click.echo(f"{'':<10} not by mail: {one.name or one.address} ({one.refusal}); tell them yourself")
    for edition, count in plan.editions:
        click.echo(f"{'Stops':<10} {edition}: {count} copies that have not gone and tell what was")
    for doubt in plan.doubts:
        click.echo(f"{'Warning':<10} {doubt.text} [{doubt.rule}]")


def _told(plan: "meeting_changes.Plan") -> dict[str, Any]:
    return {
        "meeting": plan.slug,
        "change": plan.kind,
        "was": plan.was,
        "now": plan.now,
        "starts": plan.starts,
        "ends": plan.ends,
        "place": plan.place,
        "state": plan.state,
        "told": len(plan.told),
        "untold": [{"address": one.address, "reason": one.refusal} for one in plan.untold],
        "held": [edition for edition, _ in plan.editions],
        "warnings": [{"rule": doubt.rule, "text": doubt.text} for doubt in plan.doubts],
    }


def _done(plan: "meeting_changes.Plan") -> None:
    is_now = "as before" if plan.kind == "restored" else plan.kind
    click.echo(f"{plan.slug} is {is_now}; {len(plan.told)} mails queued.")
    for edition, _ in plan.editions:
        click.echo(f"  What is left of {edition} does not go. Write to those people in another file.")
