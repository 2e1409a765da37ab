"""HTTP as uvicorn speaks it through httptools, with a limit on the head of a request, which it lacks."""

import asyncio


def bounded(limit: int) -> type[asyncio.Protocol]:
    """The protocol of a connection whose request head has at most about `limit` octets; with more, it is closed.

    httptools keeps the fields of an unfinished head in memory for as long as they come, so they are counted here. It
    parses in C what h11 parses in Python: a third of what a one-click leave costs.
    """
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Bounded(HttpToolsProtocol):
        head = 0  # octets since the last complete head, while none is complete
        in_head = True

        def on_message_begin(self) -> None:
            self.head, self.in_head = 0, True
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self.in_head = False
            super().on_headers_complete()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.head = self.head + len(data) if self.in_head else 0
            if self.head > limit and not self.transport.is_closing():
                self.send_400_response("The head of this request is too large")

    return Bounded
