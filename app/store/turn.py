"""Whose turn it is to write to SQLite."""

from __future__ import annotations

import asyncio
from collections import deque


class WriteTurn:
    """One writer at a time within this process; the engine goes before waiting requests.

    SQLite would make the second writer poll with pauses; here it is woken the moment the first is done.
    Requests are not starved: the engine asks for its next turn only after it has handled the next batch.
    """

    def __init__(self) -> None:
        self._taken = False
        self._engines: deque[asyncio.Future[None]] = deque()
        self._requests: deque[asyncio.Future[None]] = deque()

    async def acquire(self, *, engine: bool) -> None:
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._engines if engine else self._requests).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise

    def release(self) -> None:
        for queue in (self._engines, self._requests):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
