"""What happens beside the plain call, in real browsers: help, a payment by flow, a callback on the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import AGENT_HZ, CALLER_HZ, SUPERVISOR_HZ, browsers
from tests.e2e.product import Product, running
from tests.e2e.test_first_call import MARGARET, agent_at_desk, caller_on_page, state_is
from tests.e2e.test_transfer import band_is, pick, press

CARD = "4532015112830366"


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    async with running(tmp_path / "data") as product:
        yield product


async def test_an_agent_asks_for_help_and_is_whispered_to(product: Product) -> None:
    async with browsers() as parties:
        amina = await agent_at_desk(parties, product, "amina", AGENT_HZ)
        caller = await caller_on_page(parties, product, number=MARGARET, topic="billing")
        await press(amina, "accept", within_ms=60_000)
        await caller.hears_voices(AGENT_HZ)
        leila = await agent_at_desk(parties, product, "leila", SUPERVISOR_HZ)

        await amina.page.keyboard.press("Control+Shift+F")
        await amina.page.get_by_test_id("help-why").fill("Wants to cancel everything")
        await amina.page.keyboard.press("Enter")
        await expect(leila.page.get_by_test_id("offer-word")).to_contain_text("Amina", timeout=30_000)
        await expect(leila.page.get_by_test_id("offer-why")).to_contain_text("Wants to cancel everything")
        await caller.hears_voices(AGENT_HZ)

        await press(leila, "accept")
        await amina.hears_voices(CALLER_HZ, SUPERVISOR_HZ)
        await caller.hears_voices(AGENT_HZ)
        await leila.hears_voices(CALLER_HZ, AGENT_HZ)
        await expect(amina.page.get_by_test_id("jack-supervisor")).to_have_attribute(
            "data-state", "whispering"
        )

        # She joins in from her own desk, and leaves the two to it.
        await press(leila, "supervise-barge")
        await caller.hears_voices(AGENT_HZ, SUPERVISOR_HZ)
        await press(leila, "leave")
        await caller.hears_voices(AGENT_HZ)
        await leila.hears_silence()


async def test_a_card_is_typed_in_a_flow_that_nobody_hears_and_the_caller_comes_back(
    product: Product,
) -> None:
    async with browsers() as parties:
        amina = await agent_at_desk(parties, product, "amina", AGENT_HZ)
        caller = await caller_on_page(parties, product, number=MARGARET, topic="billing")
        await press(amina, "accept", within_ms=60_000)
        await caller.hears_voices(AGENT_HZ)

        await pick(amina, "Take a payment", "transfer-now")
        await expect(amina.page.get_by_test_id("band-word")).to_contain_text("Take a payment")
        await amina.hears_silence()
        await state_is(caller, "menu")
        for digit in CARD + "#":
            await caller.page.get_by_test_id(f"keypad-{digit}").click()
        await amina.hears_voices(CALLER_HZ, within_s=40.0)
        await caller.hears_voices(AGENT_HZ)
        await band_is(amina, "live")
        await state_is(caller, "talking")

        # Sent again, the caller is taken back before the flow is over.
        await pick(amina, "Take a payment", "transfer-now")
        await amina.hears_silence()
        await press(amina, "cord-takeBack")
        await amina.hears_voices(CALLER_HZ)
        await caller.hears_voices(AGENT_HZ)


async def test_a_caller_keeps_the_place_and_the_page_rings(product: Product) -> None:
    async with browsers() as parties:
        caller = await caller_on_page(parties, product, number=MARGARET, topic="billing")
        await state_is(caller, "waiting", within_s=60.0)
        await press(caller, "callback-offer")
        await press(caller, "callback-choose")
        await state_is(caller, "callback")
        await expect(caller.page.get_by_test_id("callback-place")).to_have_attribute("data-position", "1")
        await caller.hears_silence()

        # A reload keeps it, without a line.
        await caller.page.reload()
        await state_is(caller, "callback")

        # Whoever comes to be free is rung for it at once.
        amina = await agent_at_desk(parties, product, "amina", AGENT_HZ, shows="Ringing")
        await expect(amina.page.get_by_test_id("offer-word")).to_contain_text("called back", timeout=30_000)
        await press(amina, "accept")
        await state_is(caller, "callback-ringing")
        await press(caller, "callback-answer")
        await amina.hears_voices(CALLER_HZ, within_s=30.0)
        await caller.hears_voices(AGENT_HZ)
        await state_is(caller, "talking")
