"""What was reported and is not acknowledged yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from telephony.port import Event, EventSink


class Journal:
    """Numbers events, keeps them until acknowledged, and delivers them to one sink at a time, in order."""

    def __init__(self) -> None:
        self.last_sequence = 0
        self.delivered = 0
        """The last event the present sink, or the one before it, has been given."""
        self.watchers: list[Callable[[Event], None]] = []
        """Told of each event at once, whoever is in control."""
        self._kept: deque[tuple[int, datetime, Event]] = deque()
        self._sink: EventSink | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def append(self, event: Event, at: datetime) -> None:
        self.last_sequence += 1
        self._kept.append((self.last_sequence, at, event))
        self._deliver()
        for watch in self.watchers:
            watch(event)

    def deliver_to(self, sink: EventSink, *, after: int) -> None:
        """From now on events go to `sink`, first those that are kept with a higher number than `after`.

        Where an owner remembers more than ever happened here, because this exchange was made anew, events
        are numbered on from what he remembers: with lower numbers he would never hear them.
        """
        if after > self.last_sequence:
            self._kept = deque((after + n, at, event) for n, (_, at, event) in enumerate(self._kept, start=1))
            self.last_sequence = after + len(self._kept)
        self._sink = sink
        self.delivered = after
        self._deliver()

    def pause(self) -> None:
        """Keep events, and tell nobody."""
        self._sink = None

    def acknowledge(self, sequence: int) -> None:
        while self._kept and self._kept[0][0] <= sequence:
            self._kept.popleft()

    def _deliver(self) -> None:
        while self._sink is not None and self._kept and self.delivered < self._kept[-1][0]:
            first = self._kept[0][0]
            sequence, at, event = self._kept[max(0, self.delivered + 1 - first)]
            self.delivered = sequence
            self._sink(sequence, at, event)
