"""The load that promises are checked against: each queue's busiest hour of the last day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from app.api.models_setup_queue import QueueRules
from app.store.database import Database
from app.store.repositories.configuration import Configuration
from app.store.schema import ContactModel
from routing.analyser_load import Traffic

LOOKED_BACK = timedelta(days=1)
CONTACTS_MIN = 20
"""Fewer answered calls say nothing about the next day."""
ROWS_MAX = 50_000


async def busiest_hours(database: Database, now: datetime) -> dict[str, Traffic]:
    """Queue id -> its busiest hour. Handle time is talk and hold as measured, and the queue's ACW."""
    query = (
        select(ContactModel.queue_id, ContactModel.queued_at, ContactModel.answered_at, ContactModel.ended_at)
        .where(ContactModel.arrived_at >= now - LOOKED_BACK, ContactModel.queue_id.is_not(None))
        .order_by(ContactModel.arrived_at.desc())
        .limit(ROWS_MAX)
    )
    hours: dict[str, Counter[int]] = defaultdict(Counter)
    handled: dict[str, list[float]] = defaultdict(list)
    async with database.read() as session:
        for queue_id, queued_at, answered_at, ended_at in await session.execute(query):
            if queue_id is None or queued_at is None:
                continue
            hours[queue_id][int(queued_at.timestamp() // 3600)] += 1
            if answered_at is not None and ended_at is not None:
                handled[queue_id].append((ended_at - answered_at).total_seconds())
        acw = {
            each.queue_id: QueueRules.stored(each.policy).acw_s
            for each in await Configuration(session).queues()
        }
    return {
        queue_id: Traffic(
            contacts_per_hour=float(max(hours[queue_id].values())),
            handle_s=sum(times) / len(times) + acw.get(queue_id, 0.0),
        )
        for queue_id, times in handled.items()
        if len(times) >= CONTACTS_MIN
    }


STILL_AT_S = (0, 5, 10, 20, 40, 60, 90, 120, 180, 240, 300, 360, 420, 480, 600, 900, 1200)


async def still_waiting(database: Database, queue_id: str, now: datetime) -> tuple[int, list[float]]:
    """How many callers a queue had in the last day, and the share still waiting at each of `STILL_AT_S`."""
    query = (
        select(ContactModel.queued_at, ContactModel.answered_at, ContactModel.ended_at)
        .where(ContactModel.arrived_at >= now - LOOKED_BACK, ContactModel.queue_id == queue_id)
        .order_by(ContactModel.arrived_at.desc())
        .limit(ROWS_MAX)
    )
    waits = []
    async with database.read() as session:
        for queued_at, answered_at, ended_at in await session.execute(query):
            over = answered_at or ended_at
            if queued_at is not None and over is not None:
                waits.append((over - queued_at).total_seconds())
    if not waits:
        return 0, []
    return len(waits), [sum(1 for wait in waits if wait >= at) / len(waits) for at in STILL_AT_S]
