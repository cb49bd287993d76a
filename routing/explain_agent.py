"""Why does this agent get no calls, and how does each of his queues look to him?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from routing.agents import Agent
from routing.contacts import Contact
from routing.errors import RoutingError
from routing.explain import LASTING, AgentExplanation, Barrier, QueueOutlook, Rival, exclusion
from routing.floor import Floor
from routing.ranking import key_of, rank, shortfall
from routing.rooms import Room
from routing.types import AgentState

RIVALS_TOLD = 3

_HIS_OWN = frozenset({"not_available", "unreachable"})
"""Reasons that lie in the agent's own state and not in the contact."""


def why_no_calls(floor: Floor, agent_id: str, now: datetime) -> AgentExplanation:
    """Why an agent gets no calls.

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
    verdict, detail, until = _verdict(agent, queues)
    return AgentExplanation(agent_id=agent_id, verdict=verdict, detail=detail, until=until, queues=queues)


def _verdict(agent: Agent, queues: tuple[QueueOutlook, ...]) -> tuple[str, str, datetime | None]:
    if agent.profile is None:
        return "removed", "", None
    if agent.state is not AgentState.AVAILABLE:
        return agent.state.value, agent.reason or "", agent.acw_ends_at
    if agent.next_state is AgentState.SIGNED_OUT:
        return "signing_out", "", None
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
    if any(barrier.reason in LASTING | {"media", "capacity"} for barrier in barriers):
        return "not_qualified", "", None
    for verdict in ("preferred_wait", "blending"):
        if any(barrier.reason == verdict for barrier in barriers):
            return verdict, "", None
    return "others_offered", "", None


def _outlook(floor: Floor, room: Room, agent: Agent, now: datetime) -> QueueOutlook:
    reasons: Counter[tuple[str, str]] = Counter()
    for key in room.order:
        reason = _barrier(agent, floor.contacts[key[3]], now)
        if reason is not None:
            reasons[reason] += 1
    better = _better(room, agent)
    lack = shortfall(agent.skills, room.needs)
    return QueueOutlook(
        queue_id=room.policy.queue_id,
        waiting=len(room.order),
        for_him=len(room.order) - sum(reasons.values()),
        ahead=len(better) if better is not None else None,
        barriers=tuple(
            Barrier(reason=reason, detail=detail, contacts=count)
            for (reason, detail), count in reasons.most_common()
        ),
        key=_key(floor, room, agent, now) if better is not None else {},
        rivals=tuple(
            Rival(agent_id=rival.agent_id, key=_key(floor, room, rival, now))
            for rival in (better or [])[:RIVALS_TOLD]
        ),
        lacks=_told(*lack) if lack is not None else "",
        shut=room.memory.shut,
        gated=room.gated,
    )


def _told(skill: str, level: int, held: int | None) -> str:
    return f"{skill}:{level}" if held is None else f"{skill}:{held}:{level}"


def _key(floor: Floor, room: Room, agent: Agent, now: datetime) -> dict[str, str]:
    return key_of(agent, room.policy, room.needs, "", floor.seed, now)


def _barrier(agent: Agent, contact: Contact, now: datetime) -> tuple[str, str] | None:
    """What about this contact, and not about the agent's own state, keeps it from him."""
    if contact.suspended:
        return "caller_lost", ""
    if contact.choosing:
        return "choosing", ""
    if contact.offer_ids and not contact.rings_on:
        return "being_offered", ""
    if contact.callback is not None and contact.callback.dialling:
        return "callback_dialling", ""
    if contact.put_off:
        return "callback_hours", ""
    found = exclusion(agent, contact, now)
    if found is None or found.reason in _HIS_OWN:
        return None
    if found.reason == "capacity" and contact.channel in agent.channels:
        return None
    return found.reason, found.detail


def _better(room: Room, agent: Agent) -> list[Agent] | None:
    """The free agents who come before him for a plain caller, the best first. None: he is not free, or
    could not be offered one."""
    if not agent.listed or shortfall(agent.skills, room.needs) is not None:
        return None
    policy, needs = room.policy, room.needs
    mine = rank(agent, policy, needs)
    ranked = (
        (rank(rival, policy, needs), rival)
        for rival in room.members.values()
        if rival.listed and shortfall(rival.skills, needs) is None
    )
    better = [(place, rival.agent_id, rival) for place, rival in ranked if place < mine]
    return [rival for _, _, rival in sorted(better, key=lambda one: one[:2])]
