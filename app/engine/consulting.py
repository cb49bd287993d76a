"""Asking somebody in: consultation, conference, help; and handing the caller over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.engine.calls import Calls
from app.engine.company import COMPANIONS_MAX, Companion, Listener, Seat
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.refusals import Refused
from app.engine.room import Room
from app.engine.segments import Segments
from app.engine.targets import Targets
from app.engine.world import World
from routing import types as acd
from routing.types import OfferOutcome, Requirement
from telephony import port

RING_NUMBER_S = 30.0
"""How long a number is rung."""

_FAILED = {
    OfferOutcome.DECLINED: "declined",
    OfferOutcome.TIMED_OUT: "no_answer",
    OfferOutcome.WITHDRAWN: "unreachable",
}


class Consulting:
    def __init__(
        self,
        world: World,
        queueing: Queueing,
        calls: Calls,
        room: Room,
        segments: Segments,
        targets: Targets,
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._calls = calls
        self._room = room
        self._segments = segments
        self._targets = targets
        self.helped: Callable[[Contact, Listener, datetime], None] = lambda *_: None
        """A supervisor who was called for help is on the line."""

    # --- asking ---

    def consult(self, contact: Contact, kind: str, target: str, why: str, now: datetime) -> None:
        """Ring somebody; the caller hears music from now on."""
        if contact.consulting is not None:
            raise Refused("consult_open", "Somebody is being consulted already. Go back to the caller first.")
        companion = self._ask(contact, kind, target, why, now)
        if contact.phase is not Phase.HELD:
            self._calls.hold(contact, now)
        data = {"kind": kind, "to": companion.target, "party_id": companion.party_id}
        self._world.log("consult.started", now, contact, data=data)

    def help(self, contact: Contact, why: str, now: datetime) -> None:
        """Ring the supervisors; the caller notices nothing."""
        if any(each.kind == "help" for each in contact.companions):
            raise Refused("consult_open", "Help is on its way already.")
        supervisors = self._targets.helpers(contact.agent_id or "")
        if not supervisors:
            raise Refused(
                "target_unreachable", "No supervisor is signed in with a phone. Consult a colleague instead."
            )
        companion = self._sit_down(contact, "help", "supervisors", why, Seat.QUEUED, now)
        companion.joined = True
        self._queue(contact, companion, contact.queue_id or "", supervisors, now)
        data = {"party_id": companion.party_id, "asked": sorted(supervisors)}
        self._world.log("help.asked", now, contact, data=data)

    def _ask(self, contact: Contact, kind: str, target: str, why: str, now: datetime) -> Companion:
        if len(contact.companions) >= COMPANIONS_MAX:
            raise Refused("too_many_parties", f"At most {COMPANIONS_MAX + 2} people can be in one call.")
        own = self._targets.own_number(target) if kind == "number" else None
        if own is not None:
            kind, target = ("agent", own.agent_id) if own.agent_id is not None else ("flow", own.flow_id)
        if kind == "agent":
            self._targets.agent(target, contact)
            companion = self._sit_down(contact, kind, target, why, Seat.QUEUED, now)
            self._queue(contact, companion, contact.queue_id or "", frozenset({target}), now)
        elif kind == "queue":
            self._targets.queue(target)
            companion = self._sit_down(contact, kind, target, why, Seat.QUEUED, now)
            self._queue(contact, companion, target, frozenset(), now)
        elif kind == "number":
            number = self._targets.number(target, contact.backend)
            companion = self._sit_down(contact, kind, number, why, Seat.RINGING, now)
            companion.leg_id = self._world.new_id("l")
            self._world.by_leg[companion.leg_id] = contact.contact_id
            self._dial(contact, companion)
        else:
            raise Refused("unknown_target", "A flow cannot be consulted. Send the caller into it instead.")
        return companion

    def _sit_down(
        self, contact: Contact, kind: str, target: str, why: str, seat: Seat, now: datetime
    ) -> Companion:
        # One that came to nothing has been seen by now.
        contact.companions = [each for each in contact.companions if each.seat is not Seat.FAILED]
        companion = Companion(
            party_id=contact.next_item() if kind != "number" else self._world.new_id("at"),
            kind=kind,
            target=target,
            seat=seat,
            since=now,
            asked_by=contact.agent_id or "",
            why=why,
        )
        contact.companions.append(companion)
        self._world.touch(contact)
        return companion

    def _queue(
        self, contact: Contact, companion: Companion, queue_id: str, only: frozenset[str], now: datetime
    ) -> None:
        """A routing item for whoever is wanted: it rings like a call, with the same rules."""
        self._queueing.route(
            acd.ContactQueued(
                contact_id=companion.party_id,
                queue_id=queue_id,
                media=contact.backend,
                priority=contact.priority,
                place_at=now,
                requirements=()
                if only
                else tuple(Requirement(skill=skill, level=level) for skill, level in contact.skills.items()),
                excluded_agents=self._present(contact),
                only_agents=only,
            ),
            now,
        )

    @staticmethod
    def _present(contact: Contact) -> frozenset[str]:
        here = [contact.agent_id, *(each.agent_id for each in contact.company)]
        return frozenset(agent_id for agent_id in here if agent_id is not None)

    def _dial(self, contact: Contact, companion: Companion) -> None:
        assert companion.leg_id is not None
        originate = port.Originate(
            attempt_id=companion.party_id,
            leg_id=companion.leg_id,
            destination=companion.target,
            caller_id=contact.dnis,
            ring_timeout_s=RING_NUMBER_S,
        )
        self._world.dial(contact.backend, companion.party_id, originate, companion.leg_id)

    # --- what comes of it ---

    def offered(self, contact: Contact, made: acd.OfferMade, now: datetime) -> None:
        companion = contact.companion(made.contact_id)
        if companion is not None and companion.pending:
            companion.sit(Seat.RINGING, now)
            self._world.touch(contact)

    def offer_ended(self, contact: Contact, ended: acd.OfferEnded, now: datetime) -> None:
        """Whoever was rung for a companion's place accepted, or did not."""
        companion = contact.companion(ended.contact_id)
        if companion is None:
            return
        if ended.outcome is OfferOutcome.ACCEPTED:
            self._accepted(contact, companion, ended.agent_id, now)
        elif companion.kind == "agent" and companion.pending:
            self._came_to_nothing(contact, companion, _FAILED[ended.outcome], now)
        elif companion.pending:
            companion.sit(Seat.QUEUED, now)
            self._world.touch(contact)

    def diverted(self, contact: Contact, diverted: acd.ContactDiverted, now: datetime) -> None:
        """The queue that was consulted does not take it."""
        companion = contact.companion(diverted.contact_id)
        if companion is not None and not diverted.stays:
            self._came_to_nothing(contact, companion, diverted.cause.value, now)

    def _accepted(self, contact: Contact, companion: Companion, agent_id: str, now: datetime) -> None:
        world = self._world
        companion.agent_id = agent_id
        if agent_id not in contact.handled_by:
            contact.handled_by.append(agent_id)
        if not contact.with_agent:
            # The call went on without waiting for an answer.
            companion.seat = Seat.TALKING
            self.remove(contact, companion, "cancelled", now)
            return
        if companion.kind == "help":
            contact.companions.remove(companion)
            listener = Listener(agent_id=agent_id, mode="whisper", since=now, party_id=companion.party_id)
            contact.listeners.append(listener)
            world.log("help.answered", now, contact, agent_id=agent_id)
            self.helped(contact, listener, now)
        else:
            companion.sit(Seat.JOINING, now)
            companion.answered_at = now
            data = {"party_id": companion.party_id}
            world.log("consult.answered", now, contact, agent_id=agent_id, data=data)
        self._room.arrange(contact, now)

    def dialled(
        self, contact: Contact, companion: Companion, result: port.OriginateResult, now: datetime
    ) -> None:
        """The number that was consulted answers, or does not."""
        if companion.seat is not Seat.RINGING:
            return
        if result.outcome is not port.OriginateOutcome.ANSWERED:
            self._came_to_nothing(contact, companion, result.outcome.value, now)
            return
        companion.sit(Seat.JOINING, now)
        companion.answered_at = now
        self._world.log("consult.answered", now, contact, data={"party_id": companion.party_id})
        self._room.arrange(contact, now)

    def _came_to_nothing(self, contact: Contact, companion: Companion, why: str, now: datetime) -> None:
        """Nobody is there to talk to; the agent sees it and goes back, or asks somebody else."""
        self._withdraw(companion, now)
        companion.sit(Seat.FAILED, now)
        companion.failed_why = why
        companion.agent_id = None
        data = {"party_id": companion.party_id, "why": why}
        self._world.log("consult.failed", now, contact, data=data)
        self._world.touch(contact)

    # --- going on ---

    def cancel(self, contact: Contact, now: datetime) -> None:
        """Back to the caller alone."""
        companion = self._the_consulted(contact)
        self.remove(contact, companion, "cancelled", now)
        self._world.log("consult.cancelled", now, contact, data={"party_id": companion.party_id})
        self._calls.resume(contact, now)

    def swap(self, contact: Contact, now: datetime) -> None:
        companion = self._the_consulted(contact)
        if not companion.present:
            raise Refused("no_consult", "Nobody has answered yet.")
        if contact.held_since is None:
            self._calls.hold(contact, now)
            self._room.arrange(contact, now)
        else:
            self._calls.resume(contact, now)

    def join(self, contact: Contact, now: datetime) -> None:
        """Everybody hears everybody."""
        companion = self._the_consulted(contact)
        if not companion.present:
            raise Refused("no_consult", "Nobody has answered yet.")
        companion.joined = True
        data = {"party_id": companion.party_id, "people": 2 + len(contact.company)}
        self._world.log("conference.started", now, contact, agent_id=companion.agent_id, data=data)
        if contact.phase is Phase.HELD:
            self._calls.resume(contact, now)
        else:
            self._room.arrange(contact, now)

    def complete(self, contact: Contact, now: datetime) -> Companion | None:
        """Hand the caller over to the consulted one.

        Returns:
            None when it is done; the companion when nobody has answered yet, so that the caller of this
            sends the contact there blind.
        """
        companion = self._the_consulted(contact)
        if not companion.present:
            self.remove(contact, companion, "cancelled", now)
            return companion
        self.hand_over(contact, companion, "consult", now)
        self._world.log("consult.completed", now, contact, data={"party_id": companion.party_id})
        return None

    def _the_consulted(self, contact: Contact) -> Companion:
        companion = contact.consulting
        if companion is None:
            raise Refused("no_consult", "Nobody is being consulted.")
        return companion

    def hand_over(self, contact: Contact, companion: Companion, how: str, now: datetime) -> None:
        """The companion has the contact from now on; the agent who had it wraps up."""
        world = self._world
        by = contact.agent_id or ""
        data = {"kind": companion.kind, "to": companion.agent_id or companion.target, "by": by, "how": how}
        self._calls.unmute(contact)
        contact.why = companion.why or contact.why
        if companion.agent_id is None:
            world.log("contact.transferred", now, contact, data=data)
            self._leave_to_number(contact, companion, now)
            return
        self._segments.companion_log(contact, companion, "took_over", now)
        self._segments.owner_done(contact, "transferred", now, wrap_up=True, to=companion.agent_id)
        contact.companions.remove(companion)
        contact.agent_id = companion.agent_id
        contact.part += 1
        contact.accepted_at = contact.part_answered_at = now
        contact.hold_s = 0.0
        contact.muted = companion.muted
        contact.disposition = None
        self._queueing.route(
            acd.HandlingHanded(
                agent_id=companion.agent_id,
                from_contact_id=companion.party_id,
                to_contact_id=contact.contact_id,
            ),
            now,
        )
        world.log("contact.transferred", now, contact, agent_id=companion.agent_id, data=data)
        self._calls.resume(contact, now)

    def _leave_to_number(self, contact: Contact, companion: Companion, now: datetime) -> None:
        """Caller and outside party go on alone; no agent hears them, and nothing is recorded."""
        world = self._world
        self._calls.stop_recording(contact, now)
        self._segments.owner_done(contact, "transferred", now, wrap_up=True, to=companion.target)
        contact.companions.remove(companion)
        self.dismiss(contact, "transferred", now)
        contact.phase = Phase.TRANSFERRING
        contact.agent_id = None
        contact.out_leg_id = companion.leg_id
        assert companion.leg_id is not None
        self._room.pair(contact, contact.leg_id, companion.leg_id)
        world.touch(contact)

    def leave(self, contact: Contact, agent_id: str, now: datetime) -> None:
        """One agent goes; the others stay. An owner needs somebody to leave the caller to."""
        companion = contact.companion_agent(agent_id)
        if companion is not None:
            self.remove(contact, companion, "left", now)
            if contact.phase is not Phase.HELD or contact.company:
                self._room.arrange(contact, now)
            return
        joined = [each for each in contact.company if each.joined]
        heirs = [each for each in joined if each.agent_id is not None] or joined[:1]
        if not heirs:
            raise Refused("no_consult", "Nobody else is with the caller. End the call, or transfer it.")
        self.hand_over(contact, heirs[0], "conference", now)

    def drop(self, contact: Contact, party_id: str, now: datetime) -> None:
        companion = contact.companion(party_id)
        if companion is None:
            raise Refused("unknown_party", "This person is no longer in the call.")
        self.remove(contact, companion, "dropped", now)
        if not companion.joined and contact.phase is Phase.HELD:
            self._calls.resume(contact, now)
        elif contact.phase is not Phase.HELD or contact.company:
            self._room.arrange(contact, now)

    # --- going ---

    def agent_lost(self, contact: Contact, agent_id: str, why: str, now: datetime) -> None:
        """A companion's line broke. He is not waited for; the agent sees it."""
        companion = contact.companion_agent(agent_id)
        if companion is None:
            return
        self.remove(contact, companion, "lost", now)
        companion.sit(Seat.FAILED, now)
        companion.failed_why = "left"
        companion.agent_id = None
        contact.companions.append(companion)
        self._world.log("leg.lost", now, contact, agent_id=agent_id, data={"leg": "companion", "reason": why})
        self._room.arrange(contact, now)

    def leg_ended(self, contact: Contact, leg_id: str, now: datetime) -> None:
        """The outside party hung up."""
        companion = next((each for each in contact.companions if each.leg_id == leg_id), None)
        if companion is None:
            return
        self._world.by_leg.pop(leg_id, None)
        companion.leg_id = None
        companion.sit(Seat.FAILED, now)
        companion.failed_why = "left"
        self._world.touch(contact)
        if contact.with_agent:
            self._room.arrange(contact, now)

    def owner_lost(self, contact: Contact, now: datetime) -> bool:
        """The agent's line broke in a conference: a joined agent has the caller. Whether there was one."""
        heir = next((each for each in contact.company if each.joined and each.agent_id), None)
        if heir is None:
            return False
        self.hand_over(contact, heir, "line_lost", now)
        return True

    def remove(self, contact: Contact, companion: Companion, outcome: str, now: datetime) -> None:
        """Take a companion out, whatever its state. The room is the caller's to arrange."""
        self._segments.companion_done(contact, companion, outcome, now)
        self._withdraw(companion, now)
        if companion.leg_id is not None:
            self._world.command(contact.backend, port.Hangup(leg_id=companion.leg_id), companion.leg_id)
            self._world.by_leg.pop(companion.leg_id, None)
        if companion in contact.companions:
            contact.companions.remove(companion)
        self._world.touch(contact)

    def _withdraw(self, companion: Companion, now: datetime) -> None:
        if companion.pending and companion.kind != "number":
            self._queueing.route(acd.ContactLeft(contact_id=companion.party_id, why="cancelled"), now)

    def dismiss(self, contact: Contact, outcome: str, now: datetime) -> None:
        """The agent's part is over: nobody whom he asked stays."""
        for companion in list(contact.companions):
            self.remove(contact, companion, outcome, now)
