"""newsletter list: make a list, show one."""

import sys
from typing import Any

import click

from newsletter.cli import door
from newsletter.core import words


@click.group(
    "list",
    cls=door.Group,
    lazy={
        "report": ("newsletter.cli.list_report:report", "Say how a list is doing; also as a page with plots.")
    },
)
def lists() -> None:
    """Make and show mailing lists."""


@lists.command()
@click.argument("slug")
@click.option("--title", default="", help="What members read as the list's name.")
@click.option("--from", "sender", default="", metavar='"NAME <ADDRESS>"', help="Who the mails come from.")
@click.option("--purpose", default="", help="What the list is for, in one sentence.")
@click.option(
    "--basis",
    default="consent",
    show_default=True,
    type=click.Choice(words.BASES),
    help="Why people may be mailed.",
)
@click.option("--wording", default="", help="What a person agrees to (default: made from the rest).")
@click.option("--description", default="", help="A line for the join page.")
@click.option(
    "--language", type=click.Choice(["en", "de", "fr"]), help="Of its mails and pages (default: the site's)."
)
@click.option("--goal", type=click.IntRange(1), help="How many members the group wants.")
@door.pass_door
def new(
    asked: door.Door, slug: str, title: str, sender: str, purpose: str, basis: str, wording: str, description: str,
    language: str | None, goal: int | None,
) -> None:  # fmt: skip
    """Make a list: the folder lists/SLUG with its list.toml."""
    from newsletter.service import founding

    with asked.open() as site:
        own = site.config.site
        spoken = language or own.language
        title = _asked("title", title, "Title, as members read it", own.name)
        sender = _asked("from", sender, "From, as Name <address>", f"{own.name} <{own.contact}>")
        purpose = _asked(
            "purpose",
            purpose,
            "What is it for, in one sentence",
            founding.default_purpose(spoken),
        )
        wording = wording or founding.default_wording(spoken, own.name, title, purpose, own.contact)
        made = founding.found_list(
            site,
            founding.ListAnswers(
                slug, title, sender, purpose, basis, wording, description, goal, language or ""
            ),
        )
        asked.show(
            {"list": slug, "file": str(made.folder / "list.toml"), "wording": wording},
            lambda: _made(slug, wording),
        )


def _asked(name: str, given: str, question: str, default: str) -> str:
    """What was given, else what is typed at the terminal, else the default."""
    if given or not sys.stdin.isatty():
        return given or default
    typed: str = click.prompt(question, default=default, err=True)
    return typed


def _made(slug: str, wording: str) -> None:
    click.echo(f"Made lists/{slug}/list.toml. People on it agree to this wording; read it once:")
    click.echo(f"  {wording}")
    click.echo(f"Now bring people in: newsletter member import FILE --list {slug}")


@lists.command()
@click.argument("slug", required=False)
@door.pass_door
def show(asked: door.Door, slug: str | None) -> None:
    """Show a list (or all of them) with its numbers."""
    from newsletter.service import lists as service

    with asked.open() as site:
        found = [service.show(site, slug)] if slug else service.overview(site)
    asked.show(found[0] if slug else {"lists": found}, lambda: _print(found))


def _print(found: list[dict[str, Any]]) -> None:
    for one in found:
        people = (
            ", ".join(f"{count} {state}" for state, count in sorted(one["members"].items())) or "nobody yet"
        )
        click.echo(f"{one['list']}: {one['title']}")
        click.echo(f"  from {one['from']}, basis {one['basis']}, language {one['language']}")
        click.echo(f"  {people}{_goal(one)}")
    if not found:
        click.echo("No list yet. Make one: newsletter list new SLUG")


def _goal(one: dict[str, Any]) -> str:
    return f", goal {one['goal']}" if one["goal"] else ""
