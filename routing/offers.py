"""Open offers: how they are made, how they end, and who is matched with whom."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor, Pick
from routing.ledger import Ledger
from routing.live import Agent, Contact, Line
from routing.ranking import decide
from routing.types import AgentState, OfferEnded, OfferMade, OfferOutcome, OfferRecord


class Offers:
    """Keeps every open offer, and what has to be matched after the event at hand."""

    def __init__(self, floor: Floor, ledger: Ledger, new_id: Callable[[str], str]) -> None:
        self.open: dict[str, OfferRecord] = {}
        self.deadlines = Deadlines(self._stands)
        self._floor = floor
        self._ledger = ledger
        self._new_id = new_id
        self._freed: dict[str, Agent] = {}
        self._opened: dict[str, Contact] = {}
        self._match_all = False

    # --- what changed -----------------------------------------------------------------------------

    def note_agent(self, agent: Agent) -> None:
        """Something about him changed. Call after each change, before the next."""
        self._ledger.agent(agent)
        if agent.ready:
            if not agent.listed:
                self._freed[agent.agent_id] = agent
        elif agent.listed:
            self._floor.delist(agent)

    def note_contact(self, contact: Contact) -> None:
        """Something about it changed that may make it acceptable to somebody."""
        self._ledger.contact(contact)
        self._opened[contact.contact_id] = contact

    def note_all(self) -> None:
        """The rules changed: nobody is listed, and everything must be looked at."""
        self._freed = {agent.agent_id: agent for agent in self._floor.agents.values() if agent.ready}
        self._match_all = True

    def reopen(self, contact: Contact) -> None:
        """Put a contact back among those that can be offered."""
        self._floor.open(contact)
        self.note_contact(contact)

    def forget(self, contact: Contact) -> None:
        """It waits no longer."""
        if contact.open:
            self._floor.shut(contact)
        self._floor.remove(contact)
        self._opened.pop(contact.contact_id, None)
        self._ledger.gone(contact)

    # --- how offers end ---------------------------------------------------------------------------

    def accept(self, offer: OfferRecord, now: datetime) -> Agent:
        self._close(offer, OfferOutcome.ACCEPTED, None, now)
        self.forget(self._floor.contacts[offer.contact_id])
        agent = self._floor.agents[offer.agent_id]
        agent.offer_id = None
        agent.contact_id, agent.queue_id = offer.contact_id, offer.queue_id
        agent.misses = 0
        agent.enter(AgentState.ON_CONTACT, None, now)
        self.note_agent(agent)
        return agent

    def decline(self, offer: OfferRecord, reason: str | None, now: datetime) -> None:
        self._cool_off(offer, now)
        agent = self._end_in_vain(offer, OfferOutcome.DECLINED, reason, now)
        agent.misses = 0
        agent.enter_next(now)
        self.note_agent(agent)

    def time_out(self, offer: OfferRecord, now: datetime) -> None:
        self._cool_off(offer, now)
        agent = self._end_in_vain(offer, OfferOutcome.TIMED_OUT, None, now)
        agent.miss(self._floor.rooms[offer.queue_id].policy.misses_to_not_ready)
        agent.enter_next(now)
        self.note_agent(agent)

    def withdraw(self, offer: OfferRecord, reason: str, now: datetime) -> None:
        agent = self._end_in_vain(offer, OfferOutcome.WITHDRAWN, reason, now)
        agent.enter_next(now)
        self.note_agent(agent)

    def _end_in_vain(
        self, offer: OfferRecord, outcome: OfferOutcome, reason: str | None, now: datetime
    ) -> Agent:
        self._close(offer, outcome, reason, now)
        contact, agent = self._floor.contacts[offer.contact_id], self._floor.agents[offer.agent_id]
        agent.offer_id = contact.offer_id = None
        contact.remember(agent.agent_id)
        self.reopen(contact)
        return agent

    def _close(self, offer: OfferRecord, outcome: OfferOutcome, reason: str | None, now: datetime) -> None:
        del self.open[offer.offer_id]
        self._ledger.offer(replace(offer, outcome=outcome, ended_at=now, reason=reason))
        self._ledger.effect(
            OfferEnded(
                offer_id=offer.offer_id,
                contact_id=offer.contact_id,
                agent_id=offer.agent_id,
                outcome=outcome,
                reason=reason,
            )
        )

    def _cool_off(self, offer: OfferRecord, now: datetime) -> None:
        pause = self._floor.rooms[offer.queue_id].policy.decline_cooloff
        if pause > timedelta(0):
            self._floor.contacts[offer.contact_id].cooloff[offer.agent_id] = now + pause
            self.deadlines.add(Due(now + pause, DueKind.COOLOFF, offer.contact_id, offer.agent_id))

    # --- deadlines --------------------------------------------------------------------------------

    def _stands(self, due: Due) -> bool:
        match due.kind:
            case DueKind.OFFER:
                return due.subject in self.open
            case DueKind.ACW:
                return self._floor.agents[due.subject].acw_ends_at == due.at
            case DueKind.COOLOFF:
                contact = self._floor.contacts.get(due.subject)
                return contact is not None and contact.cooloff.get(due.agent_id) == due.at

    def schedule_all(self) -> None:
        """After a restore: know again what is due when."""
        for offer in self.open.values():
            self.deadlines.add(Due(offer.expires_at, DueKind.OFFER, offer.offer_id))
        for agent in self._floor.agents.values():
            if agent.acw_ends_at is not None:
                self.deadlines.add(Due(agent.acw_ends_at, DueKind.ACW, agent.agent_id))
        for contact in self._floor.contacts.values():
            for agent_id, until in contact.cooloff.items():
                self.deadlines.add(Due(until, DueKind.COOLOFF, contact.contact_id, agent_id))

    def let_pass(self, now: datetime) -> None:
        """Whatever was due by `now` happens."""
        while due := self.deadlines.pop(now):
            match due.kind:
                case DueKind.OFFER:
                    self.time_out(self.open[due.subject], now)
                case DueKind.ACW:
                    agent = self._floor.agents[due.subject]
                    agent.finish_work(now)
                    self.note_agent(agent)
                case DueKind.COOLOFF:
                    contact = self._floor.contacts[due.subject]
                    del contact.cooloff[due.agent_id]
                    self.note_contact(contact)

    # --- matching ---------------------------------------------------------------------------------

    def match(self, now: datetime) -> None:
        """Offer whatever may be offered, the first in service order first."""
        freed = [agent for agent in self._freed.values() if agent.ready and not agent.listed]
        opened = [contact for contact in self._opened.values() if contact.open]
        self._freed.clear()
        self._opened.clear()
        if self._match_all or len(freed) + len(opened) > 1:
            self._match_lines(freed, opened, now)
        elif opened:
            pick = self._floor.best_agent(opened[0])
            if pick is not None:
                self._make(opened[0], pick, now)
        elif freed:
            # What waits has nobody else who is free, or it would not wait: he is the only candidate.
            contact = self._floor.best_contact(freed[0])
            if contact is not None:
                self._make(contact, Pick(agent=freed[0]), now)
            else:
                self._floor.enlist(freed[0])

    def _match_lines(self, freed: list[Agent], opened: list[Contact], now: datetime) -> None:
        """The general case: go down the lines concerned, merged in service order."""
        floor = self._floor
        for agent in freed:
            floor.enlist(agent)
        if self._match_all:
            lines = [line for room in floor.rooms.values() for line in room.lines.values()]
        else:
            concerned: dict[int, Line] = {id(contact.line): contact.line for contact in opened}
            concerned.update((id(line), line) for agent in freed for line in agent.lines)
            lines = list(concerned.values())
        self._match_all = False
        heads = [(line.open[0], number, 0) for number, line in enumerate(lines) if line.open and line.ready]
        heapq.heapify(heads)
        while heads:
            key, number, at = heapq.heappop(heads)
            contact, line = floor.contacts[key[3]], lines[number]
            pick = floor.best_agent(contact)
            if pick is not None:
                self._make(contact, pick, now)
            else:
                at += 1
            if line.ready and at < len(line.open):
                heapq.heappush(heads, (line.open[at], number, at))

    def _make(self, contact: Contact, pick: Pick, now: datetime) -> None:
        agent, line = pick.agent, contact.line
        policy = line.room.policy
        assert agent.profile is not None, "only an agent with a profile is picked"
        assert agent.idle_since is not None, "only an idle agent is picked"
        decision = decide(
            policy,
            agent.profile,
            line.needs,
            idle_s=(now - agent.idle_since).total_seconds(),
            eligible=pick.eligible,
            equals=pick.equals,
            runners_up=pick.runners_up,
        )
        offer = OfferRecord(
            offer_id=self._new_id("offer"),
            contact_id=contact.contact_id,
            agent_id=agent.agent_id,
            queue_id=contact.queue_id,
            made_at=now,
            expires_at=now + policy.ring_timeout,
            decision=decision,
        )
        self._floor.shut(contact)
        contact.offer_id = agent.offer_id = offer.offer_id
        agent.enter(AgentState.RINGING, None, now)
        self.open[offer.offer_id] = offer
        self.deadlines.add(Due(offer.expires_at, DueKind.OFFER, offer.offer_id))
        self.note_agent(agent)
        self._ledger.contact(contact)
        self._ledger.offer(offer)
        self._ledger.effect(
            OfferMade(
                offer_id=offer.offer_id,
                contact_id=offer.contact_id,
                agent_id=offer.agent_id,
                queue_id=offer.queue_id,
                made_at=now,
                expires_at=offer.expires_at,
                decision=decision,
            )
        )
