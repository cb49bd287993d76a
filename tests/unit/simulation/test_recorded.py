"""A recorded day as a scenario: what the log tells is kept, what it hides is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from routing.types import AgentState
from simulation.day import simulate
from simulation.recorded import Entry, recorded_scenario
from simulation.result import DayResult, Ending
from simulation.traffic import Scenario
from tests.unit.simulation.small_day import BEGIN, scenario


def logged(day: Scenario, seed: int) -> tuple[DayResult, list[Entry]]:
    entries: list[Entry] = []

    def watch(kind: str, at: datetime, *rest: Any) -> None:
        entries.append(Entry(kind, at, *rest))

    return simulate(day, seed, watch=watch), entries


@pytest.fixture(scope="module")
def real() -> tuple[Scenario, DayResult, list[Entry]]:
    day = scenario(calls=300.0)
    return day, *logged(day, 11)


Real = tuple[Scenario, DayResult, list[Entry]]


def test_arrivals_queues_and_handle_times_are_those_of_the_log(real: Real) -> None:
    day, result, entries = real
    again = recorded_scenario(entries, day.policies, BEGIN)
    assert [(c.contact_id, c.queue_id) for c in again.callers] == [
        (c.contact_id, c.queue_id) for c in day.callers
    ]
    known = {caller.contact_id: caller for caller in day.callers}
    for caller in again.callers:
        assert caller.at_s == pytest.approx(known[caller.contact_id].at_s, abs=1e-5)
        if result.fates[caller.contact_id].ending is Ending.ANSWERED:
            assert caller.talk_s == pytest.approx(known[caller.contact_id].talk_s, abs=1e-3)


def test_patience_of_those_who_gave_up_is_known_and_of_the_others_longer_than_their_wait(real: Real) -> None:
    day, result, entries = real
    for caller in recorded_scenario(entries, day.policies, BEGIN).callers:
        fate = result.fates[caller.contact_id]
        if fate.ending is Ending.ABANDONED:
            assert caller.patience_s == pytest.approx(fate.wait_s, abs=1e-4)
        else:
            assert caller.patience_s >= fate.wait_s - 1e-4


def test_people_come_take_breaks_and_go_as_recorded(real: Real) -> None:
    day, _, entries = real
    acts = recorded_scenario(entries, day.policies, BEGIN).acts
    assert {act.agent_id for act in acts} == {agent.agent_id for agent in day.policies.agents}
    nia = [act for act in acts if act.agent_id == "nia"]
    assert [act.state for act in nia] == [
        AgentState.AVAILABLE,
        AgentState.NOT_READY,
        AgentState.AVAILABLE,
        AgentState.SIGNED_OUT,
    ]
    assert nia[1].reason == "break"
    # Breaks begin when the call at hand and its wrap-up are over, so later than asked for, never earlier.
    assert 7200.0 <= nia[1].at_s < 7200.0 + 3600.0
    assert "missed" not in {act.reason for act in acts}


def test_run_again_under_the_same_rules_the_day_is_much_like_it_was(real: Real) -> None:
    day, result, entries = real
    again = simulate(recorded_scenario(entries, day.policies, BEGIN, seed=2), 2)
    was, now = result.figures.overall, again.figures.overall
    assert now.offered == was.offered
    assert now.service_level == pytest.approx(was.service_level, abs=0.08)
    assert now.abandoned == pytest.approx(was.abandoned, abs=0.06 * was.offered)
    assert now.aht_s == pytest.approx(was.aht_s, rel=0.05)


def test_what_the_log_hides_is_the_same_for_the_same_seed(real: Real) -> None:
    day, _, entries = real
    once, again, other = (recorded_scenario(entries, day.policies, BEGIN, seed=seed) for seed in (5, 5, 6))
    assert once == again
    assert once.callers != other.callers


def test_how_agents_answer_is_learned(real: Real) -> None:
    day, _, entries = real
    habits = recorded_scenario(entries, day.policies, BEGIN).habits
    assert habits.answer.mean_s == pytest.approx(4.0, rel=0.15)
    assert habits.miss_chance == pytest.approx(0.03, abs=0.02)


def test_contacts_of_queues_and_agents_that_are_gone_are_left_out(real: Real) -> None:
    day, _, entries = real
    only = replace(
        day.policies,
        queues=tuple(queue for queue in day.policies.queues if queue.queue_id == "billing"),
        agents=tuple(agent for agent in day.policies.agents if agent.agent_id != "nia"),
    )
    again = recorded_scenario(entries, only, BEGIN)
    assert {caller.queue_id for caller in again.callers} == {"billing"}
    assert "nia" not in {act.agent_id for act in again.acts}


def test_an_empty_log_is_an_empty_day(real: Real) -> None:
    day, _, _ = real
    assert simulate(recorded_scenario([], day.policies, BEGIN), 1).fates == {}


def test_being_set_to_not_ready_for_missed_calls_is_no_act_of_ones_own() -> None:
    """It follows from the misses of that day's run; nor is it one to become busy."""
    states = [("available", None), ("ringing", None), ("not_ready", "missed"), ("available", None)]
    states += [("not_ready", "lunch"), ("available", None), ("on_contact", None), ("signed_out", None)]
    entries = [
        Entry(
            "agent.state",
            BEGIN + timedelta(minutes=at),
            None,
            "nia",
            None,
            {"state": state, "reason": reason},
        )
        for at, (state, reason) in enumerate(states)
    ]
    acts = recorded_scenario(entries, scenario().policies, BEGIN).acts
    assert [(act.at_s, act.state.value, act.reason) for act in acts] == [
        (0.0, "available", None),
        (240.0, "not_ready", "lunch"),
        (300.0, "available", None),
        (420.0, "signed_out", None),
    ]
