"""Blind transfers: the agent leaves at once; and flows that give the caller back."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine.calls import Calls
from app.engine.company import Aside, Sent
from app.engine.consulting import RING_NUMBER_S, Consulting
from app.engine.contact import Contact, Phase
from app.engine.flows import FlowRunner
from app.engine.queueing import Queueing
from app.engine.refusals import Refused
from app.engine.room import Room
from app.engine.segments import Segments
from app.engine.targets import Targets
from app.engine.world import World
from routing.types import AgentState
from telephony import port

ANSWER_GRACE = timedelta(seconds=5)
"""After the ringing is over without a word from the back end, nobody answered."""
BUSY_PATIENCE = timedelta(seconds=30)
"""So long a caller waits for a busy colleague before coming back."""
LANGUAGE_SKILL = "Language:"
"""What a caller brings to another queue: the language, not the subject of the old one."""


class Transfers:
    def __init__(
        self,
        world: World,
        queueing: Queueing,
        calls: Calls,
        room: Room,
        segments: Segments,
        targets: Targets,
        flows: FlowRunner,
        consulting: Consulting,
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._calls = calls
        self._room = room
        self._segments = segments
        self._targets = targets
        self._flows = flows
        self._consulting = consulting

    def blind(
        self, contact: Contact, kind: str, target: str, why: str, now: datetime, *, back: bool = False
    ) -> None:
        if contact.consulting is not None:
            raise Refused("consult_open", "Somebody is being consulted. Transfer to them, or go back first.")
        match kind:
            case "agent":
                self._targets.agent(target, contact)
                self._to_agent(contact, target, why, now)
            case "queue":
                self._targets.queue(target)
                self._to_queue(contact, target, why, now)
            case "flow":
                self._to_flow(contact, target, why, now, back=back)
            case _:
                self._to_number(contact, target, why, now)

    # --- kinds ---

    def _to_agent(self, contact: Contact, agent_id: str, why: str, now: datetime) -> None:
        world = self._world
        self._depart(contact, "agent", agent_id, why, now)
        contact.only_agents = [agent_id]
        contact.place_at = now - timedelta(seconds=contact.credit_s)
        policy = world.configuration.queue(contact.queue_id or "")
        record = world.router.agent(agent_id)
        patience = timedelta(0)
        if policy is not None:
            busy = record is not None and record.state is not AgentState.AVAILABLE
            patience = policy.ring_timeout + (BUSY_PATIENCE if busy else timedelta(0))
        world.arm("sent_back", contact.contact_id, now + patience + timedelta(seconds=1))
        self._queueing.wait(contact, "contact.requeued", now)

    def _to_queue(self, contact: Contact, queue_id: str, why: str, now: datetime) -> None:
        by = contact.agent_id or ""
        self._depart(contact, "queue", queue_id, why, now)
        policy = self._targets.queue(queue_id)
        credit_s = contact.credit_s if policy.credit_on_transfer else 0.0
        contact.queue_id = queue_id
        contact.excluded_agents = [by]
        contact.skills = {
            skill: level for skill, level in contact.skills.items() if skill.startswith(LANGUAGE_SKILL)
        }
        contact.place_at = now - timedelta(seconds=credit_s)
        self._queueing.wait(contact, "contact.requeued", now)

    def _to_number(self, contact: Contact, typed: str, why: str, now: datetime) -> None:
        own = self._targets.own_number(typed)
        if own is not None and own.agent_id is not None:
            self._targets.agent(own.agent_id, contact)
            self._to_agent(contact, own.agent_id, why, now)
            return
        if own is not None:
            self._to_flow(contact, own.flow_id, why, now, back=False)
            return
        number = self._targets.number(typed, contact.backend)
        self._depart(contact, "number", number, why, now)
        self._flows.dial_out(contact, number, RING_NUMBER_S)
        overdue = timedelta(seconds=RING_NUMBER_S) + ANSWER_GRACE
        self._world.arm("sent_back", contact.contact_id, now + overdue)

    def _to_flow(self, contact: Contact, flow_id: str, why: str, now: datetime, *, back: bool) -> None:
        flow = self._targets.flow(flow_id)
        if back:
            self._aside(contact, flow.id, now)
        else:
            self._depart(contact, "flow", flow.id, why, now)
            contact.sent = None
            contact.phase = Phase.IVR
        self._flows.enter(contact, flow, now)

    def _depart(self, contact: Contact, kind: str, to: str, why: str, now: datetime) -> None:
        """The agent's part is over; the caller is on the way, with the recording resting."""
        by = contact.agent_id or ""
        self._calls.unmute(contact)
        self._calls.rest_recording(contact, now)
        self._consulting.dismiss(contact, "transferred", now)
        self._calls.dismiss(contact, "transferred", now)
        self._room.dissolve(contact)
        contact.sent = Sent(
            by=by, kind=kind, to=to, at=now, queue_id=contact.queue_id, place_at=contact.place_at
        )
        contact.why = why
        self._segments.owner_done(contact, "transferred", now, wrap_up=True, to=to)
        data = {"kind": kind, "to": to, "by": by, "how": "blind"}
        self._world.log("contact.transferred", now, contact, agent_id=by, data=data)
        contact.agent_id = None
        contact.disposition = None

    # --- coming back ---

    def comes_back(self, contact: Contact, why: str, now: datetime) -> None:
        """Whoever it was sent to did not take it: to its old queue at its old place, the sender preferred."""
        sent = contact.sent
        if sent is None or contact.phase not in (Phase.QUEUED, Phase.TRANSFERRING):
            return
        world = self._world
        world.disarm("sent_back", contact.contact_id)
        if contact.phase is Phase.QUEUED:
            self._queueing.leave(contact, "sent_back", now)
        if contact.out_leg_id is not None:
            world.by_leg.pop(contact.out_leg_id, None)
            contact.out_leg_id = None
        contact.sent = None
        contact.only_agents = []
        contact.queue_id, contact.place_at = sent.queue_id, sent.place_at or now
        contact.preferred_agent = sent.by if self._free(sent.by) else None
        contact.why = ""
        data = {"why": why, "to": sent.to, "by": sent.by}
        world.log("contact.came_back", now, contact, data=data)
        self._queueing.wait(contact, "contact.requeued", now)

    def _free(self, agent_id: str) -> bool:
        """Whether the sender can have the caller back at once: nobody waits for a wrap-up."""
        record = self._world.router.agent(agent_id)
        return record is not None and record.state is AgentState.AVAILABLE and record.reachable

    def sent_back_due(self, contact: Contact, now: datetime) -> None:
        """The time for the one it was sent to is over, unless his phone rings just now."""
        if contact.sent is None:
            return
        if contact.phase is Phase.TRANSFERRING and contact.bridge_id is None:
            # The back end said nothing of the number: its answer was lost, or it does not come.
            if contact.out_leg_id is not None:
                hangup = port.Hangup(leg_id=contact.out_leg_id)
                self._world.command(contact.backend, hangup, contact.out_leg_id)
            self.comes_back(contact, "no_answer", now)
            return
        if contact.phase is not Phase.QUEUED:
            return
        waiting = self._world.router.contact(contact.contact_id)
        offer = self._world.router.offer(waiting.offer_id) if waiting and waiting.offer_id else None
        if offer is not None:
            self._world.arm("sent_back", contact.contact_id, offer.expires_at + timedelta(seconds=1))
            return
        self.comes_back(contact, "no_answer", now)

    # --- aside ---

    def _aside(self, contact: Contact, flow_id: str, now: datetime) -> None:
        """The agent keeps the contact, and hears nothing while the caller is in the flow. No recording."""
        world = self._world
        contact.stop_hold(now)
        self._calls.rest_recording(contact, now)
        contact.phase = Phase.ASIDE
        contact.aside = Aside(flow_id=flow_id, since=now)
        world.log("contact.aside", now, contact, data={"flow": flow_id})
        if contact.bridge_id is not None:
            world.command(contact.backend, port.Unbridge(bridge_id=contact.bridge_id), contact.leg_id)
        self._room.arrange(contact, now)

    def take_back(self, contact: Contact, why: str, now: datetime) -> None:
        """The flow is over, or the agent does not wait for it."""
        if contact.phase is not Phase.ASIDE:
            return
        aside = contact.aside
        took_s = (now - aside.since).total_seconds() if aside else 0.0
        self._world.log("contact.aside_over", now, contact, data={"why": why, "took_s": took_s})
        self._flows.stop(contact)
        contact.aside = None
        agent_here = contact.agent_id is not None and self._world.phone(contact.agent_id).connected
        contact.phase = Phase.TALKING
        if agent_here:
            self._calls.join(contact, now)
        else:
            self._calls.agent_lost(contact, "lost while the caller was in a flow", now)
