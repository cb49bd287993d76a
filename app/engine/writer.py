"""From inputs to one transaction: the domain decides, the store writes, and what fails is set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import structlog

from app.clock import Clock, monotonic
from app.engine.commit import (
    Batch,
    CommandInput,
    CommandResult,
    Domain,
    EffectRow,
    EffectSettled,
    Input,
    Loaded,
    TelephonyInput,
)
from app.engine.effects import settlement_of
from app.engine.lease import Lease
from app.engine.limits import EngineStats, ResultMissing
from app.engine.parking import parking
from app.store.engine import BatchWrite, EngineStore, Parked, RecoveredEffects, Settlement
from app.store.errors import LeaseLost, StoreUnavailable

Result = TypeVar("Result")

RETRY_PAUSE_S = 0.2
"""Between tries while the database does not answer."""

_log = structlog.get_logger(__name__)


class BatchWriter:
    """Owns the domain. Each batch is written exactly once, or found out to be impossible.

    When the domain raises or the database refuses a batch, the domain is discarded and rebuilt from
    the store, and the inputs are replayed one by one, each in a transaction of its own. Those that fail
    alone are parked with an alarm.
    """

    def __init__(
        self,
        *,
        store: EngineStore,
        lease: Lease,
        clock: Clock,
        new_id: Callable[[str], str],
        make_domain: Callable[[], Awaitable[Domain]],
        stats: EngineStats,
        done: Callable[[BatchWrite, int], None],
        answered: Callable[[CommandResult], None],
    ) -> None:
        """Prepare.

        Args:
            done: Told of each committed batch with the end of the log after it.
            answered: Given the stored result of a command that was carried out before.
        """
        self._store = store
        self._lease = lease
        self._clock = clock
        self._new_id = new_id
        self._make_domain = make_domain
        self._stats = stats
        self._done = done
        self._answered = answered
        self._domain: Domain | None = None
        self._number = 0

    def next_deadline(self) -> datetime | None:
        return self._domain.next_deadline() if self._domain is not None else None

    async def begin(
        self,
        last_number: int,
        on_loaded: Callable[[Loaded], None],
        on_left: Callable[[Sequence[EffectRow]], None],
    ) -> None:
        """Rebuild the domain and write a first batch, which settles what the last owner left.

        Args:
            last_number: Of the last committed batch.
            on_loaded: Told what the store holds before the domain is made: it may need a word of it.
            on_left: Given the effects that are to be run again, before those of the first batch.
        """
        self._number = last_number
        left = await self._store.unsettled_effects(self._lease.token, self._clock.now())
        await self._reload(left, on_loaded)
        now = self._clock.now()
        batch = self._ask([], now)
        batch = replace(batch, events=(*left.events(now), *batch.events))
        written = await self._write(batch, now, left.settlements())
        on_left(left.again)
        self._finish(*written)

    async def batch(self, inputs: Sequence[Input], settlements: Sequence[Settlement]) -> None:
        """Handle inputs together; if the domain or the database refuses, one by one."""
        now = self._clock.now()
        try:
            batch = self._ask(inputs, now) if inputs else Batch()
            written = await self._write(batch, now, [*settlements, *_settled(inputs)])
        except LeaseLost:
            raise
        except Exception as error:
            _log.error("engine.batch_refused", inputs=len(inputs), error=str(error))
            self._domain = None
            self._finish(*await self._write(Batch(), now, settlements))
            await self._one_by_one(inputs)
        else:
            self._finish(*written)

    async def _one_by_one(self, inputs: Sequence[Input]) -> None:
        for one in inputs:
            if isinstance(one, CommandInput) and await self._was_answered(one):
                continue
            if self._domain is None:
                await self._insist(self._reload)
            now = self._clock.now()
            try:
                written = await self._write(self._ask([one], now), now, _settled([one]))
            except LeaseLost:
                raise
            except Exception as error:
                self._domain = None
                await self._park(one, error, now)
            else:
                self._finish(*written)
        if self._domain is None:
            await self._insist(self._reload)

    async def _was_answered(self, command: CommandInput) -> bool:
        """Whether another node, or a batch before, carried this command out already."""
        stored = await self._insist(lambda: self._store.result_of(command.client_id))
        if stored is not None:
            self._answered(stored)
        return stored is not None

    async def _park(self, one: Input, error: Exception, now: datetime) -> None:
        parked_id = self._new_id("pk")
        _log.error("engine.input_parked", parked_id=parked_id, input=type(one).__name__, exc_info=error)
        batch, parked = parking(one, error, parked_id=parked_id, now=now)
        self._stats.parked += 1
        self._finish(*await self._write(batch, now, _settled([one]), parked=parked))

    def _ask(self, inputs: Sequence[Input], now: datetime) -> Batch:
        """Let the domain decide, and add how far the journals have come."""
        assert self._domain is not None
        began_s = monotonic()
        batch = self._domain.handle(inputs, now)
        if inputs:
            self._stats.handled(len(inputs), monotonic() - began_s)
        asked = {one.client_id for one in inputs if isinstance(one, CommandInput)}
        missing = asked - {result.client_id for result in batch.results}
        if missing:
            raise ResultMissing(missing)
        journals = dict(batch.acknowledged)
        for one in inputs:
            if isinstance(one, TelephonyInput):
                journals[one.backend] = max(one.sequence, journals.get(one.backend, 0))
        return replace(batch, acknowledged=journals) if journals else batch

    async def _write(
        self, batch: Batch, now: datetime, settlements: Sequence[Settlement], *, parked: Parked | None = None
    ) -> tuple[BatchWrite, int]:
        """Commit, and see it through when the database goes away.

        Returns:
            What was written, and the end of the log after it.

        Raises:
            LeaseLost: another process owns the domain.
            Exception: the database refuses what the batch says.
        """
        write = BatchWrite(
            number=self._number + 1, now=now, batch=batch, settlements=settlements, parked=parked
        )
        began_s, stamp = monotonic(), self._lease.stamp()
        position = await self._commit(write)
        self._lease.extended(stamp)
        self._stats.committed(len(batch.events), len(batch.effects), monotonic() - began_s)
        self._number = write.number
        return write, position

    def _finish(self, write: BatchWrite, position: int) -> None:
        """Outside every `try` that takes a failure for a batch refused: this one is committed."""
        self._done(write, position)

    async def _commit(self, write: BatchWrite) -> int:
        """Returns the end of the log after the batch."""
        while True:
            try:
                return await self._store.commit(self._lease.token, write)
            except StoreUnavailable as error:
                await self.store_down(error)
            # It broke off, before or after the commit: the number of the last batch tells.
            last = await self._insist(lambda: self._store.last_batch(self._lease.token))
            if last.number == write.number:
                return last.position

    async def _reload(
        self,
        left: RecoveredEffects | None = None,
        on_loaded: Callable[[Loaded], None] = lambda loaded: None,
    ) -> None:
        """A fresh domain from what the store holds."""
        loaded = await self._store.load(self._lease.token)
        if left is not None:
            loaded = replace(loaded, uncertain=left.uncertain, dropped=left.dropped)
        on_loaded(loaded)
        domain = await self._make_domain()
        domain.restore(loaded)
        self._domain = domain

    async def _insist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Try again for as long as the database does not answer."""
        while True:
            try:
                return await work()
            except StoreUnavailable as error:
                await self.store_down(error)

    async def store_down(self, error: StoreUnavailable) -> None:
        """Say so once, and pause before the next try."""
        if self._stats.store_down_since is None:
            self._stats.store_down_since = self._clock.now()
            _log.error("engine.store_down", domain=self._lease.domain, reason=error.reason)
        await asyncio.sleep(RETRY_PAUSE_S)


def _settled(inputs: Sequence[Input]) -> list[Settlement]:
    """How the rows of the effects are written that these inputs report."""
    return [settlement_of(one) for one in inputs if isinstance(one, EffectSettled)]
