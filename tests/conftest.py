"""Fixtures that all floors share: a site in a temporary folder, its clock fixed."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest

from newsletter import config, settings
from newsletter import site as sites
from newsletter.core import clock

# A merge is judged by the code, not by the dice: there the examples are the same each time, elsewhere they are new.
hypothesis.settings.register_profile(
    "ci", max_examples=60, deadline=None, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("ci")

# A program started in the background ignores Ctrl-C, and so would all that the tests start and want to interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

NOW = datetime.fromisoformat("2018-06-29T08:00:00+00:00")

NEWSLETTER_TOML = """\
[site]
name = "South Hants IT group"
base_url = "http://127.0.0.1:8000"
time_zone = "Europe/London"
postal_address = "1 High Street, Southampton"
contact = "chair@example.org"
country = "GB"

[smtp]
host = "127.0.0.1"
port = 2525
security = "none"

[receive]
bounce_address = "bounces@lists.example.org"
kind = "maildir"
path = "returns"

[[organiser]]
name = "The chair"
email = "chair@example.org"
role = "chair"
"""

LIST_TOML = """\
title = "South Hants IT"
from = "South Hants IT <chair@lists.example.org>"
purpose = "Recaps of our meetings and invitations to the next one"
wording = "Yes, the South Hants IT group may e-mail me its recaps and invitations, about once a month. I can leave at any time by the link in every mail. Questions: chair@example.org"
basis = "consent"
fields = ["company", "sector"]
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of our own."""
    parser.addoption(
        "--every-crash",
        action="store_true",
        help="let the sender die at each of its operations, not at a sample",
    )


class FixedClock(clock.Clock):
    """A clock that stands until a test moves it."""

    def __init__(self, moment: datetime = NOW) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        """The moment that was set."""
        return self.moment


def write_site(folder: Path, *slugs: str, toml: str = NEWSLETTER_TOML, list_toml: str = LIST_TOML) -> Path:
    """Write a site's files (no database, no key) with lists of these slugs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "newsletter.toml").write_text(toml, encoding="utf-8")
    for slug in slugs or ("south-hants-it",):
        (folder / "lists" / slug / "editions").mkdir(parents=True)
        (folder / "lists" / slug / "list.toml").write_text(list_toml, encoding="utf-8")
    return folder


def read_config(
    folder: Path, toml: str = NEWSLETTER_TOML, list_toml: str = LIST_TOML, slug: str = "south-hants-it"
) -> settings.Config:
    """Read a configuration out of these texts, which may hold octets that are no UTF-8 as surrogates."""
    (folder / "lists" / slug).mkdir(parents=True)
    (folder / "newsletter.toml").write_text(toml, encoding="utf-8", errors="surrogateescape")
    (folder / "lists" / slug / "list.toml").write_text(list_toml, encoding="utf-8")
    return config.load(folder)


@pytest.fixture
def ticking() -> FixedClock:
    """The clock of the `site` fixture: 29 June 2018, 08:00 UTC, until a test sets `moment`."""
    return FixedClock()


@pytest.fixture
def site(tmp_path: Path, ticking: FixedClock) -> Iterator[sites.Site]:
    """An open site with one list, south-hants-it, and a fixed clock."""
    opened = sites.open_site(write_site(tmp_path / "site"), running=ticking)
    yield opened
    opened.close()


@pytest.fixture
def make_site(tmp_path: Path, ticking: FixedClock) -> Iterator[Callable[..., sites.Site]]:
    """Open a site with the lists that a test names."""
    opened: list[sites.Site] = []

    def make(*slugs: str, **files: str) -> sites.Site:
        opened.append(
            sites.open_site(write_site(tmp_path / f"site{len(opened)}", *slugs, **files), running=ticking)
        )
        return opened[-1]

    yield make
    for one in opened:
        one.close()
