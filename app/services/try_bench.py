"""Where tries run: each in a process of its own, one after another, so that no call waits for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog

from app.api import models_simulation as wire
from app.errors import Conflict, NotFound
from app.services.virtual_day import Job

log = structlog.get_logger(__name__)

RUNNING_MAX = 1
WAITING_MAX = 4
KEPT_MAX = 30
"""Older tries are forgotten."""
LINE_BYTES_MAX = 16 * 1024 * 1024

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class TooManyTries(Conflict):
    code = "too_many_tries"
    title = "Busy"

    def __str__(self) -> str:
        return f"{RUNNING_MAX + WAITING_MAX} tries run or wait already. Cancel one, or wait for one to end."


@dataclass(slots=True, kw_only=True)
class Try:
    try_id: str
    asked: wire.TryAsked
    by: str
    started_at: datetime
    changed: list[str]
    state: State = "waiting"
    progress: float = 0.0
    trouble: str = ""
    result: wire.TryResult | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def view(self) -> wire.TryView:
        return wire.TryView(
            try_id=self.try_id,
            state=self.state,
            progress=self.progress,
            asked=self.asked,
            by=self.by,
            started_at=self.started_at,
            changed=self.changed,
            trouble=self.trouble,
            result=self.result,
        )


class TryBench:
    """All tries of this server. They are kept in memory: a try can always be run again."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, Try] = OrderedDict()
        self._turn = asyncio.Semaphore(RUNNING_MAX)

    def all(self) -> list[Try]:
        """Newest first."""
        return list(reversed(self._tries.values()))

    def find(self, try_id: str) -> Try:
        """Raises: NotFound."""
        found = self._tries.get(try_id)
        if found is None:
            raise NotFound("try", try_id)
        return found

    def start(self, one: Try, job: Job) -> None:
        """Raises: TooManyTries."""
        if sum(each.state in ("waiting", "running") for each in self._tries.values()) >= (
            RUNNING_MAX + WAITING_MAX
        ):
            raise TooManyTries
        self._tries[one.try_id] = one
        while len(self._tries) > KEPT_MAX:
            self._tries.popitem(last=False)
        one.task = asyncio.create_task(self._run(one, job), name=f"try {one.try_id}")

    async def cancel(self, one: Try) -> None:
        if one.task is not None and not one.task.done():
            one.task.cancel()
            await asyncio.gather(one.task, return_exceptions=True)

    async def close(self) -> None:
        for one in self._tries.values():
            await self.cancel(one)

    async def _run(self, one: Try, job: Job) -> None:
        try:
            async with self._turn:
                one.state = "running"
                await self._carry_out(one, job)
        except asyncio.CancelledError:
            one.state = "cancelled"
            raise
        except Exception:
            log.exception("a try failed", try_id=one.try_id)
            one.state, one.trouble = "failed", "The run broke off. Run it again; the log says more."
        else:
            if one.trouble or one.result is None:
                one.state = "failed"
                one.trouble = one.trouble or "The run broke off. Run it again; the log says more."
            else:
                one.state, one.progress = "done", 1.0

    async def _carry_out(self, one: Try, job: Job) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app.services.simulation_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(await asyncio.to_thread(pickle.dumps, job))
                await process.stdin.drain()
                process.stdin.close()
            async for line in process.stdout:
                _take(one, json.loads(line))
            await process.wait()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def _take(one: Try, message: dict[str, object]) -> None:
    if "progress" in message:
        one.progress = float(str(message["progress"]))
    if "trouble" in message:
        one.trouble = str(message["trouble"])
    if "result" in message:
        one.result = wire.TryResult.model_validate(message["result"])
