"""newsletter meeting: fix a date, see what is known of it. Who comes is in cli/meeting_answers.py."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door, reminding

if TYPE_CHECKING:
    from newsletter import settings, site
    from newsletter.service import announcing, meeting_doubts


@click.group(
    "meeting",
    cls=door.Group,
    lazy={
        "answers": ("newsletter.cli.meeting_answers:answers", "Say who comes, and settle what came by mail."),
        "attended": ("newsletter.cli.meeting_door:attended", "Say who came, or write it down."),
        "door": ("newsletter.cli.meeting_door:open_door", "Make a link for the people at the door."),
        "capacity": ("newsletter.cli.meeting_answers:capacity", "Say how many people a meeting holds."),
        "move": ("newsletter.cli.meeting_changes:move", "Move a meeting; those who come are told."),
        "cancel": ("newsletter.cli.meeting_changes:cancel", "Cancel a meeting; those who come are told."),
    },
)
def meeting() -> None:
    """Fix meetings, move and cancel them, see who comes."""


@meeting.command()
@click.argument("slug")
@click.option(
    "--list", "list_slug", default="", metavar="SLUG", help="Whose meeting it is (default: the only list)."
)
@click.option("--title", required=True, help="What it is about.")
@click.option("--starts", required=True, metavar="WHEN", help='"YYYY-MM-DD HH:MM", on the clock of the list.')
@click.option(
    "--ends", default="", metavar="WHEN", help='"HH:MM" or "YYYY-MM-DD HH:MM" (default: two hours later).'
)
@click.option("--place", default="", help="Where it is.")
@click.option("--then", default="", help='What follows, such as "drinks at the Parsons".')
@click.option("--capacity", type=int, metavar="N", help="How many people it holds, guests counted.")
@click.option("--speaker", default="", help="Who speaks.")
@click.option("--agenda", default="", help="What happens, on one line.")
@door.pass_door
def new(
    asked: door.Door, slug: str, list_slug: str, title: str, starts: str, ends: str, place: str, then: str,
    capacity: int | None, speaker: str, agenda: str,
) -> None:  # fmt: skip
    """Fix a meeting under a name of your own, which stays the same when the date moves.

    \b
    newsletter meeting new backups --list south-hants-it --title "Backups that restore" \\
      --starts "2030-09-12 18:00" --ends 19:00 --place "The Parsons" --then "drinks downstairs"

    Times are on the clock of the list. What looks wrong is said, and the meeting is made all the same: a weekday in the
    title that the date does not have, a Monday or Friday, a public holiday of the country, something else at the same
    time by the calendars that list.toml names (clashes = ["fixtures.ics"]), a date that is over.
    """
    from newsletter.service import meetings

    with asked.open() as opened:
        wanted = meetings.Wanted(slug, title, starts, ends, place, then, capacity, speaker, agenda)
        made, doubts = meetings.new(opened, list_of(opened, list_slug), wanted)
    show_made(asked, made, doubts)


def show_made(asked: door.Door, made: dict[str, Any], doubts: "tuple[meeting_doubts.Doubt, ...]") -> None:
    """Show a meeting just made, and on stderr what may be wrong with it."""
    for doubt in doubts:
        asked.note(f"{click.style('warning', fg='yellow')} {doubt.text} [{doubt.rule}]")
    warnings = [{"rule": doubt.rule, "text": doubt.text} for doubt in doubts]
    asked.show({**made, "warnings": warnings}, lambda: _made(made))


def list_of(opened: "site.Site", slug: str) -> "settings.MailingList":
    """The list that was named; where there is only one it need not be."""
    return opened.mailing_list(door.list_named(opened, slug))


def _made(made: dict[str, Any]) -> None:
    _print(made)
    click.echo(f"Now invite: newsletter meeting announce {made['meeting']}")


@meeting.command()
@click.argument("slug")
@click.option(
    "--stop", metavar="NAME", help="Stop a reminder that waits: second-notice, free-place, day-before or all."
)
@click.option("--resume", metavar="NAME", help="Let a stopped reminder go at its time after all.")
@door.pass_door
def announce(asked: door.Door, slug: str, stop: str | None, resume: str | None) -> None:
    """Write a meeting's invitation from its facts, to be edited once and sent once; its reminders follow by themselves.

    \b
    second-notice   the invitation once more, to those who have not answered
    free-place      "can't come? free your place", to those who said yes; to decide, to those who said maybe
    day-before      when and where, to those who come

    When they go is said here and before the send; list.toml sets it (second_notice, free_place, day_before, remind_at).
    They go from `newsletter serve`, or at the next send or outbox run. newsletter meeting show SLUG says how they stand.
    """
    from newsletter.core import errors

    if stop and resume:
        raise errors.UsageError("--stop and --resume exclude each other")
    if stop or resume:
        _steer(asked, slug, stop, resume)
        return
    from newsletter.service import announcing

    with asked.open() as opened:
        made = announcing.announce(opened, slug)
    answer = {
        "edition": made.edition,
        "file": str(made.path),
        "reminders": [reminding.as_dict(one) for one in made.following],
    }
    asked.show(answer, lambda: _announced(made))


def _steer(asked: door.Door, slug: str, stop: str | None, resume: str | None) -> None:
    from newsletter.service import reminding as service

    with asked.open() as opened:
        moved = service.stop(opened, slug, stop) if stop else service.resume(opened, slug, resume or "")
    done = "Stopped" if stop else "Will go at its time"
    none = "Nothing was waiting." if stop else "Nothing was stopped."
    asked.show({"reminders": moved}, lambda: click.echo(f"{done}: {', '.join(moved)}" if moved else none))


def _announced(made: "announcing.Announcement") -> None:
    path = door.shown(made.path)
    click.echo(f"Begun: {path}")
    for line in reminding.foretold(made.following):
        click.echo(f"  {line}")
    click.echo(f"  {reminding.HOW}")
    click.echo(f"  Write why to come, then send it once: newsletter send {path}")


@meeting.command()
@click.argument("slug", required=False)
@door.pass_door
def show(asked: door.Door, slug: str | None) -> None:
    """Show a meeting (or all of them, the latest first) with its facts and the number of answers."""
    from newsletter.service import meetings

    with asked.open() as opened:
        found = [meetings.show(opened, slug)] if slug else meetings.overview(opened)
    asked.show(found[0] if slug else {"meetings": found}, lambda: _print_all(found))


def _print_all(found: list[dict[str, Any]]) -> None:
    for one in found:
        _print(one)
    if not found:
        click.echo(
            'No meeting yet. Fix one: newsletter meeting new SLUG --title "..." --starts "YYYY-MM-DD HH:MM"'
        )


def _print(one: dict[str, Any]) -> None:
    cancelled = " (cancelled)" if one["state"] == "cancelled" else ""
    click.echo(f"{one['meeting']}: {one['title']}{cancelled}")
    click.echo(f"  {one['when']}")
    if one["place"]:
        click.echo(f"  at {one['place']}")
    if one["then"]:
        click.echo(f"  then {one['then']}")
    if one["capacity"]:
        click.echo(f"  holds {one['capacity']} people")
    numbers = one["answers"]
    waiting = f", {numbers['waiting']} waiting" if numbers["waiting"] else ""
    told = f"answers: {numbers['yes']} yes{waiting}, {numbers['maybe']} maybe, {numbers['no']} no"
    announced = ", ".join(one["editions"]) or "no edition yet"
    if one["speaker"]:
        click.echo(f"  with {one['speaker']}")
    if one["agenda"]:
        click.echo(f"  {one['agenda']}")
    for change in one["changes"]:
        click.echo(f"  {change['change']} on {change['at'][:10]} by {change['by']}; it was: {change['was']}")
    click.echo(f"  list {one['list']}; announced by {announced}; {told}")
    for line in reminding.standing(one["reminders"]):
        click.echo(f"  {line}")
