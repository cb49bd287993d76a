"""Agent states, the next state, and after-call work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.errors import RoutingError
from routing.types import (
    ON_DEMAND_REASON,
    AgentState,
    OfferOutcome,
    PoliciesChanged,
    Stale,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.unit.routing.centre import BILLING, RETENTION, START, Centre, profile


def wrapping_up(**policy: timedelta) -> Centre:
    """Amina in ACW after c1, which began now."""
    centre = Centre(
        profile("amina"), queues=(BILLING if not policy else replace(BILLING, acw=policy["acw"]),)
    )
    centre.ready("amina")
    centre.queue("c1")
    centre.accept("c1")
    centre.wait(100)
    centre.finish("c1", "amina")
    return centre


def test_everyone_starts_signed_out_and_unreachable() -> None:
    amina = Centre(profile("amina")).agent("amina")
    assert (amina.state, amina.reachable, amina.since) == (AgentState.SIGNED_OUT, False, START)


def test_idle_time_begins_with_becoming_available_and_outlasts_a_break() -> None:
    centre = Centre(profile("amina"))
    centre.ask("amina", AgentState.AVAILABLE)
    centre.wait(10)
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.wait(10)
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.agent("amina").idle_since == START

    centre.ask("amina", AgentState.SIGNED_OUT)
    centre.wait(10)
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.agent("amina").idle_since == centre.now


@pytest.mark.parametrize("state", [AgentState.NOT_READY, AgentState.SIGNED_OUT])
def test_a_state_asked_for_at_work_is_entered_after_acw_and_never_ends_it(state: AgentState) -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.ask("amina", state, "lunch")
    assert (centre.state("amina"), centre.agent("amina").next_state) == (AgentState.RINGING, state)
    centre.accept("c1")
    centre.finish("c1", "amina")
    centre.ask("amina", state, "lunch")
    assert centre.state("amina") is AgentState.ACW

    centre.wait(59.9)
    assert centre.state("amina") is AgentState.ACW
    centre.wait(0.1)

    amina = centre.agent("amina")
    assert (amina.state, amina.next_state) == (state, None)
    assert amina.reason == ("lunch" if state is AgentState.NOT_READY else None)


def test_a_state_asked_for_while_ringing_is_entered_when_the_offer_fails() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.decline("c1")
    assert (centre.state("amina"), centre.agent("amina").reason) == (AgentState.NOT_READY, "lunch")


def test_asking_to_be_available_takes_back_the_next_state() -> None:
    centre = wrapping_up()
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.ask("amina", AgentState.AVAILABLE)
    centre.wait(60)
    assert centre.state("amina") is AgentState.AVAILABLE


def test_no_offer_during_acw_and_at_once_after_it() -> None:
    centre = wrapping_up()
    assert centre.queue("c2") == []
    assert centre.router.next_deadline() == centre.now + BILLING.acw

    centre.wait(60)

    assert centre.offered() == {"c2": "amina"}
    assert centre.agent("amina").idle_since == centre.now


def test_acw_finished_early_by_the_agent_ends_it() -> None:
    centre = wrapping_up()
    centre.wait(5)
    centre.tell(WrapUpFinished(agent_id="amina"))
    amina = centre.agent("amina")
    assert (amina.state, amina.contact_id, amina.queue_id, amina.acw_ends_at) == (
        AgentState.AVAILABLE,
        None,
        None,
        None,
    )
    assert centre.tell(WrapUpFinished(agent_id="amina")) == [Stale(what="acw", id="amina")]


def test_acw_is_extended_up_to_its_limit() -> None:
    centre = wrapping_up()
    ends_at = centre.now + BILLING.acw
    for by, added in ((30, 30), (200, 230), (200, 300), (30, 300)):
        centre.tell(WrapUpExtended(agent_id="amina", by=timedelta(seconds=by)))
        amina = centre.agent("amina")
        assert amina.acw_extended == timedelta(seconds=added)
        assert amina.acw_ends_at == ends_at + timedelta(seconds=added)

    centre.wait(60)
    assert centre.state("amina") is AgentState.ACW
    centre.wait(300)
    assert centre.state("amina") is AgentState.AVAILABLE
    late = WrapUpExtended(agent_id="amina", by=timedelta(seconds=30))
    assert centre.tell(late) == [Stale(what="acw", id="amina")]


def test_there_is_no_acw_without_wrap_up_or_where_it_is_zero() -> None:
    assert wrapping_up(acw=timedelta(0)).state("amina") is AgentState.AVAILABLE
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.accept("c1")
    centre.finish("c1", "amina", wrap_up=False)
    assert centre.state("amina") is AgentState.AVAILABLE
    assert centre.finish("c1", "amina") == [Stale(what="handling", id="c1")]


def test_acw_is_that_of_the_contacts_queue() -> None:
    queues = (BILLING, replace(RETENTION, acw=timedelta(seconds=7)))
    centre = Centre(profile("amina", queues=("billing", "retention")), queues=queues)
    centre.ready("amina")
    centre.queue("c1", "retention")
    centre.accept("c1")
    centre.finish("c1", "amina")
    assert centre.agent("amina").acw_ends_at == centre.now + timedelta(seconds=7)


def test_asking_for_what_is_already_so_changes_nothing() -> None:
    centre = Centre(profile("amina"))
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.wait(5)
    assert centre.ask("amina", AgentState.NOT_READY, "lunch") == []
    centre.ask("amina", AgentState.NOT_READY, "training")
    assert (centre.agent("amina").reason, centre.agent("amina").since) == ("training", centre.now)


def test_an_agent_removed_at_work_finishes_it_and_is_signed_out() -> None:
    centre = wrapping_up()
    centre.tell(PoliciesChanged(queues=(BILLING,), agents=()))
    assert centre.state("amina") is AgentState.ACW
    with pytest.raises(RoutingError, match="no such agent"):
        centre.ask("amina", AgentState.AVAILABLE)
    centre.wait(60)
    assert centre.state("amina") is AgentState.SIGNED_OUT


def test_contacts_in_a_queue_that_is_gone_are_served_under_its_old_rules() -> None:
    centre = Centre(profile("amina", queues=("billing", "retention")), queues=(BILLING, RETENTION))
    centre.queue("c1", "retention")
    centre.tell(PoliciesChanged(queues=(BILLING,), agents=(profile("amina", queues=("retention",)),)))
    with pytest.raises(RoutingError, match="no such queue"):
        centre.queue("c2", "retention")

    centre.ready("amina")
    centre.accept("c1")
    centre.finish("c1", "amina")

    assert centre.agent("amina").acw_ends_at == centre.now + RETENTION.acw
    assert [policy.queue_id for policy in centre.router.policies().queues] == ["billing", "retention"]
    centre.wait(60)
    centre.tell(PoliciesChanged(queues=(BILLING,), agents=(profile("amina"),)))
    assert [policy.queue_id for policy in centre.router.policies().queues] == ["billing"]


def test_changed_rules_are_applied_to_those_who_wait() -> None:
    centre = Centre(profile("amina", queues=("retention",)), queues=(BILLING, RETENTION))
    centre.ready("amina")
    centre.queue("c1")

    centre.tell(PoliciesChanged(queues=(BILLING, RETENTION), agents=(profile("amina"),)))

    assert centre.offered() == {"c1": "amina"}


# --- on demand, and by order ----------------------------------------------------------------------


def test_one_contact_asked_for_is_followed_by_not_ready_until_asked_again() -> None:
    centre = Centre(profile("amina"))
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    centre.queue("c1")
    centre.queue("c2")
    assert centre.agent("amina").once
    centre.decline("c1")
    assert (centre.offered(), centre.agent("amina").once) == ({"c2": "amina"}, True), (
        "a decline is no contact"
    )
    centre.accept("c2")
    centre.restart()
    centre.finish("c2", "amina")
    assert centre.state("amina") is AgentState.ACW
    centre.wait(60)
    amina = centre.agent("amina")
    assert (amina.state, amina.reason, amina.once) == (AgentState.NOT_READY, ON_DEMAND_REASON, False)
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    assert centre.offered() == {"c1": "amina"}


def test_asking_at_work_to_be_available_is_more_than_one_contact() -> None:
    centre = Centre(profile("amina"))
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    centre.queue("c1")
    centre.accept("c1")
    centre.ask("amina", AgentState.AVAILABLE)
    centre.finish("c1", "amina", wrap_up=False)
    assert (centre.state("amina"), centre.agent("amina").once) == (AgentState.AVAILABLE, False)


def test_the_next_contact_alone_may_be_asked_for_at_work_and_taken_back_when_free() -> None:
    centre = wrapping_up()
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    centre.wait(60)
    assert (centre.state("amina"), centre.agent("amina").once) == (AgentState.AVAILABLE, True)
    centre.ask("amina", AgentState.AVAILABLE)
    assert not centre.agent("amina").once


@pytest.mark.parametrize("state", [AgentState.NOT_READY, AgentState.SIGNED_OUT])
def test_a_supervisors_order_ends_an_offer_at_once(state: AgentState) -> None:
    centre = Centre(profile("amina"), profile("dev"))
    centre.ready("amina", "dev")
    centre.queue("c1")
    centre.ask("amina", state, "meeting", forced_by="dana")
    assert (centre.ended(), centre.offered()) == ({"c1": OfferOutcome.WITHDRAWN}, {"c1": "dev"})
    assert (centre.state("amina"), centre.agent("amina").misses) == (state, 0)


def test_a_supervisors_order_cuts_neither_a_call_nor_its_wrap_up_short() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.accept("c1")
    centre.ask("amina", AgentState.SIGNED_OUT, forced_by="dana")
    assert centre.state("amina") is AgentState.ON_CONTACT
    centre.finish("c1", "amina")
    centre.ask("amina", AgentState.NOT_READY, "meeting", forced_by="dana")
    centre.wait(59.9)
    assert centre.state("amina") is AgentState.ACW
    centre.wait(0.1)
    assert (centre.state("amina"), centre.agent("amina").reason) == (AgentState.NOT_READY, "meeting")


def test_a_supervisors_order_to_be_available_leaves_a_ringing_offer_alone() -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.ask("amina", AgentState.AVAILABLE, forced_by="dana")
    assert (centre.ended(), centre.rung("c1")) == ({}, ["amina"])
