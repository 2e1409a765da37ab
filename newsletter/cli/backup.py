"""newsletter backup, restore and migrate."""

from pathlib import Path

import click

from newsletter.cli import door


@click.command(cls=door.Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--without-key", is_flag=True, help="Leave newsletter.key out; keep it somewhere else.")
@door.pass_door
def backup(asked: door.Door, file: Path, without_key: bool) -> None:
    """Write the whole site into one ZIP for your eyes only: database, settings, lists, templates, key.

    It may run while mail is being sent. Passwords in files of your own naming are not part of it.
    """
    from newsletter.service import backups

    with asked.open() as site:
        names = backups.back_up(site, file, with_key=not without_key)
    asked.show(
        {"file": str(file), "names": names}, lambda: click.echo(f"Backed up {len(names)} files into {file}.")
    )


@click.command(cls=door.Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@door.pass_door
def restore(asked: door.Door, file: Path) -> None:
    """Restore the site from a backup, and lose no withdrawal by it.

    Who left, who is suppressed or forgotten, what people answered and which mails went out since the backup is taken over
    from the database that is here now. Where there is none, everything still to be sent is paused until you say: newsletter outbox resume.
    """
    from newsletter.service import backups

    if not asked.agree(f"Replace the site in {asked.folder.resolve()} by {file}? (The old one is kept.)"):
        raise click.Abort
    found = backups.restore(asked.folder, file)
    answer = {
        "withdrawals": found.withdrawals, "suppressions": found.suppressions, "deliveries": found.deliveries,
        "paused": found.paused, "kept": str(found.kept) if found.kept else None,
    }  # fmt: skip
    asked.show(answer, lambda: _print(answer))


def _print(answer: dict[str, int | str | None]) -> None:
    click.echo("Restored.")
    if answer["kept"]:
        click.echo(f"Taken over from the site that was here: {answer['withdrawals']} withdrawals, "
                   f"{answer['suppressions']} suppressions, results of {answer['deliveries']} mails.")  # fmt: skip
        click.echo(f"That site is kept in {answer['kept']}.")
    elif answer["paused"]:
        click.echo(
            f"{answer['paused']} editions are paused: nobody knows what went out since the backup was made."
        )
        click.echo("Look at them (newsletter outbox status), then: newsletter outbox resume, or cancel.")


@click.command(cls=door.Command)
@door.pass_door
def migrate(asked: door.Door) -> None:
    """Bring the database up to this program's version. Every command does so by itself; this one does nothing else."""
    with asked.open() as site:
        path = str(site.store.path)
    asked.show({"database": path}, lambda: click.echo(f"{path} is up to date."))
