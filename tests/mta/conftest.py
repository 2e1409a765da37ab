"""Folders for servers that run as users of their own: outside pytest's, which every session that starts closes to others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mta import servers


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """As pytest's own, but open to the users of the servers."""
    with servers.open_folder() as folder:
        yield folder
