"""Callers and agents as their pages are, without the pages: same API and websocket, real audio."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from telephony.clock import monotonic
from tests.contract.webrtc_harness import TOLERANCE_HZ, Party
from tests.e2e.product import Product, Staff, until

HEARTBEAT_S = 2.0
RECONNECT_S = 0.2


class Topics:
    """A page's websocket: keeps its topics current, comes back after a break, sends heartbeats."""

    def __init__(self, product: Product, path: str, ticket: Any, heartbeat: dict[str, object]) -> None:
        self._address = f"ws://127.0.0.1:{product.port}{path}"
        self._origin = product.url
        self._ticket = ticket
        self._heartbeat = heartbeat
        self.data: dict[str, dict[str, Any]] = {}
        self.received: list[tuple[float, dict[str, Any]]] = []
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._task = asyncio.create_task(self._live())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def send(self, message: dict[str, object]) -> None:
        assert self._socket is not None
        await self._socket.send(json.dumps(message))

    async def _live(self) -> None:
        while True:
            # A page tries again for as long as it is open.
            with contextlib.suppress(
                OSError, InvalidStatus, ConnectionClosed, httpx.HTTPError, AssertionError
            ):
                ticket = await self._ticket()
                async with connect(f"{self._address}?ticket={ticket}", origin=self._origin) as socket:  # type: ignore[arg-type]
                    self._socket = socket
                    beating = asyncio.create_task(self._beat(socket))
                    try:
                        async for text in socket:
                            self._take(json.loads(text))
                    finally:
                        beating.cancel()
            await asyncio.sleep(RECONNECT_S)

    async def _beat(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.send(json.dumps({"type": "heartbeat", **self._heartbeat}))
                await asyncio.sleep(HEARTBEAT_S)

    def _take(self, message: dict[str, Any]) -> None:
        self.received.append((monotonic(), message))
        if message["type"] == "snapshot":
            self.data[message["topic"]] = message["data"]
        elif message["type"] == "delta":
            topic = self.data[message["topic"]]
            topic.update(message["set"])


class WebCaller:
    """Somebody on `/call`."""

    def __init__(self, product: Product, hz: float) -> None:
        self._product = product
        self._client = httpx.AsyncClient(base_url=product.url, timeout=20.0, headers={"Origin": product.url})
        self.party = Party(hz)
        self.contact_id = ""
        self._token = ""
        self._topics: Topics | None = None

    async def call(self, topic: str | None = "billing", **said: str) -> WebCaller:
        await self._client.post("/api/caller/session")
        body = {"sdp": await self.party.offer(), "language": "en", **said}
        if topic is not None:
            body["topic"] = topic
        answer = await self._client.post(
            "/api/caller/call", json=body, headers={"Idempotency-Key": f"call-{id(self)}"}
        )
        assert answer.is_success, answer.text
        started = answer.json()
        self.contact_id, self._token = started["contact_id"], started["resume_token"]
        await self.party.accept(started["sdp"])
        heartbeat: dict[str, object] = {"phone": "ready", "microphone": "ok"}
        self._topics = Topics(self._product, "/ws/caller", self._ticket, heartbeat)
        self._topics.open()
        return self

    async def _ticket(self) -> str:
        body = {"contact_id": self.contact_id, "resume_token": self._token}
        answer = await self._client.post("/api/caller/ws-ticket", json=body)
        answer.raise_for_status()
        return str(answer.json()["ticket"])

    @property
    def state(self) -> dict[str, Any]:
        assert self._topics is not None
        return self._topics.data.get("caller", {})

    async def reaches(self, *states: str, limit_s: float = 30.0) -> None:
        async def there() -> bool:
            return self.state.get("state") in states

        await until(there, f"{self.contact_id} to be {' or '.join(states)}, is {self.state}", limit_s)

    async def rejoin(self) -> None:
        """What a reload does: a new connection for the same leg."""
        body = {"resume_token": self._token, "sdp": await self.party.offer()}
        answer = await self._client.post(f"/api/caller/call/{self.contact_id}/rejoin", json=body)
        assert answer.is_success, answer.text
        await self.party.accept(answer.json()["sdp"])

    async def hang_up(self) -> None:
        await self.party.say({"t": "end"})

    async def close(self) -> None:
        if self._topics is not None:
            await self._topics.close()
        await self.party.leave()
        await self._client.aclose()


class WebAgent:
    """Somebody on `/desk`."""

    def __init__(self, product: Product, hz: float) -> None:
        self._product = product
        self.staff = Staff(product)
        self.party = Party(hz)
        self._topics: Topics | None = None

    async def sign_in(self, username: str) -> WebAgent:
        await self.staff.sign_in(username)
        await self.open_phone()
        await self.open_page()
        return self

    async def open_phone(self) -> None:
        answer = await self.staff.do("/api/agent/phone", {"sdp": await self.party.offer()})
        await self.party.accept(answer["sdp"])

    async def open_page(self) -> None:
        heartbeat: dict[str, object] = {"phone": "ready", "microphone": "ok", "visible": True, "leader": True}
        self._topics = Topics(self._product, "/ws", self.staff.ticket, heartbeat)
        self._topics.open()

    async def close_page(self) -> None:
        if self._topics is not None:
            await self._topics.close()
            self._topics = None

    @property
    def state(self) -> dict[str, Any]:
        assert self._topics is not None
        return self._topics.data.get("agent", {})

    @property
    def messages(self) -> list[tuple[float, dict[str, Any]]]:
        assert self._topics is not None
        return self._topics.received

    async def available(self) -> WebAgent:
        async def reachable() -> bool:
            return bool(self.state.get("me", {}).get("reachable"))

        await until(reachable, "the agent to be reachable")
        await self.staff.do("/api/agent/state", {"state": "available"})
        return self

    async def rung(self, limit_s: float = 30.0) -> dict[str, Any]:
        """The offer, once there is one."""

        async def ringing() -> Any:
            return self.state.get("offer")

        offer: dict[str, Any] = await until(ringing, "the agent to be rung", limit_s)
        return offer

    async def accept(self) -> dict[str, Any]:
        offer = await self.rung()
        await self.staff.do(f"/api/offers/{offer['offer_id']}/accept")
        await self.contact_is("talking")
        return offer

    async def contact_is(self, *states: str, limit_s: float = 30.0) -> dict[str, Any]:
        async def there() -> Any:
            contact = self.state.get("contact")
            return contact if contact and contact["state"] in states else None

        contact: dict[str, Any] = await until(there, f"the contact to be {' or '.join(states)}", limit_s)
        return contact

    async def finish(self, disposition: str = "invoice_explained") -> None:
        contact = await self.contact_is("acw")
        path = f"/api/contacts/{contact['contact_id']}/wrap-up/finish"
        await self.staff.do(path, {"disposition": disposition})

    async def close(self) -> None:
        await self.close_page()
        await self.party.leave()
        await self.staff.close()


class WebTelephone:
    """A guest telephone: somebody on `/telephone`."""

    def __init__(self, product: Product, hz: float) -> None:
        self._product = product
        self._client = httpx.AsyncClient(base_url=product.url, timeout=20.0, headers={"Origin": product.url})
        self.party = Party(hz)
        self._path = ""
        self._topics: Topics | None = None

    async def be(self, number: str) -> WebTelephone:
        await self._client.post("/api/caller/session")
        opened = await self._do("/api/caller/telephone", {"number": number})
        self._path = f"/api/caller/telephone/{opened['telephone_id']}"
        heartbeat: dict[str, object] = {"phone": "ready", "microphone": "ok"}
        self._topics = Topics(self._product, "/ws/telephone", self._ticket, heartbeat)
        self._topics.open()
        await self.is_("waiting")
        return self

    async def _do(self, path: str, body: object = None) -> Any:
        answer = await self._client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def _ticket(self) -> str:
        return str((await self._do(f"{self._path}/ws-ticket"))["ticket"])

    async def is_(self, state: str, limit_s: float = 30.0) -> None:
        async def there() -> bool:
            assert self._topics is not None
            return bool(self._topics.data.get("telephone", {}).get("state") == state)

        await until(there, f"the telephone to be {state}", limit_s)

    async def answer(self) -> None:
        await self.is_("ringing")
        answered = await self._do(f"{self._path}/answer", {"sdp": await self.party.offer()})
        await self.party.accept(answered["sdp"])

    async def decline(self) -> None:
        await self.is_("ringing")
        await self._do(f"{self._path}/decline")

    async def hang_up(self) -> None:
        await self.party.say({"t": "end"})
        await self._do(f"{self._path}/hang-up")

    async def close(self) -> None:
        if self._topics is not None:
            await self._topics.close()
        await self.party.leave()
        await self._client.aclose()


async def hears(party: Party, hz: float, limit_s: float = 20.0) -> None:
    """Until this pitch is what `party` hears."""

    async def heard() -> bool:
        pitch = party.pitch_hz()
        return pitch is not None and abs(pitch - hz) <= TOLERANCE_HZ

    await until(heard, f"{hz:.0f} Hz to be heard, last {party.pitch_hz()}", limit_s)
