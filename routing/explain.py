"""Why is this caller waiting, and why does this agent get no calls?

Answers are codes with values; the words are the page's. They are worked out when asked for, so they cost
the router nothing while it decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.agents import Agent
from routing.contacts import Contact
from routing.errors import RoutingError
from routing.floor import Floor
from routing.ranking import rank, shortfall
from routing.rooms import Room
from routing.types import AgentState, Exclusion, OfferRecord

LASTING = frozenset({"skill_missing", "skill_low", "excluded"})
"""Reasons that no waiting cures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a contact waits.

    `verdict` is one of `not_waiting`, `caller_lost`, `being_offered`, `nobody_serves_queue`,
    `nobody_qualified`, `nobody_signed_in`, `nobody_reachable`, `cooling_off`, `all_busy`.
    """

    contact_id: str
    queue_id: str | None
    verdict: str
    until: datetime | None = None
    """When by itself something changes: the offer or the first cool-off ends."""
    position: int | None = None
    """1-based place in its queue."""
    ahead: tuple[str, ...] = ()
    """Contacts before it in its queue, first in line first."""
    offered_to: str | None = None
    offered_before: tuple[str, ...] = ()
    agents: tuple[Exclusion, ...] = ()
    """Each agent who serves the queue and why not he, in order of id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """So many contacts of a queue are kept from an agent by one reason."""

    reason: str
    """As in `Exclusion`; besides `being_offered`, `caller_lost`."""
    detail: str
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOutlook:
    """One of an agent's queues as it looks to him."""

    queue_id: str
    waiting: int
    for_him: int
    """How many of them he could be offered if he were free."""
    ahead: int | None
    """How many free agents the next plain caller of this queue would be offered to before him; None: he
    could not be offered one, or is not free."""
    barriers: tuple[Barrier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExplanation:
    """Why an agent gets no calls.

    `verdict` is one of `removed`, `signed_out`, `not_ready`, `ringing`, `on_contact`, `acw`,
    `unreachable`, `no_queues`, `nobody_waiting`, `cooling_off`, `not_qualified`, `others_offered`.
    """

    agent_id: str
    verdict: str
    detail: str = ""
    """The not-ready reason, or why unreachable."""
    until: datetime | None = None
    """When ACW ends, or the first cool-off."""
    queues: tuple[QueueOutlook, ...] = ()


def exclusion(agent: Agent, contact: Contact, now: datetime) -> Exclusion | None:
    """Why this agent is not offered this contact just now; None: nothing speaks against it.

    What lasts is named before what passes. Details: `skill_missing` "Welsh:3", `skill_low`
    "Welsh:2:3" (held:needed), `media` the back end, `not_available` the state, `unreachable` why,
    `cooling_off` the instant it ends.
    """
    line = contact.line
    if agent.profile is None or line.room.policy.queue_id not in agent.profile.queues:
        return Exclusion(agent_id=agent.agent_id, reason="queue_not_served")
    lack = shortfall(agent.profile.skills, line.needs)
    if lack is not None:
        skill, level, held = lack
        if held is None:
            return Exclusion(agent_id=agent.agent_id, reason="skill_missing", detail=f"{skill}:{level}")
        return Exclusion(agent_id=agent.agent_id, reason="skill_low", detail=f"{skill}:{held}:{level}")
    if agent.agent_id in contact.excluded:
        return Exclusion(agent_id=agent.agent_id, reason="excluded")
    if agent.state is not AgentState.AVAILABLE:
        return Exclusion(agent_id=agent.agent_id, reason="not_available", detail=agent.state.value)
    if not agent.reachable:
        return Exclusion(
            agent_id=agent.agent_id, reason="unreachable", detail=agent.unreachable_why or "no_phone"
        )
    if contact.media not in agent.media:
        return Exclusion(agent_id=agent.agent_id, reason="media", detail=contact.media)
    until = contact.cooloff.get(agent.agent_id)
    if until is not None and until > now:
        return Exclusion(agent_id=agent.agent_id, reason="cooling_off", detail=until.isoformat())
    return None


def why_waiting(
    floor: Floor, offers: Mapping[str, OfferRecord], contact_id: str, now: datetime
) -> Explanation:
    """Why a contact waits. `offers` are the open ones; a contact that does not wait has a verdict too."""
    contact = floor.contacts.get(contact_id)
    if contact is None:
        return Explanation(contact_id=contact_id, queue_id=None, verdict="not_waiting")
    room = contact.line.room
    offer = offers[contact.offer_id] if contact.offer_id is not None else None
    found = (exclusion(agent, contact, now) for _, agent in sorted(room.members.items()))
    agents = tuple(reason for reason in found if reason is not None)
    position = floor.position(contact)
    if contact.suspended:
        verdict, until = "caller_lost", None
    elif offer is not None:
        verdict, until = "being_offered", offer.expires_at
    else:
        verdict, until = _verdict(agents)
    return Explanation(
        contact_id=contact_id,
        queue_id=contact.queue_id,
        verdict=verdict,
        until=until,
        position=position,
        ahead=tuple(key[3] for key in room.order[: position - 1]),
        offered_to=offer.agent_id if offer is not None else None,
        offered_before=contact.offered_before,
        agents=agents,
    )


def _verdict(agents: tuple[Exclusion, ...]) -> tuple[str, datetime | None]:
    """The most telling reason: what no waiting cures first, what cures itself last."""
    reasons = [agent.reason for agent in agents]
    passing = [agent for agent in agents if agent.reason not in LASTING]
    if not reasons:
        return "nobody_serves_queue", None
    if not passing:
        return "nobody_qualified", None
    pauses = [datetime.fromisoformat(agent.detail) for agent in passing if agent.reason == "cooling_off"]
    if pauses:
        return "cooling_off", min(pauses)
    working = [agent for agent in passing if agent.detail != AgentState.SIGNED_OUT]
    if not working:
        return "nobody_signed_in", None
    if all(agent.reason in ("unreachable", "media") for agent in working):
        return "nobody_reachable", None
    return "all_busy", None


def why_no_calls(floor: Floor, agent_id: str, now: datetime) -> AgentExplanation:
    """Why an agent gets no calls, and how each of his queues looks to him.

    Raises:
        RoutingError: there is no such agent.
    """
    agent = floor.agents.get(agent_id)
    if agent is None:
        raise RoutingError(
            "unknown_agent", agent_id, "There is no such agent. Name one that the configuration has."
        )
    queues = tuple(
        _outlook(floor, room, agent, now)
        for queue_id, room in sorted(floor.rooms.items())
        if agent_id in room.members
    )
    verdict, detail, until = _agent_verdict(agent, queues)
    return AgentExplanation(agent_id=agent_id, verdict=verdict, detail=detail, until=until, queues=queues)


def _agent_verdict(agent: Agent, queues: tuple[QueueOutlook, ...]) -> tuple[str, str, datetime | None]:
    if agent.profile is None:
        return "removed", "", None
    if agent.state is not AgentState.AVAILABLE:
        return agent.state.value, agent.reason or "", agent.acw_ends_at
    if not agent.reachable:
        return "unreachable", agent.unreachable_why or "no_phone", None
    if not queues:
        return "no_queues", "", None
    if not any(queue.waiting for queue in queues):
        return "nobody_waiting", "", None
    barriers = [barrier for queue in queues for barrier in queue.barriers]
    pauses = [datetime.fromisoformat(b.detail) for b in barriers if b.reason == "cooling_off"]
    if pauses:
        return "cooling_off", "", min(pauses)
    if any(barrier.reason in LASTING | {"media"} for barrier in barriers):
        return "not_qualified", "", None
    return "others_offered", "", None


def _outlook(floor: Floor, room: Room, agent: Agent, now: datetime) -> QueueOutlook:
    reasons: Counter[tuple[str, str]] = Counter()
    for key in room.order:
        reason = _barrier(agent, floor.contacts[key[3]], now)
        if reason is not None:
            reasons[reason] += 1
    return QueueOutlook(
        queue_id=room.policy.queue_id,
        waiting=len(room.order),
        for_him=len(room.order) - sum(reasons.values()),
        ahead=_ahead(floor, room, agent),
        barriers=tuple(
            Barrier(reason=reason, detail=detail, contacts=count)
            for (reason, detail), count in reasons.most_common()
        ),
    )


def _barrier(agent: Agent, contact: Contact, now: datetime) -> tuple[str, str] | None:
    """What about this contact, and not about the agent's own state, keeps it from him."""
    if contact.suspended:
        return "caller_lost", ""
    if contact.offer_id is not None:
        return "being_offered", ""
    found = exclusion(agent, contact, now)
    if found is None or found.reason in ("not_available", "unreachable"):
        return None
    return found.reason, found.detail


def _ahead(floor: Floor, room: Room, agent: Agent) -> int | None:
    if not agent.listed or shortfall(agent.skills, room.needs) is not None:
        return None
    mine = rank(agent, room.policy, room.needs)
    rivals = (other for other in room.members.values() if other.listed)
    return sum(
        shortfall(rival.skills, room.needs) is None and rank(rival, room.policy, room.needs) < mine
        for rival in rivals
    )
