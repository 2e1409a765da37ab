"""The pages as one ASGI application: the table of routes, the guard around them, and the way from request to service.

Handlers are plain functions of the site and values. Whatever a link is made of wrongly, the visitor sees one and the
same page. Nothing here looks at the Host field, sets a cookie, or logs an address that was asked for.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsletter import site
from newsletter.core import errors
from newsletter.web import forms, home, lane, leaving, pages

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER_LIMIT = 16_384  # octets of header fields
log = logging.getLogger("newsletter.web")

Show = Callable[[site.Site, str], pages.Page]
Post = Callable[[site.Site, str, forms.Form | None], pages.View]
Endpoint = Callable[["Request"], Awaitable["Response"]]


def app(opened: site.Site) -> "Starlette":
    """Make the application of a site. Its own thread and connection live from its start to its end."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Route

    running = lane.Lane(opened)

    @contextlib.asynccontextmanager
    async def life(_app: "Starlette") -> AsyncIterator[None]:
        yield
        await running.close()

    def routes() -> list[Any]:
        return [
            Route("/", _shown(running, home.show)),
            Route("/healthz", _shown(running, home.health)),
            *_link("/leave/{token}", running, leaving.show, leaving.post),
        ]

    async def sorry(_request: "Request", problem: Exception) -> "Response":
        return await _sorry(running, problem)

    # A proxy may hand on the path with or without the prefix that base_url has.
    prefix = urlsplit(opened.config.site.base_url or "").path.rstrip("/")
    made = Starlette(
        routes=[*([Mount(prefix, routes=routes())] if prefix else []), *routes()],
        middleware=[Middleware(_Guard, policy=pages.policy(opened.root))],
        exception_handlers={404: sorry, 405: sorry},
        lifespan=life,
    )
    made.router.redirect_slashes = False  # RFC 8058 3.1: a POST is never redirected
    return made


def _link(path: str, running: lane.Lane, show: Show, post: Post) -> list[Any]:
    """The routes of a link with a token: GET and HEAD show, POST acts; a slash at the end changes nothing."""
    from starlette.routing import Route

    async def got(request: "Request") -> "Response":
        token = request.path_params["token"]
        return await _answer(running, lambda: running.read(lambda opened: show(opened, token)))

    async def posted(request: "Request") -> "Response":
        token = request.path_params["token"]

        async def act() -> pages.Page:
            form = await forms.read(request)
            page: pages.Page = await running.write(lambda opened: post(opened, token, form))
            return page

        return await _answer(running, act)

    both = {"GET": got, "HEAD": got, "POST": posted}

    async def either(request: "Request") -> "Response":
        return await both[request.method](request)

    return [Route(path + end, either, methods=["GET", "POST"]) for end in ("", "/")]


def _shown(running: lane.Lane, show: Callable[[site.Site], pages.Page]) -> Endpoint:
    """An endpoint that only shows."""

    async def got(_request: "Request") -> "Response":
        return await _answer(running, lambda: running.read(show))

    return got


async def _answer(running: lane.Lane, act: Callable[[], Awaitable[pages.Page]]) -> "Response":
    from starlette.requests import ClientDisconnect

    try:
        return _response(await act())
    except ClientDisconnect:
        raise
    except Exception as problem:
        return await _sorry(running, problem)


async def _sorry(running: lane.Lane, problem: Exception) -> "Response":
    """Translate an error into a page: never a false 200, and nothing that tells tokens apart."""
    name, status, headers = _translated(problem)
    if name == "broken":
        # The traceback names code, not values; what was asked for stays out of the log.
        log.error("a page failed: %s", type(problem).__name__, exc_info=problem.__traceback__ and problem)
    elif name == "busy":
        log.error("a page could not be answered: %s", problem)
    try:
        return _response(await running.read(lambda opened: pages.error_page(opened, name, status, headers)))
    except errors.StorageError:
        return _response(
            pages.Page("<!DOCTYPE html><title>503</title><p>Please try again soon.", 503, headers)
        )


def _translated(problem: Exception) -> tuple[str, int, dict[str, str]]:
    from starlette.exceptions import HTTPException

    if isinstance(problem, HTTPException):
        name = {404: "missing", 405: "method"}.get(problem.status_code, "form")
        return name, problem.status_code, dict(problem.headers or {})
    if isinstance(problem, forms.FormError):
        return {408: "slow", 413: "large"}.get(problem.status, "form"), problem.status, {}
    if isinstance(problem, errors.NotFoundError):
        return "missing", 404, {}
    if isinstance(problem, errors.StorageError):
        return "busy", 503, {"retry-after": "30"}
    if isinstance(problem, errors.InputError):
        return "form", 400, {}
    if isinstance(problem, errors.RefusedError):
        return "refused", 409, {}
    return "broken", 500, {}


def _response(page: pages.Page) -> "Response":
    from starlette.responses import HTMLResponse

    return HTMLResponse(page.html, page.status, dict(page.headers))


class _Guard:
    """Refuse oversized header fields, and put the same careful fields on every answer."""

    def __init__(self, app: "ASGIApp", policy: str) -> None:
        self.app = app
        self.fields = [
            (b"content-security-policy", policy.encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-store"),
            (b"x-robots-tag", b"noindex, nofollow"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
        ]

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def sending(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self.fields]}
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_LIMIT:
            await _response(pages.Page("Request header fields too large\n", 431))(scope, receive, sending)
        else:
            await self.app(scope, receive, sending)
