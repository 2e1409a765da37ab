"""The newsletter command as a process that dies at its n-th operation on the database or a socket.

Run: python -m tests.peers.mortal N WORDS... With N = 0 it lives, and says on stderr how many operations there were.
It dies as by SIGKILL: nothing is closed, flushed or rolled back. An operation is a statement, a send or a receive; it is
counted, and death comes, before it is done.
"""

import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

SAID = "operations: "
_done = 0
_last = 0


def _count() -> None:
    global _done
    _done += 1
    if _done == _last:
        os._exit(137)


def _counted(real: Callable[..., Any]) -> Callable[..., Any]:
    def operation(*args: Any, **named: Any) -> Any:
        _count()
        return real(*args, **named)

    return operation


class _Connection(sqlite3.Connection):
    execute = _counted(sqlite3.Connection.execute)
    executemany = _counted(sqlite3.Connection.executemany)


def main() -> None:
    """Run the command, mortal."""
    global _last
    from newsletter import __main__

    _last = int(sys.argv.pop(1))
    real = sqlite3.connect
    sqlite3.connect = lambda *args, **named: real(*args, **{"factory": _Connection, **named})  # type: ignore[assignment]
    for name in ("send", "recv", "recv_into", "connect"):
        setattr(socket.socket, name, _counted(getattr(socket.socket, name)))
    try:
        __main__.main()
    finally:
        if not _last:
            print(f"{SAID}{_done}", file=sys.stderr)


if __name__ == "__main__":
    main()
