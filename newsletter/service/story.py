"""The demo: one evening of a real group, told by the same services that the commands call, on this machine alone.

The cast (cast.csv) is made up; its addresses lie in domains that exist for examples. The mails go over a real socket to
the catcher; the clock runs from the morning after the meeting.
"""

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.parser import BytesParser
from pathlib import Path

from newsletter import shipped, site
from newsletter.core import clock, errors
from newsletter.mail import catcher, inbox
from newsletter.service import consent, exports, imports, lock, members, progress, queueing, returns, sending

LIST = "south-hants-it"
BEGINS = clock.parse("2018-06-29T08:00:00Z")
REFUSED = "no.longer.here@example.net"
GREYLISTED = "slow.greeter@example.com"
LEAVING = "zoe.muller@example.net"
BOUNCING = "rob@example.com"
# What the world outside answers: one address is gone, one server wants to be asked twice.
ANSWERS = {REFUSED: catcher.NOT_HERE, GREYLISTED: catcher.LATER}
_CAST = Path(__file__).with_name("cast.csv")

# How the story presses a button: address and form body in, HTTP status out.
Press = Callable[[str, bytes], int]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: a headline, what there is to say about it, and the command that does it."""

    title: str
    lines: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays: the open site and the catcher that takes its mail."""

    opened: site.Site
    caught: catcher.Catcher


@contextmanager
def staged(folder: Path, base_url: str) -> Iterator[Stage]:
    """Make the demo's site in a folder that is empty or not there; run its catcher while the block runs.

    Raises RefusedError when there is something in the folder.
    """
    if folder.exists() and any(folder.iterdir()):
        raise errors.RefusedError(f"{folder} is not empty", "Name a folder that is empty or not there yet.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with catcher.catching(folder / "caught", ANSWERS) as caught:
        opened = _found(folder, base_url, caught.port)
        try:
            yield Stage(opened, caught)
        finally:
            opened.close()


def _found(folder: Path, base_url: str, smtp_port: int) -> site.Site:
    (folder / "newsletter.toml").write_text(_TOML.format(base_url=base_url, port=smtp_port), encoding="utf-8")
    shutil.copytree(shipped.folder("lists") / LIST, folder / "lists" / LIST)
    shutil.copyfile(_CAST, folder / "members.csv")
    for name in ("new", "cur", "tmp"):
        (folder / "returns" / name).mkdir(parents=True)
    return site.open_site(folder, running=clock.starting_at(BEGINS))


_TOML = """\
# A site of the demo: nothing here reaches another machine.
[site]
name = "South Hants IT group"
base_url = "{base_url}"
time_zone = "Europe/London"
postal_address = "c/o The Chair, PO Box 100, Southampton"
contact = "chair@south-hants-it.example.org"
country = "GB"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"

[sending]
retry_first = "1s"

[receive]
bounce_address = "bounces@south-hants-it.example.org"
kind = "maildir"
path = "returns"

[[organiser]]
name = "The chair"
email = "chair@south-hants-it.example.org"
role = "chair"
"""


def tell(stage: Stage, press: Press) -> Iterator[Step]:
    """Play the story, step by step."""
    yield _import_members(stage.opened)
    yield _send(stage.opened)
    yield _leave(stage, press)
    yield _bounce(stage)
    yield _export(stage.opened)
    yield _verify(stage.opened)


def _import_members(opened: site.Site) -> Step:
    request = imports.Request(
        opened.root / "members.csv", LIST, "consent", "paper sheet at the first meeting", date(2018, 6, 28),
        statement="collected by the chair in the room, 28 June 2018",
    )  # fmt: skip
    made = imports.apply(opened, request)
    bad = [f"line {line} stays out: {value}: {reason}" for line, value, reason in imports.bad_lines(opened)]
    return Step(
        "The members come in from a sheet",
        (f"{made.rows} lines read, {made.new} people added to {made.slug}", *bad),
        f'newsletter member import members.csv --list {LIST} --source "paper sheet" --date 2018-06-28 --statement "..." --apply',
    )


def _send(opened: site.Site) -> Step:
    edition = edition_file(opened.root)
    plan = queueing.queue(opened, edition, queueing.Order())
    with lock.hold(opened, "demo") as held:
        sending.run(opened, wait=True, held=held)
    found = progress.numbers(opened, plan.edition)
    return Step(
        "The recap goes out",
        (
            f'"{plan.subject}" to {plan.recipients} people',
            f"{found.sent} sent, {found.failed} refused by their server ({REFUSED}: no such user)",
            f"one server asked us to come again ({GREYLISTED}: greylisted), which happened by itself",
            f"so the {found.audience} of the audience are {found.sent} sent + {found.failed} failed: nobody is lost",
        ),
        f"newsletter send {edition.relative_to(opened.root)}",
    )


def edition_file(root: Path) -> Path:
    """The recap of the demo's list."""
    return next((root / "lists" / LIST / "editions").glob("*.md"))


def _leave(stage: Stage, press: Press) -> Step:
    mail = _mail_to(stage.caught, LEAVING)
    head = BytesParser().parsebytes(mail.file.read_bytes(), headersonly=True)
    link = re.search(r"<(http[^>]+)>", str(head["List-Unsubscribe"]))
    if link is None:
        raise errors.RefusedError("the recap has no link to leave by", "See its source in the caught folder.")
    status = press(link[1], b"List-Unsubscribe=One-Click")
    state = members.show(stage.opened, LEAVING)["subscriptions"][0]["state"]
    return Step(
        "One member leaves by the link",
        (
            f"{LEAVING} presses the button of their mail program (one click, RFC 8058)",
            f"the page answers {status}, and the member is {state} at once",
        ),
        "newsletter serve",
    )


def _bounce(stage: Stage) -> Step:
    opened, mail = stage.opened, _mail_to(stage.caught, BOUNCING)
    text = "550 5.1.1 mailbox does not exist"
    _, report = catcher.bounced(mail, "5.1.1", text, opened.clock.now)
    folder = opened.root / "returns"
    (folder / "new" / "1530259200.demo.local").write_bytes(report)
    taken = []
    for waiting in inbox.waiting(folder):
        taken.append(returns.take(opened, waiting.data))
        inbox.seen(folder, waiting, flagged=taken[-1].left)
    shown = members.show(opened, BOUNCING)
    counted = sum(1 for one in taken if one.done.startswith("counted for"))
    return Step(
        "One mail comes back",
        (
            f"a server far away took the mail to {BOUNCING} and then returned it: {text}",
            f"{counted} bounce counted, by the token in its return path: the address is {shown['health']} now",
            "a second one on another day would stop the mail; consent is not touched by it",
        ),
        "newsletter receive",
    )


def _export(opened: site.Site) -> Step:
    request = exports.Request(LIST, why="the demo shows it")
    request = dataclasses.replace(request, output=opened.root / exports.file_name(opened, request))
    count = exports.write(opened, request)
    assert request.output is not None
    return Step(
        "The list is exported",
        (
            f"{count} members who are on the list, in {request.output.name}",
            "the file is readable by its owner only; who took it out, and why, is written down",
        ),
        f"newsletter member export --list {LIST} --output members-today.csv",
    )


def _verify(opened: site.Site) -> Step:
    found = consent.verify(opened)
    return Step(
        "The consent ledger is whole",
        (
            f"{found.events} events in one chain, from the first sign-up to the leaving; the newest is {found.head[:16]}",
        ),
        "newsletter ledger verify",
    )


def _mail_to(caught: catcher.Catcher, address: str) -> catcher.Caught:
    for mail in caught.caught:
        if mail.recipient == address:
            return mail
    raise errors.RefusedError(f"no mail to {address} was caught", "See: newsletter outbox status")
