"""The pages as one ASGI application: the table of routes, and the way from a request to a page's function.

Pages are plain functions of the site and values: `show(site, key)` changes nothing, `post(site, key, form, visit)` may.
Whatever a link is made of wrongly, the visitor sees one and the same page. Nothing here looks at the Host field, sets
a cookie, or logs what was asked for.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsletter import site
from newsletter.web import (
    answering,
    asking,
    confirming,
    forms,
    guard,
    home,
    joining,
    lane,
    leaving,
    limits,
    mypage,
    pages,
    rsvp,
    stopping,
)

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

Show = Callable[[site.Site, str], pages.Page]
Post = Callable[[site.Site, str, forms.Form | None, forms.Visit], pages.View]
Endpoint = Callable[["Request"], Awaitable["Response"]]


def app(opened: site.Site) -> "Starlette":
    """Make the application of a site. Its own thread and connection live from its start to its end."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount

    running = lane.Lane(opened)

    @contextlib.asynccontextmanager
    async def life(_app: "Starlette") -> AsyncIterator[None]:
        await running.read(pages.prepare)
        yield
        await running.close()

    async def sorry(_request: "Request", problem: Exception) -> "Response":
        return await answering.sorry(running, problem)

    # A proxy may hand on the path with or without the prefix that base_url has.
    prefix = urlsplit(opened.config.site.base_url or "").path.rstrip("/")
    routes = _routes(running, limits.Limits(opened.clock.monotonic))
    made = Starlette(
        routes=[*([Mount(prefix, routes=routes)] if prefix else []), *routes],
        middleware=[Middleware(guard.Guard, policy=pages.policy(opened.root))],
        exception_handlers={404: sorry, 405: sorry},
        lifespan=life,
    )
    made.router.redirect_slashes = False  # RFC 8058 3.1: a POST is never redirected
    return made


def _routes(running: lane.Lane, counted: limits.Limits) -> list[Any]:
    """Every path, and what it shows and does."""
    from starlette.routing import Route

    def form(path: str, show: Show, post: Post, *, one_click: bool = False) -> list[Any]:
        """GET and HEAD show, POST acts; a slash at the end changes nothing."""
        endpoint = _endpoint(running, counted, show, post, one_click)
        return [Route(path + end, endpoint, methods=["GET", "POST"]) for end in ("", "/")]

    return [
        # Routes are tried in this order, and providers leave by the thousand.
        *form("/leave/{key}", leaving.show, leaving.post, one_click=True),
        Route("/", _shown(running, home.show)),
        Route("/healthz", _shown(running, home.health)),
        Route("/icon.svg", _shown(running, lambda opened: pages.icon(opened.root))),
        *form("/join", joining.show, joining.post),
        *form("/join/{key}", joining.show, joining.post),
        *form("/c/{key}", confirming.show, confirming.post),
        *form("/rsvp/{key}", rsvp.show, rsvp.post),
        *form("/stop/{key}", stopping.show, stopping.post),
        *form("/me", asking.show, asking.post),
        *form("/me/{key}", mypage.show, mypage.post),
    ]


def _endpoint(
    running: lane.Lane, counted: limits.Limits, show: Show, post: Post, one_click: bool
) -> Endpoint:
    """An endpoint of a form. A one-click form is posted by providers from anywhere; the others refuse another site's."""

    async def got(request: "Request") -> pages.Page:
        key = request.path_params.get("key", "")
        page: pages.Page = await running.read(lambda opened: show(opened, key))
        return page

    async def posted(request: "Request") -> pages.Page:
        if not one_click and request.headers.get("sec-fetch-site") == "cross-site":
            raise forms.FormError(403)
        key, form = request.path_params.get("key", ""), await forms.read(request)
        visit = forms.Visit(limits.network(request.client.host if request.client else ""), counted)
        page: pages.Page = await running.write(lambda opened: post(opened, key, form, visit))
        return page

    async def either(request: "Request") -> "Response":
        act = posted if request.method == "POST" else got
        return await answering.answer(running, lambda: act(request))

    return either


def _shown(running: lane.Lane, show: Callable[[site.Site], pages.Page]) -> Endpoint:
    """An endpoint that only shows."""

    async def got(_request: "Request") -> "Response":
        return await answering.answer(running, lambda: running.read(show))

    return got
