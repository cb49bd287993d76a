"""Websockets through a real server: tickets, topics, presence, and what no page of ours would send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from app.api.sockets import PAGES_MAX
from app.auth.tickets import LIFETIME_S, Tickets
from app.live.outbox import BEHIND_S_MAX, MESSAGES_MAX
from tests.integration.api.conftest import Centre, Visitor, served
from tests.integration.api.test_callers import CALL, caller_of

READY = {"type": "heartbeat", "phone": "ready", "microphone": "ok"}


@pytest.fixture
async def address(centre: Centre) -> AsyncIterator[str]:
    """The centre behind a real server."""
    async with served(centre.app, centre.parts.settings) as where:
        yield where


async def ticket_of(visitor: Visitor) -> str:
    return str((await visitor.post("/api/ws-ticket")).json()["ticket"])


async def say(page: ClientConnection, **message: Any) -> None:
    await page.send(json.dumps(message))


async def hear(page: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        message: dict[str, Any] = json.loads(await page.recv())
        return message


async def hear_of(page: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of one type; others are passed over."""
    while True:
        message = await hear(page)
        if message["type"] == kind:
            return message


async def closed_with(page: ClientConnection) -> tuple[int, str]:
    """How the server closed the page."""
    try:
        while True:
            await hear(page)
    except ConnectionClosed as closed:
        return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd is not None else (0, "")


@asynccontextmanager
async def page_of(centre: Centre, address: str, username: str) -> AsyncIterator[ClientConnection]:
    """A page that has connected and got its first snapshot."""
    ticket = await ticket_of(await centre.signed_in(username))
    async with connect(f"ws://{address}/ws?ticket={ticket}", origin=None) as page:
        assert (await hear(page))["type"] == "hello"
        assert (await hear(page))["type"] == "snapshot"
        yield page


async def refused(url: str, **options: Any) -> tuple[int, str]:
    """Status and problem code of a refused handshake."""
    with pytest.raises(InvalidStatus) as error:
        async with connect(url, **options):
            pass
    response = error.value.response
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, json.loads(response.body)["code"]


# --- tickets and origins --------------------------------------------------------------------------


async def test_a_page_gets_hello_then_a_snapshot_then_changes(centre: Centre, address: str) -> None:
    ticket = await ticket_of(await centre.signed_in("amina"))
    async with connect(f"ws://{address}/ws?ticket={ticket}") as page:
        hello, snapshot = await hear(page), await hear(page)
        assert (hello["type"], hello["topics"], hello["clock_rate"]) == ("hello", ["agent"], 1.0)
        assert (snapshot["type"], snapshot["topic"], snapshot["seq"]) == ("snapshot", "agent", 0)
        assert snapshot["data"]["me"]["agent_id"] == "ag_amina"
        centre.live.hub.publish("agent:ag_amina", set={"offer": None})
        delta = await hear(page)
        assert (delta["type"], delta["seq"], delta["set"]) == ("delta", 1, {"offer": None})


async def test_a_ticket_is_good_once(centre: Centre, address: str) -> None:
    ticket = await ticket_of(await centre.signed_in("amina"))
    async with connect(f"ws://{address}/ws?ticket={ticket}"):
        assert await refused(f"ws://{address}/ws?ticket={ticket}") == (401, "signed_out")


async def test_an_old_forged_or_missing_ticket_opens_nothing(centre: Centre, address: str) -> None:
    now_s = 0.0
    tickets: Tickets[Any] = Tickets(lambda: now_s)
    object.__setattr__(centre.parts.auth, "staff_tickets", tickets)
    ticket = await ticket_of(await centre.signed_in("amina"))
    now_s = LIFETIME_S
    for query in (f"?ticket={ticket}", "?ticket=forged", ""):
        assert await refused(f"ws://{address}/ws{query}") == (401, "signed_out")


async def test_a_foreign_page_opens_no_socket_and_does_not_use_up_the_ticket(
    centre: Centre, address: str
) -> None:
    ticket = await ticket_of(await centre.signed_in("amina"))
    url = f"ws://{address}/ws?ticket={ticket}"
    assert await refused(url, origin=Origin("http://evil.example.com")) == (403, "foreign_origin")
    async with connect(url, origin=Origin(f"http://{address}")) as page:
        assert (await hear(page))["type"] == "hello"


async def test_one_session_has_a_bounded_number_of_pages(centre: Centre, address: str) -> None:
    visitor = await centre.signed_in("leila")
    async with AsyncExitStack() as pages:
        for _ in range(PAGES_MAX):
            ticket = await ticket_of(visitor)
            await pages.enter_async_context(connect(f"ws://{address}/ws?ticket={ticket}"))
        url = f"ws://{address}/ws?ticket={await ticket_of(visitor)}"
        assert await refused(url) == (429, "too_many_requests")
        other = f"ws://{address}/ws?ticket={await ticket_of(await centre.signed_in('leila'))}"
        await pages.enter_async_context(connect(other))


async def test_a_staff_ticket_opens_no_callers_socket(centre: Centre, address: str) -> None:
    ticket = await ticket_of(await centre.signed_in("amina"))
    assert await refused(f"ws://{address}/ws/caller?ticket={ticket}") == (401, "signed_out")


# --- what no page of ours sends -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("not json", "Not a message of this protocol"),
        ("[]", "Not a message of this protocol"),
        ('{"type":"nonsense"}', "Not a message of this protocol"),
        ('{"type":"heartbeat"}', "heartbeat.phone Field required"),
        ('{"type":"resync","topic":"floor"}', "did not subscribe to floor"),
        ('{"type":"subscribe","topics":["floor"]}', "The floor is for supervisors"),
        (b"\x00\x01", "this one was binary"),
        ('{"type":"shown","offer_id":"' + "x" * 17_000 + '"}', "at most 16 KiB"),
        ('{"type":"shown","offer_id":"' + "é" * 9_000 + '"}', "at most 16 KiB"),
        ("[" * 10_000, "Not a message of this protocol"),
    ],
)
async def test_garbage_closes_its_own_page_with_a_reason_and_nobody_elses(
    centre: Centre, address: str, frame: str | bytes, reason: str
) -> None:
    async with page_of(centre, address, "amina") as page, page_of(centre, address, "dev") as bystander:
        await page.send(frame)
        code, said = await closed_with(page)
        assert code == 1008
        assert reason in said
        await say(bystander, **READY)
        assert (await hear(bystander))["type"] == "heartbeat"
    assert len(centre.parts.pages) == 0 or centre.parts.presence.pages("ag_amina") == ()


async def test_a_frame_no_message_could_need_is_not_even_read(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as page:
        await page.send("x" * 200_000)
        assert (await closed_with(page))[0] == 1009


async def test_a_page_that_floods_is_closed(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as page:
        with suppress(ConnectionClosed):
            for _ in range(2000):
                await say(page, **READY)
        code, reason = await closed_with(page)
        assert code == 1008
        assert "messages a second" in reason


# --- topics ---------------------------------------------------------------------------------------


async def test_a_supervisor_reads_the_floor_and_an_agent_who_is_both_may_choose(
    centre: Centre, address: str
) -> None:
    async with page_of(centre, address, "leila") as page:
        centre.live.hub.publish("floor", upsert={"agents": [{"id": "ag_dev"}]}, remove={"waiting": ["ct_1"]})
        delta = await hear(page)
        assert (delta["topic"], delta["upsert"]["agents"][0]["id"], delta["remove"]) == (
            "floor",
            "ag_dev",
            {"waiting": ["ct_1"]},
        )
        await say(page, type="subscribe", topics=[])
        await say(page, type="heartbeat", phone="none")
        assert (await hear_of(page, "heartbeat"))["server_time"] == "2025-11-19T10:00:00Z"
        centre.live.hub.publish("floor", upsert={"agents": [{"id": "ag_amina"}]})
        await say(page, type="subscribe", topics=["floor"])
        assert (await hear(page))["type"] == "snapshot"


async def test_after_a_gap_a_page_asks_and_gets_the_whole_topic(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as page:
        await say(page, type="resync", topic="agent")
        snapshot = await hear(page)
        assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 0)


async def test_a_page_that_is_slow_to_read_gets_the_state_and_not_every_step(
    centre: Centre, address: str
) -> None:
    async with page_of(centre, address, "amina") as page:
        for number in range(MESSAGES_MAX * 20):
            centre.live.hub.publish("agent:ag_amina", set={"day": {"handled": number, "padding": "x" * 400}})
        steps = 0
        while (heard := await hear(page))["type"] == "delta":
            # What fits into the socket at once goes out as it comes.
            steps += 1
            assert steps < MESSAGES_MAX * 10
        assert heard["type"] == "snapshot"
        assert heard["seq"] == MESSAGES_MAX * 20


async def test_a_page_that_stopped_reading_is_let_go_and_others_go_on(centre: Centre, address: str) -> None:
    hub = centre.live.hub
    async with page_of(centre, address, "amina") as other:
        ticket = await ticket_of(await centre.signed_in("leila"))
        stuck = await connect(f"ws://{address}/ws?ticket={ticket}", max_queue=1).__aenter__()
        try:
            await hear_of(stuck, "snapshot")
            (outbox,) = (page.outbox for page in centre.parts.pages.all() if page.agent_topic is None)
            async with asyncio.timeout(30):
                for number in count():
                    hub.publish("floor", set={"padding": f"{number}" + "x" * 40_000})
                    await asyncio.sleep(0)
                    if outbox.depth and number > 500:
                        break
            centre.seconds.now_s += BEHIND_S_MAX + 1
            hub.publish("floor", set={"padding": "one more"})
            assert outbox.closing is not None
            assert outbox.closing[0] == 1013
            hub.publish("agent:ag_amina", set={"offer": None})
            assert (await hear_of(other, "delta"))["set"] == {"offer": None}
        finally:
            stuck.transport.abort()


# --- presence -------------------------------------------------------------------------------------


async def test_heartbeats_make_an_agent_reachable_and_its_close_ends_that_at_once(
    centre: Centre, address: str
) -> None:
    async with page_of(centre, address, "amina") as page:
        await say(page, **READY)
        await hear_of(page, "heartbeat")
        assert centre.parts.presence.reachability("ag_amina") == (True, None)
    async with asyncio.timeout(10):
        await centre.unreachable.wait()
    assert centre.reachability[-1] == ("ag_amina", False, "page_gone")


async def test_the_newest_page_rings_and_the_one_before_is_told(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as first:
        await say(first, **READY)
        await hear_of(first, "heartbeat")
        async with page_of(centre, address, "amina") as second:
            await say(second, **READY)
            notice = await hear_of(first, "notice")
            assert notice["code"] == "taken_over"
            assert (await hear_of(first, "snapshot"))["data"]["me"]["leader"] is False
            assert (await hear_of(second, "snapshot"))["data"]["me"]["leader"] is True
            await say(first, type="take_over")
            assert (await hear_of(second, "notice"))["code"] == "taken_over"
            assert (await hear_of(first, "snapshot"))["data"]["me"]["leader"] is True


async def test_a_second_tab_that_declines_starts_in_the_second_row(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as first:
        await say(first, **READY)
        await hear_of(first, "heartbeat")
        ticket = await ticket_of(await centre.signed_in("amina"))
        async with connect(f"ws://{address}/ws?ticket={ticket}") as second:
            assert (await hear_of(second, "snapshot"))["data"]["me"]["leader"] is False
            await say(second, type="heartbeat", phone="none", leader=False)
            await hear_of(second, "heartbeat")
            assert centre.parts.presence.reachability("ag_amina") == (True, None)


async def test_a_pop_on_screen_is_reported(centre: Centre, address: str) -> None:
    async with page_of(centre, address, "amina") as page:
        await say(page, type="shown", offer_id="of_1")
        await say(page, **READY)
        await hear_of(page, "heartbeat")
    assert centre.live.shown_offers == [("ag_amina", "of_1")]


async def test_signing_out_tells_every_page_of_the_session_and_closes_it(
    centre: Centre, address: str
) -> None:
    visitor, other = await centre.signed_in("amina"), await centre.signed_in("amina")
    async with (
        connect(f"ws://{address}/ws?ticket={await ticket_of(visitor)}") as page,
        connect(f"ws://{address}/ws?ticket={await ticket_of(other)}") as stays,
    ):
        await hear_of(page, "snapshot")
        await hear_of(stays, "snapshot")
        await visitor.change("DELETE", "/api/session")
        assert (await hear_of(page, "notice"))["code"] == "signed_out"
        assert (await closed_with(page))[0] == 1008
        await say(stays, **READY)
        assert (await hear_of(stays, "heartbeat"))["type"] == "heartbeat"


# --- callers --------------------------------------------------------------------------------------


async def test_a_callers_page_follows_its_call_presses_keys_and_ends_it(centre: Centre, address: str) -> None:
    visitor = await caller_of(centre)
    call = (await visitor.post("/api/caller/call", CALL)).json()
    proof = {"contact_id": call["contact_id"], "resume_token": call["resume_token"]}
    ticket = (await visitor.post("/api/caller/ws-ticket", proof)).json()["ticket"]
    async with connect(f"ws://{address}/ws/caller?ticket={ticket}") as page:
        assert (await hear(page))["topics"] == ["caller"]
        assert (await hear(page))["data"]["contact_id"] == call["contact_id"]
        await say(page, type="digit", digit="5")
        await say(page, type="end")
        await say(page, type="heartbeat", phone="ready")
        await hear_of(page, "heartbeat")
        assert centre.phone.pressed == [(call["leg_id"], "5")]
        assert centre.engine.calls == {}
        await say(page, type="take_over")
        assert (await closed_with(page))[0] == 1008


async def test_a_server_that_stops_tells_its_pages_to_come_back(centre: Centre) -> None:
    async with served(centre.app, centre.parts.settings) as address:
        ticket = await ticket_of(await centre.signed_in("amina"))
        page = await connect(f"ws://{address}/ws?ticket={ticket}").__aenter__()
        await hear_of(page, "snapshot")
    assert (await closed_with(page))[0] == 1012
    assert centre.parts.presence.pages("ag_amina") == ()


async def test_real_requests_over_a_real_server_are_limited_in_size(centre: Centre, address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        huge = await http.post("/api/session", content=b"{" + b" " * 100_000)
        assert huge.status_code == 413

        async def trickle() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b" " * 1000

        chunked = await http.post("/api/session", content=trickle())
        assert chunked.status_code == 413
        assert (await http.get("/healthz")).status_code == 200
