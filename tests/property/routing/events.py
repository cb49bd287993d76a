"""The oracle's books after an event: what it does by itself, before the router says what it made of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from routing.types import (
    VOICE,
    AbandonedRecord,
    AgentState,
    CallbackAnswered,
    CallbackChosen,
    CallbackFailed,
    CallbackMode,
    ContactDiverted,
    ContactLeft,
    ContactMoved,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    ContactUpdated,
    Effect,
    Event,
    HandlingEnded,
    HandlingHanded,
    OfferEnded,
    PlaceResumed,
    PoliciesChanged,
    QueueReopened,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.property.routing.books import ZERO, Books, Callback, Caller, Work, demand
from tests.property.routing.rules import (
    ENTRY,
    RESUMED,
)
from tests.property.routing.store import Store


class EventBook(ABC):
    """Keeps the books of one router by the events it is told."""

    def __init__(self) -> None:
        self.books = Books()
        self.store = Store()
        self._ended: set[str] = set()
        """Offers of the step at hand whose end is in the books."""
        self._moved: ContactMoved | None = None
        """Whom a supervisor has just moved, unless it has moved on."""
        self._late = False
        """Something was due, so more may have happened than the event itself."""

    @abstractmethod
    def _offer_ended(self, effect: OfferEnded, event: Event, now: datetime) -> None:
        """Note how an offer ended."""

    def _event(self, event: Event, effects: Sequence[Effect], now: datetime) -> None:
        books = self.books
        match event:
            case PoliciesChanged():
                books.configure(event)
            case ContactQueued():
                self._queued(event, effects, now)
            case ContactSuspended() | ContactResumed() | ContactUpdated() | ContactMoved():
                self._caller_event(event, now)
            case CallbackChosen() | CallbackAnswered() | CallbackFailed():
                self._callback_event(event, now)
            case StateRequested():
                # Offers that this ends are over before the state is looked at.
                for effect in effects:
                    his = isinstance(effect, OfferEnded) and effect.agent_id == event.agent_id
                    if isinstance(effect, OfferEnded) and his and effect.offer_id not in self._ended:
                        self._offer_ended(effect, event, now)
                books.desks[event.agent_id].request(event)
            case ReachabilityChanged():
                desk = books.desks[event.agent_id]
                desk.reachable, desk.media = event.reachable, event.media
            case HandlingEnded() | HandlingHanded():
                self._handling_event(event, now)
            case WrapUpExtended() | WrapUpFinished():
                self._wrap_up_event(event)
            case QueueShut():
                books.shut.add(event.queue_id)
            case QueueReopened():
                books.shut.discard(event.queue_id)
            case _:
                pass

    def _queued(self, event: ContactQueued, effects: Sequence[Effect], now: datetime) -> None:
        books = self.books
        if event.contact_id in books.callers or event.contact_id in books.handled:
            return
        caller = books.admit(event, now)
        turned_away = any(
            isinstance(e, ContactDiverted) and e.contact_id == event.contact_id for e in effects
        )
        if not event.only_agents:
            self._judge_entry(caller, turned_away)
        resumed = any(isinstance(e, PlaceResumed) and e.contact_id == event.contact_id for e in effects)
        if event.caller is None or event.returned or turned_away or resumed:
            return
        old = [
            r for r in books.abandoned.values() if (r.caller, r.queue_id) == (event.caller, event.queue_id)
        ]
        talking = (work.caller for work in books.handled.values())
        live = any(c.asked.caller == event.caller for c in (*books.standing(), *talking) if c is not caller)
        owed = [record for record in old if record.contact_id != event.contact_id]
        demand(live or not owed, RESUMED, (event, old))

    def _judge_entry(self, caller: Caller, turned_away: bool) -> None:
        books, policy = self.books, self.books.policy(caller)
        full = 0 < policy.max_length < len(books.waiting(caller.queue_id)) and not caller.asked.returned
        shut = caller.queue_id in books.shut
        demand(turned_away or not (full or shut), ENTRY, (caller.contact_id, caller.queue_id, full, shut))

    def _resumed(self, effect: PlaceResumed, now: datetime) -> None:
        books = self.books
        caller, found = books.callers[effect.contact_id], books.abandoned.pop(effect.from_contact_id, None)
        right = (
            found is not None
            and (found.caller, found.queue_id) == (caller.asked.caller, effect.queue_id)
            and effect.place_at == min(found.place_at, caller.place_at)
        )
        demand(right, RESUMED, (effect, found))
        others = [c for c in books.standing() if c is not caller and c.asked.caller == caller.asked.caller]
        demand(not others, RESUMED, (effect, others))
        caller.place_at = effect.place_at
        caller.rules.add("returned")

    def _caller_event(
        self, event: ContactSuspended | ContactResumed | ContactUpdated | ContactMoved, now: datetime
    ) -> None:
        caller = self.books.callers.get(event.contact_id)
        if caller is None:
            return
        match event:
            case ContactSuspended():
                caller.suspended = True
            case ContactResumed():
                caller.suspended = False
            case ContactUpdated():
                if event.priority is not None:
                    caller.priority = event.priority
                caller.attributes.update(event.attributes or {})
                if event.preferred_agent not in (None, caller.preferred):
                    self.books.prefer(caller, event.preferred_agent, now)
            case ContactMoved():
                self._moved = event
                caller.rules = {rule for rule in caller.rules if not rule.startswith("moved_by:")}
                elsewhere = event.queue_id not in (None, caller.queue_id)
                if elsewhere or event.to != "place":
                    caller.rules.add(f"moved_by:{event.by}")
                if elsewhere and event.queue_id is not None:
                    caller.choosing = False
                    self.books.enter(caller, event.queue_id, now)

    def _callback_event(
        self, event: CallbackChosen | CallbackAnswered | CallbackFailed, now: datetime
    ) -> None:
        books = self.books
        caller = books.callers.get(event.contact_id)
        if caller is None:
            return
        callback = caller.callback
        if isinstance(event, CallbackChosen):
            if callback is None and caller.voice:
                caller.callback = Callback(books.policy(caller).callbacks.mode)
                caller.suspended = caller.choosing = False
                caller.leaves_at = None
        elif callback is None or not (callback.dialling or callback.answered):
            return
        elif isinstance(event, CallbackFailed):
            callback.dialling = callback.answered = caller.suspended = False
            work = books.handled.pop(caller.contact_id, None)
            if work is not None:
                books.desks[work.agent_id].finish()
        elif callback.dialling and callback.mode is CallbackMode.AGENT_FIRST:
            books.end(caller.contact_id)
        elif callback.dialling:
            callback.dialling, callback.answered = False, True
            caller.suspended, caller.media = False, event.media

    def _handling_event(self, event: HandlingEnded | HandlingHanded, now: datetime) -> None:
        books = self.books
        contact_id = event.contact_id if isinstance(event, HandlingEnded) else event.from_contact_id
        work = books.handled.get(contact_id)
        if work is None or work.agent_id != event.agent_id:
            return
        desk = books.desks[event.agent_id]
        if isinstance(event, HandlingHanded):
            if work.channel != VOICE:
                return
            queue_id = event.queue_id or work.queue_id
            books.let_go(contact_id)
            books.handled[event.to_contact_id] = Work(work.agent_id, VOICE, queue_id, work.caller)
            desk.contact_id, desk.queue_id = event.to_contact_id, queue_id
            return
        books.let_go(contact_id)
        acw = books.policies[work.queue_id].acw if event.wrap_up else ZERO
        if work.channel != VOICE:
            slot = next(slot for slot in desk.slots if slot.contact_id == contact_id and not slot.acw_ends_at)
            if acw:
                slot.since, slot.acw_ends_at = now, now + acw
            else:
                desk.let_slot_go(slot)
        elif acw:
            desk.enter(AgentState.ACW)
            desk.acw_ends_at = now + acw
        else:
            desk.finish()

    def _wrap_up_event(self, event: WrapUpExtended | WrapUpFinished) -> None:
        desk = self.books.desks[event.agent_id]
        if desk.state is not AgentState.ACW:
            wrapping = [slot for slot in desk.slots if slot.acw_ends_at is not None]
            if isinstance(event, WrapUpFinished) and wrapping:
                desk.let_slot_go(min(wrapping, key=lambda slot: slot.since))
            return
        assert desk.acw_ends_at is not None
        assert desk.queue_id is not None
        if isinstance(event, WrapUpFinished):
            desk.finish()
            return
        limit = self.books.policies[desk.queue_id].acw_extend_limit
        granted = max(ZERO, min(event.by, limit - desk.acw_extended))
        desk.acw_ends_at += granted
        desk.acw_extended += granted

    def _after_event(self, event: Event, now: datetime) -> None:
        """What happens once the offers are over that it ends."""
        books = self.books
        if isinstance(event, ContactLeft) and event.contact_id in books.callers:
            self._left(event, books.callers[event.contact_id], now)
        elif isinstance(event, PoliciesChanged):
            books.dismiss()

    def _left(self, event: ContactLeft, caller: Caller, now: datetime) -> None:
        books = self.books
        books.end(event.contact_id)
        known = caller.asked.caller
        counts = caller.voice and caller.callback is None and not caller.asked.only_agents
        counts = counts and "returned" not in caller.rules and bool(books.policy(caller).return_window)
        if event.why == "abandoned" and known is not None and counts:
            books.abandoned[event.contact_id] = AbandonedRecord(
                contact_id=event.contact_id,
                queue_id=caller.queue_id,
                caller=known,
                place_at=caller.place_at,
                left_at=now,
            )
