"""What all commands share: the common options, the open site, and how answers are shown.

Kept free of heavy imports, so that `newsletter --help` stays quick.
"""

import difflib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.core import errors

if TYPE_CHECKING:
    from newsletter import site


@dataclass(slots=True)
class Door:
    """The common options of one call, wherever among the words they stood."""

    folder: Path = Path()
    json: bool = False
    yes: bool = False
    by: str | None = None

    @contextmanager
    def open(self) -> Iterator["site.Site"]:
        """Open the site and close it in the end. Raises ConfigError, StorageError."""
        from newsletter import site
        from newsletter.cli import log_lines

        log_lines.to_nobody()
        opened = site.open_site(self.folder, self.by)
        try:
            yield opened
        finally:
            opened.close()

    def show(self, answer: Mapping[str, Any], text: Callable[[], None]) -> None:
        """Show an answer: as one JSON object, or by the function that prints it for people."""
        if self.json:
            # Where stdout is no UTF-8 (a pipe on Windows), \\u escapes keep it the same JSON.
            plain = (sys.stdout.encoding or "").replace("-", "").lower() != "utf8"
            click.echo(json.dumps(answer, ensure_ascii=plain, indent=1, default=str))
        else:
            text()

    def note(self, text: str) -> None:
        """Say something beside the answer, on stderr."""
        click.echo(text, err=True)

    @property
    def can_ask(self) -> bool:
        """Whether there is a person at a terminal to ask."""
        return sys.stdin.isatty()

    def agree(self, question: str) -> bool:
        """Ask for a yes. --yes answers it; without a terminal and without --yes the answer is no."""
        if self.yes:
            return True
        if not sys.stdin.isatty():
            self.note(f"{question} (no terminal to ask at: add --yes)")
            return False
        return click.confirm(question, err=True)


def list_named(opened: "site.Site", slug: str) -> str:
    """The list that was named; where there is only one it need not be. Raises UsageError."""
    known = list(opened.config.lists)
    if not slug and len(known) != 1:
        raise errors.UsageError(
            "it is not said which list is meant", f"Name it: --list {'|'.join(known) or 'SLUG'}"
        )
    return slug or known[0]


def shown(path: Path) -> Path:
    """A path as short as it can be typed: from the current folder on, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


pass_door = click.make_pass_decorator(Door, ensure=True)


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        found = context.ensure_object(Door)
        source = context.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.ENVIRONMENT and getattr(found, name) != getattr(Door(), name):
            return  # what stood before the command's name wins over the environment
        if value not in (None, False):
            setattr(found, name, value)

    return keep


def common_options() -> list[click.Option]:
    """--site, --json, --yes and --by, which may stand before or after the command's name."""
    return [
        click.Option(
            ["--site", "site_folder"], type=click.Path(path_type=Path, file_okay=False), envvar="NEWSLETTER_SITE",
            metavar="DIR", expose_value=False, callback=_store("folder"),
            help="The site's folder (else NEWSLETTER_SITE, else this folder).",
        ),
        click.Option(["--json", "as_json"], is_flag=True, expose_value=False, callback=_store("json"),
                     help="Answer with one JSON object on stdout."),
        click.Option(["--yes", "say_yes"], is_flag=True, expose_value=False, callback=_store("yes"),
                     help="Answer yes to questions, but not to an unusual size."),
        click.Option(["--by", "acting"], metavar="EMAIL", expose_value=False, callback=_store("by"),
                     help="Who acts (else NEWSLETTER_ORGANISER, else the contact)."),
    ]  # fmt: skip


class Day(click.DateTime):
    """A day as an option's value, as a date. The error says how to write one."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx).date()
        except click.BadParameter:
            self.fail(f"'{value}' is no day; write it as YYYY-MM-DD", param, ctx)


def _write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    """A command's own options, then apart from them those that all commands know."""
    own: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    for param in command.get_params(context):
        if isinstance(param, click.Option) and (record := param.get_help_record(context)) is not None:
            (common if _COMMON.issuperset(param.opts[-1:]) else own).append(record)
    for title, rows in (("Options", own), ("Common options", common)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


_COMMON = frozenset(("--site", "--json", "--yes", "--by", "--help"))


class Command(click.Command):
    """A command that also knows the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)


class Group(click.Group):
    """A group of our commands, whose modules are imported only when one is called."""

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # name -> (module:attribute, the line that --help shows)
        self.lazy = dict(lazy or {})
        self.params.extend(common_options())

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        import importlib

        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the next word names. Raises UsageError that proposes the nearest one."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            below = [f"{name} {args[0]}" for name in known if self._has_below(ctx, name, args[0])]
            near = below or difflib.get_close_matches(args[0], known, 1)
            named = " or ".join(f"'{name}'" for name in near[:3])
            meant = f" (did you mean {named}?)" if near else ""
            ctx.fail(f"there is no command '{args[0]}'{meant}")
        return super().resolve_command(ctx, args)

    def _has_below(self, ctx: click.Context, name: str, wanted: str) -> bool:
        group = self.get_command(ctx, name)
        return isinstance(group, click.Group) and wanted in group.list_commands(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, which people look for, stand before the options."""
        self.format_commands(ctx, formatter)
        _write_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self._line(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _line(self, ctx: click.Context, name: str) -> str:
        if name in self.lazy:
            return self.lazy[name][1]
        command = super().get_command(ctx, name)
        return command.get_short_help_str(200) if command else ""


Group.group_class = Group
