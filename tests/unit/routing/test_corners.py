"""Corners that random lives found: each is one of their violations, cut down to what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from routing.types import (
    VOICE,
    Absence,
    AgentState,
    Blending,
    CallbackMode,
    Callbacks,
    Operation,
    PoliciesChanged,
    QueuePolicy,
    QueueStep,
    StepCondition,
    Strategy,
    Way,
    WayKind,
)
from tests.unit.routing.centre import BILLING, RETENTION, Centre, profile

BOTH = {VOICE: 1, "chat": 2}


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_an_agent_with_room_for_two_chats_is_not_rung_twice_for_one() -> None:
    everyone = replace(BILLING, strategy=Strategy.RING_ALL, ring_width=0)
    centre = Centre(profile("amina", capacity=BOTH), profile("dev", capacity=BOTH), queues=(everyone,))
    centre.ready("amina", "dev")
    centre.queue("chat-1", channel="chat")
    assert sorted(centre.rung("chat-1")) == ["amina", "dev"]


def test_only_who_is_on_the_telephone_is_asked_whether_a_callback_is_wanted() -> None:
    empty = replace(BILLING, join_empty=frozenset({Absence.SIGNED_OUT}), on_empty=Way(kind=WayKind.CALLBACK))
    centre = Centre(profile("amina", capacity=BOTH), queues=(empty,))
    centre.queue("chat-1", channel="chat")
    assert [(one.way.kind, one.stays) for one in centre.diverted()] == [(WayKind.RETURN, False)]
    centre.queue("call-1")
    assert [(one.way.kind, one.stays) for one in centre.diverted()] == [(WayKind.CALLBACK, True)]


def test_a_step_due_since_long_under_new_rules_opens_with_them() -> None:
    centre = Centre(profile("amina"), queues=(BILLING,))
    centre.queue("call-1")
    centre.wait(30)
    step = QueueStep(step_id="s", after=seconds(20), operation=Operation.ANNOUNCE, prompt="sorry")
    centre.tell(PoliciesChanged(queues=(replace(BILLING, steps=(step,)),), agents=()))
    assert centre.opened() == ["s"]
    due = centre.router.next_deadline()
    assert due is None or due > centre.now


def test_a_step_put_off_under_old_rules_waits_as_long_as_the_new_ones_say() -> None:
    when = StepCondition(attributes={"tier": ("gold",)})
    early = QueueStep(step_id="s", after=seconds(5), operation=Operation.RAISE_PRIORITY, by=1, when=when)
    centre = Centre(profile("amina"), queues=(replace(BILLING, steps=(early,)),))
    centre.queue("call-1")
    centre.wait(5)
    late = replace(early, after=seconds(60), when=StepCondition())
    centre.tell(PoliciesChanged(queues=(replace(BILLING, steps=(late,)),), agents=()))
    centre.wait(5)
    assert centre.opened() == []
    centre.wait(50)
    assert centre.opened() == ["s"]


def test_a_longest_wait_that_ended_while_it_rang_ends_with_the_offer() -> None:
    short = replace(BILLING, max_wait=seconds(15), ring_timeout=seconds(60))
    centre = Centre(profile("amina"), queues=(short,))
    centre.ready("amina")
    centre.queue("call-1")
    centre.wait(20)
    centre.ask("amina", AgentState.SIGNED_OUT, forced_by="priya")
    assert [one.contact_id for one in centre.diverted()] == ["call-1"]
    assert centre.router.next_deadline() is None


def test_ring_all_in_place_of_ringing_progressively_rings_the_others_at_once() -> None:
    slow = replace(BILLING, strategy=Strategy.RING_PROGRESSIVELY, ring_width=0)
    people = (profile("amina"), profile("dev"))
    centre = Centre(*people, queues=(slow,))
    centre.ready("amina", "dev")
    centre.queue("call-1")
    assert len(centre.rung("call-1")) == 1
    at_once = replace(slow, strategy=Strategy.RING_ALL)
    centre.tell(PoliciesChanged(queues=(at_once,), agents=people))
    assert len(centre.rung("call-1")) == 2


def test_the_weight_is_named_although_a_callback_that_is_not_dialled_stands_first() -> None:
    dialled = Callbacks(offered=True, mode=CallbackMode.CUSTOMER_FIRST)
    queues = (replace(BILLING, callbacks=dialled), replace(RETENTION, weight=1))
    centre = Centre(profile("amina", queues=("billing", "retention")), queues=queues)
    for contact_id in ("back-1", "back-2"):
        centre.queue(contact_id, priority=2)
        centre.choose_callback(contact_id)
    centre.queue("call-1", "billing", waited_s=60)
    centre.queue("call-2", "retention")
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.dialled() == ["back-1"]
    assert centre.offered() == {"call-2": "amina"}
    assert centre.rules("call-2") == ("weight:retention",)


def test_no_weight_is_named_when_only_a_callback_of_higher_priority_stands_before() -> None:
    dialled = Callbacks(offered=True, mode=CallbackMode.CUSTOMER_FIRST)
    queues = (replace(BILLING, callbacks=dialled), replace(RETENTION, weight=1))
    centre = Centre(profile("amina", queues=("billing", "retention")), queues=queues)
    for contact_id in ("back-1", "back-2"):
        centre.queue(contact_id, priority=2)
        centre.choose_callback(contact_id)
    centre.queue("call-2", "retention", waited_s=60)
    centre.queue("call-1", "billing")
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE)
    assert centre.offered() == {"call-2": "amina"}
    assert centre.rules("call-2") == ()


def test_ring_all_rings_nobody_more_once_its_gate_closes() -> None:
    letters = QueuePolicy(
        queue_id="letters",
        name="Letters",
        strategy=Strategy.RING_ALL,
        ring_width=0,
        blending=Blending(yields_to=frozenset({"billing"}), open_at_free=1, close_below_free=1),
    )
    both = ("billing", "letters")
    agents = [profile(name, queues=both, capacity=BOTH, voice_blocks=False) for name in ("amina", "dev")]
    centre = Centre(*agents, queues=(BILLING, letters))
    centre.connect("amina")
    centre.ask("amina", AgentState.AVAILABLE, once=True)
    centre.ready("dev")
    centre.queue("call-1", excluded=("amina",))
    centre.accept("call-1")
    centre.queue("chat-1", "letters", channel="chat")
    # Amina takes one contact only: rung, she is free no longer, and with her goes the last free agent.
    assert centre.rung("chat-1") == ["amina"]
