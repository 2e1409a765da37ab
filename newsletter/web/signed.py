"""Pages that need an organiser's session: the cookie, the token that each of their forms carries, and who may post.

A page is `show(site, signed, key)`, which changes nothing, and `post(site, signed, key, form, visit)`, whose site has the
organiser as the one who acts. Without a session a visitor gets the sign-in form, whatever the path.
"""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter import site
from newsletter.service import sessions
from newsletter.web import answering, forms, lane, limits, pages, signing_in

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# With this prefix a browser takes the cookie from this very host over TLS only, and hands it to no other.
COOKIE = "__Host-desk"
FORM_TOKEN = "form_token"
_FIELDS = "Path=/; Secure; HttpOnly; SameSite=Strict"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in in this browser. `form_token` stands in every form: another site cannot know it."""

    session: sessions.Session
    form_token: str


Show = Callable[[site.Site, Signed, str], pages.Page]
Post = Callable[[site.Site, Signed, str, forms.Form, forms.Visit], pages.View]
Endpoint = Callable[["Request"], Awaitable["Response"]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages of the desk share. `home` is the origin of base_url, empty where there is none."""

    running: lane.Lane
    counted: limits.Limits
    home: str


def endpoint(
    desk: Desk, show: Show, post: Post, *, greets: bool = False, takes_long: bool = False, takes_file: bool = False,
) -> Endpoint:  # fmt: skip
    """An endpoint of the desk. One that `greets` shows strangers the sign-in form as its own page; the others are closed
    to them, whether what they ask for exists or not. One that `takes_long` is made while others are answered, one that `takes_file`
    reads a scan, of whoever is signed in."""

    async def got(request: "Request") -> pages.Page:
        key, secret = request.path_params.get("key", ""), cookie(request)

        signed: Signed | None = await desk.running.read(lambda opened: find(opened, secret))
        if signed is None:
            closed: pages.Page = await desk.running.read(
                lambda opened: signing_in.show(opened, 200 if greets else 403)
            )
            return closed
        look = desk.running.aside if takes_long else desk.running.read
        page: pages.Page = await look(lambda opened: show(opened, signed, key))
        return page

    async def posted(request: "Request") -> pages.Page:
        key, secret, upload = request.path_params.get("key", ""), cookie(request), None
        if takes_file and await desk.running.read(lambda opened: find(opened, secret)):
            refuse_foreign(request, desk.home)
            form, upload = await forms.read_with_file(request)
        else:
            form = await read(request, desk.home)
        network = limits.network(request.client.host if request.client else "")
        visit = forms.Visit(network, desk.counted, upload)

        def act(opened: site.Site) -> pages.View:
            signed = find(opened, secret)
            if signed is None:
                return signing_in.post(opened, form, visit)
            if not hmac.compare_digest(signed.form_token.encode(), forms.one(form, FORM_TOKEN).encode()):
                raise forms.FormError(403)
            return post(sessions.acting(opened, signed.session), signed, key, form, visit)

        page: pages.Page = await desk.running.write(act)
        return page

    async def either(request: "Request") -> "Response":
        act = posted if request.method == "POST" else got
        return await answering.answer(desk.running, lambda: act(request))

    return either


def entrance(desk: Desk) -> Endpoint:
    """The endpoint of the link in the mail: a page with one button, whose press begins a session."""

    async def got(request: "Request") -> pages.Page:
        token = request.path_params["key"]
        page: pages.Page = await desk.running.read(lambda opened: signing_in.enter_page(opened, token))
        return page

    async def posted(request: "Request") -> pages.Page:
        token, before, form = request.path_params["key"], cookie(request), await read(request, desk.home)
        page: pages.Page = await desk.running.write(
            lambda opened: signing_in.enter(opened, token, form, before, fresh_cookie)
        )
        return page

    async def either(request: "Request") -> "Response":
        act = posted if request.method == "POST" else got
        return await answering.answer(desk.running, lambda: act(request))

    return either


async def read(request: "Request", home: str) -> forms.Form:
    """The form, refused when a browser says that any other site made it post. Raises FormError."""
    refuse_foreign(request, home)
    return await forms.read(request) or {}


def refuse_foreign(request: "Request", home: str) -> None:
    """Refuse what any other site made a browser post. Raises FormError."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise forms.FormError(403)
    # Our pages send no referrer, and so browsers write "null" here.
    if request.headers.get("origin", "null") not in ("null", home or "null"):
        raise forms.FormError(403)


def find(opened: site.Site, secret: bytes) -> Signed | None:
    """Who shows this secret, or None."""
    session = sessions.find(opened, secret)
    return Signed(session, hmac.digest(secret, b"form", "sha256").hex()) if session else None


def cookie(request: "Request") -> bytes:
    """The secret that a browser shows; empty when there is none, or nothing that we could have set."""
    try:
        return base64.b64decode(
            request.cookies.get(COOKIE, "").encode("ascii"), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        return b""


def fresh_cookie(secret: bytes) -> str:
    """The field that gives a browser its secret, until it is closed."""
    return f"{COOKIE}={base64.urlsafe_b64encode(secret).decode()}; {_FIELDS}"


def no_cookie() -> str:
    """The field that takes it away."""
    return f"{COOKIE}=; {_FIELDS}; Max-Age=0"
