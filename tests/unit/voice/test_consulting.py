"""Consultation, conference, help, supervision: who hears whom, and what is left when somebody goes."""

from __future__ import annotations

import pytest

from app.engine import commands as ask
from app.engine import commands_calls as calling
from app.engine.contact import Contact, Phase
from telephony import port
from tests.unit.voice.centre import Centre, caller_leg, phase, phone_leg, to


def test_the_caller_hears_music_while_two_agents_talk() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    assert centre.do(
        calling.Consult(contact_id=contact.contact_id, agent_id="amina", to=to("agent", "dev"), why="?")
    ).ok
    assert phase(contact) is Phase.HELD
    assert not contact.recording_on
    centre.accept_item("dev")
    assert centre.legs() == {contact.leg_id: "hold", "leg_amina": "talk", "leg_dev": "talk"}
    centre.mixed(contact)
    assert contact.consulting is not None
    assert contact.consulting.seat.value == "talking"


def test_cancel_brings_the_caller_back_and_frees_the_other() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    assert centre.do(calling.CancelConsult(contact_id=contact.contact_id, agent_id="amina")).ok
    assert centre.state("dev") == "available"
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.recording_on
    assert contact.mix_id is None


def test_complete_hands_the_caller_over_with_one_wrap_up() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    recording = contact.recording_id
    assert centre.do(calling.CompleteConsult(contact_id=contact.contact_id, agent_id="amina")).ok
    aimed = [each for each in centre.sent() if isinstance(each, port.AimRecording)]
    assert [each.right_legs for each in aimed] == [("leg_dev",)]
    centre.joined(contact)
    assert contact.agent_id == "dev"
    assert contact.recording_id == recording
    assert centre.state("amina") == "acw"
    assert centre.state("dev") == "on_contact"
    centre.do(ask.HangUpCall(contact_id=contact.contact_id, agent_id="dev"))
    assert centre.state("dev") == "acw"


def test_join_lets_all_three_hear_each_other() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    assert centre.do(calling.JoinConsult(contact_id=contact.contact_id, agent_id="amina")).ok
    assert centre.legs() == {contact.leg_id: "talk", "leg_amina": "talk", "leg_dev": "talk"}
    centre.mixed(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.recording_on


def test_swap_goes_to_the_caller_and_back() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    swap = calling.SwapConsult(contact_id=contact.contact_id, agent_id="amina")
    assert centre.do(swap).ok
    assert centre.legs() == {contact.leg_id: "talk", "leg_amina": "talk", "leg_dev": "hold"}
    centre.mixed(contact)
    assert phase(contact) is Phase.TALKING
    assert centre.do(swap).ok
    assert centre.legs() == {contact.leg_id: "hold", "leg_amina": "talk", "leg_dev": "talk"}


def test_an_owner_who_leaves_a_conference_leaves_the_caller_to_the_next() -> None:
    centre = Centre()
    contact = conference(centre)
    assert centre.do(calling.LeaveCall(contact_id=contact.contact_id, agent_id="amina")).ok
    centre.joined(contact)
    assert (contact.agent_id, centre.state("amina")) == ("dev", "acw")
    assert phase(contact) is Phase.TALKING


def test_who_was_asked_in_leaves_without_wrap_up() -> None:
    centre = Centre()
    contact = conference(centre)
    assert centre.do(ask.HangUpCall(contact_id=contact.contact_id, agent_id="dev")).ok
    assert centre.state("dev") == "available"
    assert phase(contact) is Phase.TALKING
    centre.joined(contact)
    assert contact.mix_id is None


def test_the_caller_hangs_up_on_a_conference() -> None:
    centre = Centre()
    contact = conference(centre)
    mix_id = contact.mix_id
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert centre.state("amina") == "acw"
    assert centre.state("dev") == "available"
    assert port.Unmix(mix_id=mix_id or "") in centre.sent(), "the agents do not stay in a room together"


def test_an_owner_whose_line_breaks_in_a_conference_is_followed_by_the_other() -> None:
    centre = Centre()
    contact = conference(centre)
    centre.tell(port.LegLost(leg_id="leg_amina", reason="no packets"))
    assert contact.agent_id == "dev"
    assert contact.live


def test_a_consulted_agent_who_is_lost_is_shown_as_gone() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    centre.tell(port.LegLost(leg_id="leg_dev", reason="no packets"))
    assert contact.companions[0].failed_why == "left"
    assert centre.do(calling.CancelConsult(contact_id=contact.contact_id, agent_id="amina")).ok
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING


@pytest.mark.parametrize(("how", "why"), [("decline", "declined"), ("wait", "no_answer")])
def test_a_consultation_that_comes_to_nothing_says_why(how: str, why: str) -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("dev")
    centre.do(calling.Consult(contact_id=contact.contact_id, agent_id="amina", to=to("agent", "dev")))
    if how == "decline":
        record = centre.domain.world.router.agent("dev")
        assert record is not None
        centre.do(ask.DeclineOffer(offer_id=record.offer_id or "", agent_id="dev"))
    else:
        centre.wait(21)
    assert contact.companions[0].failed_why == why
    assert phase(contact) is Phase.HELD, "the agent decides what is next"


def test_only_the_owner_decides_about_the_call() -> None:
    centre = Centre()
    contact = centre.consulted("amina", "dev")
    refused = centre.do(calling.JoinConsult(contact_id=contact.contact_id, agent_id="dev"))
    assert refused.error_code == "not_your_contact"


def test_a_supervisor_is_called_for_help_and_whispers_first() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("leila")
    assert centre.do(calling.AskForHelp(contact_id=contact.contact_id, agent_id="amina", why="?")).ok
    assert phase(contact) is Phase.TALKING, "the caller notices nothing"
    centre.accept_item("leila")
    assert centre.legs() == {contact.leg_id: "talk", "leg_amina": "talk", "leg_leila": "whisper"}
    centre.mixed(contact)
    barge = calling.Supervise(contact_id=contact.contact_id, agent_id="leila", mode="barge")
    assert centre.do(barge).ok
    assert centre.legs()["leg_leila"] == "talk"
    assert centre.do(calling.StopSupervising(agent_id="leila")).ok
    assert centre.state("leila") == "available"


@pytest.mark.parametrize(("mode", "role"), [("listen", "listen"), ("whisper", "whisper"), ("barge", "talk")])
def test_a_supervisor_listens_whispers_barges(mode: calling.SuperviseMode, role: str) -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("leila")
    assert centre.do(calling.Supervise(contact_id=contact.contact_id, agent_id="leila", mode=mode)).ok
    assert centre.legs() == {contact.leg_id: "talk", "leg_amina": "talk", "leg_leila": role}
    recorded = [each.right_legs for each in centre.sent() if isinstance(each, port.AimRecording)]
    expected = [("leg_amina", "leg_leila")] if mode == "barge" else []
    assert recorded == expected, "a whisper never rests in the recording"
    centre.mixed(contact)
    assert centre.state("leila") == "not_ready"
    assert contact.recording_on


def test_listening_ends_with_the_conversation_and_the_supervisor_is_available_again() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    centre.agent("leila")
    centre.do(calling.Supervise(contact_id=contact.contact_id, agent_id="leila", mode="listen"))
    centre.mixed(contact)
    centre.do(ask.HangUpCall(contact_id=contact.contact_id, agent_id="amina"))
    assert centre.state("leila") == "available"
    kinds = centre.kinds("supervision")
    assert kinds == ["supervision.started", "supervision.ended"]


def test_nobody_listens_without_a_phone() -> None:
    centre = Centre()
    contact = centre.talking("amina")
    refused = centre.do(calling.Supervise(contact_id=contact.contact_id, agent_id="leila", mode="listen"))
    assert refused.error_code == "unreachable"


def test_a_room_is_found_again_after_a_restart() -> None:
    centre = Centre()
    contact = conference(centre)
    reborn = centre.reborn()
    again = reborn.domain.world.contacts[contact.contact_id]
    legs = [caller_leg(contact, mix_id=contact.mix_id)]
    legs += [phone_leg(leg, mix_id=contact.mix_id) for leg in ("leg_amina", "leg_dev")]
    reborn.adopt(*legs)
    assert not [each for each in reborn.sent() if isinstance(each, port.Mix)], "nothing is disturbed"
    assert [each.agent_id for each in again.company] == ["dev"]


def test_a_room_that_is_gone_after_a_restart_is_made_again() -> None:
    centre = Centre()
    contact = conference(centre)
    reborn = centre.reborn()
    reborn.adopt(caller_leg(contact), phone_leg("leg_amina"), phone_leg("leg_dev"))
    assert set(reborn.legs()) == {contact.leg_id, "leg_amina", "leg_dev"}


def conference(centre: Centre) -> Contact:
    contact = centre.consulted("amina", "dev")
    centre.do(calling.JoinConsult(contact_id=contact.contact_id, agent_id="amina"))
    centre.mixed(contact)
    return contact
