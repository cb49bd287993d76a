"""Given traffic, as people write it, and a difference laid over a centre's rules."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.api.models_setup_queue import QueueSetting
from app.api.models_simulation import DayChange
from app.errors import Unusable
from app.services.day_change import CentreRules, changed, described, with_staff
from app.services.traffic_file import TrafficFile, read_yaml
from routing.policy import AgentProfile, Operation
from simulation.day import simulate
from simulation.traffic import Act, in_order, shift

FILE = """
day: 2026-11-18
queues:
  - {id: billing, name: Billing, target_s: 30}
agents:
  - {id: amina, team: Billing, queues: [billing], skills: {Billing: 5}}
  - {id: dev, team: Other, queues: [billing]}
callers:
  - {queue: billing, calls: 60, from: "09:30", to: "11:30", shape: [1, 3]}
calls:
  - ["09:00:12", billing, 211, 40, 180]
  - ["09:00:20", billing, 100, 40, 0]
people:
  - {team: Billing, from: "08:00", to: "12:00", breaks: [["10:00", "10:15", tea]]}
"""
RULES = CentreRules(
    queues=(
        QueueSetting.model_validate(
            {
                "id": "billing",
                "name": "Billing",
                "weight": 1,
                "requirements": {"Billing": 2},
                "steps": [{"id": "s1", "after_s": 240, "operation": "relax", "skill": "Billing"}],
            }
        ),
        QueueSetting(id="sales", name="Sales"),
    ),
    agents=(
        AgentProfile(agent_id="dev", name="Dev Patel", queues=frozenset(("billing",)), skills={"Billing": 9}),
        AgentProfile(
            agent_id="nia", name="Nia Evans", queues=frozenset(("billing", "sales")), skills={"Sales": 3}
        ),
    ),
)


def traffic(text: str = FILE) -> TrafficFile:
    found: TrafficFile = read_yaml(text, TrafficFile, "traffic")
    return found


def change(**parts: Any) -> DayChange:
    return DayChange.model_validate(parts)


def test_callers_come_between_the_times_that_are_written() -> None:
    scenario = traffic().input(None, "Europe/London", 3).scenario
    assert scenario is not None
    drawn = [caller.at_s for caller in scenario.callers if caller.kind == "billing-1"]
    assert 35 < len(drawn) < 90
    assert 9.5 * 3600 <= min(drawn) < max(drawn) <= 11.5 * 3600
    assert sum(at_s > 10.5 * 3600 for at_s in drawn) > 0.6 * len(drawn)


def test_single_calls_are_as_written_and_a_patience_of_zero_never_ends() -> None:
    scenario = traffic().input(None, "Europe/London", 3).scenario
    assert scenario is not None
    first, second = (caller for caller in scenario.callers if caller.contact_id.startswith("call-"))
    assert (first.at_s, first.talk_s, first.acw_s, first.patience_s) == (32_412.0, 211.0, 40.0, 180.0)
    assert second.patience_s == math.inf


def test_only_the_people_named_work_and_the_day_can_be_run() -> None:
    scenario = traffic().input(None, "Europe/London", 3).scenario
    assert scenario is not None
    assert {act.agent_id for act in scenario.acts} == {"amina"}
    result = simulate(scenario, 1)
    assert result.fates["call-00001"].agent_id == "amina"
    assert result.fates["call-00001"].wait_s < 10.0


@pytest.mark.parametrize(
    ("text", "field", "what"),
    [
        ("callers: [{queue: billing, calls: 5, from: 9 am}]", "traffic.callers.0.from", "write it as"),
        ("callers: [{queue: billing, calls: -5}]", "traffic.callers.0.calls", "greater than"),
        ("colour: red", "traffic.colour", "not permitted"),
        ("callers: [", "traffic", "no YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_place(text: str, field: str, what: str) -> None:
    with pytest.raises(Unusable) as refused:
        traffic(text)
    assert refused.value.finding.field == field
    assert what in refused.value.finding.what


def test_callers_of_a_queue_that_is_not_there_are_refused() -> None:
    text = FILE.replace("queue: billing, calls: 60", "queue: sales, calls: 60")
    with pytest.raises(Unusable, match="sales"):
        traffic(text).input(None, "Europe/London", 1)


def test_what_a_change_does_not_name_stays() -> None:
    after = changed(RULES, change(queues=[{"id": "billing", "weight": 4}]))
    assert after.queues[0] == RULES.queues[0].model_copy(update={"weight": 4})
    assert (after.queues[1], after.agents) == (RULES.queues[1], RULES.agents)


def test_announcements_are_merged_and_steps_replaced() -> None:
    step = {"after_s": 60, "operation": "overflow", "queue": "sales"}
    patch = {"id": "billing", "announcements": {"every_s": 30}, "steps": [step]}
    billing = changed(RULES, change(queues=[patch])).queues[0]
    assert (billing.announcements.every_s, billing.announcements.first_after_s) == (30, 12)
    assert [each.operation for each in billing.steps] == [Operation.OVERFLOW]


def test_skills_are_merged_and_level_zero_takes_one_away() -> None:
    after = changed(RULES, change(agents=[{"id": "nia", "skills": {"Billing": 4, "Sales": 0}}]))
    assert dict(after.agents[1].skills) == {"Billing": 4}
    assert after.agents[1].queues == RULES.agents[1].queues


def test_more_people_work_the_hours_of_those_there_are() -> None:
    acts = in_order([*shift("dev", 100.0, 900.0), *shift("nia", 300.0, 700.0)])
    rules, after = with_staff(RULES, acts, change(staff=[{"queue": "billing", "people": 3}]))
    assert [agent.agent_id for agent in rules.agents] == ["dev", "nia", "dev+1", "nia+2", "dev+3"]
    assert [act.at_s for act in after if act.agent_id == "dev+3"] == [100.0, 900.0]
    assert len({agent.name for agent in rules.agents}) == 5


def test_fewer_people_takes_those_with_the_fewest_queues_who_were_there() -> None:
    acts: list[Act] = [*shift("nia", 300.0, 700.0), *shift("dev", 100.0, 900.0)]
    rules, after = with_staff(RULES, in_order(acts), change(staff=[{"queue": "billing", "people": -1}]))
    assert [agent.agent_id for agent in rules.agents] == ["nia"]
    assert {act.agent_id for act in after} == {"nia"}


def test_a_change_is_told_in_sentences() -> None:
    told = described(
        RULES,
        change(
            queues=[
                {
                    "id": "billing",
                    "weight": 3,
                    "requirements": {"Sales": 2},
                    "steps": [{"id": "s1", "after_s": 120, "operation": "relax", "skill": "Billing"}],
                }
            ],
            agents=[{"id": "dev", "skills": {"Sales": 4}}],
            staff=[{"queue": "sales", "people": -1}],
            across="longest",
        ),
        "en",
    )
    assert told == [
        "Billing, Billing no longer needed",
        "Billing, Sales ≥ 2",
        "Billing, step relax Billing opens at 4:00 → 2:00",
        "Billing, weight 1 → 3",
        "Dev Patel, Sales 0 → 4",
        "Sales, -1 people",
        "Across queues: weight then longest → longest",
    ]
    assert described(RULES, change(), "cy") == ["Nid oes dim wedi'i newid eto"]
