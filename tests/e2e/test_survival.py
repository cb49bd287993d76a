"""The control process killed with -9 at random moments: the talk goes on, the line keeps its order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from telephony.clock import monotonic
from tests.contract.webrtc_harness import TOLERANCE_HZ, Party
from tests.e2e.people import WebAgent, WebCaller, hears
from tests.e2e.product import Product, running, until

CALLER_HZ, AGENT_HZ = 440.0, 1000.0
ROUNDS = 5
SOAK_ROUNDS = 500
GAP_LIMIT_S = 1.5
"""A pitch is judged over the last fifth of a second. A machine with too much to do stalls all three ends for
part of one; talk that hung on the killed process would be gone until its successor has started."""


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    async with running(tmp_path / "data") as product:
        yield product


class Listener:
    """Notes how long a party did not hear a pitch."""

    def __init__(self, party: Party, hz: float) -> None:
        self._party = party
        self._hz = hz
        self.longest_gap_s = 0.0
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        heard_at = monotonic()
        while True:
            pitch = self._party.pitch_hz()
            if pitch is not None and abs(pitch - self._hz) <= TOLERANCE_HZ:
                heard_at = monotonic()
            self.longest_gap_s = max(self.longest_gap_s, monotonic() - heard_at)
            await asyncio.sleep(0.02)


async def one_round(product: Product, agent: WebAgent, chance: random.Random) -> None:
    """Talk with one caller, two more in line, kill at a random moment, then serve the line."""
    callers = [WebCaller(product, CALLER_HZ + 60 * number) for number in range(3)]
    talking, *waiting = callers
    try:
        await talking.call()
        assert (await agent.rung())["contact_id"] == talking.contact_id
        await agent.accept()
        await hears(talking.party, AGENT_HZ)
        await hears(agent.party, CALLER_HZ)
        for caller in waiting:
            await caller.call()
            await caller.reaches("waiting")
        there, here = Listener(talking.party, AGENT_HZ), Listener(agent.party, CALLER_HZ)
        await asyncio.sleep(chance.uniform(0.0, 0.7))
        await product.kill_control()
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        await there.stop()
        await here.stop()
        assert there.longest_gap_s < GAP_LIMIT_S, f"the caller heard nothing for {there.longest_gap_s:.2f} s"
        assert here.longest_gap_s < GAP_LIMIT_S, f"the agent heard nothing for {here.longest_gap_s:.2f} s"

        await agent.contact_is("talking")
        await talking.hang_up()
        await agent.finish()
        for caller in waiting:
            offer = await agent.rung()
            assert offer["contact_id"] == caller.contact_id, "the line lost its order"
            await agent.accept()
            await hears(caller.party, AGENT_HZ)
            await caller.hang_up()
            await agent.finish()
    finally:
        for caller in callers:
            await caller.close()


async def rounds(product: Product, count: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    agent = await WebAgent(product, AGENT_HZ).sign_in("amina")
    try:
        await agent.available()
        for number in range(count):
            await one_round(product, agent, chance)
            print(f"round {number + 1} of {count} held (seed {seed})")
    finally:
        await agent.close()


@pytest.mark.timeout(600)
async def test_killed_five_times_at_random_moments(product: Product) -> None:
    await rounds(product, ROUNDS)


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_killed_five_hundred_times(product: Product) -> None:
    await rounds(product, SOAK_ROUNDS)


async def test_the_media_process_outlives_everything_else(product: Product) -> None:
    """Not only the control process: the supervisor killed, started again, and the talk goes on."""
    media = product.media_pid()
    agent = await WebAgent(product, AGENT_HZ).sign_in("amina")
    caller = WebCaller(product, CALLER_HZ)
    try:
        await agent.available()
        await caller.call()
        await agent.accept()
        await hears(caller.party, AGENT_HZ)
        await product.kill_everything_but_media()
        await product.start()
        assert product.media_pid() == media
        await hears(caller.party, AGENT_HZ)
        await agent.contact_is("talking")
        await caller.hang_up()
        await agent.finish()
    finally:
        await caller.close()
        await agent.close()


async def test_everything_that_was_repaired_is_in_the_log(product: Product) -> None:
    """A caller who hangs up while control is away is noticed, and nobody is stuck."""
    agent = await WebAgent(product, AGENT_HZ).sign_in("amina")
    caller = WebCaller(product, CALLER_HZ)
    try:
        await agent.available()
        await caller.call()
        await agent.accept()
        await hears(caller.party, AGENT_HZ)
        killing = asyncio.create_task(product.kill_control())
        await caller.hang_up()
        await killing
        contact = await agent.contact_is("acw")
        assert contact["ended_by"] in ("caller", "line")
        await agent.finish()

        async def free() -> bool:
            return bool(agent.state["me"]["state"] == "available")

        await until(free, "the agent to be available again")
    finally:
        await caller.close()
        await agent.close()
