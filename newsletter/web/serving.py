"""Serve the pages: bind, say when ready, run the site's other work beside them, and stop within ten seconds."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from newsletter.core import errors

if TYPE_CHECKING:
    from starlette.types import ASGIApp

STOP_SECONDS = 8  # what an answer under way may take once we are asked to stop
HEADER_LIMIT = 65_536  # octets of an unfinished request head; the application refuses less
HEAD_SECONDS = (
    10.0  # what a visitor may take to send a request's head; its body has a limit of its own (forms.py)
)

# Work that runs as long as the pages do (the sender): a coroutine that ends soon after the event is set.
Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def bind(host: str, port: int) -> socket.socket:
    """Bind the port, 0 for any free one. Raises RefusedError when it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio switches Nagle's algorithm off: with it, each answer waits 40 ms for an ACK.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as problem:
        sock.close()
        raise errors.RefusedError(
            f"cannot listen on {host} port {port}: {problem.strerror}",
            "Is another program (or another serve) using it? Choose one with --port, or --port 0 for any free one.",
        ) from problem
    return sock


def address(sock: socket.socket) -> str:
    """Where a bound socket is reached: http://127.0.0.1:8000"""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    app: "ASGIApp", sock: socket.socket, ready: Callable[[str], None], beside: Sequence[Work] = (),
    proxies: Sequence[str] = (),
) -> None:  # fmt: skip
    """Serve until SIGTERM or SIGINT; `ready` is called with the address once pages are answered.

    When work beside the pages fails, everything stops and its error is raised.
    """
    asyncio.run(_run(app, sock, ready, beside, proxies))


async def _run(
    app: "ASGIApp", sock: socket.socket, ready: Callable[[str], None], beside: Sequence[Work],
    proxies: Sequence[str],
) -> None:  # fmt: skip
    asked, stop = asyncio.Event(), asyncio.Event()
    with _signals(asked):
        async with serving(app, sock, proxies) as ended:
            _settle_in()
            ready(address(sock))
            works = [asyncio.create_task(work(stop)) for work in beside]
            stopped = asyncio.create_task(asked.wait())
            try:
                await asyncio.wait([stopped, ended, *works], return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopped.cancel()
                stop.set()
                await _finish(works)


def _settle_in() -> None:
    """Take what lives as long as the program out of the collector's rounds: a full one stops everybody for 40 ms."""
    gc.collect()
    gc.freeze()


async def _finish(works: list[asyncio.Task[None]]) -> None:
    if not works:
        return
    _, late = await asyncio.wait(works, timeout=STOP_SECONDS)
    for work in late:
        work.cancel()
    for answer in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(answer, Exception):
            raise answer


@asynccontextmanager
async def serving(
    app: "ASGIApp", sock: socket.socket, proxies: Sequence[str] = ()
) -> AsyncIterator[asyncio.Task[None]]:
    """Answer on a bound socket while the block runs; yield the task that ends if the server does."""
    import uvicorn

    from newsletter.web import protocol

    server = uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, lifespan="on", ws="none",
            http=protocol.bounded(HEADER_LIMIT), timeout_keep_alive=5, limit_concurrency=1_000,
            timeout_graceful_shutdown=STOP_SECONDS, proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
        )
    )  # fmt: skip
    # Signals are ours (see _signals): uvicorn would end the process by raising them again.
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    ended = asyncio.create_task(server.serve(sockets=[sock]))
    # uvicorn has no event for this.
    while not server.started and not ended.done():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    if ended.done():
        await ended
        raise errors.RefusedError("the pages could not be started", "See the line above.")
    hurrying = asyncio.create_task(_hurry(server.server_state.connections))
    try:
        yield ended
    finally:
        hurrying.cancel()
        server.should_exit = True
        await ended


async def _hurry(connections: set[Any]) -> None:
    """Close connections that bring no request in time: uvicorn waits for a head for ever, and counts its waiting."""
    waiting: dict[tuple[Any, int], float] = {}
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(HEAD_SECONDS / 4)
        idle = {
            (one, id(one.cycle)) for one in connections if one.cycle is None or one.cycle.response_complete
        }
        waiting = {found: waiting.get(found, loop.time()) for found in idle}
        for (connection, _), since in waiting.items():
            if loop.time() - since > HEAD_SECONDS and not connection.transport.is_closing():
                connection.transport.close()


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


@contextmanager
def _signals(asked: asyncio.Event) -> Iterator[None]:
    """Turn SIGTERM and SIGINT into a wish to stop; a second SIGINT ends at once."""
    loop = asyncio.get_running_loop()

    def note(number: int, _frame: object) -> None:
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(asked.set)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
