"""Subscribers hear every committed event once, in the order of the log, or are told that they did not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from app.bus import EventBus, Lagging, Subscription
from app.engine.commit import LogEvent, PublishedEvent
from app.store.database import Database
from app.store.log import append_event
from app.store.repositories.events import Events

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


def _event(position: int) -> PublishedEvent:
    return PublishedEvent(position=position, event=LogEvent(kind="a.b", at=NOW))


async def _take(subscription: Subscription, count: int) -> list[int]:
    taken: list[int] = []
    async with asyncio.timeout(10):
        async for event in subscription:
            taken.append(event.position)
            if len(taken) == count:
                break
    return taken


@pytest.fixture
async def bus(database: Database) -> AsyncIterator[EventBus]:
    """A bus over a log in which four events stand."""
    async with database.transaction() as session:
        for _ in range(4):
            append_event(session, LogEvent(kind="a.b", at=NOW))

    async def fill(after: int, before: int) -> Sequence[PublishedEvent]:
        async with database.read() as session:
            return await Events(session).published(after, before)

    made = EventBus(position=0, fill=fill)
    yield made
    await made.close()


async def test_events_published_out_of_order_are_heard_in_order(bus: EventBus) -> None:
    heard = bus.subscribe()
    bus.publish([_event(3), _event(2)])
    bus.publish([_event(1), _event(4), _event(2)])
    assert await _take(heard, 4) == [1, 2, 3, 4]
    assert bus.position == 4


async def test_what_another_process_wrote_is_read_from_the_store(bus: EventBus) -> None:
    heard = bus.subscribe()
    bus.publish([_event(4)])
    assert await _take(heard, 4) == [1, 2, 3, 4]


async def test_who_does_not_keep_up_is_told_and_nobody_else_suffers(bus: EventBus) -> None:
    slow, quick = bus.subscribe(backlog=2), bus.subscribe()
    bus.publish([_event(n) for n in (1, 2, 3, 4)])
    assert await _take(quick, 4) == [1, 2, 3, 4]
    with pytest.raises(Lagging) as told:
        await _take(slow, 4)
    assert told.value.position == 2


async def test_a_closed_subscription_ends(bus: EventBus) -> None:
    heard = bus.subscribe()
    taking = asyncio.create_task(_take(heard, 1))
    await asyncio.sleep(0)
    heard.close()
    assert await taking == []
