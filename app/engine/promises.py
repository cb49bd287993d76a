"""Callbacks: the caller hangs up and keeps the exact place; when its turn comes the customer is dialled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.engine.calls import Calls
from app.engine.company import Promise
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.refusals import Refused
from app.engine.room import Room
from app.engine.segments import Segments
from app.engine.world import World
from ivr.types import Phrase
from routing import types as acd
from telephony import port

RING_S = 30.0
"""How long the customer is rung."""
ANSWER_GRACE = timedelta(seconds=5)
"""After the ringing is over without a word from the back end, the attempt has failed."""
CHOICE_S = 6.0
"""How long a waiting caller may think about the offer."""
CALLBACK_KEY = "1"
BROWSER = "browser:"
"""Built-in voice: the caller's page rings instead of a telephone."""


class Promises:
    def __init__(
        self, world: World, queueing: Queueing, calls: Calls, room: Room, segments: Segments
    ) -> None:
        self._world = world
        self._queueing = queueing
        self._calls = calls
        self._room = room
        self._segments = segments
        self.not_wanted: Callable[[Contact, datetime], None] = lambda *_: None
        """A caller who cannot stay does not want the callback."""

    # --- offering and choosing ---

    def offer(self, contact: Contact, now: datetime) -> None:
        """Tell a waiting caller that key 1 keeps the place and ends the waiting on the line."""
        if contact.phase is not Phase.QUEUED or contact.caller_lost:
            return
        world = self._world
        contact.callback_offered = True
        contact.announcement_id = world.new_id("p")
        contact.choice_id = world.new_id("g")
        language = str(contact.attributes.get("language") or "en")
        assert self._queueing.listeners is not None
        phrases = (Phrase(prompt="callback_offer", language=language),)
        self._queueing.listeners.say(contact, contact.announcement_id, phrases)
        collect = port.Collect(
            leg_id=contact.leg_id,
            collect_id=contact.choice_id,
            max_digits=1,
            terminator=None,
            first_digit_timeout_s=CHOICE_S,
        )
        world.command(contact.backend, collect, contact.leg_id)
        world.log("callback.offered", now, contact)
        world.touch(contact)

    def on_key(self, contact: Contact, event: port.DigitsCollected, now: datetime) -> None:
        """The answer to the offer; any other key, or none, is "no"."""
        if event.collect_id != contact.choice_id or contact.phase is not Phase.QUEUED:
            return
        contact.choice_id = None
        self._world.touch(contact)
        if event.digits == CALLBACK_KEY:
            try:
                self.choose(contact, contact.ani or None, now)
            except Refused as refused:
                # A caller on the line has no page to read it on: the waiting goes on.
                self._world.log("callback.refused", now, contact, data={"why": refused.code})
            else:
                return
        if self._must_choose(contact):
            self.not_wanted(contact, now)

    def _must_choose(self, contact: Contact) -> bool:
        """The queue keeps the caller only for the answer: it is full, empty or closed."""
        waiting = self._world.router.contact(contact.contact_id)
        return waiting is not None and waiting.choosing

    def ask_again(self, contact: Contact, now: datetime) -> bool:
        """After a lost line or a restart: an open question is put once more. Whether there is one."""
        if contact.phase is not Phase.QUEUED:
            return False
        if contact.choice_id is None and not self._must_choose(contact):
            return False
        self.offer(contact, now)
        return True

    def choose(self, contact: Contact, number: str | None, now: datetime) -> None:
        """Keep the place and let the line go.

        Raises:
            Refused: it does not wait, its queue offers no callbacks, or there is no number to dial.
        """
        world = self._world
        if contact.phase is not Phase.QUEUED:
            raise Refused("not_waiting", "This caller is not waiting any more.")
        policy = world.configuration.queue(contact.queue_id or "")
        if policy is None or (not policy.callbacks.offered and not contact.callback_offered):
            raise Refused("no_callback", "This queue calls nobody back. Please stay on the line.")
        destination = self._destination(contact, number)
        world.disarm("announce", contact.contact_id)
        contact.announcement_id = contact.choice_id = None
        contact.phase = Phase.PROMISED
        contact.promise = Promise(number=destination, chosen_at=now)
        contact.credit_s += self._waited_here(contact, now)
        world.touch(contact)
        world.log("callback.chosen", now, contact, data={"browser": destination.startswith(BROWSER)})
        world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
        world.forget_leg(contact.leg_id)
        chosen = acd.CallbackChosen(contact_id=contact.contact_id, number=destination)
        self._queueing.route(chosen, now)

    def _destination(self, contact: Contact, number: str | None) -> str:
        if self._world.configuration.context.reaches_telephone_network:
            if not number:
                raise Refused("bad_number", "No number to call back is known. Enter one.")
            return number
        if number is not None and number != contact.ani:
            raise Refused("capability_missing", "Nothing here can dial a number. Let this page ring instead.")
        return f"{BROWSER}{contact.contact_id}"

    @staticmethod
    def _waited_here(contact: Contact, now: datetime) -> float:
        since = contact.entered_queue_at
        return max(0.0, (now - since).total_seconds()) if since is not None else 0.0

    def cancel(self, contact: Contact, now: datetime) -> None:
        """The caller no longer wants it."""
        if contact.phase is not Phase.PROMISED:
            raise Refused("no_callback", "There is no callback to cancel.")
        self._queueing.leave(contact, "callback_cancelled", now)
        self._stop_ringing(contact)
        self._world.log("callback.cancelled", now, contact)
        self._over(contact, "caller", now)

    # --- its turn ---

    def accepted(self, contact: Contact, agent_id: str, now: datetime) -> None:
        """Agent-first: the agent is there, now the customer is dialled."""
        contact.agent_id = agent_id
        contact.phase = Phase.CONNECTING
        contact.accepted_at, contact.part_answered_at = now, None
        contact.hold_s = 0.0
        if agent_id not in contact.handled_by:
            contact.handled_by.append(agent_id)
        self._dial(contact, now)

    def due(self, contact: Contact, now: datetime) -> None:
        """Customer-first: an agent is free, dial."""
        self._dial(contact, now)

    def _dial(self, contact: Contact, now: datetime) -> None:
        world, promise = self._world, contact.promise
        assert promise is not None
        promise.attempts += 1
        promise.dialling = world.new_id("at")
        contact.leg_id = world.new_id("l")
        contact.caller_lost = False
        world.by_leg[contact.leg_id] = contact.contact_id
        originate = port.Originate(
            attempt_id=promise.dialling,
            leg_id=contact.leg_id,
            destination=promise.number,
            caller_id=contact.dnis,
            ring_timeout_s=RING_S,
        )
        world.dial(contact.backend, promise.dialling, originate, contact.leg_id)
        world.arm("callback", contact.contact_id, now + timedelta(seconds=RING_S) + ANSWER_GRACE)
        world.log("callback.dialled", now, contact, data={"attempt": promise.attempts})
        world.touch(contact)

    def dialled(self, contact: Contact, result: port.OriginateResult, now: datetime) -> None:
        promise = contact.promise
        if promise is None or promise.dialling != result.attempt_id:
            return
        world = self._world
        promise.dialling = None
        world.disarm("callback", contact.contact_id)
        if result.outcome is not port.OriginateOutcome.ANSWERED:
            self._failed(contact, result.outcome.value, now)
            return
        world.log("callback.answered", now, contact, data={"attempt": promise.attempts})
        contact.promise = None
        world.touch(contact)
        answered = acd.CallbackAnswered(contact_id=contact.contact_id, media=contact.backend)
        if contact.agent_id is not None:
            self._queueing.route(answered, now)
            self._calls.join(contact, now)
            return
        contact.phase = Phase.QUEUED
        contact.entered_queue_at = now
        self._room.music(contact)
        self._queueing.route(answered, now)

    def timed_out(self, contact: Contact, now: datetime) -> None:
        """The back end said nothing: as if nobody had answered."""
        if contact.promise is not None and contact.promise.dialling is not None:
            self._failed(contact, "no_answer", now)

    def leg_ended(self, contact: Contact, now: datetime) -> None:
        """The customer's leg is gone before it was answered."""
        if contact.promise is not None and contact.promise.dialling is not None:
            self._failed(contact, "no_answer", now)

    def _failed(self, contact: Contact, why: str, now: datetime) -> None:
        """Try again later, at the same place; the agent is free without a wrap-up."""
        world = self._world
        assert contact.promise is not None
        self._stop_ringing(contact)
        agent_id = contact.agent_id
        contact.phase, contact.agent_id = Phase.PROMISED, None
        data = {"why": why, "attempt": contact.promise.attempts}
        world.log("callback.failed", now, contact, agent_id=agent_id, data=data)
        world.touch(contact)
        self._queueing.route(acd.CallbackFailed(contact_id=contact.contact_id, why=why), now)

    def _stop_ringing(self, contact: Contact) -> None:
        if contact.promise is not None and contact.promise.dialling is not None:
            self._world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
            contact.promise.dialling = None
        self._world.disarm("callback", contact.contact_id)
        self._world.forget_leg(contact.leg_id)

    def expired(self, contact: Contact, now: datetime) -> None:
        """No attempt is left, or its time is over: somebody should know."""
        self._stop_ringing(contact)
        attempts = contact.promise.attempts if contact.promise else 0
        self._world.log("callback.expired", now, contact, data={"attempts": attempts})
        self._over(contact, "callback_expired", now)

    def _over(self, contact: Contact, by: str, now: datetime) -> None:
        contact.ended_at, contact.ended_by = now, by
        contact.phase = Phase.ENDED
        data = {"talk_s": 0.0, "hold_s": 0.0, "by": by, "phase": Phase.PROMISED.value}
        self._world.log("contact.ended", now, contact, data=data)
        self._segments.settle(contact)
