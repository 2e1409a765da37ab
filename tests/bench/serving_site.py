"""What the benches of the pages share: a prepared site behind the real `newsletter serve`, and its sender's speed."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import prepared

WEB = "\n[web]\njoins_per_network = 1000000\njoins_per_list = 1000000\n"


def copy(template: Path, folder: Path, smtp_port: int, connections: int = 10) -> Path:
    """Copy a prepared site whose relay is on a port, with limits that a bench does not reach."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(template, folder)
    prepared.configure(folder, smtp_port, connections=connections)
    with (folder / "newsletter.toml").open("a", encoding="utf-8") as stream:
        stream.write(WEB)
    return folder


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """Run `newsletter serve` (pages and sender in one process) while the block runs; yield host and port."""
    words = [*prepared.NEWSLETTER, "--site", str(folder), "serve", "--port", "0"]
    process = subprocess.Popen(words, cwd=prepared.ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line.startswith("serving http://"):
        raise SystemExit(f"serve said: {line}")
    host, _, port = line.removeprefix("serving http://").rpartition(":")
    try:
        yield host, int(port)
    finally:
        process.terminate()
        process.wait(timeout=30)


class Book:
    """A look into a site's database from outside, while others write."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(f"file:{folder / 'newsletter.db'}?mode=ro", uri=True, timeout=30)

    def value(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchone()[0])

    def sent(self) -> int:
        """Mails of the edition that went out."""
        return self.value("SELECT count(*) FROM delivery WHERE state = 'sent'")

    def wait_for(self, sent: int, seconds: float = 120) -> None:
        """Wait until so many mails went out."""
        until = time.monotonic() + seconds
        while self.sent() < sent:
            if time.monotonic() > until:
                raise SystemExit(f"only {self.sent()} mails went out in {seconds:.0f} seconds")
            time.sleep(0.05)

    def close(self) -> None:
        self._connection.close()


def verdict(name: str, value: float, unit: str, goal: float, *, most: bool = True) -> bool:
    """Print a figure beside its goal; tell whether it is met."""
    good = value <= goal if most else value >= goal
    sign = "<=" if most else ">="
    print(
        f"  {name}: {value:.1f} {unit} (goal {sign} {goal:g} {unit}) {'ok' if good else 'MISSED'}", flush=True
    )
    return good
