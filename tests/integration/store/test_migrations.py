"""The same migrations run up and down on both databases, with data in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from app.store import migrate, models, schema
from app.store.columns import Base
from app.store.database import Database
from tests.fixtures.databases import Postgres

assert schema.EventModel.metadata is models.UserModel.metadata


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create()
    database = Database(url)
    yield database
    await database.close()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_what_migrations_make_is_what_the_models_say(empty: Database) -> None:
    await migrate.upgrade(empty)
    assert await migrate.current(empty) == migrate.head()
    assert await empty.write(_differences) == []


async def test_up_and_down_keeps_the_data_of_the_tables_that_stay(empty: Database) -> None:
    await migrate.upgrade(empty, "0001")
    await empty.write(
        lambda connection: connection.execute(
            text("INSERT INTO calls (contact_id, body) VALUES ('ct_1', '{\"a\": 1}')")
        )
    )
    await migrate.upgrade(empty)
    await empty.write(
        lambda connection: connection.execute(
            text("INSERT INTO queues (queue_id, name, policy, version) VALUES ('q', 'Billing', '{}', 1)")
        )
    )
    await migrate.downgrade(empty, "0001")
    assert "queues" not in await empty.write(_tables)
    kept = await empty.write(lambda c: c.execute(text("SELECT contact_id FROM calls")).scalar_one())
    assert kept == "ct_1"
    await migrate.upgrade(empty)
    assert "queues" in await empty.write(_tables)


async def test_downgrade_to_base_leaves_nothing_behind(empty: Database) -> None:
    await migrate.upgrade(empty)
    await migrate.downgrade(empty, "base")
    assert await empty.write(_tables) == set()
    assert await migrate.current(empty) is None


async def test_an_upgrade_that_fails_halfway_changes_nothing(empty: Database) -> None:
    await migrate.upgrade(empty, "0001")
    # Something is in the way of a table that the next migration makes late.
    await empty.write(lambda connection: connection.execute(text("CREATE TABLE sessions (a INTEGER)")))
    with pytest.raises(Exception, match="sessions"):
        await migrate.upgrade(empty)
    assert await migrate.current(empty) == "0001"
    assert "queues" not in await empty.write(_tables)
