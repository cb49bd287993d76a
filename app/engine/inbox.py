"""What waits to be handled, bounded. Commands are refused when it is full; telephony never loses any."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

import structlog

from app.engine.commit import CommandInput, EffectSettled, Input, Observation, SnapshotInput, TelephonyInput
from app.engine.limits import EngineBusy, Limits

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Journal:
    """How far the journal of one back end has come in."""

    taken: int
    open: bool = True
    """False after an event was refused, until the journal begins anew: none may overtake it."""


class Inbox:
    """One queue in order of arrival, with a bound of its own for each kind of sender.

    Telephony events beyond the bound are refused with all that follow from that back end. They are still
    in its journal, so it is asked to deliver again once there is room (`to_redeliver`).
    """

    def __init__(self, limits: Limits) -> None:
        self._bounds = {
            CommandInput: limits.commands_max,
            Observation: limits.observations_max,
            SnapshotInput: limits.observations_max,
            TelephonyInput: limits.telephony_max,
        }
        self._waiting: deque[Input] = deque()
        self._counts: dict[type, int] = dict.fromkeys((*self._bounds, EffectSettled), 0)
        self._journals: dict[str, _Journal] = {}
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put_command(self, command: CommandInput) -> None:
        """Queue a command.

        Raises:
            EngineBusy: too many wait already.
        """
        if self._full(CommandInput):
            raise EngineBusy(len(self._waiting))
        self._put(command)

    async def put_observation(self, observation: Observation | SnapshotInput) -> None:
        """Queue an observation as soon as there is room for it."""
        while self._full(type(observation)):
            self._drained.clear()
            await self._drained.wait()
        self._put(observation)

    def put_settled(self, settled: EffectSettled) -> None:
        """Queue an answer. Their number is bounded by the effects in flight."""
        self._put(settled)

    def put_telephony(self, event: TelephonyInput) -> bool:
        """Queue an event of a back end. False when it must be delivered again later.

        An event that was taken before is dropped: it was delivered twice. Numbers may be left out: a
        journal forgets what no longer matters.
        """
        journal = self._journals.setdefault(event.backend, _Journal(taken=0))
        if event.sequence <= journal.taken:
            return True
        if not journal.open:
            return False
        if self._full(TelephonyInput):
            _log.warning("engine.telephony_refused", backend=event.backend, sequence=event.sequence)
            journal.open = False
            return False
        journal.taken = event.sequence
        self._put(event)
        return True

    def start_journal(self, backend: str, acknowledged: int) -> None:
        """Everything of `backend` after `acknowledged` is about to be delivered."""
        taken = self._journals[backend].taken if backend in self._journals else 0
        self._journals[backend] = _Journal(taken=max(taken, acknowledged))

    def to_redeliver(self) -> list[str]:
        """Back ends that were refused and can be taken in again now that there is room."""
        if self._counts[TelephonyInput] * 2 > self._bounds[TelephonyInput]:
            return []
        return [backend for backend, journal in self._journals.items() if not journal.open]

    def taken(self, backend: str) -> int:
        """The last event of `backend` that came in."""
        return self._journals[backend].taken if backend in self._journals else 0

    def take(self, limit: int) -> list[Input]:
        """The next inputs in order of arrival, at most `limit`."""
        batch = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
        for each in batch:
            self._counts[type(each)] -= 1
        if batch:
            self._drained.set()
        if not self._waiting:
            self._filled.clear()
        return batch

    def wake(self) -> None:
        """Let `wait` return although nothing was put in."""
        self._filled.set()

    async def wait(self) -> None:
        """Until there is something to take, or `wake`."""
        await self._filled.wait()
        if not self._waiting:
            self._filled.clear()

    def _full(self, kind: type) -> bool:
        return self._counts[kind] >= self._bounds[kind]

    def _put(self, one: Input) -> None:
        self._counts[type(one)] += 1
        self._waiting.append(one)
        self._filled.set()
