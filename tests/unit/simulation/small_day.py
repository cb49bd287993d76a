"""A day of a small centre: two queues, seven people, some two hundred callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.types import AgentProfile, PoliciesChanged, QueuePolicy, Requirement
from simulation.draws import LogNormal, Patience
from simulation.traffic import Habits, Kind, Scenario, draw_callers, in_order, shift

BEGIN = datetime(2026, 11, 18, tzinfo=UTC)
HOUR_S = 3600.0
BILLING = QueuePolicy(queue_id="billing", name="Billing", acw=timedelta(seconds=60))
WELSH = QueuePolicy(
    queue_id="welsh", name="Welsh", requirements=(Requirement(skill="Welsh", level=3),), weight=1
)
PEOPLE: Mapping[str, int] = {"amina": 0, "dev": 0, "ines": 0, "olu": 0, "ravi": 0, "nia": 9, "sian": 4}
"""Agent -> how well Welsh is spoken."""


def profile(agent_id: str, welsh: int) -> AgentProfile:
    queues = {"billing", "welsh"} if welsh else {"billing"}
    skills = {"Billing": 5} | ({"Welsh": welsh} if welsh else {})
    return AgentProfile(agent_id=agent_id, name=agent_id.title(), queues=frozenset(queues), skills=skills)


def kind(queue_id: str, calls: float) -> Kind:
    return Kind(
        name=queue_id,
        queue_id=queue_id,
        slots=(calls / 4,) * 4,
        slot_s=HOUR_S,
        talk=LogNormal(mean_s=240.0, cv=0.8),
        patience=Patience(mean_s=240.0),
        tiers={"gold": 0.3, "bronze": 0.7},
    )


def scenario(*queues: QueuePolicy, seed: int | str = 3, calls: float = 260.0) -> Scenario:
    agents = tuple(profile(agent_id, welsh) for agent_id, welsh in PEOPLE.items())
    acts = [
        act
        for agent_id in PEOPLE
        for act in shift(agent_id, 0.0, 4.5 * HOUR_S, [(2 * HOUR_S, 2.25 * HOUR_S, "break")])
    ]
    return Scenario(
        begin=BEGIN,
        policies=PoliciesChanged(queues=queues or (BILLING, WELSH), agents=agents),
        callers=draw_callers((kind("billing", calls), kind("welsh", calls / 6)), seed),
        acts=in_order(acts),
        habits=Habits(miss_chance=0.03),
        announce_every_s=45.0,
    )


def under(day: Scenario, *queues: QueuePolicy) -> Scenario:
    """The same callers and people under other rules."""
    return replace(day, policies=replace(day.policies, queues=queues))
