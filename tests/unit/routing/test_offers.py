"""How offers end, and what becomes of contact and agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from routing.types import (
    MISSED_REASON,
    AgentState,
    ContactLeft,
    ContactResumed,
    ContactSuspended,
    OfferAnswered,
    OfferEnded,
    OfferOutcome,
    Stale,
)
from tests.unit.routing.centre import BILLING, Centre, profile

NEVER_MISSED = replace(BILLING, misses_to_not_ready=0)


def test_accepting_ends_the_waiting_and_starts_the_contact() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.router.changes()

    centre.accept("c1")

    amina = centre.agent("amina")
    assert centre.ended() == {"c1": OfferOutcome.ACCEPTED}
    assert (amina.state, amina.contact_id, amina.queue_id, amina.offer_id) == (
        AgentState.ON_CONTACT,
        "c1",
        "billing",
        None,
    )
    changes = centre.router.changes()
    assert changes.gone == ("c1",)
    assert [offer.outcome for offer in changes.offers] == [OfferOutcome.ACCEPTED]
    assert changes.agents == (amina,)


def test_a_second_answer_is_stale_and_changes_nothing() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")
    offer_id = centre.open_offer("c1")

    assert centre.tell(OfferAnswered(offer_id=offer_id, agent_id="dev")) == [Stale(what="offer", id=offer_id)]
    centre.accept("c1")
    before = centre.router.snapshot()
    again = OfferAnswered(offer_id=offer_id, agent_id="amina")
    assert centre.tell(again) == [Stale(what="offer", id=offer_id)]
    assert centre.router.snapshot() == before


def test_after_a_decline_the_next_one_is_asked_and_the_place_is_kept() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")
    centre.queue("c2")
    centre.queue("c3")

    centre.decline("c1")

    assert centre.ended() == {"c1": OfferOutcome.DECLINED}
    assert centre.offered() == {"c3": "amina"}, "the one she declined is not hers for a while"
    assert centre.router.position("c1") == 1
    centre.decline("c2")
    assert centre.offered() == {"c1": "dev"}


def test_a_sole_agent_is_asked_again_after_the_cool_off() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")

    centre.decline("c1")
    assert centre.offered() == {}
    assert centre.router.next_deadline() == centre.now + BILLING.decline_cooloff

    centre.wait(14.9)
    assert centre.offered() == {}
    centre.wait(0.1)
    assert centre.offered() == {"c1": "amina"}


def test_an_unanswered_offer_times_out_at_its_deadline_and_only_once() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")

    centre.wait(19.9)
    assert centre.ended() == {}
    centre.wait(0.1)
    assert centre.ended() == {"c1": OfferOutcome.TIMED_OUT}
    assert centre.offered() == {"c1": "dev"}
    assert centre.wait(0) == []


def test_an_answer_after_the_deadline_is_late_even_if_the_timer_is() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    offer_id = centre.open_offer("c1")

    centre.now += BILLING.ring_timeout
    centre.tell(OfferAnswered(offer_id=offer_id, agent_id="amina"))

    assert centre.ended() == {"c1": OfferOutcome.TIMED_OUT}
    assert Stale(what="offer", id=offer_id) in centre.last


def test_consecutive_misses_make_an_agent_not_ready() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")

    centre.wait(20)
    assert (centre.state("amina"), centre.agent("amina").misses) == (AgentState.AVAILABLE, 1)
    centre.wait(15)
    centre.wait(20)

    amina = centre.agent("amina")
    assert (amina.state, amina.reason) == (AgentState.NOT_READY, MISSED_REASON)
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.agent("amina").misses == 0


def test_a_decline_in_between_breaks_the_row_of_misses() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.wait(20)
    centre.wait(15)
    centre.decline("c1")
    centre.wait(15)
    centre.wait(20)

    assert centre.state("amina") is AgentState.AVAILABLE
    assert centre.agent("amina").misses == 1


def test_misses_never_count_where_the_queue_says_so() -> None:
    centre = Centre(profile("amina"), queues=(NEVER_MISSED,))
    centre.ready("amina")
    centre.queue("c1")
    for _ in range(5):
        centre.wait(20)
        centre.wait(15)
    assert centre.state("amina") is AgentState.RINGING


def test_a_hang_up_withdraws_the_offer_at_once() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    idle_since = centre.agent("amina").idle_since

    centre.tell(ContactLeft(contact_id="c1", why="hung_up"))

    (ended,) = (effect for effect in centre.last if isinstance(effect, OfferEnded))
    assert (ended.outcome, ended.reason) == (OfferOutcome.WITHDRAWN, "hung_up")
    assert centre.state("amina") is AgentState.AVAILABLE
    assert centre.agent("amina").idle_since == idle_since, "ringing in vain costs no place among the idle"
    assert centre.tell(ContactLeft(contact_id="c1", why="hung_up")) == [Stale(what="contact", id="c1")]


def test_an_agent_whose_offer_is_withdrawn_gets_the_next_in_the_same_breath() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.queue("c2")

    centre.tell(ContactLeft(contact_id="c1", why="hung_up"))

    assert centre.offered() == {"c2": "amina"}


def test_a_lost_caller_keeps_his_place_and_is_not_offered_until_he_is_back() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.queue("c2")

    centre.tell(ContactSuspended(contact_id="c1"))

    assert centre.ended() == {"c1": OfferOutcome.WITHDRAWN}
    assert centre.offered() == {"c2": "amina"}
    assert centre.router.position("c1") == 1
    assert centre.tell(ContactSuspended(contact_id="c1")) == []
    centre.decline("c2")
    assert centre.offered() == {}
    centre.tell(ContactResumed(contact_id="c1"))
    assert centre.offered() == {"c1": "amina"}


def test_when_the_agent_becomes_unreachable_the_caller_is_offered_on_at_once() -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")

    centre.disconnect("amina", "microphone_silent")

    assert centre.ended() == {"c1": OfferOutcome.WITHDRAWN}
    assert centre.offered() == {"c1": "dev"}
    amina = centre.agent("amina")
    assert (amina.state, amina.reachable, amina.unreachable_why) == (
        AgentState.AVAILABLE,
        False,
        "microphone_silent",
    )
    assert amina.unreachable_since == centre.now


def test_an_unreachable_agent_keeps_his_state_and_is_offered_when_he_is_back() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.disconnect("amina")
    assert centre.queue("c1") == []

    centre.connect("amina")

    assert centre.offered() == {"c1": "amina"}
    assert centre.agent("amina").unreachable_since is None


def test_who_was_offered_it_in_vain_is_remembered_in_order_and_once() -> None:
    centre = Centre(profile("amina"), profile("dev"), queues=(NEVER_MISSED,))
    centre.ready("amina", "dev")
    centre.queue("c1")
    centre.decline("c1")
    centre.wait(20)
    centre.decline("c1")

    record = centre.router.contact("c1")
    assert record is not None
    assert record.offered_before == ("dev", "amina")


def test_a_caller_whose_agent_was_lost_returns_to_his_old_place() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.accept("c1")
    queued_at = centre.now
    centre.wait(60)
    centre.queue("c2", waited_s=30)

    centre.disconnect("amina")
    centre.finish("c1", "amina", wrap_up=False)
    centre.queue("c1", waited_s=(centre.now - queued_at) / timedelta(seconds=1))

    assert [record.contact_id for record in centre.router.waiting("billing")] == ["c1", "c2"]
    centre.connect("amina")
    assert centre.offered() == {"c1": "amina"}
