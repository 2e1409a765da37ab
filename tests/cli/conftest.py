"""The command line called within this process: exit code, stdout and stderr of one call."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli import main
from tests.conftest import write_site


@dataclass(frozen=True)
class Said:
    """What one call of the command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON object that it must be."""
        return json.loads(self.out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site's folder with its files, not opened yet."""
    return write_site(tmp_path / "site")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Call `newsletter` with these words."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        code = main.run([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
