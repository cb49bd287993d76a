"""Carrying effects out, after the commit that wrote them down.

An effect's row is `pending` when it is written. It becomes `claimed` (only `ONCE`, right before it is
sent), then `done`, `failed` or `expired`. After a crash `claimed` becomes `uncertain` and a pending
`MOMENT` becomes `dropped`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from app.clock import Clock
from app.engine.commit import EffectRow, EffectRunner, EffectSettled, Recovery
from app.engine.lease import Lease
from app.engine.limits import Limits
from app.store.columns import storable
from app.store.engine import EngineStore, Settlement
from app.store.errors import LeaseLost, StoreUnavailable

ERROR_LENGTH_MAX = 400
RETRY_PAUSE_S = 0.2
"""Before a claim or a renewal is tried again while the database does not answer."""

_log = structlog.get_logger(__name__)


class Effects:
    """Runs effects beside the loop: in order within a lane, at the same time across lanes."""

    def __init__(
        self,
        *,
        store: EngineStore,
        lease: Lease,
        runner: EffectRunner,
        clock: Clock,
        report: Callable[[EffectSettled], None],
        quiet: Callable[[], None],
        wake: Callable[[], None],
        limits: Limits,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            report: Takes what answered or failed to the domain.
            quiet: Called each time an effect is over.
            wake: Called when there is a settlement that should be written soon.
        """
        self._lease = lease
        self._runner = runner
        self._clock = clock
        self._report = report
        self._quiet = quiet
        self._wake = wake
        self._in_flight_max = limits.effects_in_flight_max
        self._run_limit_s = limits.effect_run_max.total_seconds()
        self._claims = _Claims(store, lease)
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: list[Settlement] = []
        self._over = asyncio.Event()

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    def start(self, effects: Sequence[EffectRow]) -> None:
        """Carry out committed effects, in this order within each lane."""
        for effect in effects:
            before = {self._tails[lane] for lane in effect.lanes if lane in self._tails}
            task = asyncio.create_task(self._carry_out(effect, before))
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, effect.lanes))
            for lane in effect.lanes:
                self._tails[lane] = task

    def take_settlements(self) -> list[Settlement]:
        """What ended without a word to the domain, to be written with the next batch."""
        taken, self._settled = self._settled, []
        return taken

    def give_back(self, settlements: Sequence[Settlement]) -> None:
        """The batch that was to write these did not come about."""
        self._settled[:0] = settlements

    async def room(self) -> None:
        """Wait until few enough are in flight: a slow world slows the cores down."""
        while len(self._tasks) > self._in_flight_max:
            self._over.clear()
            await self._over.wait()

    async def stop(self, grace: timedelta) -> None:
        """Let those in flight end within `grace`, then cut them off; their rows stay pending."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace.total_seconds())
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- one effect ---

    async def _carry_out(self, effect: EffectRow, before: set[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        try:
            if not await self._may_begin(effect):
                self._settle(effect, ok=False, error="expired")
                return
        except LeaseLost:
            _log.warning("effect.left_to_next_owner", effect=effect.kind, effect_id=effect.effect_id)
            return
        try:
            async with asyncio.timeout(self._run_limit_s):
                data = await self._runner.run(effect)
        except Exception as error:
            text = storable(str(error) or type(error).__name__, ERROR_LENGTH_MAX)
            _log.warning("effect.failed", effect=effect.kind, effect_id=effect.effect_id, error=text)
            self._settle(effect, ok=False, error="timed_out" if isinstance(error, TimeoutError) else text)
            return
        if data is not None:
            self._report(EffectSettled(effect_id=effect.effect_id, kind=effect.kind, ok=True, data=data))
            return
        self._settled.append(Settlement(effect_id=effect.effect_id, state="done"))
        if effect.recovery is not Recovery.MOMENT:
            self._wake()

    async def _may_begin(self, effect: EffectRow) -> bool:
        """Whether it is still time. Waits for the lease and, for `ONCE`, for the claim.

        Raises:
            LeaseLost: another process owns the domain.
        """
        claimed = effect.recovery is not Recovery.ONCE
        while effect.expires_at is None or self._clock.now() < effect.expires_at:
            try:
                if not self._lease.holds():
                    await self._lease.renew()
                elif claimed:
                    return True
                else:
                    await self._claims.claim(effect.effect_id)
                    claimed = True
            except StoreUnavailable:
                await asyncio.sleep(RETRY_PAUSE_S)
        return False

    def _settle(self, effect: EffectRow, *, ok: bool, error: str) -> None:
        self._report(EffectSettled(effect_id=effect.effect_id, kind=effect.kind, ok=ok, error=error))

    def _ended(self, lanes: Sequence[str], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        for lane in lanes:
            if self._tails.get(lane) is task:
                del self._tails[lane]
        self._over.set()
        self._quiet()
        if not task.cancelled() and task.exception() is not None:
            _log.error("effect.broke", exc_info=task.exception())


def settlement_of(settled: EffectSettled) -> Settlement:
    """How the row of an effect is written which the domain is told about."""
    if settled.ok:
        return Settlement(effect_id=settled.effect_id, state="done")
    state = "expired" if settled.error == "expired" else "failed"
    return Settlement(effect_id=settled.effect_id, state=state, error=settled.error)


class _Claims:
    """Writes claims together: those that come while a claim is being written share the next write."""

    def __init__(self, store: EngineStore, lease: Lease) -> None:
        self._store = store
        self._lease = lease
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._writer: asyncio.Task[None] | None = None

    async def claim(self, effect_id: str) -> None:
        """Return once the claim is committed.

        Raises:
            LeaseLost, StoreUnavailable: it is not; nothing may be sent.
        """
        claimed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[effect_id] = claimed
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await claimed

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, {}
            began_s = self._lease.stamp()
            try:
                await self._store.claim(self._lease.token, tuple(together))
            except Exception as error:
                for waiting in together.values():
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            self._lease.extended(began_s)
            for waiting in together.values():
                if not waiting.done():
                    waiting.set_result(None)
