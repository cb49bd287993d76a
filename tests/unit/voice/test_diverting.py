"""Queues whose rules send callers elsewhere: full, empty, too long, closed; steps; supervisors' moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.engine import commands_calls as calling
from app.engine.commit import Observation
from app.engine.contact import Phase
from app.engine.domain import ConfigurationChanged
from routing.types import Absence, Announcements, Operation, QueueStep, SayWait, Way, WayKind
from telephony import port
from tests.unit.voice.centre import Centre, configuration, phase


def centre_with(queue_id: str = "billing", **rules: Any) -> Centre:
    """A centre in which one queue has these rules."""
    centre = Centre()
    base = configuration()
    queues = tuple(replace(queue, **rules) if queue.queue_id == queue_id else queue for queue in base.queues)
    centre.take(Observation(body=ConfigurationChanged(configuration=replace(base, queues=queues))))
    return centre


def test_a_full_queue_gives_the_caller_back_to_the_flow() -> None:
    centre = centre_with(max_length=1)
    centre.caller()
    second = centre.caller()
    assert phase(second) is Phase.IVR
    assert second.path[-1].label, "the flow goes on where it says what happens then"
    assert "queue.diverted" in centre.kinds()


def test_a_queue_with_nobody_signed_in_may_refuse() -> None:
    centre = centre_with(join_empty=frozenset({Absence.SIGNED_OUT}))
    contact = centre.caller()
    assert phase(contact) is Phase.IVR


def test_the_longest_wait_ends_in_another_queue_with_the_waiting_credited() -> None:
    way = Way(kind=WayKind.OVERFLOW, queue_id="technical")
    centre = centre_with(max_wait=timedelta(seconds=40), on_max_wait=way)
    contact = centre.caller()
    place = contact.place_at
    centre.wait(41)
    assert contact.queue_id == "technical"
    assert phase(contact) is Phase.QUEUED
    record = centre.domain.world.router.contact(contact.contact_id)
    assert record is not None
    assert record.queue_id == "technical"
    assert record.place_at == place, "waiting counts there too"


def test_without_a_flow_of_its_own_a_message_is_taken() -> None:
    centre = centre_with(max_wait=timedelta(seconds=40), on_max_wait=Way(kind=WayKind.VOICEMAIL))
    contact = centre.caller()
    centre.wait(41)
    assert phase(contact) is Phase.IVR
    assert contact.flow_id == "system.leave_message"


def test_a_step_says_something_and_the_music_goes_on() -> None:
    step = QueueStep(
        step_id="s1", after=timedelta(seconds=5), operation=Operation.ANNOUNCE, prompt="nobody_free"
    )
    centre = centre_with(steps=(step,), announcements=Announcements(every=None))
    contact = centre.caller()
    centre.wait(6)
    assert contact.announcement_id is not None
    assert [event.data["operation"] for event in centre.events if event.kind == "step.opened"] == ["announce"]


def test_a_step_offers_a_callback_once() -> None:
    step = QueueStep(step_id="s1", after=timedelta(seconds=5), operation=Operation.OFFER_CALLBACK)
    centre = centre_with(steps=(step,))
    contact = centre.caller()
    centre.wait(6)
    assert contact.callback_offered
    assert phase(contact) is Phase.QUEUED, "who does not want it waits on"
    assert centre.kinds("callback") == ["callback.offered"]


def test_the_wait_is_told_as_the_queue_wants_it() -> None:
    rules = Announcements(first_after=timedelta(seconds=3), every=timedelta(seconds=30), wait=SayWait.ALWAYS)
    centre = centre_with(announcements=rules)
    centre.talking("amina")
    contact = centre.caller()
    centre.wait(4)
    told = [event for event in centre.events if event.kind == "contact.announced"]
    assert [event.contact_id for event in told] == [contact.contact_id]
    assert told[0].data["position"] == 1
    assert contact.wait_told_s is not None


@pytest.mark.parametrize("restart", [False, True])
def test_a_closed_queue_sends_everybody_where_it_was_said(restart: bool) -> None:
    centre = centre_with()
    contact = centre.caller()
    close = calling.CloseQueue(queue_id="billing", by="u_leila", then="overflow", then_queue_id="technical")
    assert centre.do(close).ok
    assert contact.queue_id == "technical"
    if restart:
        centre = centre.reborn()
    assert centre.do(close).error_code == "already_closed"
    late = centre.caller()
    assert late.queue_id == "technical"
    assert centre.do(calling.ReopenQueue(queue_id="billing", by="u_leila")).ok
    after = centre.caller()
    assert after.queue_id == "billing"


def test_a_supervisor_puts_a_caller_first() -> None:
    centre = centre_with()
    first, second = centre.caller(), centre.caller()
    move = calling.MoveContact(contact_id=second.contact_id, by="u_leila", to="first")
    assert centre.do(move).ok
    centre.agent("amina")
    offered = centre.offer(second)
    assert offered["agent_id"] == "amina"
    made = [event for event in centre.events if event.kind == "offer.made"]
    rules: Any = made[-1].data["rules"]
    assert "moved_by:u_leila" in rules, "the record names who changed the order"
    assert phase(first) is Phase.QUEUED


def test_a_priority_counts_before_the_place() -> None:
    centre = centre_with()
    centre.caller()
    second = centre.caller()
    raised = calling.Prioritise(contact_id=second.contact_id, by="u_leila", priority=5)
    assert centre.do(raised).ok
    centre.agent("amina")
    assert centre.offer(second)["agent_id"] == "amina"


def test_a_forced_state_never_cuts_a_call_short() -> None:
    centre = centre_with()
    contact = centre.talking("amina")
    force = calling.ForceState(agent_id="amina", by="u_leila", state="not_ready", reason="break")
    assert centre.do(force).ok
    assert centre.state("amina") == "on_contact"
    assert phase(contact) is Phase.TALKING
    record = centre.domain.world.router.agent("amina")
    assert record is not None
    assert record.next_state is not None


def test_a_caller_who_calls_again_has_the_old_place_once() -> None:
    centre = centre_with(return_window=timedelta(minutes=5))
    first = centre.caller()
    place = first.place_at
    centre.wait(30)
    centre.tell(port.LegEnded(leg_id=first.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    centre.wait(10)
    again = centre.caller()
    assert again.place_at == place
    assert "contact.place_resumed" in centre.kinds()


def test_the_record_of_a_decision_says_who_was_left_out_and_why() -> None:
    centre = centre_with()
    centre.agent("amina")
    centre.talking("dev")
    made = [event.data for event in centre.events if event.kind == "offer.made"]
    groups: Any = made[-1]["left_out"]
    assert {group["reason"]: group["agents"] for group in groups}["signed_out"] == ["leila", "nia"]
    assert made[-1]["eligible"] == 2
