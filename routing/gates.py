"""Blending: queues whose contacts yield to other work, with a threshold each way."""

from __future__ import annotations

from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.rooms import Room


class Gates:
    def __init__(self, floor: Floor, ledger: Ledger, notes: Notes) -> None:
        self._floor = floor
        self._ledger = ledger
        self._notes = notes

    def judge(self) -> None:
        """Open and close the gates as the free agents and the waiting contacts of this instant want it."""
        for room in self._floor.blending:
            self._judge(room)

    def _judge(self, room: Room) -> None:
        blending = room.policy.blending
        assert blending is not None, "only queues that blend have a gate"
        free, waiting = len(room.free), sum(self.waiting(queue_id) for queue_id in blending.yields_to)
        too_busy = free < blending.close_below_free or waiting > blending.close_above_waiting
        quiet = free >= blending.open_at_free and waiting <= blending.open_at_waiting
        if room.memory.gate_open:
            if too_busy:
                self._set(room, open_=False)
        elif quiet and not too_busy:
            self._set(room, open_=True)

    def waiting(self, queue_id: str) -> int:
        """Contacts in a queue, but for callbacks that may not be dialled yet."""
        room = self._floor.rooms.get(queue_id)
        return len(room.order) - len(room.away) if room else 0

    def _set(self, room: Room, *, open_: bool) -> None:
        room.memory.gate_open = open_
        self._ledger.queue(room.memory)
        room.obey_gate()
        if open_:
            self._notes.rooms[room.policy.queue_id] = room
