"""The pages as one ASGI application: the table of routes, and the way from a request to a page's function.

Pages are plain functions of the site and values: `show(site, key)` changes nothing, `post(site, key, form, visit)` may.
Whatever a link is made of wrongly, the visitor sees one and the same page. Nothing here looks at the Host field, sets
a cookie (but for organisers: signed.py), or logs what was asked for.
"""

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsletter import site
from newsletter.core import rsvps as rules
from newsletter.web import (
    answering,
    archive,
    asking,
    booth,
    calendars,
    confirming,
    desk,
    doors,
    forms,
    guard,
    handouts,
    home,
    joining,
    lane,
    leaving,
    limits,
    mypage,
    pages,
    question,
    reading,
    report,
    rsvp,
    sheets,
    signed,
    stopping,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Router
    from starlette.types import ASGIApp, Receive, Scope, Send

Show = Callable[[site.Site, str], pages.Page]
Post = Callable[[site.Site, str, forms.Form | None, forms.Visit], pages.View]


@dataclass(frozen=True, slots=True)
class App:
    """The pages of a site as an ASGI application. `life` is what holds while it runs: its connection is open."""

    guarded: "ASGIApp"
    life: Callable[[Any], contextlib.AbstractAsyncContextManager[None]]

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        await self.guarded(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Pages:
    """The routes, and the pages for what none of them takes. Nothing else stands between: a leaving should cost little."""

    running: lane.Lane
    router: "Router"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        from starlette.exceptions import HTTPException

        scope["app"] = self  # tells the router that an unknown path is to be raised
        try:
            await self.router(scope, receive, send)
        except HTTPException as problem:
            await (await answering.sorry(self.running, problem))(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What answers the requests of one route: a function from a request to its answer."""

    act: "Callable[[Request], Awaitable[Response]]"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        from starlette.requests import Request

        response = await self.act(Request(scope, receive))
        await response(scope, receive, send)


def app(opened: site.Site) -> App:
    """Make the application of a site. Its own connection lives from its start to its end."""
    from starlette.routing import Mount, Router

    running = lane.Lane(opened)

    @contextlib.asynccontextmanager
    async def life(_app: Any) -> AsyncIterator[None]:
        await running.read(pages.prepare)
        yield
        await running.close()

    # A proxy may hand on the path with or without the prefix that base_url has.
    prefix = urlsplit(opened.config.site.base_url or "").path.rstrip("/")
    counted = limits.Limits(opened.clock.monotonic)
    home = "://".join(urlsplit(opened.config.site.base_url or "")[:2]).removeprefix("://")
    routes = _routes(running, counted, signed.Desk(running, counted, home))
    router = Router(
        [*([Mount(prefix, routes=routes)] if prefix else []), *routes],
        redirect_slashes=False,  # RFC 8058 3.1: a POST is never redirected
        lifespan=life,
    )
    return App(guard.Guard(_Pages(running, router), policy=pages.policy(opened.root)), life)


def _routes(running: lane.Lane, counted: limits.Limits, desks: signed.Desk) -> list[Any]:
    """Every path, and what it shows and does."""
    from starlette.routing import Route

    def form(path: str, show: Show, post: Post, *, one_click: bool = False) -> list[Any]:
        """GET and HEAD show, POST acts; a slash at the end changes nothing."""
        endpoint = _endpoint(running, counted, show, post, one_click)
        return [Route(path + end, endpoint, methods=["GET", "POST"]) for end in ("", "/")]

    def at_desk(path: str, show: signed.Show, post: signed.Post, **more: bool) -> list[Any]:
        """The same for a page that needs an organiser's session."""
        endpoint = _Endpoint(signed.endpoint(desks, show, post, greets=path == "/desk", **more))
        return [Route(path + end, endpoint, methods=["GET", "POST"]) for end in ("", "/")]

    def shown(path: str, show: Callable[[site.Site], pages.Page]) -> Route:
        return Route(path, _shown(running, show), methods=["GET"])

    return [
        # Routes are tried in this order, and providers leave by the thousand.
        *form("/leave/{key}", leaving.show, leaving.post, one_click=True),
        shown("/", home.show),
        shown("/healthz", home.health),
        shown("/icon.svg", lambda opened: pages.icon(opened.root)),
        *form("/join", joining.show, joining.post),
        *form("/join/{key}", joining.show, joining.post),
        *form("/c/{key}", confirming.show, confirming.post),
        *form("/rsvp/{key}", rsvp.show, rsvp.post),
        # The buttons of a mail, each with its answer in front.
        *(
            route
            for answer in rules.ANSWERS
            for route in form(
                f"/rsvp/{{key}}/{answer}",
                functools.partial(rsvp.show, pressed=answer),
                functools.partial(rsvp.post, pressed=answer),
            )
        ),
        Route("/calendar/{key}.ics", _file(running, calendars.show), methods=["GET"]),
        *form("/ask/{key:path}", question.show, question.post),
        *form("/stop/{key}", stopping.show, stopping.post),
        *form("/me", asking.show, asking.post),
        *form("/me/{key}", mypage.show, mypage.post),
        *form("/booth/{key:path}", booth.show, booth.post),
        *form("/door/{key:path}", doors.show, doors.post),
        *(
            shown(f"/{name}", functools.partial(pages.script, name=name))
            for name in ("device.js", "booth.js", "door.js", "worker.js")
        ),
        *_archive(running),
        *at_desk("/desk", desk.show, desk.post),
        *at_desk("/desk/report/{key:path}", report.show, report.post, takes_long=True),
        *at_desk("/desk/poster/{key}", handouts.poster, handouts.post),
        *at_desk("/desk/names/{key}", handouts.names, handouts.post),
        *at_desk("/desk/sheet/{key}", sheets.show, sheets.post, takes_file=True),
        Route("/desk/{key}", _Endpoint(signed.entrance(desks)), methods=["GET", "POST"]),
    ]


def _archive(running: lane.Lane) -> list[Any]:
    """The archive's paths. What stands under a member's token is private and never kept."""
    from starlette.routing import Route

    kept = reading.Kept()

    def read(path: str, show: reading.Show, *, keep: bool = True) -> Route:
        endpoint = reading.endpoint(running, show, kept if keep else None)
        return Route(f"/archive/{{list}}{path}", _Endpoint(endpoint), methods=["GET"])

    return [
        *(
            read(end, lambda opened, at, query: archive.front(opened, at["list"], "", query))
            for end in ("", "/")
        ),
        read("/feed.xml", lambda opened, at, _: archive.feed(opened, at["list"])),
        read("/pictures/{name}", lambda opened, at, _: archive.picture(opened, at["list"], "", at["name"])),
        read("/{name}", lambda opened, at, _: archive.edition(opened, at["list"], "", at["name"])),
        read(
            "/{token}/",
            lambda opened, at, query: archive.front(opened, at["list"], at["token"], query),
            keep=False,
        ),
        read(
            "/{token}/pictures/{name}",
            lambda opened, at, _: archive.picture(opened, at["list"], at["token"], at["name"]),
            keep=False,
        ),
        read(
            "/{token}/{name}",
            lambda opened, at, _: archive.edition(opened, at["list"], at["token"], at["name"]),
            keep=False,
        ),
    ]


def _endpoint(
    running: lane.Lane, counted: limits.Limits, show: Show, post: Post, one_click: bool
) -> _Endpoint:
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

    return _Endpoint(either)


def _file(running: lane.Lane, show: Show) -> _Endpoint:
    """An endpoint that only shows what its path names."""

    async def got(request: "Request") -> "Response":
        key = request.path_params["key"]
        return await answering.answer(running, lambda: running.read(lambda opened: show(opened, key)))

    return _Endpoint(got)


def _shown(running: lane.Lane, show: Callable[[site.Site], pages.Page]) -> _Endpoint:
    """An endpoint that only shows."""

    async def got(_request: "Request") -> "Response":
        return await answering.answer(running, lambda: running.read(show))

    return _Endpoint(got)
