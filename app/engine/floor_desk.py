"""What supervisors ask of the floor: states, places, queues. Everything is logged with who asked."""

from __future__ import annotations

from datetime import datetime

from app.engine import commands_calls as ask
from app.engine.contact import Contact, Phase
from app.engine.promises import Promises
from app.engine.queueing import Queueing
from app.engine.refusals import Refused
from app.engine.supervision import Supervision
from app.engine.world import World
from routing import types as acd
from routing.types import AgentState, Way, WayKind


class FloorDesk:
    def __init__(
        self, world: World, queueing: Queueing, supervision: Supervision, promises: Promises
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._supervision = supervision
        self._promises = promises

    # --- supervision ---

    def supervise(self, command: ask.Supervise, now: datetime) -> None:
        contact = self._contact(command.contact_id)
        self._supervision.supervise(contact, command.agent_id, command.mode, now)

    def stop_supervising(self, command: ask.StopSupervising, now: datetime) -> None:
        self._supervision.stop(command.agent_id, now)

    # --- agents ---

    def force_state(self, command: ask.ForceState, now: datetime) -> None:
        world = self._world
        record = world.router.agent(command.agent_id)
        if record is None:
            raise Refused("unknown_agent", f"No agent {command.agent_id} is set up.")
        known = world.configuration.not_ready_reasons
        if command.state == "not_ready" and command.reason not in known:
            raise Refused("unknown_reason", f"Choose one of the reasons: {', '.join(sorted(known))}.")
        if command.state == "available" and not record.reachable:
            raise Refused("unreachable", "This agent's phone cannot ring just now.")
        data = {"state": command.state, "reason": command.reason, "by": command.by}
        world.log("agent.forced", now, agent_id=command.agent_id, data=data)
        reason = command.reason if command.state == "not_ready" else None
        self._queueing.route(
            acd.StateRequested(
                agent_id=command.agent_id,
                state=AgentState(command.state),
                reason=reason,
                forced_by=command.by,
            ),
            now,
        )

    # --- who waits ---

    def move(self, command: ask.MoveContact, now: datetime) -> None:
        contact = self._waiting(command.contact_id)
        if command.queue_id is not None and self._world.configuration.queue(command.queue_id) is None:
            raise Refused("unknown_queue", f"There is no queue {command.queue_id}.")
        data = {"from": contact.queue_id, "to": command.queue_id, "place": command.to, "by": command.by}
        self._world.log("contact.moved", now, contact, data=data)
        contact.queue_id = command.queue_id or contact.queue_id
        self._world.touch(contact)
        self._queueing.route(
            acd.ContactMoved(
                contact_id=command.contact_id, by=command.by, queue_id=command.queue_id, to=command.to
            ),
            now,
        )

    def prioritise(self, command: ask.Prioritise, now: datetime) -> None:
        contact = self._waiting(command.contact_id)
        data = {"from": contact.priority, "to": command.priority, "by": command.by}
        self._world.log("contact.prioritised", now, contact, data=data)
        contact.priority = command.priority
        self._world.touch(contact)
        self._queueing.route(
            acd.ContactUpdated(contact_id=command.contact_id, priority=command.priority), now
        )

    def offer_callback(self, command: ask.OfferCallback, now: datetime) -> None:
        contact = self._waiting(command.contact_id)
        if contact.phase is not Phase.QUEUED:
            raise Refused("no_callback", "This caller has chosen a callback already.")
        self._promises.offer(contact, now)

    # --- queues ---

    def close_queue(self, command: ask.CloseQueue, now: datetime) -> None:
        world = self._world
        if world.configuration.queue(command.queue_id) is None:
            raise Refused("unknown_queue", f"There is no queue {command.queue_id}.")
        if command.then == "overflow" and world.configuration.queue(command.then_queue_id or "") is None:
            raise Refused("unknown_queue", "Choose the queue that those waiting go to.")
        if command.then == "overflow" and command.then_queue_id == command.queue_id:
            raise Refused("unknown_queue", "A queue cannot overflow into itself. Choose another one.")
        if world.is_shut(command.queue_id):
            raise Refused("already_closed", "This queue is closed already.")
        data = {"then": command.then, "then_queue": command.then_queue_id, "by": command.by}
        world.log("queue.closed", now, queue_id=command.queue_id, data=data)
        way = Way(kind=WayKind(command.then), queue_id=command.then_queue_id)
        self._queueing.route(acd.QueueShut(queue_id=command.queue_id, by=command.by, then=way), now)

    def reopen_queue(self, command: ask.ReopenQueue, now: datetime) -> None:
        if not self._world.is_shut(command.queue_id):
            raise Refused("wrong_state", "This queue is not closed.")
        self._world.log("queue.reopened", now, queue_id=command.queue_id, data={"by": command.by})
        self._queueing.route(acd.QueueReopened(queue_id=command.queue_id, by=command.by), now)

    # --- checks ---

    def _contact(self, contact_id: str) -> Contact:
        contact = self._world.contacts.get(contact_id)
        if contact is None:
            raise Refused("contact_ended", "This contact is over.")
        return contact

    def _waiting(self, contact_id: str) -> Contact:
        contact = self._contact(contact_id)
        if contact.phase not in (Phase.QUEUED, Phase.PROMISED):
            raise Refused("not_waiting", "This caller is not waiting any more.")
        return contact
