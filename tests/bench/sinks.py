"""The receiver of the benches: builds tests/bench/sink.c once, runs it on a free port, returns what it counted."""

import hashlib
import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("sink.c")


@dataclass(slots=True)
class Sink:
    """A running sink; `counted` is filled when the block ends."""

    port: int
    counted: dict[str, Any] = field(default_factory=dict)


def build() -> Path:
    """Compile the sink, once for each text of its source; return the program."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    program = Path(tempfile.gettempdir()) / f"newsletter-sink-{digest}"
    if not program.exists():
        new = program.with_suffix(".new")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", new, SOURCE], check=True)
        new.replace(program)
    return program


@contextmanager
def running(*options: str, port: int = 0) -> Iterator[Sink]:
    """Run a fresh sink with these options on 127.0.0.1 while the block runs."""
    sink = Sink(port or free_port())
    process = subprocess.Popen([build(), "-p", str(sink.port), *options], stdout=subprocess.PIPE, text=True)
    try:
        _wait_until_open(sink.port)
        yield sink
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=30)
    sink.counted = json.loads(said)
    sink.counted["connections"] -= 1  # our own look whether it is open


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_until_open(port: int) -> None:
    for _ in range(250):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"the sink does not listen on port {port}")
