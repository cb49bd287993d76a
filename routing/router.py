"""Automatic call distribution: who gets which contact.

`handle(event, now)` does four things in this order: what was due by `now` happens; the event happens;
free agents and waiting contacts are matched; the records that changed are reported. An invalid request
raises `RoutingError` before any of it. Afterwards no pair of a waiting contact and an available agent is
left that the rules permit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.deadlines import Due, DueKind
from routing.explain import AgentExplanation, Explanation, why_no_calls, why_waiting
from routing.floor import Floor
from routing.ledger import Ledger
from routing.live import Agent, Contact
from routing.offers import Offers
from routing.requests import check, check_rows
from routing.types import (
    AgentRecord,
    AgentState,
    Changes,
    ContactLeft,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    DeadlineReached,
    Effect,
    Event,
    HandlingEnded,
    OfferAnswered,
    OfferRecord,
    OfferRefused,
    PoliciesChanged,
    QueuePolicy,
    ReachabilityChanged,
    StateRequested,
    WaitingRecord,
    WrapUpExtended,
    WrapUpFinished,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSnapshot:
    """All a router knows, each part sorted by id; two routers with equal ones decide alike."""

    policies: PoliciesChanged
    agents: tuple[AgentRecord, ...]
    waiting: tuple[WaitingRecord, ...]
    offers: tuple[OfferRecord, ...]
    """The open ones."""
    next_deadline: datetime | None


class Router:
    """The core. Not safe for threads; one writer owns it."""

    def __init__(self, new_id: Callable[[str], str]) -> None:
        """Args:
        new_id: makes an id that was never used before; called with `"offer"`.
        """
        self._floor = Floor()
        self._ledger = Ledger()
        self._offers = Offers(self._floor, self._ledger, new_id)
        self._handled_by: dict[str, str] = {}
        """Contact -> agent who talks to it."""
        self._policies = PoliciesChanged(queues=(), agents=())
        self._reconciled = True

    # --- what the shell calls ---------------------------------------------------------------------

    def handle(self, event: Event, now: datetime) -> list[Effect]:
        """Take note of one event, and decide what follows from it.

        Args:
            event: what happened.
            now: aware; never earlier than in the call before.

        Returns:
            Effects in the order in which they took place, then one `StateChanged` for each agent whose
            record is another now.

        Raises:
            RoutingError: the request is invalid. Nothing changed.
        """
        check(event, self._floor)
        if not self._reconciled:
            self._reconcile(now)
        self._offers.let_pass(now)
        self._take(event, now)
        self._offers.match(now)
        return self._ledger.take_effects()

    def next_deadline(self) -> datetime | None:
        """When `DeadlineReached` is wanted."""
        return self._offers.deadlines.next_at()

    def changes(self) -> Changes:
        """What must be written since the last call."""
        return self._ledger.take_changes()

    def restore(
        self,
        policies: PoliciesChanged,
        agents: Iterable[AgentRecord],
        waiting: Iterable[WaitingRecord],
        offers: Iterable[OfferRecord],
    ) -> None:
        """Become the router that wrote these records. Only for a new one.

        `policies` must hold the rules of every queue that a waiting contact, or an agent on a contact or
        in ACW, is in: `policies()` of the old router does. Offers that have ended are passed over.

        Raises:
            RoutingError: the records contradict each other.
        """
        profiles = {profile.agent_id: profile for profile in policies.agents}
        for record in agents:
            self._floor.agents[record.agent_id] = Agent(record, profiles.get(record.agent_id))
        for place in waiting:
            self._floor.contacts[place.contact_id] = Contact(place)
        self._offers.open.update((offer.offer_id, offer) for offer in offers if offer.outcome is None)
        check_rows(self._floor, self._offers.open, {policy.queue_id for policy in policies.queues})
        self._adopt(policies)
        for agent in self._floor.agents.values():
            if agent.state is AgentState.ON_CONTACT and agent.contact_id is not None:
                self._handled_by[agent.contact_id] = agent.agent_id
        self._offers.schedule_all()

    # --- questions --------------------------------------------------------------------------------

    def agent(self, agent_id: str) -> AgentRecord | None:
        found = self._floor.agents.get(agent_id)
        return found.record() if found else None

    def agents(self) -> tuple[AgentRecord, ...]:
        """All, in order of id."""
        return tuple(agent.record() for _, agent in sorted(self._floor.agents.items()))

    def waiting(self, queue_id: str) -> list[WaitingRecord]:
        """Everyone in a queue in service order, the suspended and the offered included."""
        room = self._floor.rooms.get(queue_id)
        return [self._floor.contacts[key[3]].record() for key in room.order] if room else []

    def contact(self, contact_id: str) -> WaitingRecord | None:
        """A contact that waits."""
        found = self._floor.contacts.get(contact_id)
        return found.record() if found else None

    def position(self, contact_id: str) -> int | None:
        """1-based place in its queue."""
        contact = self._floor.contacts.get(contact_id)
        return self._floor.position(contact) if contact else None

    def offer(self, offer_id: str) -> OfferRecord | None:
        """An open offer."""
        return self._offers.open.get(offer_id)

    def policies(self) -> PoliciesChanged:
        """The rules in force, those of queues that are gone but still needed included."""
        given = {policy.queue_id for policy in self._policies.queues}
        kept = (room.policy for queue_id, room in sorted(self._floor.rooms.items()) if queue_id not in given)
        return replace(self._policies, queues=(*self._policies.queues, *kept))

    def snapshot(self) -> RouterSnapshot:
        return RouterSnapshot(
            policies=self.policies(),
            agents=self.agents(),
            waiting=tuple(contact.record() for _, contact in sorted(self._floor.contacts.items())),
            offers=tuple(offer for _, offer in sorted(self._offers.open.items())),
            next_deadline=self.next_deadline(),
        )

    def explain_contact(self, contact_id: str, now: datetime) -> Explanation:
        """Why is this caller waiting?"""
        return why_waiting(self._floor, self._offers.open, contact_id, now)

    def explain_agent(self, agent_id: str, now: datetime) -> AgentExplanation:
        """Why am I getting no calls?

        Raises:
            RoutingError: there is no such agent.
        """
        return why_no_calls(self._floor, agent_id, now)

    # --- contacts ---------------------------------------------------------------------------------

    def _take(self, event: Event, now: datetime) -> None:
        match event:
            case ContactQueued():
                self._queue(event, now)
            case OfferAnswered():
                self._answer(event, now)
            case HandlingEnded():
                self._end_handling(event, now)
            case ContactLeft():
                self._leave(event, now)
            case OfferRefused():
                self._refuse(event, now)
            case StateRequested():
                self._request_state(event, now)
            case ReachabilityChanged():
                self._change_reachability(event, now)
            case ContactSuspended():
                self._suspend(event, now)
            case ContactResumed():
                self._resume(event)
            case WrapUpExtended():
                self._extend_wrap_up(event)
            case WrapUpFinished():
                self._finish_wrap_up(event, now)
            case PoliciesChanged():
                self._adopt(event)
                self._reconcile(now)
            case DeadlineReached():
                pass

    def _queue(self, event: ContactQueued, now: datetime) -> None:
        if event.contact_id in self._floor.contacts or event.contact_id in self._handled_by:
            self._ledger.stale("contact", event.contact_id)
            return
        contact = Contact(
            WaitingRecord(
                contact_id=event.contact_id,
                queue_id=event.queue_id,
                media=event.media,
                priority=event.priority,
                place_at=event.place_at,
                queued_at=now,
                requirements=event.requirements,
                excluded_agents=event.excluded_agents,
            )
        )
        self._floor.admit(contact)
        self._offers.note_contact(contact)

    def _leave(self, event: ContactLeft, now: datetime) -> None:
        contact = self._waiting_contact(event.contact_id)
        if contact is not None:
            self._withdraw(contact, event.why, now)
            self._offers.forget(contact)

    def _suspend(self, event: ContactSuspended, now: datetime) -> None:
        contact = self._waiting_contact(event.contact_id)
        if contact is not None and not contact.suspended:
            self._withdraw(contact, "caller_lost", now)
            self._floor.shut(contact)
            contact.suspended = True
            self._ledger.contact(contact)

    def _resume(self, event: ContactResumed) -> None:
        contact = self._waiting_contact(event.contact_id)
        if contact is not None and contact.suspended:
            contact.suspended = False
            self._offers.reopen(contact)

    def _waiting_contact(self, contact_id: str) -> Contact | None:
        contact = self._floor.contacts.get(contact_id)
        if contact is None:
            self._ledger.stale("contact", contact_id)
        return contact

    def _withdraw(self, contact: Contact, reason: str, now: datetime) -> None:
        if contact.offer_id is not None:
            self._offers.withdraw(self._offers.open[contact.offer_id], reason, now)

    # --- offers and handling ----------------------------------------------------------------------

    def _answer(self, event: OfferAnswered, now: datetime) -> None:
        offer = self._open_offer(event.offer_id, event.agent_id)
        if offer is not None:
            self._offers.accept(offer, now)
            self._handled_by[offer.contact_id] = offer.agent_id

    def _refuse(self, event: OfferRefused, now: datetime) -> None:
        offer = self._open_offer(event.offer_id, event.agent_id)
        if offer is not None:
            self._offers.decline(offer, event.reason, now)

    def _open_offer(self, offer_id: str, agent_id: str) -> OfferRecord | None:
        offer = self._offers.open.get(offer_id)
        if offer is None or offer.agent_id != agent_id:
            self._ledger.stale("offer", offer_id)
            return None
        return offer

    def _end_handling(self, event: HandlingEnded, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        if agent.state is not AgentState.ON_CONTACT or agent.contact_id != event.contact_id:
            self._ledger.stale("handling", event.contact_id)
            return
        del self._handled_by[event.contact_id]
        acw = self._policy(agent).acw
        if event.wrap_up and acw > timedelta(0):
            agent.enter(AgentState.ACW, None, now)
            self._end_acw_at(agent, now + acw)
        else:
            agent.finish_work(now)
        self._offers.note_agent(agent)

    def _extend_wrap_up(self, event: WrapUpExtended) -> None:
        agent = self._floor.agents[event.agent_id]
        if agent.acw_ends_at is None:
            self._ledger.stale("acw", event.agent_id)
            return
        granted = min(event.by, self._policy(agent).acw_extend_limit - agent.acw_extended)
        if granted > timedelta(0):
            agent.acw_extended += granted
            self._end_acw_at(agent, agent.acw_ends_at + granted)
            self._offers.note_agent(agent)

    def _finish_wrap_up(self, event: WrapUpFinished, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        if agent.state is not AgentState.ACW:
            self._ledger.stale("acw", event.agent_id)
            return
        agent.finish_work(now)
        self._offers.note_agent(agent)

    def _end_acw_at(self, agent: Agent, at: datetime) -> None:
        agent.acw_ends_at = at
        self._offers.deadlines.add(Due(at, DueKind.ACW, agent.agent_id))

    def _policy(self, agent: Agent) -> QueuePolicy:
        """The rules of the queue whose contact he handles, or handled."""
        assert agent.queue_id is not None, "an agent at work knows for which queue"
        return self._floor.rooms[agent.queue_id].policy

    # --- agents -----------------------------------------------------------------------------------

    def _request_state(self, event: StateRequested, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        reason = event.reason if event.state is AgentState.NOT_READY else None
        if agent.busy:
            agent.next_state, agent.next_reason = event.state, reason
        elif (agent.state, agent.reason) == (event.state, reason):
            return
        else:
            if event.state is AgentState.AVAILABLE:
                agent.misses = 0
            agent.enter(event.state, reason, now)
        self._offers.note_agent(agent)

    def _change_reachability(self, event: ReachabilityChanged, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        why = None if event.reachable else event.why
        if (agent.reachable, agent.unreachable_why, agent.media) == (event.reachable, why, event.media):
            return
        agent.reachable, agent.unreachable_why = event.reachable, why
        agent.unreachable_since = None if event.reachable else agent.unreachable_since or now
        if agent.media != event.media:
            if agent.listed:
                self._floor.delist(agent)
            agent.media = event.media
            self._floor.rewire(agent)
        if agent.offer_id is not None:
            contact = self._floor.contacts[self._offers.open[agent.offer_id].contact_id]
            if not agent.reachable or contact.media not in agent.media:
                self._withdraw(contact, "agent_unreachable", now)
        self._offers.note_agent(agent)

    # --- configuration ----------------------------------------------------------------------------

    def _adopt(self, policies: PoliciesChanged) -> None:
        self._policies = policies
        self._floor.configure(policies.queues, policies.agents)
        self._offers.note_all()
        self._reconciled = False

    def _reconcile(self, now: datetime) -> None:
        """Each new profile gets its record, signed out; whoever has lost his profile is dismissed."""
        for profile in self._policies.agents:
            if profile.agent_id not in self._floor.agents:
                record = AgentRecord(agent_id=profile.agent_id, state=AgentState.SIGNED_OUT, since=now)
                agent = Agent(record, profile)
                self._floor.join(agent)
                self._offers.note_agent(agent)
        for agent in self._floor.agents.values():
            if agent.profile is None and agent.state is not AgentState.SIGNED_OUT:
                self._dismiss(agent, now)
        self._reconciled = True

    def _dismiss(self, agent: Agent, now: datetime) -> None:
        """He gets no more offers; what he is busy with he may finish."""
        if agent.busy:
            agent.next_state, agent.next_reason = AgentState.SIGNED_OUT, None
            if agent.offer_id is not None:
                self._offers.withdraw(self._offers.open[agent.offer_id], "agent_removed", now)
        else:
            agent.enter(AgentState.SIGNED_OUT, None, now)
        self._offers.note_agent(agent)
