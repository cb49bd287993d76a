"""Calls that go on to an outside number without a telephone network: a page plays it. Pitches measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.people import WebAgent, WebCaller, WebTelephone, hears
from tests.e2e.product import Product, running

CALLER_HZ, AGENT_HZ, PARTNER_HZ = 440.0, 620.0, 880.0
PARTNER = "+441134960300"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    caller: WebCaller
    amina: WebAgent
    partner: WebTelephone

    async def ask(self, how: str, number: str) -> None:
        """Transfer to a number, or consult it."""
        path = f"/api/contacts/{self.caller.contact_id}/{how}"
        await self.amina.staff.do(path, {"to": {"kind": "number", "id": number}, "why": "Meter exchange"})


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A caller talks to Amina; the partner's telephone is open."""
    async with running(tmp_path / "data") as product, AsyncExitStack() as stack:
        yield await _scene(product, stack)


async def _scene(product: Product, stack: AsyncExitStack) -> Scene:
    caller, amina = WebCaller(product, CALLER_HZ), WebAgent(product, AGENT_HZ)
    partner = WebTelephone(product, PARTNER_HZ)
    for each in (caller, amina, partner):
        stack.push_async_callback(each.close)
    await (await amina.sign_in("amina")).available()
    await caller.call("billing")
    await amina.accept()
    await hears(caller.party, AGENT_HZ)
    await partner.be(PARTNER)
    return Scene(caller=caller, amina=amina, partner=partner)


async def test_a_caller_goes_on_to_a_number_whose_telephone_answers(scene: Scene) -> None:
    caller, amina, partner = scene.caller, scene.amina, scene.partner
    await scene.ask("transfer", "0113 496 0300")
    await partner.answer()
    await hears(partner.party, CALLER_HZ)
    await hears(caller.party, PARTNER_HZ)
    await amina.contact_is("acw")

    # Whoever was rung hangs up: the caller's call is over too.
    await partner.hang_up()
    await caller.reaches("ended")
    await partner.is_("waiting")


async def test_a_declined_call_comes_back_to_whoever_sent_it(scene: Scene) -> None:
    caller, amina, partner = scene.caller, scene.amina, scene.partner
    await scene.ask("transfer", PARTNER)
    await amina.finish()
    await partner.decline()
    offer = await amina.rung()
    assert offer["contact_id"] == caller.contact_id
    await amina.accept()
    await hears(caller.party, AGENT_HZ)


async def test_a_number_that_nobody_plays_comes_back_at_once(scene: Scene) -> None:
    caller, amina = scene.caller, scene.amina
    await scene.ask("transfer", "0113 496 0999")
    await amina.finish()
    await amina.accept()
    await hears(caller.party, AGENT_HZ)


async def test_a_number_is_consulted_and_has_the_caller_in_the_end(scene: Scene) -> None:
    caller, amina, partner = scene.caller, scene.amina, scene.partner
    await scene.ask("consult", PARTNER)
    await partner.answer()
    await hears(amina.party, PARTNER_HZ)
    await hears(partner.party, AGENT_HZ)
    await amina.staff.do(f"/api/contacts/{caller.contact_id}/consult/complete")
    await hears(caller.party, PARTNER_HZ)
    await hears(partner.party, CALLER_HZ)
    await amina.contact_is("acw")

    # The caller hangs up: the telephone is free for the next call.
    await caller.hang_up()
    await partner.is_("waiting")
