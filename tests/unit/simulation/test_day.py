"""The virtual day: same seed same day, nobody lost, figures by the log, rules that make a difference."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from reporting import DayFigures, QueueFigures
from routing.types import (
    AgentState,
    Announcements,
    Operation,
    QueueStep,
    Requirement,
    SayPosition,
    Strategy,
    Way,
    WayKind,
)
from simulation.compare import CauseKind, compare, focus_of
from simulation.day import VirtualDay, simulate
from simulation.result import DayResult, Ending
from simulation.traffic import PROMPT, Caller
from tests.unit.simulation.small_day import BEGIN, BILLING, HOUR_S, WELSH, scenario, under


def rounded(figures: QueueFigures) -> dict[str, Any]:
    """Without what depends on the order of adding up."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }


def endings(result: DayResult) -> Counter[Ending]:
    return Counter(fate.ending for fate in result.fates.values())


def test_the_same_seed_is_the_same_day() -> None:
    once, again = (simulate(scenario(), 11, tell_waits=True) for _ in range(2))
    assert once == again
    assert simulate(scenario(), 12).fates != once.fates


def test_what_happens_to_a_caller_by_chance_does_not_depend_on_the_rules() -> None:
    """With everybody answered at once in either case, other rules for others change no caller's handling."""
    quiet = scenario(calls=12.0)
    plain = simulate(quiet, 5)
    other = simulate(under(quiet, replace(BILLING, strategy=Strategy.LONGEST_IDLE), WELSH), 5)
    served = [c for c in plain.fates if plain.fates[c].offers == other.fates[c].offers == 1]
    assert len(served) > 6
    assert [plain.fates[c].wait_s for c in served] == [other.fates[c].wait_s for c in served]


def test_every_caller_has_exactly_one_ending_and_the_figures_agree() -> None:
    day = scenario()
    result = simulate(day, 11)
    found = endings(result)
    assert sum(found.values()) == len(day.callers) == len(result.fates)
    assert found.keys() == {Ending.ANSWERED, Ending.ABANDONED}
    overall = result.figures.overall
    assert (overall.offered, overall.answered, overall.abandoned) == (
        len(day.callers),
        found[Ending.ANSWERED],
        found[Ending.ABANDONED],
    )
    waits = [fate.wait_s for fate in result.fates.values() if fate.ending is Ending.ANSWERED]
    assert overall.asa_s == pytest.approx(sum(waits) / len(waits), abs=1e-3)


def test_the_figures_are_those_of_the_log_that_it_tells() -> None:
    entries: list[tuple[Any, ...]] = []

    def watch(kind: str, at: datetime, *rest: Any) -> None:
        entries.append((kind, at, *rest))

    result = simulate(scenario(), 11, watch=watch)
    rebuilt = DayFigures(BEGIN, {})
    for entry in entries:
        rebuilt.observe(*entry)
    live = rebuilt.snapshot(result.figures.at)
    for name, figures in live.queues.items():
        assert rounded(result.figures.queues[name]) == rounded(figures)
    assert rounded(result.figures.overall) == rounded(live.overall)
    for name, day in live.agents.items():
        found = result.figures.agents[name]
        assert dict(found.spent_s) == pytest.approx(dict(day.spent_s))
        assert (found.handled, found.missed, found.declined) == (day.handled, day.missed, day.declined)
        assert found.occupancy == pytest.approx(day.occupancy)
        assert found.aht_s == pytest.approx(day.aht_s)
    assert all(before[1] <= after[1] for before, after in itertools.pairwise(entries))


def test_the_stretches_of_the_day_add_up_to_it() -> None:
    result = simulate(scenario(), 11)
    billing = [slot.figures for slot in result.slots if slot.queue_id == "billing"]
    assert sum(each.offered for each in billing) == result.figures.queues["billing"].offered
    assert sum(each.abandoned for each in billing) == result.figures.queues["billing"].abandoned
    shares = [slot.occupancy for slot in result.slots if slot.queue_id is None and slot.occupancy is not None]
    assert shares
    assert all(0.0 <= share <= 1.0 for share in shares)


def test_nobody_answers_on_a_break_or_after_going_home() -> None:
    offered_s: list[float] = []

    def watch(kind: str, at: datetime, queue_id: Any, agent_id: Any, contact_id: Any, data: Any) -> None:
        if kind == "offer.made":
            offered_s.append((at - BEGIN).total_seconds())

    simulate(scenario(calls=420.0), 11, watch=watch)
    assert len(offered_s) > 200
    assert [at_s for at_s in offered_s if 2 * HOUR_S < at_s < 2.25 * HOUR_S or at_s > 4.5 * HOUR_S] == []


def test_who_misses_too_often_comes_back_by_himself() -> None:
    seen: Counter[str] = Counter()

    def watch(kind: str, at: datetime, queue_id: Any, agent_id: Any, contact_id: Any, data: Any) -> None:
        if kind == "agent.state":
            seen[str(data["reason"] or data["state"])] += 1

    day = scenario()
    simulate(replace(day, habits=replace(day.habits, miss_chance=0.4)), 11, watch=watch)
    assert seen["missed"] > 3
    assert seen["available"] > seen["missed"]


def test_announcements_make_some_hang_up() -> None:
    silent = replace(BILLING, announcements=Announcements(position=SayPosition.NO))
    spoken = replace(BILLING, announcements=Announcements(every=timedelta(seconds=20)))
    day = replace(scenario(calls=420.0), announce_every_s=None)
    startled = [replace(caller, startle_s=15.0) for caller in day.callers]
    day = replace(day, callers=startled)
    quiet, loud = (simulate(under(day, rules, WELSH), 4) for rules in (silent, spoken))
    assert endings(loud)[Ending.ABANDONED] > endings(quiet)[Ending.ABANDONED]


def test_longer_talk_makes_longer_waits() -> None:
    day = scenario()
    slow = replace(day, callers=[replace(caller, talk_s=1.3 * caller.talk_s) for caller in day.callers])
    assert (simulate(slow, 11).figures.overall.asa_s or 0.0) > (
        simulate(day, 11).figures.overall.asa_s or 0.0
    )


def test_agents_of_the_textbooks_answer_at_once() -> None:
    result = simulate(replace(scenario(calls=12.0), habits=PROMPT), 11)
    assert {fate.wait_s for fate in result.fates.values() if fate.offers == 1} >= {0.0}


def test_why_a_caller_waits_is_noted_for_those_asked_about() -> None:
    day = scenario(calls=420.0)
    longest = max(simulate(day, 11).fates.values(), key=lambda fate: fate.wait_s)
    moments = simulate(day, 11, look_at={longest.contact_id}).moments[longest.contact_id]
    assert moments[0].at_s == pytest.approx(20.0)
    assert moments[0].explanation.verdict == "all_busy"
    assert moments[0].explanation.agents


def test_looking_changes_nothing() -> None:
    day = scenario()
    assert simulate(day, 11, look_at={caller.contact_id for caller in day.callers}).fates == (
        simulate(day, 11).fates
    )


def test_progress_is_told_on_the_way() -> None:
    parts: list[float] = []
    VirtualDay(scenario(calls=1400.0), 1).run(parts.append)
    assert parts == sorted(parts)
    assert 0.0 < parts[0] < parts[-1] <= 1.0


def test_who_still_waits_when_the_day_is_over_is_left_waiting() -> None:
    caller = Caller(contact_id="c", at_s=10.0, queue_id="billing", talk_s=60.0)
    day = replace(scenario(), callers=[caller], acts=[], length_s=100.0)
    fate = simulate(day, 1).fates["c"]
    assert (fate.ending, fate.wait_s) == (Ending.WAITING, 90.0)
    assert math.isinf(caller.patience_s)


def test_a_step_that_sends_callers_elsewhere_is_carried_out() -> None:
    step = QueueStep(
        step_id="s", after=timedelta(seconds=30), operation=Operation.OVERFLOW, queue_id="billing"
    )
    day = scenario(calls=420.0)
    moved = simulate(under(day, BILLING, replace(WELSH, steps=(step,))), 11)
    left = moved.figures.queues["welsh"].left_otherwise
    assert left > 0
    assert all(fate.wait_s <= 60.0 for fate in moved.fates.values() if fate.ending is Ending.LEFT)


def test_callers_over_the_longest_wait_leave() -> None:
    rules = replace(BILLING, max_wait=timedelta(seconds=25), on_max_wait=Way(kind=WayKind.VOICEMAIL))
    result = simulate(under(scenario(calls=420.0), rules, WELSH), 11)
    assert endings(result)[Ending.LEFT] > 0
    longest_s = max(fate.wait_s for fate in result.fates.values() if fate.ending is Ending.LEFT)
    # Who is being rung for just then stays until the ring is over.
    assert 25.0 <= longest_s <= 25.0 + BILLING.ring_timeout.total_seconds()


# --- side by side ---------------------------------------------------------------------------------


def test_a_day_beside_itself_differs_in_nothing() -> None:
    day = scenario()
    found = compare(simulate(day, 11), simulate(day, 11), day.policies, day.policies, {})
    assert found.losers == ()
    assert all(queue.gain == 0.0 and queue.less == queue.longer == 0 for queue in found.queues)


def test_who_pays_is_named_with_the_agents_who_took_other_calls() -> None:
    """Billing asks nothing of its agents; now Welsh asks less, so that two more people serve it."""
    day = scenario(calls=330.0)
    eased = replace(WELSH, requirements=(Requirement(skill="Billing", level=1),), weight=5)
    everybody = tuple(replace(agent, queues=frozenset(("billing", "welsh"))) for agent in day.policies.agents)
    changed = replace(day, policies=replace(day.policies, queues=(BILLING, eased), agents=everybody))
    found = compare(
        simulate(day, 11), simulate(changed, 11), day.policies, changed.policies, {"billing": 0.8}
    )
    assert focus_of(found, ["welsh"]) == "welsh"
    welsh = next(queue for queue in found.queues if queue.queue_id == "welsh")
    assert welsh.gain > 0.2
    losers = next(group for group in found.losers if group.queue_id == "billing")
    assert losers.cause.kind is CauseKind.TOOK_OTHERS
    assert losers.cause.queue_id == "welsh"
    assert losers.cause.calls > 0
    assert set(losers.cause.agents) <= {agent.agent_id for agent in everybody}
    assert losers.pairs[0].more_s == losers.worst_more_s >= losers.mean_more_s


def test_fewer_people_are_the_cause_where_people_are_fewer() -> None:
    day = scenario()
    fewer = tuple(agent for agent in day.policies.agents if agent.agent_id not in ("ravi", "olu"))
    changed = replace(
        day,
        policies=replace(day.policies, agents=fewer),
        acts=[act for act in day.acts if act.agent_id not in ("ravi", "olu")],
    )
    found = compare(simulate(day, 11), simulate(changed, 11), day.policies, changed.policies, {})
    billing = next(group for group in found.losers if group.queue_id == "billing")
    assert billing.cause.kind is CauseKind.FEWER_PEOPLE
    assert billing.cause.agents == ("olu", "ravi")


def test_giving_up_after_being_answered_before_counts_as_waiting_longer() -> None:
    day = scenario(calls=300.0)
    rushed = replace(day, callers=[replace(caller, patience_s=3.0) for caller in day.callers])
    found = compare(simulate(day, 11), simulate(rushed, 11), day.policies, day.policies, {})
    assert sum(group.given_up for group in found.losers) > 0


def test_everybody_has_gone_home_in_the_end() -> None:
    day = VirtualDay(scenario(), 11)
    day.run()
    final = {agent.agent_id: agent.state for agent in day.agents()}
    assert set(final.values()) == {AgentState.SIGNED_OUT}
