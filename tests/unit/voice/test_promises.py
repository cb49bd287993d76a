"""Callbacks: the place is kept, the customer is dialled when its turn comes."""

from __future__ import annotations

from app.engine import commands_calls as calling
from app.engine.contact import Contact, Phase
from routing.types import Way, WayKind
from telephony import port
from tests.unit.voice.centre import Centre, phase
from tests.unit.voice.test_diverting import centre_with


def waiting(centre: Centre) -> Contact:
    contact = centre.caller()
    assert phase(contact) is Phase.QUEUED
    return contact


def promised(centre: Centre) -> Contact:
    contact = waiting(centre)
    assert centre.do(calling.ChooseCallback(contact_id=contact.contact_id)).ok
    return contact


def dial(centre: Centre) -> port.Originate:
    dials = [each for each in centre.sent() if isinstance(each, port.Originate)]
    assert len(dials) == 1
    return dials[0]


def result(centre: Centre, made: port.Originate, outcome: port.OriginateOutcome) -> None:
    centre.tell(port.OriginateResult(attempt_id=made.attempt_id, leg_id=made.leg_id, outcome=outcome))


def test_choosing_a_callback_moves_nobody() -> None:
    centre = Centre()
    first, second = waiting(centre), waiting(centre)
    leg = first.leg_id
    centre.do(calling.ChooseCallback(contact_id=first.contact_id))
    assert port.Hangup(leg_id=leg) in centre.sent()
    assert phase(first) is Phase.PROMISED
    router = centre.domain.world.router
    assert (router.position(first.contact_id), router.position(second.contact_id)) == (1, 2)
    centre.tell(port.LegEnded(leg_id=leg, cause=port.LegEndCause.LOCAL_HANGUP))
    assert phase(first) is Phase.PROMISED, "its line is over, its place is not"


def test_the_agent_takes_it_then_the_customer_is_dialled() -> None:
    centre = Centre()
    contact = promised(centre)
    centre.agent("amina")
    assert centre.offer(contact)["agent_id"] == "amina"
    centre.accept(contact)
    made = dial(centre)
    assert made.destination == f"browser:{contact.contact_id}"
    result(centre, made, port.OriginateOutcome.ANSWERED)
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    assert contact.promise is None
    assert centre.domain.world.router.contact(contact.contact_id) is None, "nobody waits any more"


def test_a_customer_who_does_not_answer_is_tried_again_later_at_the_same_place() -> None:
    centre = Centre()
    contact = promised(centre)
    centre.agent("amina")
    centre.accept(contact)
    result(centre, dial(centre), port.OriginateOutcome.NO_ANSWER)
    assert phase(contact) is Phase.PROMISED
    assert centre.state("amina") == "available", "no wrap-up for a call that never was"
    behind = waiting(centre)
    assert centre.offer(behind)["agent_id"] == "amina", "nobody waits for the next attempt"
    centre.accept(behind)
    centre.joined(behind)
    centre.agent("dev")
    centre.wait(301)
    assert centre.offer(contact)["agent_id"] == "dev"


def test_after_the_last_attempt_the_promise_ends_and_somebody_can_know() -> None:
    centre = Centre()
    contact = promised(centre)
    centre.agent("amina")
    for _ in range(2):
        centre.accept(contact)
        result(centre, dial(centre), port.OriginateOutcome.BUSY)
        centre.wait(301)
    assert "callback.expired" in centre.kinds()
    assert contact.contact_id not in centre.domain.world.contacts


def test_a_promise_survives_a_restart() -> None:
    centre = Centre()
    contact = promised(centre)
    reborn = centre.reborn()
    reborn.adopt()
    again = reborn.domain.world.contacts[contact.contact_id]
    assert phase(again) is Phase.PROMISED
    reborn.agent("amina")
    reborn.accept(again)
    assert dial(reborn).destination.startswith("browser:")


def test_a_cancelled_callback_gives_the_place_up() -> None:
    centre = Centre()
    contact = promised(centre)
    assert centre.do(calling.CancelCallback(contact_id=contact.contact_id)).ok
    assert contact.contact_id not in centre.domain.world.contacts
    centre.agent("amina")
    assert centre.state("amina") == "available"


def test_a_key_during_the_offer_chooses_the_callback() -> None:
    centre = Centre()
    contact = waiting(centre)
    centre.do(calling.OfferCallback(contact_id=contact.contact_id, by="u_leila"))
    collect = next(each for each in centre.sent() if isinstance(each, port.Collect))
    centre.tell(
        port.DigitsCollected(
            leg_id=contact.leg_id,
            collect_id=collect.collect_id,
            digits="1",
            outcome=port.CollectOutcome.COMPLETE,
        )
    )
    assert phase(contact) is Phase.PROMISED


def test_who_may_not_stay_and_wants_no_callback_goes_on_in_the_flow() -> None:
    centre = centre_with(max_length=1, on_full=Way(kind=WayKind.CALLBACK))
    centre.caller()
    second = centre.caller()
    assert second.choice_id is not None, "the caller is asked"
    none = port.CollectOutcome.NO_INPUT
    centre.tell(
        port.DigitsCollected(leg_id=second.leg_id, collect_id=second.choice_id, digits="", outcome=none)
    )
    assert phase(second) is Phase.IVR
    assert centre.domain.world.router.contact(second.contact_id) is None


def test_the_question_is_put_again_after_a_lost_line() -> None:
    centre = centre_with(max_length=1, on_full=Way(kind=WayKind.CALLBACK))
    centre.caller()
    second = centre.caller()
    asked = second.choice_id
    centre.tell(port.LegLost(leg_id=second.leg_id, reason="reload"))
    centre.tell(port.LegRestored(leg_id=second.leg_id))
    assert second.choice_id not in (None, asked)
