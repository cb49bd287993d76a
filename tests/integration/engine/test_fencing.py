"""One owner at a time: whoever lost the domain writes nothing more, whatever it believes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.clock import SystemClock
from app.engine.commit import Batch, LogEvent
from app.engine.lease import Lease, free_lease
from app.store.database import Database
from app.store.engine import BatchWrite, EngineStore
from app.store.errors import LeaseHeld, LeaseLost
from tests.fixtures.small_centre import Press
from tests.integration.engine.conftest import Build, until

SHORT = timedelta(milliseconds=400)


def _write(number: int) -> BatchWrite:
    event = LogEvent(kind="something.happened", at=SystemClock().now())
    return BatchWrite(number=number, now=event.at, batch=Batch(events=(event,)))


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    opened = Database(postgres_url)
    yield opened
    await opened.close()


async def test_a_second_owner_has_to_wait(database: Database) -> None:
    first, second = Lease(database, "voice", "a"), Lease(database, "voice", "b")
    await first.acquire()
    with pytest.raises(LeaseHeld):
        await second.acquire()
    await first.release()
    await second.acquire()
    assert (second.epoch, second.holds(), first.holds()) == (2, True, False)
    await second.release()


async def test_domains_are_owned_apart(database: Database) -> None:
    voice, cases = Lease(database, "voice", "a"), Lease(database, "cases", "b")
    await voice.acquire()
    await cases.acquire()
    await voice.release()
    await cases.release()


async def test_on_postgresql_the_lease_runs_out_by_database_time(postgres_database: Database) -> None:
    paused = Lease(postgres_database, "voice", "paused", ttl=SHORT)
    await paused.acquire()
    successor = Lease(postgres_database, "voice", "successor")
    with pytest.raises(LeaseHeld, match="belongs to paused"):
        await successor.acquire()
    await _free(successor)
    assert successor.epoch == 2


async def test_a_paused_owner_cannot_write(postgres_database: Database) -> None:
    store = EngineStore(postgres_database, "voice")
    paused = Lease(postgres_database, "voice", "paused", ttl=SHORT)
    await paused.acquire()
    await store.commit(paused.token, _write(1))
    successor = Lease(postgres_database, "voice", "successor")
    await _free(successor)
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: store.commit(paused.token, _write(2)),
        lambda: store.claim(paused.token, ["e1"]),
        lambda: store.load(paused.token),
        lambda: store.last_batch(paused.token),
        paused.renew,
    ]
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            await attempt()
    await store.commit(successor.token, _write(2))
    async with postgres_database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM events"))).scalar_one() == 2


async def test_an_owner_that_comes_back_in_time_goes_on(postgres_database: Database) -> None:
    lease = Lease(postgres_database, "voice", "a", ttl=SHORT)
    await lease.acquire()
    await until(lambda: not lease.holds())
    await lease.renew()
    assert lease.holds()


async def test_the_epoch_counts_on_sqlite_too(sqlite_database: Database) -> None:
    """A second copy of the program on a file system without locks is stopped by the epoch."""
    store = EngineStore(sqlite_database, "voice")
    first = Lease(sqlite_database, "voice", "a")
    await first.acquire()
    async with sqlite_database.transaction() as session:
        await session.execute(text("UPDATE leases SET owner = 'b', epoch = epoch + 1"))
    with pytest.raises(LeaseLost):
        await store.commit(first.token, _write(1))
    async with sqlite_database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM events"))).scalar_one() == 0
    await first.release()


async def test_the_supervisor_frees_a_dead_childs_lease_at_once(database: Database) -> None:
    dead = Lease(database, "voice", "child-1", ttl=timedelta(hours=1))
    await dead.acquire()
    if dead._lock is not None:
        dead._lock.release()  # the kernel does this when a process ends
    assert await free_lease(database, "child-1") == 1
    assert await free_lease(database, "child-1") == 0
    next_child = Lease(database, "voice", "child-2")
    await next_child.acquire()
    with pytest.raises(LeaseLost):
        await dead.renew()
    await next_child.release()


async def test_two_engines_never_both_write(postgres_database: Database, build: Build) -> None:
    """The old engine stops by itself, and what it could not write is not half there."""
    old = build(on=postgres_database)
    await old.engine.start()
    await old.engine.submit(Press("ct_1", "1"), client_id="k1")
    await free_lease(postgres_database, old.lease.owner)
    new = build(on=postgres_database)
    await new.engine.start()
    lost = asyncio.create_task(old.engine.submit(Press("ct_1", "2"), client_id="k2"))
    with pytest.raises(LeaseLost):
        await old.engine.wait()
    with pytest.raises(Exception, match="starting or stopping"):
        await lost
    assert (await new.engine.submit(Press("ct_1", "2"), client_id="k2")).ok
    assert new.domain.digits == {"ct_1": "12"}
    assert await new.rows("SELECT position, kind FROM events ORDER BY position") == [
        (1, "digit.pressed"),
        (2, "digit.pressed"),
    ]


async def _free(lease: Lease) -> None:
    """Acquire as soon as the last owner's lease has run out."""
    async with asyncio.timeout(20):
        while True:
            try:
                await lease.acquire()
            except LeaseHeld:
                await asyncio.sleep(0.02)
            else:
                return
