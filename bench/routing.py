"""How fast the router decides, alone and with its commit: `make bench-routing`.

A decision is one `Router.handle()` that ends in an offer, its record included. The house is full: more
callers wait than agents are there, so an agent who becomes free is offered the first of all those whom he may
serve. Beside it, in the same run, the same core with a linear search, and one with a thousand agents. Then
the same decisions through the engine's writer into SQLite and PostgreSQL, and the time from becoming free to
the committed offer at 500 events a second.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter_ns, thread_time_ns
from typing import Any

from bench.figures import percentile, progress, quick, tell
from bench.routing_commits import committed, free_to_offer
from bench.routing_scan import search_linearly
from routing.router import Router
from routing.types import (
    AgentProfile,
    AgentState,
    ContactQueued,
    HandlingEnded,
    OfferAnswered,
    OfferMade,
    PoliciesChanged,
    QueuePolicy,
    ReachabilityChanged,
    Requirement,
    StateRequested,
    Strategy,
)
from tests.fixtures.databases import Postgres
from tests.fixtures.servers import postgres_server

RUNS = 5
SEED = 20261123
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
SKILLS = tuple(f"skill {number}" for number in range(20))
QUEUES_OF_AGENT, SKILLS_OF_AGENT = 5, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    agents: int
    waiting: int
    queues: int


FULL = Size(agents=10_000, waiting=50_000, queues=200)
SMALL = Size(agents=1_000, waiting=5_000, queues=200)


def policies(size: Size, chance: Random) -> PoliciesChanged:
    """Queues that want one or two skills, agents that serve several queues."""
    queues = tuple(
        QueuePolicy(
            queue_id=f"queue {number}",
            name=f"Queue {number}",
            requirements=tuple(
                Requirement(skill=skill, level=chance.randint(1, 5))
                for skill in chance.sample(SKILLS, chance.randint(1, 2))
            ),
            strategy=Strategy.BEST_SKILL_THEN_LONGEST_IDLE,
        )
        for number in range(size.queues)
    )
    agents = []
    for number in range(size.agents):
        served = chance.sample(queues, QUEUES_OF_AGENT)
        skills = {skill: chance.randint(1, 10) for skill in chance.sample(SKILLS, SKILLS_OF_AGENT)}
        # He can do the work of at least one of his queues, or he would be no agent of this centre.
        skills |= {need.skill: chance.randint(need.level, 10) for need in served[0].requirements}
        agents.append(
            AgentProfile(
                agent_id=f"agent {number}",
                name=f"Agent {number}",
                queues=frozenset(queue.queue_id for queue in served),
                skills=skills,
            )
        )
    return PoliciesChanged(queues=queues, agents=tuple(agents))


class House:
    """A full house: everyone talks, the rest of the callers wait."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.chance = Random(SEED)
        self.now = START
        self.arrived = 0
        ids = count(1)
        self.router = Router(lambda prefix: f"{prefix}-{next(ids)}")
        self.policies = policies(size, self.chance)
        self.talking: deque[tuple[str, str]] = deque()
        """(agent, contact), who has talked longest first."""
        self.queue_ids = [policy.queue_id for policy in self.policies.queues]
        self.router.handle(self.policies, self.now)

    def fill(self) -> None:
        """Callers first, so that whoever signs in has somebody to talk to."""
        router = self.router
        for _ in range(self.size.waiting + self.size.agents):
            router.handle(self.arrival(), self.tick())
        for profile in self.policies.agents:
            agent_id = profile.agent_id
            router.handle(
                ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset({"webrtc"})),
                self.tick(),
            )
            effects = router.handle(
                StateRequested(agent_id=agent_id, state=AgentState.AVAILABLE), self.tick()
            )
            offer = offer_in(effects)
            if offer is not None:
                self.accept(offer)
        while self.waiting() < self.size.waiting:
            router.handle(self.arrival(), self.tick())
        router.changes()

    def waiting(self) -> int:
        """How many wait: everybody who came and does not talk yet."""
        return self.arrived - len(self.talking)

    def tick(self) -> datetime:
        self.now += TICK
        return self.now

    def arrival(self) -> ContactQueued:
        self.arrived += 1
        return ContactQueued(
            contact_id=f"caller {self.arrived}",
            queue_id=self.chance.choice(self.queue_ids),
            media="webrtc",
            priority=self.chance.choice((0, 0, 0, 1)),
            place_at=self.now,
        )

    def accept(self, offer: OfferMade) -> None:
        event = OfferAnswered(offer_id=offer.offer_id, agent_id=offer.agent_id)
        self.router.handle(event, self.tick())
        self.talking.append((offer.agent_id, offer.contact_id))

    def freeing(self) -> HandlingEnded:
        """Who has talked longest hangs up, without wrap-up."""
        agent_id, contact_id = self.talking.popleft()
        return HandlingEnded(agent_id=agent_id, contact_id=contact_id, wrap_up=False)

    def decide(self, decisions: int) -> tuple[list[int], float]:
        """Let so many agents become free. Before each one somebody new joins, so that as many wait as before.

        Returns:
            Nanoseconds that each decision took by the clock, and decisions for each second of this
            thread's processor time.
        """
        router, took, cpu_ns = self.router, list[int](), 0
        for _ in range(decisions):
            router.handle(self.arrival(), self.tick())
            event, now = self.freeing(), self.tick()
            cpu_began, began = thread_time_ns(), perf_counter_ns()
            effects = router.handle(event, now)
            ended, cpu_ended = perf_counter_ns(), thread_time_ns()
            offer = offer_in(effects)
            if offer is not None:
                took.append(ended - began)
                cpu_ns += cpu_ended - cpu_began
                self.accept(offer)
            router.changes()
        return took, len(took) / cpu_ns * 1e9


def offer_in(effects: Sequence[object]) -> OfferMade | None:
    return next((effect for effect in effects if isinstance(effect, OfferMade)), None)


def decisions(runs: int, full: Size, each: int) -> dict[str, Any]:
    """Rates and percentiles of the core alone, its peer and its growth."""
    houses = {"full": filled(full), "small": filled(SMALL), "scan": filled(full)}
    search_linearly(houses["scan"].router)
    for name, house in houses.items():
        progress(f"{name}: {len(house.talking):,} talk, {house.waiting():,} wait")
    gc.collect()
    gc.freeze()
    rates: dict[str, list[float]] = {name: [] for name in houses}
    pooled: list[int] = []
    for run in range(runs):
        for name, house in houses.items():
            took, rate = house.decide(max(20, each // 500) if name == "scan" else each)
            rates[name].append(rate)
            if name == "full":
                pooled += took
        told = ", ".join(f"{name} {rates[name][-1]:,.0f}/s" for name in houses)
        progress(f"run {run + 1}: {told}")
    gc.unfreeze()
    pooled.sort()
    ratio = [mine / theirs for mine, theirs in zip(rates["full"], rates["scan"], strict=True)]
    growth = [small / full for full, small in zip(rates["full"], rates["small"], strict=True)]
    return {
        "decisions_per_s": round(statistics.median(rates["full"])),
        "decisions_per_s_by_the_clock": round(len(pooled) / sum(pooled) * 1e9),
        "p50_ms": round(percentile(pooled, 0.5) / 1e6, 4),
        "p99_ms": round(percentile(pooled, 0.99) / 1e6, 4),
        "p999_ms": round(percentile(pooled, 0.999) / 1e6, 4),
        "scan_per_s": round(statistics.median(rates["scan"]), 1),
        "scan_ratio": round(statistics.median(ratio), 1),
        "growth_1k_10k": round(statistics.median(growth), 3),
        "decisions": len(pooled),
        "agents": full.agents,
        "waiting": full.waiting,
        "queues": full.queues,
    }


def commits(runs: int, size: Size, seconds: float) -> dict[str, Any]:
    """The same decisions, written. Each measurement has a house and a database of its own."""
    rates: dict[str, list[float]] = {"sqlite": [], "postgres": []}
    waits: dict[str, list[float]] = {"sqlite": [], "postgres": []}
    numbers = count(1)
    with tempfile.TemporaryDirectory() as folder, postgres_server(durable=True) as server:
        postgres = Postgres(server)
        for run in range(runs):
            for name in rates:
                files = (f"sqlite:///{Path(folder) / f'{next(numbers)}.sqlite3'}" for _ in range(2))
                for_rate, for_wait = files if name == "sqlite" else (postgres.create(), postgres.create())
                rates[name].append(asyncio.run(committed(filled(size), for_rate, seconds)))
                waited = asyncio.run(free_to_offer(filled(size), for_wait, seconds))
                waits[name] += waited
                p99 = percentile(sorted(waited), 0.99)
                told = f"{rates[name][-1]:,.0f} committed/s, free to offer p99 {p99:.2f} ms"
                progress(f"run {run + 1}: {name} {told}")
    figures: dict[str, Any] = {}
    for name in rates:
        ordered = sorted(waits[name])
        figures[f"committed_{name}_per_s"] = round(statistics.median(rates[name]))
        figures[f"free_to_offer_{name}_ms_p50"] = round(percentile(ordered, 0.5), 2)
        figures[f"free_to_offer_{name}_ms_p99"] = round(percentile(ordered, 0.99), 2)
    return figures


def filled(size: Size) -> House:
    house = House(size)
    house.fill()
    return house


def main() -> None:
    runs = 1 if quick() else RUNS
    figures = decisions(runs, FULL, 5_000 if quick() else 20_000)
    figures |= commits(runs, SMALL, 2.0 if quick() else 10.0)
    about = {
        "rates": "per second of one core's processor time; percentiles by the clock",
        "commit_agents": SMALL.agents,
        "commit_waiting": SMALL.waiting,
    }
    tell(figures | about, runs)


if __name__ == "__main__":
    main()
