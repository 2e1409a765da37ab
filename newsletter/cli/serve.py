"""newsletter serve: the members' pages."""

import click

from newsletter.cli import door


@click.command(cls=door.Command)
@click.option("--host", help="The address to listen on (default: [web] host, else 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="The port (default: [web] port, else 8000); 0 takes any free one.",
)
@door.pass_door
def serve(asked: door.Door, host: str | None, port: int | None) -> None:
    """Serve the members' pages until Ctrl-C or SIGTERM.

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
                app.app(site), sock, lambda url: click.echo(f"serving {url}"), proxies=web.trusted_proxies
            )
