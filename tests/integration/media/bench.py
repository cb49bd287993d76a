"""The contract suite's bench, with what only tests of the built-in back end ask for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from telephony import port
from telephony.webrtc.backend import WebRtcBackend
from tests.contract.webrtc_harness import Party, WebRtcHarness, is_running


class Bench(WebRtcHarness):
    """Keeps every event of every control side it made."""

    def __init__(self) -> None:
        super().__init__("--legs-max", "4", "--idle-exit-s", "3")
        self.events: list[port.Event] = []
        self.sequences: list[int] = []

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def socket(self) -> Path:
        return self._paths.socket

    def party(self, leg_id: str) -> Party:
        return self._parties[leg_id]

    async def control(self, epoch: int = 1, acknowledged: int = 0) -> WebRtcBackend:
        """A control side that has taken control."""
        backend = self.port()
        assert isinstance(backend, WebRtcBackend)
        await backend.start(self._take, epoch=epoch, acknowledged=acknowledged)
        return backend

    async def told(self, wanted: Callable[[port.Event], bool], within_s: float = 8.0) -> port.Event:
        """Wait for an event, also one that is there already."""
        await self.until(lambda: any(wanted(event) for event in self.events), within_s)
        return next(event for event in self.events if wanted(event))

    async def talking(self, control: WebRtcBackend) -> tuple[str, str]:
        """A caller and an agent in a bridge named `talk`."""
        caller, agent = await self.call(), await self.agent()
        await self.told(lambda event: event == port.LegConnected(leg_id=agent))
        await control.execute(port.Answer(leg_id=caller))
        await self.told(lambda event: event == port.LegConnected(leg_id=caller))
        await control.execute(port.Bridge(bridge_id="talk", leg_a=caller, leg_b=agent))
        await self.until_hears(caller, frozenset({agent}))
        return caller, agent

    async def kill(self) -> None:
        """The media process dies at once."""
        os.kill(self._pid, signal.SIGKILL)
        await self.until(lambda: not is_running(self._pid))

    async def start_again(self) -> None:
        await self._ensure()

    async def raw(self, *lines: bytes) -> list[dict[str, object]]:
        """Write lines to the socket as they are; the answers until it has answered or closed."""
        reader, writer = await asyncio.open_unix_connection(str(self.socket))
        answers: list[dict[str, object]] = []
        for line in lines:
            writer.write(line + b"\n")
            async with asyncio.timeout(25):
                answer = await reader.readline()
            if not answer:
                break
            answers.append(json.loads(answer))
        writer.close()
        return answers

    def _take(self, sequence: int, at: datetime, event: port.Event) -> None:
        self.sequences.append(sequence)
        self.events.append(event)
