"""Time runs steadily whatever the wall clock does, and stands still where it should."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import ClockJump, IdSource, ScaledClock, SystemClock, VirtualClock, sleep_until

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


class Machine:
    """A machine's two clocks, moved by hand."""

    def __init__(self) -> None:
        self.monotonic_s = 100.0
        self.wall = START

    def pass_time(self, seconds: float, *, wall: float | None = None) -> None:
        self.monotonic_s += seconds
        self.wall += timedelta(seconds=seconds if wall is None else wall)

    def clock(self, jumps: list[ClockJump] | None = None) -> SystemClock:
        on_jump = jumps.append if jumps is not None else None
        return SystemClock(on_jump=on_jump, wall=lambda: self.wall, monotonic_s=lambda: self.monotonic_s)


def test_the_system_clock_follows_the_steady_counter() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_time(12.5)
    assert clock.now() == START + timedelta(seconds=12.5)


@pytest.mark.parametrize("by_s", [3600.0, -3600.0, 2.1])
def test_a_jump_of_the_wall_clock_raises_one_alarm_and_changes_nothing(by_s: float) -> None:
    machine, jumps = Machine(), list[ClockJump]()
    clock = machine.clock(jumps)
    machine.pass_time(5, wall=5 + by_s)
    assert clock.now() == START + timedelta(seconds=5)
    machine.pass_time(5)
    assert clock.now() == START + timedelta(seconds=10)
    assert [jump.by for jump in jumps] == [timedelta(seconds=by_s)]
    assert clock.jump is not None
    assert clock.jump.at == START + timedelta(seconds=5)


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
def test_a_jump_is_followed_on_confirmation(by_s: float) -> None:
    machine, jumps = Machine(), list[ClockJump]()
    clock = machine.clock(jumps)
    machine.pass_time(5, wall=5 + by_s)
    clock.now()
    assert clock.follow_jump() == timedelta(seconds=by_s)
    assert clock.now() == machine.wall
    assert clock.jump is None
    machine.pass_time(5)
    assert clock.now() == machine.wall
    assert len(jumps) == 1


def test_a_second_jump_raises_a_second_alarm() -> None:
    machine, jumps = Machine(), list[ClockJump]()
    clock = machine.clock(jumps)
    machine.pass_time(2, wall=60)
    clock.now()
    machine.pass_time(2, wall=-56)
    clock.now()
    assert clock.jump is None
    machine.pass_time(2, wall=60)
    clock.now()
    assert len(jumps) == 2


def test_a_small_difference_is_worked_off_slowly() -> None:
    machine, jumps = Machine(), list[ClockJump]()
    clock = machine.clock(jumps)
    machine.pass_time(1, wall=1.5)
    assert clock.now() - START == timedelta(seconds=1, milliseconds=5)
    for _ in range(100):
        machine.pass_time(1)
        clock.now()
    assert clock.now() == machine.wall
    assert jumps == []


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(-1.9, 1.9)), max_size=50))
def test_time_never_runs_backwards(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    clock = machine.clock()
    last = clock.now()
    for seconds, drift in steps:
        machine.pass_time(seconds, wall=seconds + drift)
        assert clock.now() >= last
        last = clock.now()


async def test_a_timer_never_fires_before_its_instant() -> None:
    clock = SystemClock()
    at = clock.now() + timedelta(milliseconds=20)
    await sleep_until(clock, at)
    assert clock.now() >= at


async def test_a_timer_in_the_past_fires_at_once_and_a_cancelled_one_never() -> None:
    clock = SystemClock()
    fired: list[str] = []
    clock.call_at(clock.now() - timedelta(hours=1), lambda: fired.append("late"))
    clock.call_at(clock.now() - timedelta(hours=1), lambda: fired.append("never")).cancel()
    await sleep_until(clock, clock.now() + timedelta(milliseconds=10))
    assert fired == ["late"]


async def test_timers_follow_a_confirmed_jump_forwards() -> None:
    wall_ahead = timedelta(0)
    clock = SystemClock(wall=lambda: datetime.now(UTC) + wall_ahead)
    fired = asyncio.Event()
    clock.call_at(clock.now() + timedelta(minutes=59), fired.set)
    wall_ahead = timedelta(hours=1)
    clock.follow_jump()
    async with asyncio.timeout(5):
        await fired.wait()


async def test_a_scaled_clock_runs_faster() -> None:
    clock = ScaledClock(start=START, rate=100.0)
    await sleep_until(clock, START + timedelta(seconds=2))
    assert clock.now() >= START + timedelta(seconds=2)
    assert clock.rate == 100.0
    with pytest.raises(ValueError, match="above zero"):
        ScaledClock(start=START, rate=0)


def test_the_virtual_clock_runs_callbacks_in_order_of_time_then_of_making() -> None:
    clock = VirtualClock(START)
    seen: list[tuple[str, datetime]] = []

    def note(name: str) -> None:
        seen.append((name, clock.now()))

    def make_another() -> None:
        clock.call_at(START + timedelta(seconds=1.5), lambda: note("made on the way"))

    clock.call_at(START + timedelta(seconds=2), lambda: note("b"))
    clock.call_at(START + timedelta(seconds=1), lambda: note("a"))
    clock.call_at(START + timedelta(seconds=2), lambda: note("c"))
    clock.call_at(START + timedelta(seconds=1), make_another)
    clock.call_at(START + timedelta(seconds=1), lambda: note("cancelled")).cancel()
    clock.advance(timedelta(seconds=2))
    assert [name for name, _ in seen] == ["a", "made on the way", "b", "c"]
    assert [(at - START).total_seconds() for _, at in seen] == [1, 1.5, 2, 2]
    assert clock.now() == START + timedelta(seconds=2)
    assert clock.next_at() is None
    assert not clock.run_next()


def test_a_callback_in_the_past_does_not_turn_the_virtual_clock_back() -> None:
    clock = VirtualClock(START)
    clock.call_at(START - timedelta(days=1), lambda: None)
    assert clock.run_next()
    assert clock.now() == START


def test_ids_sort_in_the_order_they_were_made() -> None:
    clock = VirtualClock(START)
    new_id = IdSource(clock, random.Random(1))
    made = []
    for n in range(500):
        made.append(new_id("ct"))
        if n % 7 == 0:
            clock.advance(timedelta(milliseconds=1))
    assert made == sorted(made)
    assert len(set(made)) == 500
    assert all(each.startswith("ct_") and len(each) == 29 for each in made)


def test_the_same_seed_and_clock_make_the_same_ids() -> None:
    first, second = (IdSource(VirtualClock(START), random.Random(7)) for _ in range(2))
    assert [first("x") for _ in range(10)] == [second("x") for _ in range(10)]
