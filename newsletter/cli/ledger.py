"""newsletter ledger: is the consent ledger whole?"""

import click

from newsletter.cli import door


@click.group(cls=door.Group)
def ledger() -> None:
    """Verify the consent ledger."""


@ledger.command()
@door.pass_door
def verify(asked: door.Door) -> int:
    """Recompute the chain of all consent events; say which is the first that does not fit."""
    from newsletter.service import consent

    with asked.open() as site:
        found = consent.verify(site)
    answer = {"ok": found.ok, "events": found.events, "head": found.head, "first_bad": found.first_bad}
    good = f"The ledger is whole: {found.events} events, head {found.head[:16]}."
    asked.show(
        answer,
        lambda: click.echo(good if found.ok else f"Event {found.first_bad} does not fit: {found.why}."),
    )
    return 0 if found.ok else 1
