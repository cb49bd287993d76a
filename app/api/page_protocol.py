"""uvicorn's websocket, which also takes frames that are built already.

A change of the floor is the same bytes for every page that reads it. So the hub builds the frame once, and a
page with nothing in line gets it straight into its transport: no task wakes, nothing is encoded again. A page
whose buffer is full refuses, and its outbox takes over.
"""

from __future__ import annotations

import socket
from asyncio.transports import BaseTransport
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "patchbay.push"
"""In the ASGI scope's extensions: a `Push` of this connection."""
UNSENT_BYTES_MAX = 4 * 1024
"""What a page that does not read may keep in our memory before its outbox is told to wait."""
SEND_BUFFER_BYTES = 16 * 1024
"""The kernel's share of it, which would otherwise grow to megabytes."""


class PageProtocol(WebSocketsSansIOProtocol):
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNSENT_BYTES_MAX)
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            cast("dict[str, Any]", scope["extensions"])[EXTENSION] = self.push

    def push(self, frame: bytes) -> bool:
        """Send a whole frame now. False: not now, and nothing was sent."""
        if self.disconnected or self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
