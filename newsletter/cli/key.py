"""newsletter key: the keys that sign links."""

import click

from newsletter.cli import door


@click.group(cls=door.Group)
def key() -> None:
    """Renew the key that signs links."""


@key.command()
@door.pass_door
def rotate(asked: door.Door) -> int:
    """Add a new key that signs links from now on.

    Do this when newsletter.key may have been seen by somebody else, or when the chair changes. Links in mails that went
    out go on working: old keys are kept to recognise them. Make a backup afterwards; a lost key cannot be made again.
    """
    from newsletter.service import keys

    with asked.open() as site:
        if not asked.agree("Add a new key to newsletter.key?"):
            asked.note("Nothing was changed.")
            return 1
        found = keys.rotate(site)
    answer = {"newest": found.newest, "keys": found.keys}
    asked.show(
        answer,
        lambda: click.echo(
            f"Key {found.newest} signs from now on; {found.keys} keys are known.\n"
            "Make a new backup now: newsletter backup FILE"
        ),
    )
    return 0
