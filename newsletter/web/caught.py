"""The demo's window on the mails that its catcher took: a list, and each mail as HTML, as text and as source.

A mail's HTML stands in a sandboxed frame: no script, no form, no request. Its links work, since they lead to this very
demo. Never served by `serve`.
"""

import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter import site
from newsletter.web import app as members
from newsletter.web import pages

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

# The mail's own styles need 'unsafe-inline'; nothing else gets in.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_FIELDS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One caught mail as the pages show it."""

    number: int
    name: str
    address: str
    subject: str
    date: str
    size: int


def app(opened: site.Site, folder: Path, members_pages: members.App) -> "Starlette":
    """The demo's pages: the window under /caught, the members' pages under everything else."""
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route

    def view(make: Callable[[site.Site, Path, int], str]) -> Callable[["Request"], Awaitable["Response"]]:
        async def got(request: "Request") -> "Response":
            return _response(opened, folder, make, int(request.path_params.get("number", 0)))

        return got

    routes = [
        Route("/caught", view(_list)),
        Route("/caught/{number:int}", view(_html)),
        Route("/caught/{number:int}/text", view(_text)),
        Route("/caught/{number:int}/source", view(_source)),
        Mount("/", members_pages),
    ]

    @contextlib.asynccontextmanager
    async def life(_app: "Starlette") -> AsyncIterator[None]:
        async with members_pages.life(members_pages):
            yield

    return Starlette(routes=routes, lifespan=life)


def _response(
    opened: site.Site, folder: Path, make: Callable[[site.Site, Path, int], str], number: int
) -> "Response":
    from starlette.responses import HTMLResponse

    try:
        return HTMLResponse(make(opened, folder, number), 200, _FIELDS)
    except FileNotFoundError:
        return HTMLResponse("<!DOCTYPE html><title>404</title><p>No such mail.", 404, _FIELDS)


def _list(opened: site.Site, folder: Path, _number: int) -> str:
    mails = [_mail(file) for file in sorted(folder.glob("*.eml"))]
    return _page(opened, "caught_list.html", mails=mails, folder=str(folder))


def _html(opened: site.Site, folder: Path, number: int) -> str:
    message = _message(_file(folder, number))
    part = message.get_body(("html",))
    html = part.get_content() if part is not None else ""
    for inner in message.walk():
        name = str(inner.get("Content-ID", "")).strip("<> ")
        if name and inner.get_content_maintype() == "image":
            data = base64.b64encode(inner.get_content()).decode()
            html = html.replace(f"cid:{name}", f"data:{inner.get_content_type()};base64,{data}")
    # Links open beside the frame, which itself goes nowhere.
    framed = html.replace("<head>", '<head><base target="_blank">', 1)
    return _shown(opened, folder, number, "html", framed)


def _text(opened: site.Site, folder: Path, number: int) -> str:
    part = _message(_file(folder, number)).get_body(("plain",))
    return _shown(opened, folder, number, "text", part.get_content() if part is not None else "")


def _source(opened: site.Site, folder: Path, number: int) -> str:
    return _shown(
        opened, folder, number, "source", _file(folder, number).read_bytes().decode("utf-8", "replace")
    )


def _shown(opened: site.Site, folder: Path, number: int, shape: str, content: str) -> str:
    count = len(list(folder.glob("*.eml")))
    return _page(
        opened, "caught_mail.html", mail=_mail(_file(folder, number)), shape=shape, content=content, count=count,
        shapes=["html", "text", "source"],
    )  # fmt: skip


def _page(opened: site.Site, template: str, **values: Any) -> str:
    content = pages.page(opened, template, "en", **values).content
    assert isinstance(content, str)
    return content


def _file(folder: Path, number: int) -> Path:
    """The mail of that number. Raises FileNotFoundError."""
    for file in folder.glob(f"{number:03d}-*.eml"):
        return file
    raise FileNotFoundError(number)


def _mail(file: Path) -> Mail:
    message = _message(file)
    number, _, recipient = file.stem.partition("-")
    to = message["To"].addresses[0] if message["To"] is not None and message["To"].addresses else None
    date = message["Date"].datetime if message["Date"] is not None else None
    return Mail(
        number=int(number),
        name=to.display_name if to else "",
        address=to.addr_spec if to else recipient,
        subject=str(message["Subject"] or ""),
        date=f"{date:%d %b %Y, %H:%M}" if date else "",
        size=file.stat().st_size,
    )


def _message(file: Path) -> EmailMessage:
    found = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert isinstance(found, EmailMessage)
    return found
