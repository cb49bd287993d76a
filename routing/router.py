"""Automatic call distribution: who gets which contact.

`handle(event, now)` does four things in this order: what was due by `now` happens; the event happens;
free agents and waiting contacts are matched; the records that changed are reported. An invalid request
raises `RoutingError` before any of it. Afterwards no pair of a waiting contact and a free agent is left
that the rules permit.

The parts: `floor` is where agents and contacts are, `choice` finds the best of them for each other, `notes`
remembers what an event changed, `matching` makes `offers` of it. `places` and `ways` are how contacts come,
move and go; `steps`, `callbacks`, `returns` and `gates` the rules over waiting; `handling` what agents do,
`timers` what time does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from routing.agents import Agent
from routing.callbacks import Callbacks
from routing.choice import Choice
from routing.contacts import Contact
from routing.explain import AgentExplanation, Explanation, left_out, why_waiting
from routing.explain_agent import why_no_calls
from routing.floor import Floor
from routing.gates import Gates
from routing.handling import Handling
from routing.ledger import Ledger
from routing.matching import Matching
from routing.notes import Notes
from routing.offers import Offers
from routing.places import Places
from routing.requests import check, check_rows
from routing.returns import Returns
from routing.rooms import QueueMemory
from routing.steps import Steps
from routing.timers import Timers
from routing.types import (
    AbandonedRecord,
    AgentRecord,
    AgentState,
    CallbackAnswered,
    CallbackChosen,
    CallbackFailed,
    Changes,
    ContactLeft,
    ContactMoved,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    ContactUpdated,
    DeadlineReached,
    Effect,
    Event,
    Exclusion,
    HandlingEnded,
    HandlingHanded,
    OfferAnswered,
    OfferRecord,
    OfferRefused,
    PoliciesChanged,
    QueueRecord,
    QueueReopened,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    WaitingRecord,
    WrapUpExtended,
    WrapUpFinished,
)
from routing.ways import Ways


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSnapshot:
    """All a router knows, each part sorted by id; two routers with equal ones decide alike."""

    policies: PoliciesChanged
    agents: tuple[AgentRecord, ...]
    waiting: tuple[WaitingRecord, ...]
    offers: tuple[OfferRecord, ...]
    """The open ones."""
    next_deadline: datetime | None
    queues: tuple[QueueRecord, ...] = ()
    abandoned: tuple[AbandonedRecord, ...] = ()
    taken: int = field(default=0, compare=False)
    """Events taken so far: a count for the records of decisions, which decides nothing."""


class Router:
    """The core. Not safe for threads; one writer owns it."""

    def __init__(self, new_id: Callable[[str], str], *, seed: int = 0) -> None:
        """Args:
        new_id: makes an id that was never used before; called with `"offer"`.
        seed: of `Strategy.WEIGHTED_RANDOM`. A draw depends on it and on the ids of contact and agent
            alone, so it comes out the same after a restart.
        """
        timers = self._timers = Timers()
        floor = self._floor = Floor(seed)
        choice = self._choice = Choice(floor)
        ledger = self._ledger = Ledger()
        notes = self._notes = Notes(floor, ledger)
        deadlines = timers.deadlines
        offers = self._offers = Offers(floor, choice, ledger, notes, deadlines, new_id)
        returns = self._returns = Returns(floor, ledger, deadlines)
        ways = self._ways = Ways(floor, ledger, notes, deadlines, offers, returns)
        steps = self._steps = Steps(floor, choice, ledger, notes, deadlines, ways)
        callbacks = self._callbacks = Callbacks(floor, ledger, notes, deadlines, offers, ways)
        handling = self._handling = Handling(floor, ledger, notes, deadlines, offers, callbacks)
        self._places = Places(floor, ledger, notes, deadlines, offers, ways, returns)
        self._matching = Matching(floor, choice, notes, offers, Gates(floor, ledger, notes), callbacks)
        timers.serve(floor, notes, offers, returns, ways, steps, callbacks, handling)
        self._reconciled = True
        self._take = self._takers()

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
        self._offers.taken += 1
        if not self._reconciled:
            self._reconcile(now)
        deadlines = self._timers.deadlines
        if deadlines.due(now):
            self._timers.let_pass(now)
        self._take[type(event)](event, now)
        if deadlines.due(now):
            # What was put off until an offer's end, or is due since long under new rules, is due now.
            self._timers.let_pass(now)
        self._settle(now)
        return self._ledger.take_effects()

    def _settle(self, now: datetime) -> None:
        """Whatever follows from what changed, until nothing follows any more."""
        notes = self._notes
        while True:
            if notes.vacated:
                self._ways.clear_vacated(now)
            if notes.entered:
                self._steps.begin(now)
            self._matching.match(now)
            if (
                not (self._steps.skippable and self._steps.skip(now))
                and not notes.vacated
                and not notes.entered
            ):
                return

    def next_deadline(self) -> datetime | None:
        """When `DeadlineReached` is wanted."""
        return self._timers.deadlines.next_at()

    def changes(self) -> Changes:
        """What must be written since the last call."""
        return self._ledger.take_changes()

    def restore(
        self,
        policies: PoliciesChanged,
        agents: Iterable[AgentRecord],
        waiting: Iterable[WaitingRecord],
        offers: Iterable[OfferRecord],
        queues: Iterable[QueueRecord] = (),
        abandoned: Iterable[AbandonedRecord] = (),
        *,
        taken: int = 0,
    ) -> None:
        """Become the router that wrote these records. Only for a new one.

        `policies` must hold the rules of every queue that a waiting contact, or an agent on a contact or
        in ACW, is in: `policies()` of the old router does. Offers that have ended are passed over.

        Args:
            taken: `RouterSnapshot.taken` of the old router, if its count is to go on.

        Raises:
            RoutingError: the records contradict each other.
        """
        floor = self._floor
        profiles = {profile.agent_id: profile for profile in policies.agents}
        for record in agents:
            floor.agents[record.agent_id] = Agent(record, profiles.get(record.agent_id))
        for place in waiting:
            floor.contacts[place.contact_id] = Contact(place)
        self._offers.open.update((offer.offer_id, offer) for offer in offers if offer.outcome is None)
        self._offers.taken = taken
        floor.memories.update((queue.queue_id, QueueMemory(queue)) for queue in queues)
        check_rows(floor, self._offers.open, {policy.queue_id for policy in policies.queues})
        floor.recount()
        self._adopt(policies)
        self._returns.restore(abandoned)
        self._timers.schedule_all()
        self._steps.restored()

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

    def waiting_in(self, queue_id: str) -> tuple[WaitingRecord, ...]:
        """The same, for keeping."""
        return tuple(self.waiting(queue_id))

    def queues(self) -> tuple[QueueRecord, ...]:
        """What every queue remembers, in order of id: those that are gone too, if there is anything."""
        rooms, memories = self._floor.rooms, self._floor.memories
        records = (memory.record() for _, memory in sorted(memories.items()))
        return tuple(r for r in records if r.queue_id in rooms or r != QueueRecord(queue_id=r.queue_id))

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
        policies = self._floor.policies
        given = {policy.queue_id for policy in policies.queues}
        kept = (room.policy for queue_id, room in sorted(self._floor.rooms.items()) if queue_id not in given)
        return replace(policies, queues=(*policies.queues, *kept))

    def snapshot(self) -> RouterSnapshot:
        return RouterSnapshot(
            policies=self.policies(),
            agents=self.agents(),
            waiting=tuple(contact.record() for _, contact in sorted(self._floor.contacts.items())),
            offers=tuple(offer for _, offer in sorted(self._offers.open.items())),
            next_deadline=self.next_deadline(),
            queues=self.queues(),
            abandoned=tuple(record for _, record in sorted(self._returns.records.items())),
            taken=self._offers.taken,
        )

    def explain_contact(self, contact_id: str, now: datetime) -> Explanation:
        """Why is this caller waiting?"""
        return why_waiting(self._floor, self._offers.open, contact_id, now)

    def left_out(self, contact_id: str, now: datetime, at_most: int = 500) -> tuple[Exclusion, ...]:
        """Who is not offered this contact and why, for the record of a decision.

        Args:
            at_most: beyond so many agents nobody is looked at; `explain_contact` answers when asked.
        """
        return left_out(self._floor, contact_id, now, at_most)

    def explain_agent(self, agent_id: str, now: datetime) -> AgentExplanation:
        """Why am I getting no calls?

        Raises:
            RoutingError: there is no such agent.
        """
        return why_no_calls(self._floor, agent_id, now)

    # --- what happens -----------------------------------------------------------------------------

    def _takers(self) -> Mapping[type[Any], Callable[[Any, datetime], None]]:
        """Which part takes which event."""
        places, ways, callbacks, handling = self._places, self._ways, self._callbacks, self._handling
        return {
            PoliciesChanged: self._change_policies,
            StateRequested: handling.request_state,
            ReachabilityChanged: handling.change_reachability,
            ContactQueued: places.queue,
            ContactUpdated: places.update,
            ContactMoved: places.move,
            ContactSuspended: places.suspend,
            ContactResumed: lambda event, _: places.resume(event),
            ContactLeft: places.leave,
            OfferAnswered: self._answer,
            OfferRefused: self._refuse,
            HandlingEnded: handling.end,
            HandlingHanded: lambda event, _: handling.hand(event),
            WrapUpExtended: lambda event, _: handling.extend(event),
            WrapUpFinished: handling.finish,
            CallbackChosen: callbacks.choose,
            CallbackAnswered: lambda event, _: callbacks.answer(event),
            CallbackFailed: callbacks.fail,
            QueueShut: ways.shut,
            QueueReopened: lambda event, _: ways.reopen(event),
            DeadlineReached: lambda event, now: None,
        }

    def _answer(self, event: OfferAnswered, now: datetime) -> None:
        offer = self._open_offer(event.offer_id, event.agent_id)
        if offer is not None:
            self._offers.accept(offer, now)

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

    # --- configuration ----------------------------------------------------------------------------

    def _change_policies(self, event: PoliciesChanged, now: datetime) -> None:
        self._adopt(event)
        self._reconcile(now)

    def _adopt(self, policies: PoliciesChanged) -> None:
        self._floor.configure(policies)
        self._notes.all()
        self._steps.schedule_anew()
        for record in self._returns.records.values():
            self._returns.schedule(record)
        self._reconciled = False

    def _reconcile(self, now: datetime) -> None:
        """Each new profile gets its record, signed out; whoever has lost his profile is dismissed."""
        for profile in self._floor.policies.agents:
            if profile.agent_id not in self._floor.agents:
                record = AgentRecord(agent_id=profile.agent_id, state=AgentState.SIGNED_OUT, since=now)
                agent = Agent(record, profile)
                self._floor.join(agent)
                self._notes.agent(agent)
        for agent in self._floor.agents.values():
            if agent.profile is None and agent.state is not AgentState.SIGNED_OUT:
                self._handling.dismiss(agent, now)
        self._reconciled = True
