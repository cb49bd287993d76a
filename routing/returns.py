"""Abandoned and returned: who hung up while waiting and calls again soon has the old place, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from routing.agents import NOTHING
from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.types import VOICE, AbandonedRecord, PlaceResumed

RETURNED = "returned"


class Returns:
    """Places that can be resumed, by caller."""

    def __init__(self, floor: Floor, ledger: Ledger, deadlines: Deadlines) -> None:
        self.records: dict[str, AbandonedRecord] = {}
        self._floor = floor
        self._ledger = ledger
        self._deadlines = deadlines
        self._by_caller: dict[str, dict[str, AbandonedRecord]] = {}

    def restore(self, records: Iterable[AbandonedRecord]) -> None:
        for record in records:
            self._keep(record)

    def keep(self, contact: Contact, now: datetime) -> None:
        """The caller hung up while waiting."""
        window = contact.line.room.policy.return_window
        if contact.caller is None or window <= NOTHING or contact.channel != VOICE:
            return
        if not contact.present or RETURNED in contact.rules:
            return
        record = AbandonedRecord(
            contact_id=contact.contact_id,
            queue_id=contact.queue_id,
            caller=contact.caller,
            place_at=contact.place_at,
            left_at=now,
        )
        self._keep(record)
        self._ledger.abandoned(record)

    def _keep(self, record: AbandonedRecord) -> None:
        self.records[record.contact_id] = record
        self._by_caller.setdefault(record.caller, {})[record.contact_id] = record
        self.schedule(record)

    def schedule(self, record: AbandonedRecord) -> None:
        at = self.lapses_at(record)
        if at is not None:
            self._deadlines.add(Due(at, DueKind.RETURN, record.contact_id))

    def lapses_at(self, record: AbandonedRecord) -> datetime | None:
        """End of its window under the rules in force; None: the queue is gone, nobody can return."""
        room = self._floor.rooms.get(record.queue_id)
        return record.left_at + room.policy.return_window if room is not None else None

    def resume(self, contact: Contact, now: datetime) -> None:
        """Give a contact that is about to enter its queue the caller's old place there, if there is one."""
        if contact.caller is None or self._floor.callers[contact.caller] > 0:
            return
        places = [
            record
            for record in self._by_caller.get(contact.caller, {}).values()
            if record.queue_id == contact.queue_id
            and record.contact_id != contact.contact_id
            and (lapses_at := self.lapses_at(record)) is not None
            and now < lapses_at
        ]
        if not places:
            return
        last = max(places, key=lambda record: (record.left_at, record.contact_id))
        contact.place_at = min(contact.place_at, last.place_at)
        contact.obey(RETURNED)
        self.forget(last.contact_id)
        self._ledger.effect(
            PlaceResumed(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                from_contact_id=last.contact_id,
                place_at=contact.place_at,
            )
        )

    def forget(self, contact_id: str) -> None:
        """It was resumed, or its window is over."""
        record = self.records.pop(contact_id)
        of_caller = self._by_caller[record.caller]
        del of_caller[contact_id]
        if not of_caller:
            del self._by_caller[record.caller]
        self._ledger.resumed(contact_id)
