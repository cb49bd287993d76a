"""The contract suite's bench for the simulated back end, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from app.clock import VirtualClock
from telephony.port import OriginateOutcome, Prompt, TelephonyPort
from telephony.simulated.backend import SimulatedLink
from telephony.simulated.dialling import ENDINGS
from telephony.simulated.exchange import SimulatedExchange
from tests.contract.harness import MUSIC_HZ, PROMPT_HZ, write_tone

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


class SimulatedHarness:
    """See `tests.contract.harness.Harness`."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self._exchange = SimulatedExchange(
            self.clock, Random(1), control_absence_limit_s=self.control_absence_limit_s
        )
        self._link = SimulatedLink(self._exchange)
        self._folder = Path()
        self._legs = 0

    @property
    def control_absence_limit_s(self) -> float:
        return 30.0

    @property
    def destinations(self) -> Mapping[OriginateOutcome, str]:
        numbers = {outcome: f"+4420712345{ending}" for ending, outcome in ENDINGS.items()}
        return {OriginateOutcome.ANSWERED: "+442071234599", **numbers}

    async def open(self, folder: Path) -> None:
        self._folder = folder

    async def close(self) -> None:
        for leg_id in tuple(self._exchange.legs):
            self._exchange.hang_up(leg_id)

    def port(self) -> TelephonyPort:
        return self._link.port()

    # --- the parties ------------------------------------------------------------------------------

    async def call(
        self, *, ani: str = "+442071234567", dnis: str = "100", attributes: Mapping[str, str] | None = None
    ) -> str:
        leg_id = self._new_leg("caller")
        self._exchange.arrive(leg_id, ani=ani, dnis=dnis, attributes=attributes)
        return leg_id

    async def agent(self) -> str:
        leg_id = self._new_leg("agent")
        self._exchange.agent_leg(leg_id)
        return leg_id

    async def replace_agent(self, leg_id: str) -> str:
        new = self._new_leg("agent")
        self._exchange.agent_leg(new, replaces=leg_id)
        return new

    async def press(self, leg_id: str, digits: str) -> None:
        for digit in digits:
            self.clock.advance(timedelta(milliseconds=200))
            self._exchange.press(leg_id, digit)

    async def hang_up(self, leg_id: str) -> None:
        self._exchange.hang_up(leg_id)

    async def lose(self, leg_id: str) -> None:
        self._exchange.lose(leg_id)

    async def restore(self, leg_id: str) -> None:
        self._exchange.restore(leg_id)

    def tone_hz(self, leg_id: str) -> float:
        return self._exchange.legs[leg_id].tone_hz

    async def hears(self, leg_id: str) -> frozenset[str]:
        return self._exchange.who_hears(leg_id)

    async def digits_received(self, leg_id: str) -> str:
        return self._exchange.legs[leg_id].digits_received

    def prompt(self, seconds: float) -> Prompt:
        path = self._folder / f"prompt-{seconds}.wav"
        write_tone(path, PROMPT_HZ, seconds)
        return Prompt(file=str(path))

    def music(self) -> Prompt:
        path = self._folder / "other-music.wav"
        write_tone(path, MUSIC_HZ, 1.0)
        return Prompt(file=str(path))

    # --- trouble ----------------------------------------------------------------------------------

    async def fail(self, leg_id: str) -> bool:
        self._exchange.fail(leg_id)
        return True

    async def cut_link(self) -> bool:
        self._link.cut()
        return True

    async def mend_link(self) -> None:
        self._link.mend()

    # --- time -------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        end = self.clock.now() + timedelta(seconds=within_s)
        while not condition():
            due = self.clock.next_at()
            if due is None or due > end:
                self.clock.advance_to(end)
                raise TimeoutError(f"it does not hold after {within_s} s")
            self.clock.run_next()
            await asyncio.sleep(0)

    async def until_hears(self, leg_id: str, wanted: frozenset[str], within_s: float = 3.0) -> None:
        try:
            await self.until(lambda: self._exchange.who_hears(leg_id) == wanted, within_s)
        except TimeoutError as error:
            heard = self._exchange.who_hears(leg_id)
            raise TimeoutError(
                f"{leg_id} hears {set(heard) or 'silence'}, not {set(wanted) or 'silence'}"
            ) from error

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    # --- within -----------------------------------------------------------------------------------

    def _new_leg(self, kind: str) -> str:
        self._legs += 1
        return f"{kind}-{self._legs}"
