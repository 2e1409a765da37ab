"""The catalogues of phrases: each subject has a file of its own, and no file takes a phrase away from another."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import newsletter


@pytest.mark.parametrize("floor", ["compose", "web"])
def test_no_phrase_is_said_twice(floor: str) -> None:
    """The files are joined into one catalogue: of two phrases with one name the later would win everywhere."""
    keys = [
        key.value
        for file in sorted((Path(newsletter.__file__).parent / floor).glob("phrases*.py"))
        for found in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(found, ast.Dict)
        for key in found.keys
        if isinstance(key, ast.Constant)
    ]

    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert len(keys) > 50
