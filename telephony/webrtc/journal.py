"""Events until they are acknowledged, and what must be known after a crash of the media process itself.

Every event gets the next sequence number and is appended to a file before it is told to anybody, so that a
control process that was away, or a media process that was killed, loses nothing. The file also keeps the
highest epoch seen and the legs that were up. It survives the end of the process, not of the machine's power:
a power cut takes the calls too.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from telephony.port import Event
from telephony.webrtc import wire

FULL_EVENTS = 50_000
"""Unacknowledged events from which on only those are kept that change a call."""
COMPACT_AFTER_LINES = 20_000
"""Lines that are of no use any more, before the file is rewritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journaled:
    """An event with its number. `line` is what is kept on file and told to control."""

    sequence: int
    at: datetime
    event: Event
    line: bytes


def journaled(sequence: int, at: datetime, event: Event) -> Journaled:
    line = wire.write_line({"seq": sequence, "at": at.isoformat(), "event": wire.event_to_json(event)})
    return Journaled(sequence=sequence, at=at, event=event, line=line)


class Journal:
    """One worker's journal.

    Attributes:
        epoch: highest that a control process showed; 0 before the first.
        last_sequence: of the newest event; 0 before the first.
        orphans: legs that were up when the file was last written to, by a process that is gone. They stay
            on the file until `leg_closed`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._events: deque[Journaled] = deque()
        self._open_legs: set[str] = set()
        self._useless_lines = 0
        self.epoch = 0
        self.last_sequence = 0
        self.acknowledged = 0
        if path.exists():
            self._read()
        self.orphans = tuple(sorted(self._open_legs))
        self._file: BinaryIO
        self._rewrite()

    def __len__(self) -> int:
        return len(self._events)

    @property
    def is_full(self) -> bool:
        """Whether nobody has taken events for so long that memory counts."""
        return len(self._events) >= FULL_EVENTS

    def append(self, event: Event, at: datetime) -> Journaled:
        """Keep an event until it is acknowledged."""
        self.last_sequence += 1
        entry = journaled(self.last_sequence, at, event)
        self._events.append(entry)
        self._file.write(entry.line)
        return entry

    def after(self, sequence: int) -> Iterator[Journaled]:
        """Unacknowledged events with a higher number, in order."""
        return (entry for entry in tuple(self._events) if entry.sequence > sequence)

    def acknowledge(self, sequence: int) -> None:
        """Forget events up to `sequence`. A number from the future counts as the newest."""
        sequence = min(sequence, self.last_sequence)
        if sequence <= self.acknowledged:
            return
        self.acknowledged = sequence
        while self._events and self._events[0].sequence <= sequence:
            self._events.popleft()
            self._useless_lines += 1
        self._write({"acknowledged": sequence})
        self._useless_lines += 1
        if self._useless_lines > COMPACT_AFTER_LINES:
            self._rewrite()

    def go_on_after(self, sequence: int) -> None:
        """Number on from what control remembers, when that is more than was ever reported here.

        Our folder was lost and control's database was not: with low numbers we would never be heard again.
        What is kept is renumbered too.
        """
        if sequence <= self.last_sequence:
            return
        kept = [
            journaled(sequence + place, entry.at, entry.event)
            for place, entry in enumerate(self._events, start=1)
        ]
        self._events = deque(kept)
        self.last_sequence = sequence + len(kept)
        self.acknowledged = sequence
        self._rewrite()

    def see_epoch(self, epoch: int) -> None:
        """Remember a higher epoch."""
        if epoch > self.epoch:
            self.epoch = epoch
            self._write({"epoch": epoch})
            self._useless_lines += 1

    def leg_opened(self, leg_id: str) -> None:
        self._open_legs.add(leg_id)
        self._write({"opened": leg_id})
        self._useless_lines += 1

    def leg_closed(self, leg_id: str) -> None:
        self._open_legs.discard(leg_id)
        self._write({"closed": leg_id})
        self._useless_lines += 1

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, object]) -> None:
        self._file.write(wire.write_line(line))

    def _rewrite(self) -> None:
        """Start a file that holds only what still counts; the old one stays until it is complete."""
        unfinished = self._path.with_suffix(".new")
        head: dict[str, object] = {
            "epoch": self.epoch,
            "last_sequence": self.last_sequence,
            "acknowledged": self.acknowledged,
        }
        with unfinished.open("wb") as file:
            file.write(wire.write_line(head))
            for leg_id in sorted(self._open_legs):
                file.write(wire.write_line({"opened": leg_id}))
            for entry in self._events:
                file.write(entry.line)
        unfinished.replace(self._path)
        with suppress(AttributeError):
            self._file.close()
        self._file = self._path.open("ab", buffering=0)
        self._useless_lines = 0

    def _read(self) -> None:
        with self._path.open("rb") as file:
            for line in file:
                # A line torn by a crash is the last one and was told to nobody.
                with suppress(wire.Malformed, json.JSONDecodeError, KeyError):
                    self._take(wire.read_line(line))
        while self._events and self._events[0].sequence <= self.acknowledged:
            self._events.popleft()

    def _take(self, line: wire.Message) -> None:
        if "event" in line:
            sequence = int(line["seq"])
            event = wire.event_from_json(line["event"])
            self._events.append(journaled(sequence, wire.instant(line["at"]), event))
            self.last_sequence = max(self.last_sequence, sequence)
        if "opened" in line:
            self._open_legs.add(str(line["opened"]))
        if "closed" in line:
            self._open_legs.discard(str(line["closed"]))
        self.epoch = max(self.epoch, int(line.get("epoch", 0)))
        self.acknowledged = max(self.acknowledged, int(line.get("acknowledged", 0)))
        self.last_sequence = max(self.last_sequence, int(line.get("last_sequence", 0)))
