"""Writing and reading the records that engines own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.engine.commit import Row, RowValue
from app.store.columns import Base
from app.store.schema import (
    AbandonedModel,
    AgentLegModel,
    AgentStateModel,
    CallModel,
    ContactModel,
    OfferModel,
    QueueStateModel,
    RecordingModel,
    WaitingModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTable:
    table: Table
    key: str
    live: ColumnElement[bool] | None = None
    """Which records a domain is rebuilt from; None: all."""
    open_while_none: str | None = None
    """While this column is NULL the record takes a place that only one may have. Records that give
    their place up are written before those that take one."""


def _table(model: type[Base], **settings: Any) -> EngineTable:
    table = model.__table__
    assert isinstance(table, Table)
    return EngineTable(table=table, key=table.primary_key.columns[0].name, **settings)


ENGINE_TABLES: Mapping[str, EngineTable] = {
    each.table.name: each
    for each in (
        _table(ContactModel, live=ContactModel.live),
        _table(AgentStateModel),
        _table(WaitingModel),
        _table(
            OfferModel,
            live=OfferModel.outcome.is_(None)
            | OfferModel.contact_id.in_(select(ContactModel.contact_id).where(ContactModel.live)),
            open_while_none="outcome",
        ),
        _table(CallModel),
        _table(RecordingModel, live=RecordingModel.state.in_(("recording", "paused"))),
        _table(AgentLegModel),
        _table(QueueStateModel),
        _table(AbandonedModel),
    )
}
"""Every table a `Row` may name."""


def write_rows(connection: Connection, rows: Sequence[Row]) -> None:
    """Bring the records to what `rows` say, with one statement for each table and set of columns.

    A row that leaves out a required column changes a record that is there, and makes none.

    Raises:
        KeyError: a row names a table that no engine owns.
    """
    deleted: dict[str, list[dict[str, Any]]] = {}
    written: dict[tuple[str, frozenset[str], bool], list[dict[str, Any]]] = {}
    for (name, key), values in _last_of_each(rows).items():
        table = ENGINE_TABLES[name]
        if values is None:
            deleted.setdefault(name, []).append({"the_key": key})
            continue
        place = table.open_while_none
        takes_place = place is not None and place in values and values[place] is None
        written.setdefault((name, frozenset(values), takes_place), []).append({"the_key": key, **values})
    for name, keys in deleted.items():
        connection.execute(_delete(name), keys)
    for (name, columns, _), records in sorted(written.items(), key=lambda item: item[0][2]):
        connection.execute(_write(connection.dialect.name, name, columns), records)


def live_rows(connection: Connection, name: str) -> list[Mapping[str, RowValue]]:
    """The records of one table that a domain is rebuilt from, ordered by key."""
    table = ENGINE_TABLES[name]
    query = select(table.table).order_by(table.table.c[table.key])
    if table.live is not None:
        query = query.where(table.live)
    return [dict(row) for row in connection.execute(query).mappings()]


def _last_of_each(rows: Sequence[Row]) -> dict[tuple[str, str], Mapping[str, RowValue] | None]:
    """What is left of each record after all of `rows`, in order of the last word on it."""
    left: dict[tuple[str, str], Mapping[str, RowValue] | None] = {}
    for row in rows:
        before = left.pop((row.table, row.key), None)
        merge = before is not None and row.values is not None
        left[row.table, row.key] = {**before, **row.values} if merge else row.values  # type: ignore[dict-item]
    return left


@cache
def _write(dialect: str, name: str, columns: frozenset[str]) -> Any:
    table = ENGINE_TABLES[name]
    names = sorted(columns)
    if columns and not _required(table) <= columns:
        change = update(table.table).where(table.table.c[table.key] == bindparam("the_key"))
        return change.values({name: bindparam(name) for name in names})
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table.table)
    statement = statement.values(
        {table.key: bindparam("the_key"), **{name: bindparam(name) for name in names}}
    )
    if not columns:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(
        index_elements=[table.key], set_={name: statement.excluded[name] for name in names}
    )


def _required(table: EngineTable) -> frozenset[str]:
    """Columns a new record cannot do without."""
    return frozenset(
        column.name
        for column in table.table.columns
        if column.name != table.key and not column.nullable and column.server_default is None
    )


@cache
def _delete(name: str) -> Any:
    table = ENGINE_TABLES[name]
    return delete(table.table).where(table.table.c[table.key] == bindparam("the_key"))
