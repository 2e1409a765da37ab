"""newsletter serve: the members' pages, and the sender and the receiver beside them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door

if TYPE_CHECKING:
    from newsletter.service import sending
    from newsletter.site import Site
    from newsletter.web import serving


@click.command(cls=door.Command)
@click.option("--host", help="The address to listen on (default: [web] host, else 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="The port (default: [web] port, else 8000); 0 takes any free one.",
)
@door.pass_door
def serve(asked: door.Door, host: str | None, port: int | None) -> None:
    """Serve the members' pages, send what becomes due, take what comes back, until Ctrl-C or SIGTERM.

    Put a web server with TLS in front that passes base_url on to it; then name it in [web] trusted_proxies.
    """
    from newsletter.cli import log_lines
    from newsletter.service import answering
    from newsletter.web import app, serving

    log_lines.to_stderr()

    with asked.open() as site:
        web = site.config.web
        sock = serving.bind(host or web.host, web.port if port is None else port)
        if site.config.site.base_url is None:
            asked.note("base_url is not set in newsletter.toml: no mail has links to these pages.")
        with sock:
            answering.compose_all(site)
            serving.run(
                app.app(site),
                sock,
                lambda url: click.echo(f"serving {url}"),
                beside=_works(asked, site),
                proxies=web.trusted_proxies,
            )


def _works(asked: door.Door, site: "Site") -> "list[serving.Work]":
    """What runs beside the pages: the sender, the clock, and the receiver where [receive] says how mail comes back."""
    from newsletter.service import receiving, serving

    def sender(stopping: asyncio.Event) -> "Coroutine[Any, Any, None]":
        return serving.keep_sending(site, stopping, asked.note)

    works = [sender, _beside(lambda stop: serving.keep_time(site, stop, asked.note))]
    if site.config.receive is None:
        return works
    return [*works, _beside(lambda stop: receiving.keep_receiving(site, stop, asked.note))]


def _beside(run: "Callable[[sending.Stop], None]") -> "serving.Work":
    """Work beside the pages: on a thread, asked to stop by the event, twice when it has to hurry."""
    from newsletter.service import sending

    async def work(stopping: asyncio.Event) -> None:
        stop = sending.Stop()
        thread = asyncio.create_task(asyncio.to_thread(run, stop))
        asked_to = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait([thread, asked_to], return_when=asyncio.FIRST_COMPLETED)
            stop.ask()
            await asyncio.shield(thread)
        except asyncio.CancelledError:
            stop.ask()
            await thread
        finally:
            asked_to.cancel()

    return work
