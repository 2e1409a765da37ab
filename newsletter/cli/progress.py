"""A line on the terminal that says how far long work is; nothing where there is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def line() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a function (what, done, total) that shows them on stderr, and wipe the line in the end."""
    if not sys.stderr.isatty():
        yield None
        return

    def tell(what: str, done: int, total: int) -> None:
        click.echo(f"\r{what} {100 * done // max(total, 1):>3} % ", nl=False, err=True)

    try:
        yield tell
    finally:
        click.echo("\r" + " " * 24 + "\r", nl=False, err=True)
