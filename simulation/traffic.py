"""What a virtual day is made of: callers, people at work and their habits, rules.

Times of day are seconds from `Scenario.begin`; all chance that concerns a caller is in the caller.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random

from reporting import QueueTarget
from routing.types import AgentState, PoliciesChanged, Requirement
from simulation.draws import HandleTime, LogNormal, Patience, arrivals

ANSWER = LogNormal(mean_s=4.0, cv=0.5)
"""From the ring to Accept."""
TALK = LogNormal(mean_s=240.0)
ACW = LogNormal(mean_s=40.0, cv=0.6)
PATIENCE = Patience(mean_s=300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller, with everything that chance decided about the call.

    Attributes:
        contact_id: the same in every run.
        at_s: when the caller joins the queue.
        queue_id: which.
        talk_s: length of the talk with an agent of usual speed, hold not counted.
        hold_s: time on hold within it.
        acw_s: how long the agent needs afterwards.
        patience_s: gives up after so much waiting; infinite: never.
        startle_s: each announcement brings giving up so much nearer.
        stream: seeds what is drawn for single offers.
        kind: what the call is about; for reports and figures by kind.
        ani: the calling number; '' when withheld.
    """

    contact_id: str
    at_s: float
    queue_id: str
    talk_s: float
    acw_s: float = 0.0
    hold_s: float = 0.0
    patience_s: float = math.inf
    startle_s: float = 0.0
    stream: int = 0
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    dnis: str = ""
    ani: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An agent changes what he does, of his own: comes, takes a break, comes back, goes."""

    at_s: float
    agent_id: str
    state: AgentState
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How agents answer.

    Attributes:
        answer: from the ring to Accept.
        miss_chance: share of offers that ring in vain.
        back_after_s: who was set to not ready for missed offers comes back after so long.
        callback_chance: share of callers who choose a callback when it is offered.
        reached_chance: share of callbacks at which the customer answers.
        extends: share of wrap-ups that need longer than the queue gives and are extended.
        speeds: agent -> factor on the talk of a caller; 1 where nothing is said.
    """

    answer: HandleTime = ANSWER
    miss_chance: float = 0.01
    back_after_s: float = 90.0
    callback_chance: float = 0.35
    reached_chance: float = 0.8
    extends: float = 0.3
    speeds: Mapping[str, float] = field(default_factory=dict)


PROMPT = Habits(answer=LogNormal(mean_s=0.0, cv=0.0), miss_chance=0.0)
"""Agents of the textbooks: they answer at once, always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One day. `policies` are the rules tried; callers and acts are in order of time."""

    begin: datetime
    policies: PoliciesChanged
    callers: Sequence[Caller]
    acts: Sequence[Act]
    habits: Habits = Habits()
    targets: Mapping[str, QueueTarget] = field(default_factory=dict)
    announce_every_s: float | None = None
    """For queues whose rules leave it to the flow; None: nothing is announced there."""
    length_s: float = 86_400.0
    """Who still waits so long after `begin` is left waiting."""

    def at(self, seconds: float) -> datetime:
        return self.begin + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Callers of one sort.

    Attributes:
        slots: expected number of callers in each stretch of `slot_s`.
        begin_s: when the first stretch begins.
        tiers: tier -> share; patience is that of the tier where `tier_patience` names it.
    """

    name: str
    queue_id: str
    slots: tuple[float, ...]
    slot_s: float = 1800.0
    begin_s: float = 0.0
    talk: HandleTime = TALK
    acw: HandleTime = ACW
    hold_chance: float = 0.0
    patience: Patience = PATIENCE
    tier_patience: Mapping[str, Patience] = field(default_factory=dict)
    tiers: Mapping[str, float] = field(default_factory=dict)
    priority: int = 0
    requirements: tuple[Requirement, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    dnis: str = ""


def stream_of(*parts: object) -> int:
    """A seed of its own for each name: streams do not shift when another one is added."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def draw_callers(kinds: Sequence[Kind], seed: int | str) -> list[Caller]:
    """The callers of a day. Each kind has a stream of its own: another one does not change them."""
    callers: list[Caller] = []
    for kind in kinds:
        chance = Random(stream_of(seed, "arrivals", kind.name))
        for number, at_s in enumerate(arrivals(chance, kind.slots, kind.slot_s), start=1):
            callers.append(_caller(kind, number, kind.begin_s + at_s, seed))
    callers.sort(key=lambda caller: (caller.at_s, caller.contact_id))
    return callers


def _caller(kind: Kind, number: int, at_s: float, seed: int | str) -> Caller:
    stream = stream_of(seed, kind.name, number)
    chance = Random(stream)
    tier = _pick(kind.tiers, chance.random())
    patience = kind.tier_patience.get(tier, kind.patience)
    talk_s = kind.talk.at(chance.gauss(0.0, 1.0))
    acw_s = kind.acw.at(chance.gauss(0.0, 1.0))
    patience_s = patience.after(chance.expovariate(1.0))
    held = chance.random() < kind.hold_chance
    hold_s = min(0.3 * talk_s, 20.0 + chance.expovariate(1 / 40.0)) if held else 0.0
    return Caller(
        contact_id=f"{kind.name}-{number:05d}",
        at_s=at_s,
        queue_id=kind.queue_id,
        talk_s=max(1.0, talk_s - hold_s),
        hold_s=hold_s,
        acw_s=acw_s,
        patience_s=patience_s,
        startle_s=patience.startle_s,
        stream=stream,
        priority=kind.priority,
        requirements=kind.requirements,
        attributes={**kind.attributes, "tier": tier} if tier else kind.attributes,
        kind=kind.name,
        dnis=kind.dnis,
    )


def _pick(shares: Mapping[str, float], u: float) -> str:
    reached = 0.0
    for name, share in shares.items():
        reached += share
        if u < reached:
            return name
    return ""


def shift(
    agent_id: str, begin_s: float, end_s: float, breaks: Sequence[tuple[float, float, str]] = ()
) -> list[Act]:
    """Available from `begin_s` to `end_s` but for `breaks` of (from, to, reason)."""
    acts = [Act(at_s=begin_s, agent_id=agent_id, state=AgentState.AVAILABLE)]
    for from_s, to_s, reason in breaks:
        acts.append(Act(at_s=from_s, agent_id=agent_id, state=AgentState.NOT_READY, reason=reason))
        acts.append(Act(at_s=to_s, agent_id=agent_id, state=AgentState.AVAILABLE))
    acts.append(Act(at_s=end_s, agent_id=agent_id, state=AgentState.SIGNED_OUT))
    return acts


def in_order(acts: Sequence[Act]) -> tuple[Act, ...]:
    """By time, then by agent."""
    return tuple(sorted(acts, key=lambda act: (act.at_s, act.agent_id)))
