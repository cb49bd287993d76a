"""What happens by itself when its time comes: a heap whose outdated entries are dropped when met."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple


class DueKind(IntEnum):
    """In this order when several are due at one instant."""

    OFFER = 0
    ACW = 1
    COOLOFF = 2
    SLOT_ACW = 3
    PREFERRED = 4
    RING_ON = 5
    CALLBACK = 6
    CALLBACK_EXPIRES = 7
    STEP = 8
    LEAVE = 9
    RETURN = 10


class Due(NamedTuple):
    at: datetime
    kind: DueKind
    subject: str
    """Offer, agent or contact id, as the kind needs."""
    agent_id: str = ""
    """Of a cool-off. Of a slot's ACW: the contact."""


_COMPACT_LEAST = 1024


class Deadlines:
    """Deadlines are never taken back: `live` says whether one still stands for something."""

    def __init__(self, live: Callable[[Due], bool]) -> None:
        self._live = live
        self._heap: list[Due] = []
        self._compact_at = _COMPACT_LEAST

    def add(self, due: Due) -> None:
        heap = self._heap
        if len(heap) >= self._compact_at:
            heap[:] = [kept for kept in heap if self._live(kept)]
            heapq.heapify(heap)
            self._compact_at = max(_COMPACT_LEAST, 2 * len(heap))
        heapq.heappush(heap, due)

    def next_at(self) -> datetime | None:
        """The least instant at which something will happen."""
        heap = self._heap
        while heap and not self._live(heap[0]):
            heapq.heappop(heap)
        return heap[0].at if heap else None

    def due(self, now: datetime) -> bool:
        """Whether something may be due."""
        heap = self._heap
        return bool(heap) and heap[0][0] <= now

    def pop(self, now: datetime) -> Due | None:
        """Take out the next one that is due at `now`."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            due = heapq.heappop(heap)
            if self._live(due):
                return due
        return None
