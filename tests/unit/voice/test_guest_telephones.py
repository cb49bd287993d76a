"""Numbers outside, where pages play them: they can be dialled although no telephone network is reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine import commands_calls as calling
from app.engine.commit import Observation
from app.engine.contact import Phase
from app.engine.domain import ConfigurationChanged
from telephony import port
from tests.unit.voice.centre import Centre, configuration, phase, to

PARTNER = "+441134960300"


def centre_with(*, guest_telephones: bool) -> Centre:
    centre = Centre()
    changed = replace(configuration(), guest_telephones=guest_telephones)
    centre.take(Observation(body=ConfigurationChanged(configuration=changed)))
    return centre


def test_without_them_and_without_a_network_no_number_can_be_dialled() -> None:
    centre = centre_with(guest_telephones=False)
    contact = centre.talking("amina")
    command = calling.Transfer(contact_id=contact.contact_id, agent_id="amina", to=to("number", PARTNER))
    assert centre.do(command).error_code == "capability_missing"


@pytest.mark.parametrize("outcome", [port.OriginateOutcome.INVALID_NUMBER, port.OriginateOutcome.BUSY])
def test_a_caller_who_is_not_taken_comes_back_with_the_reason(outcome: port.OriginateOutcome) -> None:
    centre = centre_with(guest_telephones=True)
    contact = centre.talking("amina")
    command = calling.Transfer(contact_id=contact.contact_id, agent_id="amina", to=to("number", PARTNER))
    assert centre.do(command).ok
    assert phase(contact) is Phase.TRANSFERRING
    [dialled] = [each for each in centre.sent() if isinstance(each, port.Originate)]
    assert dialled.destination == PARTNER, "who plays it is decided where the dial is carried out"
    result = port.OriginateResult(attempt_id=dialled.attempt_id, leg_id=dialled.leg_id, outcome=outcome)
    centre.tell(result)
    assert phase(contact) is Phase.QUEUED
    assert contact.preferred_agent is None, "nobody waits for a wrap-up beside a free agent"
    [back] = [event for event in centre.events if event.kind == "contact.came_back"]
    assert back.data["why"] == outcome.value


def test_a_number_of_which_nothing_is_heard_gives_the_caller_back() -> None:
    centre = centre_with(guest_telephones=True)
    contact = centre.talking("amina")
    command = calling.Transfer(contact_id=contact.contact_id, agent_id="amina", to=to("number", PARTNER))
    assert centre.do(command).ok
    out_leg = contact.out_leg_id
    centre.wait(36)
    assert phase(contact) is Phase.QUEUED
    late = port.LegEnded(leg_id=out_leg or "", cause=port.LegEndCause.LOCAL_HANGUP)
    centre.tell(late)
    assert phase(contact) is Phase.QUEUED, "its late end is nobody's"


def test_a_number_that_answered_is_not_taken_back() -> None:
    centre = centre_with(guest_telephones=True)
    contact = centre.talking("amina")
    centre.do(calling.Transfer(contact_id=contact.contact_id, agent_id="amina", to=to("number", PARTNER)))
    [dialled] = [each for each in centre.sent() if isinstance(each, port.Originate)]
    answered = port.OriginateOutcome.ANSWERED
    centre.tell(port.OriginateResult(attempt_id=dialled.attempt_id, leg_id=dialled.leg_id, outcome=answered))
    centre.wait(60)
    assert phase(contact) is Phase.TRANSFERRING
