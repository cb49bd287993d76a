"""The state that the parts of the voice domain share, and the outbox they write to.

Parts never call one another across a circle: each takes the `World`, changes it, and puts facts, effects
and rows into its `Outbox`. Whatever a part touches is written once, at the end of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine.codec import encode
from app.engine.commit import CommandResult, EffectRow, LogEvent, Recovery, Row
from app.engine.company import contact_id_of
from app.engine.configuration import VoiceConfiguration
from app.engine.contact import Contact, Phase
from routing.estimate import WaitEstimator
from routing.router import Router
from routing.types import AgentState
from telephony.port import Command

NewId = Callable[[str], str]
"""Makes an id with the given prefix: `new_id("o") -> "o_01J..."`."""


@dataclass(slots=True, kw_only=True)
class Phone:
    """An agent's nailed-up leg, and whether the page behind it can take a call."""

    agent_id: str
    leg_id: str | None = None
    backend: str | None = None
    connected: bool = False
    page_ready: bool = False
    page_why: str | None = "page_gone"
    lost_since: datetime | None = None

    def reachability(self) -> tuple[bool, str | None]:
        """Whether an offer could be answered, else the cause for the agent's state pill."""
        if self.leg_id is None:
            return False, "no_phone"
        if not self.page_ready:
            return False, self.page_why or "page_gone"
        if not self.connected:
            return False, "media_lost"
        return True, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A recording under way. `message`: left by the caller, with no agent."""

    contact_id: str
    message: bool = False


@dataclass(slots=True)
class Outbox:
    """What one batch will write."""

    events: list[LogEvent] = field(default_factory=list)
    effects: list[EffectRow] = field(default_factory=list)
    results: list[CommandResult] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)


class World:
    def __init__(self, configuration: VoiceConfiguration, new_id: NewId) -> None:
        self.configuration = configuration
        self.new_id = new_id
        self.router = Router(new_id)
        self.estimator = WaitEstimator()
        self.contacts: dict[str, Contact] = {}
        self.by_leg: dict[str, str] = {}
        self.by_room: dict[str, str] = {}
        """Bridge or room -> contact."""
        self.phones: dict[str, Phone] = {}
        self.agent_by_leg: dict[str, str] = {}
        self.agent_states: dict[str, tuple[AgentState, str | None, datetime]] = {}
        self.recordings: dict[str, Making] = {}
        """Recordings not finished yet."""
        self.secrets: dict[str, dict[str, Any]] = {}
        """Look-up effect -> arguments that must not rest in the database."""
        self.declined: dict[str, str] = {}
        """Agent -> the offer last declined without a reason; it may still come."""
        self.asked: set[str] = set()
        """Steps asked for since the last adoption: a snapshot taken before does not show them."""
        self.deadlines: dict[tuple[str, str], datetime] = {}
        self.out = Outbox()

    # --- looking ---

    def contact_of_leg(self, leg_id: str) -> Contact | None:
        contact_id = self.by_leg.get(leg_id)
        return self.contacts.get(contact_id) if contact_id is not None else None

    def contact_of_room(self, room_id: str) -> Contact | None:
        """Whose bridge or room this is, or was last."""
        return self.contacts.get(self.by_room.get(room_id, ""))

    def contact_of_item(self, item: str) -> Contact | None:
        """The contact of a routing item: its own, or a companion's place in it."""
        return self.contacts.get(contact_id_of(item))

    def contact_of_agent(self, agent_id: str) -> Contact | None:
        """The contact this agent handles, was asked into, or wraps up."""
        record = self.router.agent(agent_id)
        if record is None or record.contact_id is None:
            return None
        return self.contact_of_item(record.contact_id)

    def is_shut(self, queue_id: str) -> bool:
        """A supervisor closed this queue."""
        return any(queue.shut for queue in self.router.queues() if queue.queue_id == queue_id)

    def phone(self, agent_id: str) -> Phone:
        return self.phones.setdefault(agent_id, Phone(agent_id=agent_id))

    def agent_leg(self, contact: Contact) -> str | None:
        return self.phone(contact.agent_id).leg_id if contact.agent_id is not None else None

    # --- changing ---

    def touch(self, contact: Contact) -> None:
        """This contact's row must be written with the batch."""
        self.out.contacts[contact.contact_id] = contact

    def touch_phone(self, phone: Phone) -> None:
        self.out.phones[phone.agent_id] = phone

    def admit(self, contact: Contact) -> None:
        self.contacts[contact.contact_id] = contact
        self.by_leg[contact.leg_id] = contact.contact_id
        self.touch(contact)

    def release(self, contact: Contact) -> None:
        """The contact is over for good: write it once more, then forget it."""
        contact.phase = Phase.ENDED
        self.touch(contact)
        self.contacts.pop(contact.contact_id, None)
        for leg_id in (contact.leg_id, contact.out_leg_id):
            if leg_id is not None and self.by_leg.get(leg_id) == contact.contact_id:
                self.forget_leg(leg_id)
        for room_id in (contact.bridge_id, contact.mix_id):
            self.by_room.pop(room_id or "", None)
        for key in [key for key in self.deadlines if key[1] == contact.contact_id]:
            del self.deadlines[key]

    def forget_leg(self, leg_id: str) -> None:
        """What this leg still reports is not for us."""
        self.by_leg.pop(leg_id, None)

    def arm(self, name: str, key: str, at: datetime) -> None:
        self.deadlines[(name, key)] = at

    def disarm(self, name: str, key: str) -> None:
        self.deadlines.pop((name, key), None)

    # --- telling ---

    def log(
        self,
        kind: str,
        now: datetime,
        contact: Contact | None = None,
        *,
        agent_id: str | None = None,
        queue_id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.out.events.append(
            LogEvent(
                kind=kind,
                at=now,
                contact_id=contact.contact_id if contact else None,
                agent_id=agent_id or (contact.agent_id if contact else None),
                queue_id=queue_id or (contact.queue_id if contact else None),
                case_id=contact.case_id if contact else None,
                customer_id=contact.customer_id if contact else None,
                data=data or {},
            )
        )

    def command(self, backend: str, command: Command, *lanes: str) -> None:
        """Have a back end carry `command` out after the commit, in order on its legs."""
        self.effect("telephony", Recovery.MOMENT, {"backend": backend, "command": encode(command)}, *lanes)

    def dial(self, backend: str, attempt_id: str, command: Command, *lanes: str) -> None:
        """Like `command`, but claimed before it is sent and never sent again."""
        self.effect(
            "dial",
            Recovery.ONCE,
            {"backend": backend, "command": encode(command)},
            *lanes,
            effect_id=attempt_id,
        )

    def effect(
        self,
        kind: str,
        recovery: Recovery,
        payload: Mapping[str, Any],
        *lanes: str,
        effect_id: str | None = None,
    ) -> str:
        effect_id = effect_id or self.new_id("e")
        self.out.effects.append(
            EffectRow(effect_id=effect_id, kind=kind, recovery=recovery, payload=payload, lanes=lanes)
        )
        return effect_id
