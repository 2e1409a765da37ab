"""The folders that the program ships: templates/ and the example lists/."""

import functools
from importlib import resources
from pathlib import Path
from typing import Literal


@functools.cache
def folder(name: Literal["templates", "lists"]) -> Path:
    """Where a shipped folder lies: inside the installed package, or beside it in a checkout."""
    package = Path(str(resources.files("newsletter")))
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name
