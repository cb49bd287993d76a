"""Waiting: into the queue, what the router decides there, announcements, a caller lost for a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.engine.announce import position_phrases
from app.engine.commit import Recovery
from app.engine.contact import Contact, Phase
from app.engine.rows import router_rows
from app.engine.world import World
from ivr.types import Exit, Phrase
from routing import types as acd
from routing.types import AgentState, OfferOutcome
from telephony import port

FIRST_ANNOUNCEMENT = timedelta(seconds=12)
"""Not at once: many are answered before, and the music tells that the call lives."""


@dataclass(slots=True)
class Listeners:
    """What the other parts do when the router decides something that concerns them."""

    accepted: Callable[[Contact, str, datetime], None]
    wrapped_up: Callable[[str, datetime], None]
    say: Callable[[Contact, str, tuple[Phrase, ...]], None]
    signed_out: Callable[[str, datetime], None]
    stale: list[acd.Stale] = field(default_factory=list)


class Queueing:
    def __init__(self, world: World) -> None:
        self._world = world
        self.listeners: Listeners | None = None

    # --- the router ---

    def route(self, event: acd.Event, now: datetime) -> list[acd.Stale]:
        """Tell the router, and carry out what it decides. Returns what it found stale."""
        stale: list[acd.Stale] = []
        for effect in self._world.router.handle(event, now):
            match effect:
                case acd.OfferMade():
                    self._offered(effect, now)
                case acd.OfferEnded():
                    self._offer_ended(effect, now)
                case acd.StateChanged():
                    self._agent_changed(effect.agent, now)
                case acd.Stale():
                    stale.append(effect)
        return stale

    def flush(self) -> None:
        """Put what the router changed into the outbox."""
        self._world.out.rows.extend(router_rows(self._world.router.changes(), self._world.contacts))

    def _offered(self, made: acd.OfferMade, now: datetime) -> None:
        contact = self._world.contacts[made.contact_id]
        data = {
            "offer_id": made.offer_id,
            "queue_id": made.queue_id,
            "expires_at": made.expires_at.isoformat(),
            "key": dict(made.decision.key),
            "runners_up": list(made.decision.runners_up),
            "eligible": made.decision.eligible,
            "policy_version": made.decision.policy_version,
        }
        self._world.log("offer.made", now, contact, agent_id=made.agent_id, data=data)
        self._world.touch(contact)

    def _offer_ended(self, ended: acd.OfferEnded, now: datetime) -> None:
        world = self._world
        contact = world.contacts.get(ended.contact_id)
        data = {"offer_id": ended.offer_id, "reason": ended.reason}
        if contact is None:
            return
        if ended.outcome is OfferOutcome.ACCEPTED:
            contact.part += 1
        world.log(f"offer.{ended.outcome.value}", now, contact, agent_id=ended.agent_id, data=data)
        world.touch(contact)
        if ended.outcome is OfferOutcome.ACCEPTED:
            world.disarm("announce", contact.contact_id)
            assert self.listeners is not None
            self.listeners.accepted(contact, ended.agent_id, now)

    def _agent_changed(self, agent: acd.AgentRecord, now: datetime) -> None:
        world = self._world
        before = world.agent_states.get(agent.agent_id)
        current = (agent.state, agent.reason, agent.since)
        if before == current:
            return
        world.agent_states[agent.agent_id] = current
        assert self.listeners is not None
        if before is not None and before[0] is AgentState.ACW:
            self._acw_ended(agent.agent_id, before[2], now)
        if before is None or before[:2] != current[:2]:
            data = {"state": agent.state.value, "reason": agent.reason}
            world.log("agent.state", now, agent_id=agent.agent_id, data=data)
        if agent.state is AgentState.ACW:
            contact = world.contacts.get(agent.contact_id or "")
            world.log("acw.started", now, contact, agent_id=agent.agent_id, queue_id=agent.queue_id)
        if agent.state is AgentState.SIGNED_OUT:
            self.listeners.signed_out(agent.agent_id, now)

    def _acw_ended(self, agent_id: str, since: datetime, now: datetime) -> None:
        world = self._world
        contact = next(
            (
                contact
                for contact in world.contacts.values()
                if contact.phase is Phase.WRAP_UP and contact.agent_id == agent_id
            ),
            None,
        )
        data = {"acw_s": max(0.0, (now - since).total_seconds())}
        world.log("acw.ended", now, contact, agent_id=agent_id, data=data)
        assert self.listeners is not None
        self.listeners.wrapped_up(agent_id, now)

    # --- waiting ---

    def enter(self, contact: Contact, exit_: Exit, now: datetime) -> None:
        """The flow hands the caller to a queue."""
        contact.queue_id = exit_.queue
        contact.priority = exit_.priority
        contact.skills = dict(exit_.skills)
        contact.music = exit_.music
        contact.announce_every_s = exit_.announce_every_s
        contact.queued_at = contact.queued_at or now
        contact.entered_queue_at = contact.place_at = now
        self._world.effect("identify", Recovery.REPEAT, {"contact_id": contact.contact_id})
        self.wait(contact, "contact.queued", now)
        contact.first_position = self._world.router.position(contact.contact_id)

    def wait(self, contact: Contact, kind: str, now: datetime) -> None:
        """Into the queue at the contact's place, with music; `kind` is what the log calls it."""
        world = self._world
        assert contact.queue_id is not None
        assert contact.place_at is not None
        contact.phase = Phase.QUEUED
        contact.agent_id = None
        world.touch(contact)
        data = {"queue_id": contact.queue_id, "priority": contact.priority, "skills": dict(contact.skills)}
        world.log(kind, now, contact, data=data)
        self.music(contact)
        if contact.announce_every_s is not None:
            world.arm("announce", contact.contact_id, now + FIRST_ANNOUNCEMENT)
        self.route(
            acd.ContactQueued(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                media=contact.backend,
                priority=contact.priority,
                place_at=contact.place_at,
                requirements=tuple(
                    acd.Requirement(skill=skill, level=level) for skill, level in contact.skills.items()
                ),
            ),
            now,
        )
        if contact.caller_lost:
            self.route(acd.ContactSuspended(contact_id=contact.contact_id), now)

    def music(self, contact: Contact) -> None:
        payload = {"backend": contact.backend, "leg_id": contact.leg_id, "music": contact.music}
        self._world.effect("hold", Recovery.MOMENT, payload, contact.leg_id)

    def suspend(self, contact: Contact, now: datetime) -> None:
        self.route(acd.ContactSuspended(contact_id=contact.contact_id), now)

    def resume(self, contact: Contact, now: datetime) -> None:
        self.music(contact)
        self.route(acd.ContactResumed(contact_id=contact.contact_id), now)

    def leave(self, contact: Contact, why: str, now: datetime) -> None:
        self._world.disarm("announce", contact.contact_id)
        self.route(acd.ContactLeft(contact_id=contact.contact_id, why=why), now)

    # --- announcements ---

    def announce(self, contact: Contact, now: datetime) -> None:
        """Tell the caller its place, then again after `announce_every_s`."""
        if contact.phase is not Phase.QUEUED or contact.announce_every_s is None:
            return
        world = self._world
        world.arm("announce", contact.contact_id, now + timedelta(seconds=contact.announce_every_s))
        position = world.router.position(contact.contact_id)
        if position is None or contact.caller_lost:
            return
        contact.announcement_id = world.new_id("p")
        world.touch(contact)
        language = str(contact.attributes.get("language") or "en")
        assert self.listeners is not None
        self.listeners.say(contact, contact.announcement_id, position_phrases(position, language))

    def on_playback(self, contact: Contact, event: port.PlaybackFinished) -> None:
        """After an announcement the music goes on."""
        if event.playback_id == contact.announcement_id and contact.phase is Phase.QUEUED:
            contact.announcement_id = None
            self._world.touch(contact)
            self.music(contact)
