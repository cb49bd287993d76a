"""Agents' phones: nailed-up legs that open, are lost, come back and end, and what that means for a call."""

from __future__ import annotations

from datetime import datetime

from app.engine.calls import Calls
from app.engine.consulting import Consulting
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.supervision import Supervision
from app.engine.world import Phone, World
from routing import types as acd
from telephony import port


class Phones:
    def __init__(
        self,
        world: World,
        queueing: Queueing,
        calls: Calls,
        consulting: Consulting,
        supervision: Supervision,
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._calls = calls
        self._consulting = consulting
        self._supervision = supervision

    # --- what the page does ---

    def page_changed(self, phone: Phone, ready: bool, why: str | None, now: datetime) -> None:
        phone.page_ready, phone.page_why = ready, why
        self.reach(phone, now)

    def opened(self, phone: Phone, leg_id: str, backend: str, now: datetime) -> None:
        """A leg was made for this agent, or gets a new connection. A different old one ends."""
        if phone.leg_id not in (None, leg_id):
            self.drop(phone, "another phone was opened", now)
        phone.leg_id, phone.backend = leg_id, backend
        self._world.agent_by_leg[leg_id] = phone.agent_id
        self.reach(phone, now)

    def drop(self, phone: Phone, why: str, now: datetime) -> None:
        """We end the leg: the agent signed out, closed the phone, or opened another."""
        if phone.leg_id is not None and phone.backend is not None:
            self._world.command(phone.backend, port.Hangup(leg_id=phone.leg_id), phone.leg_id)
        self.ended(phone, why, now)

    # --- what the back end tells ---

    def connected(self, phone: Phone, now: datetime) -> None:
        phone.connected, phone.lost_since = True, None
        self.reach(phone, now)
        contact = self._call_of(phone)
        if contact is None:
            return
        if contact.phase in (Phase.AGENT_LOST, Phase.CALLER_LOST):
            self._calls.party_back(contact, "agent", now)
        if contact.muted:
            self._calls.mute(contact, True)

    def lost(self, phone: Phone, why: str, now: datetime) -> None:
        """No sound for a while. The leg is kept; the caller is not left in silence."""
        if not phone.connected:
            return
        phone.connected, phone.lost_since = False, now
        self.reach(phone, now)
        self._call_lost(phone, why, now)

    def ended(self, phone: Phone, why: str, now: datetime) -> None:
        """The leg is gone for good. A call that was on it waits for the agent's next phone, for a while."""
        if phone.leg_id is None:
            return
        self._world.agent_by_leg.pop(phone.leg_id, None)
        phone.leg_id, phone.connected = None, False
        self.reach(phone, now)
        self._call_lost(phone, why, now)

    # --- what follows ---

    def _call_of(self, phone: Phone) -> Contact | None:
        """The open call of this phone's agent."""
        contact = self._world.contact_of_agent(phone.agent_id)
        if contact is None or contact.agent_id != phone.agent_id or not contact.with_agent:
            return None
        return contact

    def _call_lost(self, phone: Phone, why: str, now: datetime) -> None:
        self._supervision.lost(phone.agent_id, now)
        contact = self._world.contact_of_agent(phone.agent_id)
        if contact is None or not contact.with_agent:
            return
        if contact.agent_id == phone.agent_id:
            self._calls.agent_lost(contact, why, now)
        else:
            self._consulting.agent_lost(contact, phone.agent_id, why, now)

    def reach(self, phone: Phone, now: datetime) -> None:
        """Tell the router what page and phone add up to, if that is news."""
        self._world.touch_phone(phone)
        reachable, why = phone.reachability()
        media = frozenset({phone.backend}) if reachable and phone.backend else frozenset()
        record = self._world.router.agent(phone.agent_id)
        if record is None:
            return
        if (record.reachable, record.unreachable_why, record.media) == (reachable, why, media):
            return
        if record.reachable != reachable:
            kind = "agent.reachable" if reachable else "agent.unreachable"
            self._world.log(kind, now, agent_id=phone.agent_id, data={"why": why})
        changed = acd.ReachabilityChanged(agent_id=phone.agent_id, reachable=reachable, media=media, why=why)
        self._queueing.route(changed, now)
