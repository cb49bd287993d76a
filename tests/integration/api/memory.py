"""Hand-written parts at the edge's ports: an engine, live state and a phone line that live in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar

import httpx

from app.api import models as wire
from app.api.ports import LiveCall, SignedIn
from app.engine import commands as ask
from app.engine.commands import Command
from app.engine.commit import CommandResult
from app.errors import Unavailable
from app.live.hub import Hub
from app.live.views_targets import PersonNow, QueueNow, TargetsNow
from telephony.port import BackendDown, Capabilities, LegKind

Refusal = tuple[str, str]
Kind = TypeVar("Kind")


class MemoryEngine:
    """Carries commands out on a few dictionaries, each client id once."""

    def __init__(self) -> None:
        self.taken: list[Command] = []
        self.results: dict[str, CommandResult] = {}
        self.offers: dict[str, str] = {}
        """Offer id -> agent it rings."""
        self.contacts: dict[str, str] = {}
        """Contact id -> agent who has it."""
        self.legs: dict[str, str] = {}
        self.calls: dict[str, LiveCall] = {}
        self.refuse_with: Refusal | None = None
        self.running = True

    async def submit(self, command: Command, *, client_id: str, actor: str | None = None) -> CommandResult:
        if not self.running:
            raise Unavailable("engine_stopped", "The server is starting or stopping.")
        if client_id not in self.results:
            self.taken.append(command)
            refusal = self.refuse_with or self._carry_out(command)
            code, detail = refusal or (None, "")
            self.results[client_id] = CommandResult(
                client_id=client_id, ok=refusal is None, error_code=code, detail=detail
            )
        return self.results[client_id]

    def _carry_out(self, command: Command) -> Refusal | None:
        match command:
            case ask.AcceptOffer(offer_id=offer_id, agent_id=agent_id):
                if self.offers.pop(offer_id, None) != agent_id:
                    return "offer_ended", "This call is no longer offered to you."
            case ask.AgentPhoneOpened(agent_id=agent_id, leg_id=leg_id):
                self.legs[agent_id] = leg_id
            case ask.AgentPhoneClosed(agent_id=agent_id):
                self.legs.pop(agent_id, None)
            case ask.CallerCallStarting():
                self.calls[command.contact_id] = LiveCall(
                    contact_id=command.contact_id, leg_id=command.leg_id, resume_hash=command.resume_hash
                )
            case ask.CallerHangUp(contact_id=contact_id):
                self.calls.pop(contact_id, None)
            case ask.HoldCall(contact_id=contact_id, agent_id=agent_id):
                if self.contacts.get(contact_id) != agent_id:
                    return "not_your_contact", "Somebody else has this contact."
            case _:
                return None
        return None

    def of_kind(self, kind: type[Kind]) -> list[Kind]:
        """The commands of one kind, in order."""
        return [command for command in self.taken if isinstance(command, kind)]


class MemoryLive:
    """Topics of agents, the floor and callers, as far as a page needs them."""

    def __init__(self, hub: Hub, engine: MemoryEngine, now: datetime) -> None:
        self.hub = hub
        self._engine = engine
        self._now = now
        self.shown_offers: list[tuple[str, str]] = []
        self.changes: list[dict[str, str | None]] = []
        self.states: dict[str, wire.AgentStateName] = {}
        self.colleagues: list[PersonNow] = []
        self.lines: list[QueueNow] = []
        self.pop: wire.Pop | None = None
        hub.register(
            "floor", lambda: {"figures": {}, "queues": [], "agents": [], "waiting": [], "alerts": []}
        )

    def add_agent(self, agent_id: str, name: str) -> None:
        self.states[agent_id] = "not_ready"
        self.hub.register(f"agent:{agent_id}", lambda: self.agent_topic(agent_id, name))

    def agent_topic(self, agent_id: str, name: str) -> wire.AgentTopic:
        me = wire.AgentSelf(
            agent_id=agent_id,
            name=name,
            initials=name[:2].upper(),
            state=self.states[agent_id],
            since=self._now,
            reachable=False,
        )
        return wire.AgentTopic(me=me, day=wire.MyDay(handled=0, talk_s=0, handle_s_average=None, missed=0))

    def topic_key(self, who: SignedIn, topic: Literal["agent", "floor"]) -> str | None:
        return "floor" if topic == "floor" else f"agent:{who.agent_id}"

    def caller_topic_key(self, contact_id: str) -> str | None:
        if contact_id not in self._engine.calls:
            return None
        key = f"caller:{contact_id}"
        topic = wire.CallerTopic(contact_id=contact_id, state="menu", started_at=self._now)
        if not self.hub.has(key):
            self.hub.register(key, lambda: topic)
        return key

    def agent_leg(self, agent_id: str) -> str | None:
        return self._engine.legs.get(agent_id)

    def caller_call(self, contact_id: str) -> LiveCall | None:
        return self._engine.calls.get(contact_id)

    def caller_centre(self, language: str) -> wire.CallerCentre:
        label = {"en": "A bill", "cy": "Bil"}[language]
        return wire.CallerCentre(
            name="Brightwater",
            number="0113 496 0000",
            open=True,
            waiting=0,
            estimate_s=None,
            topics=[wire.Choice(code="billing", label=label)],
            languages=[],
        )

    def why_waiting(self, contact_id: str, language: str) -> wire.WhyWaiting | None:
        if contact_id != "ct_waiting":
            return None
        return wire.WhyWaiting(
            contact_id=contact_id,
            verdict="Nobody is free.",
            position=1,
            waited_s=3.0,
            facts=[],
            exclusions=[],
        )

    def transfer_view(self, agent_id: str, contact_id: str) -> TargetsNow:
        people = [each for each in self.colleagues if each.agent_id != agent_id]
        return TargetsNow(people=people, queues=self.lines, pop=self.pop)

    def shown(self, agent_id: str, offer_id: str) -> None:
        self.shown_offers.append((agent_id, offer_id))

    async def changed(
        self,
        *,
        contact_id: str | None = None,
        case_id: str | None = None,
        customer_id: str | None = None,
    ) -> None:
        self.changes.append({"contact_id": contact_id, "case_id": case_id, "customer_id": customer_id})


class MemoryPhone:
    """A back end that answers every offer that looks like one."""

    name = "webrtc"
    codec = "pcmu"
    capabilities = Capabilities(reaches_browsers=True, records=True)

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.connected: list[tuple[str, LegKind, bool]] = []
        """Leg, kind, and whether the engine knew the leg before."""
        self.attributes: dict[str, Mapping[str, str]] = {}
        self.pressed: list[tuple[str, str]] = []
        self.down = False

    async def connect(
        self,
        *,
        leg_id: str,
        kind: LegKind,
        sdp: str,
        ani: str = "",
        dnis: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        if self.down:
            raise BackendDown(self.name, "no worker answers")
        if not sdp.startswith("v=0"):
            raise ValueError("it does not begin with v=0")
        known = leg_id in self._engine.legs.values() or any(
            call.leg_id == leg_id for call in self._engine.calls.values()
        )
        self.connected.append((leg_id, kind, known))
        self.attributes[leg_id] = dict(attributes or {}) | {"ani": ani, "dnis": dnis}
        return "v=0\r\nanswer"

    async def press(self, leg_id: str, digit: str) -> None:
        self.pressed.append((leg_id, digit))


class Webhooks:
    """The internet as webhooks see it: names with addresses, and whoever answers there."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[str]] = {
            "hooks.example.org": ["203.0.114.7"],
            "hooks.inside": ["10.0.0.5"],
            "sneaky.example.org": ["203.0.114.8", "127.0.0.1"],
        }
        self.received: list[httpx.Request] = []
        self.statuses: list[int] = []
        """What is answered next; 204 when there is nothing."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        return self.addresses.get(host, [host])

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.received.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 204)
