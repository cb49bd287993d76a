"""From arrival to wrap-up: what one call does, and in which order."""

from __future__ import annotations

from app.engine import commands as ask
from app.engine.contact import Phase
from telephony import port
from tests.unit.voice.centre import Centre, caller_leg, phase


def test_a_call_goes_through_menu_queue_agent_and_wrap_up() -> None:
    centre = Centre()
    centre.agent("amina")
    contact = centre.caller(topic=None)
    centre.through(contact)
    assert phase(contact) is Phase.IVR
    centre.press(contact, "2")
    centre.press(contact, "1")
    assert phase(contact) is Phase.QUEUED
    assert contact.queue_id == "billing"
    assert [note.key for note in contact.path if note.kind == "pressed"] == ["2", "1"]

    assert centre.accept(contact).ok
    assert phase(contact) is Phase.CONNECTING
    assert [type(command) for command in centre.sent()] == [port.Bridge]
    centre.wait(1)
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    [recording] = [each for each in centre.sent() if isinstance(each, port.StartRecording)]
    assert (recording.left_leg, recording.right_leg) == (contact.leg_id, "leg_amina")

    centre.wait(30)
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert centre.state("amina") == "acw"
    assert contact.talk_s == 30.0
    assert contact.ended_by == "caller"
    done = centre.do(
        ask.FinishWrapUp(contact_id=contact.contact_id, agent_id="amina", disposition="resolved")
    )
    assert done.ok
    assert centre.state("amina") == "available"
    assert centre.tables["contacts"][contact.contact_id]["live"] is False
    assert centre.kinds("contact.") == [
        "contact.arrived",
        "contact.queued",
        "contact.answered",
        "contact.ended",
        "contact.disposed",
    ]


def test_the_pop_belongs_to_a_verified_caller_only_after_the_pin() -> None:
    centre = Centre()
    contact = centre.caller(topic=None)
    centre.through(contact)
    centre.press(contact, "3")
    centre.press(contact, "48213")
    centre.press(contact, "4711")
    centre.find(
        contact,
        matched=True,
        result={
            "customer_id": "cu_1",
            "case_id": "ca_1",
            "number": 48213,
            "status": "open",
            "verified": True,
        },
    )
    centre.through(contact)
    centre.press(contact, "1")
    assert phase(contact) is Phase.QUEUED
    assert contact.verified
    assert contact.verified_how == "pin"
    assert contact.customer_id == "cu_1"
    assert "4711" not in str(centre.tables) + str(centre.events)


def test_hold_gives_music_and_pauses_the_recording_until_resumed() -> None:
    centre = Centre()
    contact = centre.talking()
    assert centre.do(ask.HoldCall(contact_id=contact.contact_id, agent_id="amina")).ok
    assert phase(contact) is Phase.HELD
    assert [effect.kind for effect in centre.effects] == ["telephony", "hold"]
    assert contact.recording_on is False
    centre.wait(20)
    assert centre.do(ask.ResumeCall(contact_id=contact.contact_id, agent_id="amina")).ok
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.hold_s == 20.0
    assert contact.recording_on


def test_what_is_not_yours_is_refused() -> None:
    centre = Centre()
    contact = centre.talking()
    refused = centre.do(ask.HoldCall(contact_id=contact.contact_id, agent_id="dev"))
    assert (refused.ok, refused.error_code) == (False, "not_your_contact")
    assert phase(contact) is Phase.TALKING


def test_nobody_becomes_available_without_a_phone() -> None:
    centre = Centre()
    refused = centre.do(ask.RequestState(agent_id="dev", state="available"))
    assert refused.error_code == "unreachable"
    assert "check page" in refused.detail
    assert centre.state("dev") == "signed_out"


def test_an_accept_after_the_caller_hung_up_is_stale() -> None:
    centre = Centre()
    centre.agent("amina")
    contact = centre.caller()
    offer = centre.offer(contact)
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert "offer.withdrawn" in centre.kinds()
    late = centre.do(ask.AcceptOffer(offer_id=offer["offer_id"], agent_id="amina"))
    assert late.error_code == "offer_ended"
    assert centre.state("amina") == "available"


def test_a_message_is_kept_when_it_is_long_enough() -> None:
    centre = Centre()
    contact = centre.caller(topic=None)
    centre.through(contact)
    centre.press(contact, "4")
    centre.tell(
        port.PlaybackFinished(
            leg_id=contact.leg_id,
            playback_id=contact.step_id or "",
            outcome=port.PlaybackOutcome.COMPLETED,
        )
    )
    recording_id = contact.step_id or ""
    assert isinstance(centre.sent()[0], port.StartRecording)
    centre.tell(
        port.DigitsCollected(
            leg_id=contact.leg_id,
            collect_id=contact.message_collect_id or "",
            digits="#",
            outcome=port.CollectOutcome.COMPLETE,
        )
    )
    centre.tell(port.RecordingFinished(recording_id=recording_id, path="/recordings/r.wav", duration_s=9.0))
    assert "voicemail.left" in centre.kinds()
    assert centre.tables["recordings"][recording_id]["state"] == "ready"
    assert centre.tables["contacts"][contact.contact_id]["live"] is False


def test_a_pin_rests_nowhere_while_it_is_checked_and_is_asked_for_again_after_a_crash() -> None:
    before = Centre()
    contact = before.caller(topic=None)
    before.through(contact)
    before.press(contact, "3")
    before.press(contact, "48213")
    before.press(contact, "4711")
    assert contact.step is not None
    assert contact.step.value == "find"
    assert before.domain.world.secrets[contact.step_id or ""] == {"pin": "4711"}
    assert "4711" not in str(before.tables) + str(before.effects) + str(before.events)

    centre = before.reborn()
    centre.adopt(caller_leg(contact))
    again = centre.domain.world.contacts[contact.contact_id]
    assert again.step is not None
    assert again.step.value != "find"


def test_a_message_whose_caller_hangs_up_is_kept_too() -> None:
    centre = Centre()
    contact = centre.caller(topic=None)
    centre.through(contact)
    centre.press(contact, "4")
    centre.answer(contact)
    recording_id = contact.step_id or ""
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert any(isinstance(command, port.StopRecording) for command in centre.sent())
    centre.tell(port.RecordingFinished(recording_id=recording_id, path="/recordings/r.wav", duration_s=7.0))
    assert "voicemail.left" in centre.kinds()
    assert centre.tables["contacts"][contact.contact_id]["ended_by"] == "voicemail"
