"""From an act to an HTTP answer: the page it makes, or the page that says what went wrong.

Never a false 200, and nothing that tells one wrong token from another.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from newsletter.core import errors
from newsletter.web import forms, lane, limits, pages

if TYPE_CHECKING:
    from starlette.responses import Response

log = logging.getLogger("newsletter.web")


async def answer(running: lane.Lane, act: Callable[[], Awaitable[pages.Page]]) -> "Response":
    """Do the act and answer with its page; whatever it raises becomes a page too."""
    from starlette.requests import ClientDisconnect

    try:
        return response(await act())
    except ClientDisconnect:
        raise
    except Exception as problem:
        return await sorry(running, problem)


async def sorry(running: lane.Lane, problem: Exception) -> "Response":
    """Translate an error into a page."""
    name, status, headers = _translated(problem)
    if name == "broken":
        # The traceback names code, not values; what was asked for stays out of the log.
        log.error("a page failed: %s", type(problem).__name__, exc_info=problem.__traceback__ and problem)
    elif name == "busy":
        log.error("a page could not be answered: %s", problem)
    try:
        return response(await running.read(lambda opened: pages.error_page(opened, name, status, headers)))
    except errors.StorageError:
        return response(
            pages.Page("<!DOCTYPE html><title>503</title><p>Please try again soon.", 503, headers)
        )


_FORM_PAGES = {403: "foreign", 408: "slow", 413: "large"}


def _translated(problem: Exception) -> tuple[str, int, dict[str, str]]:
    """The page's name, the status and the header fields for an error."""
    from starlette.exceptions import HTTPException

    if isinstance(problem, HTTPException):
        name = {404: "missing", 405: "method"}.get(problem.status_code, "form")
        return name, problem.status_code, dict(problem.headers or {})
    if isinstance(problem, forms.FormError):
        return _FORM_PAGES.get(problem.status, "form"), problem.status, {}
    if isinstance(problem, limits.LimitError):
        return "often", 429, {"retry-after": str(math.ceil(problem.seconds))}
    if isinstance(problem, errors.NotFoundError):
        return "missing", 404, {}
    if isinstance(problem, errors.StorageError):
        return "busy", 503, {"retry-after": "30"}
    if isinstance(problem, errors.InputError):
        return "form", 400, {}
    if isinstance(problem, errors.RefusedError):
        return "refused", 409, {}
    return "broken", 500, {}


def response(page: pages.Page) -> "Response":
    """The answer that carries a page."""
    from starlette.responses import Response

    return Response(page.content, page.status, dict(page.headers), page.media_type)
