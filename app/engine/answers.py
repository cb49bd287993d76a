"""Who waits for the answer to which command, and what was answered lately."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from app.engine.commit import CommandResult

RECENT_MAX = 10_000


class Answers:
    """Everyone who sends one client id gets one and the same answer.

    Recent answers are kept in memory, so that a command costs no reading. An older id is noticed by the
    database when its second answer is to be written; `BatchWriter` then gives out the first.
    """

    def __init__(self, recent_max: int = RECENT_MAX) -> None:
        self._waiting: dict[str, asyncio.Future[CommandResult]] = {}
        self._recent: OrderedDict[str, CommandResult] = OrderedDict()
        self._recent_max = recent_max

    def known(self, client_id: str) -> asyncio.Future[CommandResult] | None:
        """The answer, or the promise of it; None when the id is new here."""
        if client_id in self._waiting:
            return self._waiting[client_id]
        result = self._recent.get(client_id)
        if result is None:
            return None
        answered: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        answered.set_result(result)
        return answered

    def expect(self, client_id: str) -> asyncio.Future[CommandResult]:
        """The promise of an answer to a command that is about to be queued."""
        promise: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        self._waiting[client_id] = promise
        return promise

    def forget(self, client_id: str) -> None:
        """The command was not queued after all."""
        self._waiting.pop(client_id, None)

    def remember(self, results: Iterable[CommandResult]) -> None:
        """Answers given before this process began, oldest first."""
        for result in results:
            self.give(result)

    def give(self, result: CommandResult) -> None:
        """Answer whoever waits, now that the result is committed."""
        self._recent[result.client_id] = result
        if len(self._recent) > self._recent_max:
            self._recent.popitem(last=False)
        promise = self._waiting.pop(result.client_id, None)
        if promise is not None and not promise.done():
            promise.set_result(result)

    def break_off(self, error: Exception) -> None:
        """Nobody will be answered any more. Sending the same id to the next owner is safe."""
        for promise in self._waiting.values():
            if not promise.done():
                promise.set_exception(error)
                promise.exception()  # looked at: whoever waited may be gone
        self._waiting.clear()
