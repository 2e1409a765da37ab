"""Pages that are only read and the same for everybody: kept while the database is as it was, and not sent again to who
has them (RFC 9110 13.1.2).
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from newsletter import site
from newsletter.service import archive
from newsletter.web import answering, lane, pages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

KEPT = 256  # pages
KEPT_SECONDS = 20.0  # a meeting ends and an edition's hour comes without a change in the database
LARGEST = 200_000  # octets of a page that is kept

# Path parameters and query in, a page out.
Show = Callable[[site.Site, Mapping[str, str], Mapping[str, str]], pages.Page]


class Kept:
    """The newest pages by their address."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[pages.Page, float]] = {}
        self._version: object = None

    def page(self, opened: site.Site, address: str, make: Callable[[], pages.Page]) -> pages.Page:
        """The page of an address, with its ETag: kept, or made now."""
        version, now = archive.version(opened), opened.clock.monotonic()
        if version != self._version or len(self._pages) >= KEPT:
            self._pages.clear()
            self._version = version
        found = self._pages.get(address)
        if found is not None and now < found[1]:
            return found[0]
        made = _tagged(make())
        if made.status == 200 and len(made.content) <= LARGEST:
            self._pages[address] = (made, now + KEPT_SECONDS)
        return made


def endpoint(running: lane.Lane, show: Show, kept: Kept | None) -> "Callable[[Request], Awaitable[Response]]":
    """An endpoint that shows a page of a path and a query; without `kept` the page is somebody's own."""

    async def got(request: "Request") -> "Response":
        at, query = dict(request.path_params), request.query_params
        address = f"{request.url.path}?{request.url.query}"

        def page(opened: site.Site) -> pages.Page:
            if kept is None:
                return show(opened, at, query)
            made = kept.page(opened, address, lambda: show(opened, at, query))
            return _unchanged(made, request.headers.get("if-none-match", ""))

        return await answering.answer(running, lambda: running.read(page))

    return got


def _tagged(page: pages.Page) -> pages.Page:
    content = page.content.encode() if isinstance(page.content, str) else page.content
    tag = hashlib.sha256(content).hexdigest()[:32]
    return pages.Page(content, page.status, {**page.headers, "etag": f'"{tag}"'}, page.media_type)


def _unchanged(page: pages.Page, known: str) -> pages.Page:
    """The page, or 304 for a visitor who has this very one (a proxy that compresses makes a tag weak)."""
    tags = re.findall(r'(?:W/)?("[^"]*")', known[:1000])
    if page.headers["etag"] in tags or known.strip() == "*":
        return pages.Page(b"", 304, page.headers, page.media_type)
    return page
