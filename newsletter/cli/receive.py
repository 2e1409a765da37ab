"""newsletter receive: what came back."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door
from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter import site as sites
    from newsletter.service import returns


@click.command(cls=door.Command)
@click.argument(
    "files",
    nargs=-1,
    metavar="[FILE...|-]",
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
)
@click.option(
    "--maildir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Take the unseen mails of a Maildir, and mark them seen.",
)
@click.option(
    "--dry-run", is_flag=True, help="Only say what each mail is; needs no site and changes nothing."
)
@door.pass_door
def receive(asked: door.Door, files: tuple[str, ...], maildir: Path | None, dry_run: bool) -> None:
    """Read bounces and other mail that came back.

    FILE is one mail or an mbox; - is standard input. Without FILE and --maildir the Maildir of [receive] is read.
    A bounce counts for the delivery whose token it brings back; what has no token of ours changes nothing. The same
    mail counts once, however often it is read.

    \b
    newsletter receive bounce.eml
    newsletter receive --maildir ~/Maildir --dry-run
    newsletter receive --dry-run --json *.eml        one JSON object a mail
    """  # fmt: skip
    if dry_run:
        _look(asked, files, maildir)
        return
    with asked.open() as site:
        folder = maildir if maildir or files else _configured(site)
        found = [_shown(name, taken) | {"done": taken.done} for name, taken in _taken(site, files, folder)]
    counts = Counter(one["kind"] for one in found)
    counted = sum(1 for one in found if one["done"].startswith("counted for"))
    asked.show(
        {"read": len(found), "counted": counted, "mails": found}, lambda: _print(found, counts, counted)
    )


def _look(asked: door.Door, files: tuple[str, ...], maildir: Path | None) -> None:
    from newsletter.service import returns

    if not files and maildir is None:
        raise errors.UsageError("nothing to read", "Name a FILE, - for standard input, or --maildir DIR.")
    for name, data in _mails(files):
        _tell(asked, _shown(name, returns.look(data)))
    if maildir is not None:
        for mail in returns.waiting(maildir):
            _tell(asked, _shown(str(mail.file), returns.look(mail.data)))


def _tell(asked: door.Door, shown: dict[str, Any]) -> None:
    click.echo(json.dumps(shown, ensure_ascii=False) if asked.json else _line(shown))


def _taken(
    site: "sites.Site", files: tuple[str, ...], folder: Path | None
) -> Iterator[tuple[str, "returns.Taken"]]:
    from newsletter.service import returns

    for name, data in _mails(files):
        yield name, returns.take(site, data)
    if folder is not None:
        for mail in returns.waiting(folder):
            taken = returns.take(site, mail.data)
            returns.seen(folder, mail, taken)
            yield str(mail.file), taken


def _mails(files: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    from newsletter.service import returns

    for name in files:
        if name == "-":
            yield from ((name, data) for data in returns.mails(sys.stdin.buffer))
            continue
        with open(name, "rb") as stream:
            yield from ((name, data) for data in returns.mails(stream))


def _configured(site: "sites.Site") -> Path:
    receive = site.config.receive
    if receive is None or receive.mailbox.path is None:
        raise errors.UsageError(
            "nothing to read: no FILE, and newsletter.toml names no Maildir",
            'Name a FILE or --maildir DIR, or set [receive] kind = "maildir" and path.',
        )
    return receive.mailbox.path


def _shown(name: str, taken: "returns.Taken") -> dict[str, Any]:
    return {
        "file": name,
        "kind": taken.kind,
        "recipients": list(taken.recipients),
        "status": taken.status,
        "reason": taken.reason,
    }


def _line(shown: dict[str, Any]) -> str:
    who = ", ".join(shown["recipients"]) or "-"
    return f"{shown['file']}: {shown['kind']} {shown['status'] or '-'} {who} {shown['reason']}".rstrip()


def _print(found: list[dict[str, Any]], counts: Counter[str], counted: int) -> None:
    for one in found:
        click.echo(_line(one) + (f" ({one['done']})" if one["done"] else ""))
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    click.echo(f"{len(found)} read{': ' + kinds if kinds else ''}; {counted} counted as bounces.")
