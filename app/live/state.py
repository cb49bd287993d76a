"""The committed state of the voice domain as a read model, fed with what each batch wrote.

It holds what was committed and nothing else, so a page never sees a fact that may yet be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from app.engine.commit import Loaded, Row
from app.engine.company import Listener, contact_id_of
from app.engine.contact import Contact, Phase, from_row
from app.engine.rows import agent_record, offer_record, queue_record, restored, waiting_record
from routing.types import AgentRecord, OfferRecord, QueuePolicy, QueueRecord, WaitingRecord


@dataclass(slots=True, kw_only=True)
class Touched:
    """What a batch changed, by id."""

    contacts: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    queues: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    """Contacts that are over."""
    offers: set[str] = field(default_factory=set)
    """Offers that opened."""


class LiveState:
    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.agents: dict[str, AgentRecord] = {}
        self.waiting: dict[str, WaitingRecord] = {}
        """Contacts in line; not the places for which somebody is asked into a contact."""
        self.queues: dict[str, QueueRecord] = {}
        self.offers: dict[str, OfferRecord] = {}
        """Open ones only."""
        self.policy_of: Callable[[str], QueuePolicy | None] = lambda queue_id: None
        """A queue's rules: what tiers and cases add to a priority. Set once, by the composition root."""
        self.legs: dict[str, tuple[str, str]] = {}
        """Agent -> (leg id, back end) of the nailed-up phone."""

    def load(self, loaded: Loaded) -> None:
        """Become what the store holds."""
        records = restored(loaded)
        self.contacts = {contact.contact_id: contact for contact in records.contacts}
        self.agents = {agent.agent_id: agent for agent in records.agents}
        self.waiting = {
            waiting.contact_id: waiting for waiting in records.waiting if _own(waiting.contact_id)
        }
        self.offers = {offer.offer_id: offer for offer in records.offers if offer.outcome is None}
        self.queues = {queue.queue_id: queue for queue in records.queues}
        self.legs = {
            phone.agent_id: (phone.leg_id, phone.backend)
            for phone in records.phones
            if phone.leg_id is not None and phone.backend is not None
        }

    def apply(self, rows: Iterable[Row]) -> Touched:
        """Take in the rows of a committed batch. The last row of one key wins, as in the store."""
        touched = Touched()
        for row in rows:
            match row.table:
                case "contacts":
                    self._contact(row, touched)
                case "agent_states":
                    assert row.values is not None
                    self.agents[row.key] = agent_record(row.values)
                    touched.agents.add(row.key)
                case "waiting":
                    self._waiting(row, touched)
                case "offers":
                    self._offer(row, touched)
                case "agent_legs":
                    self._leg(row)
                case "queue_states":
                    assert row.values is not None
                    self.queues[row.key] = queue_record(row.values)
                    touched.queues.add(row.key)
        return touched

    def _contact(self, row: Row, touched: Touched) -> None:
        assert row.values is not None
        if "body" not in row.values:
            # A column of a contact that is over was corrected.
            return
        # A live view must not share mutable parts with the row, nor with the domain.
        contact = from_row(row.key, cast("dict[str, Any]", row.values))
        before = self.contacts.get(row.key)
        for each in (before, contact):
            if each is not None and each.queue_id is not None:
                touched.queues.add(each.queue_id)
            if each is not None:
                touched.agents |= _people(each)
        touched.contacts.add(row.key)
        if contact.phase is Phase.ENDED:
            self.contacts.pop(row.key, None)
            touched.gone.add(row.key)
        else:
            self.contacts[row.key] = contact

    def _waiting(self, row: Row, touched: Touched) -> None:
        if not _own(row.key):
            return
        before = self.waiting.pop(row.key, None)
        if before is not None:
            touched.queues.add(before.queue_id)
        if row.values is not None:
            record = self.waiting[row.key] = waiting_record(row.values)
            touched.queues.add(record.queue_id)
        touched.contacts.add(row.key)

    def _offer(self, row: Row, touched: Touched) -> None:
        assert row.values is not None
        record = offer_record(row.values)
        touched.agents.add(record.agent_id)
        touched.contacts.add(contact_id_of(record.contact_id))
        if record.outcome is None:
            self.offers[record.offer_id] = record
            touched.offers.add(record.offer_id)
        else:
            self.offers.pop(record.offer_id, None)

    def _leg(self, row: Row) -> None:
        if row.values is None:
            self.legs.pop(row.key, None)
        else:
            self.legs[row.key] = (str(row.values["leg_id"]), str(row.values["backend"]))

    # --- looking ---

    def line(self, queue_id: str) -> list[WaitingRecord]:
        """Who waits in a queue, in the order of service."""
        members = [waiting for waiting in self.waiting.values() if waiting.queue_id == queue_id]
        policy = self.policy_of(queue_id)
        return sorted(members, key=lambda each: _order(each, policy))

    def position(self, contact_id: str) -> int | None:
        """1 for the next to be served; None when not waiting."""
        waiting = self.waiting.get(contact_id)
        if waiting is None:
            return None
        policy = self.policy_of(waiting.queue_id)
        ahead = _order(waiting, policy)
        return 1 + sum(
            _order(each, policy) < ahead
            for each in self.waiting.values()
            if each.queue_id == waiting.queue_id
        )

    def contact_of_agent(self, agent_id: str) -> Contact | None:
        """What an agent handles or wraps up."""
        record = self.agents.get(agent_id)
        if record is None or record.contact_id is None:
            return None
        contact = self.contacts.get(contact_id_of(record.contact_id))
        return contact if contact is not None and contact.involves(agent_id) else None

    def contact_of_offer(self, offer: OfferRecord) -> Contact | None:
        """What rings, be it the contact itself or a place in it."""
        return self.contacts.get(contact_id_of(offer.contact_id))

    def supervised_by(self, agent_id: str) -> tuple[Contact, Listener] | None:
        """Whose line a supervisor is on."""
        for contact in self.contacts.values():
            listener = contact.listener(agent_id)
            if listener is not None:
                return contact, listener
        return None


def _order(waiting: WaitingRecord, policy: QueuePolicy | None) -> tuple[int, datetime, str]:
    """The order of service, as the router has it within one queue."""
    priority = waiting.priority + waiting.raised
    if policy is not None:
        priority += policy.tier_priority.get(waiting.attributes.get("tier", ""), 0)
        priority += policy.case_priority.get(waiting.attributes.get("case_priority", ""), 0)
    return -priority, waiting.stands_at or waiting.place_at, waiting.contact_id


def _own(contact_id: str) -> bool:
    """A contact's own place, and not one that a companion is asked for."""
    return contact_id_of(contact_id) == contact_id


def _people(contact: Contact) -> set[str]:
    """Everybody whose page shows this contact."""
    here = [contact.agent_id]
    here += [each.agent_id for each in contact.companions]
    here += [each.agent_id for each in contact.listeners]
    here += [each.agent_id for each in contact.wraps]
    return {agent_id for agent_id in here if agent_id is not None}
