"""Where a virtual day comes from: the configuration and the event log in the store, or a traffic file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models_setup_queue import QueueRules, QueueSetting
from app.api.models_simulation import DayOnRecord
from app.services.day_change import CentreRules
from app.services.virtual_day import DayInput, midnight
from app.store.repositories.configuration import Configuration
from app.store.repositories.setup import SetUp
from app.store.schema import EventModel
from calendars import calendar_from_dict
from routing.policy import AgentProfile
from simulation.recorded import KINDS, Entry

DAYS_LISTED = 14
CARRIED_BACK = timedelta(hours=12)
"""Who was signed in at midnight came at most so long before."""


async def read_rules(session: AsyncSession) -> CentreRules:
    """The centre's queues, agents and calendars as configured now."""
    stored = Configuration(session)
    queues = [
        QueueSetting(id=queue.queue_id, name=queue.name, **QueueRules.stored(queue.policy).model_dump())
        for queue in await stored.queues()
    ]
    return CentreRules(
        queues=tuple(sorted(queues, key=lambda queue: (queue.position, queue.name))),
        agents=tuple(
            AgentProfile(
                agent_id=agent.agent_id,
                name=agent.name,
                queues=frozenset(agent.queues),
                skills=dict(agent.skills),
                team=agent.team,
            )
            for agent in await stored.agents()
        ),
        across=await SetUp(session).across(),
        calendars={
            each.calendar_id: calendar_from_dict(dict(each.body)) for each in await stored.calendars()
        },
    )


async def read_day(session: AsyncSession, day: date, zone: str) -> DayInput:
    """A recorded day with the rules of now. Without contacts when nothing was recorded."""
    rules = await read_rules(session)
    return DayInput(
        rules=rules,
        day=day,
        zone=zone,
        names={agent.agent_id: agent.name for agent in rules.agents},
        entries=await _entries(session, day, zone),
    )


async def _entries(session: AsyncSession, day: date, zone: str) -> list[Entry]:
    begin = midnight(day, zone)
    end = midnight(day + timedelta(days=1), zone)
    columns = (
        EventModel.kind,
        EventModel.at,
        EventModel.queue_id,
        EventModel.agent_id,
        EventModel.contact_id,
        EventModel.data,
    )
    in_day = (EventModel.at >= begin) & (EventModel.at < end) & EventModel.kind.in_(KINDS)
    carried = (
        (EventModel.at >= begin - CARRIED_BACK) & (EventModel.at < begin) & (EventModel.kind == "agent.state")
    )
    query = select(*columns).where(in_day | carried).order_by(EventModel.position)
    return [Entry(*row) for row in await session.execute(query)]


async def days_on_record(session: AsyncSession, zone: str, today: date) -> Sequence[DayOnRecord]:
    """Days that are over and had contacts, newest first."""
    days: list[DayOnRecord] = []
    for back in range(1, DAYS_LISTED + 1):
        day = today - timedelta(days=back)
        begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        within: Any = (EventModel.at >= begin) & (EventModel.at < end)
        contacts = await session.scalar(
            select(func.count(func.distinct(EventModel.contact_id))).where(
                within, EventModel.kind == "contact.queued"
            )
        )
        if not contacts:
            continue
        people = await session.scalar(
            select(func.count(func.distinct(EventModel.agent_id))).where(
                within, EventModel.kind == "agent.state"
            )
        )
        days.append(DayOnRecord(day=day, contacts=contacts, people=people or 0))
    return days


def local_today(now: Any, zone: str) -> date:
    """The date it is in the centre's zone."""
    today: date = now.astimezone(ZoneInfo(zone)).date()
    return today
