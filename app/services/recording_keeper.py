"""Recordings are kept as long as their queue asks, then deleted: the mark first, then the file.

A mark without `deleted_at` is a deletion that was begun; it is finished at the next look, whatever happened
in between. What is on hold is left alone, and so are recordings that are still being made.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from app.api.ports import Parts
from app.clock import Timer
from app.services.recordings import kept_file
from app.store.errors import StoreError
from app.store.repositories.events import AuditTrail
from app.store.repositories.recordings import Found, Recordings
from app.tasks import end_task

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
BATCH = 100


class RecordingKeeper:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name="recording-keeper")

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await end_task(self._task)

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.look()
            except (StoreError, OSError) as error:
                log.warning("recordings whose time is over wait", error=str(error))
            clock = self._parts.clock
            self._timer = clock.call_at(clock.now() + EVERY, self._woken.set)

    async def look(self) -> int:
        """Delete everything whose time is over; returns how many."""
        await self._finish()
        async with self._parts.database.read() as session:
            days = await Recordings(session).retention()
        now, ended = self._parts.clock.now(), 0
        for queue_id, kept_days in days.items():
            if kept_days is None:
                continue
            others = [each for each in days if each]
            while True:
                async with self._parts.database.read() as session:
                    over = await Recordings(session).over(
                        queue_id or None, others, now - timedelta(days=kept_days), BATCH
                    )
                for found in over:
                    await self._end(found)
                ended += len(over)
                if len(over) < BATCH:
                    break
        await self._finish()
        return ended

    async def _end(self, found: Found) -> None:
        """From now on nobody hears it."""
        now, recording = self._parts.clock.now(), found.recording
        async with self._parts.database.transaction() as session:
            await Recordings(session).mark(recording.recording_id, expired_at=now)
            await AuditTrail(session).add(
                at=now,
                actor=None,
                action="recording.expired",
                subject=recording.recording_id,
                data={"contact_id": recording.contact_id, "queue_id": recording.queue_id},
            )

    async def _finish(self) -> None:
        """Delete the files of those that are over."""
        while True:
            async with self._parts.database.read() as session:
                found = await Recordings(session).to_delete(BATCH)
            for each in found:
                path = kept_file(self._parts.settings.recordings, each.recording.path)
                if path is not None:
                    await asyncio.to_thread(_delete, path)
                async with self._parts.database.transaction() as session:
                    await Recordings(session).mark(
                        each.recording.recording_id, deleted_at=self._parts.clock.now()
                    )
            if len(found) < BATCH:
                return


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)
