"""From bridge to room and back, packet by packet: who goes on hearing whom misses next to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from telephony import port
from telephony.audio import g711
from telephony.webrtc.connection import BrowserConnection
from telephony.webrtc.datagrams import SLOT_BYTES
from telephony.webrtc.exchange import Exchange
from telephony.webrtc.legs import Leg
from telephony.webrtc.recorder import Recorder
from telephony.webrtc.rtp import PCMU, Sink, Tap
from telephony.webrtc.sounds import Sounds
from telephony.webrtc.voice import Voice

SILENCE = bytes([g711.SILENCE]) * PCMU.frame
FRAME_S = 0.02


class Line:
    """A connection without a network: it is its own inlet and outlet and keeps what is heard."""

    def __init__(self, arena: bytearray, slot: int) -> None:
        self.inlet = self.outlet = self
        self.target: Sink | None = None
        self.tap: Tap | None = None
        self.heard: list[int | None] = []
        """Numbers of the frames of others; None for one of silence."""
        self._arena = arena
        self._slot = slot

    def say(self, number: int, now: float) -> None:
        start = self._slot * SLOT_BYTES
        self._arena[start : start + PCMU.frame] = bytes([number]) + SILENCE[1:]
        if self.target is not None:
            self.target.forward(self._slot, 0, PCMU.frame, number, number * PCMU.frame, False, now)

    def forward(
        self, slot: int, offset: int, size: int, sequence: int, timestamp: int, late: bool, now: float
    ) -> None:
        self.heard.append(self._arena[slot * SLOT_BYTES])

    def frame(self, payload: bytes, now: float) -> None:
        self.heard.append(None if payload == SILENCE else payload[0])

    def skip(self, sequence: int, late: bool) -> None: ...

    def change_source(self) -> None: ...

    def send(self, message: dict[str, object]) -> bool:
        return False


class Table:
    """Legs on one exchange, all sending in step."""

    def __init__(self, folder: Path, names: tuple[str, ...], *, tick_first: bool) -> None:
        self.events: list[port.Event] = []
        arena = bytearray(SLOT_BYTES * len(names))
        recorder = Recorder(folder, "PCMU", self.events.append)
        self.recorder = recorder
        self.exchange = Exchange(
            Sounds(PCMU),
            recorder,
            memoryview(arena),
            emit=self.events.append,
            flush=lambda: None,
            clock=lambda: self.now,
        )
        self.now = 0.0
        self.lines = {name: Line(arena, slot) for slot, name in enumerate(names)}
        self._tick_first = tick_first
        self._said = 0
        for name, line in self.lines.items():
            self.exchange.legs[name] = Leg(
                leg_id=name,
                kind=port.LegKind.AGENT,
                voice=Voice(SILENCE),
                connection=cast(BrowserConnection, line),
                answered=True,
                connected=True,
            )

    def talk(self, frames: int) -> None:
        for _ in range(frames):
            self.now += FRAME_S
            if self._tick_first:
                self.exchange.tick(self.now)
            for line in self.lines.values():
                line.say(self._said, self.now)
            self._said += 1
            if not self._tick_first:
                self.exchange.tick(self.now)

    def mix(self, mix_id: str, *names: str) -> None:
        self.exchange.execute(
            port.Mix(mix_id=mix_id, members=tuple(port.MixMember(leg_id=name) for name in names))
        )

    def bridge(self, bridge_id: str) -> None:
        self.exchange.execute(port.Bridge(bridge_id=bridge_id, leg_a="a", leg_b="b"))


@pytest.fixture(params=[False, True], ids=["packets first", "clock first"])
async def table(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Table]:
    made = Table(tmp_path, ("a", "b", "c"), tick_first=request.param)
    yield made
    await made.recorder.close(made.now)


def missed(line: Line) -> tuple[int, int]:
    """How many frames of the other were never heard, and how many of silence came between."""
    numbers = [number for number in line.heard if number is not None]
    assert numbers == sorted(set(numbers)), "each once and in order"
    first = line.heard.index(numbers[0])
    return numbers[-1] - numbers[0] + 1 - len(numbers), line.heard[first:].count(None)


async def test_from_bridge_to_room_nothing_is_lost_and_at_most_two_frames_are_waited(table: Table) -> None:
    table.bridge("b1")
    table.talk(10)
    table.mix("m1", "a", "b")
    table.talk(20)
    lost, waited = missed(table.lines["a"])
    assert lost == 0
    assert waited <= 2
    assert table.lines["a"].heard[-1] is not None


async def test_from_room_to_bridge_at_most_two_frames_are_lost(table: Table) -> None:
    table.mix("m1", "a", "b")
    table.talk(20)
    table.bridge("b1")
    table.talk(10)
    lost, waited = missed(table.lines["a"])
    assert lost <= 2
    assert waited == 0


async def test_a_change_of_the_room_or_another_room_is_no_gap_at_all(table: Table) -> None:
    table.mix("m1", "a", "b")
    table.talk(20)
    table.mix("m1", "b", "a")
    table.talk(10)
    table.mix("m2", "a", "b")
    table.talk(10)
    assert missed(table.lines["a"]) == (0, 0)
    assert [type(event).__name__ for event in table.events] == ["Mixed", "Mixed", "Unmixed", "Mixed"]


async def test_a_room_that_one_leaves_goes_on_without_a_gap(table: Table) -> None:
    table.exchange.execute(port.Mute(leg_id="c", on=True))
    table.mix("m1", "a", "b", "c")
    table.talk(20)
    table.exchange.execute(port.Hold(leg_id="c"))
    table.talk(10)
    assert missed(table.lines["a"]) == (0, 0)
    assert missed(table.lines["b"]) == (0, 0)
