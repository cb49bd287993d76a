"""Ring all and ring progressively: several open offers for one contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from routing.types import (
    AgentState,
    ContactSuspended,
    OfferAnswered,
    OfferEnded,
    OfferOutcome,
    Stale,
    Strategy,
)
from tests.unit.routing.centre import BILLING, Centre, profile

FOUR = tuple(profile(agent_id) for agent_id in ("amina", "dev", "kofi", "sian"))
ALL = replace(BILLING, strategy=Strategy.RING_ALL, ring_width=0)
THREE_AT_ONCE = replace(ALL, ring_width=3)
IN_TURN = replace(
    BILLING, strategy=Strategy.RING_PROGRESSIVELY, ring_width=3, ring_timeout=timedelta(seconds=25)
)


def ready(policy: object = ALL) -> Centre:
    centre = Centre(*FOUR, queues=(policy,))  # type: ignore[arg-type]
    centre.ready("amina", "dev", "kofi", "sian")
    return centre


def test_ring_all_rings_everyone_who_is_free() -> None:
    centre = ready()
    centre.queue("c1")
    assert centre.rung("c1") == ["amina", "dev", "kofi", "sian"]
    assert centre.waiting("c1").offer_id == centre.waiting("c1").offer_ids[0]


def test_the_first_to_accept_has_it_and_the_others_are_let_go_in_the_same_step() -> None:
    centre = ready()
    centre.queue("c1")
    centre.queue("c2")
    loser = centre.waiting("c1").offer_ids[0]

    centre.accept_by("c1", "kofi")

    ended = [e for e in centre.last if isinstance(e, OfferEnded)]
    assert [(e.agent_id, e.outcome, e.reason) for e in ended] == [
        ("kofi", OfferOutcome.ACCEPTED, None),
        ("amina", OfferOutcome.WITHDRAWN, "answered_elsewhere"),
        ("dev", OfferOutcome.WITHDRAWN, "answered_elsewhere"),
        ("sian", OfferOutcome.WITHDRAWN, "answered_elsewhere"),
    ]
    assert centre.rung("c2") == ["amina", "dev", "sian"], "who was let go is asked at once"
    assert centre.agent("amina").misses == 0
    late = OfferAnswered(offer_id=loser, agent_id="amina")
    assert centre.tell(late) == [Stale(what="offer", id=loser)]


def test_no_more_ring_than_the_width_allows_and_the_next_contact_gets_the_rest() -> None:
    centre = ready(THREE_AT_ONCE)
    centre.queue("c1")
    centre.queue("c2")
    assert (centre.rung("c1"), centre.rung("c2")) == (["amina", "dev", "kofi"], ["sian"])


def test_who_declines_is_replaced_by_who_is_free_or_comes_free() -> None:
    centre = ready(THREE_AT_ONCE)
    centre.ask("sian", AgentState.NOT_READY, "lunch")
    centre.queue("c1")
    centre.decline("c1")
    assert centre.rung("c1") == ["dev", "kofi"]
    centre.ask("sian", AgentState.AVAILABLE)
    assert centre.rung("c1") == ["dev", "kofi", "sian"]


def test_a_hang_up_and_a_lost_line_withdraw_every_offer() -> None:
    centre = ready()
    centre.queue("c1")
    centre.tell(ContactSuspended(contact_id="c1"))
    assert centre.ended() == {"c1": OfferOutcome.WITHDRAWN}
    assert [centre.state(p.agent_id) for p in FOUR] == [AgentState.AVAILABLE] * 4


def test_ring_progressively_adds_one_after_each_step_up_to_the_width() -> None:
    centre = ready(IN_TURN)
    centre.queue("c1")
    rung = [centre.rung("c1")]
    for _ in range(2):
        assert centre.router.next_deadline() == centre.now + IN_TURN.ring_step
        centre.wait(9.9)
        assert centre.rung("c1") == rung[-1]
        centre.wait(0.1)
        rung.append(centre.rung("c1"))
    assert rung == [["amina"], ["amina", "dev"], ["amina", "dev", "kofi"]]
    centre.wait(4)
    assert centre.rung("c1") == ["amina", "dev", "kofi"], "the width is reached"


def test_when_the_only_one_declines_the_next_rings_at_once() -> None:
    centre = ready(IN_TURN)
    centre.queue("c1")
    centre.decline("c1")
    assert centre.rung("c1") == ["dev"]


def test_the_step_outlives_a_restart() -> None:
    centre = ready(IN_TURN)
    centre.queue("c1")
    centre.wait(5)
    centre.restart()
    centre.wait(5)
    assert centre.rung("c1") == ["amina", "dev"]
    centre.restart()


def test_any_other_strategy_rings_one() -> None:
    centre = ready(replace(BILLING, ring_width=3))
    centre.queue("c1")
    assert centre.rung("c1") == ["amina"]
