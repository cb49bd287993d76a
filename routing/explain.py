"""Why is this caller waiting, and what comes next?

Answers are codes with values; the words are the page's. They are worked out when asked for, so they cost
the router nothing while it decides. `explain_agent` has the other half: why does this agent get no calls?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from calendars import is_open
from routing.agents import BUSY, Agent
from routing.contacts import Contact
from routing.floor import Floor
from routing.ranking import shortfall
from routing.steps import Steps
from routing.types import VOICE, AgentState, Exclusion, OfferRecord

LASTING = frozenset({"queue_not_served", "not_among_only", "skill_missing", "skill_low", "excluded"})
"""Reasons that no waiting cures, but for a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """Something that happens to a waiting contact by itself.

    `what`: `step` (a step is looked at; `detail` its id), `max_wait` (the longest wait is over), `preferred`
    (others may take it too), `ring_on` (one more agent rings), `cooling_off` (`detail` may be asked again),
    `callback` (the next attempt), `callback_expires`.
    """

    at: datetime
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a contact waits.

    `verdict` is one of `not_waiting`, `caller_lost`, `choosing` (the caller is asked whether a callback is
    wanted), `being_offered`, `callback_hours`, `callback_later` (between attempts), `callback_dialling`,
    `callback_turn` (as many customers are being dialled as agents are free), `preferred_wait`, `blending`,
    `nobody_serves_queue`, `nobody_qualified`, `nobody_signed_in`, `nobody_reachable`, `cooling_off`,
    `all_busy`.
    """

    contact_id: str
    queue_id: str | None
    verdict: str
    until: datetime | None = None
    """When by itself something changes: the offer, the first cool-off or the wait for one agent ends, ..."""
    position: int | None = None
    """1-based place in its queue."""
    ahead: tuple[str, ...] = ()
    """Contacts before it in its queue, first in line first."""
    offered_to: str | None = None
    """Of several whom it rings, the first."""
    offered_before: tuple[str, ...] = ()
    agents: tuple[Exclusion, ...] = ()
    """Each agent who serves the queue and why not he, in order of id."""
    preferred_agent: str | None = None
    """Whom alone it waits for."""
    shut_by: str | None = None
    """Who closed the queue, while it is closed."""
    rules: tuple[str, ...] = ()
    """Why it stands elsewhere than its enqueue instant says."""
    priority: int = 0
    """The effective one: as queued, plus tier, case and steps."""
    next: tuple[Upcoming, ...] = ()
    """What comes, the earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """So many contacts of a queue are kept from an agent by one reason."""

    reason: str
    """As in `Exclusion`; besides `being_offered`, `caller_lost`, `choosing`, `callback_hours`,
    `callback_dialling`."""
    detail: str
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A free agent who comes before another."""

    agent_id: str
    key: Mapping[str, str]
    """What ranks him, in words, in order of weight: {'skill': '8', 'idle_s': '74.2'}."""


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
    key: Mapping[str, str] = field(default_factory=dict)
    """What ranks him here, if he is free for it."""
    rivals: tuple[Rival, ...] = ()
    """The first of those ahead, at most three."""
    lacks: str = ""
    """What he lacks for a plain caller: `Welsh:3` (skill:needed), `Welsh:2:3` (skill:held:needed)."""
    shut: bool = False
    gated: bool = False
    """Its contacts yield to other work just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExplanation:
    """Why an agent gets no calls.

    `verdict` is one of `removed`, `signed_out`, `not_ready`, `ringing`, `on_contact`, `acw`,
    `signing_out` (when the other channels' contacts are done), `unreachable`, `no_queues`,
    `nobody_waiting`, `cooling_off`, `not_qualified`, `preferred_wait`, `blending`, `others_offered`.
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
    "Welsh:2:3" (held:needed), `capacity` the channel, `media` the back end, `not_available` the state,
    `unreachable` why, `cooling_off` and `preferred_wait` the instant it ends.
    """
    reason, detail = _lasting(agent, contact) or _passing(agent, contact, now) or ("", "")
    return Exclusion(agent_id=agent.agent_id, reason=reason, detail=detail) if reason else None


def _lasting(agent: Agent, contact: Contact) -> tuple[str, str] | None:
    line = contact.line
    if contact.only_agents:
        if agent.agent_id not in contact.only_agents:
            return "not_among_only", ""
    elif agent.profile is None or agent.profile.queues.isdisjoint((line.room.policy.queue_id, *line.widened)):
        return "queue_not_served", ""
    lack = shortfall(agent.skills, line.needs)
    if lack is not None:
        skill, level, held = lack
        return (
            ("skill_missing", f"{skill}:{level}")
            if held is None
            else ("skill_low", f"{skill}:{held}:{level}")
        )
    if agent.agent_id in contact.excluded:
        return "excluded", ""
    if contact.channel not in agent.channels:
        return "capacity", contact.channel
    return None


def _passing(agent: Agent, contact: Contact, now: datetime) -> tuple[str, str] | None:
    voice = contact.channel == VOICE
    if agent.state is not AgentState.AVAILABLE and (voice or not _works_beside(agent)):
        return "not_available", agent.state.value
    if agent.next_state is AgentState.SIGNED_OUT:
        return "not_available", AgentState.SIGNED_OUT.value
    if agent.has(contact.contact_id):
        return "not_available", AgentState.RINGING.value
    if not agent.reachable:
        return "unreachable", agent.unreachable_why or "no_phone"
    if voice and contact.media not in agent.media:
        return "media", contact.media
    if not agent.free_for(contact.channel):
        return "capacity", contact.channel
    until = contact.cooloff.get(agent.agent_id)
    if until is not None and until > now:
        return "cooling_off", until.isoformat()
    if contact.listed and contact.audience is not None and agent.agent_id not in contact.audience:
        assert contact.preferred_until is not None, "it waits for one agent until some instant"
        return "preferred_wait", contact.preferred_until.isoformat()
    return ("blending", "") if contact.line.room.gated else None


def _works_beside(agent: Agent) -> bool:
    """He may be offered other channels while he is busy with a call."""
    return agent.profile is not None and not agent.profile.voice_blocks and agent.state in BUSY


def why_waiting(
    floor: Floor, offers: Mapping[str, OfferRecord], contact_id: str, now: datetime
) -> Explanation:
    """Why a contact waits. `offers` are the open ones; a contact that does not wait has a verdict too."""
    contact = floor.contacts.get(contact_id)
    if contact is None:
        return Explanation(contact_id=contact_id, queue_id=None, verdict="not_waiting")
    room = contact.line.room
    offer = offers[contact.offer_id] if contact.offer_id is not None else None
    agents = _everyones_reason(floor, contact, now)
    position = floor.position(contact)
    verdict, until = _verdict(floor, contact, offer, agents, now)
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
        preferred_agent=contact.preferred_agent if _waits_for_one(contact) else None,
        shut_by=room.memory.shut_by,
        rules=contact.rules,
        priority=contact.effective_priority,
        next=tuple(sorted(_upcoming(contact), key=lambda one: (one.at, one.what, one.detail))),
    )


def left_out(floor: Floor, contact_id: str, now: datetime, at_most: int) -> tuple[Exclusion, ...]:
    """Each agent who serves its queue and why it is not offered to him; nothing when they are more."""
    contact = floor.contacts.get(contact_id)
    if contact is None or len(contact.only_agents or floor.audience_of(contact.line)) > at_most:
        return ()
    return _everyones_reason(floor, contact, now)


def _everyones_reason(floor: Floor, contact: Contact, now: datetime) -> tuple[Exclusion, ...]:
    if contact.only_agents:
        agents = {agent_id: floor.agents[agent_id] for agent_id in contact.only_agents & floor.agents.keys()}
    else:
        agents = floor.audience_of(contact.line)
    found = (exclusion(agent, contact, now) for _, agent in sorted(agents.items()))
    return tuple(reason for reason in found if reason is not None)


def _waits_for_one(contact: Contact) -> bool:
    return contact.listed and contact.audience is not None and not contact.only_agents


def _verdict(
    floor: Floor, contact: Contact, offer: OfferRecord | None, agents: tuple[Exclusion, ...], now: datetime
) -> tuple[str, datetime | None]:
    if contact.suspended:
        return "caller_lost", None
    if contact.choosing:
        return "choosing", None
    if offer is not None:
        return "being_offered", offer.expires_at
    callback = contact.callback
    if callback is not None and callback.dialling:
        return "callback_dialling", None
    if callback is not None and callback.not_before is not None:
        return "callback_later" if _may_dial(floor, contact, now) else "callback_hours", callback.not_before
    if _waits_for_one(contact):
        return "preferred_wait", contact.preferred_until
    if contact.to_dial and contact.line.room.dialling and contact.line.idle:
        return "callback_turn", None
    return _verdict_of(agents)


def _may_dial(floor: Floor, contact: Contact, now: datetime) -> bool:
    """Whether it is inside calling hours."""
    calendar = floor.policies.calendars.get(contact.line.room.policy.callbacks.calendar or "")
    return calendar is None or is_open(calendar, now).open


def _verdict_of(agents: tuple[Exclusion, ...]) -> tuple[str, datetime | None]:
    """The most telling reason: what no waiting cures first, what cures itself last."""
    reasons = [agent.reason for agent in agents]
    passing = [agent for agent in agents if agent.reason not in LASTING]
    if not reasons:
        return "nobody_serves_queue", None
    if not passing:
        return "nobody_qualified", None
    if any(agent.reason == "blending" for agent in passing):
        return "blending", None
    pauses = [datetime.fromisoformat(agent.detail) for agent in passing if agent.reason == "cooling_off"]
    if pauses:
        return "cooling_off", min(pauses)
    working = [agent for agent in passing if agent.detail != AgentState.SIGNED_OUT]
    if not working:
        return "nobody_signed_in", None
    if all(agent.reason in ("unreachable", "media") for agent in working):
        return "nobody_reachable", None
    return "all_busy", None


def _upcoming(contact: Contact) -> list[Upcoming]:
    """What will happen to it by itself, unless something else does before."""
    callback = contact.callback
    fixed = (
        (contact.leaves_at, "max_wait"),
        (contact.preferred_until if _waits_for_one(contact) else None, "preferred"),
        (contact.rings_on_at, "ring_on"),
        (callback.not_before if callback else None, "callback"),
        (callback.expires_at if callback else None, "callback_expires"),
    )
    found = [Upcoming(at=at, what=what) for at, what in fixed if at is not None]
    for agent_id, until in contact.cooloff.items():
        found.append(Upcoming(at=until, what="cooling_off", detail=agent_id))
    for step in contact.line.room.policy.steps:
        at = Steps.due_at(contact, step)
        if at is not None:
            found.append(Upcoming(at=at, what="step", detail=step.step_id))
    return found
