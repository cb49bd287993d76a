"""What engines write about their records, and the invariants that the database itself keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.engine.commit import Row, RowValue
from app.store.database import Database
from app.store.rows import live_rows, write_rows
from tests.fixtures.small_centre import offer_row

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


async def _write(database: Database, *rows: Row) -> None:
    await database.write(lambda connection: write_rows(connection, rows))


async def _live(database: Database, table: str) -> Sequence[dict[str, RowValue]]:
    return [dict(row) for row in await database.write(lambda connection: live_rows(connection, table))]


def _contact(contact_id: str, **values: RowValue) -> Row:
    return Row(table="contacts", key=contact_id, values={"state": "queued", "arrived_at": NOW, **values})


def _recording(**values: RowValue) -> Row:
    return Row(table="recordings", key="r_1", values=values)


async def test_a_record_comes_back_as_it_was_written(database: Database) -> None:
    body: RowValue = {"nested": {"list": [1, 2.5, None, "Siân"], "yes": True}}
    await _write(database, _contact("ct_1", body=body, live=True, queued_at=NOW, flow_version=3))
    (row,) = await _live(database, "contacts")
    assert row["body"] == body
    assert (row["state"], row["live"], row["queued_at"], row["flow_version"]) == ("queued", True, NOW, 3)
    assert (row["channel"], row["ani"], row["ended_at"]) == ("voice", "", None)


async def test_the_last_row_for_a_key_wins_and_columns_add_up(database: Database) -> None:
    await _write(
        database,
        _contact("ct_1", queue_id="billing"),
        _contact("ct_2"),
        Row(table="contacts", key="ct_2", values=None),
        Row(table="contacts", key="ct_1", values={"state": "talking"}),
    )
    (row,) = await _live(database, "contacts")
    assert (row["contact_id"], row["state"], row["queue_id"]) == ("ct_1", "talking", "billing")


async def test_a_row_after_a_deletion_in_the_same_batch_starts_anew(database: Database) -> None:
    await _write(database, Row(table="calls", key="ct_1", values={"body": {"a": 1}}))
    await _write(
        database,
        Row(table="calls", key="ct_1", values=None),
        Row(table="calls", key="ct_1", values={"body": {"b": 2}}),
    )
    assert [row["body"] for row in await _live(database, "calls")] == [{"b": 2}]


async def test_a_row_that_names_some_columns_changes_only_those(database: Database) -> None:
    await _write(database, _recording(contact_id="ct_1", path="/r/1.wav", started_at=NOW, state="recording"))
    await _write(database, _recording(duration_s=4.5))
    (row,) = await _live(database, "recordings")
    assert (row["path"], row["state"], row["duration_s"]) == ("/r/1.wav", "recording", 4.5)
    await _write(database, _recording(state="ready"))
    assert await _live(database, "recordings") == []


async def test_a_change_of_a_record_that_is_not_there_makes_none(database: Database) -> None:
    await _write(database, _recording(state="ready"))
    async with database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM recordings"))).scalar_one() == 0


async def test_only_what_is_live_is_loaded(database: Database) -> None:
    await _write(
        database,
        _contact("ct_live"),
        _contact("ct_over", live=False),
        offer_row("o_open", "amina", "ct_over", NOW),
        offer_row("o_of_live", "dev", "ct_live", NOW, outcome="declined"),
        offer_row("o_of_over", "dev", "ct_over", NOW, outcome="declined"),
    )
    assert [row["contact_id"] for row in await _live(database, "contacts")] == ["ct_live"]
    assert [row["offer_id"] for row in await _live(database, "offers")] == ["o_of_live", "o_open"]


async def test_an_agent_has_one_open_offer(database: Database) -> None:
    await _write(database, offer_row("o_1", "amina", "ct_1", NOW))
    with pytest.raises(IntegrityError):
        await _write(database, offer_row("o_2", "amina", "ct_2", NOW))
    await _write(database, offer_row("o_3", "dev", "ct_2", NOW))


async def test_an_offer_may_end_and_the_next_open_in_one_batch_in_any_order(database: Database) -> None:
    await _write(database, offer_row("o_1", "amina", "ct_1", NOW))
    await _write(
        database,
        offer_row("o_2", "amina", "ct_2", NOW),
        offer_row("o_1", "amina", "ct_1", NOW, outcome="declined", ended_at=NOW + timedelta(seconds=1)),
    )
    assert [row["offer_id"] for row in await _live(database, "offers")] == ["o_2"]


async def test_a_handling_of_a_contact_is_accepted_once(database: Database) -> None:
    await _write(database, offer_row("o_1", "amina", "ct_1", NOW, outcome="accepted", part=1))
    with pytest.raises(IntegrityError):
        await _write(database, offer_row("o_2", "dev", "ct_1", NOW, outcome="accepted", part=1))
    # The first agent was lost; the contact is queued again and accepted once more.
    await _write(database, offer_row("o_3", "dev", "ct_1", NOW, outcome="accepted", part=2))


@pytest.mark.parametrize("table", ["events", "users", "nowhere"])
async def test_a_table_that_no_engine_owns_is_refused(database: Database, table: str) -> None:
    with pytest.raises(KeyError):
        await _write(database, Row(table=table, key="x", values={"a": 1}))


async def test_an_unknown_column_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="colour"):
        await _write(database, _contact("ct_1", colour="red"))
