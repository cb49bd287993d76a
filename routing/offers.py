"""Open offers: how they are made, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from routing.agents import NOTHING, Agent
from routing.building import builder
from routing.choice import Choice
from routing.contacts import RINGING_SEVERAL, Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.ranking import Pick, because, key_of
from routing.rooms import Room
from routing.types import (
    VOICE,
    Across,
    AgentState,
    CallbackMode,
    Decision,
    OfferEnded,
    OfferMade,
    OfferOutcome,
    OfferRecord,
    Strategy,
    WorkItem,
)

_build_decision = builder(Decision)
_build_record = builder(OfferRecord)
_build_made = builder(OfferMade)
_build_ended = builder(OfferEnded)

_new_due: Callable[[type[Due], tuple[datetime, DueKind, str, str]], Due] = tuple.__new__
_OFFER = DueKind.OFFER
_RINGING = AgentState.RINGING

SERVED_MOST = 10_000
"""When a queue has had so many, the fair share's counts of all queues are halved: old days fade."""


class Offers:
    """Keeps every open offer."""

    def __init__(
        self,
        floor: Floor,
        choice: Choice,
        ledger: Ledger,
        notes: Notes,
        deadlines: Deadlines,
        new_id: Callable[[str], str],
    ) -> None:
        self.open: dict[str, OfferRecord] = {}
        self.taken = 0
        """Events taken so far: the log position of what is decided now."""
        self._floor = floor
        self._choice = choice
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._new_id = new_id

    # --- how offers are made ----------------------------------------------------------------------

    def make(self, contact: Contact, pick: Pick, now: datetime) -> None:
        agent, line = pick.agent, contact.line
        policy = line.room.policy
        decision = _build_decision(
            policy.queue_id,
            policy.version,
            key_of(agent, policy, line.needs, contact.contact_id, self._floor.seed, now),
            pick.runners_up,
            pick.eligible,
            because(pick, policy, line.needs),
            -contact.key[0],
            self._rules(contact, agent),
            self.taken,
        )
        offer_id, expires_at = self._new_id("offer"), now + policy.ring_timeout
        contact_id, agent_id, queue_id = contact.contact_id, agent.agent_id, contact.queue_id
        offer = _build_record(
            offer_id, contact_id, agent_id, queue_id, now, expires_at, None, None, None, decision
        )
        self.open[offer_id] = offer
        self._deadlines.add(_new_due(Due, (expires_at, _OFFER, offer_id, "")))
        contact.offer_ids = (*contact.offer_ids, offer_id)
        self._floor.shut(contact)
        if policy.strategy in RINGING_SEVERAL:
            self._ring_on(contact, now)
        if contact.channel == VOICE:
            agent.offer_id = offer_id
            agent.enter(_RINGING, None, now)
        else:
            item = WorkItem(
                channel=contact.channel,
                queue_id=contact.queue_id,
                contact_id=contact.contact_id,
                offer_id=offer_id,
                since=now,
            )
            agent.others = (*agent.others, item)
        self._notes.agent(agent)
        made = _build_made(offer_id, contact_id, agent_id, queue_id, now, expires_at, decision)
        self._ledger.made(contact, offer, made)

    def _rules(self, contact: Contact, agent: Agent) -> tuple[str, ...]:
        rules = contact.rules
        if contact.only_agents:
            rules = (*rules, "only_agents")
        elif contact.audience is not None:
            rules = (*rules, f"preferred:{agent.agent_id}")
        if contact.callback is not None:
            rules = (*rules, "callback")
        floor = self._floor
        if floor.weighted or floor.fair or floor.moved:
            rules = (*rules, *self._choice.overruled(contact, agent))
        return rules

    def _ring_on(self, contact: Contact, now: datetime) -> None:
        """The number of agents it rings changed: may one more ring, and when?"""
        policy = contact.line.room.policy
        contact.rings_on_at = None
        if policy.strategy is Strategy.RING_PROGRESSIVELY and contact.offer_ids and contact.rings_on:
            at = max(self.open[offer_id].made_at for offer_id in contact.offer_ids) + policy.ring_step
            if at > now:
                contact.rings_on_at = at
                self._deadlines.add(Due(at, DueKind.RING_ON, contact.contact_id))
        self._floor.refresh(contact)

    # --- how offers end ---------------------------------------------------------------------------

    def accept(self, offer: OfferRecord, now: datetime) -> None:
        contact, agent = self._floor.contacts[offer.contact_id], self._floor.agents[offer.agent_id]
        self._close(offer, OfferOutcome.ACCEPTED, None, now)
        losers = [self.open[offer_id] for offer_id in contact.offer_ids if offer_id != offer.offer_id]
        contact.offer_ids = ()
        contact.rings_on_at = None
        callback = contact.callback
        if callback is not None and callback.mode is CallbackMode.AGENT_FIRST and not callback.answered:
            # It keeps its place until the customer is there: the attempt may fail.
            contact.callback = replace(callback, dialling=True, attempts=callback.attempts + 1)
            self._notes.contact(contact)
        else:
            self._notes.forget(contact)
        self._remember(contact.line.room, agent)
        self._notes.ranks_anew(agent)
        agent.take()
        self._floor.talk(offer.contact_id)
        if contact.channel == VOICE:
            agent.offer_id = None
            agent.contact_id, agent.queue_id = offer.contact_id, offer.queue_id
            if contact.caller is not None:
                agent.caller = contact.caller
                self._floor.callers[contact.caller] += 1
            agent.enter(AgentState.ON_CONTACT, None, now)
        else:
            agent.others = tuple(
                replace(item, offer_id=None, since=now) if item.offer_id == offer.offer_id else item
                for item in agent.others
            )
            agent.settle(now)
        self._notes.agent(agent)
        for loser in losers:
            self._close(loser, OfferOutcome.WITHDRAWN, "answered_elsewhere", now)
            self._release(loser, now)

    def _remember(self, room: Room, agent: Agent) -> None:
        """What the queue's rules want to know of whom it served."""
        memory = room.memory
        if room.policy.strategy is Strategy.ROUND_ROBIN:
            memory.last_agent = agent.agent_id
            self._ledger.queue(memory)
        if self._floor.policies.across is Across.FAIR_SHARE:
            memory.served += 1
            self._ledger.queue(memory)
            if memory.served >= SERVED_MOST:
                for each in self._floor.memories.values():
                    each.served //= 2
                    self._ledger.queue(each)

    def decline(self, offer: OfferRecord, reason: str | None, now: datetime) -> None:
        self._miss(offer, now)
        self._floor.agents[offer.agent_id].misses = 0
        self._end_in_vain(offer, OfferOutcome.DECLINED, reason, now)

    def time_out(self, offer: OfferRecord, now: datetime) -> None:
        self._miss(offer, now)
        policy = self._floor.rooms[offer.queue_id].policy
        self._floor.agents[offer.agent_id].miss(policy.misses_to_not_ready)
        self._end_in_vain(offer, OfferOutcome.TIMED_OUT, None, now)

    def withdraw(self, offer: OfferRecord, reason: str, now: datetime) -> None:
        self._end_in_vain(offer, OfferOutcome.WITHDRAWN, reason, now)

    def withdraw_all(self, contact: Contact, reason: str, now: datetime) -> None:
        for offer_id in contact.offer_ids:
            self.withdraw(self.open[offer_id], reason, now)

    def withdraw_from(self, agent: Agent, reason: str, now: datetime) -> None:
        """All that this agent is offered."""
        offered = [agent.offer_id, *(item.offer_id for item in agent.others)]
        for offer_id in offered:
            if offer_id is not None:
                self.withdraw(self.open[offer_id], reason, now)

    def _miss(self, offer: OfferRecord, now: datetime) -> None:
        """He let it go by: not again for a while, and nobody waits for him."""
        contact = self._floor.contacts[offer.contact_id]
        agent = self._floor.agents[offer.agent_id]
        self._notes.ranks_anew(agent)
        agent.missed_at = now
        if contact.preferred_agent == offer.agent_id:
            contact.preferred_until = None
        pause = self._floor.rooms[offer.queue_id].policy.decline_cooloff
        if pause > NOTHING:
            contact.cooloff = {**contact.cooloff, offer.agent_id: now + pause}
            self._deadlines.add(Due(now + pause, DueKind.COOLOFF, offer.contact_id, offer.agent_id))

    def _end_in_vain(
        self, offer: OfferRecord, outcome: OfferOutcome, reason: str | None, now: datetime
    ) -> None:
        self._close(offer, outcome, reason, now)
        contact = self._floor.contacts[offer.contact_id]
        contact.offer_ids = tuple(other for other in contact.offer_ids if other != offer.offer_id)
        contact.remember(offer.agent_id)
        self._ring_on(contact, now)
        if not contact.offer_ids:
            self._wait_on(contact)
        self._notes.contact(contact)
        self._release(offer, now)

    def _wait_on(self, contact: Contact) -> None:
        """What was put off while somebody's telephone rang counts again."""
        if contact.leaves_at is not None:
            self._deadlines.add(Due(contact.leaves_at, DueKind.LEAVE, contact.contact_id))
        if contact.callback is not None:
            self._deadlines.add(
                Due(contact.callback.expires_at, DueKind.CALLBACK_EXPIRES, contact.contact_id)
            )

    def _release(self, offer: OfferRecord, now: datetime) -> None:
        """The agent has this offer no longer."""
        agent = self._floor.agents[offer.agent_id]
        if agent.offer_id == offer.offer_id:
            agent.offer_id = None
            agent.enter_next(now)
        else:
            agent.others = tuple(item for item in agent.others if item.offer_id != offer.offer_id)
            agent.settle(now)
        self._notes.agent(agent)

    def _close(self, offer: OfferRecord, outcome: OfferOutcome, reason: str | None, now: datetime) -> None:
        del self.open[offer.offer_id]
        self._ledger.offer(
            _build_record(
                offer.offer_id,
                offer.contact_id,
                offer.agent_id,
                offer.queue_id,
                offer.made_at,
                offer.expires_at,
                outcome,
                now,
                reason,
                offer.decision,
            )
        )
        self._ledger.effect(_build_ended(offer.offer_id, offer.contact_id, offer.agent_id, outcome, reason))
