"""The one place that asks what time it is, and that makes ids.

`SystemClock` runs from the instant of its start by the machine's monotonic counter, so that a wall clock
which jumps cannot make every timer fire at once; `VirtualClock` moves only when it is told to;
`ScaledClock` runs faster than real time in test mode.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

JUMP_LIMIT = timedelta(seconds=2)
"""A wall clock that is further away than this has jumped."""
SLEW_MAX_PER_CHECK = timedelta(milliseconds=5)
"""Smaller differences are followed by at most this much a second, so that time never runs backwards."""
CHECK_EVERY_S = 1.0


def monotonic() -> float:
    """Seconds of the machine's steady counter: for leases and measurements, whatever clock is in use."""
    return time.monotonic()


def wall_now() -> datetime:
    """The machine's wall clock, UTC."""
    return datetime.now(UTC)


class Timer(Protocol):
    def cancel(self) -> None:
        """Never fire. Harmless afterwards or twice."""


class Clock(Protocol):
    """Where the shell gets its time from."""

    @property
    def rate(self) -> float:
        """Seconds of this clock per real second; shown on the pages."""

    def now(self) -> datetime:
        """Aware UTC. Never goes backwards, unless a person confirmed that the wall clock did."""

    def call_at(self, at: datetime, callback: Callable[[], None]) -> Timer:
        """Call back on the event loop at `at`, at once if that has passed. Never before it."""


async def sleep_until(clock: Clock, at: datetime) -> None:
    """Wait until `clock` reads `at`."""
    reached = asyncio.Event()
    timer = clock.call_at(at, reached.set)
    try:
        await reached.wait()
    finally:
        timer.cancel()


# --- clocks that follow the machine ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """The wall clock left the server's time."""

    at: datetime
    """Server time at which it was seen."""
    by: timedelta
    """How far the wall clock is ahead of the server's time; negative: behind."""


class _LoopTimer:
    """A timer on the running event loop that is armed again when its clock is corrected."""

    def __init__(self, clock: _RunningClock, at: datetime, callback: Callable[[], None]) -> None:
        self._clock = clock
        self._at = at
        self._callback = callback
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None

    def arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_later(self._clock.real_seconds_until(self._at), self._fire)

    def cancel(self) -> None:
        self._clock.forget(self)
        if self._handle is not None:
            self._handle.cancel()

    def _fire(self) -> None:
        if self._clock.now() < self._at:
            self.arm()
            return
        self._clock.forget(self)
        self._callback()


class _RunningClock:
    """What the system clock and the scaled clock share: `start` plus monotonic time times `rate`."""

    def __init__(self, *, start: datetime, rate: float, monotonic_s: Callable[[], float]) -> None:
        self._start = start
        self._rate = rate
        self._monotonic_s = monotonic_s
        self._started_s = monotonic_s()
        self._timers: set[_LoopTimer] = set()

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._monotonic_s() - self._started_s) * self._rate)

    def call_at(self, at: datetime, callback: Callable[[], None]) -> Timer:
        timer = _LoopTimer(self, at, callback)
        self._timers.add(timer)
        timer.arm()
        return timer

    def real_seconds_until(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds() / self._rate)

    def forget(self, timer: _LoopTimer) -> None:
        self._timers.discard(timer)

    def _shift(self, by: timedelta) -> None:
        self._start += by


class ScaledClock(_RunningClock):
    """Test mode only: `rate` seconds pass in each real one."""

    def __init__(
        self, *, start: datetime, rate: float, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        if rate <= 0:
            raise ValueError(f"the rate of a clock is above zero, not {rate}")
        super().__init__(start=start, rate=rate, monotonic_s=monotonic_s)


class SystemClock(_RunningClock):
    """Real time, kept steady.

    The wall clock is looked at once a second, whenever the time is asked for. A small difference is
    worked off slowly. One over two seconds is a jump: `on_jump` is called once with it, and the time goes
    on as it was until `follow_jump` confirms that the wall clock is right.
    """

    def __init__(
        self,
        *,
        on_jump: Callable[[ClockJump], None] | None = None,
        wall: Callable[[], datetime] = wall_now,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(start=wall(), rate=1.0, monotonic_s=monotonic_s)
        self.on_jump = on_jump
        self._wall = wall
        self._jump: ClockJump | None = None
        self._checked_s = self._started_s
        self._latest = self._start

    @property
    def jump(self) -> ClockJump | None:
        """The jump that waits for confirmation, if any."""
        return self._jump

    def now(self) -> datetime:
        if self._monotonic_s() - self._checked_s >= CHECK_EVERY_S:
            self._check()
        self._latest = max(self._latest, super().now())
        return self._latest

    def follow_jump(self) -> timedelta:
        """Take over the wall clock's time; returns by how much the time moved.

        Deadlines keep their instants: after a step forwards some are over at once, after a step back
        they come later by the step.
        """
        by = self._wall() - super().now()
        self._shift(by)
        self._latest = super().now()
        self._jump = None
        for timer in tuple(self._timers):
            timer.arm()
        return by

    def _check(self) -> None:
        self._checked_s = self._monotonic_s()
        ours = super().now()
        away = self._wall() - ours
        if abs(away) <= JUMP_LIMIT:
            self._jump = None
            self._shift(min(max(away, -SLEW_MAX_PER_CHECK), SLEW_MAX_PER_CHECK))
            return
        known = self._jump
        self._jump = ClockJump(at=known.at if known else ours, by=away)
        if known is None and self.on_jump is not None:
            self.on_jump(self._jump)


# --- the clock of simulations ---------------------------------------------------------------------


class _VirtualTimer:
    __slots__ = ("at", "callback", "cancelled", "number")

    def __init__(self, at: datetime, number: int, callback: Callable[[], None]) -> None:
        self.at = at
        self.number = number
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def __lt__(self, other: _VirtualTimer) -> bool:
        return (self.at, self.number) < (other.at, other.number)


class VirtualClock:
    """Stands still until it is advanced. Callbacks run in order of time, then of their making."""

    rate = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._numbered = 0
        self._timers: list[_VirtualTimer] = []

    def now(self) -> datetime:
        return self._now

    def call_at(self, at: datetime, callback: Callable[[], None]) -> Timer:
        self._numbered += 1
        timer = _VirtualTimer(at, self._numbered, callback)
        heapq.heappush(self._timers, timer)
        return timer

    def next_at(self) -> datetime | None:
        """When the next callback is due."""
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].at if self._timers else None

    def run_next(self) -> bool:
        """Move to the next callback's instant and run that one. False when there is none."""
        if self.next_at() is None:
            return False
        timer = heapq.heappop(self._timers)
        self._now = max(self._now, timer.at)
        timer.callback()
        return True

    def advance_to(self, at: datetime) -> None:
        """Run everything due up to `at`, callbacks that these make included, and stop there."""
        while (due := self.next_at()) is not None and due <= at:
            self.run_next()
        self._now = max(self._now, at)

    def advance(self, by: timedelta) -> None:
        self.advance_to(self._now + by)


# --- ids ------------------------------------------------------------------------------------------

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


class IdSource:
    """Makes ids like `ct_01JD2Y3Z...`: a prefix, the milliseconds of the clock, and 80 random bits.

    They sort in the order they were made, also within a millisecond. With a seeded `Random` and a virtual
    clock they are the same in each run.
    """

    def __init__(self, clock: Clock, randomness: random.Random | None = None) -> None:
        self._clock = clock
        self._random = randomness or random.SystemRandom()
        self._last = 0

    def __call__(self, prefix: str) -> str:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        made = (milliseconds << _RANDOM_BITS) | self._random.getrandbits(_RANDOM_BITS)
        if made >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
            made = self._last + 1
        self._last = made
        return f"{prefix}_{_base32(made)}"


def _base32(number: int) -> str:
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
