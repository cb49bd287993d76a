"""A served centre: the real application on real SQLite, with engine, live state and phone line in memory."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from app.api.models import DemoSignIn
from app.api.ports import Parts, ReadyCheck
from app.auth.parts import build_auth
from app.auth.passwords import Passwords
from app.clock import IdSource, VirtualClock, monotonic
from app.live.daybook import DayBook
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.live.floor_reading import FloorReading
from app.live.hub import Hub
from app.live.pages import Pages
from app.live.presence import Presence
from app.live.state import LiveState
from app.main import ControlServer, create_app, server_config
from app.metrics import Metrics
from app.services.alert_desk import AlertDesk
from app.services.webhooks import WebhookSender
from app.settings import Settings
from app.store import records
from app.store.database import Database
from app.store.repositories.configuration import Configuration
from app.store.repositories.people import Users
from ivr.context import Context
from routing.explain import AgentExplanation
from telephony.port import Capabilities
from tests.integration.api.memory import MemoryEngine, MemoryLive, MemoryPhone, Webhooks
from tests.unit.api.live_reading import LoopTime

START = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8800"
PASSWORD = "correct horse battery"
CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = b"a secret for tests"

PEOPLE: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    "amina": ("Amina Yusuf", ("agent",), "ag_amina"),
    "dev": ("Dev Patel", ("agent",), "ag_dev"),
    "leila": ("Leila Haddad", ("supervisor",), None),
    "oli": ("Oli Grant", ("operator",), None),
    "ada": ("Ada Byrne", ("admin",), None),
}
DIRECTORY = Directory(
    agents={
        agent_id: AgentEntry(agent_id=agent_id, name=name, initials="XX", team="", queues=("billing",))
        for name, _, agent_id in PEOPLE.values()
        if agent_id is not None
    },
    queues={"billing": QueueEntry(queue_id="billing", name="Billing")},
)


@dataclass(slots=True, kw_only=True)
class Centre:
    """Everything a test may look at or turn."""

    parts: Parts
    app: FastAPI
    clock: VirtualClock
    database: Database
    engine: MemoryEngine
    live: MemoryLive
    phone: MemoryPhone
    reachability: list[tuple[str, bool, str | None]]
    seconds: LoopTime
    """What the hub judges slow pages by."""
    unreachable: asyncio.Event
    """Set when an agent that was reachable is not any more."""
    reloads: list[int]
    state: LiveState
    """What the floor's figures are read from."""
    daybook: DayBook
    alerts: AlertDesk
    """Not open: a test opens it, or asks it directly."""
    webhooks: Webhooks

    def visitor(self, address: str = "127.0.0.1", origin: str | None = ORIGIN) -> Visitor:
        return Visitor(self.app, address, origin)

    async def signed_in(self, username: str) -> Visitor:
        visitor = self.visitor()
        await visitor.sign_in(username)
        return visitor

    def rebuilt(self, **changes: Any) -> FastAPI:
        """The application with other parts in some places."""
        return create_app(replace(self.parts, **changes))


class Visitor:
    """A browser: keeps cookies, sends Origin, the CSRF token and an id of its own with every change."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1", origin: str | None = ORIGIN) -> None:
        transport = httpx.ASGITransport(app=app, client=(address, 40000))
        headers = {"origin": origin} if origin is not None else {}
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        self._key = 0

    async def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        answer = await self.http.post("/api/session", json={"username": username, "password": password})
        if answer.status_code == 200:
            self.http.headers["x-csrf-token"] = answer.json()["csrf_token"]
        return answer

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def change(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        self._key += 1
        headers = {"idempotency-key": key or f"key-{id(self)}-{self._key}"}
        return await self.http.request(method, path, json=body, headers=headers)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        return await self.change("POST", path, body, key=key)

    async def put(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        return await self.change("PUT", path, body, key=key)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        host="127.0.0.1",
        port=8800,
        secret_key=SecretStr("x"),
        limit_sign_in="1000/minute",
        limit_caller="1000/minute",
        limit_caller_calls="1000/minute",
    )


class FloorParts:
    """The real parts of the supervisor's floor over live state that a test fills."""

    def __init__(self, database: Database, clock: VirtualClock, new_id: IdSource) -> None:
        self.state = LiveState()
        self.daybook = DayBook(START, ZoneInfo("Europe/London"), {})
        self.webhooks = Webhooks()
        self.alerts = AlertDesk(
            database=database,
            clock=clock,
            new_id=new_id,
            state=self.state,
            daybook=self.daybook,
            directory=lambda: DIRECTORY,
            sender=WebhookSender(
                listed=("hooks.inside",),
                resolve=self.webhooks.resolve,
                transport=httpx.MockTransport(self.webhooks.answer),
            ),
            changed=lambda: None,
        )
        self.reading = FloorReading(
            state=self.state,
            daybook=self.daybook,
            directory=lambda: DIRECTORY,
            clock=clock,
            explain=lambda agent_id, now: AgentExplanation(agent_id=agent_id, verdict="nobody_waiting"),
        )


AMINAS_CARD = DemoSignIn(
    username="amina",
    password="known to everybody",
    name="Amina Yusuf",
    initials="AY",
    role="agent",
    line="Takes calls",
)


class Reached:
    """What presence said of agents' pages, and whether one that was there is gone."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool, str | None]] = []
        self.lost = asyncio.Event()

    def __call__(self, agent_id: str, reachable: bool, why: str | None) -> None:
        if self.told and self.told[-1][:2] == (agent_id, True) and not reachable:
            self.lost.set()
        self.told.append((agent_id, reachable, why))


def _capabilities(phone: MemoryPhone) -> dict[str, Capabilities]:
    """One back end that reaches pages, one that reaches everybody, one that can do little."""
    simulated = Capabilities(reaches_browsers=True, reaches_telephone_network=True, records=True)
    bare = Capabilities(reaches_browsers=True)
    return {"webrtc": phone.capabilities, "simulated": simulated, "bare": bare}


@pytest.fixture
async def centre(settings: Settings, sqlite_database: Database) -> AsyncIterator[Centre]:
    clock = VirtualClock(START)
    engine = MemoryEngine()
    phone = MemoryPhone(engine)
    seconds = LoopTime()
    hub = Hub(time=seconds)
    pages = Pages(hub)
    reached = Reached()
    presence = Presence(clock=clock, on_reachability=reached, on_leader=pages.leader_changed)
    live = MemoryLive(hub, engine, START)
    new_id = IdSource(clock, random.Random(7))
    floor = FloorParts(sqlite_database, clock, new_id)
    passwords = Passwords(CHEAP)
    reloads: list[int] = []
    parts = Parts(
        settings=settings,
        clock=clock,
        new_id=new_id,
        database=sqlite_database,
        commands=engine,
        live=live,
        floor=floor.reading,
        alerts=floor.alerts,
        directory=lambda: DIRECTORY,
        flow_context=lambda: Context(queues=frozenset({"billing"})),
        hub=hub,
        pages=pages,
        presence=presence,
        phone=phone,
        capabilities=_capabilities(phone),
        auth=replace(build_auth(settings, SECRET, monotonic), passwords=passwords),
        metrics=Metrics(),
        monotonic_s=monotonic,
        ready=(ReadyCheck(name="engine", check=lambda: None if engine.running else "it is stopped"),),
        demo_sign_ins=(AMINAS_CARD,),
        reload=lambda: reloads.append(1),
    )
    await _add_people(sqlite_database, await passwords.hash(PASSWORD))
    for name, _, agent_id in PEOPLE.values():
        if agent_id is not None:
            live.add_agent(agent_id, name)
    yield Centre(
        parts=parts,
        app=create_app(parts),
        clock=clock,
        database=sqlite_database,
        engine=engine,
        live=live,
        phone=phone,
        reachability=reached.told,
        seconds=seconds,
        unreachable=reached.lost,
        reloads=reloads,
        state=floor.state,
        daybook=floor.daybook,
        alerts=floor.alerts,
        webhooks=floor.webhooks,
    )
    presence.close()
    await floor.alerts.close()


async def _add_people(database: Database, password_hash: str) -> None:
    async with database.transaction() as session:
        for username, (name, roles, agent_id) in PEOPLE.items():
            await Users(session).add(
                records.User(
                    user_id=f"us_{username}",
                    username=username,
                    password_hash=password_hash,
                    name=name,
                    roles=roles,
                    agent_id=agent_id,
                )
            )
        await Configuration(session).put_queue(records.Queue(queue_id="billing", name="Billing", policy={}))


@asynccontextmanager
async def served(app: FastAPI, settings: Settings) -> AsyncIterator[str]:
    """The application behind a real server; yields `127.0.0.1:port`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    started = asyncio.Event()
    server = ControlServer(server_config(app, settings), started.set)
    serving = asyncio.create_task(server.serve([listener]))
    await started.wait()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


def kinds(messages: Sequence[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]
