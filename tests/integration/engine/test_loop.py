"""What is accepted is written once, in one transaction with all that follows, and only then has effects."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.clock import VirtualClock
from app.engine.commit import Recovery
from app.engine.limits import EngineBusy, EngineStopped, Limits
from tests.fixtures.small_centre import Perform, Press, SmallCentre, WakeAt, effect
from tests.integration.engine.conftest import Build, Stage, until

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


async def test_a_command_is_answered_after_its_facts_are_in_the_database(stage: Stage) -> None:
    result = await stage.engine.submit(Press("ct_1", "4"), client_id="k1")
    assert result.ok
    assert await stage.rows("SELECT contact_id FROM calls") == [("ct_1",)]
    assert await stage.rows("SELECT position, kind, contact_id FROM events") == [(1, "digit.pressed", "ct_1")]
    assert [event.position for event in stage.published] == [1]


async def test_inputs_that_wait_together_share_one_transaction(stage: Stage) -> None:
    before = stage.engine.stats.batches
    async with asyncio.TaskGroup() as group:
        for n in range(200):
            group.create_task(stage.engine.submit(Press(f"ct_{n % 7}", str(n % 10)), client_id=f"k{n}"))
    assert await stage.value("SELECT count(*) FROM events") == 200
    assert stage.engine.stats.batches - before < 20
    typed = "".join(stage.domain.digits.values())
    assert len(typed) == 200


async def test_the_same_client_id_is_carried_out_once(stage: Stage) -> None:
    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(stage.engine.submit(Press("ct_1", "4"), client_id="k1")) for _ in range(5)]
    again = await stage.engine.submit(Press("ct_1", "4"), client_id="k1")
    assert [task.result() for task in sent] == [again] * 5
    assert stage.domain.digits["ct_1"] == "4"


async def test_the_same_client_id_after_a_restart_gets_the_stored_answer(build: Build) -> None:
    first = build()
    await first.engine.start()
    answer = await first.engine.submit(Press("ct_1", "4"), client_id="k1")
    await first.engine.stop()
    second = build()
    await second.engine.start()
    assert await second.engine.submit(Press("ct_1", "4"), client_id="k1") == answer
    assert second.domain.digits == {"ct_1": "4"}


async def test_an_id_which_is_no_longer_in_memory_still_gets_its_first_answer(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build()
    await first.engine.start()
    answer = await first.engine.submit(Press("ct_1", "4"), client_id="k1")
    await first.engine.stop()
    monkeypatch.setattr("app.engine.loop.RECENT_MAX", 0)
    second = build()
    await second.engine.start()
    async with asyncio.TaskGroup() as group:
        repeated = group.create_task(second.engine.submit(Press("ct_1", "4"), client_id="k1"))
        other = group.create_task(second.engine.submit(Press("ct_2", "5"), client_id="k2"))
    assert repeated.result() == answer
    assert other.result().ok
    assert second.domain.digits == {"ct_1": "4", "ct_2": "5"}


async def test_a_restarted_domain_equals_the_one_before(build: Build) -> None:
    first = build()
    await first.engine.start()
    for n in range(30):
        await first.engine.submit(Press(f"ct_{n % 4}", str(n % 10)), client_id=f"k{n}")
    before = dict(first.domain.digits)
    await first.engine.stop()
    second = build()
    await second.engine.start()
    assert second.domain.digits == before
    assert second.engine.epoch == 2


async def test_no_effect_runs_before_its_batch_is_committed(stage: Stage) -> None:
    seen: list[int] = []
    stage.world.before = lambda effect: seen.append(stage.engine.stats.effects)
    await stage.engine.submit(Perform((effect("e1"), effect("e2"))), client_id="k1")
    await stage.engine.idle()
    assert stage.world.done == ["e1", "e2"]
    assert seen == [2, 2]
    assert await stage.value("SELECT count(*) FROM effects") == 2


async def test_the_timer_fires_once_and_never_before_its_deadline(build: Build) -> None:
    clock = VirtualClock(START)
    stage = build(clock=clock)
    await stage.engine.start()
    await stage.engine.submit(WakeAt(START + timedelta(seconds=20)), client_id="k1")
    clock.advance_to(START + timedelta(seconds=19.999))
    await stage.engine.idle()
    assert stage.domain.fired == 0
    clock.advance_to(START + timedelta(seconds=20))
    await stage.engine.idle()
    clock.advance_to(START + timedelta(seconds=60))
    await stage.engine.idle()
    assert stage.domain.fired == 1
    assert stage.committed[-1].now == START + timedelta(seconds=20)
    assert [event.event.kind for event in stage.published] == ["timer.fired"]


async def test_a_deadline_that_stays_in_the_past_is_tried_ever_more_slowly(build: Build) -> None:
    clock = VirtualClock(START)
    stage = build(clock=clock)
    await stage.engine.start()
    stage.domain.stuck = True
    await stage.engine.submit(WakeAt(START), client_id="k1")
    fired_at = []
    for _ in range(8):
        assert clock.run_next()
        await stage.engine.idle()
        fired_at.append(clock.now())
    assert stage.domain.fired == 8
    pauses_ms = [(b - a).total_seconds() * 1000 for a, b in pairwise(fired_at)]
    assert pauses_ms == [2, 4, 8, 16, 32, 64, 128]


async def test_telephony_events_are_taken_in_order_and_acknowledged_when_committed(stage: Stage) -> None:
    stage.engine.sink("webrtc")
    for n in range(1, 6):
        assert stage.journal.press(stage.engine, "leg_1", str(n), n)
    await until(lambda: stage.journal.acknowledged == 5)
    assert stage.domain.digits["leg_1"] == "12345"
    assert stage.engine.acknowledged("webrtc") == 5
    assert await stage.rows("SELECT backend, acknowledged FROM journals") == [("webrtc", 5)]


async def test_an_event_delivered_twice_counts_once_also_after_a_restart(build: Build) -> None:
    first = build()
    await first.engine.start()
    first.engine.sink("webrtc")
    for n in (1, 2, 2, 1, 3):
        first.journal.press(first.engine, "leg_1", str(n), n)
    await first.engine.idle()
    await first.engine.stop()
    second = build()
    await second.engine.start()
    second.engine.sink("webrtc")
    for n in (2, 3, 4):
        second.journal.press(second.engine, "leg_1", str(n), n)
    await second.engine.idle()
    assert second.domain.digits == {"leg_1": "1234"}


async def test_more_telephony_than_fits_is_delivered_again_and_none_is_lost(build: Build) -> None:
    stage = build(Limits(telephony_max=10, batch_max=4))
    await stage.engine.start()
    stage.engine.sink("webrtc")
    taken = [stage.journal.press(stage.engine, "leg_1", str(n % 10), n) for n in range(1, 101)]
    assert not all(taken)
    await until(lambda: stage.journal.acknowledged == 100)
    assert stage.journal.redelivered >= 1
    assert stage.domain.digits["leg_1"] == "".join(str(n % 10) for n in range(1, 101))


async def test_a_full_inbox_refuses_commands_with_a_clear_error(build: Build) -> None:
    stage = build(Limits(commands_max=3))
    await stage.engine.start()
    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(_outcome(stage, Press("ct_1", "1"), client_id=f"k{n}")) for n in range(5)]
    outcomes = [task.result() for task in sent]
    assert outcomes.count("ok") == 3
    assert outcomes.count("The server has more to do than it can take on. Try again in a moment.") == 2
    # What was refused was not half accepted: the same id works now.
    assert (await stage.engine.submit(Press("ct_1", "1"), client_id="k4")).ok
    assert len(stage.domain.digits["ct_1"]) == 4


async def test_an_engine_that_cannot_start_lets_go_of_the_domain(build: Build) -> None:
    broken = build()

    async def no_configuration() -> SmallCentre:
        raise RuntimeError("the configuration cannot be read")

    broken.engine._writer._make_domain = no_configuration
    with pytest.raises(RuntimeError, match="cannot be read"):
        await broken.engine.start()
    next_one = build()
    await next_one.engine.start()
    assert next_one.engine.running


async def test_stop_finishes_what_was_accepted(build: Build) -> None:
    stage = build()
    await stage.engine.start()
    stage.world.gates["e1"] = asyncio.Event()
    sent = [
        asyncio.create_task(stage.engine.submit(Press("ct_1", "1"), client_id=f"k{n}")) for n in range(50)
    ]
    sent.append(
        asyncio.create_task(
            stage.engine.submit(Perform((effect("e1", Recovery.REPEAT),)), client_id="effect")
        )
    )
    await asyncio.sleep(0)
    stopping = asyncio.create_task(stage.engine.stop())
    await until(lambda: stage.world.begun == ["e1"])
    stage.world.gates["e1"].set()
    await stopping
    assert all(result.ok for result in await asyncio.gather(*sent))
    assert await stage.value("SELECT state FROM effects") == "done"
    with pytest.raises(EngineStopped):
        await stage.engine.submit(Press("ct_1", "1"), client_id="late")


async def test_a_listener_that_breaks_stops_nothing(build: Build) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a page renderer has a fault")

    stage = build(listener=broken)
    await stage.engine.start()
    await stage.engine.submit(Perform((effect("e1"),)), client_id="k1")
    assert (await stage.engine.submit(Press("ct_1", "5"), client_id="k2")).ok
    await stage.engine.idle()
    assert stage.world.done == ["e1"]


async def _outcome(stage: Stage, command: Press, client_id: str) -> str:
    try:
        return "ok" if (await stage.engine.submit(command, client_id=client_id)).ok else "refused"
    except EngineBusy as busy:
        return str(busy)
