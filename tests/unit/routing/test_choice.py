"""Who gets which contact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.choice import FEW_LINES
from routing.types import AgentState, ContactLeft, OfferMade, StateChanged, Strategy
from tests.unit.routing.centre import BILLING, RETENTION, Centre, needs, profile

SKILLED = replace(BILLING, requirements=(needs("Billing", 5),))


def test_a_caller_is_offered_to_a_free_agent_at_once() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")

    centre.queue("c1")

    offer = centre.offer("c1")
    assert offer.agent_id == "amina"
    assert offer.expires_at == centre.now + BILLING.ring_timeout
    assert centre.state("amina") is AgentState.RINGING
    assert [e.agent.offer_id for e in centre.last if isinstance(e, StateChanged)] == [offer.offer_id]


def test_the_best_skilled_comes_first_and_the_longest_idle_among_them() -> None:
    centre = Centre(
        profile("amina", skills={"Billing": 6}),
        profile("dev", skills={"Billing": 8}),
        profile("kofi", skills={"Billing": 8}),
        queues=(SKILLED,),
    )
    centre.ready("amina", "kofi", "dev")

    centre.queue("c1")

    decision = centre.offer("c1").decision
    assert centre.offer("c1").agent_id == "kofi"
    assert decision.key == {"skill": "8", "idle_s": "2.0"}
    assert decision.runners_up == ("dev", "amina")
    assert decision.eligible == 3
    assert decision.because == ("skill:Billing:8:5", "best_skill:3", "longest_idle:2")


def test_the_longest_idle_comes_first_where_the_queue_says_so() -> None:
    queue = replace(SKILLED, strategy=Strategy.LONGEST_IDLE)
    centre = Centre(
        profile("amina", skills={"Billing": 6}), profile("dev", skills={"Billing": 8}), queues=(queue,)
    )
    centre.ready("amina", "dev")

    centre.queue("c1")

    assert centre.offer("c1").agent_id == "amina"
    assert centre.offer("c1").decision.because == ("skill:Billing:6:5", "longest_idle:2")


def test_nobody_below_the_level_is_asked() -> None:
    centre = Centre(
        profile("amina", skills={"Billing": 4}), profile("dev", skills={"Welsh": 9}), queues=(SKILLED,)
    )
    centre.ready("amina", "dev")

    assert centre.queue("c1") == []
    assert centre.router.position("c1") == 1


def test_what_the_contact_asks_for_adds_to_what_the_queue_asks_for() -> None:
    centre = Centre(
        profile("amina", skills={"Billing": 9, "Welsh": 3}),
        profile("dev", skills={"Billing": 5, "Welsh": 4}),
        queues=(SKILLED,),
    )
    centre.ready("amina", "dev")

    centre.queue("c1", requirements=(needs("Welsh", 4), needs("Billing", 2)))

    assert centre.offered() == {"c1": "dev"}
    assert centre.offer("c1").decision.because == ("skill:Billing:5:5", "skill:Welsh:4:4", "only_one")


def test_a_phone_takes_only_media_it_can_be_bridged_with() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")

    assert centre.queue("c1", media="simulated") == []

    centre.connect("amina", "webrtc", "simulated")
    assert centre.offered() == {"c1": "amina"}


def test_an_excluded_agent_is_not_asked() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")

    centre.queue("c1", excluded=("amina",))

    assert centre.offered() == {"c1": "dev"}
    assert centre.offer("c1").decision.eligible == 1


def test_priority_goes_before_waiting_and_credited_waiting_counts() -> None:
    centre = Centre(profile("amina"))
    centre.queue("plain")
    centre.queue("credited", waited_s=30)
    centre.queue("urgent", priority=1)

    assert [record.contact_id for record in centre.router.waiting("billing")] == [
        "urgent",
        "credited",
        "plain",
    ]
    assert [centre.router.position(c) for c in ("urgent", "credited", "plain", "nobody")] == [1, 2, 3, None]
    centre.ready("amina")
    assert centre.open_offer("urgent")


@pytest.mark.parametrize(("weight", "first"), [(0, "older"), (1, "newer")])
def test_across_queues_weight_decides_and_then_the_longest_waiting(weight: int, first: str) -> None:
    centre = Centre(
        profile("amina", queues=("billing", "retention")), queues=(BILLING, replace(RETENTION, weight=weight))
    )
    centre.queue("older", "billing")
    centre.wait(5)
    centre.queue("newer", "retention")

    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE)

    assert centre.offered() == {first: "amina"}


def test_a_caller_nobody_free_can_serve_does_not_block_those_behind() -> None:
    centre = Centre(profile("amina"), profile("sian", skills={"Welsh": 8}))
    centre.queue("welsh", requirements=(needs("Welsh", 5),), priority=9)
    centre.queue("english")

    centre.ready("amina")
    assert centre.open_offer("english")
    assert centre.router.position("welsh") == 1

    centre.ready("sian")
    assert centre.open_offer("welsh")


def test_when_one_leaves_nobody_else_moves_and_the_record_goes() -> None:
    centre = Centre(profile("amina"))
    for contact_id in ("c1", "c2", "c3"):
        centre.queue(contact_id)
        centre.wait(1)
    centre.router.changes()

    centre.tell(ContactLeft(contact_id="c2", why="hung_up"))

    assert centre.router.changes().gone == ("c2",)
    assert [centre.router.position(c) for c in ("c1", "c2", "c3")] == [1, None, 2]


def test_at_most_eight_runners_up_are_remembered() -> None:
    centre = Centre(*(profile(f"agent-{n:02}") for n in range(12)))
    centre.ready(*(f"agent-{n:02}" for n in range(12)))

    centre.queue("c1")

    decision = centre.offer("c1").decision
    assert decision.runners_up == tuple(f"agent-{n:02}" for n in range(1, 9))
    assert decision.eligible == 12


def test_queues_with_ever_new_requirements_keep_only_the_lines_they_need() -> None:
    centre = Centre(profile("amina", skills={"Billing": 5}))
    centre.ready("amina")
    for n in range(200):
        centre.queue(f"c{n}", requirements=(needs(f"Skill {n}"),))
        centre.tell(ContactLeft(contact_id=f"c{n}", why="hung_up"))

    centre.queue("last", requirements=(needs("Billing", 5),))

    assert centre.offered() == {"last": "amina"}
    assert len(centre.router._floor.rooms["billing"].lines) <= 65


def test_offers_name_the_version_of_the_rules() -> None:
    centre = Centre(profile("amina"), queues=(replace(BILLING, version=7),))
    centre.ready("amina")
    centre.queue("c1")
    made = [effect for effect in centre.last if isinstance(effect, OfferMade)]
    assert [offer.decision.policy_version for offer in made] == [7]


@pytest.mark.parametrize("queues", [1, FEW_LINES + 1])
def test_whom_the_first_caller_excludes_is_offered_the_first_who_does_not(queues: int) -> None:
    """Whether he looks at the first of each line or walks the heads of his queues."""
    rules = tuple(replace(BILLING, queue_id=f"queue {n}", name=f"Queue {n}") for n in range(queues))
    centre = Centre(profile("amina", queues=tuple(rule.queue_id for rule in rules)), queues=rules)
    for n, rule in enumerate(rules):
        centre.queue(f"excluding {n}", rule.queue_id, excluded=("amina",))
    for n, rule in enumerate(rules):
        centre.queue(f"welcome {n}", rule.queue_id)

    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE)

    assert centre.offered() == {"welcome 0": "amina"}
