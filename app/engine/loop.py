"""The engine: one task that owns a domain, writes what it decides, and then lets it happen.

    drain inputs -> stamp the time -> `Domain.handle` -> one transaction -> effects, answers, events

A crash at any point loses no accepted fact, and no effect runs that was not written down first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from app.clock import Clock, Timer, monotonic
from app.engine.answers import RECENT_MAX, Answers
from app.engine.commit import (
    CommandInput,
    CommandResult,
    Committed,
    Domain,
    EffectRunner,
    Loaded,
    Observation,
    PublishedEvent,
    SnapshotInput,
    TelephonyInput,
    TimerFired,
)
from app.engine.effects import Effects
from app.engine.inbox import Inbox
from app.engine.journals import BackEnds, Journals, NoBackEnds
from app.engine.lease import Lease
from app.engine.limits import EngineStats, EngineStopped, Limits
from app.engine.writer import BatchWriter
from app.store.engine import BatchWrite, EngineStore
from app.store.errors import StoreUnavailable
from app.store.log import published
from telephony.port import Event as TelephonyEvent
from telephony.port import EventSink

RETRY_PAUSE_S = 0.2
"""The lease is looked at no more often than this."""
FLUSH_GRACE = timedelta(seconds=1)
"""For the effects in flight when the engine stops."""
RENEW_BELOW = 0.6
"""The lease is renewed when less than this part of its life is left."""
LATE_PAUSE_MAX_S = 60.0
LATE_ALARM = 10
"""So many calls in vain for one deadline are reported."""
KEEP_SETTLED = timedelta(days=7)
"""How long settled effects and the answers to commands are kept."""
PRUNE_EVERY_S = 600.0

_log = structlog.get_logger(__name__)


class Engine:
    """Runs one domain. `start`, then `submit`, `tell` and `sink`; `wait` tells when it is over."""

    def __init__(
        self,
        *,
        store: EngineStore,
        lease: Lease,
        clock: Clock,
        new_id: Callable[[str], str],
        make_domain: Callable[[], Awaitable[Domain]],
        runner: EffectRunner,
        back_ends: BackEnds | None = None,
        on_loaded: Callable[[Loaded], None] = lambda loaded: None,
        on_committed: Callable[[Committed], None] = lambda committed: None,
        publish: Callable[[Sequence[PublishedEvent]], None] = lambda events: None,
        limits: Limits | None = None,
    ) -> None:
        """Wire it; nothing runs before `start`.

        Args:
            make_domain: A fresh domain with today's configuration, not yet restored.
            on_loaded: Told what the store holds, before the first domain is made.
            on_committed: Told of each batch, in order, before its effects begin.
            publish: Given the events of each batch after its commit.
        """
        self._store = store
        self._lease = lease
        self._clock = clock
        self._on_loaded = on_loaded
        self._on_committed = on_committed
        self._publish = publish
        self._limits = limits or Limits()
        self.stats = EngineStats()
        self.inbox = Inbox(self._limits)
        self._effects = Effects(
            store=store,
            lease=lease,
            runner=runner,
            clock=clock,
            report=self.inbox.put_settled,
            quiet=self._note_change,
            wake=self.inbox.wake,
            limits=self._limits,
        )
        self._journals = Journals(back_ends or NoBackEnds(), self.inbox)
        self._answers = Answers()
        self._writer = BatchWriter(
            store=store,
            lease=lease,
            clock=clock,
            new_id=new_id,
            make_domain=make_domain,
            stats=self.stats,
            done=self._done,
            answered=self._answers.give,
        )
        self._timer: Timer | None = None
        self._timer_due = False
        self._late_timers = 0
        self._accepting = False
        self._stopping = False
        self._busy = False
        self._changed = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    # --- life ---------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        """For the back ends, which refuse a lower one."""
        return self._lease.epoch

    @property
    def running(self) -> bool:
        return self._accepting

    async def start(self) -> None:
        """Take the domain over, rebuild it, settle what the last owner left, and begin.

        Raises:
            LeaseHeld: another process owns the domain.
        """
        last_number = await self._lease.acquire()
        try:
            self._answers.remember(await self._store.recent_results(RECENT_MAX))
            await self._writer.begin(last_number, self._loaded, self._effects.start)
        except BaseException:
            await self._lease.release()
            raise
        self._arm()
        self._accepting = True
        self._life = asyncio.create_task(self._live(), name=f"engine-{self._lease.domain}")

    def _loaded(self, loaded: Loaded) -> None:
        self._journals.restore(loaded.journals)
        self._on_loaded(loaded)

    async def wait(self) -> None:
        """Until the engine is over.

        Raises:
            LeaseLost: another process took the domain over.
            Exception: what broke it.
        """
        assert self._life is not None, "the engine was not started"
        await asyncio.shield(self._life)

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take nothing new, finish what is in the inbox and in flight, let go of the domain."""
        self._accepting = False
        self._stopping = True
        self.inbox.wake()
        if self._life is not None:
            done, _ = await asyncio.wait([self._life], timeout=grace.total_seconds())
            if not done:
                self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    async def _live(self) -> None:
        renewing = asyncio.create_task(self._keep_lease())
        working = asyncio.create_task(self._work())
        try:
            done, _ = await asyncio.wait([renewing, working], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await self._effects.stop(FLUSH_GRACE)
            await self._take_next()
        except Exception as error:
            _log.error("engine.broke", domain=self._lease.domain, exc_info=error)
            raise
        finally:
            self._accepting = False
            for task in (renewing, working):
                task.cancel()
            await asyncio.gather(renewing, working, return_exceptions=True)
            await self._end()

    async def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._effects.stop(timedelta(0))
        await self._journals.close()
        self._answers.break_off(EngineStopped())
        self._note_change()
        try:
            await self._lease.release()
        except StoreUnavailable:
            _log.warning("engine.lease_left_to_run_out", domain=self._lease.domain)

    # --- what comes in ------------------------------------------------------------------------------

    async def submit(self, command: object, *, client_id: str, actor: str | None = None) -> CommandResult:
        """Carry a command out once, however often it is sent, and return after its commit.

        Raises:
            EngineBusy: too much is waiting.
            EngineStopped: no engine runs here, or it ended before the answer. Sending again is safe.
        """
        if not self._accepting:
            raise EngineStopped
        promise = self._answers.known(client_id)
        if promise is None:
            promise = self._answers.expect(client_id)
            try:
                self.inbox.put_command(CommandInput(client_id=client_id, body=command, actor=actor))
            except BaseException:
                self._answers.forget(client_id)
                raise
        return await asyncio.shield(promise)

    async def tell(self, observation: Observation | SnapshotInput) -> None:
        """Tell the domain something; returns when it is queued, not when it is committed."""
        await self.inbox.put_observation(observation)

    def sink(self, backend: str) -> EventSink:
        """Where the back end `backend` delivers its events, after `acknowledged(backend)`, from now on.

        What it delivered before and was not refused is in the inbox already, and is dropped when it comes
        again.
        """
        self.inbox.start_journal(backend, self.acknowledged(backend))

        def take(sequence: int, at: datetime, event: TelephonyEvent) -> None:
            self.inbox.put_telephony(TelephonyInput(backend=backend, sequence=sequence, at=at, event=event))

        return take

    def acknowledged(self, backend: str) -> int:
        """The last committed event of a back end: it delivers those after it (again)."""
        return self._journals.positions.get(backend, 0)

    async def idle(self) -> None:
        """Until nothing waits, nothing is being written and no effect is in flight."""
        while self.running and (self._busy or self._timer_due or len(self.inbox) or self._effects.in_flight):
            self._changed.clear()
            await self._changed.wait()

    # --- the loop -----------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            await self.inbox.wait()
            await self._effects.room()
            self._busy = True
            await self._take_next()
            self._busy = False
            self._note_change()
            if self._stopping and not len(self.inbox):
                return

    async def _take_next(self) -> None:
        """One batch of whatever waits."""
        inputs = self.inbox.take(self._batch_limit())
        fired, self._timer_due = self._timer_due, False
        if fired:
            inputs.append(TimerFired())
        settlements = self._effects.take_settlements()
        if inputs or settlements:
            await self._writer.batch(inputs, settlements)
            self._arm(fired=fired)

    def _done(self, write: BatchWrite, position: int) -> None:
        """The batch is committed: now it may have consequences."""
        batch = write.batch
        events = published(position, batch.events)
        committed = Committed(number=write.number, now=write.now, batch=batch, events=events)
        try:
            self._on_committed(committed)
            self._publish(events)
        except Exception as error:
            _log.error("engine.listener_broke", exc_info=error)
        self._effects.start(batch.effects)
        for result in batch.results:
            self._answers.give(result)
        self._journals.committed(batch.acknowledged)

    # --- small parts --------------------------------------------------------------------------------

    async def _keep_lease(self) -> None:
        """Renew the lease when no batch did, and delete what nobody needs any more."""
        renew_below_s = RENEW_BELOW * self._lease.ttl.total_seconds()
        prune_at_s = monotonic() + PRUNE_EVERY_S
        pause_s = 0.0
        while True:
            await asyncio.sleep(max(RETRY_PAUSE_S, pause_s))
            pause_s = self._lease.seconds_left - renew_below_s
            try:
                if pause_s <= 0:
                    await self._lease.renew()
                if monotonic() >= prune_at_s:
                    more = await self._store.prune(self._lease.token, self._clock.now() - KEEP_SETTLED)
                    pause_s = 0.0
                    prune_at_s = monotonic() + (0.0 if more else PRUNE_EVERY_S)
            except StoreUnavailable as error:
                await self._writer.store_down(error)

    def _batch_limit(self) -> int:
        fits = self._limits.handle_ms_max * 1000 / max(self.stats.handle_us_per_input, 0.1)
        return max(1, min(self._limits.batch_max, int(fits)))

    def _arm(self, *, fired: bool = False) -> None:
        """Set the one timer. A deadline that stays in the past is tried again ever more slowly."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._writer.next_deadline()
        now = self._clock.now()
        late = at is not None and at <= now
        if fired:
            self._late_timers = self._late_timers + 1 if late else 0
        if at is None:
            return
        if late and self._late_timers:
            at = now + timedelta(seconds=min(LATE_PAUSE_MAX_S, 0.001 * 2**self._late_timers))
            if self._late_timers == LATE_ALARM:
                _log.error("engine.deadline_stays_in_the_past", domain=self._lease.domain)
        self._timer = self._clock.call_at(at, self._fire)

    def _fire(self) -> None:
        self._timer_due = True
        self.inbox.wake()

    def _note_change(self) -> None:
        self._changed.set()
