"""The oracle's books after what the router says it did: offers that ended, ways, steps, places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from calendars import is_open
from routing.types import (
    CallbackDue,
    CallbackMode,
    ContactDiverted,
    DeadlineReached,
    Effect,
    Event,
    OfferAnswered,
    OfferEnded,
    OfferMade,
    OfferOutcome,
    OfferRefused,
    Operation,
    PlaceResumed,
    PoliciesChanged,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    StepOpened,
    WayKind,
)
from routing.types import DivertCause as Cause
from tests.property.routing.books import Caller, demand
from tests.property.routing.events import EventBook
from tests.property.routing.rules import (
    ENTRY,
    HOURS,
    OFFERS_END,
    ONCE,
    STEPS,
)


class Watcher(EventBook):
    """Takes the router's word for what it did, after asking whether it may have done that."""

    def _by_time(self, effects: Sequence[Effect], event: Event, now: datetime) -> list[Effect]:
        """Steps and ways out that were due come before the event, and with them what follows at once."""
        books, done, gone_over = self.books, list[Effect](), set[str]()
        for effect in effects:
            if not isinstance(effect, (StepOpened, ContactDiverted, PlaceResumed)):
                continue
            caller = books.callers.get(effect.contact_id)
            if caller is None or caller.queue_id != effect.queue_id:
                break
            shut = isinstance(effect, ContactDiverted) and effect.cause is Cause.SHUT
            if shut and effect.queue_id not in books.shut:
                break
            followed = effect.contact_id in gone_over
            if isinstance(effect, StepOpened):
                step = books.step(effect.queue_id, effect.step_id)
                if followed or effect.skipped_to or step is None or caller.place_at + step.after > now:
                    break
            elif caller.offers:
                break
            if not followed and not self._was_due(effect, now):
                break
            self._effect(effect, event, now)
            done.append(effect)
            if isinstance(effect, ContactDiverted) and effect.way.kind is WayKind.OVERFLOW:
                gone_over.add(effect.contact_id)
        return done

    def _was_due(self, effect: StepOpened | ContactDiverted | PlaceResumed, now: datetime) -> bool:
        record = self.store.waiting[effect.contact_id]
        callback = record.callback
        at: datetime | None = None
        if isinstance(effect, StepOpened) or (
            isinstance(effect, ContactDiverted) and effect.cause is Cause.STEP
        ):
            at = record.step_due_at
        elif isinstance(effect, ContactDiverted) and effect.cause is Cause.MAX_WAIT:
            at = record.leaves_at
        elif isinstance(effect, ContactDiverted) and effect.cause is Cause.CALLBACK_EXPIRED:
            waits = callback is not None and not (callback.dialling or callback.answered)
            at = callback.expires_at if callback is not None and waits else None
        return at is not None and at <= now

    def _effect(self, effect: Effect, event: Event, now: datetime) -> None:
        books = self.books
        match effect:
            case OfferEnded():
                self._offer_ended(effect, event, now)
            case ContactDiverted():
                self._diverted(effect, event, now)
            case StepOpened():
                self._step_opened(effect, now)
            case CallbackDue():
                caller = books.callers.get(effect.contact_id)
                right = caller is not None and caller.callback is not None and not caller.callback.dialling
                demand(right, HOURS, effect)
                assert caller is not None
                assert caller.callback is not None
                demand(caller.callback.mode is CallbackMode.CUSTOMER_FIRST, HOURS, effect)
                demand(self._hours_open(caller, now), HOURS, effect)
                caller.callback.dialling, caller.callback.answered = True, False
            case PlaceResumed():
                self._resumed(effect, now)
            case _:
                pass

    def _offer_ended(self, effect: OfferEnded, event: Event, now: datetime) -> None:
        books = self.books
        self._ended.add(effect.offer_id)
        offer = books.end_offer(effect.offer_id, effect.outcome, now)
        same = (offer.contact_id, offer.agent_id) == (effect.contact_id, effect.agent_id)
        named = isinstance(event, (OfferAnswered, OfferRefused)) and (event.offer_id, event.agent_id) == (
            offer.offer_id,
            offer.agent_id,
        )
        right = True
        match effect.outcome:
            case OfferOutcome.ACCEPTED:
                right = named and isinstance(event, OfferAnswered)
            case OfferOutcome.DECLINED:
                right = named and isinstance(event, OfferRefused)
            case OfferOutcome.TIMED_OUT:
                right = offer.expires_at <= now
            case OfferOutcome.WITHDRAWN:
                right = self._may_withdraw(offer, event)
        demand(right and same, OFFERS_END, (effect, event))
        caller = books.callers[offer.contact_id]
        if offer.contact_id in books.handled and not caller.offers:
            callback = caller.callback
            if callback is not None and callback.mode is CallbackMode.AGENT_FIRST and not callback.answered:
                callback.dialling = True
            else:
                books.end(offer.contact_id)

    def _may_withdraw(self, offer: OfferMade, event: Event) -> bool:
        """Something happened to the contact, the agent, the queue or the rules."""
        match event:
            case OfferAnswered() | OfferRefused():
                return offer.contact_id in self.books.handled or self._late
            case StateRequested() | ReachabilityChanged():
                return offer.agent_id == event.agent_id or self._late
            case DeadlineReached() | PoliciesChanged() | QueueShut():
                return True
            case _:
                return getattr(event, "contact_id", None) == offer.contact_id or self._late

    def _diverted(self, effect: ContactDiverted, event: Event, now: datetime) -> None:
        books = self.books
        caller = books.callers.get(effect.contact_id)
        if caller is None or effect.queue_id != caller.queue_id:
            demand(False, ONCE, effect)
            return
        policy = books.policies[effect.queue_id]
        match effect.cause:
            case Cause.FULL:
                others = len(books.waiting(effect.queue_id)) - 1
                demand(0 < policy.max_length <= others, ENTRY, effect)
            case Cause.SHUT:
                demand(effect.queue_id in books.shut, ENTRY, effect)
            case Cause.MAX_WAIT:
                demand(caller.leaves_at is not None and caller.leaves_at <= now, ENTRY, effect)
            case Cause.EMPTY:
                demand(policy.join_empty or policy.leave_empty, ENTRY, effect)
            case _:
                pass
        self._moved = None
        if effect.stays:
            demand(caller.voice, "only callers are asked whether they want a callback", effect)
            caller.choosing = caller.choosing or effect.cause in (Cause.FULL, Cause.SHUT, Cause.EMPTY)
            caller.leaves_at = None
        elif effect.way.kind is WayKind.OVERFLOW and effect.way.queue_id is not None:
            books.enter(caller, effect.way.queue_id, now)
        else:
            books.end(effect.contact_id)

    def _step_opened(self, effect: StepOpened, now: datetime) -> None:
        books = self.books
        caller = books.callers.get(effect.contact_id)
        step = books.step(effect.queue_id, effect.step_id)
        if caller is None or step is None:
            demand(False, STEPS, effect)
            return
        waited = now - caller.place_at
        times = caller.opened.get((effect.queue_id, effect.step_id), 0)
        demand(times == 0 or step.repeat_every is not None, STEPS, (effect, "twice"))
        again = (effect.queue_id, effect.step_id) in caller.acted
        early = again or (effect.skipped_to and step.skip_if_nobody)
        demand(waited >= step.after or early, STEPS, (effect, waited))
        for name, values in step.when.attributes.items():
            demand(caller.attributes.get(name) in values, STEPS, (effect, name))
        calendar = books.calendars.get(step.when.calendar or "")
        demand(calendar is None or bool(is_open(calendar, now).open) is step.when.open, STEPS, effect)
        caller.opened[effect.queue_id, effect.step_id] = times + 1
        self._moved = None
        match step.operation:
            case Operation.RELAX if step.skill is not None:
                caller.relaxed[step.skill] = step.level
            case Operation.RAISE_PRIORITY:
                caller.raised += step.by
                caller.rules.add(f"step:{step.step_id}")
            case Operation.WIDEN if step.queue_id is not None:
                caller.widened.add(step.queue_id)
            case _:
                pass

    def _hours_open(self, caller: Caller, now: datetime) -> bool:
        calendar = self.books.calendars.get(self.books.policy(caller).callbacks.calendar or "")
        return calendar is None or bool(is_open(calendar, now).open)
