"""Every command explains itself, knows the common options, and answers quickly."""

import json
import os
import subprocess
import sys

import click
import pytest

import newsletter
from newsletter.cli import main

COMMON = {"--site", "--json", "--yes", "--by"}


def tree(
    command: click.Command = main.cli, path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], click.Command]:
    """All commands and groups by the words that call them."""
    found = {path: command}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            found |= tree(below, (*path, name))
    return found


COMMANDS = tree()
LEAVES = [path for path, command in COMMANDS.items() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path, call) -> None:
    """A sentence for the command, a word for each option; `--help` and `-h` show them and end with 0."""
    command = COMMANDS[path]

    said = call(*path, "--help")

    assert said.code == 0
    assert said.err == ""
    assert command.help
    assert command.help.strip()[0].isupper()
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{' '.join(path)} {option.opts[0]} has no help"
            assert option.opts[-1] in said.out
    assert call(*path, "-h").out == said.out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_knows_the_common_options(path) -> None:
    """--site, --json, --yes and --by may stand after any command."""
    known = {name for option in COMMANDS[path].params for name in option.opts}

    assert known >= COMMON


def test_a_lazy_command_s_line_says_what_it_does() -> None:
    """The lines of `newsletter --help` are written beside the names, so that no module is loaded for them."""
    for group in (command for command in COMMANDS.values() if isinstance(command, click.Group)):
        for name, (_, line) in group.lazy.items():
            assert line.endswith("."), name
            assert len(line) <= 80, name


def test_the_tree_is_there_as_designed() -> None:
    """The commands of the main road, by their words."""
    expected = """init check new preview send receive serve demo backup restore migrate|list new|list show|ledger verify
        |member import|member undo|member export|member list|member find|member add|member edit|member merge|member show
        |member pause|member leave|outbox status|outbox run|outbox pause|outbox resume|outbox cancel|outbox unclear"""
    groups = [part.split() for part in expected.split("|")]
    paths = {(name,) for name in groups[0]} | {tuple(words) for words in groups[1:]}

    assert paths <= set(COMMANDS)


def test_the_version(call) -> None:
    """One line with the number alone."""
    assert call("--version").out == newsletter.__version__ + "\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--site", "DIR", "--json", "list", "show"], ["list", "--site", "DIR", "--json", "show"],
        ["list", "show", "--site", "DIR", "--json"], ["--site", "DIR", "list", "--json", "show"],
        ["--json", "list", "show", "--site", "DIR"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_common_options_stand_anywhere(folder, call, words) -> None:
    """Before the command, after its group, after the command."""
    said = call(*(folder if word == "DIR" else word for word in words))

    assert (said.code, said.err) == (0, "")
    assert [one["list"] for one in said.json["lists"]] == ["south-hants-it"]


def test_the_only_list_need_not_be_named(folder, call) -> None:
    """One list is meant where there is one; of two one must be named."""
    added = call("--site", folder, "member", "add", "ada@example.org")
    shown = call("--site", folder, "member", "list", "--json")
    call("--site", folder, "list", "new", "second")
    unclear = call("--site", folder, "member", "list")

    assert added.code == 0
    assert [one["address"] for one in shown.json["members"]] == ["ada@example.org"]
    assert shown.json["list"] == "south-hants-it"
    assert unclear.code == 2
    assert unclear.err.splitlines() == [
        "newsletter: it is not said which list is meant",
        "  Name it: --list second|south-hants-it",
    ]


def test_the_site_from_the_environment_and_the_current_folder(folder, call, monkeypatch, tmp_path) -> None:
    """NEWSLETTER_SITE names it; without it the current folder is the site; the option wins over both."""
    monkeypatch.chdir(folder)
    assert call("list", "show").code == 0
    monkeypatch.chdir(tmp_path)
    assert call("list", "show").code == 2
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    assert call("list", "show").code == 0
    assert call("--site", tmp_path, "list", "show").code == 2


def test_who_acts_is_written_down(folder, call, monkeypatch) -> None:
    """--by, else NEWSLETTER_ORGANISER, else the contact: the log says who edited."""
    add = ["--site", folder, "member", "add", "ada@example.org", "--list", "south-hants-it"]
    edit = ["--site", folder, "member", "edit", "ada@example.org", "--name", "Ada"]
    assert call(*add).code == 0

    call(*edit, "--by", "secretary@example.org")
    monkeypatch.setenv("NEWSLETTER_ORGANISER", "treasurer@example.org")
    call(*edit)
    call(*edit, "--by", "a\nb")

    import sqlite3

    with sqlite3.connect(folder / "newsletter.db") as connection:
        acting = [by for (by,) in connection.execute("SELECT by FROM log ORDER BY id")]
    connection.close()
    assert acting == ["secretary@example.org", "treasurer@example.org"]


def _cpu(words: list[str]) -> float:
    """The least CPU seconds (user and system) of five runs."""
    best = float("inf")
    for _ in range(5):
        process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        best = min(best, used.ru_utime + used.ru_stime)
    return best


@pytest.mark.parametrize(
    "words", [["--help"], ["member", "--help"], ["member", "add", "--help"], ["send", "--help"]], ids=" ".join
)
def test_help_is_quick(words: list[str]) -> None:
    """Under 150 ms of CPU on a plain machine: here less than 2.5 times what importing click alone takes."""
    ratio = _cpu(["-m", "newsletter", *words]) / _cpu(["-c", "import click"])

    print(f"newsletter {' '.join(words)}: {ratio:.2f} times `import click`")
    assert ratio < 2.5


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_wrong_use_is_told_with_2(path, call) -> None:
    """An option that there is not: one clear line, a pointer to --help, exit code 2."""
    said = call(*path, "--no-such-option")

    assert said.code == 2
    assert said.out == ""
    error, hint = said.err.splitlines()
    assert error.startswith("newsletter: no such option '--no-such-option'")
    assert hint == f"  How it is used: newsletter {' '.join(path)} --help"


@pytest.mark.parametrize(
    ("words", "group", "text"),
    [
        (["sned", "x.md"], "", "there is no command 'sned' (did you mean 'send'?)"),
        (["member", "exprot"], " member", "there is no command 'exprot' (did you mean 'export'?)"),
        (["export"], "", "there is no command 'export' (did you mean 'member export'?)"),
        (["zzz"], "", "there is no command 'zzz'"),
        (["member", "find"], " member find", "missing argument 'WORDS...'"),
    ],
    ids=str,
)
def test_an_unknown_command_is_told_with_2(call, words, group, text) -> None:
    """One line in the house's style, with the nearest command, also where its module is not loaded yet."""
    said = call(*words)

    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [f"newsletter: {text}", f"  How it is used: newsletter{group} --help"]


@pytest.mark.parametrize("words", [(), ("member",)], ids=" ".join)
def test_a_group_alone_shows_its_help(call, words) -> None:
    """Just as --help does, on stderr, since nothing was done."""
    alone = call(*words)

    assert (alone.code, alone.out) == (2, "")
    assert alone.err == call(*words, "--help").out


def test_a_group_s_lines_are_whole_sentences() -> None:
    """No line of a group's help is cut off."""
    for group in (command for command in COMMANDS.values() if isinstance(command, click.Group)):
        context = click.Context(group)
        for name in group.list_commands(context):
            assert group._line(context, name).endswith("."), name


@pytest.mark.parametrize("value", ["28/06/2026", "2026-06-31", "soon"])
def test_a_day_is_written_in_one_way(folder, call, value) -> None:
    """The error says how."""
    said = call("--site", folder, "member", "pause", "ada@example.org", "--until", value)

    assert said.code == 2
    assert f"'--until': '{value}' is no day; write it as YYYY-MM-DD" in said.err


def test_json_is_the_same_object_on_a_terminal_without_utf8(folder) -> None:
    """A pipe in another encoding gets \\u escapes, which are the same JSON; text is shown as well as can be."""
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "NEWSLETTER_SITE": str(folder)}

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "newsletter", *words], capture_output=True, env=environment, check=True
        )

    run("member", "add", "taro@example.org", "--list", "south-hants-it", "--name", "山田 太郎")
    shown, told = (
        run("member", "show", "taro@example.org"),
        run("member", "show", "taro@example.org", "--json"),
    )

    assert b"taro@example.org" in shown.stdout
    assert json.loads(told.stdout.decode("ascii"))["name"] == "山田 太郎"
