"""What waits to be sent to one page: bounded, coalesced, and given up when the page stays behind.

The hub puts messages in, one writer task takes them out. Nothing here does I/O.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Message = Mapping[str, Any]
"""A prebuilt ASGI message, its `frame` beside it. One object is sent to every reader of a topic."""

MESSAGES_MAX = 64
"""More deltas than this waiting for one page become one snapshot."""
CHARACTERS_MAX = 48 * 1024
"""Likewise by size, so that a stalled page costs little memory."""
DIRECT_MAX = 16
"""Answers and notices to this page alone. More of them waiting means that nobody reads."""
BEHIND_S_MAX = 10.0
"""A page that has not caught up for so long is disconnected."""

CLOSE_GOING_AWAY = 1001
CLOSE_POLICY = 1008
CLOSE_ERROR = 1011
CLOSE_BEHIND = 1013


Push = Callable[[bytes], bool]
"""Takes a whole websocket frame and sends it at once; False when it cannot, and then it sent nothing."""


def text_message(text: str) -> Message:
    """The message, and beside it the frame it becomes, which is the same for every page."""
    return {"type": "websocket.send", "text": text, "frame": text_frame(text.encode())}


def text_frame(payload: bytes) -> bytes:
    """A server's text frame: whole, unmasked. Source: RFC 6455, 5.2."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def _no_push(frame: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Delta:
    topic: str
    message: Message
    size: int


@dataclass(frozen=True, slots=True)
class _SnapshotDue:
    """The page needs the whole topic, as it is when its turn comes."""

    topic: str


@dataclass(frozen=True, slots=True)
class _Direct:
    message: Message
    name: str | None


class Outbox:
    """The outgoing side of one page.

    Args:
        render: Makes the snapshot message of a topic at the moment it is sent; None when the topic is gone.
        time: Seconds of the event loop, to judge how long the page is behind.
    """

    def __init__(self, render: Callable[[Outbox, str], Message | None], time: Callable[[], float]) -> None:
        self._render = render
        self._time = time
        self._waiting: deque[_Delta | _SnapshotDue | _Direct] = deque()
        self._characters = 0
        self._deltas = 0
        self._direct = 0
        self._due: set[str] = set()
        self._wake = asyncio.Event()
        self._behind_since_s: float | None = None
        self._idle = True
        self._last: tuple[int, str] | None = None
        self.push: Push = _no_push
        """Set by the socket once it is open, if its transport can take whole frames."""
        self.on_close: Callable[[], None] = lambda: None
        """Called once, when `closing` is set."""
        self.closing: tuple[int, str] | None = None
        """Code and reason once the socket is to be closed."""

    @property
    def depth(self) -> int:
        return len(self._waiting)

    # --- the hub's side ---

    def put_delta(self, topic: str, message: Message, size: int) -> None:
        """Queue one prebuilt delta, or fold it into the snapshot that is due anyway."""
        if self.closing is not None or (self._idle and self.push(message["frame"])):
            return
        if self._stays_behind():
            self.close(CLOSE_BEHIND, "This page reads too slowly. It connects again with the whole state.")
            return
        if topic in self._due:
            return
        if self._deltas >= MESSAGES_MAX or self._characters + size > CHARACTERS_MAX:
            self.need_snapshot(topic)
            return
        self._deltas += 1
        self._characters += size
        self._append(_Delta(topic, message, size))

    def need_snapshot(self, topic: str) -> None:
        """Send the whole topic instead of what waits of it."""
        if self.closing is not None or topic in self._due:
            return
        self.forget(topic)
        self._due.add(topic)
        self._append(_SnapshotDue(topic))

    def put_direct(self, message: Message, name: str | None = None) -> None:
        """Queue an answer or a notice for this page alone. A newer one of the same `name` replaces it."""
        if self.closing is not None or (self._idle and self.push(message["frame"])):
            return
        if name is not None:
            for place, entry in enumerate(self._waiting):
                if isinstance(entry, _Direct) and entry.name == name:
                    self._waiting[place] = _Direct(message, name)
                    return
        if self._direct >= DIRECT_MAX:
            self.close(CLOSE_BEHIND, "This page does not read what it asks for.")
            return
        self._direct += 1
        self._append(_Direct(message, name))

    def forget(self, topic: str) -> None:
        """Drop what waits of a topic."""
        self._due.discard(topic)
        kept: deque[_Delta | _SnapshotDue | _Direct] = deque()
        for entry in self._waiting:
            if isinstance(entry, _Direct) or entry.topic != topic:
                kept.append(entry)
            elif isinstance(entry, _Delta):
                self._deltas -= 1
                self._characters -= entry.size
        self._waiting = kept

    def close(self, code: int, reason: str) -> None:
        """Nothing more goes out; the writer ends and the socket is closed with `code`."""
        if self.closing is None:
            self.closing = (code, reason)
            self._waiting.clear()
            self._due.clear()
            self._wake.set()
            self.on_close()

    def finish(self, code: int, reason: str) -> None:
        """Close with `code` once everything that waits is sent."""
        self._last = (code, reason)
        if self._idle:
            self.close(code, reason)

    # --- the writer's side ---

    def take(self) -> Message | None:
        """The next message to send; None when everything is sent."""
        while self._waiting:
            entry = self._waiting.popleft()
            if isinstance(entry, _Direct):
                self._direct -= 1
                return entry.message
            if isinstance(entry, _Delta):
                self._deltas -= 1
                self._characters -= entry.size
                return entry.message
            self._due.discard(entry.topic)
            message = self._render(self, entry.topic)
            if message is not None:
                return message
        self._idle = True
        self._behind_since_s = None
        if self._last is not None:
            self.close(*self._last)
        return None

    async def wait(self) -> None:
        """Until there may be something to take, or the box is closed."""
        if not self._waiting and self.closing is None:
            self._wake.clear()
            await self._wake.wait()

    # --- inside ---

    def _append(self, entry: _Delta | _SnapshotDue | _Direct) -> None:
        if self._idle:
            self._idle = False
            self._behind_since_s = self._time()
        self._waiting.append(entry)
        self._wake.set()

    def _stays_behind(self) -> bool:
        return self._behind_since_s is not None and self._time() - self._behind_since_s > BEHIND_S_MAX
