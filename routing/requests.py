"""What the router refuses before it does anything: requests and stored rows that make no sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from routing.agents import Agent
from routing.errors import RoutingError
from routing.floor import Floor
from routing.types import (
    AgentState,
    CallbackChosen,
    ContactMoved,
    ContactQueued,
    ContactUpdated,
    DeadlineReached,
    Event,
    HandlingEnded,
    HandlingHanded,
    OfferAnswered,
    OfferRecord,
    QueueReopened,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    WayKind,
    WrapUpExtended,
    WrapUpFinished,
)

REQUESTABLE = (AgentState.AVAILABLE, AgentState.NOT_READY, AgentState.SIGNED_OUT)


def check(event: Event, floor: Floor) -> None:
    """Raise `RoutingError` for a request that makes no sense, whatever the state of things.

    What names an offer or contact that is over is not invalid but late: the router answers `Stale`.
    """
    match event:
        # The frequent ones first: each `case` takes its time.
        case HandlingEnded() | ReachabilityChanged() | WrapUpFinished():
            _check_agent(event.agent_id, floor)
        case OfferAnswered() | DeadlineReached():
            pass
        case ContactQueued():
            _check_queue(event.queue_id, floor)
            if event.place_at.tzinfo is None:
                raise RoutingError(
                    "instant_without_zone", str(event.place_at), "Give it as an instant in UTC."
                )
        case StateRequested():
            _check_state(event, floor)
        case WrapUpExtended():
            _check_agent(event.agent_id, floor)
            if event.by <= timedelta(0):
                raise RoutingError("extension_not_positive", str(event.by), "Extend by more than nothing.")
        case HandlingHanded():
            _check_agent(event.agent_id, floor)
            if event.queue_id is not None and event.queue_id not in floor.rooms:
                raise _unknown_queue(event.queue_id)
        case ContactUpdated() if event.preferred_agent is not None:
            _check_agent(event.preferred_agent, floor)
        case ContactMoved() if event.queue_id is not None:
            _check_queue(event.queue_id, floor)
            if floor.rooms[event.queue_id].memory.shut:
                raise RoutingError("queue_shut", event.queue_id, "This queue is closed. Reopen it first.")
        case CallbackChosen():
            if not event.number:
                raise RoutingError("number_missing", event.contact_id, "Give the number to call back.")
        case QueueShut():
            _check_queue(event.queue_id, floor)
            if event.then.kind is WayKind.OVERFLOW:
                _check_queue(event.then.queue_id or "", floor)
                if event.then.queue_id == event.queue_id:
                    raise RoutingError("overflow_into_itself", event.queue_id, "Name another queue to go to.")
        case QueueReopened():
            _check_queue(event.queue_id, floor)
        case _:
            pass


def _check_state(event: StateRequested, floor: Floor) -> None:
    _check_agent(event.agent_id, floor)
    if floor.agents[event.agent_id].profile is None:
        raise _unknown_agent(event.agent_id)
    if event.state not in REQUESTABLE:
        raise RoutingError(
            "state_not_requestable", event.state, "Ask for available, not_ready or signed_out."
        )
    if event.state is AgentState.NOT_READY and not event.reason:
        raise RoutingError("reason_missing", event.agent_id, "Give the reason for being not ready.")


def _check_queue(queue_id: str, floor: Floor) -> None:
    room = floor.rooms.get(queue_id)
    if room is None or room.retired:
        raise _unknown_queue(queue_id)


def _unknown_queue(queue_id: str) -> RoutingError:
    return RoutingError(
        "unknown_queue", queue_id, "There is no such queue. Name one that the configuration has."
    )


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
        if not offers.keys() >= set(contact.offer_ids):
            raise _inconsistent(contact.contact_id, "An offer it names is not open.")
    for agent in floor.agents.values():
        queues = {agent.queue_id, *(item.queue_id for item in agent.others)} - {None}
        if not queues <= queue_ids:
            raise _inconsistent(agent.agent_id, "He works for a queue without rules.")
        if not offers.keys() >= set(_offers_of(agent)):
            raise _inconsistent(agent.agent_id, "An offer he has is not open.")
    for offer in offers.values():
        contact_at = floor.contacts.get(offer.contact_id)
        if contact_at is None or offer.offer_id not in contact_at.offer_ids:
            raise _inconsistent(offer.offer_id, "The contact it offers does not know it.")
        agent_at = floor.agents.get(offer.agent_id)
        if agent_at is None or offer.offer_id not in _offers_of(agent_at):
            raise _inconsistent(offer.offer_id, "The agent it is for does not know it.")


def _offers_of(agent: Agent) -> list[str]:
    offered = (agent.offer_id, *(item.offer_id for item in agent.others))
    return [offer_id for offer_id in offered if offer_id is not None]


def _inconsistent(subject: str, what: str) -> RoutingError:
    return RoutingError("rows_inconsistent", subject, what)
