"""Direct extensions: a number of the centre that rings one agent, by the rules of a queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.engine import commands as ask
from app.engine import commands_calls as calling
from app.engine.commit import Observation
from app.engine.configuration import NumberPolicy
from app.engine.contact import Contact, Phase
from app.engine.domain import ConfigurationChanged
from routing.types import Absence, Way, WayKind
from telephony import port
from tests.unit.voice.centre import Centre, configuration, phase, to

EXTENSION = "+442079460122"


def centre_with(**rules: Any) -> Centre:
    """A centre in which Dev has a number of his own, by the rules of billing."""
    centre = Centre()
    base = configuration()
    queues = tuple(replace(queue, **rules) if queue.queue_id == "billing" else queue for queue in base.queues)
    own = NumberPolicy(dnis=EXTENSION, flow_id="", agent_id="dev", queue_id="billing")
    changed = replace(base, queues=queues, numbers={**base.numbers, EXTENSION: own})
    centre.take(Observation(body=ConfigurationChanged(configuration=changed)))
    return centre


def call(centre: Centre) -> Contact:
    centre.tell(port.CallArrived(leg_id="leg_x", ani="+447700900142", dnis=EXTENSION))
    contact = centre.domain.world.contact_of_leg("leg_x")
    assert contact is not None
    return contact


def test_the_number_of_an_agent_is_answered_and_rings_that_agent_alone() -> None:
    centre = centre_with()
    centre.agent("amina")
    centre.agent("dev")
    contact = call(centre)
    assert any(isinstance(sent, port.Answer) for sent in centre.sent())
    assert [effect.kind for effect in centre.effects].count("identify") == 1, "the customer is looked up"
    assert centre.offer(contact)["agent_id"] == "dev", "although Amina has been idle for longer"
    assert contact.queue_id == "billing", "whose rules count"
    centre.accept(contact)
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.agent_id == "dev"


def test_nobody_else_gets_the_call_while_the_agent_is_busy() -> None:
    centre = centre_with()
    centre.talking("dev")
    contact = call(centre)
    centre.agent("amina")
    assert phase(contact) is Phase.QUEUED
    assert centre.state("amina") == "available"


def test_who_waits_too_long_leaves_a_message() -> None:
    centre = centre_with(max_wait=timedelta(seconds=40), on_max_wait=Way(kind=WayKind.VOICEMAIL))
    centre.talking("dev")
    contact = call(centre)
    centre.wait(41)
    assert contact.flow_id == "system.leave_message"
    assert phase(contact) is Phase.IVR


def test_who_overflows_is_for_everybody_there() -> None:
    way = Way(kind=WayKind.OVERFLOW, queue_id="technical")
    centre = centre_with(max_wait=timedelta(seconds=40), on_max_wait=way)
    centre.talking("dev")
    contact = call(centre)
    place = contact.place_at
    centre.agent("amina")
    centre.wait(41)
    assert contact.queue_id == "technical"
    assert contact.place_at == place, "the waiting counts"
    assert centre.offer(contact)["agent_id"] == "amina"


@pytest.mark.parametrize("way", [WayKind.VOICEMAIL, WayKind.OVERFLOW])
def test_an_agent_who_is_signed_out_is_not_waited_for(way: WayKind) -> None:
    there = Way(kind=way, queue_id="technical" if way is WayKind.OVERFLOW else None)
    centre = centre_with(join_empty=frozenset({Absence.SIGNED_OUT}), on_empty=there)
    centre.agent("amina")
    contact = call(centre)
    if way is WayKind.OVERFLOW:
        assert centre.offer(contact)["agent_id"] == "amina"
    else:
        assert contact.flow_id == "system.leave_message"


def test_who_waits_leaves_when_the_agent_goes() -> None:
    rules = {"leave_empty": frozenset({Absence.NOT_READY}), "on_empty": Way(kind=WayKind.VOICEMAIL)}
    centre = centre_with(**rules)
    first = centre.talking("dev")
    contact = call(centre)
    centre.agent("amina")
    centre.do(ask.RequestState(agent_id="dev", state="not_ready", reason="lunch"))
    centre.do(ask.HangUpCall(contact_id=first.contact_id, agent_id="dev"))
    assert phase(contact) is Phase.QUEUED, "Dev is in wrap-up"
    centre.do(ask.FinishWrapUp(contact_id=first.contact_id, agent_id="dev", disposition="resolved"))
    assert centre.state("dev") == "not_ready"
    assert contact.flow_id == "system.leave_message"


def test_a_place_at_an_extension_outlives_a_crash() -> None:
    centre = centre_with()
    centre.talking("dev")
    contact = call(centre)
    reborn = centre.reborn()
    waiting = reborn.domain.world.router.contact(contact.contact_id)
    assert waiting is not None
    assert waiting.only_agents == {"dev"}
    assert reborn.domain.world.contacts[contact.contact_id].only_agents == ["dev"]


def test_a_transfer_to_an_extension_is_one_to_its_agent() -> None:
    centre = centre_with()
    contact = centre.talking("amina")
    centre.agent("nia")
    centre.agent("dev")
    target = to("number", "+44 20 7946 0122")
    assert centre.do(calling.Transfer(contact_id=contact.contact_id, agent_id="amina", to=target)).ok
    assert contact.sent is not None
    assert (contact.sent.kind, contact.sent.to) == ("agent", "dev")
    assert centre.offer(contact)["agent_id"] == "dev"


def test_an_extension_can_be_consulted_and_a_number_with_a_flow_cannot() -> None:
    centre = centre_with()
    contact = centre.talking("amina")
    centre.agent("dev")

    def consult(number: str) -> str | None:
        command = calling.Consult(contact_id=contact.contact_id, agent_id="amina", to=to("number", number))
        return centre.do(command).error_code

    assert consult("+442079460100") == "unknown_target"
    assert consult(EXTENSION) is None
    assert centre.state("dev") == "ringing"


def test_a_number_of_nobody_known_is_rejected() -> None:
    centre = centre_with()
    base = centre.domain.world.configuration
    agents = tuple(agent for agent in base.agents if agent.agent_id != "dev")
    centre.take(Observation(body=ConfigurationChanged(configuration=replace(base, agents=agents))))
    call_made = port.CallArrived(leg_id="leg_x", ani="+447700900142", dnis=EXTENSION)
    centre.tell(call_made)
    assert any(isinstance(sent, port.Hangup) for sent in centre.sent())
    assert "contact.rejected" in centre.kinds()
