"""Let several acts share one commit: a visitor alone does not wait for others, and a crowd costs one flush of the disk."""

from collections.abc import Callable, Sequence
from typing import Any

from newsletter import site
from newsletter.core import errors

Act = Callable[[site.Site], Any]


def run(opened: site.Site, acts: Sequence[Act]) -> list[Any]:
    """Run acts in one durable transaction; return for each its answer, or the exception it raised.

    An act that fails takes back only itself. When the database fails, all have failed: each gets the StorageError.
    """
    try:
        with opened.store.write():
            return [_one(opened, act) for act in acts]
    except errors.StorageError as problem:
        return [problem for _ in acts]


def _one(opened: site.Site, act: Act) -> Any:
    try:
        with opened.store.write():
            return act(opened)
    except errors.StorageError:
        raise
    except Exception as problem:
        return problem
