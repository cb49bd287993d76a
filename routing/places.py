"""Contacts in their queues: they come, are lost for a moment, leave, and are moved by hand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from routing.agents import NOTHING
from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.offers import Offers
from routing.returns import Returns
from routing.rooms import Key
from routing.types import (
    ContactLeft,
    ContactMoved,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    ContactUpdated,
    WaitingRecord,
)
from routing.ways import Ways

ABANDONED = "abandoned"
_MOVED_BY = "moved_by:"
_NEXT = timedelta(microseconds=1)


class Places:
    def __init__(
        self,
        floor: Floor,
        ledger: Ledger,
        notes: Notes,
        deadlines: Deadlines,
        offers: Offers,
        ways: Ways,
        returns: Returns,
    ) -> None:
        self._floor = floor
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._offers = offers
        self._ways = ways
        self._returns = returns

    def queue(self, event: ContactQueued, now: datetime) -> None:
        if event.contact_id in self._floor.contacts or event.contact_id in self._floor.handled:
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
                channel=event.channel,
                attributes=event.attributes,
                caller=event.caller,
                only_agents=event.only_agents,
                first_queued_at=event.first_queued_at or now,
            )
        )
        self._prefer(contact, event.preferred_agent, now)
        self._ways.admit(contact, now, returned=event.returned)

    def _prefer(self, contact: Contact, agent_id: str | None, now: datetime) -> None:
        contact.preferred_agent, contact.preferred_until = agent_id, None
        wait = self._floor.rooms[contact.queue_id].policy.preferred_for
        if agent_id is not None and wait > NOTHING and not contact.only_agents:
            contact.preferred_until = now + wait
            self._deadlines.add(Due(contact.preferred_until, DueKind.PREFERRED, contact.contact_id))

    def leave(self, event: ContactLeft, now: datetime) -> None:
        contact = self._waiting(event.contact_id)
        if contact is not None:
            self._offers.withdraw_all(contact, event.why, now)
            if event.why == ABANDONED:
                self._returns.keep(contact, now)
            self._notes.forget(contact)

    def suspend(self, event: ContactSuspended, now: datetime) -> None:
        contact = self._waiting(event.contact_id)
        if contact is not None and not contact.suspended:
            contact.suspended = True
            self._offers.withdraw_all(contact, "caller_lost", now)
            self._notes.contact(contact)

    def resume(self, event: ContactResumed) -> None:
        contact = self._waiting(event.contact_id)
        if contact is not None and contact.suspended:
            contact.suspended = False
            self._notes.contact(contact)

    def _waiting(self, contact_id: str) -> Contact | None:
        contact = self._floor.contacts.get(contact_id)
        if contact is None:
            self._ledger.stale("contact", contact_id)
        return contact

    # --- by hand ----------------------------------------------------------------------------------

    def update(self, event: ContactUpdated, now: datetime) -> None:
        contact = self._waiting(event.contact_id)
        if contact is None:
            return
        if event.priority is not None:
            contact.priority = event.priority
        if event.attributes is not None:
            contact.attributes = {**contact.attributes, **event.attributes}
        if event.preferred_agent is not None and event.preferred_agent != contact.preferred_agent:
            agents = self._floor.agents
            if contact.preferred_agent in agents:
                agents[contact.preferred_agent].wanted.pop(contact.contact_id, None)
            self._prefer(contact, event.preferred_agent, now)
            if event.preferred_agent in agents:
                agents[event.preferred_agent].wanted[contact.contact_id] = contact
        self._floor.replace(contact)
        self._notes.contact(contact)

    def move(self, event: ContactMoved, now: datetime) -> None:
        """To the front or the back, or to another queue, where its wait begins anew but for its place."""
        contact = self._waiting(event.contact_id)
        if contact is None:
            return
        contact.rules = tuple(rule for rule in contact.rules if not rule.startswith(_MOVED_BY))
        elsewhere = event.queue_id is not None and event.queue_id != contact.queue_id
        if elsewhere or event.to != "place":
            contact.obey(_MOVED_BY + event.by)
        contact.stands_at = None
        self._floor.moved.pop(contact.contact_id, None)
        if elsewhere:
            assert event.queue_id is not None, "it was checked to be a queue"
            self._offers.withdraw_all(contact, "moved", now)
            self._notes.forget(contact)
            contact.queue_id = event.queue_id
            contact.choosing = False
            self._ways.enter(contact, now)
        if event.to != "place":
            contact.stands_at = self._edge(contact, first=event.to == "first")
        self._floor.replace(contact)
        self._notes.contact(contact)

    def _edge(self, contact: Contact, *, first: bool) -> datetime | None:
        """Just before, or just after, everyone else of its queue with the same priority."""
        order, mine = contact.line.room.order, contact.key
        rank = (-contact.effective_priority, mine[1])
        begin = bisect_left(order, rank, key=_rank)
        end = bisect_right(order, rank, key=_rank)
        others = [
            key for key in (*order[begin : begin + 2], *order[max(begin, end - 2) : end]) if key != mine
        ]
        if not others:
            return None
        return others[0][2] - _NEXT if first else others[-1][2] + _NEXT


def _rank(key: Key) -> tuple[int, int]:
    return key[0], key[1]
