"""What is due when, and what happens then."""

from __future__ import annotations

from datetime import datetime

from routing.callbacks import Callbacks
from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.handling import Handling
from routing.notes import Notes
from routing.offers import Offers
from routing.returns import Returns
from routing.steps import Steps
from routing.types import WorkItem
from routing.ways import Ways

_OFFER = DueKind.OFFER
"""Most deadlines are of offers, and most offers have ended before theirs."""


class Timers:
    """The deadlines of everything. A deadline that no longer stands for something is passed over."""

    def __init__(self) -> None:
        self.deadlines = Deadlines(self._stands)

    def serve(
        self,
        floor: Floor,
        notes: Notes,
        offers: Offers,
        returns: Returns,
        ways: Ways,
        steps: Steps,
        callbacks: Callbacks,
        handling: Handling,
    ) -> None:
        """Say whose deadlines they are."""
        self._floor = floor
        self._notes = notes
        self._offers = offers
        self._returns = returns
        self._ways = ways
        self._steps = steps
        self._callbacks = callbacks
        self._handling = handling

    def _stands(self, due: Due) -> bool:
        if due.kind is _OFFER:
            return due.subject in self._offers.open
        match due.kind:
            case DueKind.ACW:
                return self._floor.agents[due.subject].acw_ends_at == due.at
            case DueKind.SLOT_ACW:
                return self._slot(due) is not None
            case DueKind.RETURN:
                record = self._returns.records.get(due.subject)
                return record is not None and self._returns.lapses_at(record) == due.at
            case _:
                contact = self._floor.contacts.get(due.subject)
                return contact is not None and self._stands_for(contact, due)

    def _stands_for(self, contact: Contact, due: Due) -> bool:
        callback = contact.callback
        match due.kind:
            case DueKind.COOLOFF:
                return contact.cooloff.get(due.agent_id) == due.at
            case DueKind.PREFERRED:
                return contact.preferred_until == due.at
            case DueKind.RING_ON:
                return contact.rings_on_at == due.at
            case DueKind.STEP:
                return contact.step_due_at == due.at
            case DueKind.LEAVE:
                return contact.leaves_at == due.at and not contact.offer_ids
            case DueKind.CALLBACK:
                return callback is not None and callback.not_before == due.at
            case DueKind.CALLBACK_EXPIRES:
                return (
                    callback is not None
                    and callback.expires_at == due.at
                    and self._callbacks.may_expire(contact)
                )
            case _:
                return False

    def _slot(self, due: Due) -> WorkItem | None:
        for item in self._floor.agents[due.subject].others:
            if item.contact_id == due.agent_id and item.acw_ends_at == due.at:
                return item
        return None

    def schedule_all(self) -> None:
        """After a restore: know again what is due when."""
        add = self.deadlines.add
        for offer in self._offers.open.values():
            add(Due(offer.expires_at, DueKind.OFFER, offer.offer_id))
        for agent in self._floor.agents.values():
            if agent.acw_ends_at is not None:
                add(Due(agent.acw_ends_at, DueKind.ACW, agent.agent_id))
            for item in agent.others:
                if item.acw_ends_at is not None:
                    add(Due(item.acw_ends_at, DueKind.SLOT_ACW, agent.agent_id, item.contact_id))
        for contact in self._floor.contacts.values():
            self._schedule(contact)

    def _schedule(self, contact: Contact) -> None:
        contact_id, callback = contact.contact_id, contact.callback
        for agent_id, until in contact.cooloff.items():
            self.deadlines.add(Due(until, DueKind.COOLOFF, contact_id, agent_id))
        for at, kind in (
            (contact.preferred_until, DueKind.PREFERRED),
            (contact.rings_on_at, DueKind.RING_ON),
            (contact.leaves_at, DueKind.LEAVE),
            (callback.not_before if callback else None, DueKind.CALLBACK),
            (callback.expires_at if callback else None, DueKind.CALLBACK_EXPIRES),
        ):
            if at is not None:
                self.deadlines.add(Due(at, kind, contact_id))

    def let_pass(self, now: datetime) -> None:
        """Whatever was due by `now` happens."""
        while due := self.deadlines.pop(now):
            match due.kind:
                case DueKind.OFFER:
                    self._offers.time_out(self._offers.open[due.subject], now)
                case DueKind.ACW:
                    self._handling.end_acw(self._floor.agents[due.subject], now)
                case DueKind.SLOT_ACW:
                    item = self._slot(due)
                    assert item is not None, "a deadline that is popped stands for something"
                    self._handling.free_slot(self._floor.agents[due.subject], item, now)
                case DueKind.RETURN:
                    self._returns.forget(due.subject)
                case _:
                    self._pass_for(self._floor.contacts[due.subject], due, now)

    def _pass_for(self, contact: Contact, due: Due, now: datetime) -> None:
        match due.kind:
            case DueKind.COOLOFF:
                contact.cooloff = {a: at for a, at in contact.cooloff.items() if a != due.agent_id}
                self._notes.contact(contact)
            case DueKind.PREFERRED:
                contact.preferred_until = None
                self._notes.contact(contact)
            case DueKind.RING_ON:
                contact.rings_on_at = None
                self._notes.contact(contact)
            case DueKind.STEP:
                self._steps.run(contact, now)
            case DueKind.LEAVE:
                self._ways.end_wait(contact, now)
            case DueKind.CALLBACK:
                self._callbacks.come_due(contact)
            case DueKind.CALLBACK_EXPIRES:
                self._callbacks.expire(contact, now)
            case _:
                raise AssertionError(f"{due.kind} is no deadline of a contact")
