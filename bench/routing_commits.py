"""Decisions through the engine into a database, for `bench.routing`.

The router is the whole domain here, so that nothing is measured but the decision, its record, and the writer:
the engine's loop, its store under a lease, the rows and the log of the real tables.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

from app.clock import IdSource, SystemClock
from app.engine.commit import (
    Batch,
    CommandInput,
    CommandResult,
    EffectRow,
    Input,
    JsonValue,
    Loaded,
    LogEvent,
)
from app.engine.lease import Lease
from app.engine.loop import Engine
from app.engine.rows import router_rows
from app.store import migrate
from app.store.database import Database
from app.store.engine import EngineStore
from routing.router import Router
from routing.types import (
    ContactQueued,
    Event,
    HandlingEnded,
    OfferAnswered,
    OfferEnded,
    OfferMade,
)
from telephony.clock import monotonic

AT_ONCE = 128
"""Agents who become free at about the same time: what the writer may put into one transaction."""
EVENTS_PER_S = 500.0
_names = count(1)


class FullHouse(Protocol):
    """What `bench.routing.House` lends."""

    router: Router
    now: datetime

    talking: deque[tuple[str, str]]

    def arrival(self) -> ContactQueued: ...
    def freeing(self) -> HandlingEnded: ...


class RoutingDomain:
    """A router whose records and decisions are written like the product's."""

    def __init__(self, house: FullHouse) -> None:
        self._router = house.router
        self._ahead: timedelta | None = None
        self._house_now = house.now

    def restore(self, loaded: Loaded) -> None:
        """The full house was made in memory; the database begins empty."""

    def next_deadline(self) -> datetime | None:
        return None

    def handle(self, inputs: Sequence[Input], now: datetime) -> Batch:
        if self._ahead is None:
            self._ahead = self._house_now + timedelta(seconds=1) - now
        events: list[LogEvent] = []
        results: list[CommandResult] = []
        for one in inputs:
            assert isinstance(one, CommandInput), "only commands are sent here"
            event: Event = one.body  # type: ignore[assignment]
            told: dict[str, JsonValue] = {}
            for effect in self._router.handle(event, now + self._ahead):
                if isinstance(effect, OfferMade):
                    told = _offer(effect)
                    events.append(_fact("offer.made", now, effect.contact_id, effect.agent_id, told))
                elif isinstance(effect, OfferEnded):
                    fact: dict[str, JsonValue] = {"offer_id": effect.offer_id}
                    kind = f"offer.{effect.outcome.value}"
                    events.append(_fact(kind, now, effect.contact_id, effect.agent_id, fact))
            if isinstance(event, ContactQueued):
                data: dict[str, JsonValue] = {"queue_id": event.queue_id, "priority": event.priority}
                events.append(_fact("contact.queued", now, event.contact_id, None, data))
            results.append(CommandResult(client_id=one.client_id, ok=True, data=told))
        rows = router_rows(self._router.changes(), {})
        return Batch(rows=tuple(rows), events=tuple(events), results=tuple(results))


def _offer(made: OfferMade) -> dict[str, JsonValue]:
    decision = made.decision
    return {
        "offer_id": made.offer_id,
        "contact_id": made.contact_id,
        "agent_id": made.agent_id,
        "queue_id": made.queue_id,
        "expires_at": made.expires_at.isoformat(),
        "key": dict(decision.key),
        "runners_up": list(decision.runners_up),
        "eligible": decision.eligible,
        "policy_version": decision.policy_version,
        "priority": decision.priority,
        "rules": list(decision.rules),
        "log_position": decision.log_position,
    }


def _fact(
    kind: str, at: datetime, contact_id: str, agent_id: str | None, data: Mapping[str, JsonValue]
) -> LogEvent:
    return LogEvent(kind=kind, at=at, contact_id=contact_id, agent_id=agent_id, data=data)


class _NothingToDo:
    async def run(self, effect: EffectRow) -> Mapping[str, JsonValue] | None:
        return None


@contextlib.asynccontextmanager
async def engine_on(house: FullHouse, url: str) -> AsyncIterator[Engine]:
    """A running engine over the house, on a migrated database."""
    database = Database(url)
    try:
        await migrate.upgrade(database)
        clock = SystemClock()
        domain = RoutingDomain(house)

        async def make_domain() -> RoutingDomain:
            return domain

        engine = Engine(
            store=EngineStore(database, "voice"),
            lease=Lease(database, "voice", f"bench-{next(_names)}"),
            clock=clock,
            new_id=IdSource(clock),
            make_domain=make_domain,
            runner=_NothingToDo(),
        )
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()
    finally:
        await database.close()


class Floor:
    """The agents of a house, at work through an engine."""

    def __init__(self, house: FullHouse, engine: Engine) -> None:
        self._house = house
        self._engine = engine
        self._ids = count(1)

    async def tell(self, event: Event) -> Mapping[str, JsonValue]:
        result = await self._engine.submit(event, client_id=f"cm-{next(self._ids)}")
        return result.data

    async def arrive(self) -> None:
        await self.tell(self._house.arrival())

    async def free_one(self) -> float | None:
        """Somebody hangs up and takes the next call. Milliseconds to the committed offer; None: no offer."""
        event = self._house.freeing()
        began_s = monotonic()
        offer = await self.tell(event)
        took_ms = (monotonic() - began_s) * 1000
        if "offer_id" not in offer:
            return None
        await self.tell(OfferAnswered(offer_id=str(offer["offer_id"]), agent_id=str(offer["agent_id"])))
        self._house.talking.append((str(offer["agent_id"]), str(offer["contact_id"])))
        return took_ms


async def committed(house: FullHouse, url: str, seconds: float) -> float:
    """Decisions a second, each written with the arrival before it and the acceptance after it."""
    done = 0
    async with engine_on(house, url) as engine:
        floor = Floor(house, engine)
        ends_s = monotonic() + seconds
        began_s = monotonic()

        async def one_after_the_other() -> None:
            nonlocal done
            while monotonic() < ends_s:
                await floor.arrive()
                took_ms = await floor.free_one()
                done += took_ms is not None

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        return done / (monotonic() - began_s)


async def free_to_offer(house: FullHouse, url: str, seconds: float) -> list[float]:
    """Milliseconds from becoming free to the committed offer, at `EVENTS_PER_S`, come what may."""
    waits: list[float] = []
    async with engine_on(house, url) as engine:
        floor = Floor(house, engine)
        working: set[asyncio.Task[None]] = set()

        async def one() -> None:
            await floor.arrive()
            took_ms = await floor.free_one()
            if took_ms is not None:
                waits.append(took_ms)

        began_s = monotonic()
        # An arrival, somebody who hangs up, and an acceptance: three events for each decision.
        rounds = int(seconds * EVENTS_PER_S / 3)
        for number in range(rounds):
            await asyncio.sleep(max(0.0, began_s + 3 * number / EVENTS_PER_S - monotonic()))
            task = asyncio.create_task(one())
            working.add(task)
            task.add_done_callback(working.discard)
        await asyncio.gather(*working)
    return waits
