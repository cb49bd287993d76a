"""Waiting: into the queue, what the router decides there, announcements, a caller lost for a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.announce import announcement_phrases
from app.engine.commit import Recovery
from app.engine.contact import Contact, Phase
from app.engine.room import Room
from app.engine.rows import router_rows
from app.engine.world import World
from ivr.types import Exit, Phrase
from routing import types as acd
from routing.announcing import Announcement, next_announcement
from routing.types import AgentState, OfferOutcome
from telephony import port

LEFT_OUT_NAMED = 20
"""So many agents are named per reason in the record of a decision; the rest is a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """What the other parts do when the router decides something that concerns them."""

    accepted: Callable[[Contact, str, datetime], None]
    promised: Callable[[Contact, str, datetime], None]
    """Like `accepted`, for a callback: the customer is to be dialled."""
    wrapped_up: Callable[[str, datetime], None]
    say: Callable[[Contact, str, tuple[Phrase, ...]], None]
    signed_out: Callable[[str, datetime], None]
    agent_changed: Callable[[str, datetime], None]
    """Somebody may wait for this agent alone."""
    companion_offered: Callable[[Contact, acd.OfferMade, datetime], None]
    companion_ended: Callable[[Contact, acd.OfferEnded, datetime], None]
    companion_diverted: Callable[[Contact, acd.ContactDiverted, datetime], None]
    diverted: Callable[[Contact, acd.ContactDiverted, datetime], None]
    callback_due: Callable[[Contact, datetime], None]


class Queueing:
    def __init__(self, world: World, room: Room) -> None:
        self._world = world
        self._room = room
        self.listeners: Listeners

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
                case acd.ContactDiverted():
                    self.diverted(effect, now)
                case acd.StepOpened():
                    self._step_opened(effect, now)
                case acd.CallbackDue():
                    due = self._world.contacts.get(effect.contact_id)
                    if due is not None:
                        self.listeners.callback_due(due, now)
                case acd.PlaceResumed():
                    self._place_resumed(effect, now)
                case acd.Stale():
                    stale.append(effect)
        return stale

    def flush(self, now: datetime) -> None:
        """Put what the router changed into the outbox."""
        changes = self._world.router.changes()
        self._world.estimator.note(changes, now)
        self._world.out.rows.extend(router_rows(changes, self._world.contacts))

    def _offered(self, made: acd.OfferMade, now: datetime) -> None:
        contact = self._world.contact_of_item(made.contact_id)
        assert contact is not None, "the router offers what this domain put into it"
        data = {
            "offer_id": made.offer_id,
            "queue_id": made.queue_id,
            "expires_at": made.expires_at.isoformat(),
            "key": dict(made.decision.key),
            "runners_up": list(made.decision.runners_up),
            "eligible": made.decision.eligible,
            "policy_version": made.decision.policy_version,
            "priority": made.decision.priority,
            "rules": list(made.decision.rules),
            "log_position": made.decision.log_position,
            "left_out": self._left_out(made, now),
        }
        if made.contact_id != contact.contact_id:
            data["item"] = made.contact_id
            self.listeners.companion_offered(contact, made, now)
        self._world.log("offer.made", now, contact, agent_id=made.agent_id, data=data)
        self._world.touch(contact)

    def _left_out(self, made: acd.OfferMade, now: datetime) -> list[dict[str, object]]:
        """Why the others were not rung, by reason; the winner and those who came next are not among them."""
        asked = {made.agent_id, *made.decision.runners_up}
        groups: dict[str, list[str]] = {}
        for exclusion in self._world.router.left_out(made.contact_id, now):
            if exclusion.agent_id not in asked:
                # "Not available" says little: the state it comes from is the reason.
                state = exclusion.detail.partition(":")[0]
                reason = state if exclusion.reason == "not_available" and state else exclusion.reason
                groups.setdefault(reason, []).append(exclusion.agent_id)
        return [
            {"reason": reason, "count": len(agents), "agents": agents[:LEFT_OUT_NAMED]}
            for reason, agents in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        ]

    def _offer_ended(self, ended: acd.OfferEnded, now: datetime) -> None:
        world = self._world
        contact = world.contact_of_item(ended.contact_id)
        data: dict[str, object] = {"offer_id": ended.offer_id, "reason": ended.reason}
        if contact is None:
            return
        accepted = ended.outcome is OfferOutcome.ACCEPTED
        own = contact.contact_id == ended.contact_id
        if not own:
            data["item"] = ended.contact_id
        elif accepted:
            contact.part += 1
        world.log(f"offer.{ended.outcome.value}", now, contact, agent_id=ended.agent_id, data=data)
        world.touch(contact)
        if not own:
            self.listeners.companion_ended(contact, ended, now)
        elif accepted:
            self._served(contact, now)
            take = self.listeners.promised if contact.promise is not None else self.listeners.accepted
            take(contact, ended.agent_id, now)
        elif contact.sent is not None and contact.sent.kind == "agent":
            # Not now: the contact may be on its way out of the queue. See `Transfers.sent_back_due`.
            world.arm("sent_back", contact.contact_id, now)

    def _served(self, contact: Contact, now: datetime) -> None:
        """It waits no longer; what it waited counts where a transfer brings it along."""
        world = self._world
        world.disarm("announce", contact.contact_id)
        world.disarm("sent_back", contact.contact_id)
        contact.announcement_id = contact.choice_id = None
        contact.callback_offered = False
        if contact.entered_queue_at is not None and contact.promise is None:
            contact.credit_s += max(0.0, (now - contact.entered_queue_at).total_seconds())

    def _agent_changed(self, agent: acd.AgentRecord, now: datetime) -> None:
        world = self._world
        before = world.agent_states.get(agent.agent_id)
        self.listeners.agent_changed(agent.agent_id, now)
        current = (agent.state, agent.reason, agent.since)
        if before == current:
            return
        world.agent_states[agent.agent_id] = current
        if before is not None and before[0] is AgentState.ACW:
            self._acw_ended(agent.agent_id, before[2], now)
        if before is None or before[:2] != current[:2]:
            data = {"state": agent.state.value, "reason": agent.reason}
            world.log("agent.state", now, agent_id=agent.agent_id, data=data)
        if agent.state is AgentState.ACW:
            contact = world.contact_of_item(agent.contact_id or "")
            world.log("acw.started", now, contact, agent_id=agent.agent_id, queue_id=agent.queue_id)
        if agent.state is AgentState.SIGNED_OUT:
            self.listeners.signed_out(agent.agent_id, now)

    def _acw_ended(self, agent_id: str, since: datetime, now: datetime) -> None:
        world = self._world
        contact = next((each for each in world.contacts.values() if each.wrap_up(agent_id)), None)
        data = {"acw_s": max(0.0, (now - since).total_seconds())}
        world.log("acw.ended", now, contact, agent_id=agent_id, data=data)
        self.listeners.wrapped_up(agent_id, now)

    # --- waiting ---

    def enter(self, contact: Contact, exit_: Exit, now: datetime, *, only: str | None = None) -> None:
        """The flow hands the caller to a queue; `only`: its number, to one agent by that queue's rules."""
        contact.queue_id = exit_.queue
        contact.priority = exit_.priority
        contact.skills = dict(exit_.skills)
        contact.music = exit_.music
        contact.announce_every_s = exit_.announce_every_s
        contact.queued_at = contact.queued_at or now
        contact.place_at = now
        contact.sent = None
        contact.only_agents, contact.excluded_agents = [only] if only else [], []
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
        contact.entered_queue_at = now
        contact.place_told = contact.wait_told_s = None
        world.touch(contact)
        data = {"queue_id": contact.queue_id, "priority": contact.priority, "skills": dict(contact.skills)}
        world.log(kind, now, contact, data=data)
        self._room.music(contact)
        if self._announces_every(contact) is not None:
            world.arm("announce", contact.contact_id, now + self._announcements(contact).first_after)
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
                excluded_agents=frozenset(contact.excluded_agents),
                attributes=self._attributes(contact),
                caller=contact.ani or None,
                preferred_agent=contact.preferred_agent,
                only_agents=frozenset(contact.only_agents),
                first_queued_at=contact.queued_at,
                returned=kind == "contact.requeued",
            ),
            now,
        )
        if contact.caller_lost and contact.phase is Phase.QUEUED:
            self.route(acd.ContactSuspended(contact_id=contact.contact_id), now)

    @staticmethod
    def _attributes(contact: Contact) -> dict[str, str]:
        """What steps and priorities may read: plain words and numbers."""
        return {
            name: str(value)
            for name, value in contact.attributes.items()
            if isinstance(value, str | int) and not isinstance(value, bool)
        }

    def known(
        self, contact: Contact, attributes: dict[str, str], preferred: str | None, now: datetime
    ) -> None:
        """More is known of a waiting caller: its tier, its case, who spoke to it last."""
        contact.attributes.update(attributes)
        contact.preferred_agent = contact.preferred_agent or preferred
        self._world.touch(contact)
        if contact.phase in (Phase.QUEUED, Phase.PROMISED) and (attributes or preferred):
            update = acd.ContactUpdated(
                contact_id=contact.contact_id, attributes=attributes, preferred_agent=contact.preferred_agent
            )
            self.route(update, now)

    # --- what the router decides about places ---

    def diverted(self, diverted: acd.ContactDiverted, now: datetime) -> None:
        """Log it, and have it carried out."""
        contact = self._world.contact_of_item(diverted.contact_id)
        if contact is None:
            return
        if contact.contact_id != diverted.contact_id:
            self.listeners.companion_diverted(contact, diverted, now)
            return
        data = {
            "cause": diverted.cause.value,
            "way": diverted.way.kind.value,
            "to": diverted.way.queue_id,
            "step": diverted.step_id,
        }
        self._world.log("queue.diverted", now, contact, queue_id=diverted.queue_id, data=data)
        self.listeners.diverted(contact, diverted, now)

    def _step_opened(self, opened: acd.StepOpened, now: datetime) -> None:
        contact = self._world.contacts.get(opened.contact_id)
        if contact is None:
            return
        data = {
            "step": opened.step_id,
            "operation": opened.operation.value,
            "skipped_to": opened.skipped_to,
        }
        self._world.log("step.opened", now, contact, queue_id=opened.queue_id, data=data)
        if opened.prompt is not None and contact.phase is Phase.QUEUED and not contact.caller_lost:
            language = str(contact.attributes.get("language") or "en")
            self._tell(contact, (Phrase(prompt=opened.prompt, language=language),))

    def _place_resumed(self, resumed: acd.PlaceResumed, now: datetime) -> None:
        """The caller hung up in this queue a moment ago: the old place counts."""
        contact = self._world.contacts.get(resumed.contact_id)
        if contact is not None:
            contact.place_at = resumed.place_at
            self._world.touch(contact)
            data = {"from_contact": resumed.from_contact_id, "place_at": resumed.place_at.isoformat()}
            self._world.log("contact.place_resumed", now, contact, data=data)

    def suspend(self, contact: Contact, now: datetime) -> None:
        self.route(acd.ContactSuspended(contact_id=contact.contact_id), now)

    def resume(self, contact: Contact, now: datetime) -> None:
        self._room.music(contact)
        self.route(acd.ContactResumed(contact_id=contact.contact_id), now)

    def leave(self, contact: Contact, why: str, now: datetime) -> None:
        self._world.disarm("announce", contact.contact_id)
        self.route(acd.ContactLeft(contact_id=contact.contact_id, why=why), now)

    # --- announcements ---

    def _announcements(self, contact: Contact) -> acd.Announcements:
        policy = self._world.configuration.queue(contact.queue_id or "")
        return policy.announcements if policy is not None else acd.Announcements()

    def _announces_every(self, contact: Contact) -> timedelta | None:
        """The queue decides how often; where it does not, the flow that led here."""
        every = self._announcements(contact).every
        if every is None and contact.announce_every_s is not None:
            every = timedelta(seconds=contact.announce_every_s)
        return every

    def announce_later(self, contact: Contact, now: datetime) -> None:
        """Go on announcing, after a restart."""
        every = self._announces_every(contact)
        if every is not None:
            self._world.arm("announce", contact.contact_id, now + every)

    def announce(self, contact: Contact, now: datetime) -> None:
        """Tell the caller its place and the wait, as the queue wants it, then again after a while."""
        every = self._announces_every(contact)
        if contact.phase is not Phase.QUEUED or every is None:
            return
        world = self._world
        world.arm("announce", contact.contact_id, now + every)
        if contact.caller_lost or contact.choice_id is not None:
            return
        rules = self._announcements(contact)
        said = next_announcement(
            rules,
            world.router.position(contact.contact_id),
            world.estimator.estimate_contact(contact.contact_id),
            self._last_said(contact),
        )
        if said is None:
            return
        contact.place_told = said.heard_position
        contact.wait_told_s = said.heard_wait.total_seconds() if said.heard_wait else None
        data = {"position": said.position or said.more_than, "wait_s": contact.wait_told_s}
        world.log("contact.announced", now, contact, data=data)
        language = str(contact.attributes.get("language") or "en")
        self._tell(contact, announcement_phrases(said, language))

    @staticmethod
    def _last_said(contact: Contact) -> Announcement | None:
        if contact.place_told is None and contact.wait_told_s is None:
            return None
        wait = timedelta(seconds=contact.wait_told_s) if contact.wait_told_s is not None else None
        return Announcement(heard_position=contact.place_told, heard_wait=wait)

    def _tell(self, contact: Contact, phrases: tuple[Phrase, ...]) -> None:
        contact.announcement_id = self._world.new_id("p")
        self._world.touch(contact)
        self.listeners.say(contact, contact.announcement_id, phrases)

    def on_playback(self, contact: Contact, event: port.PlaybackFinished) -> None:
        """After an announcement the music goes on."""
        if event.playback_id == contact.announcement_id and contact.phase is Phase.QUEUED:
            contact.announcement_id = None
            self._world.touch(contact)
            self._room.music(contact)
