"""The first call, in two real browsers: keypad, pop before ring, voices, hold, reload, recording, case."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.async_api import expect

from tests.e2e.browser import AGENT_HZ, CALLER_HZ, TOLERANCE_HZ, Parties, Party, browsers
from tests.e2e.product import PASSWORD, Product, Staff, running, until

MARGARET = "+447700900142"


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    async with running(tmp_path / "data") as product:
        yield product


async def agent_at_desk(
    parties: Parties, product: Product, username: str, hz: float, *, shows: str = "Available"
) -> Party:
    """Sign in, pass the check as a person does, and take calls. `shows`: the state then on the page."""
    agent = await parties.open(username, hz, viewport={"width": 1366, "height": 768})
    page = agent.page
    await page.goto(product.url)
    await page.get_by_test_id("username").fill(username)
    await page.get_by_test_id("password").fill(PASSWORD)
    await page.get_by_test_id("sign-in").click()
    await page.wait_for_url("**/check")
    for sound in ("headset", "ringer"):
        await page.get_by_test_id(f"{sound}-play").click()
        await page.get_by_test_id(f"{sound}-yes").click()
    await page.get_by_test_id("start-taking-calls").click(timeout=30_000)
    await page.wait_for_url("**/desk")
    await expect(page.get_by_test_id("state-selector")).to_contain_text(shows, timeout=15_000)
    return agent


async def caller_on_page(parties: Parties, product: Product, *, number: str = "", topic: str = "") -> Party:
    caller = await parties.open("caller", CALLER_HZ, viewport={"width": 390, "height": 844})
    page = caller.page
    await page.goto(f"{product.url}/call")
    if topic:
        await page.get_by_test_id(f"topic-{topic}").click()
    if number:
        await page.get_by_test_id("number").fill(number)
    await page.get_by_test_id("start").click()
    return caller


async def state_is(caller: Party, *states: str, within_s: float = 30.0) -> None:
    async def there() -> bool:
        shown = caller.page.locator("[data-testid=status]").first
        return await shown.count() > 0 and await shown.get_attribute("data-state") in states

    await until(there, f"the caller's page to show {' or '.join(states)}", within_s)


async def press(caller: Party, key: str) -> None:
    await caller.page.get_by_test_id(f"keypad-{key}").click(timeout=30_000)


def both_sides(path: Path) -> tuple[npt.NDArray[np.int16], int]:
    """A stereo recording as (frames, 2), and its rate in Hz."""
    with wave.open(str(path)) as sound:
        assert sound.getnchannels() == 2
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return samples.reshape(-1, 2), sound.getframerate()


def loudest_hz(samples: npt.NDArray[np.int16], rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64) * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate_hz / len(samples))


async def test_the_first_call(product: Product) -> None:
    async with browsers() as parties:
        agent = await agent_at_desk(parties, product, "amina", AGENT_HZ)
        caller = await caller_on_page(parties, product, number=MARGARET)

        # The menu, driven by keypad: English is preset by the page; help, then a bill.
        await state_is(caller, "menu")
        await caller.hears_something()
        await expect(caller.page.get_by_test_id("key-2")).to_be_visible(timeout=30_000)
        await press(caller, "2")
        await press(caller, "1")

        # The pop is on screen before the ring.
        await expect(agent.page.get_by_test_id("offer")).to_be_visible(timeout=30_000)
        await expect(agent.page.get_by_test_id("caller-name")).to_contain_text("Margaret Okonjo")
        await expect(agent.page.get_by_text("Charged twice for November").first).to_be_visible()
        await expect(agent.page.get_by_text("Unverified").first).to_be_visible()
        times = await agent.page.wait_for_function(
            "() => window.__patchbay.rangAt !== null && window.__patchbay"
        )
        shown_at, rang_at = await times.evaluate("seen => [seen.shownAt, seen.rangAt]")
        assert shown_at < rang_at
        await state_is(caller, "ringing", "waiting")

        # Voices, each in the other's page.
        await agent.page.get_by_test_id("accept").click()
        await agent.hears(CALLER_HZ)
        await caller.hears(AGENT_HZ)
        await expect(agent.page.get_by_test_id("rec")).to_contain_text("REC")
        await state_is(caller, "talking")

        # Hold gives the caller music and the agent silence; unhold brings speech back.
        await agent.page.get_by_test_id("hold").click()
        await agent.hears_silence()
        await state_is(caller, "held")
        await caller.hears_other_than(AGENT_HZ)
        await asyncio.sleep(0.6)  # The band takes no second click for half a second, on purpose.
        await agent.page.get_by_test_id("resume").click()
        await agent.hears(CALLER_HZ)
        await caller.hears(AGENT_HZ)

        # The agent reloads, and is back in the same call.
        await caller.watch_gaps(AGENT_HZ)
        await agent.page.reload()
        await agent.hears(CALLER_HZ, within_s=20.0)
        await caller.hears(AGENT_HZ, within_s=20.0)
        print(f"the caller missed the agent's voice for {await caller.longest_gap_s():.2f} s over a reload")
        await expect(agent.page.get_by_test_id("band")).to_have_attribute("data-state", "live")
        await expect(agent.page.get_by_test_id("caller-name")).to_contain_text("Margaret Okonjo")

        # A note, the case, the end, the outcome.
        await agent.page.get_by_test_id("note").fill("Wants the second payment back.")
        await expect(agent.page.get_by_test_id("note-state")).to_contain_text("Saved", timeout=10_000)
        await caller.page.get_by_test_id("end").click()
        await expect(agent.page.get_by_test_id("band")).to_have_attribute("data-state", "acw")
        await agent.page.get_by_test_id("outcome-refund_issued").click()
        await asyncio.sleep(0.6)
        await agent.page.get_by_test_id("finish").click()
        await expect(agent.page.get_by_test_id("state-selector")).to_contain_text("Available")
        await state_is(caller, "ended")
    await left_behind(product)


async def left_behind(product: Product) -> None:
    """The call left a recording with each party on its own channel, and a timeline."""
    leila = await Staff(product).sign_in("leila")
    try:
        # Newest first: the demo has a whole yesterday behind it.
        row = (await leila.get("/api/contacts"))["contacts"][0]

        async def ready() -> Any:
            detail = await leila.get(f"/api/contacts/{row['contact_id']}")
            return detail if any(each["state"] == "ready" for each in detail["recordings"]) else None

        detail = await until(ready, "the recording to be ready")
        assert detail["customer"]["name"] == "Margaret Okonjo"
        assert detail["note"] == "Wants the second payment back."
        assert detail["disposition"] == "Resolved: refund issued"
        kinds = [event["kind"] for event in detail["events"]]
        for kind in ("contact.arrived", "offer.made", "contact.answered", "contact.held", "contact.ended"):
            assert kind in kinds, kinds
        [recording] = detail["recordings"]
        sound = product.folder / "recording.wav"
        sound.write_bytes(await leila.download(f"/api/recordings/{recording['recording_id']}/audio"))
    finally:
        await leila.close()
    samples, rate_hz = both_sides(sound)
    second = slice(rate_hz, 2 * rate_hz)
    assert abs(loudest_hz(samples[second, 0], rate_hz) - CALLER_HZ) <= TOLERANCE_HZ
    assert abs(loudest_hz(samples[second, 1], rate_hz) - AGENT_HZ) <= TOLERANCE_HZ
