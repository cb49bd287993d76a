"""Appending to the event log, in the transaction that made the event true."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.engine.commit import LogEvent, PublishedEvent
from app.store.columns import LogPosition
from app.store.schema import CounterModel, EventModel

_PENDING = "patchbay_events"
_COLUMNS = ("at", "kind", "contact_id", "agent_id", "queue_id", "case_id", "customer_id", "data")

_end = select(CounterModel.value).where(CounterModel.name == "events")
_take = (
    update(CounterModel)
    .where(CounterModel.name == "events")
    .values(value=CounterModel.value + bindparam("count", type_=LogPosition))
    .returning(CounterModel.value)
)
_insert = insert(EventModel)


def append_events(connection: Connection, events: Sequence[LogEvent]) -> int:
    """Write events at the end of the log; returns the position of the last (where it ends without any).

    The counter row stays locked until the commit, so positions have no gaps and a reader who saw one
    has seen all before it. Therefore this comes last in a transaction.
    """
    if not events:
        return connection.execute(_end).scalar_one()
    last: int = connection.execute(_take, {"count": len(events)}).scalar_one()
    rows = [
        {"position": position, **{name: getattr(event, name) for name in _COLUMNS}}
        for position, event in enumerate(events, last - len(events) + 1)
    ]
    connection.execute(_insert, rows)
    return last


def append_event(session: AsyncSession, event: LogEvent) -> None:
    """Have `event` written when the transaction of `session` commits, and published after it."""
    session.info.setdefault(_PENDING, []).append(event)


async def write_pending(session: AsyncSession) -> tuple[PublishedEvent, ...]:
    """Write what `append_event` collected, right before the commit."""
    events: list[LogEvent] = session.info.pop(_PENDING, [])
    if not events:
        return ()
    await session.flush()
    last = await session.run_sync(lambda it: append_events(it.connection(), events))
    return published(last, events)


def published(last: int, events: Sequence[LogEvent]) -> tuple[PublishedEvent, ...]:
    """The events with their places, of which `last` is the last one's."""
    first = last - len(events) + 1
    return tuple(PublishedEvent(position=at, event=event) for at, event in enumerate(events, first))
