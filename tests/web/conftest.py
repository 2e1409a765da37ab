"""A server of the pages on a real socket, and a visitor that speaks HTTP by hand."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.parser import BytesParser
from urllib.parse import urlencode

import pytest

from newsletter import site as sites
from newsletter.web import app, serving


@dataclass(frozen=True)
class Answer:
    """What a server said: status, header fields (lower case), body."""

    status: int
    headers: dict[str, str]
    body: str


class Server:
    """The pages of a site, served by a thread of their own."""

    def __init__(self, opened: sites.Site) -> None:
        self._proxies = opened.config.web.trusted_proxies
        self.sock = serving.bind("127.0.0.1", 0)
        self.address = self.sock.getsockname()
        self._app = app.app(opened)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(10)

    async def _run(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        async with serving.serving(self._app, self.sock, self._proxies):
            self._ready.set()
            await self._stop.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self.sock.close()

    def raw(self, request: bytes) -> Answer:
        """Send these very bytes and read the answer."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(request)
            return read_answer(connection)

    def bytes_of(self, request: bytes) -> bytes:
        """Send these very bytes and return the whole answer as it came."""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65_536), b""))

    def get(self, path: str, method: str = "GET") -> Answer:
        return self.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    def post(
        self, path: str, body: bytes, kind: str | None = "application/x-www-form-urlencoded", more: str = ""
    ) -> Answer:
        """Post a body; `more` are further header lines, each with its line end."""
        typed = f"Content-Type: {kind}\r\n" if kind else ""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{typed}{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return self.raw(head.encode() + body)

    def send(self, path: str, more: str = "", **fields: str) -> Answer:
        """Post a form's fields (list__x stands for list.x)."""
        return self.post(path, urlencode(named(fields)).encode(), more=more)


def named(fields: dict[str, str]) -> dict[str, str]:
    """Field names as forms have them: list__board is list.board."""
    return {name.replace("__", ".").replace("_x_", "-"): value for name, value in fields.items()}


def read_answer(connection: socket.socket) -> Answer:
    """Read one answer to its end."""
    data = b""
    while chunk := connection.recv(65_536):
        data += chunk
    first, _, rest = data.partition(b"\r\n")
    head, _, body = rest.partition(b"\r\n\r\n")
    fields = BytesParser().parsebytes(head + b"\r\n\r\n", headersonly=True)
    names = [name.lower() for name in fields]
    assert len(names) == len(set(names)), "a field stands twice"
    return Answer(
        int(first.split()[1]),
        {name.lower(): value for name, value in fields.items()},
        body.decode("utf-8", "replace"),
    )


def read_one(connection: socket.socket) -> bytes:
    """Read one answer of a connection that stays open, by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(BytesParser().parsebytes(head.partition(b"\r\n")[2] + b"\r\n\r\n")["content-length"])
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65_536)
    assert chunk, "the connection was closed before its answer was whole"
    return chunk


@pytest.fixture
def serve() -> Iterator[Callable[[sites.Site], Server]]:
    """Serve a site's pages until the test ends."""
    running: list[Server] = []

    def start(opened: sites.Site) -> Server:
        running.append(Server(opened))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def stamp(opened: sites.Site, seconds: int = 10) -> str:
    """The stamp of a form that was shown some seconds ago."""
    return opened.tokens.make("form", int(opened.clock.now().timestamp()) - seconds, 0)
