"""After a restart, or when a back end comes back: make our records and its live legs agree again.

Nothing is ended only because we were away. Each repair is an event of the log.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine.calls import Calls
from app.engine.contact import Contact, Phase, Step
from app.engine.flows import FlowRunner
from app.engine.parties import Parties
from app.engine.phones import Phones
from app.engine.promises import Promises
from app.engine.queueing import Queueing
from app.engine.room import Room
from app.engine.world import World
from telephony import port

ORPHAN_AFTER = timedelta(seconds=20)
"""A live leg that no record and no journaled event explains is hung up after this."""
SENT_BACK_AFTER = timedelta(seconds=45)
"""Whoever a contact was sent to, or is being dialled, has so long after we were away."""


class Adoption:
    def __init__(
        self,
        world: World,
        parties: Parties,
        phones: Phones,
        queueing: Queueing,
        calls: Calls,
        flows: FlowRunner,
        room: Room,
        promises: Promises,
    ) -> None:
        self._room = room
        self._promises = promises
        self._world = world
        self._parties = parties
        self._phones = phones
        self._queueing = queueing
        self._calls = calls
        self._flows = flows

    def grace_after_absence(self, now: datetime) -> None:
        """No grace time runs while control is away: whoever was lost gets it anew."""
        graces = self._world.configuration.graces
        for contact in self._world.contacts.values():
            key = contact.contact_id
            if contact.caller_lost:
                self._world.arm("caller_grace", key, now + graces.caller)
            if contact.phase is Phase.AGENT_LOST:
                self._world.arm("agent_grace", key, now + graces.agent)
            if contact.phase is Phase.CONNECTING:
                self._world.arm("connect", key, now + graces.connect)
            if contact.phase is Phase.STARTING:
                self._world.arm("arrival", key, now + graces.arrival)
            if contact.phase is Phase.QUEUED:
                self._queueing.announce_later(contact, now)
            if contact.sent is not None and contact.sent.kind in ("agent", "number"):
                self._world.arm("sent_back", key, now + SENT_BACK_AFTER)
            if contact.promise is not None and contact.promise.dialling is not None:
                self._world.arm("callback", key, now + SENT_BACK_AFTER)

    def adopt(self, backend: str, snapshot: port.Snapshot, now: datetime) -> None:
        """Match what is live on `backend` with what we remember."""
        live = {leg.leg_id: leg for leg in snapshot.legs}
        self._adopt_phones(backend, live, now)
        for contact in list(self._world.contacts.values()):
            if contact.backend != backend or contact.phase in (Phase.STARTING, Phase.WRAP_UP):
                continue
            if contact.promise is not None:
                # Without a leg, or being dialled: the answer, or its time-out, goes on.
                continue
            leg = live.get(contact.leg_id)
            if leg is None:
                self._repaired(contact, "leg_gone", now)
                self._parties.caller_ended(contact, port.LegEndCause.FAILED, now)
            else:
                self._adopt_caller(contact, leg, now)
        for leg_id in live.keys() - self._world.by_leg.keys() - self._world.agent_by_leg.keys():
            self._world.arm("orphan", f"{backend}|{leg_id}", now + ORPHAN_AFTER)
        self._world.asked.clear()

    def orphan(self, key: str, now: datetime) -> None:
        backend, _, leg_id = key.partition("|")
        if leg_id in self._world.by_leg or leg_id in self._world.agent_by_leg:
            return
        self._world.log("repair", now, data={"what": "orphan_leg", "leg_id": leg_id})
        self._world.command(backend, port.Hangup(leg_id=leg_id), leg_id)

    def _adopt_phones(self, backend: str, live: dict[str, port.LegSnapshot], now: datetime) -> None:
        for phone in list(self._world.phones.values()):
            if phone.backend != backend or phone.leg_id is None:
                continue
            leg = live.get(phone.leg_id)
            if leg is None:
                self._phones.ended(phone, "gone while away", now)
            elif leg.connected and not phone.connected:
                self._phones.connected(phone, now)
            elif phone.connected and not leg.connected:
                self._phones.lost(phone, "lost while away", now)

    def _adopt_caller(self, contact: Contact, leg: port.LegSnapshot, now: datetime) -> None:
        if contact.caller_lost and leg.connected:
            self._parties.caller_restored(contact, now)
            return
        if not contact.caller_lost and not leg.connected and leg.answered:
            self._parties.caller_lost(contact, "lost while away", now)
            return
        match contact.phase:
            case Phase.IVR | Phase.ASIDE if self._secret_lost(contact) or self._not_asked(contact, leg):
                self._repaired(contact, "asked_again", now)
                self._flows.ask(contact, now)
            case _ if contact.mix_id is not None and contact.with_agent and leg.mix_id != contact.mix_id:
                self._repaired(contact, "mixed_again", now)
                contact.mix_id = None
                self._room.arrange(contact, now)
            case Phase.QUEUED if self._question_lost(contact, leg) and self._promises.ask_again(contact, now):
                self._repaired(contact, "asked_again", now)
            case Phase.QUEUED | Phase.HELD if not (leg.on_hold or leg.playback_id or leg.mix_id):
                self._repaired(contact, "music_again", now)
                self._room.music(contact)
            case Phase.CONNECTING | Phase.TALKING if leg.bridge_id is None and leg.mix_id is None:
                self._repaired(contact, "joined_again", now)
                self._calls.join(contact, now)
            case Phase.CONNECTING if leg.bridge_id == contact.bridge_id:
                self._calls.on_bridged(contact, leg.bridge_id or "", now)

    @staticmethod
    def _question_lost(contact: Contact, leg: port.LegSnapshot) -> bool:
        """Whether a waiting caller was asked for a key, and the back end no longer collects it."""
        return leg.collect_id is None or leg.collect_id != contact.choice_id

    def _secret_lost(self, contact: Contact) -> bool:
        """What was typed was in memory only."""
        return contact.asks_secret and contact.step_id not in self._world.secrets

    def _not_asked(self, contact: Contact, leg: port.LegSnapshot) -> bool:
        return contact.step_id not in self._world.asked and not _still_asked(contact, leg)

    def _repaired(self, contact: Contact, what: str, now: datetime) -> None:
        self._world.log("repair", now, contact, data={"what": what, "phase": contact.phase.value})
        self._world.touch(contact)


def _still_asked(contact: Contact, leg: port.LegSnapshot) -> bool:
    match contact.step:
        case Step.SAY | Step.RECORD_PROMPT:
            return leg.playback_id == contact.step_id
        case Step.GATHER:
            return leg.collect_id == contact.step_id
        case Step.RECORD:
            return contact.step_id in leg.recording_ids
        case _:
            return True
