"""Supervisors on the line: listen, whisper, barge; each start, change and end is in the log."""

from __future__ import annotations

from datetime import datetime

from app.engine.company import Listener, Seat
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.refusals import Refused
from app.engine.room import Room
from app.engine.targets import Targets
from app.engine.world import World
from routing import types as acd
from routing.types import AgentState

SUPERVISING_REASON = "supervising"
"""The not-ready reason of a supervisor who is on somebody's line: nothing is offered meanwhile."""
_AUDIBLE = frozenset({Phase.TALKING, Phase.HELD, Phase.CALLER_LOST})
_BUSY = frozenset({AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW})


class Supervision:
    def __init__(self, world: World, queueing: Queueing, room: Room, targets: Targets) -> None:
        self._world = world
        self._queueing = queueing
        self._room = room
        self._targets = targets

    def of(self, agent_id: str) -> tuple[Contact, Listener] | None:
        """What a supervisor hears just now."""
        for contact in self._world.contacts.values():
            listener = contact.listener(agent_id)
            if listener is not None:
                return contact, listener
        return None

    def supervise(self, contact: Contact, agent_id: str, mode: str, now: datetime) -> None:
        """Begin, or change the mode."""
        listener = contact.listener(agent_id)
        if listener is not None:
            if listener.mode != mode:
                listener.mode = mode
                data = {"mode": mode, "by": agent_id}
                self._world.log("supervision.changed", now, contact, data=data)
                self._room.arrange(contact, now)
            return
        self._may(contact, agent_id)
        elsewhere = self.of(agent_id)
        back_to_available = False
        if elsewhere is not None:
            back_to_available = elsewhere[1].back_to_available
            self._take_out(*elsewhere, now)
            self._room.arrange(elsewhere[0], now)
        else:
            record = self._world.router.agent(agent_id)
            back_to_available = record is not None and record.state is AgentState.AVAILABLE
            if back_to_available:
                self._request(agent_id, AgentState.NOT_READY, now)
        listener = Listener(agent_id=agent_id, mode=mode, since=now, back_to_available=back_to_available)
        contact.listeners.append(listener)
        self._answer_help(contact, now)
        data = {"mode": mode, "by": agent_id}
        self._world.log("supervision.started", now, contact, data=data)
        self._room.arrange(contact, now)

    def _may(self, contact: Contact, agent_id: str) -> None:
        record = self._world.router.agent(agent_id)
        if record is None:
            raise Refused("unknown_agent", "You have no phone of your own here, so you cannot listen.")
        phone = self._world.phone(agent_id)
        if phone.leg_id is None or not phone.connected:
            raise Refused("unreachable", "Open your phone first: run the check, then listen.")
        if phone.backend != contact.backend:
            raise Refused("capability_missing", "Your phone is on another back end than this call.")
        if contact.involves(agent_id) or record.state in _BUSY:
            raise Refused("on_a_call", "You are on a call yourself. Finish it, then listen.")
        if contact.phase not in _AUDIBLE:
            raise Refused("wrong_state", "There is no conversation to listen to just now.")

    def _answer_help(self, contact: Contact, now: datetime) -> None:
        """A supervisor who comes by himself answers a call for help as well."""
        for companion in [each for each in contact.companions if each.kind == "help"]:
            if companion.seat in (Seat.QUEUED, Seat.RINGING):
                self._queueing.route(acd.ContactLeft(contact_id=companion.party_id, why="answered"), now)
                self._world.log("help.answered", now, contact)
            contact.companions.remove(companion)

    def stop(self, agent_id: str, now: datetime) -> None:
        """The supervisor leaves; the others go on without noticing.

        Raises:
            Refused: he is on nobody's line.
        """
        found = self.of(agent_id)
        if found is None:
            raise Refused("not_supervised", "You are on nobody's line.")
        contact, listener = found
        self._end(contact, listener, "stopped", now)
        if contact.with_agent:
            self._room.arrange(contact, now)

    def helped(self, contact: Contact, listener: Listener, now: datetime) -> None:
        """Called for help and accepted: he whispers first."""
        data = {"mode": listener.mode, "by": listener.agent_id, "help": True}
        self._world.log("supervision.started", now, contact, data=data)

    def dismiss(self, contact: Contact, outcome: str, now: datetime) -> None:
        """The conversation is over, and so is listening."""
        for listener in list(contact.listeners):
            self._end(contact, listener, outcome, now)

    def lost(self, agent_id: str, now: datetime) -> None:
        """The supervisor's own line broke."""
        found = self.of(agent_id)
        if found is not None:
            self._end(*found, "line_lost", now)
            if found[0].with_agent:
                self._room.arrange(found[0], now)

    def _end(self, contact: Contact, listener: Listener, why: str, now: datetime) -> None:
        self._take_out(contact, listener, now, why)
        if listener.party_id is not None:
            ended = acd.HandlingEnded(contact_id=listener.party_id, agent_id=listener.agent_id, wrap_up=False)
            self._queueing.route(ended, now)
        elif listener.back_to_available:
            record = self._world.router.agent(listener.agent_id)
            if record is not None and record.reason == SUPERVISING_REASON:
                self._request(listener.agent_id, AgentState.AVAILABLE, now)

    def _take_out(self, contact: Contact, listener: Listener, now: datetime, why: str = "moved_on") -> None:
        contact.listeners.remove(listener)
        took_s = (now - listener.since).total_seconds()
        data = {"mode": listener.mode, "by": listener.agent_id, "why": why, "took_s": took_s}
        self._world.log("supervision.ended", now, contact, data=data)
        self._world.touch(contact)

    def _request(self, agent_id: str, state: AgentState, now: datetime) -> None:
        reason = SUPERVISING_REASON if state is AgentState.NOT_READY else None
        self._queueing.route(acd.StateRequested(agent_id=agent_id, state=state, reason=reason), now)
