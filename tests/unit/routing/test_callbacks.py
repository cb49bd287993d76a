"""Queued callbacks: the place is kept, the attempts are limited, nobody else moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from calendars import Calendar, Shift
from routing.errors import RoutingError
from routing.types import (
    AgentState,
    CallbackChosen,
    CallbackDue,
    CallbackMode,
    Callbacks,
    DivertCause,
    OfferOutcome,
    Stale,
)
from tests.unit.routing.centre import BILLING, START, Centre, profile

AGENT_FIRST = replace(BILLING, acw=timedelta(seconds=30), callbacks=Callbacks(offered=True, attempts=2))
CUSTOMER_FIRST = replace(
    AGENT_FIRST, callbacks=replace(AGENT_FIRST.callbacks, mode=CallbackMode.CUSTOMER_FIRST)
)
HOURS = Calendar(
    id="calling",
    zone="UTC",
    weekly=((Shift(opens=time(9), closes=time(10, 50)), Shift(opens=time(11), closes=time(18))),) * 7,
)
TWO = (profile("amina"), profile("dev"))


def chosen(policy: object = AGENT_FIRST) -> Centre:
    """c1, c2, c3 wait in this order; c2 is to be called back."""
    centre = Centre(*TWO, queues=(policy,), calendars={"calling": HOURS})  # type: ignore[arg-type]
    for contact_id in ("c1", "c2", "c3"):
        centre.queue(contact_id)
        centre.wait(1)
    centre.choose_callback("c2")
    return centre


def test_choosing_a_callback_moves_nobody() -> None:
    centre = chosen()
    assert centre.line() == ["c1", "c2", "c3"]
    callback = centre.waiting("c2").callback
    assert callback is not None
    assert (callback.mode, callback.expires_at) == (
        CallbackMode.AGENT_FIRST,
        centre.now + timedelta(hours=24),
    )
    again = CallbackChosen(contact_id="c2", number="+441632960009")
    assert centre.tell(again) == [Stale(what="contact", id="c2")]
    with pytest.raises(RoutingError, match="number"):
        centre.tell(CallbackChosen(contact_id="c3", number=""))


# --- agent first ----------------------------------------------------------------------------------


def test_agent_first_is_offered_in_its_turn_and_the_record_says_so() -> None:
    centre = chosen()
    centre.ready("amina", "dev")
    assert (centre.rung("c1"), centre.rung("c2"), centre.rung("c3")) == (["amina"], ["dev"], [])
    offer = centre.router.offer(centre.open_offer("c2"))
    assert offer is not None
    assert offer.decision.rules == ("callback",)


def accepted() -> Centre:
    centre = chosen()
    centre.ready("amina", "dev")
    centre.accept("c2")
    return centre


def test_the_place_is_kept_until_the_customer_is_there() -> None:
    centre = accepted()
    callback = centre.waiting("c2").callback
    assert callback is not None
    assert (callback.dialling, callback.attempts) == (True, 1)
    centre.restart()
    centre.reach("c2")
    assert (centre.line(), centre.router.changes().gone) == (["c1", "c3"], ("c2",))
    centre.finish("c2", "dev")
    assert centre.state("dev") is AgentState.ACW


def test_an_attempt_that_fails_frees_the_agent_without_wrap_up_and_keeps_the_place() -> None:
    centre = accepted()
    centre.wait(10)
    centre.miss("c2")
    assert (centre.line(), centre.offered()) == (["c1", "c2", "c3"], {"c3": "dev"})
    callback = centre.waiting("c2").callback
    assert callback is not None
    assert (callback.dialling, callback.not_before) == (False, centre.now + timedelta(minutes=15))
    centre.restart()
    centre.leave("c3")
    assert centre.rung("c2") == []
    centre.wait(15 * 60)
    assert len(centre.rung("c2")) == 1


def test_after_the_last_attempt_it_is_over() -> None:
    centre = accepted()
    centre.leave("c1")
    centre.leave("c3")
    centre.miss("c2")
    centre.wait(15 * 60)
    centre.accept("c2")
    centre.miss("c2")
    assert [(e.contact_id, e.cause) for e in centre.diverted()] == [("c2", DivertCause.CALLBACK_EXPIRED)]
    assert centre.line() == []
    assert centre.miss("c2") == [Stale(what="callback", id="c2")]


def test_an_agent_who_ends_his_part_ends_the_callback() -> None:
    centre = accepted()
    centre.finish("c2", "dev", wrap_up=False)
    assert centre.line() == ["c1", "c3"]


def test_a_callback_expires_but_not_under_an_attempt() -> None:
    centre = chosen()
    expires_at = centre.now + timedelta(hours=24)
    centre.now = expires_at - timedelta(seconds=5)
    centre.leave("c1")
    centre.leave("c3")
    centre.ready("amina")
    centre.accept("c2")
    centre.wait(60)
    assert centre.line() == ["c2"]
    centre.miss("c2")
    assert [e.cause for e in centre.diverted()] == [DivertCause.CALLBACK_EXPIRED]

    other = chosen()
    assert other.router.next_deadline() == expires_at
    other.now = expires_at
    other.wait(0)
    assert [e.contact_id for e in other.diverted()] == ["c2"]


# --- customer first -------------------------------------------------------------------------------


def test_customer_first_is_dialled_when_an_agent_is_free_and_he_goes_on_meanwhile() -> None:
    centre = chosen(CUSTOMER_FIRST)
    centre.leave("c1")
    centre.ready("amina")
    assert (centre.rung("c2"), centre.rung("c3")) == ([], ["amina"])
    callback = centre.waiting("c2").callback
    assert callback is not None
    assert (callback.dialling, callback.attempts) == (True, 1)


def test_the_customer_who_answers_gets_the_next_free_agent_at_the_exact_place() -> None:
    centre = chosen(CUSTOMER_FIRST)
    centre.leave("c1")
    centre.ready("amina")
    centre.accept("c3")
    centre.wait(5)
    centre.queue("c4")
    centre.restart()
    assert centre.reach("c2", "webrtc") == []
    assert centre.line() == ["c2", "c4"]
    centre.finish("c3", "amina", wrap_up=False)
    assert (centre.offered(), centre.rules("c2")) == ({"c2": "amina"}, ("callback",))
    centre.accept("c2")
    assert centre.line() == ["c4"]


def test_no_more_customers_are_dialled_than_agents_are_free() -> None:
    centre = Centre(*TWO, queues=(CUSTOMER_FIRST,))
    for contact_id in ("c1", "c2", "c3"):
        centre.queue(contact_id)
        centre.choose_callback(contact_id)
    centre.ready("amina")
    dialled = [c for c in ("c1", "c2", "c3") if (cb := centre.waiting(c).callback) and cb.dialling]
    assert dialled == ["c1"]
    assert centre.router.explain_contact("c2", centre.now).verdict == "callback_turn"
    centre.miss("c1")
    assert centre.dialled() == ["c2"]
    centre.connect("dev")
    centre.ask("dev", AgentState.AVAILABLE)
    assert centre.dialled() == ["c3"]
    (due,) = (e for e in centre.last if isinstance(e, CallbackDue))
    assert (due.number, due.attempt) == ("+441632960001", 1)


def test_a_customer_who_answered_and_went_again_is_tried_again() -> None:
    centre = chosen(CUSTOMER_FIRST)
    centre.leave("c1")
    centre.leave("c3")
    centre.ready("amina")
    centre.reach("c2")
    assert centre.rung("c2") == ["amina"]
    centre.miss("c2")
    assert (centre.ended(), centre.rung("c2")) == ({"c2": OfferOutcome.WITHDRAWN}, [])
    centre.wait(15 * 60)
    assert centre.dialled() == ["c2"]


# --- calling hours --------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [AGENT_FIRST, CUSTOMER_FIRST])
def test_outside_calling_hours_it_waits_and_others_are_served(policy: object) -> None:
    policy = replace(policy, callbacks=replace(policy.callbacks, calendar="calling"))  # type: ignore[attr-defined, type-var]
    centre = chosen(policy)
    centre.leave("c1")
    centre.now = START.replace(hour=10, minute=55)
    centre.ready("amina")
    assert (centre.rung("c2"), centre.rung("c3"), centre.line()) == ([], ["amina"], ["c2", "c3"])
    found = centre.router.explain_contact("c2", centre.now)
    opens_at = START.replace(hour=11, minute=0)
    assert (found.verdict, found.until) == ("callback_hours", opens_at)
    centre.leave("c3")
    centre.restart()
    assert centre.router.next_deadline() == opens_at
    centre.now = opens_at
    centre.wait(0)
    assert centre.rung("c2") == ["amina"] or centre.dialled() == ["c2"]
