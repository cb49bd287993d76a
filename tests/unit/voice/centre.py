"""A voice domain on a table: the demo flow, three agents, and hands that play back end, pages and clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from app.engine import commands as ask
from app.engine import commands_calls as calling
from app.engine.codec import decode
from app.engine.commit import (
    Batch,
    CommandInput,
    CommandResult,
    EffectRow,
    EffectSettled,
    Loaded,
    LogEvent,
    Row,
    SnapshotInput,
    TelephonyInput,
    TimerFired,
)
from app.engine.configuration import NumberPolicy, VoiceConfiguration
from app.engine.contact import Contact, Phase
from app.engine.domain import VoiceDomain
from ivr.context import Context
from ivr.load import load_catalogue, load_yaml
from routing.types import AgentProfile, Callbacks, QueuePolicy
from telephony import port

START = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DEMO = Path("app/demo")
BACKEND = "webrtc"
PAYMENT = """
id: payment
version: 1
name: Take a payment
languages: [en]
start: thanks
nodes:
  thanks: {kind: say, name: Thanks, say: [goodbye], next: end}
  end: {kind: hang_up, name: End}
"""


def configuration() -> VoiceConfiguration:
    flow = load_yaml((DEMO / "flow_main.yaml").read_text())
    payment = load_yaml(PAYMENT)
    names = ("sales", "billing", "technical", "moving", "welsh", "complaints")
    queues = tuple(
        QueuePolicy(
            queue_id=name,
            name=name.capitalize(),
            acw=timedelta(seconds=60),
            callbacks=Callbacks(offered=name == "billing", retry_after=timedelta(minutes=5), attempts=2),
        )
        for name in names
    )
    agents = tuple(
        AgentProfile(
            agent_id=agent_id,
            name=agent_id.capitalize(),
            queues=frozenset(names),
            skills={"Language:Welsh": 7} if agent_id == "nia" else {},
        )
        for agent_id in ("amina", "dev", "nia", "leila")
    )
    return VoiceConfiguration(
        queues=queues,
        agents=agents,
        flows={(flow.id, flow.version): flow, (payment.id, payment.version): payment},
        published={flow.id: flow.version, payment.id: payment.version},
        numbers={"+442079460100": NumberPolicy(dnis="+442079460100", flow_id=flow.id)},
        default_number="+442079460100",
        context=Context(
            queues=frozenset(names),
            catalogue=load_catalogue((DEMO / "prompts.yaml").read_text()),
        ),
        not_ready_reasons=frozenset({"lunch", "break"}),
        decline_reasons=frozenset({"busy"}),
        dispositions=frozenset({"resolved", "callback"}),
        recordings="/recordings",
        supervisors=frozenset({"leila"}),
    )


def to(kind: calling.TargetKind, target: str) -> calling.Target:
    return calling.Target(kind=kind, id=target)


def phase(contact: Contact) -> Phase:
    """Read anew: what happened since the last look is not for the type checker to rule out."""
    return contact.phase


class Centre:
    """Hands inputs to a domain one at a time, keeps what it wrote, and answers its effects."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.now = START
        self.domain = VoiceDomain(configuration(), self._new_id)
        self.events: list[LogEvent] = []
        self.effects: list[EffectRow] = []
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.results: list[CommandResult] = []
        self._legs = count(1)
        self.domain.restore(Loaded(rows={}))
        self.take(TimerFired())

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._ids):04d}"

    # --- feeding ---

    def take(self, *inputs: Any) -> Batch:
        batch = self.domain.handle(inputs, self.now)
        self.events += batch.events
        self.effects = list(batch.effects)
        self.results += batch.results
        for row in batch.rows:
            self._write(row)
        return batch

    def _write(self, row: Row) -> None:
        table = self.tables.setdefault(row.table, {})
        if row.values is None:
            table.pop(row.key, None)
        else:
            table.setdefault(row.key, {}).update(row.values)

    def tell(self, event: port.Event) -> Batch:
        return self.take(TelephonyInput(backend=BACKEND, sequence=1, at=self.now, event=event))

    def do(self, command: ask.Command) -> CommandResult:
        self.take(CommandInput(client_id=self._new_id("cmd"), body=command))
        return self.results[-1]

    def wait(self, seconds: float) -> None:
        """Let time pass, with a timer at each deadline."""
        end = self.now + timedelta(seconds=seconds)
        while (due := self.domain.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.take(TimerFired())
        self.now = end

    # --- people ---

    def agent(self, agent_id: str) -> str:
        """Sign an agent in, phone open and page heard; returns its leg."""
        leg = f"leg_{agent_id}"
        self.do(ask.AgentPhoneOpened(agent_id=agent_id, leg_id=leg, backend=BACKEND))
        self.tell(port.LegConnected(leg_id=leg))
        self.do(ask.SetReachability(agent_id=agent_id, reachable=True))
        self.do(ask.RequestState(agent_id=agent_id, state="available"))
        return leg

    def caller(self, topic: str | None = "billing", **attributes: str) -> Contact:
        """A caller arrives and, with a topic, goes through the flow into its queue."""
        leg = f"leg_c{next(self._legs)}"
        given = {"language": "en", **({"topic": topic} if topic else {}), **attributes}
        self.tell(port.CallArrived(leg_id=leg, ani="+447700900142", dnis="+442079460100", attributes=given))
        contact = self.domain.world.contact_of_leg(leg)
        assert contact is not None
        if topic is not None:
            self.through(contact)
        return contact

    def through(self, contact: Contact) -> None:
        """Answer prompts and look-ups until the flow waits for a key or is over."""
        while (
            contact.phase is Phase.IVR and contact.step is not None and contact.step.value in ("say", "find")
        ):
            self.answer(contact)

    def answer(self, contact: Contact) -> None:
        assert contact.step_id is not None
        if contact.step is not None and contact.step.value == "find":
            self.find(contact, matched=False)
            return
        self.tell(
            port.PlaybackFinished(
                leg_id=contact.leg_id,
                playback_id=contact.step_id,
                outcome=port.PlaybackOutcome.COMPLETED,
            )
        )

    def find(self, contact: Contact, *, matched: bool, result: Mapping[str, Any] | None = None) -> None:
        assert contact.step_id is not None
        data: dict[str, Any] = {"matched": matched, "result": dict(result or {})}
        self.take(EffectSettled(effect_id=contact.step_id, kind="find", ok=True, data=data))

    def press(self, contact: Contact, digits: str) -> None:
        assert contact.step_id is not None
        outcome = port.CollectOutcome.COMPLETE if digits else port.CollectOutcome.NO_INPUT
        self.tell(
            port.DigitsCollected(
                leg_id=contact.leg_id, collect_id=contact.step_id, digits=digits, outcome=outcome
            )
        )

    def talking(self, agent_id: str = "amina") -> Contact:
        """A caller who talks to this agent."""
        self.agent(agent_id)
        contact = self.caller()
        self.accept(contact)
        self.joined(contact)
        return contact

    def accept(self, contact: Contact) -> CommandResult:
        offer = self.offer(contact)
        return self.do(ask.AcceptOffer(offer_id=offer["offer_id"], agent_id=offer["agent_id"]))

    def joined(self, contact: Contact) -> None:
        assert contact.bridge_id is not None
        leg = self.domain.world.agent_leg(contact) or ""
        self.tell(port.Bridged(bridge_id=contact.bridge_id, leg_a=contact.leg_id, leg_b=leg))

    def mixed(self, contact: Contact) -> None:
        """The back end confirms the room that was asked for last."""
        assert contact.mix_id is not None
        legs = [contact.leg_id, self.domain.world.agent_leg(contact) or ""]
        legs += [f"leg_{each.agent_id}" if each.agent_id else each.leg_id or "" for each in contact.company]
        legs += [f"leg_{each.agent_id}" for each in contact.listeners]
        self.tell(port.Mixed(mix_id=contact.mix_id, legs=tuple(legs)))

    def consulted(self, by: str, agent_id: str) -> Contact:
        """`by` talks to a caller on hold and to this agent."""
        contact = self.talking(by)
        self.agent(agent_id)
        self.do(calling.Consult(contact_id=contact.contact_id, agent_id=by, to=to("agent", agent_id)))
        self.accept_item(agent_id)
        self.mixed(contact)
        return contact

    def accept_item(self, agent_id: str) -> CommandResult:
        """The agent takes what rings."""
        record = self.domain.world.router.agent(agent_id)
        assert record is not None
        assert record.offer_id is not None
        return self.do(ask.AcceptOffer(offer_id=record.offer_id, agent_id=agent_id))

    def legs(self) -> dict[str, str]:
        """Leg -> role in the room that was asked for in the last batch."""
        mixes = [command for command in self.sent() if isinstance(command, port.Mix)]
        assert mixes, [type(command).__name__ for command in self.sent()]
        return {member.leg_id: member.role.value for member in mixes[-1].members}

    # --- looking ---

    def offer(self, contact: Contact) -> dict[str, str]:
        """The open offer of a contact, from the rows that were written."""
        open_offers = [
            {"offer_id": key, **{name: str(row[name]) for name in ("agent_id", "contact_id")}}
            for key, row in self.tables.get("offers", {}).items()
            if row["contact_id"] == contact.contact_id and row["outcome"] is None
        ]
        assert len(open_offers) == 1, open_offers
        return open_offers[0]

    def kinds(self, prefix: str = "") -> list[str]:
        return [event.kind for event in self.events if event.kind.startswith(prefix)]

    def sent(self) -> list[Any]:
        """Telephony commands of the last batch."""
        return [decode(effect.payload["command"]) for effect in self.effects if "command" in effect.payload]  # type: ignore[arg-type]

    def state(self, agent_id: str) -> str:
        record = self.domain.world.router.agent(agent_id)
        assert record is not None
        return record.state.value

    def reborn(self) -> Centre:
        """The same centre after a crash: a new domain from the rows alone."""
        other = object.__new__(Centre)
        other.__dict__.update(self.__dict__)
        other.domain = VoiceDomain(configuration(), self._new_id)
        other.domain.restore(self.loaded())
        return other

    def loaded(self) -> Loaded:
        keys = {"contacts": "contact_id", "agent_states": "agent_id", "waiting": "contact_id"}
        keys |= {"offers": "offer_id", "agent_legs": "agent_id", "recordings": "recording_id"}
        keys |= {"queue_states": "queue_id", "abandoned": "contact_id"}

        def live(table: str, row: Mapping[str, Any]) -> bool:
            return {
                "contacts": row.get("live", True),
                "offers": row.get("outcome") is None,
                "recordings": row.get("state") == "recording",
            }.get(table, True) is True

        rows: dict[str, Sequence[Mapping[str, Any]]] = {
            table: [
                {keys[table]: key, **row}
                for key, row in sorted(self.tables.get(table, {}).items())
                if live(table, row)
            ]
            for table in keys
        }
        return Loaded(rows=rows)

    def adopt(self, *legs: port.LegSnapshot) -> Batch:
        return self.take(SnapshotInput(backend=BACKEND, snapshot=port.Snapshot(legs=legs)))


def caller_leg(contact: Contact, **changes: Any) -> port.LegSnapshot:
    """The caller's leg as a back end shows it, connected and answered unless `changes` say otherwise."""
    return _leg(contact.leg_id, port.LegKind.CALLER, changes)


def phone_leg(leg_id: str, **changes: Any) -> port.LegSnapshot:
    """An agent's leg, likewise."""
    return _leg(leg_id, port.LegKind.AGENT, changes)


def _leg(leg_id: str, kind: port.LegKind, changes: dict[str, Any]) -> port.LegSnapshot:
    values: dict[str, Any] = {
        "connected": True,
        "answered": True,
        "bridge_id": None,
        "on_hold": False,
        "playback_id": None,
        "collect_id": None,
        "recording_ids": (),
    }
    return port.LegSnapshot(leg_id=leg_id, kind=kind, **(values | changes))
