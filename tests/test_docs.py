"""docs/reference.md is held to the program: every command, option, setting and JSON key is named in it, and no other.

`python -m tests.test_docs` writes the part about the commands anew from their help.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from newsletter import config, settings
from newsletter.cli import main
from newsletter.core import presets, tables, words

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
COMMON = {"--site", "--json", "--yes", "--by"}
_PART = re.compile(r"(?s)(<!-- commands -->\n).*(<!-- end of commands -->)")


def leaves(
    command: click.Command = main.cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """All commands by the words that call them, in the order of the help."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, (*path, name))


COMMANDS = dict(leaves())


def options(command: click.Command) -> dict[str, click.Option]:
    """A command's own options by all their spellings."""
    own = [
        option
        for option in command.params
        if isinstance(option, click.Option) and not COMMON & set(option.opts)
    ]
    return {name: option for option in own for name in (*option.opts, *option.secondary_opts)}


def sections(text: str) -> dict[str, str]:
    """The page's parts below each heading of the third level."""
    found = re.split(r"(?m)^### (.+)$", text)
    return {head: re.split(r"(?m)^## ", body)[0] for head, body in zip(found[1::2], found[2::2], strict=True)}


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    return sections(PAGE.read_text(encoding="utf-8"))


def section_of(page: dict[str, str], name: str) -> str:
    """The part about a command; its heading is `newsletter <words> ARGUMENTS`."""
    found = [body for head, body in page.items() if re.match(rf"`newsletter {name}(`| [^a-z])", head)]
    assert len(found) == 1, (
        f"docs/reference.md has {len(found)} headings of `newsletter {name}`: python -m tests.test_docs"
    )
    return found[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_named(page: dict[str, str], name: str) -> None:
    """And the page names no option that is gone."""
    body = section_of(page, name)

    named = set(re.findall(r"^- `(--[a-z-]+)", body, re.M)) | set(
        re.findall(r"^- `--[a-z-]+`, `(--[a-z-]+)", body, re.M)
    )
    assert named == {option for option in options(COMMANDS[name]) if option.startswith("--")}


def test_no_command_is_named_that_is_gone(page: dict[str, str]) -> None:
    """A renamed command leaves no ghost."""
    named = [head for head in page if head.startswith("`newsletter ")]

    assert len(named) == len(COMMANDS)


def asked_keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Every key that the reader of the configuration asks for, by its table; list.toml under its name."""
    asked: dict[str, set[str]] = {}
    take = tables.Table._take

    def noting(table: tables.Table, key: str, *more: object) -> object:
        asked.setdefault(
            table.name.split(".")[0] if table.file == "newsletter.toml" else table.file, set()
        ).add(key)
        return take(table, key, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(tables.Table, "_take", noting)
    root = Path("nowhere")
    config._config(tables.Table({}, "newsletter.toml"), root)
    for kind in ("maildir", "imap", "lmtp"):
        every: dict[str, object] = {key: {} for key in asked[""] - {"organiser"}}
        found = config._config(
            tables.Table({**every, "organiser": [{}], "receive": {"kind": kind}}, "newsletter.toml"), root
        )
    assert isinstance(found, settings.Config)
    monkeypatch.setattr(config, "read_toml", lambda *_given: {"reply_to": "a@example.org"})
    config.read_list(Path("lists") / "x", found)
    return asked


def test_every_setting_is_named(page: dict[str, str], monkeypatch) -> None:
    """Table by table, each key with its default; and no key that is gone."""
    asked = asked_keys(monkeypatch)
    of_list = asked.pop("lists/x/list.toml")

    heads = {
        "organiser": "`[[organiser]]`",
        **{name: f"`[{name}]`" for name in asked.pop("") - {"organiser"}},
    }

    for name, keys in asked.items():
        named = set(re.findall(r"^\| `([a-z_]+)` \|", page[heads[name]], re.M))
        assert named == keys, f"docs/reference.md, [{name}]"
    own, _, overridden = page["`list.toml`"].partition("It may also override")
    assert (
        set(re.findall(r"^\| `([a-z_]+)` \|", own, re.M)) | set(re.findall(r"`([a-z_]+)`", overridden))
        == of_list
    )


def test_the_presets_and_states_are_named(page: dict[str, str]) -> None:
    """Words that a reader of the page looks up."""
    text = PAGE.read_text(encoding="utf-8")

    for word in presets.PRESETS:
        assert f"`{word}`" in page["`[smtp]`"]
    assert f"`state` ({', '.join(words.EDITION_STATES)})" in text
    assert f"`health` ({', '.join(words.HEALTHS)})" in text


_CALLS = {
    "list show south-hants-it": "`list show SLUG`", "list show": "`list show`", "member add x@example.org --list south-hants-it": "`member add`",
    "member show x@example.org": "`member show`", "member list --list south-hants-it": "`member list`", "member find x": "`member find`",
    "new recap --list south-hants-it": "`new`", "outbox status": "`outbox status`", "ledger verify": "`ledger verify`", "migrate": "`migrate`",
    "list new second": "`list new`",
}  # fmt: skip


@pytest.mark.parametrize(("call", "row"), _CALLS.items())
def test_the_keys_of_json_are_named(site, capsys, call: str, row: str) -> None:
    """What a command answers, key by key down to the lists in it, stands in its row of the page."""
    import json

    base = ["--site", str(site.root), "--json"]
    assert (
        main.run([*base, *_words(call, "member show", "member add x@example.org --list south-hants-it")]) == 0
    )
    capsys.readouterr()

    assert main.run([*base, *call.split()]) == 0

    (line,) = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| {row}")]
    if "the same" in line:
        line += "".join(
            other
            for other in PAGE.read_text("utf-8").splitlines()
            if other.startswith(("| `member show`", "| `list show SLUG`"))
        )
    for key in _keys(json.loads(capsys.readouterr().out)):
        assert f"`{key}`" in line, key


def _words(call: str, begins: str, before: str) -> list[str]:
    return before.split() if call.startswith(begins) else ["list", "show"]


def _keys(answer: object) -> Iterator[str]:
    """The keys of an answer, but for those of objects whose keys are data."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield key
            if key not in ("members", "fields", "skipped") or isinstance(value, list):
                yield from _keys(value)
    elif isinstance(answer, list):
        for item in answer:
            yield from _keys(item)


def written() -> str:
    """The part about the commands, from their own help."""
    parts = []
    for name, command in COMMANDS.items():
        context = click.Context(command)
        arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
        parts.append(f"### `{' '.join(['newsletter', name, *arguments])}`\n")
        parts.append(_prose(command.help or "") + "\n")
        lines = [_line(option, context) for option in dict.fromkeys(options(command).values())]
        parts += ["\n".join(lines) + "\n"] if lines else []
    return "\n".join(parts)


def _prose(text: str) -> str:
    """A command's help in Markdown: a part that keeps its lines becomes a block of code."""
    parts = []
    for part in re.split(r"\n\s*\n", text.strip()):
        if part.lstrip().startswith("\b"):
            parts.append(f"```\n{textwrap.dedent(part.partition(chr(10))[2])}\n```")
        else:
            parts.append(re.sub(r"(?<=[a-z)]\.) ", "\n", " ".join(part.split())))
    return "\n\n".join(parts)


def _line(option: click.Option, context: click.Context) -> str:
    names = [name for name in (*option.opts, *option.secondary_opts) if name.startswith("--")]
    value = "" if option.is_flag else f" {option.make_metavar(context)}".replace("INTEGER RANGE", "NUMBER")
    shown = f"`{names[0]}{value}`" + "".join(f", `{name}`" for name in names[1:])
    default = f" Default: `{option.default}`." if option.show_default else ""
    needed = " Required." if option.required else ""
    return f"- {shown}: {(option.help or '').rstrip('.')}.{default}{needed}"


if __name__ == "__main__":
    new = _PART.sub(lambda found: f"{found[1]}\n{written()}\n{found[2]}", PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(new, encoding="utf-8")
