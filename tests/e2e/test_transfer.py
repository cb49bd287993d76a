"""A call goes on, in real browsers: transfer, consultation, conference, supervisor; pitches are measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import (
    AGENT_HZ,
    CALLER_HZ,
    SECOND_AGENT_HZ,
    SUPERVISOR_HZ,
    Parties,
    Party,
    browsers,
)
from tests.e2e.product import Product, running
from tests.e2e.test_first_call import MARGARET, agent_at_desk, caller_on_page, state_is

GUARD_S = 0.6
"""The band takes no second click for half a second, on purpose."""
WHY = "Second payment taken, needs approval over £150"


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    async with running(tmp_path / "data") as product:
        yield product


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    parties: Parties
    caller: Party
    amina: Party
    dev: Party


@asynccontextmanager
async def amina_talks(product: Product) -> AsyncIterator[Scene]:
    """Margaret talks to Amina; Dev is free beside them."""
    async with browsers() as parties:
        amina = await agent_at_desk(parties, product, "amina", AGENT_HZ)
        caller = await caller_on_page(parties, product, number=MARGARET, topic="billing")
        await press(amina, "accept", within_ms=60_000)
        await amina.hears(CALLER_HZ)
        await caller.hears(AGENT_HZ)
        dev = await agent_at_desk(parties, product, "dev", SECOND_AGENT_HZ)
        yield Scene(parties=parties, caller=caller, amina=amina, dev=dev)


async def press(party: Party, testid: str, *, within_ms: int = 20_000) -> None:
    """Click once it is there and enabled, and not within the band's half second."""
    button = party.page.get_by_test_id(testid)
    await expect(button).to_be_enabled(timeout=within_ms)
    await asyncio.sleep(GUARD_S)
    await button.click()


async def pick(party: Party, what: str, way: str, *, control: str = "transfer", why: str = "") -> None:
    """In the picker: find by typing, say why, and go."""
    await press(party, control)
    page = party.page
    await page.get_by_test_id("picker-field").fill(what)
    await expect(page.get_by_role("option", selected=True)).to_contain_text(what, timeout=15_000)
    if why:
        await page.get_by_test_id("picker-why").fill(why)
    await press(party, way)
    await expect(page.get_by_test_id("picker")).to_have_count(0)


async def band_is(party: Party, state: str) -> None:
    await expect(party.page.get_by_test_id("band")).to_have_attribute("data-state", state, timeout=20_000)


async def ask(party: Party, method: str, path: str, body: object = None) -> Any:
    """A request as the page itself sends it, with its session and its token."""
    script = """async ([method, path, body]) => {
      const session = await (await fetch('/api/session')).json();
      const answer = await fetch(path, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-csrf-token': session.csrf_token,
          'idempotency-key': crypto.randomUUID(),
        },
        body: body === null ? undefined : JSON.stringify(body),
      });
      return [answer.status, await answer.text()];
    }"""
    status, text = await party.page.evaluate(script, [method, path, body])
    assert status < 300, f"{method} {path}: {status} {text}"
    return text


async def test_a_caller_goes_on_to_a_colleague_and_from_there_to_a_queue(product: Product) -> None:
    async with amina_talks(product) as scene:
        caller, amina, dev = scene.caller, scene.amina, scene.dev
        await pick(amina, "Dev Patel", "transfer-now", why=WHY)

        # Dev sees who sends whom, and why, before anything is said.
        await expect(dev.page.get_by_test_id("offer")).to_be_visible(timeout=30_000)
        await expect(dev.page.get_by_test_id("offer-word")).to_contain_text("Amina")
        await expect(dev.page.get_by_test_id("offer-why")).to_contain_text(WHY)
        await expect(dev.page.get_by_test_id("caller-name")).to_contain_text("Margaret Okonjo")
        await expect(caller.page.get_by_test_id("handed-on")).to_be_visible(timeout=15_000)
        await press(dev, "accept")
        await dev.hears_voices(CALLER_HZ)
        await caller.hears_voices(SECOND_AGENT_HZ)
        await amina.hears_silence()
        await band_is(amina, "acw")
        await expect(amina.page.get_by_test_id("band")).to_contain_text("Passed on")
        await press(amina, "outcome-billing_review")
        await press(amina, "finish")
        await expect(amina.page.get_by_test_id("state-selector")).to_contain_text("Available")

        # From Dev to a queue: Amina serves it too, and is rung as one of it.
        await pick(dev, "Complaints", "transfer-now", why="Wants to complain")
        await expect(amina.page.get_by_test_id("offer")).to_be_visible(timeout=30_000)
        await expect(amina.page.get_by_test_id("offer-why")).to_contain_text("Wants to complain")
        await press(amina, "accept")
        await amina.hears_voices(CALLER_HZ)
        await caller.hears_voices(AGENT_HZ)
        await dev.hears_silence()
        await state_is(caller, "talking")


async def test_a_consultation_is_cancelled_and_another_is_completed(product: Product) -> None:
    async with amina_talks(product) as scene:
        caller, amina, dev = scene.caller, scene.amina, scene.dev
        await pick(amina, "Dev Patel", "consult", why=WHY)
        await caller.hears_other_than(AGENT_HZ)
        await state_is(caller, "held")
        await expect(dev.page.get_by_test_id("offer-why")).to_contain_text(WHY, timeout=30_000)
        await press(dev, "accept")

        # The two talk alone; the cord says so on both pages.
        await amina.hears_voices(SECOND_AGENT_HZ)
        await dev.hears_voices(AGENT_HZ)
        await caller.hears_other_than(AGENT_HZ)
        await expect(amina.page.get_by_test_id("jack-caller")).to_have_attribute("data-state", "held")
        await expect(dev.page.get_by_test_id("band-word")).to_contain_text("Amina asks you")

        # Swapped, Amina has the caller and Dev hears music.
        await press(amina, "cord-swap")
        await amina.hears_voices(CALLER_HZ)
        await caller.hears_voices(AGENT_HZ)
        await dev.hears_other_than(AGENT_HZ)

        # Back to the caller; Dev is free again.
        await press(amina, "cord-back")
        await caller.hears_voices(AGENT_HZ)
        await amina.hears_voices(CALLER_HZ)
        await dev.hears_silence()
        await expect(amina.page.get_by_test_id("cord")).to_have_count(0)
        await expect(dev.page.get_by_test_id("state-selector")).to_contain_text("Available", timeout=20_000)

        # Asked again, Dev takes over.
        await pick(amina, "Dev Patel", "consult")
        await press(dev, "accept", within_ms=30_000)
        await dev.hears_voices(AGENT_HZ)
        await press(amina, "cord-complete")
        await caller.hears_voices(SECOND_AGENT_HZ)
        await dev.hears_voices(CALLER_HZ)
        await amina.hears_silence()
        await band_is(amina, "acw")
        await band_is(dev, "live")
        await state_is(caller, "talking")
        await expect(caller.page.get_by_test_id("agent-name")).to_have_text("Dev")


async def test_a_conference_of_three_and_one_leaves(product: Product) -> None:
    async with amina_talks(product) as scene:
        caller, amina, dev = scene.caller, scene.amina, scene.dev
        await pick(amina, "Dev Patel", "consult", control="add")
        await press(dev, "accept", within_ms=30_000)
        await amina.hears_voices(SECOND_AGENT_HZ)
        await press(amina, "cord-join")

        await caller.hears_voices(AGENT_HZ, SECOND_AGENT_HZ)
        await amina.hears_voices(CALLER_HZ, SECOND_AGENT_HZ)
        await dev.hears_voices(CALLER_HZ, AGENT_HZ)
        await expect(amina.page.get_by_test_id("band-word")).to_have_text("All three talk")
        await state_is(caller, "talking")

        # Amina leaves them to it: the caller is Dev's now.
        await press(amina, "cord-leave")
        await caller.hears_voices(SECOND_AGENT_HZ)
        await dev.hears_voices(CALLER_HZ)
        await amina.hears_silence()
        await band_is(amina, "acw")
        await expect(dev.page.get_by_test_id("end")).to_be_enabled(timeout=20_000)


async def test_a_supervisor_listens_whispers_and_barges_in(product: Product) -> None:
    async with browsers() as parties:
        amina = await agent_at_desk(parties, product, "amina", AGENT_HZ)
        caller = await caller_on_page(parties, product, number=MARGARET, topic="billing")
        await press(amina, "accept", within_ms=60_000)
        await caller.hears_voices(AGENT_HZ)
        leila = await agent_at_desk(parties, product, "leila", SUPERVISOR_HZ)
        contact_id = str(await caller.page.evaluate("JSON.parse(sessionStorage['patchbay.call']).contactId"))

        async def supervise(mode: str) -> None:
            await ask(leila, "POST", f"/api/floor/contacts/{contact_id}/supervise", {"mode": mode})

        await supervise("listen")
        await leila.hears_voices(CALLER_HZ, AGENT_HZ)
        await amina.hears_voices(CALLER_HZ)
        await caller.hears_voices(AGENT_HZ)
        await expect(amina.page.get_by_test_id("cord")).to_have_count(0)

        await supervise("whisper")
        await amina.hears_voices(CALLER_HZ, SUPERVISOR_HZ)
        await caller.hears_voices(AGENT_HZ)
        await leila.hears_voices(CALLER_HZ, AGENT_HZ)
        await expect(amina.page.get_by_test_id("jack-supervisor")).to_have_attribute(
            "data-state", "whispering"
        )

        await supervise("barge")
        await caller.hears_voices(AGENT_HZ, SUPERVISOR_HZ)
        await amina.hears_voices(CALLER_HZ, SUPERVISOR_HZ)
        await leila.hears_voices(CALLER_HZ, AGENT_HZ)

        await ask(leila, "DELETE", "/api/floor/supervising")
        await caller.hears_voices(AGENT_HZ)
        await amina.hears_voices(CALLER_HZ)
        await leila.hears_silence()


async def test_a_page_plays_a_number_and_takes_the_caller(product: Product) -> None:
    async with amina_talks(product) as scene:
        caller, amina = scene.caller, scene.amina
        partner = await scene.parties.open("partner", SUPERVISOR_HZ, viewport={"width": 390, "height": 844})
        await partner.page.goto(f"{product.url}/telephone")
        await partner.page.get_by_test_id("number-+441134960300").click()
        await press(partner, "be")
        await state_is(partner, "waiting")

        # Declined once: whoever was asked is busy, and Amina has the caller back.
        await pick(amina, "Billing partner", "consult")
        await state_is(partner, "ringing")
        await press(partner, "decline")
        await state_is(partner, "waiting")
        await press(amina, "cord-back")
        await caller.hears_voices(AGENT_HZ)

        await pick(amina, "Billing partner", "transfer-now", why=WHY)
        await state_is(partner, "ringing")
        await press(partner, "answer")
        await partner.hears_voices(CALLER_HZ)
        await caller.hears_voices(SUPERVISOR_HZ)
        await amina.hears_silence()
        await band_is(amina, "acw")
        await press(partner, "end")
        await state_is(partner, "waiting")
        await state_is(caller, "ended")
