"""newsletter serve: the members' pages, and the sender beside them."""

import asyncio
from typing import TYPE_CHECKING

import click

from newsletter.cli import door

if TYPE_CHECKING:
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
    """Serve the members' pages, and send what becomes due, until Ctrl-C or SIGTERM.

    Put a web server with TLS in front that passes base_url on to it; then name it in [web] trusted_proxies.
    """
    from newsletter.web import app, serving

    with asked.open() as site:
        web = site.config.web
        sock = serving.bind(host or web.host, web.port if port is None else port)
        if site.config.site.base_url is None:
            asked.note("base_url is not set in newsletter.toml: no mail has links to these pages.")
        with sock:
            serving.run(
                app.app(site),
                sock,
                lambda url: click.echo(f"serving {url}"),
                beside=[_sender(asked, site)],
                proxies=web.trusted_proxies,
            )


def _sender(asked: door.Door, site: "Site") -> "serving.Work":
    """The sender as work beside the pages: on a thread, asked to stop by the event, twice when it has to hurry."""
    from newsletter.service import sending, serving

    async def work(stopping: asyncio.Event) -> None:
        stop = sending.Stop()
        thread = asyncio.create_task(asyncio.to_thread(serving.keep_sending, site, stop, asked.note))
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
