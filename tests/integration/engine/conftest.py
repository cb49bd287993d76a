"""An engine around the small centre, on a real database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from app.clock import Clock, IdSource, SystemClock
from app.engine.commit import Committed, EffectRow, JsonValue, PublishedEvent, TelephonyInput
from app.engine.lease import Lease
from app.engine.limits import Limits
from app.engine.loop import Engine
from app.store.database import Database
from app.store.engine import EngineStore
from telephony.port import DigitPressed
from tests.fixtures.small_centre import SmallCentre

_owners = itertools.count(1)


@dataclass
class World:
    """Where effects happen. `gate` holds them back, `answers` and `failures` are by effect id."""

    done: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    answers: dict[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    failures: dict[str, Exception] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    before: Callable[[EffectRow], None] = lambda effect: None

    async def run(self, effect: EffectRow) -> Mapping[str, JsonValue] | None:
        self.before(effect)
        self.begun.append(effect.effect_id)
        if effect.effect_id in self.gates:
            await self.gates[effect.effect_id].wait()
        if effect.effect_id in self.failures:
            raise self.failures[effect.effect_id]
        self.done.append(effect.effect_id)
        return self.answers.get(effect.effect_id)


@dataclass
class Journal:
    """A back end's side: events with numbers, kept until they are acknowledged."""

    events: list[TelephonyInput] = field(default_factory=list)
    acknowledged: int = 0
    redelivered: int = 0
    engine: Engine | None = None

    async def acknowledge(self, backend: str, sequence: int) -> None:
        self.acknowledged = sequence
        self.events = [event for event in self.events if event.sequence > sequence]

    async def redeliver(self, backend: str, acknowledged: int) -> None:
        assert self.engine is not None
        self.redelivered += 1
        self.engine.sink(backend)
        for event in list(self.events):
            if event.sequence > acknowledged:
                self.engine.inbox.put_telephony(event)

    def press(self, engine: Engine, leg_id: str, digit: str, sequence: int) -> bool:
        event = DigitPressed(leg_id=leg_id, digit=digit)
        at = SystemClock().now()
        self.events.append(TelephonyInput(backend="webrtc", sequence=sequence, at=at, event=event))
        return engine.inbox.put_telephony(self.events[-1])


@dataclass
class Stage:
    """One engine with what surrounds it. `domains` are all it made: the last one is live."""

    database: Database
    engine: Engine
    lease: Lease
    world: World
    journal: Journal
    domains: list[SmallCentre]
    committed: list[Committed]
    published: list[PublishedEvent]

    @property
    def domain(self) -> SmallCentre:
        return self.domains[-1]

    async def rows(self, query: str) -> list[Any]:
        async with self.database.read() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def value(self, query: str) -> Any:
        return (await self.rows(query))[0][0]


Build = Callable[..., Stage]


@pytest.fixture
async def build(database: Database) -> AsyncIterator[Build]:
    """Makes engines on one database; those still running are stopped at the end."""
    stages: list[Stage] = []

    def make(
        limits: Limits | None = None,
        *,
        on: Database | None = None,
        clock: Clock | None = None,
        listener: Callable[[Committed], None] | None = None,
        **lease_settings: Any,
    ) -> Stage:
        clock = clock or SystemClock()
        opened = on or database
        owner = lease_settings.pop("owner", f"owner-{next(_owners)}")
        lease = Lease(opened, "voice", owner, **lease_settings)
        world, journal = World(), Journal()
        domains: list[SmallCentre] = []
        committed: list[Committed] = []
        published: list[PublishedEvent] = []

        async def make_domain() -> SmallCentre:
            domains.append(SmallCentre())
            return domains[-1]

        engine = Engine(
            store=EngineStore(opened, "voice"),
            lease=lease,
            clock=clock,
            new_id=IdSource(clock),
            make_domain=make_domain,
            runner=world,
            back_ends=journal,
            on_committed=listener or committed.append,
            publish=published.extend,
            limits=limits,
        )
        journal.engine = engine
        stages.append(Stage(opened, engine, lease, world, journal, domains, committed, published))
        return stages[-1]

    yield make
    for stage in stages:
        await stage.engine.stop()


@pytest.fixture
async def stage(build: Build) -> Stage:
    """A running engine."""
    made = build()
    await made.engine.start()
    return made


async def until(reached: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(limit_s):
        while not reached():  # noqa: ASYNC110 (any condition; most have no event of their own)
            await asyncio.sleep(0.002)
