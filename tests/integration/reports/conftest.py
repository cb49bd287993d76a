"""A centre with a morning in its log, for reports and recordings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.engine.commit import LogEvent
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.settings import Settings
from app.store.database import Database
from app.store.log import append_events
from tests.integration.api.conftest import START, Centre, centre, settings
from tests.unit.reporting.log import Log

__all__ = ["centre", "settings"]

DIRECTORY = Directory(
    agents={
        agent_id: AgentEntry(
            agent_id=agent_id, name=name, initials="XX", team=team, queues=("billing", "retention")
        )
        for agent_id, name, team in (
            ("ag_amina", "Amina Yusuf", "Billing"),
            ("ag_dev", "Dev Patel", "Tier 2"),
            ("ag_ines", "=HYPERLINK(Ines)", "Billing"),
        )
    },
    queues={
        "billing": QueueEntry(queue_id="billing", name="Billing"),
        "retention": QueueEntry(queue_id="retention", name="Retention", target_s=30),
    },
)


@pytest.fixture
def directory() -> Directory:
    return DIRECTORY


@pytest.fixture
async def reported(centre: Centre, settings: Settings, directory: Directory) -> Centre:
    """The served centre with other people in its directory; `app` knows them."""
    centre.parts = replace(centre.parts, directory=lambda: directory, settings=settings)
    centre.app = centre.rebuilt()
    return centre


def shifted(log: Log, to: datetime) -> list[LogEvent]:
    """The test log's events as the engine writes them, its second 0 being `to`."""
    from tests.unit.reporting.log import START as ZERO

    return [
        LogEvent(
            kind=event.event_kind,
            at=to + (event.at - ZERO),
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            queue_id=event.queue_id,
            data=dict(event.data),  # type: ignore[arg-type]
        )
        for event in sorted(log.events, key=lambda each: each.at)
    ]


async def write(database: Database, events: list[LogEvent]) -> None:
    await database.write(lambda connection: append_events(connection, events))


def a_morning() -> Log:
    """From nine: 54 to Billing, 52 answered (39 in time), 2 gave up, one at once; 5 to Retention."""
    log = Log()
    log.state("ag_amina", -900, "available")
    log.state("ag_dev", -900, "on_contact")
    for i in range(52):
        begin = i * 20
        who = "ag_amina" if i % 2 else "ag_dev"
        log.write("contact.arrived", begin - 5, f"c{i:03}", dnis="+442079460100")
        log.queued(f"c{i:03}", begin)
        log.answered(f"c{i:03}", begin + (10 if i < 39 else 60), agent=who)
        log.ended(f"c{i:03}", begin + 360, talk_s=300, hold_s=10, agent=who)
        log.write("contact.disposed", begin + 370, f"c{i:03}", "billing", who, disposition="refund_issued")
        log.wrapped(f"c{i:03}", begin + 380, 20, agent=who)
    log.queued("short", 100)
    log.abandoned("short", 103)
    log.queued("long", 200)
    log.abandoned("long", 318)
    for i in range(5):
        log.queued(f"r{i}", 2000 + i, "retention")
        log.answered(f"r{i}", 2025 + i, "retention", agent="ag_ines")
        log.write(
            "contact.ended", 2100 + i, f"r{i}", "retention", "ag_ines", talk_s=75.0, hold_s=0.0, by="agent"
        )
    log.write("offer.timed_out", 500, "c001", "billing", "ag_amina")
    return log


NINE = START - timedelta(hours=1)
DAY = "2025-11-19"


@pytest.fixture
async def morning(reported: Centre) -> Centre:
    await write(reported.database, shifted(a_morning(), NINE))
    return reported


@pytest.fixture
def outbox(settings: Settings) -> Path:
    return settings.outbox
