"""newsletter check: is everything as it must be?"""

from typing import TYPE_CHECKING

import click

from newsletter.cli import door
from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter.service import checking

_MARKS = {"error": ("error  ", "red"), "warning": ("warning", "yellow"), "good": ("good   ", "green")}


@click.command(cls=door.Command)
@click.option("--dns", is_flag=True, help="Also look up SPF, DMARC and MX of the From domains.")
@click.option(
    "--send-test",
    "tested",
    metavar="ADDRESS",
    help="Send a test mail there, to see whether the relay signs what one-click unsubscribe needs.",
)
@door.pass_door
def check(asked: door.Door, dns: bool, tested: str | None) -> int:
    """Check configuration, lists, templates, the ledger and the relay, and say what to do.

    Sends nothing but the mail of --send-test. Where [receive] reads the mailbox of that address, the copy that comes back
    is judged; elsewhere the mail tells its reader how to look.
    """
    from newsletter.service import checking, selftest

    try:
        with asked.open() as site:
            found = checking.check(site, resolver=checking.system_resolver if dns else None)
            if tested:
                asked.note(f"Sending a test mail to {tested} ...")
                found += selftest.send(site, tested)
    except errors.ConfigError as problem:
        if not (asked.folder / "newsletter.toml").is_file():
            raise
        found = [_misconfigured(line, problem.hint) for line in problem.message.splitlines()]
    rows = [{"level": one.level, "rule": one.rule, "where": one.where, "text": one.text} for one in found]
    # What is good is no finding, but it is the answer to a test mail.
    told = [row for row in rows if tested or row["level"] != "good"]
    asked.show({"findings": told}, lambda: _print(rows))
    return 1 if any(one.level == "error" for one in found) else 0


def _misconfigured(line: str, hint: str) -> "checking.Finding":
    """A line of a configuration's error, which names its file first; other trouble at the start is told with its hint."""
    from newsletter.service import checking

    where, _, text = line.partition(": ")
    if where.endswith(".toml"):
        return checking.Finding("error", "configuration", where, text)
    return checking.Finding("error", "configuration", "the site", f"{line}. {hint}")


def _print(rows: list[dict[str, str]]) -> None:
    for row in sorted(rows, key=lambda row: list(_MARKS).index(row["level"])):
        mark, colour = _MARKS[row["level"]]
        click.echo(f"{click.style(mark, fg=colour)} {row['where']}: {row['text']} [{row['rule']}]")
    if not any(row["level"] == "error" or row["rule"] == "lists" for row in rows):
        click.echo("Ready to send.")
