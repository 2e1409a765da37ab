"""README's first recap, word by word, as a chair without a server types it: nothing but a laptop and a relay."""

import re
import shlex
from pathlib import Path

import pytest

from newsletter.mail import catcher

README = Path(__file__).parents[2] / "README.md"
PEOPLE = "name,email\nAda Lovelace,ada@example.org\nGrace Hopper,grace@example.org\n"


def commands() -> list[list[str]]:
    """The words of each command of the section, without what the comments say."""
    section = README.read_text("utf-8").partition("## Your first recap")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_the_first_recap_of_the_readme(tmp_path: Path, call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command ends with 0, without pages and without a mailbox that is read; each person has one copy in the end."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-07-01T10:00:00Z")
    done = []
    with catcher.catching(tmp_path / "caught") as caught:
        for program, *words in commands():
            if program == "cd":
                monkeypatch.chdir(tmp_path / words[0])
                (tmp_path / "people.csv").rename("people.csv")
                continue
            assert program == "newsletter"
            if words[0] == "init":  # what it asks at a terminal
                words += ["--name", "My group", "--contact", "chair@example.org", "--country", "GB"]
                words += ["--time-zone", "Europe/London", "--postal-address", "PO Box 1, Southampton"]
                words += ["--smtp-host", "127.0.0.1", "--smtp-port", str(caught.port)]
            found = [str(path) for word in words if "*" in word for path in Path().glob(word)]
            words = [found.pop() if "*" in word else word for word in words]
            if words[0] == "preview":
                _fill_in(Path(words[1]))
            said = call(*words, "--yes")
            assert said.code == 0, (words, said)
            done.append(words[0])
    assert done == ["init", "list", "check", "member", "member", "new", "preview", "send", "send"]
    assert [one.recipient for one in caught.caught] == [
        "you@example.org",
        "ada@example.org",
        "grace@example.org",
    ]


def _fill_in(file: Path) -> None:
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("...", "We talked about backups, and whether they restore."), encoding="utf-8"
    )
