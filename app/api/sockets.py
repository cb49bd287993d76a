"""The websockets: of a staff page, a caller, a guest telephone. Sockets carry; the others decide."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.api.models import (
    CallerDigit,
    CallerEnd,
    CallerMessage,
    Heartbeat,
    HeartbeatAnswer,
    Hello,
    Resync,
    Shown,
    StaffMessage,
    Subscribe,
    TakeOver,
)
from app.api.models_telephone import TelephoneMessage
from app.api.page_protocol import EXTENSION
from app.api.ports import CallerTicket, Parts, SignedIn
from app.api.problems import response_of
from app.auth.sessions import Sessions
from app.engine.commands import CallerHangUp
from app.errors import PatchbayError, SignedOut, TooManyRequests
from app.live.hub import LEADER, SECOND_TAB, to_json
from app.live.outbox import CLOSE_ERROR, CLOSE_POLICY, text_message
from app.live.pages import OpenPage
from app.telephones import GuestTelephones, topic_key

log = structlog.get_logger(__name__)
router = APIRouter()

MESSAGE_MAX_BYTES = 16 * 1024
FRAME_MAX_BYTES = 64 * 1024
"""What the protocol itself refuses with 1009; between the two the close says 1008 and why."""
REASON_MAX_BYTES = 123
"""Source: RFC 6455, 5.5: a close frame's payload is 125 bytes, two of them the code."""
MESSAGES_PER_S = 20.0
MESSAGES_BURST = 60.0
SESSION_CHECK_S = 30.0
"""How often an open page makes sure that its session still stands."""
CLOSE_TIMEOUT_S = 1.0
PAGES_MAX = 20
"""Open sockets of one session, or of one call."""

FLOOR_ROLES = ("supervisor", "operator", "admin")

_STAFF: TypeAdapter[Any] = TypeAdapter(StaffMessage)
_CALLER: TypeAdapter[Any] = TypeAdapter(CallerMessage)
_TELEPHONE: TypeAdapter[Any] = TypeAdapter(TelephoneMessage)


class Offence(Exception):
    """The page sent what no page of ours sends. The text is the reason of the close."""


class _Allowance:
    """A bucket of messages that fills steadily."""

    def __init__(self, now_s: float) -> None:
        self._left = MESSAGES_BURST
        self._at_s = now_s

    def take(self, now_s: float) -> bool:
        self._left = min(MESSAGES_BURST, self._left + (now_s - self._at_s) * MESSAGES_PER_S)
        self._at_s = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class PageSocket(ABC):
    """One page from the accepted handshake to the close: a reader, a writer, and what a message does."""

    kind: str
    adapter: TypeAdapter[Any]

    def __init__(self, parts: Parts, websocket: WebSocket) -> None:
        self.parts = parts
        self.page_id = parts.new_id("pg")
        self.outbox = parts.hub.outbox()
        self._websocket = websocket
        self._loop = asyncio.get_running_loop()
        self._allowance = _Allowance(self._loop.time())

    @abstractmethod
    def begin(self) -> None:
        """Say hello and attach the first topics."""

    @abstractmethod
    async def handle(self, message: Any) -> None:
        """Carry out one valid message."""

    @abstractmethod
    def end(self) -> None:
        """Let go of everything."""

    async def run(self) -> None:
        await self._websocket.accept()
        self.parts.metrics.sockets.labels(self.kind).inc()
        over = asyncio.Event()
        self.outbox.on_close = over.set
        self.outbox.push = self._websocket.scope.get("extensions", {}).get(EXTENSION, self.outbox.push)
        tasks: list[asyncio.Task[None]] = []
        try:
            self.begin()
            for side in (self._read(), self._write()):
                task = asyncio.create_task(side)
                task.add_done_callback(lambda _: over.set())
                tasks.append(task)
            await over.wait()
        finally:
            self.end()
            self.parts.metrics.sockets.labels(self.kind).dec()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._close(tasks)

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            fault = None if task.cancelled() else task.exception()
            if fault is not None:
                log.error("a page's socket failed", page=self.page_id, exc_info=fault)
                self.outbox.close(
                    CLOSE_ERROR, "The server made a mistake. The page connects again by itself."
                )
        if self.outbox.closing is None:
            return
        code, reason = self.outbox.closing
        self.parts.metrics.sockets_closed.labels(str(code)).inc()
        message = {"type": "websocket.close", "code": code, "reason": _fit(reason)}
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._websocket.send(message)
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            log.info("a page did not take its close", page=self.page_id, code=code)

    async def _write(self) -> None:
        while self.outbox.closing is None:
            message = self.outbox.take()
            if message is None:
                await self.outbox.wait()
                continue
            try:
                await self._websocket.send(message)  # type: ignore[arg-type]
            except (RuntimeError, OSError, WebSocketDisconnect):
                # The page went while we wrote; the reader sees the disconnect too.
                return

    async def _read(self) -> None:
        while True:
            event = await self._websocket.receive()
            if event["type"] != "websocket.receive":
                return
            try:
                await self.handle(self._parse(event.get("text"), event.get("bytes")))
            except Offence as offence:
                self.outbox.close(CLOSE_POLICY, str(offence))
                return

    def _parse(self, text: str | None, data: bytes | None) -> Any:
        if not self._allowance.take(self._loop.time()):
            raise Offence(f"More than {MESSAGES_PER_S:.0f} messages a second.")
        if text is None:
            raise Offence("Messages are text; this one was binary.")
        if len(text) > MESSAGE_MAX_BYTES or len(text.encode()) > MESSAGE_MAX_BYTES:
            raise Offence(f"A message is at most {MESSAGE_MAX_BYTES // 1024} KiB.")
        try:
            return self.adapter.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise Offence(
                f"Not a message of this protocol: {place} {first['msg']}".replace("  ", " ")
            ) from None

    def answer_heartbeat(self) -> None:
        answer = HeartbeatAnswer(server_time=self.parts.clock.now())
        self.outbox.put_direct(text_message(to_json(answer)), name="heartbeat")

    def say_hello(self, topics: list[str]) -> None:
        hello = Hello(
            server_time=self.parts.clock.now(),
            clock_rate=self.parts.clock.rate,
            node=self.parts.settings.node,
            topics=topics,
        )
        self.outbox.put_direct(text_message(to_json(hello)))


class StaffSocket(PageSocket):
    kind = "staff"
    adapter = _STAFF

    def __init__(self, parts: Parts, websocket: WebSocket, who: SignedIn) -> None:
        super().__init__(parts, websocket)
        self._who = who
        self._attached: dict[str, str] = {}
        """Topic name -> the hub's key."""
        self._checked_s = self._loop.time()

    def begin(self) -> None:
        who = self._who
        first = "agent" if who.agent_id is not None else "floor"
        agent_topic = self.parts.live.topic_key(who, "agent") if who.agent_id is not None else None
        page = OpenPage(page_id=self.page_id, outbox=self.outbox, holder=who.session, agent_topic=agent_topic)
        self.parts.pages.add(page)
        if who.agent_id is not None:
            self.parts.presence.opened(who.agent_id, self.page_id)
        self.say_hello([first])
        if first == "agent" or who.has(*FLOOR_ROLES):
            self._attach(first)

    def end(self) -> None:
        for key in self._attached.values():
            self.parts.hub.detach(self.outbox, key)
        self.parts.pages.discard(self.page_id)
        self.parts.presence.closed(self.page_id)

    async def handle(self, message: Any) -> None:
        match message:
            case Heartbeat():
                self.parts.presence.heard(self.page_id, message)
                self.answer_heartbeat()
                await self._check_session()
            case Resync(topic=topic):
                key = self._attached.get(topic)
                if key is None:
                    raise Offence(f"This page did not subscribe to {topic}.")
                self.parts.hub.resync(self.outbox, key)
            case Subscribe(topics=topics):
                self._subscribe(set(topics))
            case TakeOver():
                self.parts.presence.took_over(self.page_id)
            case Shown(offer_id=offer_id):
                if self._who.agent_id is not None:
                    self.parts.live.shown(self._who.agent_id, offer_id)

    def _subscribe(self, wanted: set[Any]) -> None:
        for topic in set(self._attached) - wanted:
            self.parts.hub.detach(self.outbox, self._attached.pop(topic))
        for topic in sorted(wanted - set(self._attached)):
            if topic == "floor" and not self._who.has(*FLOOR_ROLES):
                raise Offence("The floor is for supervisors.")
            if topic == "agent" and self._who.agent_id is None:
                raise Offence("This user is not an agent.")
            self._attach(topic)

    def _attach(self, topic: Any) -> None:
        key = self.parts.live.topic_key(self._who, topic)
        leads = topic != "agent" or self.parts.presence.leads(self.page_id)
        if key is None or not self.parts.hub.attach(self.outbox, key, LEADER if leads else SECOND_TAB):
            log.warning("a page asked for a topic that is not there", topic=topic, user=self._who.user_id)
            return
        self._attached[topic] = key

    async def _check_session(self) -> None:
        """An open page keeps its session alive, and ends with it."""
        if self._loop.time() - self._checked_s < SESSION_CHECK_S:
            return
        self._checked_s = self._loop.time()
        if not await Sessions(self.parts).keep_alive(self._who.session):
            self.parts.pages.end_session(self._who.session, "The session is over. Sign in again.")


class CallerSocket(PageSocket):
    kind = "caller"
    adapter = _CALLER

    def __init__(self, parts: Parts, websocket: WebSocket, ticket: CallerTicket, key: str) -> None:
        super().__init__(parts, websocket)
        self._contact_id = ticket.contact_id
        self._key = key

    def begin(self) -> None:
        self.parts.pages.add(OpenPage(page_id=self.page_id, outbox=self.outbox, holder=self._contact_id))
        self.say_hello(["caller"])
        self.parts.hub.attach(self.outbox, self._key)

    def end(self) -> None:
        self.parts.hub.detach(self.outbox, self._key)
        self.parts.pages.discard(self.page_id)

    async def handle(self, message: Any) -> None:
        match message:
            case Heartbeat():
                self.answer_heartbeat()
            case Resync():
                self.parts.hub.resync(self.outbox, self._key)
            case CallerDigit(digit=digit):
                call = self.parts.live.caller_call(self._contact_id)
                if call is not None:
                    await self.parts.phone.press(call.leg_id, digit)
            case CallerEnd():
                command = CallerHangUp(contact_id=self._contact_id)
                await self.parts.commands.submit(command, client_id=self.parts.new_id("cm"))


class TelephoneSocket(PageSocket):
    kind = "telephone"
    adapter = _TELEPHONE

    def __init__(
        self, parts: Parts, websocket: WebSocket, telephones: GuestTelephones, telephone_id: str
    ) -> None:
        super().__init__(parts, websocket)
        self._telephones = telephones
        self._telephone_id = telephone_id
        self._key = topic_key(telephone_id)

    def begin(self) -> None:
        self.parts.pages.add(OpenPage(page_id=self.page_id, outbox=self.outbox, holder=self._telephone_id))
        self.say_hello(["telephone"])
        self.parts.hub.attach(self.outbox, self._key)

    def end(self) -> None:
        self.parts.hub.detach(self.outbox, self._key)
        self.parts.pages.discard(self.page_id)
        self._telephones.page_closed(self._telephone_id)

    async def handle(self, message: Any) -> None:
        match message:
            case Heartbeat():
                self.answer_heartbeat()
            case Resync():
                self.parts.hub.resync(self.outbox, self._key)


@router.websocket("/ws")
async def staff_socket(websocket: WebSocket, ticket: str = "") -> None:
    parts: Parts = websocket.app.state.parts
    who = parts.auth.staff_tickets.redeem(ticket)
    if who is None:
        await _refuse(websocket, _VOID_TICKET)
        return
    if parts.pages.of(who.session) >= PAGES_MAX:
        await _refuse(websocket, TooManyRequests(retry_after_s=60))
        return
    await StaffSocket(parts, websocket, who).run()


@router.websocket("/ws/caller")
async def caller_socket(websocket: WebSocket, ticket: str = "") -> None:
    parts: Parts = websocket.app.state.parts
    holder = parts.auth.caller_tickets.redeem(ticket)
    key = parts.live.caller_topic_key(holder.contact_id) if holder is not None else None
    if holder is None or key is None:
        await _refuse(websocket, _VOID_TICKET)
        return
    if parts.pages.of(holder.contact_id) >= PAGES_MAX:
        await _refuse(websocket, TooManyRequests(retry_after_s=60))
        return
    await CallerSocket(parts, websocket, holder, key).run()


@router.websocket("/ws/telephone")
async def telephone_socket(websocket: WebSocket, ticket: str = "") -> None:
    parts: Parts = websocket.app.state.parts
    telephones = parts.telephones
    telephone_id = telephones.tickets.redeem(ticket) if telephones is not None else None
    if telephones is None or telephone_id is None or not telephones.has(telephone_id):
        await _refuse(websocket, _VOID_TICKET)
        return
    if parts.pages.of(telephone_id) >= PAGES_MAX:
        await _refuse(websocket, TooManyRequests(retry_after_s=60))
        return
    await TelephoneSocket(parts, websocket, telephones, telephone_id).run()


_VOID_TICKET = SignedOut("The websocket ticket is unknown, used or older than 30 seconds")


async def _refuse(websocket: WebSocket, error: PatchbayError) -> None:
    await websocket.send_denial_response(response_of(error))


def _fit(reason: str) -> str:
    """The reason cut to what a close frame holds, at a whole character."""
    return reason.encode()[:REASON_MAX_BYTES].decode(errors="ignore")
