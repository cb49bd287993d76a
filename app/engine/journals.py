"""Telling the back ends what is committed, and asking again for what was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

import structlog

from app.engine.inbox import Inbox

_log = structlog.get_logger(__name__)


class BackEnds(Protocol):
    """What the engine asks of the telephony back ends, by name."""

    async def acknowledge(self, backend: str, sequence: int) -> None:
        """Events up to `sequence` are committed and may be forgotten."""

    async def redeliver(self, backend: str, acknowledged: int) -> None:
        """Deliver every event after `acknowledged` again, in order, to a new `Engine.sink`."""


class NoBackEnds:
    """For domains without telephony: nobody keeps a journal."""

    async def acknowledge(self, backend: str, sequence: int) -> None: ...

    async def redeliver(self, backend: str, acknowledged: int) -> None: ...


class Journals:
    """Runs beside the loop, one conversation at a time for each back end; only the latest counts."""

    def __init__(self, back_ends: BackEnds, inbox: Inbox) -> None:
        self._back_ends = back_ends
        self._inbox = inbox
        self.positions: dict[str, int] = {}
        """The last committed event of each back end."""
        self._told: dict[str, int] = {}
        self._talking: dict[str, asyncio.Task[None]] = {}

    def restore(self, positions: Mapping[str, int]) -> None:
        self.positions.update(positions)

    def committed(self, positions: Mapping[str, int]) -> None:
        """A batch that carried events up to `positions` is committed."""
        for backend, position in positions.items():
            self.positions[backend] = max(position, self.positions.get(backend, 0))
            self._talk(backend)
        for backend in self._inbox.to_redeliver():
            self._talk(backend)

    async def settled(self) -> None:
        """Until nobody is being talked to."""
        while self._talking:
            await asyncio.wait(self._talking.values())

    async def close(self) -> None:
        for task in self._talking.values():
            task.cancel()
        await asyncio.gather(*self._talking.values(), return_exceptions=True)

    def _talk(self, backend: str) -> None:
        if backend not in self._talking:
            self._talking[backend] = asyncio.create_task(self._conversation(backend))

    async def _conversation(self, backend: str) -> None:
        try:
            while (position := self.positions.get(backend, 0)) > self._told.get(backend, 0):
                await self._back_ends.acknowledge(backend, position)
                self._told[backend] = position
            if backend in self._inbox.to_redeliver():
                await self._back_ends.redeliver(backend, position)
        except Exception as error:
            # A back end that is down forgets nothing: the next commit tells it.
            _log.warning("engine.back_end_not_told", backend=backend, error=str(error))
        finally:
            del self._talking[backend]
