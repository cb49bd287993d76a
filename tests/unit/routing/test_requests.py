"""What the router refuses, and that refusing changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from routing.errors import RoutingError
from routing.router import Router
from routing.types import (
    AgentState,
    ContactQueued,
    Event,
    HandlingEnded,
    ReachabilityChanged,
    StateRequested,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.unit.routing.centre import START, Centre, profile

QUEUED = ContactQueued(contact_id="c2", queue_id="billing", media="webrtc", place_at=START)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (replace(QUEUED, queue_id="nowhere"), "unknown_queue"),
        (replace(QUEUED, place_at=datetime(2026, 11, 19, 10)), "instant_without_zone"),  # noqa: DTZ001
        (StateRequested(agent_id="nobody", state=AgentState.AVAILABLE), "unknown_agent"),
        (StateRequested(agent_id="amina", state=AgentState.NOT_READY), "reason_missing"),
        (StateRequested(agent_id="amina", state=AgentState.ACW), "state_not_requestable"),
        (ReachabilityChanged(agent_id="nobody", reachable=True), "unknown_agent"),
        (HandlingEnded(agent_id="nobody", contact_id="c1"), "unknown_agent"),
        (WrapUpFinished(agent_id="nobody"), "unknown_agent"),
        (WrapUpExtended(agent_id="nobody", by=timedelta(seconds=1)), "unknown_agent"),
        (WrapUpExtended(agent_id="amina", by=timedelta(0)), "extension_not_positive"),
    ],
)
def test_an_invalid_request_is_refused_and_changes_nothing(event: Event, code: str) -> None:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    centre.router.changes()
    before = centre.router.snapshot()
    centre.now += timedelta(hours=1)

    with pytest.raises(RoutingError) as caught:
        centre.tell(event)

    assert caught.value.code == code
    assert str(caught.value).startswith(caught.value.subject)
    assert centre.router.snapshot() == before
    assert centre.router.changes().agents == ()


def ringing() -> Centre:
    centre = Centre(profile("amina"))
    centre.ready("amina")
    centre.queue("c1")
    return centre


@pytest.mark.parametrize(
    "harm",
    [
        lambda snapshot: replace(snapshot, offers=()),
        lambda snapshot: replace(snapshot, waiting=()),
        lambda snapshot: replace(snapshot, agents=()),
        lambda snapshot: replace(snapshot, policies=replace(snapshot.policies, queues=())),
        lambda snapshot: replace(snapshot, agents=(replace(snapshot.agents[0], queue_id="nowhere"),)),
        lambda snapshot: replace(
            snapshot, waiting=(replace(snapshot.waiting[0], offer_id=None, offer_ids=()),)
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused(harm: Callable[..., object]) -> None:
    rows = harm(ringing().router.snapshot())
    rebuilt = Router(lambda prefix: f"{prefix}-9")
    with pytest.raises(RoutingError) as caught:
        rebuilt.restore(rows.policies, rows.agents, rows.waiting, rows.offers)  # type: ignore[attr-defined]
    assert caught.value.code == "rows_inconsistent"


def test_a_rebuilt_router_goes_on_where_the_old_one_stopped() -> None:
    centre = ringing()
    old = centre.router.snapshot()
    rebuilt = Router(lambda prefix: f"{prefix}-9")
    rebuilt.restore(old.policies, old.agents, old.waiting, old.offers)
    assert rebuilt.snapshot() == old

    centre.router = rebuilt
    centre.accept("c1")

    assert centre.state("amina") is AgentState.ON_CONTACT


def test_a_rebuilt_router_matches_what_changed_while_it_was_away() -> None:
    centre = Centre(profile("amina", queues=("retention",)))
    centre.ready("amina")
    centre.queue("c1")
    old = centre.router.snapshot()
    newcomers = (profile("amina"), profile("dev"))

    centre.router = Router(lambda prefix: f"{prefix}-9")
    centre.router.restore(replace(old.policies, agents=newcomers), old.agents, old.waiting, old.offers)
    centre.wait(1)

    assert centre.offered() == {"c1": "amina"}
    assert centre.state("dev") is AgentState.SIGNED_OUT
