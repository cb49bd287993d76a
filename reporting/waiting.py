"""How many waited over the last hour, in slots, for the small chart beside a queue."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

SLOT_S = 150
"""Seconds one point covers."""

POINTS = 24
"""An hour of slots."""


@dataclass(slots=True)
class _Slot:
    number: int
    most: int
    last: int


class WaitingHistory:
    """The number waiting as it rises and falls. Each point is the most that waited at once in its slot.

    Slots are aligned to the epoch, so that histories of several queues, and one rebuilt from the log, agree.
    Memory is bounded by `POINTS`.
    """

    __slots__ = ("_slots", "_waiting")

    def __init__(self) -> None:
        self._waiting = 0
        self._slots: deque[_Slot] = deque()

    @property
    def waiting(self) -> int:
        """How many wait after the last change."""
        return self._waiting

    def change(self, by: int, at: datetime) -> None:
        """`by` callers more (or fewer) wait from `at` on. An instant before the last one counts as that."""
        number = _slot_number(at)
        before, self._waiting = self._waiting, self._waiting + by
        assert self._waiting >= 0, "more callers left than joined"
        latest = self._slots[-1] if self._slots else None
        if latest is None or number > latest.number:
            latest = _Slot(number, before, before)
            self._slots.append(latest)
        latest.most = max(latest.most, self._waiting)
        latest.last = self._waiting
        while len(self._slots) > 1 and self._slots[1].number <= number - POINTS:
            self._slots.popleft()

    def points(self, now: datetime) -> tuple[int, ...]:
        """The last `POINTS` slots, oldest first, the running one last."""
        first = _slot_number(now) - POINTS + 1
        known = {slot.number: slot for slot in self._slots}
        level = next((slot.last for slot in reversed(self._slots) if slot.number < first), 0)
        points = []
        for number in range(first, first + POINTS):
            slot = known.get(number)
            points.append(slot.most if slot else level)
            level = slot.last if slot else level
        return tuple(points)


def _slot_number(at: datetime) -> int:
    return int(at.timestamp() // SLOT_S)
