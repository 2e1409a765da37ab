"""newsletter demo: the whole story on this machine."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click

from newsletter.cli import door

if TYPE_CHECKING:
    import socket

    from newsletter import site as sites
    from newsletter.service import story


@click.command(cls=door.Command)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Make the demo's site here (empty or not there yet) instead of in a temporary folder.",
)
@click.option(
    "--no-serve", is_flag=True, help="End with a summary instead of showing the mails until Ctrl-C."
)
@door.pass_door
def demo(asked: door.Door, folder: Path | None, no_serve: bool) -> None:
    """See the whole story on this machine: nothing leaves it.

    Makes a site, imports made-up members, sends a meeting's recap to them over a real socket into a catcher, lets one
    member leave by link and one mail come back, and exports the list. Then it shows the mails in your browser.
    """  # fmt: skip
    from newsletter.service import story
    from newsletter.web import serving

    root = (folder or Path(tempfile.mkdtemp(prefix="newsletter-demo-"))).resolve()
    told: list[story.Step] = []
    with (
        serving.bind("127.0.0.1", 0) as sock,
        story.staged(root, serving.address(sock)) as stage,
        _served(stage.opened, sock, root / "caught"),
    ):
        for number, step in enumerate(story.tell(stage, _press), 1):
            told.append(step)
            _say(asked, number, step)
        _conclude(asked, root, len(stage.caught.caught), told)
        if not no_serve:
            _wait(asked, serving.address(sock))


def _say(asked: door.Door, number: int, step: "story.Step") -> None:
    """Tell a step as it happens: on stdout for people, on stderr beside JSON."""
    click.secho(f"\n{number}. {step.title}", bold=True, err=asked.json)
    for line in step.lines:
        click.echo(f"   {line}", err=asked.json)
    click.secho(f"   by hand: {step.command}", dim=True, err=asked.json)


def _conclude(asked: door.Door, root: Path, mails: int, told: list["story.Step"]) -> None:
    answer = {
        "site": str(root),
        "caught": str(root / "caught"),
        "mails": mails,
        "steps": [{"title": step.title, "lines": list(step.lines), "command": step.command} for step in told],
    }
    text = f"""
Where to look
   the site              {root}
   the {mails} caught mails   {root / "caught"}
   how the run stands    newsletter --site {root} outbox status
   the one who left      newsletter --site {root} member show zoe.muller@example.net"""
    asked.show(answer, lambda: click.echo(text))


def _wait(asked: door.Door, url: str) -> None:
    asked.note(f"\nThe mails, as their readers see them: {url}/caught   (Ctrl-C ends the demo)")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        asked.note("\nThe demo has ended; its folder stays.")


@contextmanager
def _served(opened: "sites.Site", sock: "socket.socket", folder: Path) -> Iterator[None]:
    """Serve the pages and the window on the caught mails from a thread of their own while the block runs."""
    from newsletter.web import app, caught, serving

    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    async def serve() -> None:
        async with serving.serving(caught.app(opened, folder, app.app(opened)), sock):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _press(url: str, body: bytes) -> int:
    """Post a form like a provider's one-click; return the status."""
    request = Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})
    try:
        with urlopen(request, timeout=10) as answer:
            status: int = answer.status
    except HTTPError as problem:
        status = problem.code
        problem.close()
    return status
