"""newsletter check: is everything as it must be?"""

import click

from newsletter.cli import door
from newsletter.core import errors

_MARKS = {"error": ("error  ", "red"), "warning": ("warning", "yellow"), "good": ("good   ", "green")}


@click.command(cls=door.Command)
@click.option("--dns", is_flag=True, help="Also look up SPF, DMARC and MX of the From domains.")
@door.pass_door
def check(asked: door.Door, dns: bool) -> int:
    """Check configuration, lists, templates, the ledger and the relay, and say what to do. Sends nothing."""
    from newsletter.service import checking

    try:
        with asked.open() as site:
            found = checking.check(site, resolver=checking.system_resolver if dns else None)
    except errors.ConfigError as problem:
        lines = problem.message.splitlines()
        found = [
            checking.Finding("error", "configuration", line.partition(":")[0], line.partition(": ")[2])
            for line in lines
        ]
    rows = [{"level": one.level, "rule": one.rule, "where": one.where, "text": one.text} for one in found]
    asked.show({"findings": [row for row in rows if row["level"] != "good"]}, lambda: _print(rows))
    return 1 if any(one.level == "error" for one in found) else 0


def _print(rows: list[dict[str, str]]) -> None:
    for row in sorted(rows, key=lambda row: list(_MARKS).index(row["level"])):
        mark, colour = _MARKS[row["level"]]
        click.echo(f"{click.style(mark, fg=colour)} {row['where']}: {row['text']} [{row['rule']}]")
    if not any(row["level"] == "error" for row in rows):
        click.echo("Ready to send.")
