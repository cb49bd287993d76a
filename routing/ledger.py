"""What came of an event, for the caller, and what changed since the last write, for the store."""

from __future__ import annotations

from routing.agents import Agent
from routing.building import builder
from routing.contacts import Contact
from routing.rooms import QueueMemory
from routing.types import AbandonedRecord, Changes, Effect, OfferMade, OfferRecord, Stale, StateChanged

_build_changed = builder(StateChanged)


class Ledger:
    """Collects; decides nothing."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._touched: dict[str, Agent] = {}
        self._agents: dict[str, Agent] = {}
        self._waiting: dict[str, Contact] = {}
        self._gone: dict[str, None] = {}
        self._offers: dict[str, OfferRecord] = {}
        self._queues: dict[str, QueueMemory] = {}
        self._abandoned: dict[str, AbandonedRecord] = {}
        self._resumed: dict[str, None] = {}

    def effect(self, effect: Effect) -> None:
        self._effects.append(effect)

    def stale(self, what: str, subject: str) -> None:
        self._effects.append(Stale(what=what, id=subject))

    def agent(self, agent: Agent) -> None:
        """His record is another now."""
        agent.touch()
        agent_id = agent.agent_id
        self._touched[agent_id] = self._agents[agent_id] = agent

    def contact(self, contact: Contact) -> None:
        """Its record is another now, or new."""
        contact.touch()
        self._waiting[contact.contact_id] = contact
        if self._gone:
            self._gone.pop(contact.contact_id, None)

    def gone(self, contact: Contact) -> None:
        self._waiting.pop(contact.contact_id, None)
        self._gone[contact.contact_id] = None

    def offer(self, offer: OfferRecord) -> None:
        self._offers[offer.offer_id] = offer

    def made(self, contact: Contact, offer: OfferRecord, effect: OfferMade) -> None:
        """`contact`, `offer` and `effect` at once: what every decision writes."""
        self.contact(contact)
        self._offers[offer.offer_id] = offer
        self._effects.append(effect)

    def queue(self, memory: QueueMemory) -> None:
        self._queues[memory.queue_id] = memory

    def abandoned(self, record: AbandonedRecord) -> None:
        self._abandoned[record.contact_id] = record
        self._resumed.pop(record.contact_id, None)

    def resumed(self, contact_id: str) -> None:
        """Its place was resumed, or can be no longer."""
        self._abandoned.pop(contact_id, None)
        self._resumed[contact_id] = None

    def take_effects(self) -> list[Effect]:
        """In the order in which they took place, then each agent's record once."""
        effects, self._effects = self._effects, []
        if self._touched:
            for agent in self._touched.values():
                effects.append(_build_changed(agent.record()))
            self._touched.clear()
        return effects

    def take_changes(self) -> Changes:
        changes = Changes(
            agents=tuple(agent.record() for agent in self._agents.values()),
            waiting=tuple(contact.record() for contact in self._waiting.values()),
            gone=tuple(self._gone),
            offers=tuple(self._offers.values()),
            queues=tuple(memory.record() for memory in self._queues.values()),
            abandoned=tuple(self._abandoned.values()),
            resumed=tuple(self._resumed),
        )
        self._agents.clear()
        self._waiting.clear()
        self._gone.clear()
        self._offers.clear()
        self._queues.clear()
        self._abandoned.clear()
        self._resumed.clear()
        return changes
