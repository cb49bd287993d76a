"""The tests of this folder catch what they are for: each piece, broken on purpose, makes one of them fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.engine import effects, writer
from app.store import engine as store_engine
from app.store import leases, rows
from app.store.database import Database
from app.store.engine import BatchWrite
from app.store.errors import StoreUnavailable
from app.store.turn import WriteTurn
from tests.fixtures.databases import Postgres
from tests.integration.engine import test_effects, test_fencing, test_loop, test_replay
from tests.integration.engine.conftest import Build
from tests.integration.engine.test_replay import FlakyDatabase
from tests.integration.store import test_database, test_rows

Fails = (AssertionError, pytest.fail.Exception, ExceptionGroup)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """One kind of database is enough to see a test fail."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def flaky(sqlite_url: str) -> AsyncIterator[FlakyDatabase]:
    opened = FlakyDatabase(sqlite_url)
    yield opened
    await opened.close()


async def test_a_lease_whose_epoch_is_not_checked(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    unchecked = leases._renewal.__wrapped__

    def renewal(dialect: str, with_batch: bool) -> Any:
        update = unchecked(dialect, with_batch)
        update._where_criteria = ()
        return update

    monkeypatch.setattr(leases, "_renewal", renewal)
    opened = Database(postgres.create("migrated"))
    with pytest.raises(Fails):
        await test_fencing.test_a_paused_owner_cannot_write(opened)
    await opened.close()


async def test_a_commit_that_is_sent_again_without_asking_whether_it_was_made(
    flaky: FlakyDatabase, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def commit(self: writer.BatchWriter, write: BatchWrite) -> int:
        while True:
            try:
                return await self._store.commit(self._lease.token, write)
            except StoreUnavailable:
                continue

    monkeypatch.setattr(writer.BatchWriter, "_commit", commit)
    with pytest.raises(Fails):
        await test_replay.test_a_batch_is_written_exactly_once_however_the_commit_breaks_off(
            flaky, build, "break_after"
        )


async def test_a_domain_that_is_kept_after_it_raised(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Any] = []
    reload = writer.BatchWriter._reload

    async def same_again(self: writer.BatchWriter, *arguments: Any) -> None:
        if not kept:
            await reload(self, *arguments)
            kept.append(self._domain)
        self._domain = kept[0]

    monkeypatch.setattr(writer.BatchWriter, "_reload", same_again)
    stage = build()
    await stage.engine.start()
    with pytest.raises(Fails):
        await test_replay.test_nothing_of_a_refused_batch_stays_in_memory(stage)


async def test_an_effect_that_is_sent_again_after_a_crash(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_engine, "_fate", lambda effect, state, now: "again")
    with pytest.raises(Fails):
        await test_effects.test_what_a_crash_leaves_is_recovered_by_kind(build)


async def test_effects_that_ignore_their_lanes(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = effects.Effects._carry_out
    monkeypatch.setattr(
        effects.Effects, "_carry_out", lambda self, effect, before: carry_out(self, effect, set())
    )
    stage = build()
    await stage.engine.start()
    with pytest.raises(Fails):
        await test_effects.test_a_later_batch_does_not_overtake_on_the_same_lane(stage)


async def test_effects_that_run_before_the_commit(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = build()
    commit = writer.BatchWriter._commit

    async def too_early(self: writer.BatchWriter, write: BatchWrite) -> int:
        stage.engine._effects.start(write.batch.effects)
        return await commit(self, write)

    monkeypatch.setattr(writer.BatchWriter, "_commit", too_early)
    await stage.engine.start()
    with pytest.raises(Fails):
        await test_loop.test_no_effect_runs_before_its_batch_is_committed(stage)


async def test_a_repeated_command_that_is_carried_out_again(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: writer.BatchWriter, command: object) -> bool:
        return False

    monkeypatch.setattr(writer.BatchWriter, "_was_answered", never)
    with pytest.raises(Fails):
        await test_loop.test_an_id_which_is_no_longer_in_memory_still_gets_its_first_answer(
            build, monkeypatch
        )


async def test_records_that_are_written_in_the_order_given(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {
        name: rows.EngineTable(table=table.table, key=table.key, live=table.live)
        for name, table in rows.ENGINE_TABLES.items()
    }
    monkeypatch.setattr(rows, "ENGINE_TABLES", changed)
    with pytest.raises(Exception, match="UNIQUE"):
        await test_rows.test_an_offer_may_end_and_the_next_open_in_one_batch_in_any_order(database)


async def test_writers_that_do_not_wait_for_their_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(self: WriteTurn, *, engine: bool) -> None:
        return None

    monkeypatch.setattr(WriteTurn, "acquire", at_once)
    with pytest.raises(Fails):
        await test_database.test_one_writer_at_a_time_and_all_get_their_turn(database)
