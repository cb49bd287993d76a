"""A second, slow and plain reading of the routing rules, which judges every step of a router.

The judge is told the same events as the router and sees its effects. It keeps its own books from them,
looks at every pair of contact and agent, and raises `Violation` naming the rule that was broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.router import Router
from routing.types import (
    MISSED_REASON,
    AgentProfile,
    AgentState,
    ContactLeft,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    Effect,
    Event,
    HandlingEnded,
    OfferAnswered,
    OfferEnded,
    OfferMade,
    OfferOutcome,
    OfferRefused,
    PoliciesChanged,
    QueuePolicy,
    ReachabilityChanged,
    StateChanged,
    StateRequested,
    Strategy,
    WrapUpExtended,
    WrapUpFinished,
)

BUSY = (AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW)


class Violation(AssertionError):
    def __init__(self, rule: str, detail: object) -> None:
        super().__init__(rule, detail)
        self.rule = rule
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


def demand(holds: bool, rule: str, detail: object) -> None:
    if not holds:
        raise Violation(rule, detail)


@dataclass(slots=True)
class Desk:
    """What the judge knows of an agent."""

    agent_id: str
    state: AgentState = AgentState.SIGNED_OUT
    reason: str | None = None
    next: tuple[AgentState, str | None] | None = None
    reachable: bool = False
    media: frozenset[str] = frozenset()
    idle_since: datetime | None = None
    contact_id: str | None = None
    queue_id: str | None = None
    acw_ends_at: datetime | None = None
    acw_extended: timedelta = timedelta(0)
    misses: int = 0

    def enter(self, state: AgentState, reason: str | None, now: datetime) -> None:
        self.state, self.reason = state, reason
        if state is AgentState.AVAILABLE and self.idle_since is None:
            self.idle_since = now
        if state is AgentState.SIGNED_OUT:
            self.idle_since, self.misses = None, 0

    def move_on(self, now: datetime) -> None:
        state, reason = self.next or (AgentState.AVAILABLE, None)
        self.next = None
        self.enter(state, reason, now)

    def finish(self, now: datetime) -> None:
        self.idle_since = now
        self.contact_id = self.queue_id = self.acw_ends_at = None
        self.acw_extended = timedelta(0)
        self.move_on(now)


@dataclass(slots=True)
class Caller:
    """What the judge knows of a waiting contact."""

    asked: ContactQueued
    suspended: bool = False
    offer: OfferMade | None = None
    barred_until: dict[str, datetime] = field(default_factory=dict)


class Judge:
    def __init__(self) -> None:
        self.policies: dict[str, QueuePolicy] = {}
        self.profiles: dict[str, AgentProfile] = {}
        self.desks: dict[str, Desk] = {}
        self.callers: dict[str, Caller] = {}
        self.handled_by: dict[str, str] = {}
        self._expected: list[tuple[str, OfferOutcome]] = []

    # --- one step ---------------------------------------------------------------------------------

    def see(self, event: Event, effects: Sequence[Effect], router: Router, now: datetime) -> None:
        """Judge what the router made of one event."""
        acw_before = {d.agent_id: d.acw_ends_at for d in self.desks.values() if d.state is AgentState.ACW}
        self._expected = []
        self._time_passes(now)
        self._event(event, now)
        self._judge_acw(event, acw_before, router, now)
        ended = [(e.offer_id, e.outcome) for e in effects if isinstance(e, OfferEnded)]
        demand(sorted(ended) == sorted(self._expected), "offers end as they must", (ended, self._expected))
        for effect in effects:
            if isinstance(effect, OfferMade):
                self._judge_offer(effect, now)
        self._judge_rest(router, now)
        reported = [effect.agent for effect in effects if isinstance(effect, StateChanged)]
        demand(
            all(router.agent(record.agent_id) == record for record in reported)
            and len({record.agent_id for record in reported}) == len(reported),
            "an agent's last record is reported once",
            reported,
        )

    # --- the rules, once more ---------------------------------------------------------------------

    def needs(self, asked: ContactQueued) -> dict[str, int]:
        needs: dict[str, int] = {}
        for requirement in (*self.policies[asked.queue_id].requirements, *asked.requirements):
            needs[requirement.skill] = max(needs.get(requirement.skill, 0), requirement.level)
        return needs

    def qualified(self, caller: Caller, agent_id: str) -> bool:
        profile, asked = self.profiles.get(agent_id), caller.asked
        return (
            profile is not None
            and asked.queue_id in profile.queues
            and all(profile.skills.get(skill, 0) >= level for skill, level in self.needs(asked).items())
            and agent_id not in asked.excluded_agents
        )

    def free(self, caller: Caller, agent_id: str) -> bool:
        desk = self.desks[agent_id]
        return (
            desk.state is AgentState.AVAILABLE
            and desk.reachable
            and caller.asked.media in desk.media
            and agent_id not in caller.barred_until
        )

    def permitted(self, caller: Caller, agent_id: str) -> bool:
        return (
            caller.offer is None
            and not caller.suspended
            and self.qualified(caller, agent_id)
            and self.free(caller, agent_id)
        )

    def order(self, caller: Caller) -> tuple[int, int, datetime, str]:
        asked = caller.asked
        return -asked.priority, -self.policies[asked.queue_id].weight, asked.place_at, asked.contact_id

    def rank(self, caller: Caller, agent_id: str) -> tuple[int, datetime, str]:
        tier, idle_since = 0, self.desks[agent_id].idle_since
        if self.policies[caller.asked.queue_id].strategy is Strategy.BEST_SKILL_THEN_LONGEST_IDLE:
            tier = -sum(self.profiles[agent_id].skills[skill] for skill in self.needs(caller.asked))
        assert idle_since is not None
        return tier, idle_since, agent_id

    def takers(self, caller: Caller) -> list[str]:
        return [agent_id for agent_id in self.desks if self.permitted(caller, agent_id)]

    def offered_to(self, desk: Desk) -> list[Caller]:
        return [c for c in self.callers.values() if c.offer is not None and c.offer.agent_id == desk.agent_id]

    # --- keeping the books ------------------------------------------------------------------------

    def _time_passes(self, now: datetime) -> None:
        for caller in self.callers.values():
            if caller.offer is not None and caller.offer.expires_at <= now:
                self._end_offer(caller, OfferOutcome.TIMED_OUT, now)
        for desk in self.desks.values():
            if desk.acw_ends_at is not None and desk.acw_ends_at <= now:
                desk.finish(now)
        for caller in self.callers.values():
            barred = caller.barred_until
            caller.barred_until = {agent_id: until for agent_id, until in barred.items() if until > now}

    def _end_offer(self, caller: Caller, outcome: OfferOutcome, now: datetime) -> None:
        offer = caller.offer
        assert offer is not None
        self._expected.append((offer.offer_id, outcome))
        caller.offer = None
        desk, policy = self.desks[offer.agent_id], self.policies[offer.queue_id]
        if outcome in (OfferOutcome.DECLINED, OfferOutcome.TIMED_OUT) and policy.decline_cooloff:
            caller.barred_until[offer.agent_id] = now + policy.decline_cooloff
        if outcome is OfferOutcome.DECLINED:
            desk.misses = 0
        if outcome is OfferOutcome.TIMED_OUT:
            desk.misses += 1
            stays = desk.next is None or desk.next[0] is AgentState.AVAILABLE
            if 0 < policy.misses_to_not_ready <= desk.misses and stays:
                desk.next = (AgentState.NOT_READY, MISSED_REASON)
        if outcome is OfferOutcome.ACCEPTED:
            desk.misses = 0
            desk.enter(AgentState.ON_CONTACT, None, now)
            desk.contact_id, desk.queue_id = offer.contact_id, offer.queue_id
            demand(offer.contact_id not in self.handled_by, "one accepted per contact", offer)
            self.handled_by[offer.contact_id] = offer.agent_id
            del self.callers[offer.contact_id]
        else:
            desk.move_on(now)

    def _event(self, event: Event, now: datetime) -> None:
        match event:
            case PoliciesChanged():
                self._configure(event, now)
            case ContactQueued():
                if event.contact_id not in self.callers and event.contact_id not in self.handled_by:
                    self.callers[event.contact_id] = Caller(event)
            case ContactLeft() | ContactSuspended() | ContactResumed():
                self._caller_event(event, now)
            case OfferAnswered() | OfferRefused():
                answered = isinstance(event, OfferAnswered)
                outcome = OfferOutcome.ACCEPTED if answered else OfferOutcome.DECLINED
                for caller in list(self.callers.values()):
                    offer = caller.offer
                    if offer is not None and (offer.offer_id, offer.agent_id) == (
                        event.offer_id,
                        event.agent_id,
                    ):
                        self._end_offer(caller, outcome, now)
            case StateRequested() | ReachabilityChanged() | HandlingEnded():
                self._desk_event(event, now)
            case WrapUpExtended() | WrapUpFinished():
                self._wrap_up_event(event, now)
            case _:
                pass

    def _caller_event(self, event: ContactLeft | ContactSuspended | ContactResumed, now: datetime) -> None:
        caller = self.callers.get(event.contact_id)
        if caller is None:
            return
        if not isinstance(event, ContactResumed) and caller.offer is not None:
            self._end_offer(caller, OfferOutcome.WITHDRAWN, now)
        if isinstance(event, ContactLeft):
            del self.callers[event.contact_id]
        else:
            caller.suspended = isinstance(event, ContactSuspended)

    def _desk_event(self, event: StateRequested | ReachabilityChanged | HandlingEnded, now: datetime) -> None:
        desk = self.desks[event.agent_id]
        match event:
            case StateRequested():
                reason = event.reason if event.state is AgentState.NOT_READY else None
                if desk.state in BUSY:
                    desk.next = (event.state, reason)
                elif (desk.state, desk.reason) != (event.state, reason):
                    if event.state is AgentState.AVAILABLE:
                        desk.misses = 0
                    desk.enter(event.state, reason, now)
            case ReachabilityChanged():
                desk.reachable, desk.media = event.reachable, event.media
                for caller in self.offered_to(desk):
                    if not desk.reachable or caller.asked.media not in desk.media:
                        self._end_offer(caller, OfferOutcome.WITHDRAWN, now)
            case HandlingEnded():
                if desk.state is AgentState.ON_CONTACT and desk.contact_id == event.contact_id:
                    del self.handled_by[event.contact_id]
                    assert desk.queue_id is not None
                    acw = self.policies[desk.queue_id].acw
                    if event.wrap_up and acw:
                        desk.enter(AgentState.ACW, None, now)
                        desk.acw_ends_at = now + acw
                    else:
                        desk.finish(now)

    def _wrap_up_event(self, event: WrapUpExtended | WrapUpFinished, now: datetime) -> None:
        desk = self.desks[event.agent_id]
        if desk.state is not AgentState.ACW:
            return
        assert desk.acw_ends_at is not None
        assert desk.queue_id is not None
        if isinstance(event, WrapUpFinished):
            desk.finish(now)
            return
        limit = self.policies[desk.queue_id].acw_extend_limit
        granted = max(timedelta(0), min(event.by, limit - desk.acw_extended))
        desk.acw_ends_at += granted
        desk.acw_extended += granted

    def _configure(self, event: PoliciesChanged, now: datetime) -> None:
        self.policies.update({policy.queue_id: policy for policy in event.queues})
        self.profiles = {profile.agent_id: profile for profile in event.agents}
        for agent_id in self.profiles:
            self.desks.setdefault(agent_id, Desk(agent_id))
        for desk in self.desks.values():
            if desk.agent_id in self.profiles or desk.state is AgentState.SIGNED_OUT:
                continue
            if desk.state not in BUSY:
                desk.enter(AgentState.SIGNED_OUT, None, now)
                continue
            desk.next = (AgentState.SIGNED_OUT, None)
            for caller in self.offered_to(desk):
                self._end_offer(caller, OfferOutcome.WITHDRAWN, now)

    # --- judging ----------------------------------------------------------------------------------

    def _judge_acw(
        self, event: Event, before: dict[str, datetime | None], router: Router, now: datetime
    ) -> None:
        for agent_id, ends_at in before.items():
            finished = isinstance(event, WrapUpFinished) and event.agent_id == agent_id
            record = router.agent(agent_id)
            assert record is not None
            if ends_at is not None and now < ends_at and not finished:
                demand(record.state is AgentState.ACW, "ACW is never cut short", (record, ends_at))
                demand(
                    record.acw_ends_at == self.desks[agent_id].acw_ends_at, "ACW is never cut short", record
                )

    def _judge_offer(self, offer: OfferMade, now: datetime) -> None:
        caller, desk = self.callers.get(offer.contact_id), self.desks[offer.agent_id]
        if caller is None:
            raise Violation("a contact ends once", offer)
        demand(caller.offer is None, "one open offer per contact", offer)
        demand(desk.state is not AgentState.RINGING, "one open offer per voice slot", offer)
        demand(desk.state is AgentState.AVAILABLE, "only available agents", (offer, desk))
        demand(desk.reachable and caller.asked.media in desk.media, "only reachable agents", (offer, desk))
        demand(self.qualified(caller, offer.agent_id), "only qualified agents", offer)
        demand(not caller.suspended, "a lost caller is not offered", offer)
        demand(offer.agent_id not in caller.barred_until, "cool-off is kept", offer)
        rivals = [other for other in self.callers.values() if self.permitted(other, offer.agent_id)]
        first = min(rivals, key=self.order)
        demand(first is caller, "order of service", (offer, first))
        takers = self.takers(caller)
        best = min(takers, key=lambda agent_id: self.rank(caller, agent_id))
        demand(best == offer.agent_id, "the best agent", (offer, best))
        ranked = sorted(takers, key=lambda agent_id: self.rank(caller, agent_id))
        told = (offer.decision.eligible, offer.decision.runners_up)
        demand(told == (len(takers), tuple(ranked[1:9])), "the decision tells the truth", (told, ranked))
        caller.offer = offer
        desk.enter(AgentState.RINGING, None, now)

    def _judge_rest(self, router: Router, now: datetime) -> None:
        left = [(c.asked.contact_id, taker) for c in self.callers.values() for taker in self.takers(c)]
        demand(not left, "no permitted pair remains", left)
        for queue_id in self.policies:
            waiting = [c for c in self.callers.values() if c.asked.queue_id == queue_id]
            expected = [caller.asked.contact_id for caller in sorted(waiting, key=self.order)]
            found = [record.contact_id for record in router.waiting(queue_id)]
            demand(found == expected, "everyone keeps his place until he ends", (found, expected))
            places = [router.position(contact_id) for contact_id in found]
            demand(places == list(range(1, len(found) + 1)), "everyone keeps his place until he ends", places)
        for desk in self.desks.values():
            self._judge_record(desk, router)
        due = [c.offer.expires_at for c in self.callers.values() if c.offer is not None]
        due += [desk.acw_ends_at for desk in self.desks.values() if desk.acw_ends_at is not None]
        due += [until for caller in self.callers.values() for until in caller.barred_until.values()]
        demand(router.next_deadline() == min(due, default=None), "the timer is right", (now, due))

    def _judge_record(self, desk: Desk, router: Router) -> None:
        record = router.agent(desk.agent_id)
        assert record is not None
        planned = (record.next_state, record.next_reason) if record.next_state is not None else None
        seen = (record.state, record.reason, planned, record.idle_since, record.contact_id, record.misses)
        wanted = (desk.state, desk.reason, desk.next, desk.idle_since, desk.contact_id, desk.misses)
        demand(seen == wanted, "agents are in the state they must be in", (record, desk))
