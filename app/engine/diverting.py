"""Contacts that may not stay in a queue: back into the flow, another queue, a message, a callback."""

from __future__ import annotations

from datetime import datetime

from app.engine.contact import Contact, Phase
from app.engine.flows import FlowRunner
from app.engine.promises import Promises
from app.engine.queueing import Queueing
from app.engine.system_flows import LEAVE_MESSAGE, NOBODY_NOW, SYSTEM_FLOWS
from app.engine.transfers import Transfers
from app.engine.world import World
from routing import types as acd
from routing.types import DivertCause, WayKind

_REFUSALS = frozenset({DivertCause.FULL.value, DivertCause.EMPTY.value, DivertCause.SHUT.value})
"""The queue that a caller was sent to does not take it: the caller goes back to where it came from."""


class Diverting:
    def __init__(
        self,
        world: World,
        queueing: Queueing,
        flows: FlowRunner,
        promises: Promises,
        transfers: Transfers,
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._flows = flows
        self._promises = promises
        self._transfers = transfers

    def diverted(self, contact: Contact, diverted: acd.ContactDiverted, now: datetime) -> None:
        """Carry out what the queue's rules say."""
        way = diverted.way
        if diverted.cause is DivertCause.CALLBACK_EXPIRED:
            self._promises.expired(contact, now)
            return
        if way.kind is WayKind.OVERFLOW:
            # The router moved it already, with its waiting credited.
            contact.queue_id = way.queue_id or contact.queue_id
            if contact.only_agents and contact.sent is None:
                # It waited for one agent alone; see `Extensions.look`.
                contact.only_agents = []
                self._world.arm("extension", contact.contact_id, now)
            self._world.touch(contact)
            return
        if way.kind is WayKind.CALLBACK and diverted.stays:
            self._promises.offer(contact, now)
            return
        if diverted.stays:
            return
        self._leave(contact, diverted.way.kind, diverted.cause.value, now)

    def not_wanted(self, contact: Contact, now: datetime) -> None:
        """A full, empty or closed queue offered a callback, and the caller does not want it."""
        self._queueing.leave(contact, "callback_not_wanted", now)
        self._leave(contact, WayKind.RETURN, "callback_not_wanted", now)

    def _leave(self, contact: Contact, kind: WayKind, why: str, now: datetime) -> None:
        world = self._world
        world.disarm("announce", contact.contact_id)
        contact.announcement_id = contact.choice_id = None
        if contact.promise is not None:
            self._promises.expired(contact, now)
            return
        refused = why in _REFUSALS and contact.sent is not None
        if refused and contact.sent is not None and contact.sent.queue_id != contact.queue_id:
            self._transfers.comes_back(contact, why, now)
            return
        if kind is WayKind.RETURN and contact.on_return is not None and contact.flow_state is not None:
            self._flows.resume(contact, why, now)
            return
        system = LEAVE_MESSAGE if kind is WayKind.VOICEMAIL else NOBODY_NOW
        contact.phase = Phase.IVR
        world.log("contact.returned", now, contact, data={"why": why})
        self._flows.enter(contact, SYSTEM_FLOWS[system], now)
