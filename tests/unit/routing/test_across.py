"""Across queues: weight, the longest waiting, fair share, blending; and moves by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

import routing.offers
from routing.errors import RoutingError
from routing.types import (
    Across,
    AgentState,
    Blending,
    ContactMoved,
    ContactUpdated,
    OfferOutcome,
    PoliciesChanged,
    QueuePolicy,
    QueueShut,
    Stale,
    Way,
)
from tests.unit.routing.centre import BILLING, RETENTION, Centre, profile

QUEUES = ("billing", "retention")
QUICK = replace(BILLING, acw=timedelta(0))
OTHER = replace(RETENTION, acw=timedelta(0))


def serve(centre: Centre, agent_id: str = "amina") -> str:
    """He takes what he is offered and ends it; which contact that was."""
    offer = centre.router.offer(centre.agent(agent_id).offer_id or "")
    assert offer is not None
    centre.accept(offer.contact_id)
    centre.finish(offer.contact_id, agent_id)
    return offer.contact_id


def two_queues(across: Across, *queues: QueuePolicy) -> Centre:
    """b0, r0, b1, r1, ... wait a second apart; then Amina comes."""
    centre = Centre(profile("amina", queues=QUEUES), queues=queues or (QUICK, OTHER), across=across)
    for number in range(40):
        centre.queue(f"b{number}", "billing")
        centre.wait(1)
        centre.queue(f"r{number}", "retention")
        centre.wait(1)
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE)
    return centre


def test_the_longest_waiting_goes_by_no_weight() -> None:
    centre = two_queues(Across.LONGEST, QUICK, replace(OTHER, weight=9))
    assert centre.rules("b0") == ()
    assert [serve(centre) for _ in range(4)] == ["b0", "r0", "b1", "r1"]


def test_weight_goes_before_waiting_and_names_itself_only_when_it_decides() -> None:
    centre = two_queues(Across.WEIGHT_THEN_LONGEST, QUICK, replace(OTHER, weight=9))
    assert centre.rules("r0") == ("weight:retention",)
    for number in range(40):
        assert serve(centre) == f"r{number}"
    assert centre.rules("b0") == ()


def test_priority_goes_before_any_weight() -> None:
    centre = two_queues(Across.WEIGHT_THEN_LONGEST, QUICK, replace(OTHER, weight=9))
    centre.queue("urgent", priority=1)
    serve(centre)
    assert (centre.offered(), centre.rules("urgent")) == ({"urgent": "amina"}, ())


def test_fair_share_serves_queues_as_their_shares_say_and_starves_none() -> None:
    centre = two_queues(Across.FAIR_SHARE, QUICK, replace(OTHER, share=3))
    served = Counter(serve(centre)[0] for _ in range(40))
    assert served == {"r": 30, "b": 10}
    shares = {record.queue_id: record.served for record in centre.router.queues()}
    assert shares == {"billing": 10, "retention": 30}


def test_fair_share_names_itself_when_it_decides_and_outlives_a_restart() -> None:
    centre = two_queues(Across.FAIR_SHARE)
    centre.leave("r0")
    centre.restart()
    assert serve(centre) == "b0"
    assert (centre.offered(), centre.rules("r1")) == ({"r1": "amina"}, ("fair_share:retention",))
    assert serve(centre) == "r1"
    assert (centre.offered(), centre.rules("b1")) == ({"b1": "amina"}, ())


def test_counts_that_grow_large_are_halved_in_all_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing.offers, "SERVED_MOST", 5)
    centre = two_queues(Across.FAIR_SHARE)
    for _ in range(9):
        serve(centre)
    assert [record.served for record in centre.router.queues()] == [2, 2]


# --- priority of customers and cases --------------------------------------------------------------

TIERED = replace(QUICK, tier_priority={"gold": 2, "silver": 1}, case_priority={"high": 5})


def test_tier_and_case_add_to_the_priority_it_was_queued_with() -> None:
    centre = Centre(profile("amina"), queues=(TIERED,))
    centre.queue("plain", priority=1)
    centre.queue("gold", attributes={"tier": "gold"})
    centre.queue("case", attributes={"tier": "bronze", "case_priority": "high"})
    centre.queue("both", attributes={"tier": "gold", "case_priority": "high"})
    assert centre.line() == ["both", "case", "gold", "plain"]
    centre.ready("amina")
    offer = centre.router.offer(centre.open_offer("both"))
    assert offer is not None
    assert offer.decision.priority == 7


def test_what_becomes_known_of_a_waiting_contact_moves_it_and_keeps_its_place() -> None:
    centre = Centre(profile("amina"), queues=(TIERED,))
    centre.queue("c1")
    centre.wait(1)
    centre.queue("c2")
    place_at = centre.waiting("c2").place_at
    centre.tell(ContactUpdated(contact_id="c2", attributes={"tier": "silver"}))
    assert centre.line() == ["c2", "c1"]
    centre.tell(ContactUpdated(contact_id="c2", priority=-1))
    assert (centre.line(), centre.waiting("c2").place_at) == (["c1", "c2"], place_at)
    gone = ContactUpdated(contact_id="nobody", priority=1)
    assert centre.tell(gone) == [Stale(what="contact", id="nobody")]


# --- moves by hand --------------------------------------------------------------------------------


def waiting() -> Centre:
    centre = Centre(profile("amina", queues=QUEUES), queues=(QUICK, OTHER))
    for contact_id in ("c1", "c2", "c3"):
        centre.queue(contact_id)
        centre.wait(1)
    centre.queue("urgent", priority=1)
    return centre


def test_first_and_last_are_among_those_of_the_same_priority_and_the_place_is_remembered() -> None:
    centre = waiting()
    place_at = centre.waiting("c3").place_at
    centre.tell(ContactMoved(contact_id="c3", by="dana", to="first"))
    assert centre.line() == ["urgent", "c3", "c1", "c2"]
    centre.tell(ContactMoved(contact_id="c1", by="dana", to="last"))
    assert centre.line() == ["urgent", "c3", "c2", "c1"]
    centre.restart()
    assert centre.waiting("c3").place_at == place_at
    centre.tell(ContactMoved(contact_id="c1", by="dana", to="last"))
    centre.tell(ContactMoved(contact_id="urgent", by="dana", to="last"))
    assert centre.line() == ["urgent", "c3", "c2", "c1"]
    centre.tell(ContactMoved(contact_id="c3", by="dana"))
    assert (centre.line(), centre.waiting("c3").rules) == (["urgent", "c2", "c1", "c3"], ())


def test_the_decision_names_the_move_whether_it_favours_or_passes_over() -> None:
    centre = waiting()
    centre.leave("urgent")
    centre.tell(ContactMoved(contact_id="c1", by="dana", to="last"))
    centre.ready("amina")
    offer = centre.router.offer(centre.open_offer("c2"))
    assert offer is not None
    assert offer.decision.rules == ("moved_by:dana",)
    assert [serve(centre) for _ in range(3)] == ["c2", "c3", "c1"]


def test_into_another_queue_it_brings_its_waiting_and_the_offer_ends() -> None:
    centre = waiting()
    centre.ready("amina")
    place_at = centre.waiting("urgent").place_at
    centre.tell(ContactMoved(contact_id="urgent", by="dana", queue_id="retention"))
    assert centre.ended() == {"urgent": OfferOutcome.WITHDRAWN}
    record = centre.waiting("urgent")
    assert (record.queue_id, record.place_at, record.rules) == ("retention", place_at, ("moved_by:dana",))
    assert centre.router.changes().gone == ()


def test_a_contact_that_is_gone_cannot_be_moved_nor_can_one_go_nowhere() -> None:
    centre = waiting()
    gone = ContactMoved(contact_id="nobody", by="dana", to="first")
    assert centre.tell(gone) == [Stale(what="contact", id="nobody")]
    with pytest.raises(RoutingError, match="no such queue"):
        centre.tell(ContactMoved(contact_id="c1", by="dana", queue_id="nowhere"))
    with pytest.raises(RoutingError, match="no such queue"):
        centre.tell(QueueShut(queue_id="nowhere", by="dana", then=Way()))


# --- blending -------------------------------------------------------------------------------------

OUTBOUND = replace(
    OTHER,
    blending=Blending(
        yields_to=frozenset({"billing"}),
        open_at_free=2,
        close_below_free=2,
        open_at_waiting=0,
        close_above_waiting=1,
    ),
)
THREE = tuple(profile(agent_id, queues=QUEUES) for agent_id in ("amina", "dev", "kofi"))


def test_the_gate_opens_with_enough_free_agents_and_keeps_its_reserve() -> None:
    centre = Centre(*THREE, queues=(QUICK, OUTBOUND))
    for contact_id in ("o1", "o2", "o3"):
        centre.queue(contact_id, "retention")
    centre.ready("amina")
    assert centre.rung("o1") == []
    assert centre.router.explain_contact("o1", centre.now).verdict == "blending"
    assert centre.router.explain_agent("amina", centre.now).verdict == "blending"
    centre.connect("dev")
    centre.ask("dev", AgentState.AVAILABLE)
    assert centre.offered() == {"o1": "amina"}
    centre.restart()
    centre.connect("kofi")
    centre.ask("kofi", AgentState.AVAILABLE)
    assert centre.offered() == {"o2": "dev"}
    gates = {record.queue_id: record.gate_open for record in centre.router.queues()}
    assert gates == {"billing": False, "retention": False}


def test_the_gate_closes_when_more_wait_than_it_bears_and_not_before() -> None:
    centre = Centre(*THREE, profile("sian"), queues=(QUICK, OUTBOUND))
    centre.ready("amina", "dev", "kofi")
    centre.queue("b1", requirements=())
    assert centre.offered() == {"b1": "amina"}
    centre.queue("o1", "retention")
    assert centre.offered() == {"o1": "dev"}, "one who waits, being rung, leaves an open gate open"
    centre.leave("o1")
    centre.queue("b2")
    centre.queue("b3")
    centre.queue("b4")
    centre.leave("b3")
    centre.leave("b4")
    centre.queue("o2", "retention")
    assert centre.offered() == {}, "with two waiting it closed, and with two still waiting it stays closed"
    centre.accept("b1")
    centre.accept("b2")
    centre.finish("b1", "amina")
    assert centre.offered() == {"o2": "kofi"}


def test_callbacks_that_may_not_be_dialled_keep_no_gate_shut() -> None:
    centre = Centre(*THREE, queues=(QUICK, OUTBOUND))
    centre.queue("b1")
    centre.choose_callback("b1")
    centre.ready("amina")
    centre.accept("b1")
    centre.miss("b1")
    centre.connect("dev")
    centre.ask("dev", AgentState.AVAILABLE)
    centre.queue("o1", "retention")
    assert centre.offered() == {"o1": "amina"}


def test_a_queue_that_no_longer_blends_is_offered_at_once() -> None:
    centre = Centre(*THREE, queues=(QUICK, OUTBOUND))
    centre.queue("o1", "retention")
    centre.ready("amina")
    centre.tell(PoliciesChanged(queues=(QUICK, OTHER), agents=THREE))
    assert centre.offered() == {"o1": "amina"}
