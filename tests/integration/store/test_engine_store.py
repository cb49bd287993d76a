"""What an engine's store keeps between two lives of the engine, and what it forgets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.engine.commit import Batch, CommandResult, LogEvent, Recovery
from app.engine.lease import Lease
from app.store.database import Database
from app.store.engine import BatchWrite, EngineStore, Settlement
from tests.fixtures.small_centre import effect

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


@pytest.fixture
async def lease(database: Database) -> AsyncIterator[Lease]:
    held = Lease(database, "voice", "a")
    await held.acquire()
    yield held
    await held.release()


async def test_journal_positions_grow_with_each_batch(database: Database, lease: Lease) -> None:
    store = EngineStore(database, "voice")
    for number, positions in enumerate(({"webrtc": 3}, {"webrtc": 7, "simulated": 1}, {}), 1):
        batch = Batch(acknowledged=positions, events=(LogEvent(kind="a.b", at=NOW),))
        assert await store.commit(lease.token, BatchWrite(number=number, now=NOW, batch=batch)) == number
    loaded = await store.load(lease.token)
    assert loaded.journals == {"webrtc": 7, "simulated": 1}
    assert loaded.position == 3
    last = await store.last_batch(lease.token)
    assert (last.number, last.position) == (3, 3)


async def test_an_engine_reads_only_what_is_its_own(database: Database, lease: Lease) -> None:
    voice, cases = EngineStore(database, "voice"), EngineStore(database, "cases", tables=())
    answer = CommandResult(client_id="k1", ok=False, error_code="offer_ended", detail="It ended.")
    batch = Batch(acknowledged={"webrtc": 1}, results=(answer,), effects=(effect("e1", Recovery.REPEAT),))
    await voice.commit(lease.token, BatchWrite(number=1, now=NOW, batch=batch))
    other = Lease(database, "cases", "b")
    await other.acquire()
    loaded = await cases.load(other.token)
    assert (loaded.rows, loaded.journals) == ({}, {})
    assert await cases.result_of("k1") is None
    assert await voice.result_of("k1") == answer
    assert (await cases.unsettled_effects(other.token, NOW)).again == []
    assert [each.effect_id for each in (await voice.unsettled_effects(lease.token, NOW)).again] == ["e1"]
    await other.release()


async def test_recent_answers_are_the_last_ones_oldest_first(database: Database, lease: Lease) -> None:
    store = EngineStore(database, "voice")
    for number in range(1, 5):
        batch = Batch(results=(CommandResult(client_id=f"k{number}", ok=True),))
        now = NOW + timedelta(seconds=number)
        await store.commit(lease.token, BatchWrite(number=number, now=now, batch=batch))
    assert [each.client_id for each in await store.recent_results(2)] == ["k3", "k4"]


async def test_only_what_is_settled_and_old_is_pruned(database: Database, lease: Lease) -> None:
    store = EngineStore(database, "voice")
    old, new = NOW - timedelta(days=8), NOW
    for number, at in ((1, old), (2, new)):
        batch = Batch(
            results=(CommandResult(client_id=f"k{number}", ok=True),),
            effects=(effect(f"done_{number}"), effect(f"open_{number}", Recovery.REPEAT)),
        )
        await store.commit(lease.token, BatchWrite(number=number, now=at, batch=batch))
    settled = [Settlement(effect_id=f"done_{number}", state="done") for number in (1, 2)]
    await store.commit(lease.token, BatchWrite(number=3, now=NOW, batch=Batch(), settlements=settled))
    assert await store.prune(lease.token, NOW - timedelta(days=7)) == 2
    assert await store.prune(lease.token, NOW - timedelta(days=7)) == 0
    async with database.read() as session:
        left = (await session.execute(text("SELECT effect_id FROM effects ORDER BY 1"))).scalars().all()
        answers = (await session.execute(text("SELECT client_id FROM command_results"))).scalars().all()
    assert left == ["done_2", "open_1", "open_2"]
    assert answers == ["k2"]
