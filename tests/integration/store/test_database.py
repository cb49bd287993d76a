"""Transactions of requests: all or nothing, with their events, and beside the engine's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.engine.commit import Batch, LogEvent, PublishedEvent
from app.engine.lease import Lease
from app.store.database import Database
from app.store.engine import BatchWrite, EngineStore
from app.store.errors import StoreUnavailable
from app.store.log import append_event
from app.store.models import AuditModel
from app.store.repositories.events import AuditTrail, Events
from app.store.schema import ContactModel

NOW = datetime(2026, 11, 19, 10, 43, 0, 120, tzinfo=UTC)


def _event(kind: str, **values: str) -> LogEvent:
    return LogEvent(kind=kind, at=NOW, **values)  # type: ignore[arg-type]


@pytest.fixture(params=["many", "one"])
async def sqlite_any(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite with readers beside the writer, and with the one connection of a faulty version."""
    opened = Database(sqlite_url, one_connection=request.param == "one")
    yield opened
    await opened.close()


async def test_events_of_a_request_are_written_with_it_and_published_after(database: Database) -> None:
    heard: list[PublishedEvent] = []
    database.publish_to(heard.extend)
    async with database.transaction() as session:
        append_event(session, _event("case.opened", case_id="ca_1"))
        append_event(session, _event("case.noted", case_id="ca_1"))
        assert heard == []
    assert [(each.position, each.event.kind) for each in heard] == [(1, "case.opened"), (2, "case.noted")]
    async with database.read() as session:
        stored = await Events(session).of_case("ca_1")
    assert [each.kind for each in stored] == ["case.opened", "case.noted"]
    assert stored[0].at == NOW


async def test_a_request_that_fails_leaves_nothing(database: Database) -> None:
    heard: list[PublishedEvent] = []
    database.publish_to(heard.extend)

    async def request() -> None:
        async with database.transaction() as session:
            append_event(session, _event("case.opened"))
            await AuditTrail(session).add(at=NOW, actor="u_1", action="case.opened")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await request()
    async with database.read() as session:
        assert await Events(session).end() == 0
        assert await AuditTrail(session).recent() == []
    assert heard == []


async def test_positions_have_no_gaps_whoever_writes(database: Database) -> None:
    lease = Lease(database, "voice", "a")
    await lease.acquire()
    store = EngineStore(database, "voice")

    async def engine() -> None:
        for number in range(1, 21):
            batch = Batch(events=(_event("engine.wrote"), _event("engine.wrote")))
            await store.commit(lease.token, BatchWrite(number=number, now=NOW, batch=batch))

    async def request(n: int) -> None:
        try:
            async with database.transaction() as session:
                append_event(session, _event("request.wrote"))
                if n % 3 == 0:
                    raise KeyError(n)
        except KeyError:
            pass

    await asyncio.gather(engine(), *(request(n) for n in range(30)))
    async with database.read() as session:
        positions = [each.position for each in await Events(session).since(0)]
    assert positions == list(range(1, 40 + 20 + 1))
    await lease.release()


@pytest.mark.parametrize("table", ["events", "audit"])
@pytest.mark.parametrize("change", ["UPDATE {} SET data = '{{}}'", "DELETE FROM {}"])
async def test_what_is_written_cannot_be_changed(database: Database, table: str, change: str) -> None:
    async with database.transaction() as session:
        append_event(session, _event("case.opened"))
        session.add(AuditModel(at=NOW, actor="u", action="a.b", data={}))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(change.format(table)))
    async with database.read() as session:
        assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 1


async def test_sqlite_does_not_let_an_event_be_replaced_either(sqlite_database: Database) -> None:
    async with sqlite_database.transaction() as session:
        append_event(session, _event("case.opened"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with sqlite_database.transaction() as session:
            await session.execute(
                text("INSERT OR REPLACE INTO events (position, at, kind) VALUES (1, '', 'forged')")
            )


async def test_postgresql_does_not_let_the_log_be_truncated(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE events"))
    await database.close()


async def test_instants_come_back_as_they_went_in_and_sort(database: Database) -> None:
    elsewhere = timezone(timedelta(hours=-5))
    instants = [
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, 5, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 22, 4, 5, 2, tzinfo=elsewhere),
    ]
    async with database.transaction() as session:
        for n, at in enumerate(instants):
            session.add(ContactModel(contact_id=f"ct_{n}", state="ended", arrived_at=at, ended_at=at))
    async with database.read() as session:
        rows = (await session.execute(text("SELECT contact_id FROM contacts ORDER BY arrived_at"))).scalars()
        assert list(rows) == ["ct_0", "ct_1", "ct_2"]
        stored = await session.get(ContactModel, "ct_2")
        assert stored is not None
        assert stored.arrived_at == instants[2]
        assert stored.arrived_at.tzinfo is UTC


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = ContactModel(contact_id="ct_1", state="ended", arrived_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="needs a time zone"):
        async with database.transaction() as session:
            session.add(naive)


async def test_readers_do_not_wait_for_a_writer(sqlite_database: Database) -> None:
    async with sqlite_database.transaction() as writing:
        append_event(writing, _event("case.opened"))
        async with sqlite_database.read() as session, asyncio.timeout(5):
            assert await Events(session).end() == 0


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        async with database.read() as session:
            await session.execute(text("UPDATE counters SET value = 5"))


async def test_one_writer_at_a_time_and_all_get_their_turn(sqlite_any: Database) -> None:
    inside = 0
    most = 0

    async def request() -> None:
        nonlocal inside, most
        async with sqlite_any.transaction() as session:
            inside += 1
            most = max(most, inside)
            append_event(session, _event("request.wrote"))
            await session.execute(text("SELECT 1"))
            inside -= 1

    async def engine() -> None:
        await sqlite_any.write(lambda connection: connection.execute(text("SELECT 1")))

    async def reader() -> None:
        async with sqlite_any.read() as session:
            await Events(session).end()

    await asyncio.gather(*(each() for _ in range(20) for each in (request, engine, reader)))
    assert most == 1
    async with sqlite_any.read() as session:
        assert await Events(session).end() == 20


async def test_a_cancelled_caller_does_not_cut_the_transaction_off(sqlite_any: Database) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(connection: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        connection.execute(text("UPDATE counters SET value = 7 WHERE name = 'cases'"))  # type: ignore[attr-defined]

    caller = asyncio.create_task(sqlite_any.write(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    # The turn was given on only after the commit.
    async with sqlite_any.transaction() as session:
        row = await session.execute(text("SELECT value FROM counters WHERE name = 'cases'"))
        assert row.scalar_one() == 7


async def test_a_lost_connection_is_trouble_with_the_database(postgres_url: str) -> None:
    database = Database(postgres_url)
    other = Database(postgres_url)

    async def request() -> None:
        async with database.transaction() as session:
            pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            async with other.transaction() as killer:
                await killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            await session.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        await request()
    await database.ping()
    await database.close()
    await other.close()


async def test_a_server_that_is_not_there_is_trouble_with_the_database(tmp_path: object) -> None:
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await database.ping()
    with pytest.raises(StoreUnavailable):
        await database.write(lambda connection: None)
    await database.close()


async def test_a_mistake_in_a_statement_is_not_trouble_with_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.write(lambda connection: connection.execute(text("SELECT * FROM nowhere")))
    with pytest.raises(DBAPIError):
        await database.write(
            lambda connection: connection.execute(text("INSERT INTO counters VALUES ('events', 1)"))
        )


async def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_database: Database) -> None:
    def settings(connection: object) -> tuple[object, ...]:
        ask = connection.exec_driver_sql  # type: ignore[attr-defined]
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return tuple(ask(f"PRAGMA {name}").scalar() for name in names)

    expected = ("wal", 2, 1, 10_000)
    assert await sqlite_database.write(settings) == expected
    async with sqlite_database.transaction() as session:
        assert await session.run_sync(lambda it: settings(it.connection())) == expected


async def test_the_bundled_sqlite_is_in_use(sqlite_database: Database) -> None:
    assert not sqlite_database.one_connection
    async with sqlite_database.read() as session:
        version = (await session.execute(text("SELECT sqlite_version()"))).scalar_one()
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)
