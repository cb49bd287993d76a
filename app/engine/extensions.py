"""Direct extensions: callers of an agent's own number wait for that agent, by the rules of a queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine.configuration import NumberPolicy
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.world import World
from ivr.types import Exit, ExitKind
from routing import types as acd
from routing.types import Absence, AgentState, DivertCause, WayKind
from telephony import port

ONE_SECOND = timedelta(seconds=1)


class Extensions:
    """The router turns nobody away who waits for one agent alone; here the queue's `empty` rules are read as
    that agent being away, so that nobody waits for a person who has gone home.
    """

    def __init__(self, world: World, queueing: Queueing) -> None:
        self._world = world
        self._queueing = queueing

    def enter(self, contact: Contact, number: NumberPolicy, now: datetime) -> None:
        """Answer the caller, who waits for the agent of the number that was called."""
        world = self._world
        assert number.agent_id is not None
        assert number.queue_id is not None
        world.command(contact.backend, port.Answer(leg_id=contact.leg_id), contact.leg_id)
        data = {"to": number.agent_id, "dnis": contact.dnis}
        world.log("contact.direct", now, contact, queue_id=number.queue_id, data=data)
        exit_ = Exit(kind=ExitKind.QUEUE, queue=number.queue_id)
        self._queueing.enter(contact, exit_, now, only=number.agent_id)
        policy = world.configuration.queue(number.queue_id)
        if policy is not None and self._absent(number.agent_id, policy.join_empty):
            self._turn_away(contact, now)

    def agent_changed(self, agent_id: str, now: datetime) -> None:
        """Look at those who wait for this agent, once the router has decided everything about the change."""
        for contact in self._world.contacts.values():
            if agent_id in contact.only_agents and self._waits_alone(contact):
                self._world.arm("extension", contact.contact_id, now)

    def look(self, contact: Contact, now: datetime) -> None:
        """Whoever waits for an agent who is away leaves, but not while the call rings."""
        world = self._world
        policy = world.configuration.queue(contact.queue_id or "")
        waiting = world.router.contact(contact.contact_id)
        if policy is None or waiting is None:
            return
        ringing = world.router.offer(waiting.offer_id) if waiting.offer_id else None
        if ringing is not None:
            world.arm("extension", contact.contact_id, ringing.expires_at + ONE_SECOND)
            return
        if contact.phase is Phase.QUEUED and not contact.only_agents and waiting.only_agents:
            # Its queue sent it on into another one: now everybody there may take it.
            self._anew(contact, now)
        elif self._waits_alone(contact) and self._absent(contact.only_agents[0], policy.leave_empty):
            self._turn_away(contact, now)

    @staticmethod
    def _waits_alone(contact: Contact) -> bool:
        return contact.phase is Phase.QUEUED and bool(contact.only_agents) and contact.sent is None

    def _absent(self, agent_id: str, absences: frozenset[Absence]) -> bool:
        record = self._world.router.agent(agent_id)
        if record is None:
            return Absence.SIGNED_OUT in absences
        if Absence.UNREACHABLE in absences and not record.reachable:
            return True
        return record.state is not AgentState.AVAILABLE and Absence(record.state.value) in absences

    def _turn_away(self, contact: Contact, now: datetime) -> None:
        """The way of the queue's rules for an empty queue."""
        policy = self._world.configuration.queue(contact.queue_id or "")
        assert policy is not None
        way = policy.on_empty
        stays = way.kind is WayKind.CALLBACK
        diverted = acd.ContactDiverted(
            contact_id=contact.contact_id,
            queue_id=policy.queue_id,
            cause=DivertCause.EMPTY,
            way=way,
            stays=stays,
        )
        if stays:
            if not contact.callback_offered:
                self._queueing.diverted(diverted, now)
            return
        onward = self._world.configuration.queue(way.queue_id or "")
        if way.kind is WayKind.OVERFLOW and onward is not None:
            self._queueing.diverted(diverted, now)
            self._anew(contact, now)
            return
        self._queueing.leave(contact, DivertCause.EMPTY.value, now)
        self._queueing.diverted(diverted, now)

    def _anew(self, contact: Contact, now: datetime) -> None:
        """Out of the queue and in again at the same place, for everybody: the record says so already."""
        self._queueing.leave(contact, "moved", now)
        self._queueing.wait(contact, "contact.requeued", now)
