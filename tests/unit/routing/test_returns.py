"""Abandoned and returned: the old place, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.types import AgentState, PlaceResumed
from tests.unit.routing.centre import BILLING, RETENTION, Centre, profile

KEPT = replace(BILLING, return_window=timedelta(minutes=5))
CALLER = "+441632960001"


def abandoned() -> Centre:
    """The caller waited a minute before c1, hung up, and another waits since."""
    centre = Centre(profile("amina"), queues=(KEPT, RETENTION))
    centre.queue("c1", caller=CALLER)
    centre.wait(60)
    centre.queue("c2")
    centre.leave("c1")
    return centre


def resumed(centre: Centre) -> list[str]:
    return [effect.contact_id for effect in centre.last if isinstance(effect, PlaceResumed)]


def test_who_calls_again_in_time_has_the_old_place_and_the_record_says_so() -> None:
    centre = abandoned()
    place_at = centre.now - timedelta(seconds=60)
    centre.wait(200)
    centre.restart()
    centre.queue("c3", caller=CALLER)

    (effect,) = (e for e in centre.last if isinstance(e, PlaceResumed))
    assert (effect.from_contact_id, effect.place_at) == ("c1", place_at)
    assert (centre.line(), centre.waiting("c3").place_at) == (["c3", "c2"], place_at)
    assert centre.router.changes().resumed == ("c1",)
    centre.ready("amina")
    offer = centre.router.offer(centre.open_offer("c3"))
    assert offer is not None
    assert offer.decision.rules == ("returned",)


def test_it_works_once() -> None:
    centre = abandoned()
    centre.queue("c3", caller=CALLER)
    centre.leave("c3")
    centre.queue("c4", caller=CALLER)
    assert resumed(centre) == []
    assert centre.line() == ["c2", "c4"]


def test_after_the_window_the_place_is_gone_and_its_record_too() -> None:
    centre = abandoned()
    centre.router.changes()
    assert centre.router.next_deadline() == centre.now + timedelta(minutes=5)
    centre.wait(300)
    assert centre.router.changes().resumed == ("c1",)
    centre.queue("c3", caller=CALLER)
    assert resumed(centre) == []


@pytest.mark.parametrize("caller", [None, "+441632960002"])
def test_nobody_else_resumes_it(caller: str | None) -> None:
    centre = abandoned()
    centre.queue("c3", caller=caller)
    assert resumed(centre) == []


def test_in_another_queue_there_is_nothing_to_resume() -> None:
    centre = abandoned()
    centre.queue("c3", "retention", caller=CALLER)
    assert resumed(centre) == []


def test_never_while_another_contact_of_the_caller_waits() -> None:
    centre = abandoned()
    centre.queue("other", "retention", caller=CALLER)
    centre.queue("c3", caller=CALLER)
    assert resumed(centre) == []


def test_never_while_another_contact_of_the_caller_is_talked_to_even_over_a_restart() -> None:
    centre = abandoned()
    centre.ready("amina")
    centre.accept("c2")
    centre.finish("c2", "amina", wrap_up=False)
    centre.queue("other", "billing", caller=None)
    centre.accept("other")
    centre.finish("other", "amina", wrap_up=False)
    centre.queue("mine", "billing", caller=CALLER, returned=True)
    centre.accept("mine")
    centre.restart()
    centre.queue("c3", caller=CALLER)
    assert resumed(centre) == []
    centre.leave("c3", "hung_up")
    centre.finish("mine", "amina")
    centre.queue("c4", caller=CALLER)
    assert resumed(centre) == ["c4"]


@pytest.mark.parametrize("why", ["hung_up", "voicemail"])
def test_only_an_abandoned_place_is_kept(why: str) -> None:
    centre = Centre(profile("amina"), queues=(KEPT,))
    centre.queue("c1", caller=CALLER)
    centre.leave("c1", why)
    assert centre.router.changes().abandoned == ()


def test_a_queue_without_a_window_keeps_no_place() -> None:
    centre = Centre(profile("amina"))
    centre.queue("c1", caller=CALLER)
    centre.leave("c1")
    assert centre.router.changes().abandoned == ()
    assert centre.state("amina") is AgentState.SIGNED_OUT
