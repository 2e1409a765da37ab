"""newsletter receive: what came back."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from newsletter.cli import door
from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter import site as sites
    from newsletter.service import receiving, returns

EX_TEMPFAIL = 75  # sysexits.h


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
@click.option("--imap", is_flag=True, help="Take the mails of the IMAP mailbox that [receive] names.")
@click.option(
    "--dry-run", is_flag=True, help="Only say what each mail is; needs no site and changes nothing."
)
@door.pass_door
def receive(
    asked: door.Door, files: tuple[str, ...], maildir: Path | None, imap: bool, dry_run: bool
) -> None:
    """Take bounces, complaints, answers and wishes to leave that came back by mail.

    FILE is one mail or an mbox; - is standard input (for the pipe of a mail server). Without FILE, --maildir and --imap
    the mailbox of [receive] is read. A token of ours in the mail decides whom it is about; what has none changes
    nothing. The same mail counts once, however often it is read. What only a person can do something about stays where
    it is, or is kept in the site's folder kept/. Trouble with a mail from - ends with code 75, so that the mail server
    keeps the mail.

    \b
    newsletter receive                               what [receive] names: takes what is there, and ends
    newsletter receive bounce.eml
    newsletter receive --maildir ~/Maildir --dry-run
    newsletter receive --dry-run --json *.eml        one JSON object a mail
    """  # fmt: skip
    if dry_run:
        _look(asked, files, maildir, imap)
        return
    try:
        _take_all(asked, files, maildir, imap)
    except errors.NewsletterError as problem:
        if "-" in files:
            # Any other code makes a mail server throw the mail away; with this one it keeps it and tries again.
            problem.exit_code = EX_TEMPFAIL
        raise
    except Exception as problem:
        if "-" not in files:
            raise
        surprise = errors.StorageError(
            f"a mail could not be taken in ({type(problem).__name__})",
            "The mail server keeps it and tries again; to see the whole trouble, save the mail and name it as FILE.",
        )
        surprise.exit_code = EX_TEMPFAIL
        raise surprise from problem


def _take_all(asked: door.Door, files: tuple[str, ...], maildir: Path | None, imap: bool) -> None:
    from newsletter.service import receiving

    with asked.open() as site:
        found = []
        for one in _taken(asked, site, files, maildir, imap):
            found.append(_shown(one.where, one.taken) | {"done": one.taken.done})
            if not asked.json:  # each at once: a full mailbox takes its time
                done = f" ({one.taken.done})" if one.taken.done else ""
                click.echo(_line(found[-1]) + done)
        passed_on = receiving.finish(site, asked.note)
    counts = Counter(one["kind"] for one in found)
    counted = sum(1 for one in found if one["done"].startswith("counted for"))
    answer = {"read": len(found), "counted": counted, "passed_on": passed_on, "mails": found}
    asked.show(answer, lambda: _sum_up(counts, counted, passed_on))


def _look(asked: door.Door, files: tuple[str, ...], maildir: Path | None, imap: bool) -> None:
    from newsletter.service import receiving, returns

    if imap:
        raise errors.UsageError(
            "--dry-run does not look into an IMAP mailbox", "Save the mails as files and name those."
        )
    if not files and maildir is None:
        raise errors.UsageError("nothing to read", "Name a FILE, - for standard input, or --maildir DIR.")
    for name, stream in _streams(files):
        for data in receiving.mails(stream):
            _tell(asked, _shown(name, returns.look(data)))
    if maildir is not None:
        for mail in receiving.waiting(maildir):
            _tell(asked, _shown(str(mail.file), returns.look(mail.data)))


def _tell(asked: door.Door, shown: dict[str, Any]) -> None:
    click.echo(json.dumps(shown, ensure_ascii=False) if asked.json else _line(shown))


def _taken(
    asked: door.Door, site: "sites.Site", files: tuple[str, ...], maildir: Path | None, imap: bool
) -> Iterator["receiving.Received"]:
    """Take from all that was named, else from what newsletter.toml names."""
    from newsletter.service import receiving

    for name, stream in _streams(files):
        yield from (
            receiving.of_pipe(site, stream) if name == "-" else receiving.of_stream(site, name, stream)
        )
    if maildir is None and not imap and not files:
        maildir, imap = _configured(asked, site)
    if maildir is not None:
        yield from receiving.of_maildir(site, maildir)
    if imap:
        yield from receiving.of_imap(site, receiving.imap_place(site))


def _streams(files: tuple[str, ...]) -> Iterator[tuple[str, BinaryIO]]:
    for name in files:
        if name == "-":
            yield name, sys.stdin.buffer
            continue
        with open(name, "rb") as stream:
            yield name, stream


def _configured(asked: door.Door, site: "sites.Site") -> tuple[Path | None, bool]:
    """The Maildir of [receive], and whether it is an IMAP mailbox."""
    receive = site.config.receive
    if receive is None:
        raise errors.UsageError(
            "nothing to read: no FILE, and newsletter.toml has no [receive]",
            'Name a FILE or --maildir DIR, or set [receive] kind = "maildir" and path.',
        )
    if receive.mailbox.kind == "lmtp":
        asked.note("Mail comes by LMTP, which `newsletter serve` takes: there is no mailbox to read.")
    return receive.mailbox.path, receive.mailbox.kind == "imap"


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


def _sum_up(counts: Counter[str], counted: int, passed_on: int) -> None:
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    passed = f"; {passed_on} passed on" if passed_on else ""
    read = f"{counts.total()} read{': ' + kinds if kinds else ''}"
    click.echo(f"{read}; {counted} counted as bounces{passed}.")
