"""The nine strategies: who comes first among those who may take a contact."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from routing.ranking import draw
from routing.records import AgentRecord
from routing.types import AgentState, Decision, IdleSince, QueuePolicy, Strategy
from tests.unit.routing.centre import BILLING, START, Centre, needs, profile

THREE = (profile("amina"), profile("dev"), profile("kofi"))


def queue(strategy: Strategy, **rules: object) -> QueuePolicy:
    return replace(BILLING, strategy=strategy, acw=timedelta(0), **rules)  # type: ignore[arg-type]


def serve(centre: Centre, contact_id: str, talk_s: float = 10) -> str:
    """One call from beginning to end; who took it."""
    centre.queue(contact_id)
    agent_id = centre.offered()[contact_id]
    centre.accept(contact_id)
    centre.wait(talk_s)
    centre.finish(contact_id, agent_id)
    centre.wait(1)
    return agent_id


def test_fewest_contacts_counts_since_signing_in_and_breaks_ties_by_idle_time() -> None:
    centre = Centre(*THREE, queues=(queue(Strategy.FEWEST_CONTACTS),))
    centre.ready("dev", "amina", "kofi")
    assert [serve(centre, f"c{n}") for n in range(6)] == ["dev", "amina", "kofi", "dev", "amina", "kofi"]

    centre.ask("kofi", AgentState.SIGNED_OUT)
    centre.ask("kofi", AgentState.AVAILABLE)
    centre.queue("c7")
    assert centre.offered() == {"c7": "kofi"}
    decision = centre.offer("c7").decision
    assert (decision.key["contacts"], decision.because) == ("0", ("fewest_contacts:3",))


def test_least_talk_counts_time_on_contacts_without_wrap_up() -> None:
    centre = Centre(*THREE[:2], queues=(replace(queue(Strategy.LEAST_TALK), acw=timedelta(seconds=60)),))
    centre.ready("amina", "dev")
    centre.queue("c1")
    centre.queue("c2")
    centre.accept("c1")
    centre.accept("c2")
    centre.wait(20)
    centre.finish("c1", "amina")
    centre.wait(10)
    centre.finish("c2", "dev", wrap_up=False)
    centre.wait(200)
    assert (centre.agent("amina").talk, centre.agent("dev").talk) == (
        timedelta(seconds=20),
        timedelta(seconds=30),
    )
    centre.queue("c3")
    assert centre.offered() == {"c3": "amina"}
    assert centre.offer("c3").decision.key["talk_s"] == "20.0"


def test_round_robin_goes_on_after_the_last_agent_even_over_a_restart() -> None:
    centre = Centre(*THREE, queues=(queue(Strategy.ROUND_ROBIN),))
    centre.ready("kofi", "dev", "amina")
    assert [serve(centre, f"c{n}") for n in range(2)] == ["amina", "dev"]
    centre.restart()
    assert [serve(centre, f"d{n}") for n in range(2)] == ["kofi", "amina"]


def test_round_robin_passes_over_who_is_busy_and_tells_who_would_have_been_next() -> None:
    centre = Centre(*THREE, queues=(queue(Strategy.ROUND_ROBIN),))
    centre.ready("kofi", "dev", "amina")
    serve(centre, "c1")
    centre.ask("dev", AgentState.NOT_READY, "lunch")
    centre.queue("c2")
    decision = centre.offer("c2").decision
    assert (centre.offered(), decision.runners_up) == ({"c2": "kofi"}, ("amina",))
    assert decision.because == ("round_robin:2",)


def test_top_down_goes_by_the_queues_order_and_the_unnamed_come_last() -> None:
    centre = Centre(*THREE, queues=(queue(Strategy.TOP_DOWN, order=("kofi", "dev")),))
    centre.ready("amina", "dev", "kofi")
    for contact_id in ("c1", "c2", "c3"):
        centre.queue(contact_id)
        if contact_id == "c1":
            assert centre.offer("c1").decision.runners_up == ("dev", "amina")
    assert [centre.rung(c) for c in ("c1", "c2", "c3")] == [["kofi"], ["dev"], ["amina"]]


def test_weighted_random_draws_the_same_after_a_restart_and_favours_small_penalties() -> None:
    wins: Counter[str] = Counter()
    for n in range(60):
        policy = queue(Strategy.WEIGHTED_RANDOM, penalties={"kofi": 3})
        centre = Centre(*THREE, queues=(policy,), seed=7)
        centre.ready("amina", "dev", "kofi")
        centre.restart(seed=7)
        centre.queue(f"c{n}")
        (won,) = centre.offered().values()
        wins[won] += 1
        draws = {a: draw(7, f"c{n}", a, 3 if a == "kofi" else 0) for a in ("amina", "dev", "kofi")}
        assert won == min(draws, key=lambda agent_id: draws[agent_id])
        assert centre.offer(f"c{n}").decision.runners_up == tuple(sorted(draws, key=draws.__getitem__)[1:])
    assert wins["kofi"] < min(wins["amina"], wins["dev"])
    assert len(wins) == 3


def test_draws_are_uniform_over_their_range() -> None:
    draws = [draw(1, f"contact {n}", "amina", 1) for n in range(4000)]
    assert 0 <= min(draws) < 20
    assert 1980 < max(draws) < 2000
    assert 950 < sum(draws) / len(draws) < 1050


@pytest.mark.parametrize(
    ("rules", "first"),
    [
        ({}, "amina"),
        ({"breaks_reset_idle": True}, "dev"),
        ({"idle_since": IdleSince.LAST_STATE_CHANGE}, "dev"),
    ],
)
def test_a_break_begins_the_idle_time_anew_only_where_the_queue_says_so(
    rules: dict[str, object], first: str
) -> None:
    centre = Centre(*THREE[:2], queues=(queue(Strategy.LONGEST_IDLE, **rules),))
    centre.ready("amina", "dev")
    centre.ask("amina", AgentState.NOT_READY, "coffee")
    centre.wait(60)
    centre.ask("amina", AgentState.AVAILABLE)
    centre.queue("c1")
    assert centre.offered() == {"c1": first}


@pytest.mark.parametrize(("resets", "first"), [(False, "amina"), (True, "dev")])
def test_a_miss_begins_the_idle_time_anew_only_where_the_queue_says_so(resets: bool, first: str) -> None:
    centre = Centre(
        *THREE[:2],
        queues=(queue(Strategy.LONGEST_IDLE, misses_reset_idle=resets, decline_cooloff=timedelta(0)),),
    )
    centre.ready("amina")
    centre.queue("c1")
    centre.ready("dev")
    centre.queue("c2")
    centre.leave("c2")
    centre.decline("c1")
    assert centre.rung("c1") == [first]


def test_an_offer_that_is_withdrawn_costs_no_idle_time_even_by_the_last_state_change() -> None:
    policy = queue(Strategy.LONGEST_IDLE, idle_since=IdleSince.LAST_STATE_CHANGE)
    centre = Centre(*THREE[:2], queues=(policy,))
    centre.ready("amina", "dev")
    centre.queue("c1")
    centre.leave("c1")
    centre.queue("c2")
    assert centre.offered() == {"c2": "amina"}


def test_the_decision_says_its_priority_and_how_many_events_came_before() -> None:
    centre = Centre(
        profile("amina", skills={"Billing": 5}), queues=(replace(BILLING, requirements=(needs("Billing"),)),)
    )
    centre.ready("amina")
    taken = centre.router.snapshot().taken
    centre.queue("c1", priority=4)
    decision = centre.offer("c1").decision
    assert (decision.priority, decision.log_position, decision.rules) == (4, taken + 1, ())


def test_records_that_are_built_fast_equal_those_built_the_ordinary_way() -> None:
    centre = Centre(profile("amina", skills={"Billing": 5}))
    centre.ready("amina")
    centre.queue("c1", requirements=(needs("Billing", 2),))
    decision = centre.offer("c1").decision
    expected = Decision(
        queue_id="billing",
        policy_version=1,
        key={"skill": "5", "idle_s": "1.0"},
        eligible=1,
        because=("skill:Billing:5:2", "only_one"),
        log_position=decision.log_position,
    )
    assert (decision, hash(decision.because)) == (expected, hash(expected.because))
    assert centre.agent("amina") == AgentRecord(
        agent_id="amina",
        state=AgentState.RINGING,
        since=centre.now,
        idle_since=START,
        ready_since=START,
        reachable=True,
        media=frozenset({"webrtc"}),
        offer_id="offer-1",
    )
    offer = centre.router.offer("offer-1")
    assert offer is not None
    assert (offer.made_at, offer.outcome, offer.decision) == (
        datetime.fromisoformat(centre.now.isoformat()),
        None,
        decision,
    )
