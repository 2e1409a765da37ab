"""What surrounds every page: oversized header fields are refused, and every answer carries the same careful fields."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER_LIMIT = 16_384  # octets of header fields


class Guard:
    """Refuse oversized header fields, and put the same careful fields on every answer that does not bring its own."""

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
                own = list(message.get("headers", []))
                named = {name for name, _ in own}
                message = {**message, "headers": [*own, *(one for one in self.fields if one[0] not in named)]}
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_LIMIT:
            await _too_large()(scope, receive, sending)
        else:
            await self.app(scope, receive, sending)


def _too_large() -> "ASGIApp":
    from starlette.responses import PlainTextResponse

    return PlainTextResponse("Request header fields too large\n", 431)
