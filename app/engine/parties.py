"""Callers' legs: arriving, lost for a while, back, gone; and what that means in each phase."""

from __future__ import annotations

from datetime import datetime

from app.engine.calls import Calls
from app.engine.contact import Contact, Phase, Step
from app.engine.flows import FlowRunner
from app.engine.promises import Promises
from app.engine.queueing import Queueing
from app.engine.segments import Segments
from app.engine.world import World
from telephony import port


class Parties:
    def __init__(
        self,
        world: World,
        queueing: Queueing,
        calls: Calls,
        flows: FlowRunner,
        segments: Segments,
        promises: Promises,
    ) -> None:
        self._world = world
        self._promises = promises
        self._segments = segments
        self._queueing = queueing
        self._calls = calls
        self._flows = flows

    def arrived(self, backend: str, event: port.CallArrived, now: datetime) -> None:
        """A caller's leg is up. Its contact may have been announced by the caller's page."""
        world = self._world
        if event.leg_id in world.agent_by_leg:
            return
        contact = world.contact_of_leg(event.leg_id)
        if contact is not None and contact.phase is not Phase.STARTING:
            return
        if contact is None:
            contact = Contact(
                contact_id=world.new_id("c"),
                backend=backend,
                leg_id=event.leg_id,
                ani=event.ani,
                dnis=event.dnis,
                arrived_at=now,
                attributes=dict(event.attributes),
            )
        world.disarm("arrival", contact.contact_id)
        world.admit(contact)
        data = {"dnis": contact.dnis, "ani_masked": masked(contact.ani), "backend": backend}
        world.log("contact.arrived", now, contact, data=data)
        self._flows.begin(contact, now)

    def caller_lost(self, contact: Contact, reason: str, now: datetime) -> None:
        """The place is kept for the grace time: it may be a reload or a change of network."""
        if contact.caller_lost or not contact.live:
            return
        contact.caller_lost = True
        ends = now + self._world.configuration.graces.caller
        self._world.arm("caller_grace", contact.contact_id, ends)
        self._world.touch(contact)
        if contact.with_agent:
            contact.grace_ends_at = contact.grace_ends_at or ends
            if contact.phase is Phase.CONNECTING:
                self._calls.give_back(contact, "caller_lost", now)
            else:
                self._calls.caller_lost(contact, reason, now)
            return
        contact.lost_since, contact.grace_ends_at = now, ends
        self._world.log("leg.lost", now, contact, data={"leg": "caller", "reason": reason})
        if contact.phase is Phase.QUEUED:
            self._queueing.suspend(contact, now)

    def caller_restored(self, contact: Contact, now: datetime) -> None:
        if not contact.caller_lost:
            return
        contact.caller_lost = False
        self._world.disarm("caller_grace", contact.contact_id)
        self._world.touch(contact)
        if contact.with_agent:
            self._calls.party_back(contact, "caller", now)
            return
        contact.lost_since = contact.grace_ends_at = None
        self._world.log("leg.restored", now, contact, data={"leg": "caller"})
        if contact.phase is Phase.QUEUED:
            self._queueing.resume(contact, now)
            self._promises.ask_again(contact, now)
        elif contact.phase is Phase.IVR:
            self._flows.on_caller_back(contact, now)

    def caller_grace_over(self, contact: Contact, now: datetime) -> None:
        if contact.caller_lost:
            hangup = port.Hangup(leg_id=contact.leg_id)
            self._world.command(contact.backend, hangup, contact.leg_id)
            self._over(contact, "line", now)

    def caller_ended(self, contact: Contact, cause: port.LegEndCause, now: datetime) -> None:
        """The caller's leg is gone for good."""
        remote = cause is port.LegEndCause.REMOTE_HANGUP
        self._over(contact, "caller" if remote else "line", now)

    def far_party_ended(self, contact: Contact, now: datetime) -> None:
        """Whoever the caller was sent on to is gone; so is the call."""
        if contact.phase is Phase.TRANSFERRING:
            hangup = port.Hangup(leg_id=contact.leg_id)
            self._world.command(contact.backend, hangup, contact.leg_id)
            self.end(contact, "transfer", now)

    def never_arrived(self, contact: Contact, now: datetime) -> None:
        """The page announced a call and its leg never came."""
        if contact.phase is Phase.STARTING:
            self._world.log("contact.never_arrived", now, contact)
            self.end(contact, "line", now)

    def _over(self, contact: Contact, by: str, now: datetime) -> None:
        if contact.with_agent and contact.phase is not Phase.CONNECTING:
            self._calls.finish(contact, by, now)
            return
        if contact.phase in (Phase.QUEUED, Phase.CONNECTING):
            # Accepted, but nobody was heard yet: for the caller this is giving up in line.
            data = {
                "wait_s": contact.waited_s(now),
                "by": by,
                "after_answer": contact.answered_at is not None,
            }
            self._world.log("contact.abandoned", now, contact, data=data)
            if contact.phase is Phase.CONNECTING:
                self._calls.let_go(contact, now)
            else:
                self._queueing.leave(contact, "abandoned", now)
        elif contact.step is Step.RECORD and contact.step_id is not None:
            stop = port.StopRecording(recording_id=contact.step_id)
            self._world.command(contact.backend, stop, contact.leg_id)
        if contact.live:
            self.end(contact, by, now)

    def end(self, contact: Contact, by: str, now: datetime) -> None:
        """The contact is over without an agent's part (or after it): write and forget."""
        contact.ended_at, contact.ended_by = now, by
        if contact.out_leg_id is not None:
            self._world.command(contact.backend, port.Hangup(leg_id=contact.out_leg_id), contact.out_leg_id)
        data = {"talk_s": 0.0, "hold_s": 0.0, "by": by, "phase": contact.phase.value}
        self._world.log("contact.ended", now, contact, data=data)
        self._world.disarm("sent_back", contact.contact_id)
        # Whoever sent it on may still be in wrap-up for it.
        contact.phase = Phase.ENDED
        self._segments.settle(contact)


def masked(number: str) -> str:
    """All but the last two digits hidden, for logs."""
    return f"{'x' * max(0, len(number) - 2)}{number[-2:]}" if number else ""
