"""What the router refuses before it does anything: requests and stored rows that make no sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from routing.errors import RoutingError
from routing.floor import Floor
from routing.types import (
    AgentState,
    ContactQueued,
    Event,
    HandlingEnded,
    OfferRecord,
    ReachabilityChanged,
    StateRequested,
    WrapUpExtended,
    WrapUpFinished,
)

REQUESTABLE = (AgentState.AVAILABLE, AgentState.NOT_READY, AgentState.SIGNED_OUT)


def check(event: Event, floor: Floor) -> None:
    """Raise `RoutingError` for a request that makes no sense, whatever the state of things.

    What names an offer or contact that is over is not invalid but late: the router answers `Stale`.
    """
    match event:
        case ContactQueued():
            _check_contact(event, floor)
        case StateRequested():
            _check_agent(event.agent_id, floor)
            if floor.agents[event.agent_id].profile is None:
                raise _unknown_agent(event.agent_id)
            if event.state not in REQUESTABLE:
                raise RoutingError(
                    "state_not_requestable", event.state, "Ask for available, not_ready or signed_out."
                )
            if event.state is AgentState.NOT_READY and not event.reason:
                raise RoutingError("reason_missing", event.agent_id, "Give the reason for being not ready.")
        case WrapUpExtended():
            _check_agent(event.agent_id, floor)
            if event.by <= timedelta(0):
                raise RoutingError("extension_not_positive", str(event.by), "Extend by more than nothing.")
        case ReachabilityChanged() | HandlingEnded() | WrapUpFinished():
            _check_agent(event.agent_id, floor)
        case _:
            pass


def _check_contact(event: ContactQueued, floor: Floor) -> None:
    room = floor.rooms.get(event.queue_id)
    if room is None or room.retired:
        raise RoutingError(
            "unknown_queue", event.queue_id, "There is no such queue. Name one that the configuration has."
        )
    if event.place_at.tzinfo is None:
        raise RoutingError("instant_without_zone", str(event.place_at), "Give it as an instant in UTC.")


def _check_agent(agent_id: str, floor: Floor) -> None:
    if agent_id not in floor.agents:
        raise _unknown_agent(agent_id)


def _unknown_agent(agent_id: str) -> RoutingError:
    return RoutingError(
        "unknown_agent", agent_id, "There is no such agent. Name one that the configuration has."
    )


def check_rows(floor: Floor, offers: Mapping[str, OfferRecord], queue_ids: set[str]) -> None:
    """Raise `RoutingError` when restored rows contradict each other. `offers` are the open ones."""
    for contact in floor.contacts.values():
        if contact.queue_id not in queue_ids:
            raise _inconsistent(contact.contact_id, "It waits in a queue without rules.")
        if contact.offer_id is not None and contact.offer_id not in offers:
            raise _inconsistent(contact.contact_id, "The offer it names is not open.")
    for agent in floor.agents.values():
        if agent.queue_id is not None and agent.queue_id not in queue_ids:
            raise _inconsistent(agent.agent_id, "He works for a queue without rules.")
        if agent.offer_id is not None and agent.offer_id not in offers:
            raise _inconsistent(agent.agent_id, "The offer he has is not open.")
    for offer in offers.values():
        contact_at = floor.contacts.get(offer.contact_id)
        if contact_at is None or contact_at.offer_id != offer.offer_id:
            raise _inconsistent(offer.offer_id, "The contact it offers does not know it.")
        agent_at = floor.agents.get(offer.agent_id)
        if agent_at is None or agent_at.offer_id != offer.offer_id:
            raise _inconsistent(offer.offer_id, "The agent it is for does not know it.")


def _inconsistent(subject: str, what: str) -> RoutingError:
    return RoutingError("rows_inconsistent", subject, what)
