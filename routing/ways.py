"""Ways into a queue and out of it: full, empty and shut queues, longest waits, overflow."""

from __future__ import annotations

from datetime import datetime

from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.offers import Offers
from routing.returns import Returns
from routing.rooms import Room
from routing.types import VOICE, ContactDiverted, DivertCause, QueueReopened, QueueShut, Way, WayKind

_RETURN = Way()
_MAY_NOT_WAIT_ON = frozenset({DivertCause.FULL, DivertCause.EMPTY, DivertCause.SHUT})
"""Whoever is asked whether a callback is wanted for one of these reasons is not offered meanwhile."""


class Ways:
    def __init__(
        self,
        floor: Floor,
        ledger: Ledger,
        notes: Notes,
        deadlines: Deadlines,
        offers: Offers,
        returns: Returns,
    ) -> None:
        self._floor = floor
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._offers = offers
        self._returns = returns

    # --- in ---------------------------------------------------------------------------------------

    def admit(self, contact: Contact, now: datetime, *, returned: bool = False) -> bool:
        """A contact that is in no queue enters the one it names, or goes where that one sends it.

        Args:
            returned: it comes back from an agent: full and empty queues take it all the same.

        Returns:
            Whether it waits somewhere now.
        """
        while (barrier := self._barrier(contact, returned)) is not None:
            cause, wanted = barrier
            way = self._possible(contact, wanted) or _RETURN
            stays = way.kind is WayKind.CALLBACK
            self._tell(contact, cause, way, stays=stays)
            if stays:
                contact.choosing = True
                break
            if way.kind is not WayKind.OVERFLOW:
                return False
            self._overflow(contact, way)
        if not contact.choosing and not returned:
            self._returns.resume(contact, now)
        self.enter(contact, now)
        return True

    def _barrier(self, contact: Contact, returned: bool) -> tuple[DivertCause, Way] | None:
        room = self._floor.rooms[contact.queue_id]
        policy = room.policy
        if not contact.present:
            return None
        if room.memory.shut:
            return DivertCause.SHUT, room.memory.shut_then or _RETURN
        if returned:
            return None
        if policy.max_length and len(room.order) >= policy.max_length:
            return DivertCause.FULL, policy.on_full
        if policy.join_empty and not room.there_to_join:
            return DivertCause.EMPTY, policy.on_empty
        return None

    def enter(self, contact: Contact, now: datetime) -> None:
        """Into the queue it names: its wait there and the steps over it begin."""
        policy = self._floor.rooms[contact.queue_id].policy
        contact.entered_at = now
        contact.raised = 0
        contact.relaxed, contact.widened = {}, ()
        contact.steps_done, contact.steps_next, contact.step_due_at = (), {}, None
        contact.leaves_at = None
        if policy.max_wait is not None and contact.callback is None and not contact.choosing:
            contact.leaves_at = now + policy.max_wait
            self._deadlines.add(Due(contact.leaves_at, DueKind.LEAVE, contact.contact_id))
        self._floor.admit(contact)
        self._notes.contact(contact)
        if policy.steps:
            self._notes.entered[contact.contact_id] = contact

    # --- out --------------------------------------------------------------------------------------

    def divert(
        self, contact: Contact, cause: DivertCause, wanted: Way, now: datetime, step_id: str | None = None
    ) -> None:
        """A contact may not, or need not, wait on where it is."""
        way = self._possible(contact, wanted)
        if way is None and cause is DivertCause.STEP:
            return
        way = way or _RETURN
        if way.kind is WayKind.CALLBACK:
            self._ask(contact, cause, way, now, step_id)
            return
        self._offers.withdraw_all(contact, cause.value, now)
        self._tell(contact, cause, way, step_id=step_id)
        self._notes.forget(contact)
        if way.kind is WayKind.OVERFLOW:
            self._overflow(contact, way)
            self.admit(contact, now)

    def _ask(
        self, contact: Contact, cause: DivertCause, way: Way, now: datetime, step_id: str | None
    ) -> None:
        """Offer a callback at this place. Who may wait on does so meanwhile."""
        contact.leaves_at = None
        if cause in _MAY_NOT_WAIT_ON:
            self._offers.withdraw_all(contact, cause.value, now)
            contact.choosing = True
        self._tell(contact, cause, way, stays=True, step_id=step_id)
        self._notes.contact(contact)

    def _possible(self, contact: Contact, way: Way) -> Way | None:
        """`way`, if it can be gone: never over into a queue it has been in, so that every round ends.

        Only who is on the telephone can be called back.
        """
        if way.kind is WayKind.CALLBACK and contact.channel != VOICE:
            return None
        if way.kind is not WayKind.OVERFLOW:
            return way
        room = self._floor.rooms.get(way.queue_id or "")
        if room is None or room.retired or way.queue_id in (contact.queue_id, *contact.been_in):
            return None
        return way

    def _overflow(self, contact: Contact, way: Way) -> None:
        assert way.queue_id is not None, "an overflow that is possible says where to"
        contact.been_in = (*contact.been_in, contact.queue_id)
        contact.queue_id = way.queue_id
        contact.stands_at = None

    def _tell(
        self,
        contact: Contact,
        cause: DivertCause,
        way: Way,
        *,
        stays: bool = False,
        step_id: str | None = None,
    ) -> None:
        self._ledger.effect(
            ContactDiverted(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                cause=cause,
                way=way,
                stays=stays,
                step_id=step_id,
            )
        )

    # --- the longest wait, empty queues -----------------------------------------------------------

    def end_wait(self, contact: Contact, now: datetime) -> None:
        """It has waited as long as its queue lets anybody wait."""
        self.divert(contact, DivertCause.MAX_WAIT, contact.line.room.policy.on_max_wait, now)

    def clear_vacated(self, now: datetime) -> None:
        """Who waits where nobody is there leaves, but for those whose call is ringing somebody."""
        while self._notes.vacated:
            _, room = self._notes.vacated.popitem()
            if room.policy.leave_empty and not room.there:
                for contact in self._callers(room):
                    if not contact.offer_ids:
                        self.divert(contact, DivertCause.EMPTY, room.policy.on_empty, now)

    def _callers(self, room: Room) -> list[Contact]:
        """Those who wait on the line, the first first."""
        contacts = (self._floor.contacts[key[3]] for key in room.order)
        return [contact for contact in contacts if contact.present and not contact.choosing]

    # --- closing a queue --------------------------------------------------------------------------

    def shut(self, event: QueueShut, now: datetime) -> None:
        """Callbacks stay, since they are promised, unless they overflow too."""
        room = self._floor.rooms[event.queue_id]
        memory = room.memory
        memory.shut, memory.shut_by, memory.shut_at, memory.shut_then = True, event.by, now, event.then
        self._ledger.queue(memory)
        for contact in self._callers(room):
            self.divert(contact, DivertCause.SHUT, event.then, now)
        if event.then.kind is WayKind.OVERFLOW:
            for contact in [self._floor.contacts[key[3]] for key in room.order]:
                if contact.callback is not None and not contact.callback.dialling:
                    self.divert(contact, DivertCause.SHUT, event.then, now)

    def reopen(self, event: QueueReopened) -> None:
        memory = self._floor.rooms[event.queue_id].memory
        if not memory.shut:
            self._ledger.stale("queue", event.queue_id)
            return
        memory.shut, memory.shut_by, memory.shut_at, memory.shut_then = False, None, None, None
        self._ledger.queue(memory)
