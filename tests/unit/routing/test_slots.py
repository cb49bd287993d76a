"""Channels other than voice: slots, capacity, and what a call keeps away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.types import (
    MISSED_REASON,
    ON_DEMAND_REASON,
    AgentState,
    OfferAnswered,
    OfferOutcome,
    Stale,
    Strategy,
    WorkItem,
    WrapUpFinished,
)
from tests.unit.routing.centre import BILLING, Centre, profile

QUICK = replace(BILLING, acw=timedelta(0))
BOTH = {"voice": 1, "chat": 2}


def desk(*, voice_blocks: bool = True, policy: object = QUICK) -> Centre:
    centre = Centre(profile("amina", capacity=BOTH, voice_blocks=voice_blocks), queues=(policy,))  # type: ignore[arg-type]
    centre.ready("amina")
    return centre


def chats(centre: Centre) -> list[tuple[str, bool]]:
    """Contact -> whether it is only offered."""
    return [(item.contact_id, item.offer_id is not None) for item in centre.agent("amina").others]


def test_chats_are_offered_up_to_the_capacity_and_leave_the_state_alone() -> None:
    centre = desk()
    for contact_id in ("t1", "t2", "t3"):
        centre.queue(contact_id, channel="chat", media="web")
    assert (centre.state("amina"), chats(centre)) == (AgentState.AVAILABLE, [("t1", True), ("t2", True)])
    offer_id = centre.open_offer("t1")
    centre.accept("t1")
    assert chats(centre) == [("t1", False), ("t2", True)]
    assert centre.agent("amina").others[0] == WorkItem(
        channel="chat", queue_id="billing", contact_id="t1", since=centre.now
    )
    late = OfferAnswered(offer_id=offer_id, agent_id="amina")
    assert centre.tell(late) == [Stale(what="offer", id=offer_id)]
    centre.restart()
    centre.wait(10)
    centre.finish("t1", "amina")
    assert centre.offered() == {"t3": "amina"}
    assert (centre.agent("amina").contacts_taken, centre.agent("amina").talk) == (1, timedelta(seconds=10))


def test_an_agent_without_the_channel_is_not_offered_it() -> None:
    centre = Centre(profile("amina"), profile("dev", capacity={"chat": 1}))
    centre.ready("amina", "dev")
    centre.queue("t1", channel="chat")
    centre.queue("c1")
    assert (centre.rung("t1"), centre.rung("c1")) == (["dev"], ["amina"])
    found = centre.router.explain_contact("t1", centre.now).agents
    assert [(e.agent_id, e.reason, e.detail) for e in found] == [
        ("amina", "capacity", "chat"),
        ("dev", "not_available", "ringing"),
    ]


def test_a_call_keeps_chats_away_until_its_wrap_up_is_over() -> None:
    centre = desk(policy=BILLING)
    centre.queue("c1")
    centre.queue("t1", channel="chat")
    assert centre.rung("t1") == []
    centre.accept("c1")
    centre.finish("c1", "amina")
    assert centre.rung("t1") == []
    centre.wait(60)
    assert centre.rung("t1") == ["amina"]


def test_where_calls_do_not_block_chats_come_beside_them() -> None:
    centre = desk(voice_blocks=False)
    centre.queue("c1")
    centre.queue("t1", channel="chat")
    assert centre.rung("t1") == ["amina"]
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.queue("t2", channel="chat")
    assert centre.rung("t2") == [], "he has asked for his break"


def test_a_chat_keeps_no_call_away() -> None:
    centre = desk()
    centre.queue("t1", channel="chat")
    centre.accept("t1")
    centre.queue("c1")
    assert centre.rung("c1") == ["amina"]


def test_each_slot_has_its_own_wrap_up() -> None:
    centre = desk(policy=BILLING)
    for contact_id in ("t1", "t2", "t3"):
        centre.queue(contact_id, channel="chat")
    centre.accept("t1")
    centre.accept("t2")
    centre.finish("t1", "amina")
    assert (centre.rung("t3"), centre.state("amina")) == ([], AgentState.AVAILABLE)
    centre.restart()
    assert centre.router.next_deadline() == centre.now + BILLING.acw
    centre.wait(60)
    assert centre.rung("t3") == ["amina"]
    centre.decline("t3")
    centre.finish("t2", "amina")
    centre.tell(WrapUpFinished(agent_id="amina"))
    assert chats(centre) == []
    assert centre.finish("t2", "amina") == [Stale(what="handling", id="t2")]


def test_a_chat_missed_too_often_makes_not_ready_as_a_call_does() -> None:
    centre = desk(policy=replace(QUICK, misses_to_not_ready=1))
    centre.queue("t1", channel="chat")
    centre.wait(20)
    amina = centre.agent("amina")
    assert (centre.ended(), amina.state, amina.reason, amina.others) == (
        {"t1": OfferOutcome.TIMED_OUT},
        AgentState.NOT_READY,
        MISSED_REASON,
        (),
    )


def test_signing_out_waits_for_chats_and_takes_no_more() -> None:
    centre = desk()
    centre.queue("t1", channel="chat")
    centre.accept("t1")
    centre.queue("t2", channel="chat")
    centre.ask("amina", AgentState.SIGNED_OUT)
    assert centre.ended() == {"t2": OfferOutcome.WITHDRAWN}
    assert (centre.state("amina"), centre.agent("amina").next_state) == (
        AgentState.AVAILABLE,
        AgentState.SIGNED_OUT,
    )
    centre.queue("c1")
    assert (centre.rung("t2"), centre.rung("c1")) == ([], [])
    assert centre.router.explain_agent("amina", centre.now).verdict == "signing_out"
    centre.finish("t1", "amina")
    assert centre.state("amina") is AgentState.SIGNED_OUT


def test_asking_to_be_available_takes_back_the_sign_out() -> None:
    centre = desk()
    centre.queue("t1", channel="chat")
    centre.accept("t1")
    centre.ask("amina", AgentState.SIGNED_OUT)
    centre.ask("amina", AgentState.AVAILABLE)
    centre.queue("c1")
    assert centre.rung("c1") == ["amina"]


def test_who_becomes_unreachable_loses_the_chats_that_were_only_offered() -> None:
    centre = desk()
    centre.queue("t1", channel="chat")
    centre.accept("t1")
    centre.queue("t2", channel="chat")
    centre.disconnect("amina")
    assert (centre.ended(), chats(centre)) == ({"t2": OfferOutcome.WITHDRAWN}, [("t1", False)])


@pytest.mark.parametrize("channel", ["voice", "chat"])
def test_one_contact_asked_for_is_one_on_any_channel(channel: str) -> None:
    centre = desk()
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    for number in range(3):
        centre.queue(f"c{number}", channel=channel)
        centre.queue(f"t{number}", channel="chat")
    assert [c for c in ("c0", "c1", "c2", "t0", "t1", "t2") if centre.rung(c)] == ["c0"]
    centre.accept("c0")
    if channel == "voice":
        centre.finish("c0", "amina")
    assert (centre.state("amina"), centre.agent("amina").reason) == (AgentState.NOT_READY, ON_DEMAND_REASON)


def test_nobody_is_rung_twice_for_one_chat() -> None:
    centre = desk(policy=replace(QUICK, strategy=Strategy.RING_ALL, ring_width=0))
    centre.queue("t1", channel="chat")
    assert centre.rung("t1") == ["amina"]


def test_the_more_urgent_of_a_call_and_a_chat_comes_first() -> None:
    centre = Centre(profile("amina", capacity={"voice": 1, "chat": 1}), queues=(QUICK,))
    centre.queue("t1", channel="chat")
    centre.queue("c1", priority=1)
    centre.ready("amina")
    assert (centre.rung("c1"), centre.rung("t1")) == (["amina"], [])
