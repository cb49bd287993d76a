"""What an outside observer of the router writes down: callers, agents, places, from events and effects alone.

Nothing here looks into the router. Where the rules leave the router a choice the books follow what it said;
`oracle` judges whether it was allowed to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calendars import Calendar
from routing.types import (
    MISSED_REASON,
    ON_DEMAND_REASON,
    VOICE,
    AbandonedRecord,
    Across,
    AgentProfile,
    AgentState,
    CallbackMode,
    ContactQueued,
    OfferMade,
    OfferOutcome,
    PoliciesChanged,
    QueuePolicy,
    QueueStep,
    StateRequested,
)

BUSY = (AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW)
ZERO = timedelta(0)


class Violation(AssertionError):
    def __init__(self, rule: str, detail: object) -> None:
        super().__init__(rule, detail)
        self.rule = rule
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


def demand(holds: object, rule: str, detail: object) -> None:
    if not holds:
        raise Violation(rule, detail)


@dataclass(slots=True)
class Slot:
    """One contact of a channel other than voice at a desk."""

    contact_id: str
    channel: str
    since: datetime
    offer_id: str | None = None
    acw_ends_at: datetime | None = None


@dataclass(slots=True)
class Desk:
    """What is known of an agent."""

    agent_id: str
    profile: AgentProfile | None = None
    state: AgentState = AgentState.SIGNED_OUT
    reason: str | None = None
    next: tuple[AgentState, str | None] | None = None
    reachable: bool = False
    media: frozenset[str] = frozenset()
    contact_id: str | None = None
    queue_id: str | None = None
    acw_ends_at: datetime | None = None
    acw_extended: timedelta = ZERO
    misses: int = 0
    once: bool = False
    slots: list[Slot] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Nothing about him speaks against one more contact."""
        holds = self.state is AgentState.AVAILABLE and self.reachable and self.next is None
        return holds and self.profile is not None and not (self.once and any(s.offer_id for s in self.slots))

    def free_for(self, channel: str) -> bool:
        """Whether he may be offered one more contact of this channel."""
        if self.profile is None or not self.reachable:
            return False
        if self.once and (self.state is AgentState.RINGING or any(slot.offer_id for slot in self.slots)):
            return False
        if self.state is AgentState.AVAILABLE:
            willing = self.next is None
        else:
            stays = self.next is None or self.next[0] is AgentState.AVAILABLE
            willing = channel != VOICE and not self.profile.voice_blocks and self.state in BUSY and stays
        used = 0 if channel == VOICE else sum(slot.channel == channel for slot in self.slots)
        return willing and used < self.profile.capacity.get(channel, 0)

    def enter(self, state: AgentState, reason: str | None = None) -> None:
        self.state, self.reason = state, reason
        if state in (AgentState.SIGNED_OUT, AgentState.NOT_READY):
            self.once = False
        if state is AgentState.SIGNED_OUT:
            self.misses = 0

    def move_on(self) -> None:
        """Nothing on the telephone keeps him busy any more."""
        if self.next is None or (self.next[0] is AgentState.SIGNED_OUT and self.slots):
            self.enter(AgentState.AVAILABLE)
            return
        (state, reason), self.next = self.next, None
        self.enter(state, reason)

    def settle(self) -> None:
        """Something of another channel is over."""
        if self.next is not None and self.state not in BUSY:
            leaves = self.next[0] is AgentState.SIGNED_OUT
            if not (leaves and self.slots):
                self.move_on()

    def finish(self) -> None:
        self.contact_id = self.queue_id = self.acw_ends_at = None
        self.acw_extended = ZERO
        self.move_on()

    def take(self, offer: OfferMade, channel: str, now: datetime) -> None:
        """He accepted."""
        self.misses = 0
        if self.once:
            self.once = False
            self.next = self.next or (AgentState.NOT_READY, ON_DEMAND_REASON)
        if channel == VOICE:
            self.enter(AgentState.ON_CONTACT)
            self.contact_id, self.queue_id = offer.contact_id, offer.queue_id
            return
        slot = next(slot for slot in self.slots if slot.offer_id == offer.offer_id)
        slot.offer_id, slot.since = None, now
        self.settle()

    def lose(self, offer: OfferMade, channel: str) -> None:
        """An offer to him is over, and he has not accepted."""
        if channel == VOICE:
            self.move_on()
            return
        self.slots = [slot for slot in self.slots if slot.offer_id != offer.offer_id]
        self.settle()

    def let_slot_go(self, slot: Slot) -> None:
        self.slots.remove(slot)
        self.settle()

    def request(self, event: StateRequested) -> None:
        reason = event.reason if event.state is AgentState.NOT_READY else None
        once = event.once and event.state is AgentState.AVAILABLE
        if self.state in BUSY or (event.state is AgentState.SIGNED_OUT and self.slots):
            self.next, self.once = (event.state, reason), once
            return
        known = (self.state, self.reason, self.once) == (event.state, reason, once)
        self.next = None
        if known:
            return
        if event.state is AgentState.AVAILABLE:
            self.misses = 0
        if (self.state, self.reason) != (event.state, reason):
            self.enter(event.state, reason)
        self.once = once

    def miss(self, limit: int) -> None:
        self.misses += 1
        stays = self.next is None or self.next[0] is AgentState.AVAILABLE
        if 0 < limit <= self.misses and stays:
            self.next = (AgentState.NOT_READY, MISSED_REASON)


@dataclass(slots=True)
class Callback:
    mode: CallbackMode
    dialling: bool = False
    answered: bool = False


@dataclass(slots=True)
class Caller:
    """What is known of a waiting contact."""

    asked: ContactQueued
    queue_id: str
    priority: int
    place_at: datetime
    entered_at: datetime
    attributes: dict[str, str]
    media: str
    preferred: str | None
    preferred_until: datetime | None = None
    leaves_at: datetime | None = None
    suspended: bool = False
    choosing: bool = False
    """Asked whether it wants a callback, and may not wait on otherwise."""
    offers: dict[str, OfferMade] = field(default_factory=dict)
    first_offer_at: datetime | None = None
    barred: dict[str, datetime] = field(default_factory=dict)
    relaxed: dict[str, int | None] = field(default_factory=dict)
    widened: set[str] = field(default_factory=set)
    raised: int = 0
    opened: dict[tuple[str, str], int] = field(default_factory=dict)
    """(queue, step) -> how often it acted under the present rules."""
    acted: set[tuple[str, str]] = field(default_factory=set)
    """Those that acted under older ones, and may be repeated."""
    rules: set[str] = field(default_factory=set)
    """Prefixes of rules of which a decision may name one to say why this stands elsewhere."""
    callback: Callback | None = None

    @property
    def contact_id(self) -> str:
        return self.asked.contact_id

    @property
    def voice(self) -> bool:
        return self.asked.channel == VOICE


@dataclass(slots=True)
class Work:
    """A contact that an agent handles."""

    agent_id: str
    channel: str
    queue_id: str
    caller: Caller


class Books:
    def __init__(self) -> None:
        self.policies: dict[str, QueuePolicy] = {}
        self.profiles: dict[str, AgentProfile] = {}
        self.calendars: dict[str, Calendar] = {}
        self.open_queues: frozenset[str] = frozenset()
        """Those in the present configuration."""
        self.across = Across.WEIGHT_THEN_LONGEST
        self.desks: dict[str, Desk] = {}
        self.callers: dict[str, Caller] = {}
        self.handled: dict[str, Work] = {}
        self.abandoned: dict[str, AbandonedRecord] = {}
        self.shut: set[str] = set()
        self.ended: set[str] = set()
        """Contacts that stopped waiting in the step at hand."""

    # --- what follows from the books ----------------------------------------------------------------

    def policy(self, caller: Caller) -> QueuePolicy:
        return self.policies[caller.queue_id]

    def members(self, queue_id: str) -> list[Desk]:
        return [
            self.desks[agent_id] for agent_id, profile in self.profiles.items() if queue_id in profile.queues
        ]

    def needs(self, caller: Caller) -> dict[str, int]:
        needs: dict[str, int] = {}
        queue = () if caller.asked.only_agents else self.policy(caller).requirements
        for requirement in (*queue, *caller.asked.requirements):
            needs[requirement.skill] = max(needs.get(requirement.skill, 0), requirement.level)
        for skill, level in caller.relaxed.items():
            if skill in needs and level is None:
                del needs[skill]
            elif skill in needs and level is not None:
                needs[skill] = level
        return needs

    def skilled(self, caller: Caller, agent_id: str) -> bool:
        profile = self.profiles.get(agent_id)
        return profile is not None and all(
            profile.skills.get(skill, 0) >= level for skill, level in self.needs(caller).items()
        )

    def belongs(self, caller: Caller, agent_id: str) -> bool:
        """Membership, bars by name and `only_agents`; skills are another question."""
        profile = self.profiles.get(agent_id)
        if profile is None or agent_id in caller.asked.excluded_agents:
            return False
        if profile.capacity.get(caller.asked.channel, 0) < 1:
            return False
        if caller.asked.only_agents:
            return agent_id in caller.asked.only_agents
        return bool(profile.queues & {caller.queue_id, *caller.widened})

    def able(self, caller: Caller, agent_id: str) -> bool:
        """He is of those who may take it, and holds what it needs."""
        return self.belongs(caller, agent_id) and self.skilled(caller, agent_id)

    def priority(self, caller: Caller) -> int:
        policy = self.policy(caller)
        tier = policy.tier_priority.get(caller.attributes.get("tier", ""), 0)
        case = policy.case_priority.get(caller.attributes.get("case_priority", ""), 0)
        return caller.priority + tier + case + caller.raised

    def width(self, caller: Caller) -> int:
        """Open offers it may have."""
        policy = self.policy(caller)
        if not policy.strategy.startswith("ring_"):
            return 1
        return policy.ring_width or len(self.desks) + 1

    def waiting(self, queue_id: str) -> list[Caller]:
        return [caller for caller in self.callers.values() if caller.queue_id == queue_id]

    def step(self, queue_id: str, step_id: str) -> QueueStep | None:
        steps = self.policies[queue_id].steps
        return next((step for step in steps if step.step_id == step_id), None)

    # --- keeping them -------------------------------------------------------------------------------

    def configure(self, event: PoliciesChanged) -> None:
        self.policies.update({policy.queue_id: policy for policy in event.queues})
        self.open_queues = frozenset(policy.queue_id for policy in event.queues)
        self.profiles = {profile.agent_id: profile for profile in event.agents}
        self.calendars = dict(event.calendars)
        self.across = event.across
        for agent_id in self.profiles:
            self.desks.setdefault(agent_id, Desk(agent_id))
        for caller in self.callers.values():
            caller.acted.update(caller.opened)
            caller.opened.clear()
        for desk in self.desks.values():
            desk.profile = self.profiles.get(desk.agent_id)

    def dismiss(self) -> None:
        """Whoever has lost his profile gets no more offers; what he is busy with he may finish."""
        for desk in self.desks.values():
            if desk.profile is None and (desk.state in BUSY or desk.slots):
                desk.next = (AgentState.SIGNED_OUT, None)
            elif desk.profile is None:
                desk.enter(AgentState.SIGNED_OUT)

    def admit(self, event: ContactQueued, now: datetime) -> Caller:
        self.ended.discard(event.contact_id)
        caller = self.callers[event.contact_id] = Caller(
            asked=event,
            queue_id=event.queue_id,
            priority=event.priority,
            place_at=event.place_at,
            entered_at=now,
            attributes=dict(event.attributes),
            media=event.media,
            preferred=event.preferred_agent,
        )
        self.prefer(caller, event.preferred_agent, now)
        self.enter(caller, event.queue_id, now)
        return caller

    def prefer(self, caller: Caller, agent_id: str | None, now: datetime) -> None:
        """From now on it waits for this agent alone, for a while."""
        wait = self.policy(caller).preferred_for
        caller.preferred = agent_id
        waits = agent_id is not None and wait and not caller.asked.only_agents
        caller.preferred_until = now + wait if waits else None

    def enter(self, caller: Caller, queue_id: str, now: datetime) -> None:
        """Its wait in this queue begins; its place stays."""
        caller.queue_id, caller.entered_at = queue_id, now
        caller.relaxed, caller.widened, caller.raised = {}, set(), 0
        caller.opened, caller.acted = {}, set()
        longest = self.policies[queue_id].max_wait
        waits = caller.callback is None and not caller.choosing
        caller.leaves_at = now + longest if longest is not None and waits else None

    def end(self, contact_id: str) -> None:
        """It waits no longer."""
        caller = self.callers.pop(contact_id)
        demand(not caller.offers, "offers end as they must", (contact_id, caller.offers))
        demand(contact_id not in self.ended, "a contact ends once", contact_id)
        self.ended.add(contact_id)

    def end_offer(self, offer_id: str, outcome: OfferOutcome, now: datetime) -> OfferMade:
        found = [caller for caller in self.callers.values() if offer_id in caller.offers]
        demand(len(found) == 1, "an offer ends once", (offer_id, outcome))
        caller = found[0]
        offer = caller.offers.pop(offer_id)
        policy, desk = self.policies[offer.queue_id], self.desks[offer.agent_id]
        in_vain = outcome in (OfferOutcome.DECLINED, OfferOutcome.TIMED_OUT)
        if in_vain and policy.decline_cooloff:
            caller.barred[offer.agent_id] = now + policy.decline_cooloff
        if in_vain and offer.agent_id == caller.preferred:
            caller.preferred_until = None
        if outcome is OfferOutcome.ACCEPTED:
            demand(caller.contact_id not in self.handled, "one accepted per contact", offer)
            self.handled[caller.contact_id] = Work(
                offer.agent_id, caller.asked.channel, offer.queue_id, caller
            )
            desk.take(offer, caller.asked.channel, now)
            return offer
        if outcome is OfferOutcome.DECLINED:
            desk.misses = 0
        elif outcome is OfferOutcome.TIMED_OUT:
            desk.miss(policy.misses_to_not_ready)
        desk.lose(offer, caller.asked.channel)
        return offer

    def let_go(self, contact_id: str) -> Work:
        """Nobody handles it any more. An agent-first callback is done with that."""
        work = self.handled.pop(contact_id)
        caller = self.callers.get(contact_id)
        if caller is not None and caller.callback is not None and caller.callback.dialling:
            self.end(contact_id)
        return work

    def time_passes(self, now: datetime) -> None:
        for desk in self.desks.values():
            if desk.acw_ends_at is not None and desk.acw_ends_at <= now:
                desk.finish()
            for slot in list(desk.slots):
                if slot.acw_ends_at is not None and slot.acw_ends_at <= now:
                    desk.let_slot_go(slot)
        for caller in self.callers.values():
            if caller.barred:
                caller.barred = {who: until for who, until in caller.barred.items() if until > now}
        self.abandoned = {
            contact_id: record
            for contact_id, record in self.abandoned.items()
            if now - record.left_at < self.policies[record.queue_id].return_window
        }

    def standing(self) -> Sequence[Caller]:
        return tuple(self.callers.values())
