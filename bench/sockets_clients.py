"""Thousands of light websocket clients in one process: `python -m bench.sockets_clients PORT`.

Handshakes by hand, then one epoll loop that takes what arrives and notes how old it is. Commands are lines of
JSON on standard input: `connect` (paths, and whether they read at all), `report`.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
from collections import Counter
from typing import Any

from telephony.clock import monotonic

SENT_AT = re.compile(rb'"at":\s*"(\d+\.\d+)"')
READ_BYTES = 1 << 16
TAIL_BYTES = 40
"""Of what was read last, in case the instant was cut in two."""
STALLED_BUFFER_BYTES = 4096
TICK_MS = 0.1
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Clients:
    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._reading: dict[int, socket.socket] = {}
        self._tails: dict[int, bytes] = {}
        self._stalled: list[socket.socket] = []
        self.ages: Counter[int] = Counter()
        """Ticks of `TICK_MS` -> deliveries of that age."""
        self.closed = 0

    def connect(self, paths: list[str], stalled: bool) -> None:
        for path in paths:
            sock = socket.socket()
            if stalled:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER_BYTES)
            sock.connect(("127.0.0.1", self._port))
            sock.sendall(HANDSHAKE.format(path=path).encode())
            head = b""
            while b"\r\n\r\n" not in head:
                more = sock.recv(1 if stalled else READ_BYTES)
                if not more:
                    raise RuntimeError(f"the server refuses: {head.decode()[:200]}")
                head += more
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(f"the server refuses: {head.decode()[:200]}")
            if stalled:
                self._stalled.append(sock)
                continue
            sock.setblocking(False)
            self._reading[sock.fileno()] = sock
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def serve(self) -> None:
        stdin = sys.stdin.fileno()
        self._poll.register(stdin, select.EPOLLIN)
        while True:
            for descriptor, _ in self._poll.poll(1.0, 512):
                if descriptor != stdin:
                    self._read(descriptor)
                elif line := sys.stdin.readline():
                    self._answer(json.loads(line))
                else:
                    return

    def _read(self, descriptor: int) -> None:
        sock = self._reading[descriptor]
        try:
            data = sock.recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._poll.unregister(descriptor)
            del self._reading[descriptor]
            sock.close()
            self.closed += 1
            return
        now_s = monotonic()
        data = self._tails.pop(descriptor, b"") + data
        end = 0
        for found in SENT_AT.finditer(data):
            self.ages[int((now_s - float(found[1])) * 1000 / TICK_MS)] += 1
            end = found.end()
        # A frame ends well after its instant, so an instant can only be cut near the end of what was read.
        if data.rfind(b'"at"') > end or len(data) - end < TAIL_BYTES:
            self._tails[descriptor] = data[max(end, len(data) - TAIL_BYTES) :]

    def _answer(self, ask: dict[str, Any]) -> None:
        answer: dict[str, Any] = {}
        if ask["do"] == "connect":
            self.connect(ask["paths"], ask["stalled"])
        else:
            answer = {"ages": dict(self.ages), "closed": self.closed, "tick_ms": TICK_MS}
            self.ages.clear()
            self.closed = 0
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    Clients(int(sys.argv[1])).serve()
