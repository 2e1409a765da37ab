"""newsletter init: a new site, questions asked or given as options."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from newsletter.cli import door

# What is asked for at a terminal, in this order; without a default it must be answered.
_ASKED: tuple[tuple[str, str, str | None], ...] = (
    ("name", "The name of the group or society", None),
    ("contact", "An e-mail address that reaches a person", None),
    ("chair", "The chair's name, who gets the reports (empty: nobody)", ""),
    ("time_zone", "Time zone, such as Europe/London", None),
    ("country", "Country, two letters such as GB", ""),
    ("language", "Language of mails and pages: en, de or fr", "en"),
    ("postal_address", "Postal address for the footer (a PO box will do)", ""),
    ("smtp_host", "SMTP relay: host name", None),
    ("smtp_port", "SMTP relay: port", "587"),
    ("smtp_username", "SMTP relay: user name (empty: none)", ""),
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
    type=click.Choice(["en", "de", "fr"]),
    help="Of mails and pages (default: en).",
)
@click.option(
    "--base-url", default="", help="Where the members' pages will be, such as https://lists.example.org."
)
@click.option("--smtp-host", default="", help="The relay that takes the mail.")
@click.option(
    "--smtp-port", type=click.IntRange(1, 65_535), metavar="NUMBER", help="Its port (default: 587)."
)
@click.option(
    "--smtp-security",
    type=click.Choice(["starttls", "tls", "none"]),
    help="Default: tls for port 465, none on this machine, else starttls.",
)
@click.option("--smtp-username", default="", help="Who we are at the relay; the password is asked for.")
@click.option("--chair", default="", help="The chair's name: gets the reports.")
@door.pass_door
def init(asked: door.Door, /, folder: Path, **given: Any) -> None:
    """Make a new site in the folder DIR.

    Asks for what is not given as an option. Example:

    \b
      newsletter init my-group --name "South Hants IT group" --contact chair@example.org \\
        --time-zone Europe/London --country GB --smtp-host smtp.example.org
    """
    from newsletter.core import errors
    from newsletter.service import founding

    founding.refuse_site(folder)
    answers: dict[str, Any] = {key: value or "" for key, value in given.items()}
    if sys.stdin.isatty():
        for key, question, default in _ASKED:
            answers[key] = answers[key] or _ask(key, question, default)
    answers["country"] = answers["country"].strip().upper()
    answers["language"] = answers["language"] or "en"
    answers["smtp_port"] = int(answers["smtp_port"] or 587)
    answers["smtp_security"] = answers["smtp_security"] or founding.security(
        answers["smtp_host"], answers["smtp_port"]
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
    founding.found_site(folder, founding.SiteAnswers(smtp_password=password, **answers))
    answer = {"site": str(folder), "made": ["newsletter.toml", "lists", "templates"]}
    asked.show(answer, lambda: _next_steps(folder))


def _ask(key: str, question: str, default: str | None) -> str:
    """Ask until the answer is one that the file may hold, so that nobody types all of it twice."""
    from newsletter.service import founding

    def sound(text: str) -> str:
        text = text.strip().upper() if key == "country" else text.strip()
        if key == "smtp_port" and not (text.isdecimal() and 1 <= int(text) <= 65_535):
            raise click.UsageError("a port is a number from 1 to 65535")
        if text and key != "smtp_port" and (wrong := founding.problem(key, text)):
            raise click.UsageError(wrong)
        return text

    if key == "time_zone":
        default = _zone_here()
    typed: str = click.prompt(
        question, default=default, show_default=bool(default), value_proc=sound, err=True
    )
    return typed


def _zone_here() -> str | None:
    """This machine's time zone, by the link that Linux and macOS keep."""
    from newsletter.service import founding

    name = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return None if not name or founding.problem("time_zone", name) else name


def _next_steps(folder: Path) -> None:
    click.echo(f"Made a site in {folder}. Now:")
    click.echo(f"  cd {folder}")
    click.echo("  newsletter list new SLUG     the first list")
    click.echo("  newsletter check             is everything as it must be?")
