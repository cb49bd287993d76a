"""The servers that `bench.sockets` compares, each a process of its own.

    python -m bench.sockets_servers product|gather|raw DESCRIPTOR

It serves on the inherited listening socket, takes one command a line on standard input and answers each
with one JSON object. All three run on uvloop and send the same messages: each round one change of the floor
to every page that reads it, and one event to some single agents.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import random
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

from app.api.middleware import Account, BodyLimit, Gate
from app.api.ports import Auth, SignedIn
from app.api.sockets import router
from app.auth.parts import build_auth
from app.clock import Clock, IdSource, SystemClock
from app.live.hub import Hub
from app.live.outbox import text_frame
from app.live.pages import Pages
from app.live.presence import Presence
from app.main import ControlServer, server_config
from app.metrics import Metrics
from app.settings import Settings
from telephony.clock import monotonic

MESSAGE_BYTES = 300
ACCEPT_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Source: RFC 6455, 1.3."""
PAGE_BYTES = resource.getpagesize()


def cpu_s() -> float:
    """Processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_kib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1024


def change(topic: str, at_s: float) -> dict[str, Any]:
    """Top-level members of a delta that is `MESSAGE_BYTES` long on the wire, the instant of sending in it."""
    frame = {"type": "delta", "topic": topic, "seq": 10_000}
    empty = {"set": {"at": "0" * 17, "figures": ""}, "upsert": {}, "remove": {}}
    shell = len(json.dumps(frame | empty, separators=(",", ":")))
    return {"at": f"{at_s:017.6f}", "figures": "x" * (MESSAGE_BYTES - shell)}


class Fan(Protocol):
    """One way to reach every page."""

    def count(self) -> int: ...
    def tickets(self, count: int, agents: int) -> list[str]: ...
    def floor(self, at_s: float) -> Awaitable[None] | None: ...
    def agent(self, number: int, at_s: float) -> Awaitable[None] | None: ...


class OwnTopics:
    """What a page reads: the floor, or its agent's own topic."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        hub.register(
            "floor", lambda: {"figures": {}, "queues": [], "agents": [], "waiting": [], "alerts": []}
        )

    def add_agent(self, agent_id: str) -> None:
        self._hub.register(f"agent:{agent_id}", lambda: {"me": {"agent_id": agent_id, "leader": True}})

    def topic_key(self, who: SignedIn, topic: str) -> str:
        return "floor" if topic == "floor" else f"agent:{who.agent_id}"


@dataclass(slots=True, kw_only=True)
class SocketParts:
    """Of `app.api.ports.Parts`, what the staff's websocket uses."""

    settings: Settings
    clock: Clock
    new_id: Callable[[str], str]
    live: OwnTopics
    hub: Hub
    pages: Pages
    presence: Presence
    auth: Auth
    metrics: Metrics


class ProductFan:
    """Our hub behind our sockets, with tickets, roles and middlewares."""

    def __init__(self) -> None:
        clock = SystemClock()
        settings = Settings(data_dir=Path("unused"), host="127.0.0.1", port=8800)
        metrics = Metrics()
        self.hub = Hub(time=asyncio.get_running_loop().time, meter=_Meter(metrics))
        self.pages = Pages(self.hub)
        self.parts = SocketParts(
            settings=settings,
            clock=clock,
            new_id=IdSource(clock, random.Random(7)),
            live=OwnTopics(self.hub),
            hub=self.hub,
            pages=self.pages,
            presence=Presence(
                clock=clock,
                on_reachability=lambda agent_id, reachable, why: None,
                on_leader=self.pages.leader_changed,
            ),
            auth=build_auth(settings, b"a secret for benches", monotonic),
            metrics=metrics,
        )

    def app(self) -> FastAPI:
        app = FastAPI()
        app.state.parts = self.parts
        app.include_router(router)
        app.add_middleware(BodyLimit)
        app.add_middleware(Gate, addresses=self.parts.auth.addresses)
        app.add_middleware(Account, metrics=self.parts.metrics, monotonic_s=monotonic)
        return app

    def count(self) -> int:
        return len(self.pages)

    def tickets(self, count: int, agents: int) -> list[str]:
        made = []
        for number in range(count):
            agent_id = f"ag_{number}" if number < agents else None
            if agent_id is not None:
                self.parts.live.add_agent(agent_id)
            who = SignedIn(
                user_id=f"us_{number}",
                username=f"user{number}",
                name=f"User {number}",
                roles=("agent",) if agent_id else ("supervisor",),
                agent_id=agent_id,
                language="en",
                session=f"session-{number}",
                csrf="",
            )
            made.append("/ws?ticket=" + self.parts.auth.staff_tickets.issue(who))
        return made

    def floor(self, at_s: float) -> None:
        self.hub.publish("floor", set=change("floor", at_s))

    def agent(self, number: int, at_s: float) -> None:
        self.hub.publish(f"agent:ag_{number}", set=change("agent", at_s))


class _Meter:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def published(self, topic: str, readers: int) -> None:
        self._metrics.publications.labels(topic).inc()
        self._metrics.deliveries.labels(topic).inc(readers)

    def snapshot(self, topic: str) -> None:
        self._metrics.snapshots.labels(topic).inc()


class GatherFan:
    """The usual FastAPI server: a set of sockets, and `gather(send_json)`."""

    def __init__(self) -> None:
        self._floor: set[WebSocket] = set()
        self._agents: dict[int, WebSocket] = {}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.websocket("/ws")
        async def page(websocket: WebSocket, agent: int = -1) -> None:
            await websocket.accept()
            if agent >= 0:
                self._agents[agent] = websocket
            else:
                self._floor.add(websocket)
            try:
                while True:
                    await websocket.receive_text()
            except WebSocketDisconnect:
                self._floor.discard(websocket)
                self._agents.pop(agent, None)

        return app

    def count(self) -> int:
        return len(self._floor) + len(self._agents)

    def tickets(self, count: int, agents: int) -> list[str]:
        return [f"/ws?agent={n}" if n < agents else "/ws" for n in range(count)]

    async def floor(self, at_s: float) -> None:
        body = {"type": "delta", "topic": "floor", "seq": 10_000, "set": change("floor", at_s)}
        message = {**body, "upsert": {}, "remove": {}}
        await asyncio.gather(*(page.send_json(message) for page in self._floor))

    async def agent(self, number: int, at_s: float) -> None:
        body = {"type": "delta", "topic": "agent", "seq": 10_000, "set": change("agent", at_s)}
        await self._agents[number].send_json({**body, "upsert": {}, "remove": {}})


class RawFan:
    """Bare transports after a handshake by hand: what the loop and the kernel alone cost."""

    def __init__(self) -> None:
        self._floor: set[asyncio.Transport] = set()
        self._agents: dict[int, asyncio.Transport] = {}

    def count(self) -> int:
        return len(self._floor) + len(self._agents)

    def tickets(self, count: int, agents: int) -> list[str]:
        return [f"/ws?agent={n}" if n < agents else "/ws" for n in range(count)]

    def opened(self, transport: asyncio.Transport, path: str) -> None:
        number = path.partition("agent=")[2]
        if number:
            self._agents[int(number)] = transport
        else:
            self._floor.add(transport)

    def floor(self, at_s: float) -> None:
        frame = _frame("floor", at_s)
        for transport in self._floor:
            transport.write(frame)

    def agent(self, number: int, at_s: float) -> None:
        self._agents[number].write(_frame("agent", at_s))


def _frame(topic: str, at_s: float) -> bytes:
    body = {"type": "delta", "topic": topic, "seq": 10_000, "set": change(topic, at_s)}
    return text_frame(json.dumps({**body, "upsert": {}, "remove": {}}, separators=(",", ":")).encode())


class RawPage(asyncio.Protocol):
    def __init__(self, fan: RawFan) -> None:
        self._fan = fan
        self._head = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._head += data
        if not self._head.endswith(b"\r\n\r\n"):
            return
        lines = self._head.decode().split("\r\n")
        key = next(line.partition(": ")[2] for line in lines if line.lower().startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(key.encode() + ACCEPT_SALT).digest())
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._head = b""
        self._fan.opened(self._transport, lines[0].split(" ")[1])


class Commands:
    """What `bench.sockets` may ask, and the answers."""

    def __init__(self, fan: Fan) -> None:
        self._fan = fan
        self._peak_kib = 0.0

    async def answer(self, ask: dict[str, Any]) -> dict[str, Any]:
        match ask["do"]:
            case "tickets":
                return {"paths": self._fan.tickets(ask["count"], ask["agents"])}
            case "count":
                return {"count": self._fan.count()}
            case "memory":
                return {"kib": resident_kib(), "peak_kib": self._peak_kib}
            case "publish":
                return await self._publish(ask["rounds"], ask["per_s"], ask["agents"], ask["singles"])
        raise ValueError(ask["do"])

    async def _publish(self, rounds: int, per_s: float, agents: int, singles: int) -> dict[str, Any]:
        """So many rounds at so many a second, each with the instant at which it is really sent."""
        began_s, began_cpu_s = monotonic(), cpu_s()
        self._peak_kib = resident_kib()
        for number in range(rounds):
            await asyncio.sleep(max(0.0, began_s + number / per_s - monotonic()))
            await _done(self._fan.floor(monotonic()))
            for single in range(singles if agents else 0):
                await _done(self._fan.agent((number * singles + single) % agents, monotonic()))
            if number % 16 == 0:
                self._peak_kib = max(self._peak_kib, resident_kib())
        await asyncio.sleep(0.2)
        self._peak_kib = max(self._peak_kib, resident_kib())
        return {"cpu_s": cpu_s() - began_cpu_s, "took_s": monotonic() - began_s, "rounds": rounds}


async def _done(work: Awaitable[None] | None) -> None:
    if work is not None:
        await work


async def serve(kind: str, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    fan, stop = await _start(kind, listener)
    commands = Commands(fan)
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        answer = await commands.answer(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    await stop()


async def _start(kind: str, listener: socket.socket) -> tuple[Fan, Callable[[], Awaitable[None]]]:
    if kind == "raw":
        raw = RawFan()
        bare = await asyncio.get_running_loop().create_server(lambda: RawPage(raw), sock=listener)

        async def close() -> None:
            bare.close()

        return raw, close
    fan: ProductFan | GatherFan
    if kind == "product":
        fan = ProductFan()
        config = server_config(fan.app(), fan.parts.settings)
    else:
        fan = GatherFan()
        config = uvicorn.Config(
            fan.app(),
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
        )
    ready = asyncio.Event()
    server = ControlServer(config, ready.set)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()

    async def end() -> None:
        server.should_exit = server.force_exit = True
        await task

    return fan, end


def main() -> None:
    kind, descriptor = sys.argv[1], int(sys.argv[2])
    # Standard output is for answers.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(kind, socket.socket(fileno=descriptor)))


if __name__ == "__main__":
    main()
