"""What came of an event, for the caller, and what changed since the last write, for the store."""

from __future__ import annotations

from routing.live import Agent, Contact
from routing.types import Changes, Effect, OfferRecord, Stale, StateChanged


class Ledger:
    """Collects; decides nothing."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._touched: dict[str, Agent] = {}
        self._agents: dict[str, Agent] = {}
        self._waiting: dict[str, Contact] = {}
        self._gone: dict[str, None] = {}
        self._offers: dict[str, OfferRecord] = {}

    def effect(self, effect: Effect) -> None:
        self._effects.append(effect)

    def stale(self, what: str, subject: str) -> None:
        self._effects.append(Stale(what=what, id=subject))

    def agent(self, agent: Agent) -> None:
        """His record is another now."""
        agent.touch()
        self._touched[agent.agent_id] = self._agents[agent.agent_id] = agent

    def contact(self, contact: Contact) -> None:
        """Its record is another now, or new."""
        contact.touch()
        self._waiting[contact.contact_id] = contact
        self._gone.pop(contact.contact_id, None)

    def gone(self, contact: Contact) -> None:
        self._waiting.pop(contact.contact_id, None)
        self._gone[contact.contact_id] = None

    def offer(self, offer: OfferRecord) -> None:
        self._offers[offer.offer_id] = offer

    def take_effects(self) -> list[Effect]:
        """In the order in which they took place, then each agent's record once."""
        effects, self._effects = self._effects, []
        effects += [StateChanged(agent=agent.record()) for agent in self._touched.values()]
        self._touched.clear()
        return effects

    def take_changes(self) -> Changes:
        changes = Changes(
            agents=tuple(agent.record() for agent in self._agents.values()),
            waiting=tuple(contact.record() for contact in self._waiting.values()),
            gone=tuple(self._gone),
            offers=tuple(self._offers.values()),
        )
        self._agents.clear()
        self._waiting.clear()
        self._gone.clear()
        self._offers.clear()
        return changes
