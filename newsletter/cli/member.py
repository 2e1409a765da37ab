"""newsletter member: one person at a time, and whole files of them."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from newsletter.cli import door
from newsletter.core import errors
from newsletter.core import words as terms


@click.group(
    cls=door.Group,
    lazy={
        "import": (
            "newsletter.cli.member_import:import_",
            "Bring in a list from a CSV or Excel file: a plan first.",
        ),
        "undo": ("newsletter.cli.member_import:undo", "Take an import back."),
        "export": ("newsletter.cli.member_export:export", "Write a list's members to a file."),
        "proof": ("newsletter.cli.member_consent:proof", "Write all that proves a member's consent."),
        "forget": ("newsletter.cli.member_consent:forget", "Forget a member for good."),
    },
)
def member() -> None:
    """Add, find, import, export and change members."""


_FIELD = click.option(
    "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the list; repeatable."
)


def _fields(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"'{pair}' is not NAME=VALUE", param_hint="--field")
        found[name.strip()] = value
    return found


@member.command()
@click.argument("address")
@click.option(
    "--list",
    "slug",
    default="",
    metavar="SLUG",
    help="The list to add the person to (default: the only one).",
)
@click.option("--name", default="", help="Full name.")
@click.option("--first-name", default="", help="What to call them, where it cannot be cut out of the name.")
@_FIELD
@click.option(
    "--basis",
    type=click.Choice(["consent", "membership", "notice"]),
    default="consent",
    show_default=True,
    help="What the membership rests on.",
)
@click.option("--source", default="", help='Where the address comes from, e.g. "paper sheet, meeting 1".')
@click.option(
    "--date", "given_on", type=door.Day(), metavar="YYYY-MM-DD", help="The day the consent was given."
)
@click.option("--until", type=door.Day(), metavar="YYYY-MM-DD", help="The day a membership ends.")
@click.option("--statement", default="", help="Who collected the consent, how and when.")
@click.option(
    "--evidence",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A scan or file that proves it.",
)
@door.pass_door
def add(
    asked: door.Door, address: str, slug: str, name: str, first_name: str, fields: tuple[str, ...], basis: Any,
    source: str, given_on: date | None, until: date | None, statement: str, evidence: Path | None,
) -> None:  # fmt: skip
    """Add one person to a list.

    Consent needs --source, --date (not more than six months ago) and a proof (--statement or --evidence); without them
    the person is held: known, but not mailed. Membership and notice need --source and --until.

    \b
      newsletter member add ada@example.org --list south-hants-it --name "Ada Lovelace" \\
        --source "paper sheet, meeting 1" --date 2018-06-28 --statement "signed at the door, sheet kept by the chair"
    """
    from newsletter.service import members

    proof = members.read_evidence(evidence) if evidence else None
    stated = members.Basis(basis, source, given_on, until, statement, proof)
    with asked.open() as site:
        slug = door.list_named(site, slug)
        answer = members.add(
            site, address, slug, stated, name=name, first_name=first_name, fields=_fields(fields)
        )
    asked.show(answer, lambda: _print(answer))
    (state,) = (found["state"] for found in answer["subscriptions"] if found["list"] == slug)
    if not answer["added"]:
        asked.note(f"Was on {slug} before and stays {state}: adding somebody again raises no state.")
    if state == "held":
        asked.note(
            "Held: no mail goes to them, since there is no usable proof of consent. They can sign up themselves."
        )


@member.command("list")
@click.option("--list", "slug", default="", metavar="SLUG", help="The list (default: the only one).")
@click.option(
    "--state",
    type=click.Choice([state for state in terms.SUBSCRIPTION_STATES if state != "erased"]),
    metavar="STATE",
    help="Only subscriptions in this state: attested, confirmed, implied, paused, held ...",
)
@door.pass_door
def list_(asked: door.Door, slug: str, state: str | None) -> None:
    """List the members of a list."""
    from newsletter.service import members

    with asked.open() as site:
        slug = door.list_named(site, slug)
        rows = members.on_list(site, slug, state)
        if asked.json:
            found = list(rows)
            asked.show({"list": slug, "members": found}, lambda: None)
            return
        for row in rows:
            click.echo(f"{row['address']:<40} {row['state']:<13} {row['since']}  {row['name']}")


@member.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many to show at most."
)
@door.pass_door
def find(asked: door.Door, words: tuple[str, ...], limit: int) -> None:
    """Find members whose address or name holds all the WORDS."""
    from newsletter.service import members

    with asked.open() as site:
        found = members.search(site, " ".join(words), limit)
    lines = "\n".join(f"{row['address']:<40} {row['name']}" for row in found)
    asked.show({"members": found}, lambda: click.echo(lines))
    if not found:
        asked.note("Nobody found.")


@member.command()
@click.argument("address")
@door.pass_door
def show(asked: door.Door, address: str) -> None:
    """Show what is known of a member: state on each list, since when, health of the address."""
    from newsletter.service import members

    with asked.open() as site:
        answer = members.show(site, address)
    asked.show(answer, lambda: _print(answer))


@member.command()
@click.argument("address")
@click.option("--name", help="Full name.")
@click.option("--first-name", help="What to call them.")
@click.option("--address", "new_address", help="The address spelt right, while no mail has gone to it yet.")
@_FIELD
@door.pass_door
def edit(
    asked: door.Door, address: str, name: str | None, first_name: str | None, new_address: str | None,
    fields: tuple[str, ...],
) -> None:  # fmt: skip
    """Change a member's name, fields, or a slip in the address."""
    from newsletter.service import members

    if name is None and first_name is None and new_address is None and not fields:
        raise errors.UsageError(
            "it is not said what changes", "Give --name, --first-name, --field or --address."
        )
    with asked.open() as site:
        answer = members.edit(
            site, address, name=name, first_name=first_name, fields=_fields(fields), address=new_address
        )
    asked.show(answer, lambda: _print(answer))


@member.command()
@click.argument("old")
@click.argument("kept")
@door.pass_door
def merge(asked: door.Door, old: str, kept: str) -> None:
    """Make one member of two addresses: OLD leaves its lists, KEPT gains OLD's name, fields and answers where it has none of its own.

    Consent is for one address: the kept address keeps its own subscriptions and gains none.
    """
    from newsletter.service import members

    with asked.open() as site:
        if not asked.agree(f"Take {old} off all lists and keep {kept}?"):
            raise click.Abort
        answer = members.merge(site, old, kept)
    asked.show(answer, lambda: _print(answer))


@member.command()
@click.argument("address")
@click.option("--list", "slug", metavar="SLUG", help="Only this list (default: all).")
@click.option("--reason", default="", help="How they asked: by phone, at the meeting ...")
@door.pass_door
def leave(asked: door.Door, address: str, slug: str | None, reason: str) -> None:
    """Take a member off a list, or all lists, because they asked you to."""
    from newsletter.service import members

    with asked.open() as site:
        answer = members.leave(site, address, slug, reason)
    asked.show(answer, lambda: _print(answer))


@member.command()
@click.argument("address")
@click.option(
    "--until",
    required=True,
    type=door.Day(),
    metavar="YYYY-MM-DD",
    help="The day on which mail goes out again.",
)
@click.option("--list", "slug", metavar="SLUG", help="Only this list (default: all).")
@door.pass_door
def pause(asked: door.Door, address: str, until: date, slug: str | None) -> None:
    """Pause a member's mail until a day, because they asked you to."""
    from newsletter.service import members

    with asked.open() as site:
        answer = members.pause(site, address, until, slug)
    asked.show(answer, lambda: _print(answer))


def _print(answer: dict[str, Any]) -> None:
    click.echo(f"{answer['address']}  {answer['name']}")
    for key, value in answer["fields"].items():
        click.echo(f"  {key}: {value}")
    for found in answer["subscriptions"]:
        until = f" until {found['until']}" if found["until"] else ""
        basis = f" ({found['basis']})" if found["basis"] else ""
        click.echo(f"  {found['list']}: {found['state']} since {found['since'][:10]}{until}{basis}")
    if answer["suppressed"]:
        click.echo(f"  suppressed: {', '.join(answer['suppressed'])}")
    if answer["health"] != "ok":
        since = f" since {answer['health_since'][:10]}" if answer["health_since"] else ""
        click.echo(f"  address: {answer['health']}{since}: {answer['health_reason']}")
        for bounce in answer["bounces"]:
            click.echo(f"    {bounce['at'][:10]} {bounce['kind']}, {bounce['heard']}: {bounce['text']}")
        click.echo("    It is well again when a mail arrives, or when its holder signs up or confirms anew.")
