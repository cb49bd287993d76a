"""Guest telephones: pages that play an outside number, from the register to the call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from app.clock import monotonic
from app.engine.codec import encode
from app.engine.commit import EffectRow, Recovery
from app.engine.runner import VoiceRunner
from app.telephones import GuestTelephones
from telephony.port import Command, Hangup, LegKind, Originate, OriginateOutcome
from tests.integration.api.conftest import Centre, Visitor, served
from tests.integration.api.test_callers import caller_of

PARTNER = "+441134960300"
PLAIN = "0113 496 0300"


@dataclass
class Line:
    """The media process as the switchboard sees it."""

    executed: list[Command] = field(default_factory=list)
    refused: list[tuple[str, OriginateOutcome]] = field(default_factory=list)

    async def execute(self, command: Command) -> None:
        self.executed.append(command)

    async def refuse(self, leg_id: str, outcome: OriginateOutcome) -> None:
        self.refused.append((leg_id, outcome))


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def telephones(centre: Centre, line: Line) -> GuestTelephones:
    return GuestTelephones(
        hub=centre.parts.hub,
        new_id=centre.parts.new_id,
        now=centre.clock.now,
        monotonic_s=monotonic,
        region="GB",
        refuse=line.refuse,
    )


@pytest.fixture
def house(centre: Centre, telephones: GuestTelephones) -> Centre:
    """The centre with guest telephones."""
    centre.app = centre.rebuilt(telephones=telephones)
    return centre


def dial(leg_id: str = "lg_1", number: str = PARTNER, ring_timeout_s: float = 30.0) -> Originate:
    return Originate(
        attempt_id=f"at_{leg_id}",
        leg_id=leg_id,
        destination=number,
        caller_id="+442079460100",
        ring_timeout_s=ring_timeout_s,
    )


async def opened(visitor: Visitor, number: str = PLAIN) -> str:
    answer = await visitor.post("/api/caller/telephone", {"number": number})
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == PARTNER
    return str(answer.json()["telephone_id"])


# --- whom a dial rings ---


async def test_a_number_however_it_is_written_rings_the_page_that_plays_it(
    telephones: GuestTelephones, line: Line
) -> None:
    telephone = telephones.register("somebody", PLAIN)
    await telephones.dial(dial(), line.execute)
    (command,) = line.executed
    assert isinstance(command, Originate)
    assert command.destination == f"browser:{telephone.telephone_id}"
    assert (telephone.state, telephone.leg_id, telephone.caller_id) == ("ringing", "lg_1", "+442079460100")
    assert line.refused == []


async def test_a_number_that_nobody_plays_is_no_number(telephones: GuestTelephones, line: Line) -> None:
    await telephones.dial(dial(), line.execute)
    assert line.refused == [("lg_1", OriginateOutcome.INVALID_NUMBER)]
    assert len(line.executed) == 1, "the media process has the attempt that the refusal ends"


async def test_a_telephone_that_rings_or_talks_is_busy(telephones: GuestTelephones, line: Line) -> None:
    telephone = telephones.register("somebody", PLAIN)
    await telephones.dial(dial("lg_1"), line.execute)
    await telephones.dial(dial("lg_2"), line.execute)
    telephones.answer(telephone)
    await telephones.dial(dial("lg_3"), line.execute)
    assert line.refused == [("lg_2", OriginateOutcome.BUSY), ("lg_3", OriginateOutcome.BUSY)]
    assert telephone.leg_id == "lg_1"


async def test_ringing_ends_before_the_media_process_stops_waiting(
    telephones: GuestTelephones, line: Line
) -> None:
    telephone = telephones.register("somebody", PLAIN)
    await telephones.dial(dial(ring_timeout_s=1.0), line.execute)
    assert telephone.state == "ringing"
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0, later.set)
    await later.wait()
    assert telephones.view(telephone).state == "waiting"
    assert line.refused == [], "the media process says itself that nobody answered"


@pytest.mark.parametrize("destination", [PARTNER, "browser:ct_1"])
async def test_the_runner_sends_numbers_to_telephones_and_callbacks_to_the_callers_page(
    centre: Centre, telephones: GuestTelephones, line: Line, destination: str
) -> None:
    telephone = telephones.register("somebody", PLAIN)
    runner = VoiceRunner(
        {"webrtc": line},  # type: ignore[dict-item]
        None,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        lambda _: {},
        {"webrtc": telephones},
    )

    def effect(command: Command) -> EffectRow:
        payload: dict[str, Any] = {"backend": "webrtc", "command": encode(command)}
        return EffectRow(effect_id="e", kind="telephony", recovery=Recovery.ONCE, payload=payload)

    await runner.run(effect(dial(number=destination)))
    (command,) = line.executed
    assert isinstance(command, Originate)
    if destination == PARTNER:
        assert command.destination == f"browser:{telephone.telephone_id}"
        await runner.run(effect(Hangup(leg_id="lg_1")))
        assert telephone.state == "waiting", "the agent did not wait for the answer"
    else:
        assert command.destination == destination


# --- pages ---


async def test_without_guest_telephones_there_is_no_such_page(centre: Centre) -> None:
    visitor = await caller_of(centre)
    assert (await visitor.get("/api/caller/telephone")).status_code == 404
    assert (await visitor.post("/api/caller/telephone", {"number": PLAIN})).status_code == 404


async def test_a_number_is_played_by_one_page_and_by_the_same_one_after_a_reload(house: Centre) -> None:
    visitor, other = await caller_of(house), await caller_of(house)
    telephone_id = await opened(visitor)
    assert await opened(visitor, PARTNER) == telephone_id
    refused = await other.post("/api/caller/telephone", {"number": PARTNER})
    assert (refused.status_code, refused.json()["code"]) == (409, "number_taken")
    assert (await other.post(f"/api/caller/telephone/{telephone_id}/decline")).status_code == 404
    assert (await other.post("/api/caller/telephone", {"number": "no"})).status_code == 422
    assert (await visitor.change("DELETE", f"/api/caller/telephone/{telephone_id}")).status_code == 200
    assert (await other.post("/api/caller/telephone", {"number": PARTNER})).status_code == 200


async def test_only_who_has_a_session_may_play_a_number(house: Centre) -> None:
    stranger = house.visitor()
    assert (await stranger.post("/api/caller/telephone", {"number": PLAIN})).status_code == 401


async def test_an_answer_connects_the_leg_that_was_dialled(
    house: Centre, telephones: GuestTelephones, line: Line
) -> None:
    visitor = await caller_of(house)
    path = f"/api/caller/telephone/{await opened(visitor)}"
    early = await visitor.post(f"{path}/answer", {"sdp": "v=0"})
    assert (early.status_code, early.json()["code"]) == (409, "not_ringing")
    assert house.phone.connected == []
    await telephones.dial(dial(), line.execute)
    answer = await visitor.post(f"{path}/answer", {"sdp": "v=0"})
    assert answer.json()["leg_id"] == "lg_1"
    assert [(leg, kind) for leg, kind, _ in house.phone.connected] == [("lg_1", LegKind.CALLER)]
    await visitor.post(f"{path}/hang-up")
    await telephones.dial(dial("lg_2"), line.execute)
    assert line.refused == [], "free again"


async def test_a_declined_call_is_busy_once(house: Centre, telephones: GuestTelephones, line: Line) -> None:
    visitor = await caller_of(house)
    path = f"/api/caller/telephone/{await opened(visitor)}"
    await telephones.dial(dial(), line.execute)
    assert (await visitor.post(f"{path}/decline")).status_code == 200
    assert (await visitor.post(f"{path}/decline")).status_code == 200
    assert line.refused == [("lg_1", OriginateOutcome.BUSY)]


# --- the websocket ---


async def hear_state(page: ClientConnection) -> str:
    async with asyncio.timeout(10):
        while True:
            message = json.loads(await page.recv())
            if message["type"] in ("snapshot", "delta"):
                return str(message.get("data", message.get("set"))["state"])


@asynccontextmanager
async def page_of(address: str, visitor: Visitor, telephone_id: str) -> AsyncIterator[ClientConnection]:
    ticket = (await visitor.post(f"/api/caller/telephone/{telephone_id}/ws-ticket")).json()["ticket"]
    async with connect(f"ws://{address}/ws/telephone?ticket={ticket}", origin=None) as page:
        yield page
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://{address}/ws/telephone?ticket={ticket}", origin=None):
            pass


async def test_the_page_hears_that_it_rings_and_when_it_stops(
    house: Centre, telephones: GuestTelephones, line: Line
) -> None:
    visitor = await caller_of(house)
    telephone_id = await opened(visitor)
    async with (
        served(house.app, house.parts.settings) as address,
        page_of(address, visitor, telephone_id) as page,
    ):
        assert await hear_state(page) == "waiting"
        await telephones.dial(dial(), line.execute)
        assert await hear_state(page) == "ringing"
        telephones.stopped("lg_1")
        assert await hear_state(page) == "waiting"
