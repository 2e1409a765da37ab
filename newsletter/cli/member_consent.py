"""newsletter member proof and forget: show what a consent rests on, and take a person out for good."""

from pathlib import Path

import click

from newsletter.cli import door


@click.command(cls=door.Command)
@click.argument("address")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A new folder, or a file that ends in .zip (default: proof-DATE-NUMBER in the current folder).",
)
@door.pass_door
def proof(asked: door.Door, address: str, output: Path | None) -> None:
    """Write all that proves one member's consent, as a folder or a ZIP.

    The words agreed to, the evidence, the exact confirm mail, every step with its time to the second, every mail since,
    and the chain of hashes with a small program that checks it. It holds personal data: only the owner of the files can
    read them, and their names do not name the person.
    """
    from newsletter.service import proofs

    with asked.open() as site:
        written = proofs.write(site, address, output)
    answer = {"output": str(written.path), "files": list(written.files), "chain_ok": written.chain_ok}
    asked.show(
        answer, lambda: click.echo(f"{written.path}: {len(written.files)} files. Begin with proof.html.")
    )
    if not written.chain_ok:
        asked.note("The ledger does not verify, which the proof says too. See: newsletter ledger verify")


@click.command(cls=door.Command)
@click.argument("address")
@click.option(
    "--keep-suppressed/--everything",
    "keep",
    default=True,
    help="Keep a keyed hash so that nobody can ever bring the address in again (default), or nothing at all.",
)
@door.pass_door
def forget(asked: door.Door, address: str, keep: bool) -> int:
    """Forget a member: name, address and everything personal go out of the database file.

    By default a keyed hash of the address stays, from which the address cannot be read: it keeps every import and sign-up
    out. With --everything that goes too, and nothing can prevent the address from being added again. The ledger keeps
    numbered steps without names. Backups from before still hold the person.

    Should there be a dispute, write the proof first: newsletter member proof ADDRESS
    """
    from newsletter.service import forgetting, members

    with asked.open() as site:
        row = members.find(site, address)
        left = "a keyed hash stays, so that nobody writes to it again" if keep else "nothing at all stays"
        if not asked.agree(f"Forget {row['address']} for good ({left})? This cannot be undone."):
            asked.note("Nothing was changed.")
            return 1
        found = forgetting.forget(site, row["id"], "organiser", "command", everything=not keep)
    answer = {"forgotten": True, "kept_hash": keep, "scans": list(found.scans)}
    asked.show(answer, lambda: click.echo(f"Forgotten; {left}."))
    for name in found.scans:
        asked.note(f"Evidence on file that shows others too may show the person: {name}. Blacken it by hand.")
    return 0
