"""What the shell would have written: tables that `Changes` go to, and from which a router is restored."""

from __future__ import annotations

from collections.abc import Callable

from routing.router import Router
from routing.types import (
    AbandonedRecord,
    AgentRecord,
    Changes,
    OfferRecord,
    PoliciesChanged,
    QueueRecord,
    WaitingRecord,
)


class Store:
    def __init__(self) -> None:
        self.agents: dict[str, AgentRecord] = {}
        self.waiting: dict[str, WaitingRecord] = {}
        self.left: dict[str, WaitingRecord] = {}
        """Those that the last write took out."""
        self.offers: dict[str, OfferRecord] = {}
        """The open ones."""
        self.queues: dict[str, QueueRecord] = {}
        self.abandoned: dict[str, AbandonedRecord] = {}

    def write(self, changes: Changes) -> set[str]:
        """Apply what changed. Returns the contacts that waited and do not any more."""
        for agent in changes.agents:
            self.agents[agent.agent_id] = agent
        for waiting in changes.waiting:
            self.waiting[waiting.contact_id] = waiting
        gone = {contact_id for contact_id in changes.gone if contact_id in self.waiting}
        self.left = {contact_id: self.waiting.pop(contact_id) for contact_id in gone}
        for offer in changes.offers:
            if offer.outcome is None:
                self.offers[offer.offer_id] = offer
            else:
                self.offers.pop(offer.offer_id, None)
        for queue in changes.queues:
            self.queues[queue.queue_id] = queue
        for record in changes.abandoned:
            self.abandoned[record.contact_id] = record
        for contact_id in changes.resumed:
            self.abandoned.pop(contact_id, None)
        return gone

    def restore(self, new_router: Callable[[], Router], policies: PoliciesChanged) -> Router:
        """The router that starts after a crash."""
        router = new_router()
        router.restore(
            policies,
            self.agents.values(),
            self.waiting.values(),
            self.offers.values(),
            queues=self.queues.values(),
            abandoned=self.abandoned.values(),
        )
        return router
