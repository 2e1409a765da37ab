"""newsletter question: ask the group one thing under a mail, see the answers, close it, make a meeting of a date."""

from typing import Any

import click

from newsletter.cli import door


@click.group("question", cls=door.Group)
def question() -> None:
    """Ask the group one thing under a mail."""


@question.command()
@click.argument("slug")
@click.option(
    "--list", "list_slug", default="", metavar="SLUG", help="The list that is asked (default: the only one)."
)
@click.option("--text", required=True, help='The question, such as "What shall we call ourselves?"')
@click.option(
    "--choice", "choices", multiple=True, metavar="TEXT", help="One of the answers; up to eight times."
)
@click.option(
    "--date", "dates", multiple=True, metavar="WHEN",
    help='A date to choose, "YYYY-MM-DD HH:MM" on the clock of the list; up to five times.',
)  # fmt: skip
@click.option("--line", "has_line", is_flag=True, help="Let people write a line of their own.")
@click.option(
    "--closes", default="", metavar="WHEN", help='"YYYY-MM-DD HH:MM" (default: in two weeks, at 20:00).'
)
@door.pass_door
def new(
    asked: door.Door, slug: str, list_slug: str, text: str, choices: tuple[str, ...], dates: tuple[str, ...],
    has_line: bool, closes: str,
) -> None:  # fmt: skip
    """Make a question with the answers to choose from, or the dates.

    \b
    newsletter question new name --text "What shall we call ourselves?" \\
      --choice "Southampton Tech Circle" --choice "The Parsons Table" --line
    newsletter question new autumn --text "When do we meet?" \\
      --date "2030-09-12 18:00" --date "2030-09-17 18:00" --closes "2030-09-01 20:00"

    It stands under each edition whose front matter has question = "SLUG". Each person has one answer and can change it
    until the question closes, which it does by itself. You see how many chose what, and not who.
    """
    from newsletter.cli import meetings as door_of_meetings
    from newsletter.service import questions

    with asked.open() as opened:
        wanted = questions.Wanted(slug, text, choices, dates, has_line, closes)
        made = questions.new(opened, door_of_meetings.list_of(opened, list_slug), wanted)
    asked.show(made, lambda: _made(made))


def _made(made: dict[str, Any]) -> None:
    _print(made)
    click.echo(
        f"Now put it under a mail: newsletter new letter --list {made['list']} --question {made['question']}"
    )
    click.echo(f'  or, in an edition that is begun: question = "{made["question"]}" in its front matter')


@question.command()
@click.argument("slug", required=False)
@door.pass_door
def show(asked: door.Door, slug: str | None) -> None:
    """Show a question (or all of them, the latest first) with its answers so far."""
    from newsletter.service import questions

    with asked.open() as opened:
        found = [questions.show(opened, slug)] if slug else questions.overview(opened)
    asked.show(found[0] if slug else {"questions": found}, lambda: _print_all(found))


@question.command()
@click.argument("slug")
@click.option(
    "--meeting", "meeting_slug", default="", metavar="SLUG", help="Make this meeting of the winning date."
)
@click.option("--title", default="", help="What the meeting is about.")
@click.option(
    "--choice",
    default=0,
    type=click.IntRange(0),
    metavar="NUMBER",
    help="Take this date, not the winning one.",
)
@click.option("--ends", default="", metavar="WHEN", help='"HH:MM" (default: two hours later).')
@click.option("--place", default="", help="Where the meeting is.")
@click.option("--then", default="", help='What follows, such as "drinks at the Parsons".')
@door.pass_door
def close(
    asked: door.Door, slug: str, meeting_slug: str, title: str, choice: int, ends: str, place: str, then: str
) -> None:  # fmt: skip
    """Close a question before its time, and make the meeting of a date; one that has closed can be made one too.

    \b
    newsletter question close autumn --meeting backups --title "Backups that restore" --place "The Parsons"

    Closing deletes who answered what, and the numbers stay: it cannot be undone.
    """
    from newsletter.cli import meetings as door_of_meetings
    from newsletter.core import errors
    from newsletter.service import questions

    if not meeting_slug and any((title, choice, ends, place, then)):
        raise errors.UsageError("no meeting is named to which that belongs", "Name it: --meeting SLUG")
    if meeting_slug and not title:
        raise errors.UsageError("a meeting needs a title", 'Give it: --title "..."')
    with asked.open() as opened:
        before = questions.show(opened, slug)
        if before["state"] == "open" and not asked.agree(_sure(before)):
            raise errors.RefusedError(f"'{slug}' stays open until {before['until']}")
        if not meeting_slug:
            found = questions.close(opened, slug)
            asked.show(found, lambda: _print(found))
            return
        wanted = questions.MeetingWanted(meeting_slug, title, choice, ends, place, then)
        made, doubts = questions.make_meeting(opened, slug, wanted)
    door_of_meetings.show_made(asked, made, doubts)


def _sure(found: dict[str, Any]) -> str:
    return f"It is open until {found['until']} and has {found['answers']} answers. Close it now, for good?"


def _print_all(found: list[dict[str, Any]]) -> None:
    for one in found:
        _print(one)
    if not found:
        click.echo(
            'No question yet. Ask one: newsletter question new SLUG --text "..." --choice "..." --choice "..."'
        )


def _print(one: dict[str, Any]) -> None:
    click.echo(f"{one['question']}: {one['text']}")
    until = f"open until {one['until']}" if one["state"] == "open" else "closed"
    under = ", ".join(one["editions"]) or "no edition yet"
    click.echo(f"  list {one['list']}; {until}; under {under}; {one['answers']} answers")
    for choice in one["choices"]:
        mark = "*" if choice["number"] == one["winner"] and one["state"] == "closed" else " "
        click.echo(f"  {mark} {choice['number']}  {choice['text']}: {choice['votes']}")
    for line in one["lines"]:
        click.echo(f'    "{line}"')
    if one["meeting"]:
        click.echo(f"  became the meeting {one['meeting']}")
