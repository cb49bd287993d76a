"""Pages and lines that break: offers withdrawn, places kept, callers never left alone, nobody stuck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from telephony.clock import monotonic
from tests.contract.webrtc_harness import TOLERANCE_HZ, Party
from tests.e2e.people import WebAgent, WebCaller, hears
from tests.e2e.product import Product, running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLER_HZ, AMINA_HZ, DEV_HZ = 440.0, 1000.0, 1500.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    folder: Path = tmp_path_factory.mktemp("losses") / "data"
    async with running(folder) as product:
        yield product


@asynccontextmanager
async def people(product: Product, *agents: str) -> AsyncIterator[tuple[Any, ...]]:
    """A caller, not calling yet, and agents who are available; all leave at the end."""
    pitches = {"amina": AMINA_HZ, "dev": DEV_HZ}
    caller = WebCaller(product, CALLER_HZ)
    staff = [WebAgent(product, pitches[name]) for name in agents]
    try:
        for name, agent in zip(agents, staff, strict=True):
            await agent.sign_in(name)
            await agent.available()
        yield (caller, *staff)
    finally:
        await caller.close()
        for agent in staff:
            await agent.staff.do("/api/session", method="DELETE")
            await agent.close()


async def no_offer(agent: WebAgent, limit_s: float) -> float:
    """Until nothing rings; how long it took."""
    began = monotonic()

    async def quiet() -> bool:
        return agent.state.get("offer") is None

    await until(quiet, "the ringing to stop", limit_s)
    return monotonic() - began


async def hears_music(party: Party, *voices: float) -> None:
    """Something, and none of these voices."""

    async def music() -> bool:
        pitch = party.pitch_hz()
        return pitch is not None and all(abs(pitch - voice) > TOLERANCE_HZ for voice in voices)

    await until(music, "music to be heard")


async def test_a_hang_up_stops_the_ringing_within_a_second(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call()
        await amina.rung()
        await caller.hang_up()
        took_s = await no_offer(amina, 1.0)
        print(f"ringing stopped after {took_s * 1000:.0f} ms")
        await caller.reaches("ended")
        assert amina.state["me"]["state"] == "available"


async def test_a_lost_caller_keeps_the_place_and_is_offered_again(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call()
        first = await amina.rung()
        await caller.party.vanish()
        await no_offer(amina, 6.0)
        await caller.rejoin()
        again = await amina.rung()
        assert again["contact_id"] == first["contact_id"]
        assert again["waited_s"] > first["waited_s"]
        await amina.accept()
        await hears(caller.party, AMINA_HZ)
        await caller.hang_up()
        await amina.finish()


async def test_a_caller_who_stays_away_is_an_abandon(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call()
        await amina.rung()
        await caller.party.vanish()
        await no_offer(amina, 6.0)
        await caller.reaches("ended", limit_s=25.0)
        assert caller.state["ended_by"] == "line"


async def test_an_agent_whose_page_dies_while_ringing_loses_the_offer_at_once(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call()
        offer = await amina.rung()
        dev = WebAgent(product, DEV_HZ)
        try:
            await dev.sign_in("dev")
            await dev.available()
            began = monotonic()
            await amina.close_page()
            await amina.party.vanish()
            offered_on = await dev.rung(limit_s=8.0)
            print(f"offered on after {monotonic() - began:.2f} s")
            assert offered_on["contact_id"] == offer["contact_id"]
            await dev.accept()
            await hears(caller.party, DEV_HZ)
            await caller.hang_up()
            await dev.finish("wrong_department")
        finally:
            await dev.staff.do("/api/session", method="DELETE")
            await dev.close()
            await amina.open_page()


async def test_a_reload_in_mid_call_is_heard_as_a_short_pause(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call()
        await amina.accept()
        await hears(caller.party, AMINA_HZ)
        began = monotonic()
        await amina.close_page()
        await amina.party.leave()
        await amina.open_phone()
        await amina.open_page()
        await hears(caller.party, AMINA_HZ)
        print(f"voice back {monotonic() - began:.2f} s after the reload")
        contact = await amina.contact_is("talking")
        assert contact["contact_id"] == caller.contact_id
        await caller.hang_up()
        await amina.finish()


async def test_an_agent_who_stays_away_gives_the_caller_to_the_next(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        await caller.call(topic="billing", account="BW-204-7713")
        await amina.accept()
        await hears(caller.party, AMINA_HZ)
        await amina.close_page()
        await amina.party.vanish()
        await caller.reaches("agent_lost", limit_s=6.0)
        await hears_music(caller.party, AMINA_HZ, DEV_HZ)
        dev = WebAgent(product, DEV_HZ)
        try:
            await dev.sign_in("dev")
            await dev.available()
            offer = await dev.rung(limit_s=20.0)
            assert offer["contact_id"] == caller.contact_id
            assert offer["pop"]["customer"]["name"] == "Margaret Okonjo"
            await dev.accept()
            await hears(caller.party, DEV_HZ)
            await caller.hang_up()
            await dev.finish()
        finally:
            await dev.staff.do("/api/session", method="DELETE")
            await dev.close()
            await amina.open_page()


async def test_many_callers_hanging_up_at_once_leave_nobody_reserved(product: Product) -> None:
    async with people(product, "amina") as (caller, amina):
        others = [WebCaller(product, CALLER_HZ + 50 * number) for number in range(1, 4)]
        try:
            for one in (caller, *others):
                await one.call()
            await amina.rung()
            await asyncio.gather(*(one.hang_up() for one in (caller, *others)))
            await no_offer(amina, 5.0)

            async def free() -> bool:
                return bool(amina.state["me"]["state"] == "available")

            await until(free, "the agent to be free")
        finally:
            for one in others:
                await one.close()
