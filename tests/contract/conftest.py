"""One back end after the other, each with a fresh bench and a control process in charge of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import pytest

from telephony.port import (
    Answer,
    Bridge,
    Bridged,
    CallArrived,
    Command,
    Event,
    LegConnected,
    Snapshot,
    TelephonyPort,
)
from tests.contract.harness import Harness

BENCHES = {
    "simulated": "tests.contract.simulated_harness:SimulatedHarness",
    "webrtc": "tests.contract.webrtc_harness:WebRtcHarness",
}
E = TypeVar("E")


@dataclass
class Control:
    """A control process: a port, and every event it was told."""

    harness: Harness
    port: TelephonyPort
    told: list[tuple[int, datetime, Event]] = field(default_factory=list)

    async def start(self, *, epoch: int = 1, acknowledged: int = 0) -> Snapshot:
        return await self.port.start(self.hear, epoch=epoch, acknowledged=acknowledged)

    def hear(self, sequence: int, at: datetime, event: Event) -> None:
        self.told.append((sequence, at, event))

    async def do(self, *commands: Command) -> None:
        for command in commands:
            await self.port.execute(command)

    def events(self, kind: type[E]) -> list[E]:
        """Everything of one kind, in order."""
        return [event for _, _, event in self.told if isinstance(event, kind)]

    async def until(self, kind: type[E], *, within_s: float = 25.0, **fields: object) -> E:
        """Let time pass until an event of this kind, with these fields, has been told; the first such."""

        def found() -> list[E]:
            return [
                event
                for event in self.events(kind)
                if all(getattr(event, name) == value for name, value in fields.items())
            ]

        try:
            await self.harness.until(lambda: bool(found()), within_s)
        except TimeoutError as error:
            last = [event for _, _, event in self.told][-8:]
            raise AssertionError(
                f"no {kind.__name__} with {fields} within {within_s} s; last: {last}"
            ) from error
        return found()[0]

    async def hears(self, leg_id: str, *wanted: str) -> None:
        """Let time pass until a party hears exactly these; silence for none. Generous on a busy machine."""
        await self.harness.until_hears(leg_id, frozenset(wanted), within_s=30.0)

    @property
    def last_sequence(self) -> int:
        return max((sequence for sequence, _, _ in self.told), default=0)


@pytest.fixture(params=list(BENCHES))
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness]:
    module, name = BENCHES[request.param].split(":")
    make: Callable[[], Harness] = getattr(import_module(module), name)
    bench = make()
    await bench.open(tmp_path)
    try:
        yield bench
    finally:
        await bench.close()


@pytest.fixture
async def control(harness: Harness) -> AsyncIterator[Control]:
    """In control with epoch 1."""
    side = Control(harness, harness.port())
    await side.start()
    yield side
    await side.port.close()


@dataclass(frozen=True)
class Parties:
    caller: str
    agent: str


@pytest.fixture
async def caller(control: Control) -> str:
    """An answered caller whose media flows."""
    leg_id = await control.harness.call()
    await control.until(CallArrived, leg_id=leg_id)
    await control.do(Answer(leg_id=leg_id))
    await control.until(LegConnected, leg_id=leg_id)
    return leg_id


async def connected_agent(control: Control) -> str:
    """One more agent's phone that is ready."""
    leg_id = await control.harness.agent()
    await control.until(LegConnected, leg_id=leg_id)
    return leg_id


@pytest.fixture
async def agent(control: Control) -> str:
    """An agent's phone that is ready."""
    return await connected_agent(control)


@pytest.fixture
async def talking(control: Control, caller: str, agent: str) -> Parties:
    """A caller and an agent, bridged as `b1`."""
    await control.do(Bridge(bridge_id="b1", leg_a=caller, leg_b=agent))
    await control.until(Bridged, bridge_id="b1")
    await control.hears(agent, caller)
    return Parties(caller, agent)
