"""Sending a caller on: to an agent, a queue, a number, a flow; and getting the caller back."""

from __future__ import annotations

from app.engine import commands as ask
from app.engine import commands_calls as calling
from app.engine.commit import CommandResult
from app.engine.contact import Contact, Phase
from telephony import port
from tests.unit.voice.centre import Centre, caller_leg, phase, phone_leg, to


def transfer(
    centre: Centre, contact: Contact, kind: calling.TargetKind, target: str, *, back: bool = False
) -> CommandResult:
    command = calling.Transfer(
        contact_id=contact.contact_id, agent_id="amina", to=to(kind, target), why="Refund over 150", back=back
    )
    return centre.do(command)


def test_a_blind_transfer_to_an_agent_frees_the_first_and_rings_the_second() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    recording = contact.recording_id
    assert transfer(centre, contact, "agent", "dev").ok
    assert centre.state("amina") == "acw"
    assert centre.offer(contact)["agent_id"] == "dev"
    assert contact.why == "Refund over 150"
    centre.accept(contact)
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.agent_id == "dev"
    assert contact.recording_id == recording, "one recording through the whole contact"
    aims = [each for each in centre.sent() if isinstance(each, port.ResumeRecording)]
    assert aims, "the recording goes on with the second agent"


def test_who_waits_is_counted_from_the_first_enqueue() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    first = contact.queued_at
    centre.wait(120)
    transfer(centre, contact, "queue", "technical")
    assert contact.queued_at == first
    record = centre.domain.world.router.contact(contact.contact_id)
    assert record is None or record.place_at >= centre.now, "talk earns no credit"


def test_a_blind_transfer_that_nobody_answers_comes_back_to_the_sender() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    place = contact.place_at
    transfer(centre, contact, "agent", "dev")
    centre.do(ask.FinishWrapUp(contact_id=contact.contact_id, agent_id="amina", disposition="resolved"))
    centre.wait(25)
    assert "contact.came_back" in centre.kinds()
    assert contact.place_at == place
    assert centre.offer(contact)["agent_id"] == "amina"


def test_a_decline_of_a_blind_transfer_comes_back_at_once() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    transfer(centre, contact, "agent", "dev")
    offer = centre.offer(contact)
    centre.do(ask.DeclineOffer(offer_id=offer["offer_id"], agent_id="dev"))
    assert "contact.came_back" in centre.kinds()


def test_nobody_is_sent_to_somebody_who_cannot_answer() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    refused = transfer(centre, contact, "agent", "dev")
    assert (refused.ok, refused.error_code) == (False, "target_unreachable")
    assert "signed out" in refused.detail
    assert phase(contact) is Phase.TALKING


def test_a_transfer_to_a_queue_offers_anybody_but_the_sender() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    assert transfer(centre, contact, "queue", "technical").ok
    assert contact.queue_id == "technical"
    assert centre.offer(contact)["agent_id"] == "dev"


def test_a_number_without_a_telephone_network_is_refused_with_what_can_be_reached() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    refused = transfer(centre, contact, "number", "0113 496 0300")
    assert refused.error_code == "capability_missing"
    assert "queues" in refused.detail


def test_what_is_no_number_never_reaches_a_back_end() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    refused = transfer(centre, contact, "number", "0113&Local/x@y")
    assert refused.error_code == "bad_number"


def test_a_number_of_the_centre_itself_is_its_flow() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    assert transfer(centre, contact, "number", "+44 20 7946 0100").ok
    assert phase(contact) is Phase.IVR
    assert contact.flow_id == "main"


def test_a_caller_who_hangs_up_on_the_way_leaves_the_sender_his_wrap_up() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    transfer(centre, contact, "agent", "dev")
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert centre.state("dev") == "available"
    assert centre.state("amina") == "acw"
    done = centre.do(
        ask.FinishWrapUp(contact_id=contact.contact_id, agent_id="amina", disposition="resolved")
    )
    assert done.ok
    assert centre.tables["contacts"][contact.contact_id]["live"] is False


def test_both_agents_have_their_own_wrap_up_and_outcome() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    transfer(centre, contact, "agent", "dev")
    centre.accept(contact)
    centre.joined(contact)
    centre.do(ask.HangUpCall(contact_id=contact.contact_id, agent_id="dev"))
    assert (centre.state("amina"), centre.state("dev")) == ("acw", "acw")
    centre.do(ask.FinishWrapUp(contact_id=contact.contact_id, agent_id="dev", disposition="resolved"))
    assert centre.tables["contacts"][contact.contact_id]["live"] is True, "amina still writes"
    centre.do(ask.FinishWrapUp(contact_id=contact.contact_id, agent_id="amina", disposition="callback"))
    assert centre.tables["contacts"][contact.contact_id]["live"] is False
    assert centre.tables["contacts"][contact.contact_id]["disposition"] == "resolved", "of the last agent"
    parts = [event for event in centre.events if event.kind == "part.ended"]
    assert [(part.agent_id, part.data["outcome"]) for part in parts] == [
        ("amina", "transferred"),
        ("dev", "ended"),
    ]


def test_a_flow_gives_the_caller_back_to_the_agent_who_waits() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    assert transfer(centre, contact, "flow", "payment", back=True).ok
    assert phase(contact) is Phase.ASIDE
    assert centre.state("amina") == "on_contact"
    assert not contact.recording_on, "nothing is recorded while a card is read out"
    centre.answer(contact)
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.recording_on


def test_the_agent_may_take_the_caller_back_before_the_flow_is_over() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    transfer(centre, contact, "flow", "payment", back=True)
    said = contact.step_id
    assert centre.do(calling.TakeBack(contact_id=contact.contact_id, agent_id="amina")).ok
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    interrupted = port.PlaybackOutcome.INTERRUPTED
    centre.tell(port.PlaybackFinished(leg_id=contact.leg_id, playback_id=said or "", outcome=interrupted))
    assert phase(contact) is Phase.TALKING, "a late answer of the flow changes nothing"


def test_a_flow_without_the_way_back_ends_the_agents_part() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    transfer(centre, contact, "flow", "payment")
    assert phase(contact) is Phase.IVR
    assert centre.state("amina") == "acw"


def test_a_restart_in_the_middle_of_a_transfer_loses_nobody() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    transfer(centre, contact, "agent", "dev")
    reborn = centre.reborn()
    again = reborn.domain.world.contacts[contact.contact_id]
    reborn.adopt(caller_leg(contact, on_hold=True), phone_leg("leg_amina"), phone_leg("leg_dev"))
    assert reborn.offer(again)["agent_id"] == "dev"
    reborn.accept(again)
    reborn.joined(again)
    assert phase(again) is Phase.TALKING
    assert again.wrap_up("amina") is not None
