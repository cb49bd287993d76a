"""From joining a queue to the ring in the agent's page: `make bench-call`.

A real server, a real Chromium as the agent's page, callers over WebRTC. The called number goes straight
into a queue, so that what is measured is ours: from the log's `contact.queued` to the moment at which the
page begins to ring, pop on screen. Beside it, for the same calls, somebody who looks once a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from telephony.clock import monotonic
from tests.e2e.browser import AGENT_HZ, Parties, browsers
from tests.e2e.people import WebCaller
from tests.e2e.product import Product, Staff, running, until
from tests.e2e.test_first_call import agent_at_desk

CALLS = 200
CALLS_QUICK = 20
RUNS = 5
NUMBER = "+442079460199"
FLOW = {
    "id": "bench",
    "name": "Straight into the queue",
    "languages": ["en"],
    "fallback_queue": "billing",
    "start": "queue",
    "nodes": {
        "queue": {"kind": "queue", "name": "Billing", "queue": "billing", "on_return": "end"},
        "end": {"kind": "hang_up", "name": "End"},
    },
}
WATCH = """
() => {
  window.benchRings = {};
  setInterval(() => {
    const seen = window.__patchbay;
    if (seen.rangAt !== null && seen.offerId && !(seen.offerId in window.benchRings))
      window.benchRings[seen.offerId] = performance.timeOrigin + seen.rangAt;
  }, 5);
}
"""


class Poller:
    """A page that asks once a second whether something rings."""

    PERIOD_S = 1.0

    def __init__(self, agent: Any) -> None:
        self._page = agent.page
        self.seen: dict[str, float] = {}
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _poll(self) -> None:
        while True:
            rings = await self._page.evaluate("({rings: window.benchRings, now: Date.now()})")
            for offer_id in rings["rings"]:
                self.seen.setdefault(offer_id, rings["now"])
            await asyncio.sleep(self.PERIOD_S)


async def measure(product: Product, parties: Parties, runs: int, calls: int) -> dict[str, Any]:
    admin = await Staff(product).sign_in("gwen")
    await admin.do("/api/flows/bench", {"flow": FLOW}, "PUT")
    number = {"dnis": NUMBER, "label": "Bench", "flow_id": "bench", "backend": "webrtc"}
    await admin.do(f"/api/numbers/{NUMBER}", number, "PUT")
    agent = await agent_at_desk(parties, product, "amina", AGENT_HZ)
    await agent.page.evaluate(WATCH)
    poller = Poller(agent)
    by_run: list[list[float]] = []
    polled: list[float] = []
    lost = 0
    for run in range(runs):
        waits: list[float] = []
        for call in range(calls // runs):
            ring = await one_call(product, admin, agent, poller)
            if ring is None:
                lost += 1
                continue
            waits.append(ring[0])
            polled.append(ring[1])
            progress(f"run {run + 1} of {runs}, call {call + 1}: {ring[0]:.0f} ms")
        by_run.append(waits)
    await poller.stop()
    await admin.close()
    pooled = sorted(wait for waits in by_run for wait in waits)
    return {
        "join_to_ring_ms_p50": round(statistics.median(statistics.median(waits) for waits in by_run), 1),
        "join_to_ring_ms_p99": round(percentile(pooled, 0.99), 1),
        "poll_join_to_ring_ms_p99": round(percentile(sorted(polled), 0.99), 1),
        "calls": len(pooled),
        "lost": lost,
    }


async def one_call(product: Product, admin: Staff, agent: Any, poller: Poller) -> tuple[float, float] | None:
    """Milliseconds from queue to ring, in the live page and in the polling one; None when it never rang."""
    caller = WebCaller(product, 440.0)
    try:
        await caller.call(topic=None, dnis=NUMBER)

        try:
            rang = await until(lambda: ring_of(admin, agent, caller.contact_id), "a ring", 15.0)
        except AssertionError:
            return None
        assert rang is not None
        offer_id, queued_ms, rang_ms = rang

        async def noticed() -> bool:
            return offer_id in poller.seen

        await until(noticed, "the polling page to notice", 5.0)
        await caller.hang_up()
        await caller.reaches("ended")
        return rang_ms - queued_ms, poller.seen[offer_id] - queued_ms
    finally:
        await caller.close()


async def ring_of(admin: Staff, agent: Any, contact_id: str) -> tuple[str, float, float] | None:
    """Offer id, and the two instants in ms since 1970, once the page rang for this contact."""
    rings = await agent.page.evaluate("window.benchRings")
    detail = await admin.get(f"/api/contacts/{contact_id}")
    queued = [event for event in detail["events"] if event["kind"] == "contact.queued"]
    offers = [event for event in detail["events"] if event["kind"] == "offer.made"]
    for offer in offers:
        offer_id = offer["data"]["offer_id"]
        if queued and offer_id in rings:
            at = datetime.fromisoformat(queued[0]["at"])
            return offer_id, at.timestamp() * 1000, float(rings[offer_id])
    return None


def percentile(ordered: list[float], part: float) -> float:
    """Nearest rank."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


async def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    calls = CALLS_QUICK if quick else CALLS
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder) / "data") as product, browsers() as parties:
            figures = await measure(product, parties, 1 if quick else RUNS, calls)
    figures |= {
        "commit": commit(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "runs": 1 if quick else RUNS,
        "quick": quick,
        "took_s": round(monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
