"""Effects run once written, in order within a lane, and recover as their kind says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.clock import VirtualClock
from app.engine.commit import Recovery
from app.engine.limits import Limits
from app.store.errors import LeaseLost
from tests.fixtures.small_centre import Perform, Press, effect
from tests.integration.engine.conftest import Build, Stage, until

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


async def _states(stage: Stage) -> dict[str, str]:
    return {str(key): str(state) for key, state in await stage.rows("SELECT effect_id, state FROM effects")}


async def test_effects_on_one_lane_wait_for_each_other_and_others_do_not(stage: Stage) -> None:
    stage.world.gates["a1"] = asyncio.Event()
    effects = (
        effect("a1", lanes=("leg_a",)),
        effect("a2", lanes=("leg_a",)),
        effect("b1", lanes=("leg_b",)),
        effect("both", lanes=("leg_a", "leg_b")),
        effect("b2", lanes=("leg_b",)),
        effect("free"),
    )
    await stage.engine.submit(Perform(effects), client_id="k1")
    await until(lambda: set(stage.world.begun) == {"a1", "b1", "free"})
    stage.world.gates["a1"].set()
    await stage.engine.idle()
    order = stage.world.done
    assert order.index("a1") < order.index("a2") < order.index("both") < order.index("b2")


async def test_a_later_batch_does_not_overtake_on_the_same_lane(stage: Stage) -> None:
    stage.world.gates["e1"] = asyncio.Event()
    await stage.engine.submit(Perform((effect("e1", lanes=("leg",)),)), client_id="k1")
    await stage.engine.submit(Perform((effect("e2", lanes=("leg",)),)), client_id="k2")
    await stage.engine.submit(Press("ct_1", "1"), client_id="k3")
    assert stage.world.begun == ["e1"]
    stage.world.gates["e1"].set()
    await stage.engine.idle()
    assert stage.world.done == ["e1", "e2"]


async def test_what_an_effect_answers_reaches_the_domain_and_settles_its_row(stage: Stage) -> None:
    stage.world.answers["e1"] = {"customer_id": "cu_1"}
    await stage.engine.submit(Perform((effect("e1", Recovery.REPEAT, kind="find"),)), client_id="k1")
    await until(lambda: bool(stage.domain.settled))
    await stage.engine.idle()
    settled = stage.domain.settled[0]
    assert (settled.kind, settled.ok, settled.data) == ("find", True, {"customer_id": "cu_1"})
    assert await _states(stage) == {"e1": "done"}


async def test_a_failed_effect_is_told_to_the_domain_and_does_not_block_its_lane(stage: Stage) -> None:
    stage.world.failures["e1"] = RuntimeError("the back end is down \x00")
    two = (effect("e1", lanes=("leg",)), effect("e2", lanes=("leg",)))
    await stage.engine.submit(Perform(two), client_id="k1")
    await until(lambda: bool(stage.domain.settled))
    await stage.engine.submit(Press("ct_1", "1"), client_id="k2")
    assert (stage.domain.settled[0].ok, stage.domain.settled[0].error) == (
        False,
        "the back end is down \\x00",
    )
    assert await _states(stage) == {"e1": "failed", "e2": "done"}


async def test_an_effect_that_hangs_is_given_up(build: Build) -> None:
    stage = build(Limits(effect_run_max=timedelta(milliseconds=50)))
    await stage.engine.start()
    stage.world.gates["e1"] = asyncio.Event()
    await stage.engine.submit(Perform((effect("e1"),)), client_id="k1")
    await until(lambda: bool(stage.domain.settled))
    assert stage.domain.settled[0].error == "timed_out"


async def test_an_effect_is_not_begun_after_its_expiry(build: Build) -> None:
    clock = VirtualClock(START)
    stage = build(clock=clock)
    await stage.engine.start()
    stage.world.gates["e1"] = asyncio.Event()
    late = effect("e2", lanes=("leg",), expires_at=START + timedelta(seconds=5))
    await stage.engine.submit(Perform((effect("e1", lanes=("leg",)), late)), client_id="k1")
    await until(lambda: stage.world.begun == ["e1"])
    clock.advance(timedelta(seconds=5))
    stage.world.gates["e1"].set()
    await until(lambda: bool(stage.domain.settled))
    await stage.engine.idle()
    assert stage.world.begun == ["e1"]
    assert stage.domain.settled[0].error == "expired"
    assert await _states(stage) == {"e1": "done", "e2": "expired"}


async def test_an_effect_that_happens_once_is_claimed_before_it_is_sent(stage: Stage) -> None:
    seen: list[str] = []
    stage.world.gates["dial"] = asyncio.Event()
    await stage.engine.submit(Perform((effect("dial", Recovery.ONCE),)), client_id="k1")
    await until(lambda: stage.world.begun == ["dial"])
    seen.append((await _states(stage))["dial"])
    stage.world.gates["dial"].set()
    await stage.engine.idle()
    await until(lambda: stage.engine.stats.batches >= 3)
    seen.append((await _states(stage))["dial"])
    assert seen == ["claimed", "done"]


async def test_claims_that_come_together_are_written_together(stage: Stage) -> None:
    many = tuple(effect(f"dial_{n}", Recovery.ONCE) for n in range(50))
    await stage.engine.submit(Perform(many), client_id="k1")
    await stage.engine.idle()
    assert sorted(stage.world.done) == sorted(each.effect_id for each in many)


async def test_momentary_effects_cost_no_transaction_of_their_own(stage: Stage) -> None:
    before = stage.engine.stats.batches
    await stage.engine.submit(Perform(tuple(effect(f"e{n}") for n in range(20))), client_id="k1")
    await stage.engine.idle()
    assert stage.engine.stats.batches == before + 1
    await stage.engine.submit(Press("ct_1", "1"), client_id="k2")
    assert set((await _states(stage)).values()) == {"done"}


async def test_what_a_crash_leaves_is_recovered_by_kind(build: Build) -> None:
    crashed = build()
    await crashed.engine.start()
    for name in ("once_sent", "repeat", "moment", "blocker"):
        crashed.world.gates[name] = asyncio.Event()
    effects = (
        effect("once_sent", Recovery.ONCE, payload={"contact_id": "ct_9"}),
        effect("repeat", Recovery.REPEAT),
        effect("moment"),
        effect("blocker", Recovery.REPEAT, lanes=("leg",)),
        effect("once_waiting", Recovery.ONCE, lanes=("leg",)),
        effect("too_late", Recovery.REPEAT, lanes=("leg",), expires_at=crashed.engine._clock.now()),
    )
    await crashed.engine.submit(Perform(effects), client_id="k1")
    await until(lambda: {"once_sent", "repeat", "moment", "blocker"} <= set(crashed.world.begun))
    await _pull_the_plug(crashed)

    next_one = build()
    await next_one.engine.start()
    await next_one.engine.idle()
    await next_one.engine.submit(Press("ct_1", "1"), client_id="k2")
    assert sorted(next_one.world.done) == ["blocker", "once_waiting", "repeat"]
    assert await _states(next_one) == {
        "once_sent": "uncertain",
        "repeat": "done",
        "moment": "dropped",
        "blocker": "done",
        "once_waiting": "done",
        "too_late": "expired",
    }
    loaded = next_one.domains[0].loaded
    assert loaded is not None
    assert [each.effect_id for each in loaded.uncertain] == ["once_sent"]
    assert [each.effect_id for each in loaded.dropped] == ["moment"]
    kinds = await next_one.rows("SELECT kind, contact_id FROM events ORDER BY position")
    assert kinds[0] == ("effect.uncertain", "ct_9")


async def test_a_slow_world_slows_the_domain_down(build: Build) -> None:
    stage = build(Limits(effects_in_flight_max=3))
    await stage.engine.start()
    for n in range(5):
        stage.world.gates[f"e{n}"] = asyncio.Event()
    await stage.engine.submit(Perform(tuple(effect(f"e{n}") for n in range(5))), client_id="k1")
    waiting = asyncio.create_task(stage.engine.submit(Press("ct_1", "1"), client_id="k2"))
    await until(lambda: len(stage.world.begun) == 5)
    assert not waiting.done()
    stage.world.gates["e0"].set()
    stage.world.gates["e1"].set()
    assert (await waiting).ok
    for gate in stage.world.gates.values():
        gate.set()


@pytest.mark.parametrize("recovery", list(Recovery))
async def test_nothing_runs_after_another_owner_took_over(build: Build, recovery: Recovery) -> None:
    seconds = [0.0]
    old = build(monotonic_s=lambda: seconds[0])
    await old.engine.start()
    old.world.gates["e1"] = asyncio.Event()
    two = (effect("e1", lanes=("leg",)), effect("e2", recovery, lanes=("leg",)))
    await old.engine.submit(Perform(two), client_id="k1")
    await until(lambda: old.world.begun == ["e1"])
    await _take_over(old)
    seconds[0] = old.lease.ttl.total_seconds()
    old.world.gates["e1"].set()
    with pytest.raises(LeaseLost):
        await old.engine.wait()
    assert old.world.begun == ["e1"]


async def _take_over(stage: Stage) -> None:
    """Another owner on another machine: its lease row is all that this one sees of it."""
    async with stage.database.transaction() as session:
        await session.execute(text("UPDATE leases SET owner = 'other', epoch = epoch + 1"))


async def _pull_the_plug(stage: Stage) -> None:
    """End the process' part in it at once: nothing is flushed and nothing is released."""
    life = stage.engine._life
    assert life is not None
    stage.engine._effects._lease._token = None
    life.cancel()
    await asyncio.wait([life])
    if stage.lease._lock is not None:
        stage.lease._lock.release()
    async with stage.database.transaction() as session:
        await session.execute(text("UPDATE leases SET owner = ''"))
