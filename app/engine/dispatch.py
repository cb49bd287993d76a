"""What back ends report, brought to the part that it concerns. Whatever is over, or unknown, is absorbed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.engine.calls import Calls
from app.engine.commit import LogEvent, Row
from app.engine.consulting import Consulting
from app.engine.contact import IN_FLOW, Contact, Phase, Step
from app.engine.flows import SHORTEST_MESSAGE_S, FlowRunner
from app.engine.parties import Parties
from app.engine.phones import Phones
from app.engine.promises import Promises
from app.engine.queueing import Queueing
from app.engine.room import Room
from app.engine.transfers import Transfers
from app.engine.world import World
from telephony import port


class Dispatch:
    def __init__(
        self,
        world: World,
        *,
        queueing: Queueing,
        calls: Calls,
        room: Room,
        flows: FlowRunner,
        parties: Parties,
        phones: Phones,
        consulting: Consulting,
        transfers: Transfers,
        promises: Promises,
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._calls = calls
        self._room = room
        self._flows = flows
        self._parties = parties
        self._phones = phones
        self._consulting = consulting
        self._transfers = transfers
        self._promises = promises

    def take(self, backend: str, event: port.Event, now: datetime) -> None:
        """One event of a back end."""
        match event:
            case port.CallArrived():
                self._parties.arrived(backend, event, now)
            case port.Bridged() | port.BridgeFailed():
                self._bridging(event, now)
            case port.Mixed() | port.MixFailed():
                self._mixing(event, now)
            case port.RecordingFinished() | port.RecordingFailed():
                self._recording(event, now)
            case port.OriginateResult():
                self._originated(event, now)
            case (
                port.Unbridged()
                | port.Unmixed()
                | port.RecordingStarted()
                | port.QualityReported()
                | port.LinkChanged()
            ):
                pass
            case _:
                self._on_leg(event, now)

    def _on_leg(self, event: Any, now: datetime) -> None:
        """Events that name one leg: a caller's, an agent's, or one that is over (absorbed)."""
        contact = self._world.contact_of_leg(event.leg_id)
        if contact is not None and event.leg_id != contact.leg_id:
            if isinstance(event, port.LegEnded) and event.leg_id == contact.out_leg_id:
                self._parties.far_party_ended(contact, now)
            elif isinstance(event, port.LegEnded):
                self._consulting.leg_ended(contact, event.leg_id, now)
            return
        if contact is not None:
            self._on_caller_leg(contact, event, now)
            return
        agent_id = self._world.agent_by_leg.get(event.leg_id)
        if agent_id is not None:
            self._on_agent_leg(agent_id, event, now)

    def _on_caller_leg(self, contact: Contact, event: Any, now: datetime) -> None:
        match event:
            case port.LegEnded() if contact.promise is not None:
                self._promises.leg_ended(contact, now)
            case port.LegLost():
                self._parties.caller_lost(contact, event.reason, now)
            case port.LegRestored():
                self._parties.caller_restored(contact, now)
            case port.LegEnded():
                self._parties.caller_ended(contact, event.cause, now)
            case port.PlaybackFinished():
                self._calls.on_playback(contact, event, now)
                self._queueing.on_playback(contact, event)
                if contact.phase in IN_FLOW:
                    self._flows.on_playback(contact, event, now)
            case port.DigitsCollected() if contact.phase is Phase.QUEUED:
                self._promises.on_key(contact, event, now)
            case port.DigitsCollected() if contact.phase in IN_FLOW:
                if contact.step is Step.RECORD:
                    self._flows.on_message_key(contact, event.collect_id)
                else:
                    self._flows.on_digits(contact, event, now)

    def _on_agent_leg(self, agent_id: str, event: Any, now: datetime) -> None:
        phone = self._world.phone(agent_id)
        match event:
            case port.LegConnected() | port.LegRestored():
                self._phones.connected(phone, now)
            case port.LegLost():
                self._phones.lost(phone, event.reason, now)
            case port.LegEnded():
                self._phones.ended(phone, "the leg ended", now)

    def _mixing(self, event: port.Mixed | port.MixFailed, now: datetime) -> None:
        contact = self._world.contact_of_room(event.mix_id)
        if contact is None or contact.mix_id != event.mix_id:
            return
        if isinstance(event, port.Mixed):
            self._room.on_mixed(contact, event, now)
        else:
            self._room.on_mix_failed(contact, event, now)

    def _bridging(self, event: port.Bridged | port.BridgeFailed, now: datetime) -> None:
        contact = self._world.contact_of_room(event.bridge_id)
        if contact is None or contact.bridge_id != event.bridge_id:
            return
        if isinstance(event, port.Bridged):
            self._calls.on_bridged(contact, event.bridge_id, now)
        elif contact.phase is not Phase.TRANSFERRING:
            self._calls.on_bridge_failed(contact, event, now)
        elif contact.sent is not None:
            self._transfers.comes_back(contact, "not_joined", now)
        else:
            self._flows.resume(contact, "not_joined", now)

    def _recording(self, event: port.RecordingFinished | port.RecordingFailed, now: datetime) -> None:
        making = self._world.recordings.pop(event.recording_id, None)
        contact_id = making.contact_id if making else None
        contact = self._world.contacts.get(contact_id or "")
        finished = isinstance(event, port.RecordingFinished)
        values: dict[str, Any] = {"state": "ready" if finished else "failed"}
        data: dict[str, Any] = {"recording_id": event.recording_id}
        if isinstance(event, port.RecordingFinished):
            values["duration_s"] = data["duration_s"] = event.duration_s
        else:
            data["reason"] = event.reason
        self._world.out.rows.append(Row(table="recordings", key=event.recording_id, values=values))
        kind = "recording.finished" if finished else "recording.failed"
        self._world.log(kind, now, contact, data=data | {"contact_id": contact_id})
        if not isinstance(event, port.RecordingFinished) or making is None:
            return
        if contact is not None:
            self._flows.on_recorded(contact, event, now)
        elif making.message and event.duration_s >= SHORTEST_MESSAGE_S:
            self._message_of_one_gone(making.contact_id, event, now)

    def _message_of_one_gone(self, contact_id: str, event: port.RecordingFinished, now: datetime) -> None:
        """The caller hung up instead of pressing a key: what was said is a message all the same."""
        ended_by = {"ended_by": "voicemail"}
        self._world.out.rows.append(Row(table="contacts", key=contact_id, values=ended_by))
        data: dict[str, Any] = {"recording_id": event.recording_id, "duration_s": event.duration_s}
        left = LogEvent(kind="voicemail.left", at=now, contact_id=contact_id, data=data)
        self._world.out.events.append(left)

    def _originated(self, event: port.OriginateResult, now: datetime) -> None:
        contact = self._world.contact_of_leg(event.leg_id)
        if contact is None:
            return
        if contact.promise is not None:
            self._promises.dialled(contact, event, now)
            return
        companion = contact.companion(event.attempt_id)
        if companion is not None:
            self._consulting.dialled(contact, companion, event, now)
            return
        if contact.out_leg_id != event.leg_id or contact.phase is not Phase.TRANSFERRING:
            return
        self._world.log("contact.dialled", now, contact, data={"outcome": event.outcome.value})
        if event.outcome is port.OriginateOutcome.ANSWERED:
            self._room.pair(contact, contact.leg_id, event.leg_id)
            self._world.touch(contact)
        elif contact.sent is not None:
            self._transfers.comes_back(contact, event.outcome.value, now)
        else:
            self._flows.resume(contact, event.outcome.value, now)
