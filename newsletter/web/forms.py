"""Read a form that a stranger posts: bounded before it is parsed, in both encodings of HTML (RFC 8058 3.2 wants both)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from newsletter.web import limits

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_LIMIT = 65_536  # octets
FIELD_LIMIT = 100
SECONDS = 10.0
FILE_LIMIT = 20_000_000  # octets of a scan
FILE_SECONDS = 120.0

Form = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who posts, as far as we want to know: a network (never an address), and the counts it is held against. `upload` is the
    name and content of a file, on the pages that take one."""

    network: str
    counted: limits.Limits
    upload: tuple[str, bytes] | None = None


class FormError(Exception):
    """The body cannot be taken: `status` says why (403 from elsewhere, 408 too slow, 413 too large, 400 no form)."""

    def __init__(self, status: int) -> None:
        super().__init__(f"form refused with {status}")
        self.status = status


async def read(request: "Request") -> Form | None:
    """The posted fields, each with all its values; None for an empty body. Raises FormError."""
    body = await _body(request)
    if not body.strip():
        return None
    try:
        if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            return await _multipart(request, body)
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
    except ValueError:
        raise FormError(400) from None
    return _gathered(pairs)


async def read_with_file(request: "Request") -> tuple[Form, tuple[str, bytes] | None]:
    """The fields and the one file (name and content; None when none was chosen) of a multipart form. Raises FormError.

    It takes three hundred times what other forms may hold, so it is for organisers who are signed in.
    """
    from starlette.datastructures import UploadFile

    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read(request) or {}, None
    body = await _body(request, FILE_LIMIT + BODY_LIMIT, FILE_SECONDS)
    found = await _parsed(request, body, max_files=1)
    files = [value for _, value in found if isinstance(value, UploadFile)]
    upload = None
    for one in files:
        content = await one.read()
        await one.close()
        if content and one.filename:
            upload = (one.filename.replace("\\", "/").rpartition("/")[2], content)
    return _gathered([(name, value) for name, value in found if isinstance(value, str)]), upload


async def _body(request: "Request", most: int = BODY_LIMIT, seconds: float = SECONDS) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise FormError(413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise FormError(413)
    except TimeoutError:
        raise FormError(408) from None
    return bytes(body)


async def _multipart(request: "Request", body: bytes) -> Form:
    """The fields of a multipart body. A file among them makes it no form of ours."""
    found = await _parsed(request, body, max_files=0)
    return _gathered([(name, value) for name, value in found if isinstance(value, str)])


async def _parsed(request: "Request", body: bytes, max_files: int) -> list[tuple[str, Any]]:
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        request.headers, once(), max_files=max_files, max_fields=FIELD_LIMIT, max_part_size=BODY_LIMIT
    )
    try:
        return (await parser.parse()).multi_items()
    except (MultiPartException, KeyError, LookupError) as problem:
        raise FormError(400) from problem


def one(form: Form, name: str) -> str:
    """The first value of a field, empty when it is missing."""
    return form.get(name, ("",))[0]


def _gathered(pairs: list[tuple[str, str]]) -> Form:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found
