"""Keeps the telephony back ends attached to the engine: control, events, a snapshot after each break."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from app.engine.commit import Observation, SnapshotInput
from app.engine.domain import LinkObserved
from app.engine.loop import Engine
from telephony.port import (
    BackendDown,
    Event,
    LinkChanged,
    QualityReported,
    Snapshot,
    TelephonyPort,
    Unsupported,
)

log = structlog.get_logger(__name__)

RETRY_S = 0.25
"""Between tries to reach a back end at the start."""


class Attachable(TelephonyPort, Protocol):
    """A back end that tells what is live at any time, not only at the start."""

    async def snapshot(self) -> Snapshot: ...


class BackEndLinks:
    """See `app.engine.journals.BackEnds`. One per control process."""

    def __init__(
        self,
        back_ends: Mapping[str, Attachable],
        on_quality: Callable[[str, QualityReported], None],
    ) -> None:
        self._back_ends = back_ends
        self._on_quality = on_quality
        self._engine: Engine | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._up: dict[str, bool] = dict.fromkeys(back_ends, False)
        self._why: dict[str, str] = dict.fromkeys(back_ends, "not connected yet")

    def open(self, engine: Engine) -> None:
        """Begin to attach each back end; those that do not answer are tried again and again."""
        self._engine = engine
        for back_end in self._back_ends.values():
            self._run(self._attach(back_end))

    async def close(self) -> None:
        """Let go; live calls go on."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for back_end in self._back_ends.values():
            with contextlib.suppress(BackendDown):
                await back_end.close()

    def trouble(self, name: str) -> str | None:
        """What is wrong with a back end, in words; None when it answers."""
        return None if self._up[name] else f"{name}: {self._why[name]}"

    # --- for the engine ---

    async def acknowledge(self, backend: str, sequence: int) -> None:
        await self._back_ends[backend].acknowledge(sequence)

    async def redeliver(self, backend: str, acknowledged: int) -> None:
        assert self._engine is not None
        back_end = self._back_ends[backend]
        await back_end.close()
        await self._begin(back_end, acknowledged)

    # --- attaching ---

    async def _attach(self, back_end: Attachable) -> None:
        assert self._engine is not None
        while True:
            try:
                await self._begin(back_end, self._engine.acknowledged(back_end.name))
            except BackendDown as down:
                if self._why[back_end.name] != down.reason:
                    log.warning("a back end does not answer yet", backend=back_end.name, reason=down.reason)
                self._why[back_end.name] = down.reason
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _begin(self, back_end: Attachable, acknowledged: int) -> None:
        assert self._engine is not None
        sink = self._engine.sink(back_end.name)

        def take(sequence: int, at: datetime, event: Event) -> None:
            if isinstance(event, QualityReported):
                self._on_quality(event.leg_id, event)
            elif isinstance(event, LinkChanged):
                self._link_changed(back_end, event)
                return
            sink(sequence, at, event)

        snapshot = await back_end.start(take, epoch=self._engine.epoch, acknowledged=acknowledged)
        self._up[back_end.name] = True
        await self._engine.tell(SnapshotInput(backend=back_end.name, snapshot=snapshot))

    def _link_changed(self, back_end: Attachable, event: LinkChanged) -> None:
        self._up[back_end.name] = event.up
        self._why[back_end.name] = event.reason
        self._run(self._tell_link(back_end, event))

    async def _tell_link(self, back_end: Attachable, event: LinkChanged) -> None:
        assert self._engine is not None
        seen = LinkObserved(backend=back_end.name, up=event.up, reason=event.reason)
        await self._engine.tell(Observation(body=seen))
        if event.up:
            with contextlib.suppress(BackendDown, Unsupported):
                snapshot = await back_end.snapshot()
                await self._engine.tell(SnapshotInput(backend=back_end.name, snapshot=snapshot))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
