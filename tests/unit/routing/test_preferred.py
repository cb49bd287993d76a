"""Preferred agents, and contacts that only some may take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.types import AgentState, ContactUpdated, HandlingHanded, Stale
from tests.unit.routing.centre import BILLING, RETENTION, Centre, needs, profile

TWO = (profile("amina"), profile("dev"))
STICKY = replace(BILLING, preferred_for=timedelta(seconds=30))


def test_a_contact_waits_for_its_preferred_agent_alone_and_the_record_says_so() -> None:
    centre = Centre(*TWO, queues=(STICKY,))
    centre.ready("amina", "dev")
    centre.queue("c0")
    centre.accept("c0")
    centre.queue("c1", preferred="amina")
    assert centre.offered() == {}
    assert centre.waiting("c1").preferred_until == centre.now + STICKY.preferred_for
    centre.finish("c0", "amina", wrap_up=False)
    assert (centre.offered(), centre.rules("c1")) == ({"c1": "amina"}, ("preferred:amina",))


def test_after_its_time_anybody_may_take_it() -> None:
    centre = Centre(*TWO, queues=(STICKY,))
    centre.ready("amina", "dev")
    centre.queue("c0")
    centre.queue("c1", preferred="amina")
    centre.accept("c0")
    centre.wait(29.9)
    assert centre.rung("c1") == []
    centre.restart()
    centre.wait(0.1)
    assert (centre.offered(), centre.rules("c1")) == ({"c1": "dev"}, ())


@pytest.mark.parametrize("state", [AgentState.NOT_READY, AgentState.SIGNED_OUT])
def test_nobody_waits_for_an_agent_who_is_away(state: AgentState) -> None:
    centre = Centre(*TWO, queues=(STICKY,))
    centre.ready("amina", "dev")
    centre.disconnect("amina")
    centre.queue("c1", preferred="amina")
    assert centre.rung("c1") == []
    centre.ask("amina", state, "lunch")
    assert centre.rung("c1") == ["dev"]


def test_nobody_waits_for_an_agent_who_may_not_take_it() -> None:
    centre = Centre(*TWO, profile("far", queues=("retention",)), queues=(STICKY, RETENTION))
    centre.ready("amina", "dev", "far")
    for contact_id, preferred, excluded in (
        ("c1", "far", ()),
        ("c2", "amina", ("amina",)),
        ("c3", "nobody", ()),
    ):
        centre.queue(contact_id, preferred=preferred, excluded=excluded)
        assert centre.rung(contact_id)
        centre.leave(contact_id)


def test_when_the_preferred_agent_lets_it_go_by_others_are_asked_at_once() -> None:
    centre = Centre(*TWO, queues=(STICKY,))
    centre.ready("amina", "dev")
    centre.queue("c1", preferred="dev")
    centre.decline("c1")
    assert centre.offered() == {"c1": "amina"}


def test_a_preference_may_come_later() -> None:
    centre = Centre(*TWO, queues=(STICKY,))
    centre.ready("dev")
    centre.queue("c0")
    centre.queue("c1")
    centre.connect("amina")
    centre.tell(ContactUpdated(contact_id="c1", preferred_agent="dev"))
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.rung("c1") == []
    centre.accept("c0")
    centre.finish("c0", "dev", wrap_up=False)
    assert centre.rung("c1") == ["dev"]


def test_where_the_queue_waits_for_nobody_a_preference_means_nothing() -> None:
    centre = Centre(*TWO)
    centre.ready("dev")
    centre.queue("c1", preferred="amina")
    assert (centre.offered(), centre.rules("c1")) == ({"c1": "dev"}, ())


def test_a_direct_call_is_for_its_agents_whatever_queue_they_serve_and_for_nobody_else() -> None:
    policy = replace(BILLING, requirements=(needs("Billing", 5),))
    centre = Centre(*TWO, profile("boss", queues=("retention",)), queues=(policy, RETENTION))
    centre.ready("amina", "dev", "boss")
    centre.queue("help", only=("boss",))
    assert (centre.offered(), centre.rules("help")) == ({"help": "boss"}, ("only_agents",))
    centre.queue("second", only=("boss",))
    centre.restart()
    assert centre.rung("second") == []
    centre.decline("help")
    assert centre.offered() == {"second": "boss"}


def test_what_a_direct_call_itself_asks_for_counts() -> None:
    centre = Centre(*TWO, profile("sian", skills={"Welsh": 5}))
    centre.ready("amina", "sian")
    centre.queue("c1", only=("amina", "sian"), requirements=(needs("Welsh"),))
    assert centre.offered() == {"c1": "sian"}


def test_a_direct_call_and_a_queue_compete_for_an_agent_by_their_places() -> None:
    centre = Centre(*TWO)
    centre.queue("c1")
    centre.wait(1)
    centre.queue("direct", only=("amina",))
    centre.ready("amina")
    assert centre.rung("c1") == ["amina"]
    centre.leave("c1")
    assert centre.rung("direct") == ["amina"]


def test_what_an_agent_handles_becomes_another_contact_without_wrap_up() -> None:
    centre = Centre(*TWO, queues=(BILLING, replace(RETENTION, acw=timedelta(seconds=7))))
    centre.ready("amina", "dev")
    centre.queue("call")
    centre.accept("call")
    centre.queue("consult", only=("dev",))
    centre.accept("consult")
    centre.wait(30)

    hand = HandlingHanded(
        agent_id="dev", from_contact_id="consult", to_contact_id="call", queue_id="retention"
    )
    centre.tell(hand)

    dev = centre.agent("dev")
    assert (dev.state, dev.contact_id, dev.queue_id) == (AgentState.ON_CONTACT, "call", "retention")
    assert centre.tell(hand) == [Stale(what="handling", id="consult")]
    centre.finish("call", "amina")
    assert centre.queue("call") == [Stale(what="contact", id="call")], "Dev talks to it"
    centre.restart()
    centre.finish("call", "dev")
    assert centre.agent("dev").acw_ends_at == centre.now + timedelta(seconds=7)
    assert centre.agent("dev").talk == timedelta(seconds=30)
