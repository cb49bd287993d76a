"""What pages are told, from the batches that a real voice domain writes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.api import models as wire
from app.clock import VirtualClock
from app.engine import commands as ask
from app.engine.commit import Batch, Committed, PublishedEvent
from app.engine.contact import Contact
from app.live.board import Board
from app.live.daybook import DayBook
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.live.hub import Hub
from app.live.outbox import Outbox
from app.live.state import LiveState
from telephony import port
from tests.unit.voice.centre import START, Centre, configuration

NAMES = {"leila": "Leila Haddad", "amina": "Amina Yusuf", "dev": "Dev Patel", "nia": "Nia Evans"}


class SlowPops:
    """Pops that are loaded only when the test lets them."""

    def __init__(self) -> None:
        self.may_load = asyncio.Event()
        self.built: list[str] = []

    async def build(self, contact: Contact, agent_id: str, now: datetime) -> wire.Pop:
        await self.may_load.wait()
        self.built.append(contact.contact_id)
        return wire.Pop(
            match="unknown",
            verification=wire.Verification(verified=contact.verified, how="nothing", label="Unverified"),
            number=contact.ani,
        )

    async def note(self, contact_id: str) -> tuple[str, datetime | None]:
        return "", None


class Pages:
    """A centre whose committed batches reach a board, and pages that read it."""

    def __init__(self) -> None:
        self.centre = Centre()
        self.clock = VirtualClock(START)
        self.hub = Hub(time=lambda: 0.0)
        self.pops = SlowPops()
        self.state = LiveState()
        self._number = 0
        voice = configuration()
        directory = Directory(
            agents={
                agent.agent_id: AgentEntry(
                    agent_id=agent.agent_id,
                    name=NAMES[agent.agent_id],
                    initials="XX",
                    team="Billing",
                    queues=tuple(sorted(agent.queues)),
                )
                for agent in voice.agents
            },
            queues={
                queue.queue_id: QueueEntry(queue_id=queue.queue_id, name=queue.name) for queue in voice.queues
            },
        )
        self.board = Board(
            hub=self.hub,
            state=self.state,
            daybook=DayBook(START, ZoneInfo("Europe/London"), {}),
            directory=lambda: directory,
            configuration=lambda: voice,
            pops=self.pops,
            clock=self.clock,
            explain=lambda contact_id, now: self.centre.domain.world.router.explain_contact(contact_id, now),
        )
        take = self.centre.take

        def taken(*inputs: Any) -> Batch:
            batch = take(*inputs)
            self.commit(batch)
            return batch

        self.centre.take = taken  # type: ignore[method-assign]

    def commit(self, batch: Batch) -> None:
        self.clock.advance_to(max(self.clock.now(), self.centre.now))
        self._number += 1
        events = tuple(PublishedEvent(position=0, event=event) for event in batch.events)
        self.board.on_committed(
            Committed(number=self._number, now=self.centre.now, batch=batch, events=events)
        )

    def page(self, topic: str) -> Outbox:
        outbox = self.hub.outbox()
        assert self.hub.attach(outbox, topic)
        return outbox


async def read(outbox: Outbox, wanted: str) -> Any:
    """The next value that a page is told for `wanted`, a top-level member of its topic."""
    async with asyncio.timeout(5):
        while True:
            while (message := outbox.take()) is not None:
                told = json.loads(str(message["text"]))
                values = told.get("data") or told.get("set") or {}
                if values.get(wanted) is not None:
                    return values[wanted]
            await outbox.wait()


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    pages = Pages()
    pages.board.open()
    yield pages
    pages.pops.may_load.set()
    await pages.board.close()


async def test_an_offer_is_shown_only_with_its_pop(pages: Pages) -> None:
    pages.centre.agent("amina")
    outbox = pages.page("agent:amina")
    contact = pages.centre.caller()
    await asyncio.sleep(0)
    told = pages.board._agents.topic("amina", START)
    assert told.me.state == "ringing"
    assert told.offer is None

    pages.pops.may_load.set()
    offer = await read(outbox, "offer")
    assert offer["contact_id"] == contact.contact_id
    assert offer["pop"]["number"] == "+447700900142"
    assert offer["because"]


async def test_a_call_is_followed_from_talk_to_wrap_up(pages: Pages) -> None:
    pages.pops.may_load.set()
    outbox = pages.page("agent:amina")
    contact = pages.centre.talking("amina")
    assert (await read(outbox, "contact"))["contact_id"] == contact.contact_id
    pages.centre.wait(30)
    pages.centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))

    async def wrapping_up() -> dict[str, Any]:
        while True:
            told: dict[str, Any] = await read(outbox, "contact")
            if told["state"] == "acw":
                return told

    told = await asyncio.wait_for(wrapping_up(), 5)
    assert told["talk_s"] == 30.0
    assert told["ended_by"] == "caller"
    assert told["acw_extendable_s"] > 0


async def test_an_agent_who_cannot_be_reached_is_never_shown_as_available(pages: Pages) -> None:
    pages.centre.agent("dev")
    pages.centre.do(ask.SetReachability(agent_id="dev", reachable=False, why="microphone_silent"))
    floor = pages.board._floor.topic(pages.clock.now())
    [tile] = [agent for agent in floor.agents if agent.id == "dev"]
    assert (tile.state, tile.reason) == ("unreachable", "Microphone silent")
    assert floor.figures.available == 0


async def test_a_caller_reads_its_place_and_how_the_call_ended(pages: Pages) -> None:
    first, second = pages.centre.caller(), pages.centre.caller()
    outbox = pages.page(f"caller:{second.contact_id}")
    assert await read(outbox, "position") == 2
    pages.centre.tell(port.LegEnded(leg_id=first.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert await read(outbox, "position") == 1
    pages.centre.tell(port.LegEnded(leg_id=second.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert await read(outbox, "ended_by") == "caller"


async def test_why_a_caller_waits_is_the_routers_own_verdict(pages: Pages) -> None:
    contact = pages.centre.caller()
    floor = pages.board._floor.topic(pages.clock.now())
    why = pages.board.why_waiting(contact.contact_id, "en")
    assert why is not None
    assert floor.waiting[0].why == why.verdict == "Nobody who can take this caller is signed in."
    assert why.exclusions[0].count == len(configuration().agents)


async def test_the_floor_tells_only_what_changed(pages: Pages) -> None:
    outbox = pages.page("floor")
    assert await read(outbox, "queues")
    pages.centre.caller()
    async with asyncio.timeout(5):
        while True:
            await outbox.wait()
            message = outbox.take()
            assert message is not None
            told = json.loads(str(message["text"]))
            if told["type"] == "delta" and "waiting" in told["upsert"]:
                break
    assert [queue["id"] for queue in told["upsert"]["queues"]] == ["billing"]
