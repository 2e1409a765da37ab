"""newsletter init: a new site, questions asked or given as options."""

import os
import sys
from pathlib import Path

import click

from newsletter.cli import door

_ASKED = (
    ("name", "The name of the group or society", ""),
    ("contact", "An e-mail address that reaches a person", ""),
    ("time_zone", "Time zone, such as Europe/London", "UTC"),
    ("country", "Country, two letters such as GB", ""),
    ("postal_address", "Postal address for the footer (a PO box will do)", ""),
    ("smtp_host", "SMTP relay: host name", ""),
)
_NEEDED = ("name", "contact", "time_zone", "smtp_host")


@click.command(cls=door.Command)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="", help="The name of the group or society.")
@click.option("--contact", default="", help="An e-mail address that reaches a person.")
@click.option("--time-zone", default="", help="Such as Europe/London.")
@click.option("--country", default="", help="Two letters such as GB: which country's rules hold.")
@click.option("--postal-address", default="", help="Stands in every mail.")
@click.option(
    "--language",
    default="en",
    type=click.Choice(["en", "de", "fr"]),
    show_default=True,
    help="Of mails and pages.",
)
@click.option(
    "--base-url", default="", help="Where the members' pages will be, such as https://lists.example.org."
)
@click.option("--smtp-host", default="", help="The relay that takes the mail.")
@click.option("--smtp-port", default=587, show_default=True, type=click.IntRange(1, 65_535), help="Its port.")
@click.option(
    "--smtp-security",
    default="starttls",
    show_default=True,
    type=click.Choice(["starttls", "tls", "none"]),
    help="tls for port 465; none only on this machine.",
)
@click.option("--smtp-username", default="", help="Who we are at the relay; the password is asked for.")
@click.option("--chair", default="", help="The chair's name: gets the reports.")
@door.pass_door
def init(asked: door.Door, /, folder: Path, **given: str) -> None:
    """Make a new site in the folder DIR.

    Asks for what is not given as an option. Example:

    \b
      newsletter init my-group --name "South Hants IT group" --contact chair@example.org \\
        --time-zone Europe/London --country GB --smtp-host smtp.example.org
    """
    from newsletter.core import errors
    from newsletter.service import founding

    answers = dict(given)
    if sys.stdin.isatty():
        for key, question, default in _ASKED:
            answers[key] = answers[key] or click.prompt(
                question, default=default, show_default=bool(default), err=True
            )
        answers["smtp_username"] = answers["smtp_username"] or click.prompt(
            "Relay user name (empty: none)", default="", err=True
        )
    missing = [f"--{key.replace('_', '-')}" for key in _NEEDED if not answers[key]]
    if missing:
        raise errors.UsageError(
            f"these are needed: {', '.join(missing)}", "Give them as options, or run at a terminal."
        )
    password = ""
    if answers["smtp_username"] and not sys.stdin.isatty() and "NEWSLETTER_SMTP_PASSWORD" not in os.environ:
        raise errors.UsageError(
            "the password of --smtp-username can only be asked for at a terminal",
            "Run it at a terminal, or set NEWSLETTER_SMTP_PASSWORD.",
        )
    if answers["smtp_username"] and sys.stdin.isatty():
        password = click.prompt(
            "Relay password (kept in smtp.password, for you alone)", hide_input=True, err=True
        )
    answers["smtp_port"] = int(answers["smtp_port"])  # type: ignore[assignment]
    founding.found_site(folder, founding.SiteAnswers(smtp_password=password, **answers))  # type: ignore[arg-type]
    answer = {"site": str(folder), "made": ["newsletter.toml", "lists", "templates"]}
    asked.show(answer, lambda: _next_steps(folder))


def _next_steps(folder: Path) -> None:
    click.echo(f"Made a site in {folder}. Now:")
    click.echo(f"  cd {folder}")
    click.echo("  newsletter list new SLUG     the first list")
    click.echo("  newsletter check             is everything as it must be?")
