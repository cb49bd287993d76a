"""Queues that have an exact answer, run through the virtual day and through the bare router.

Each function is one task for one process: it takes its size and seed, and returns plain sums.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from reporting.erlang import Performance, waiting_with_patience, waiting_without_limit
from routing import types as acd
from routing.router import Router
from simulation.day import simulate
from simulation.draws import Exponential, LogNormal, Patience
from simulation.result import Ending
from simulation.traffic import PROMPT, Act, Kind, Scenario, draw_callers

BEGIN = datetime(2026, 11, 18, tzinfo=UTC)
TARGET_S = 20.0
WARM_UP_S = 6000.0
"""Left out of the sums: the queue begins empty."""
BATCHES = 20
"""Per run, for the standard error of a mean wait: calls one after another are alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One queue of Erlang's. `patience_s` infinite: Erlang C."""

    agents: int
    load: float
    aht_s: float
    patience_s: float = math.inf

    @property
    def name(self) -> str:
        patience = "" if math.isinf(self.patience_s) else f", patience {self.patience_s:g} s"
        return f"{self.agents} agents, {self.load:g} erlangs, {self.aht_s:g} s{patience}"

    def theory(self) -> Performance:
        calls_per_s = self.load / self.aht_s
        if math.isinf(self.patience_s):
            return waiting_without_limit(self.agents, calls_per_s, self.aht_s, TARGET_S)
        return waiting_with_patience(self.agents, calls_per_s, self.aht_s, TARGET_S, self.patience_s)


ERLANG_C = (
    Cell(agents=5, load=3.6, aht_s=180.0),
    Cell(agents=14, load=10.0, aht_s=180.0),
    Cell(agents=20, load=16.0, aht_s=288.0),
    Cell(agents=30, load=25.0, aht_s=300.0),
    Cell(agents=40, load=33.0, aht_s=240.0),
)
ERLANG_A = (
    Cell(agents=5, load=5.0, aht_s=180.0, patience_s=120.0),
    Cell(agents=14, load=13.0, aht_s=180.0, patience_s=90.0),
    Cell(agents=20, load=20.0, aht_s=240.0, patience_s=180.0),
    Cell(agents=30, load=33.0, aht_s=300.0, patience_s=120.0),
    Cell(agents=60, load=58.0, aht_s=240.0, patience_s=60.0),
)


def erlang_run(cell: Cell, calls: int, run: int) -> dict[str, Any]:
    """One run of the virtual day on one queue: sums per batch of (calls, in time, waits in seconds)."""
    seed = f"{cell.name}, run {run}"
    gap_s = cell.aht_s / cell.load
    length_s = WARM_UP_S + calls * gap_s
    policy = acd.QueuePolicy(queue_id="q", name="Q", acw=timedelta(0), strategy=acd.Strategy.LONGEST_IDLE)
    agents = tuple(
        acd.AgentProfile(agent_id=f"a{number:03d}", name="", queues=frozenset(("q",)), skills={})
        for number in range(cell.agents)
    )
    kind = Kind(
        name="q",
        queue_id="q",
        slots=(length_s / gap_s,),
        slot_s=length_s,
        talk=Exponential(mean_s=cell.aht_s),
        acw=LogNormal(mean_s=0.0, cv=0.0),
        patience=Patience(mean_s=cell.patience_s, hasty=0.0, startled=0.0),
    )
    scenario = Scenario(
        begin=BEGIN,
        policies=acd.PoliciesChanged(queues=(policy,), agents=agents),
        callers=draw_callers((kind,), seed),
        acts=tuple(Act(at_s=0.0, agent_id=a.agent_id, state=acd.AgentState.AVAILABLE) for a in agents),
        habits=PROMPT,
        length_s=math.inf,
    )
    batches = [[0, 0, 0.0] for _ in range(BATCHES)]
    for fate in simulate(scenario, seed).fates.values():
        at_s = (fate.at - BEGIN).total_seconds() - WARM_UP_S
        if at_s < 0.0:
            continue
        batch = batches[min(BATCHES - 1, int(at_s / (length_s - WARM_UP_S) * BATCHES))]
        batch[0] += 1
        batch[1] += fate.ending is Ending.ANSWERED and fate.wait_s <= TARGET_S
        batch[2] += fate.wait_s
    return {"batches": batches}


# --- Wallace and Whitt: two skills do nearly what all skills do ------------------------------------

TYPES = 6
AGENTS = 90
LINES = 120
LOAD = 84.0
MEAN_S = 600.0
FULL_POOLING_MIN = 0.450
"""Exact: M/M/90/120 with 84 erlangs of ten minutes."""


def skills_of(agent: int, skills: int) -> tuple[int, ...]:
    """Skills spread evenly: agent after agent another primary, and with it every second one in turn."""
    primary = agent % TYPES
    step = agent // TYPES % (TYPES - 1)
    return tuple((primary + (step + k) % (TYPES - 1) + 1) % TYPES if k else primary for k in range(skills))


def full_pooling_min() -> float:
    """Mean wait in minutes of those who get in, of M/M/n/k, summed over its states."""
    weights, weight = [1.0], 1.0
    for n in range(1, LINES + 1):
        weight *= LOAD / min(n, AGENTS)
        weights.append(weight)
    admitted = sum(weights[:-1])
    waiting = sum((n - AGENTS) * weights[n] for n in range(AGENTS + 1, LINES + 1))
    return waiting / admitted * MEAN_S / LOAD / 60.0


def skills_run(skills: int, calls: int, seed: int) -> dict[str, Any]:
    """The bare router under `calls` callers: (calls served, sum of waits in seconds, turned away)."""
    chance = Random(seed)
    policies = acd.PoliciesChanged(
        queues=tuple(
            acd.QueuePolicy(
                queue_id=f"q{t}",
                name="",
                requirements=(acd.Requirement(skill=f"s{t}"),),
                strategy=acd.Strategy.LONGEST_IDLE,
                acw=timedelta(0),
            )
            for t in range(TYPES)
        ),
        agents=tuple(
            acd.AgentProfile(
                agent_id=f"a{number:02d}",
                name="",
                queues=frozenset(f"q{t}" for t in held),
                skills={f"s{t}": 10 - place for place, t in enumerate(held)},
            )
            for number in range(AGENTS)
            if (held := skills_of(number, skills))
        ),
    )
    return _Bare(policies, chance, calls).run()


class _Bare:
    """Callers come, are offered, answered at once, talk and go: nothing but the router in between."""

    def __init__(self, policies: acd.PoliciesChanged, chance: Random, calls: int) -> None:
        self._chance = chance
        self._calls = calls
        self._offers = 0
        self._router = Router(self._new_id)
        self._policies = policies
        self._begun: dict[str, float] = {}
        self._ends: list[tuple[float, str, str]] = []
        self._in_system = 0
        self._now_s = 0.0
        self._served = self._turned_away = 0
        self._wait_s = 0.0

    def _new_id(self, _: str) -> str:
        self._offers += 1
        return f"o{self._offers}"

    def _tell(self, event: acd.Event) -> None:
        now = BEGIN + timedelta(seconds=self._now_s)
        for effect in self._router.handle(event, now):
            if isinstance(effect, acd.OfferMade):
                waited_s = self._now_s - self._begun.pop(effect.contact_id)
                if self._now_s > WARM_UP_S:
                    self._served += 1
                    self._wait_s += waited_s
                self._tell(acd.OfferAnswered(offer_id=effect.offer_id, agent_id=effect.agent_id))
                until_s = self._now_s + self._chance.expovariate(1.0 / MEAN_S)
                heapq.heappush(self._ends, (until_s, effect.agent_id, effect.contact_id))

    def run(self) -> dict[str, Any]:
        self._tell(self._policies)
        for profile in self._policies.agents:
            self._tell(
                acd.ReachabilityChanged(agent_id=profile.agent_id, reachable=True, media=frozenset(("m",)))
            )
            self._tell(acd.StateRequested(agent_id=profile.agent_id, state=acd.AgentState.AVAILABLE))
        rate = LOAD / MEAN_S
        next_s = self._chance.expovariate(rate)
        arrived = 0
        while arrived < self._calls:
            if self._ends and self._ends[0][0] <= next_s:
                self._now_s, agent_id, contact_id = heapq.heappop(self._ends)
                self._in_system -= 1
                self._tell(acd.HandlingEnded(contact_id=contact_id, agent_id=agent_id))
                continue
            self._now_s = next_s
            next_s += self._chance.expovariate(rate)
            self._arrive(arrived)
            arrived += 1
            if arrived % 1000 == 0:
                self._router.changes()
        return {"served": self._served, "wait_s": self._wait_s, "turned_away": self._turned_away}

    def _arrive(self, number: int) -> None:
        if self._in_system == LINES:
            self._turned_away += 1
            return
        self._in_system += 1
        contact_id = f"c{number}"
        self._begun[contact_id] = self._now_s
        self._tell(
            acd.ContactQueued(
                contact_id=contact_id,
                queue_id=f"q{self._chance.randrange(TYPES)}",
                media="m",
                place_at=BEGIN + timedelta(seconds=self._now_s),
            )
        )
