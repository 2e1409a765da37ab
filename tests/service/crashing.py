"""Reports in number, and a reader that is killed in their midst: what the tests of every way in share."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter import site as sites
from tests.people import add_message
from tests.service import inbound, outgoing

SAMPLE = Path(__file__).parent.parent / "mails" / "dsn-postfix-hard-5.1.1.eml"
SAMPLE_TOKEN = b"aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
ENVIRONMENT = {**os.environ, "NEWSLETTER_NOW": "2018-06-29T09:00:00Z"}


def reports(site: sites.Site, count: int) -> list[bytes]:
    """A hard bounce of one message for each of so many new members."""
    outgoing.fill(site, outgoing.people(count))
    message = add_message(site, "south-hants-it")
    ids = [row["id"] for row in site.store.rows("SELECT id FROM member")]
    with site.store.write():
        site.store.executemany(
            "INSERT INTO delivery (message, member, address, state, changed_at) VALUES (?,?,'x','sent',?)",
            [(message, one, site.clock.iso()) for one in ids],
        )
    tokens = [inbound.token(site, "return", message, one).encode() for one in ids]
    return [SAMPLE.read_bytes().replace(SAMPLE_TOKEN, token) for token in tokens]


def counted(site: sites.Site) -> tuple[int, int]:
    """How many bounces there are, and of how many members."""
    row = site.store.row("SELECT count(*), count(DISTINCT member) FROM bounce")
    assert row is not None
    return row[0], row[1]


@contextmanager
def killed(site: sites.Site, count: int, *arguments: str, stdin: Path | None = None) -> Iterator[None]:
    """Run a command beside the block until it has counted so many bounces; then it is killed."""
    with open(stdin or os.devnull, "rb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "--site", str(site.root), *arguments],
            stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT,
        )  # fmt: skip
    yield
    until = time.monotonic() + 30
    while counted(site)[0] < count and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    process.kill()
    process.wait()
