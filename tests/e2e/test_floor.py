"""A supervisor at the page: moves callers, closes a queue, forces a state, takes an alert, opens a figure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import SUPERVISOR_HZ, browsers
from tests.e2e.people import WebAgent, WebCaller
from tests.e2e.product import Product, running, until

SOON_MS = 20_000


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    async with running(tmp_path / "data") as product:
        yield product


async def in_line(product: Product, hz: float) -> WebCaller:
    caller = await WebCaller(product, hz).call("billing")
    await caller.reaches("waiting")
    return caller


async def line(page: Page) -> list[str]:
    """Contact ids in the drawer, first in line first."""
    rows: list[str] = await page.locator("[data-testid^='waiting-']").evaluate_all(
        "rows => rows.map((row) => row.dataset.testid.slice('waiting-'.length))"
    )
    return rows


async def stands(page: Page, *wanted: WebCaller) -> None:
    async def so() -> bool:
        return await line(page) == [caller.contact_id for caller in wanted]

    await until(so, f"the line to be {[caller.contact_id for caller in wanted]}")


async def test_a_supervisor_steers_the_floor(product: Product) -> None:
    amina = await WebAgent(product, 1000.0).sign_in("amina")
    await amina.staff.do("/api/agent/state", {"state": "not_ready", "reason": "break"})
    async with browsers() as parties:
        leila = await parties.open("leila", SUPERVISOR_HZ)
        page = leila.page
        await sign_in(page, product, "leila")
        callers = [await in_line(product, hz) for hz in (440.0, 523.0, 660.0)]
        first, second, third = callers
        await page.get_by_test_id("queue-billing").click()
        await stands(page, first, second, third)
        await reorder(page, first, second, third)
        await close_and_reopen(page, first, second, third)
        await force_not_ready(page)
        await alert_from_threshold_to_end(page, callers)
        await drill(page, callers)
    for caller in callers:
        await caller.close()
    await amina.close()


async def sign_in(page: Page, product: Product, username: str) -> None:
    await page.goto(product.url)
    body = {"username": username, "password": "brightwater"}
    answer = await page.request.post(f"{product.url}/api/session", data=body, headers={"Origin": product.url})
    assert answer.ok
    await page.goto(f"{product.url}/floor")
    await expect(page.get_by_test_id("floor")).to_be_visible(timeout=SOON_MS)


async def reorder(page: Page, first: WebCaller, second: WebCaller, third: WebCaller) -> None:
    """The last gets a priority, then the second goes to the front of those without one."""
    await page.get_by_test_id(f"waiting-{third.contact_id}").click()
    await expect(page.get_by_test_id("verdict")).not_to_be_empty()
    await page.get_by_test_id("priority").click()
    await page.get_by_test_id("priority-value").fill("5")
    await page.get_by_test_id("priority-set").click()
    await expect(page.get_by_test_id("place")).to_have_text("1 of 3", timeout=SOON_MS)
    await page.get_by_test_id("why-back").click()
    await stands(page, third, first, second)
    await page.get_by_test_id(f"waiting-{second.contact_id}").click()
    await page.get_by_test_id("move").click()
    await page.get_by_test_id("move-first").click()
    await expect(page.get_by_test_id("place")).to_have_text("2 of 3", timeout=SOON_MS)
    await page.get_by_test_id("why-back").click()
    await stands(page, third, second, first)


async def close_and_reopen(page: Page, first: WebCaller, second: WebCaller, third: WebCaller) -> None:
    """Who waits goes where it was said, by priority and waiting; a place given by hand is of its queue."""
    await page.get_by_test_id("queue-menu-billing").click()
    await page.get_by_test_id("close-queue").click()
    await expect(page.get_by_test_id("close-preview")).to_contain_text("3 callers wait here", timeout=SOON_MS)
    await page.get_by_test_id("then-overflow").click()
    await page.get_by_test_id("then-queue").click()
    await page.get_by_role("option", name="Complaints").click()
    await page.get_by_test_id("close-now").click()
    await expect(page.get_by_test_id("queue-billing")).to_have_attribute(
        "data-closed", "true", timeout=SOON_MS
    )
    await expect(page.get_by_test_id("queue-complaints")).to_have_attribute(
        "data-waiting", "3", timeout=SOON_MS
    )
    await page.get_by_test_id("queue-complaints").click()
    await stands(page, third, first, second)
    await page.get_by_test_id("queue-menu-billing").click()
    await page.get_by_test_id("reopen-queue").click()
    await expect(page.get_by_test_id("queue-billing")).to_have_attribute(
        "data-closed", "false", timeout=SOON_MS
    )
    await page.get_by_test_id("drawer-close").click()


async def force_not_ready(page: Page) -> None:
    tile = page.get_by_test_id("agent-amina")
    await tile.click()
    await page.get_by_test_id("force-not-ready").hover()
    await page.get_by_test_id("reason-coaching").click()
    await expect(tile).to_have_attribute("data-state", "not_ready", timeout=SOON_MS)
    await expect(tile).to_contain_text("oaching", timeout=SOON_MS)


async def alert_from_threshold_to_end(page: Page, callers: list[WebCaller]) -> None:
    await page.get_by_test_id("thresholds").click()
    row = page.get_by_test_id("threshold-waiting")
    await page.get_by_test_id("waiting-warn").fill("2")
    await page.get_by_test_id("waiting-bad").fill("3")
    await page.get_by_test_id("waiting-holds").fill("0")
    await page.get_by_test_id("waiting-clears").fill("0")
    await row.get_by_role("switch").first.check(force=True)
    await page.get_by_test_id("save-waiting").click()
    await expect(page.get_by_test_id("save-waiting")).to_have_count(0, timeout=SOON_MS)
    await page.keyboard.press("Escape")
    alert = page.get_by_test_id("alert-queue_waiting-complaints")
    await expect(alert).to_have_attribute("data-tone", "bad", timeout=SOON_MS)
    await expect(alert).to_contain_text("3 waiting")
    await alert.get_by_test_id("take").click()
    await expect(alert).to_contain_text("Leila Haddad looks after it", timeout=SOON_MS)
    for caller in callers:
        await caller.hang_up()
    await expect(alert).to_have_attribute("data-tone", "ok", timeout=SOON_MS)
    await expect(alert).to_contain_text("taken by Leila Haddad")


async def drill(page: Page, callers: list[WebCaller]) -> None:
    """As many contacts as the figure says."""
    await page.get_by_test_id("figure-abandoned").click()
    drawer = page.get_by_test_id("drill")
    await expect(drawer).to_have_attribute("data-total", str(len(callers)), timeout=SOON_MS)
    for caller in callers:
        await expect(page.get_by_test_id(f"contact-{caller.contact_id}")).to_be_visible()
    shown: Any = await page.get_by_test_id("figures").inner_text()
    assert f"{len(callers)} of {len(callers)} calls" in shown
