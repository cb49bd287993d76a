"""A second, slow and plain reading of the routing rules, which judges every step of a router from outside.

The oracle is told the same events as the router and sees its effects, its changes and its answers. What no
offer may break is demanded of each (`_judge_offer`); `owes` says what an offer may not be withheld for.
Where the two differ the rules leave the choice to the router.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from routing.router import Router
from routing.types import (
    Across,
    AgentRecord,
    AgentState,
    CallbackMode,
    Effect,
    Event,
    IdleSince,
    OfferEnded,
    OfferMade,
    OfferOutcome,
    QueuePolicy,
    StateChanged,
    Strategy,
    WrapUpFinished,
)
from tests.property.routing.books import Caller, Desk, Slot, demand
from tests.property.routing.rules import (
    ACW,
    BEST,
    BLENDING,
    COOLOFF,
    ENTRY,
    FREE,
    HOURS,
    LOST,
    NAMED,
    OFFERS_END,
    ONCE,
    ORDER,
    PAIR_LEFT,
    PLACE,
    PREFERRED,
    QUALIFIED,
    REACHABLE,
    SLOT,
    STATE,
    TIMER,
    TRUTH,
    WIDTH,
    WRITTEN,
)
from tests.property.routing.watch import Watcher


class Oracle(Watcher):
    def __init__(self) -> None:
        super().__init__()
        self._deadline: datetime | None = None
        self._gates_open: set[str] = set()
        """Queues whose gate was open before the step at hand."""

    # --- one step ---------------------------------------------------------------------------------

    def see(self, event: Event, effects: Sequence[Effect], router: Router, now: datetime) -> None:
        """Judge what the router made of one event."""
        books = self.books
        books.ended = set()
        self._ended, self._moved = set(), None
        self._late = self._deadline is not None and self._deadline <= now
        if not self._late:
            # Nobody would have called the router before now.
            self._nothing_owed(now, TIMER)
        acw_before = {d.agent_id: d.acw_ends_at for d in books.desks.values() if d.acw_ends_at is not None}
        self._gates_open = {queue_id for queue_id, record in self.store.queues.items() if record.gate_open}
        for effect in effects:
            if isinstance(effect, OfferEnded) and effect.outcome is OfferOutcome.TIMED_OUT:
                # What is due goes by its time; of one instant the offer's end comes first.
                books.time_passes(self._expiry(effect, now) - timedelta(microseconds=1))
                self._offer_ended(effect, event, now)
        books.time_passes(now)
        by_time = self._by_time(effects, event, now) if self._late else ()
        self._event(event, effects, now)
        gone = self.store.write(router.changes())
        self._hear_out(effects, by_time, event, now)
        demand(gone <= books.ended, ONCE, (gone, books.ended))
        demand(self.store.waiting.keys() == books.callers.keys(), ONCE, (gone, books.ended))
        self._judge_acw(event, acw_before, router, now)
        self._judge_rest(effects, router, now)
        self._deadline = router.next_deadline()
        demand(self._deadline is None or self._deadline >= now, TIMER, (now, self._deadline))

    def _hear_out(
        self, effects: Sequence[Effect], by_time: Sequence[Effect], event: Event, now: datetime
    ) -> None:
        """One effect after the other; what follows from the event is complete before the first offer."""
        complete = False
        for effect in effects:
            if isinstance(effect, OfferMade):
                if not complete:
                    self._after_event(event, now)
                    complete = True
                self._judge_offer(effect, now)
                continue
            told = isinstance(effect, OfferEnded) and effect.offer_id in self._ended
            if not told and not any(effect is other for other in by_time):
                self._effect(effect, event, now)
        if not complete:
            self._after_event(event, now)

    def _expiry(self, effect: OfferEnded, now: datetime) -> datetime:
        caller = self.books.callers.get(effect.contact_id)
        offer = caller.offers.get(effect.offer_id) if caller is not None else None
        return offer.expires_at if offer is not None else now

    # --- may it, must it ---------------------------------------------------------------------------

    def _alone_with(self, caller: Caller, now: datetime) -> str | None:
        """The preferred agent for whom alone it waits just now."""
        agent_id, until = caller.preferred, caller.preferred_until
        if agent_id is None or until is None or until <= now:
            return None
        desk = self.books.desks.get(agent_id)
        away = desk is None or desk.state in (AgentState.SIGNED_OUT, AgentState.NOT_READY)
        return agent_id if not away and self.books.able(caller, agent_id) else None

    def _callback_waits(self, caller: Caller, now: datetime) -> bool:
        """Its rules keep a callback from agents just now."""
        callback, record = caller.callback, self.store.waiting.get(caller.contact_id)
        if callback is None or record is None or record.callback is None or callback.answered:
            return False
        not_before = record.callback.not_before
        early = not_before is not None and now < not_before
        return callback.dialling or early or not self._hours_open(caller, now)

    def could(self, caller: Caller, agent_id: str) -> bool:
        """Both are free for each other, whatever the queue's rules say of it."""
        books, desk = self.books, self.books.desks[agent_id]
        return (
            not caller.suspended
            and not caller.choosing
            and desk.free_for(caller.asked.channel)
            and (not caller.voice or caller.media in desk.media)
            and books.able(caller, agent_id)
            and not any(offer.agent_id == agent_id for offer in caller.offers.values())
        )

    def owes(self, caller: Caller, agent_id: str, now: datetime) -> bool:
        """The rules leave no reason not to offer this contact to this agent now."""
        books = self.books
        if caller.barred.get(agent_id, now) > now or not self.could(caller, agent_id):
            return False
        policy = books.policy(caller)
        several = policy.strategy is Strategy.RING_ALL and len(caller.offers) < books.width(caller)
        if caller.offers and not several:
            return False
        if self._alone_with(caller, now) not in (None, agent_id):
            return False
        record = self.store.queues.get(caller.queue_id)
        if policy.blending is not None and not (record and record.gate_open):
            return False
        if caller.callback is not None and caller.callback.mode is CallbackMode.CUSTOMER_FIRST:
            # No more customers are dialled than agents are free: whether one is owed depends on all of them.
            return caller.callback.answered
        return not self._callback_waits(caller, now)

    def order(self, caller: Caller) -> tuple[int, float, datetime, str]:
        """By (priority, effective enqueue instant), the queues' own rule between."""
        books = self.books
        policy = books.policy(caller)
        across = 0.0
        if books.across is Across.WEIGHT_THEN_LONGEST:
            across = -float(policy.weight)
        elif books.across is Across.FAIR_SHARE:
            record = self.store.queues.get(caller.queue_id)
            across = (record.served if record else 0) / max(1, policy.share)
        return -books.priority(caller), across, self._stands(caller), caller.contact_id

    def _stands(self, caller: Caller) -> datetime:
        """Where a supervisor put it, or else its place."""
        record = self.store.waiting.get(caller.contact_id) or self.store.left.get(caller.contact_id)
        return (record.stands_at if record is not None else None) or caller.place_at

    # --- judging ------------------------------------------------------------------------------------

    def _judge_offer(self, offer: OfferMade, now: datetime) -> None:
        books = self.books
        caller, desk = books.callers.get(offer.contact_id), books.desks[offer.agent_id]
        if caller is None:
            demand(False, ONCE, offer)
            return
        channel = caller.asked.channel
        demand(not caller.voice or desk.state is not AgentState.RINGING, SLOT, (offer, desk))
        demand(desk.reachable, REACHABLE, (offer, desk))
        demand(not caller.voice or caller.media in desk.media, REACHABLE, (offer, desk))
        demand(desk.free_for(channel), FREE if caller.voice else SLOT, (offer, desk))
        demand(books.able(caller, offer.agent_id), QUALIFIED, offer)
        demand(not (caller.suspended or caller.choosing), LOST, offer)
        demand(offer.agent_id not in caller.barred, COOLOFF, offer)
        demand(caller.contact_id not in books.handled, "one accepted per contact", offer)
        demand(not self._callback_waits(caller, now), HOURS, offer)
        alone = self._alone_with(caller, now)
        demand(alone in (None, offer.agent_id), PREFERRED, (offer, alone))
        self._judge_gate(caller, offer)
        self._judge_width(caller, offer, now)
        self._judge_order(caller, offer, now)
        self._judge_rank(caller, offer, now)
        told = (offer.decision.queue_id, offer.decision.policy_version, offer.decision.priority)
        wanted = (caller.queue_id, books.policy(caller).version, books.priority(caller))
        demand(told == wanted, TRUTH, (told, wanted))
        fit = [books.able(caller, agent_id) for agent_id in offer.decision.runners_up]
        demand(all(fit) and len(fit) <= min(8, offer.decision.eligible - 1), TRUTH, offer)
        caller.offers[offer.offer_id] = offer
        caller.first_offer_at = caller.first_offer_at or now
        if caller.voice:
            desk.enter(AgentState.RINGING)
        else:
            desk.slots.append(Slot(caller.contact_id, channel, now, offer.offer_id))

    def _judge_gate(self, caller: Caller, offer: OfferMade) -> None:
        blending = self.books.policy(caller).blending
        if blending is not None:
            free, waiting = self._blend(caller.queue_id)
            right = free >= blending.close_below_free and waiting <= blending.close_above_waiting
            demand(right, BLENDING, (offer, free, waiting))

    def _blend(self, queue_id: str) -> tuple[int, int]:
        """(Members who are free for a call, contacts that wait where this queue yields.)"""
        blending = self.books.policies[queue_id].blending
        assert blending is not None
        free = sum(desk.ready for desk in self.books.members(queue_id))
        waiting = [c for yields_to in blending.yields_to for c in self.books.waiting(yields_to)]
        return free, sum(not self._put_off(c) for c in waiting)

    def _put_off(self, caller: Caller) -> bool:
        record = self.store.waiting.get(caller.contact_id)
        callback = record.callback if record is not None else None
        return callback is not None and callback.not_before is not None

    def _judge_width(self, caller: Caller, offer: OfferMade, now: datetime) -> None:
        policy = self.books.policy(caller)
        demand(len(caller.offers) < self.books.width(caller), WIDTH, (offer, caller.offers))
        twice = any(other.agent_id == offer.agent_id for other in caller.offers.values())
        demand(not twice, WIDTH, (offer, caller.offers))
        same_rules = all(o.decision.policy_version == policy.version for o in caller.offers.values())
        if policy.strategy is Strategy.RING_PROGRESSIVELY and caller.offers and same_rules:
            began = caller.first_offer_at
            assert began is not None
            allowed = 1 + (now - began) // max(policy.ring_step, timedelta(microseconds=1))
            demand(len(caller.offers) < allowed, WIDTH, (offer, caller.offers, allowed))

    def _judge_order(self, caller: Caller, offer: OfferMade, now: datetime) -> None:
        rivals = [
            other
            for other in self.books.standing()
            if other is not caller
            and other.asked.channel == caller.asked.channel
            and self._gate_stood_open(other)
            and self.owes(other, offer.agent_id, now)
        ]
        if not rivals:
            return
        first = min(rivals, key=self.order)
        demand(self.order(caller) < self.order(first), ORDER, (offer, first))
        plain = [other for other in rivals if self._plain_order(other) < self._plain_order(caller)]
        demand(not plain or offer.decision.rules, NAMED, (offer, plain))

    def _gate_stood_open(self, caller: Caller) -> bool:
        """Before this step already: otherwise it may have opened after the offer that is judged."""
        return self.books.policy(caller).blending is None or caller.queue_id in self._gates_open

    def _plain_order(self, caller: Caller) -> tuple[int, datetime]:
        """As if no step, no supervisor and no queue's weight had a say."""
        return -(self.books.priority(caller) - caller.raised), caller.place_at

    def _judge_rank(self, caller: Caller, offer: OfferMade, now: datetime) -> None:
        takers = [agent_id for agent_id in self.books.desks if self.owes(caller, agent_id, now)]
        if offer.agent_id not in takers or len(takers) < 2:
            return
        rank = self._rank(caller, takers)
        if rank is not None:
            best = min(takers, key=lambda agent_id: rank[agent_id])
            demand(best == offer.agent_id, BEST, (offer, best, rank))

    def _rank(self, caller: Caller, takers: Sequence[str]) -> dict[str, tuple[object, ...]] | None:
        """Each agent's key under the queue's strategy; None where chance decides."""
        books, policy = self.books, self.books.policy(caller)
        records = {agent_id: self.store.agents[agent_id] for agent_id in takers}
        first: dict[str, object] = dict.fromkeys(takers, 0)
        match policy.strategy:
            case Strategy.WEIGHTED_RANDOM | Strategy.ROUND_ROBIN:
                return None
            case Strategy.BEST_SKILL_THEN_LONGEST_IDLE:
                needs = books.needs(caller)
                first = {a: -sum(books.profiles[a].skills.get(s, 0) for s in needs) for a in takers}
            case Strategy.FEWEST_CONTACTS:
                first = {a: records[a].contacts_taken for a in takers}
            case Strategy.LEAST_TALK:
                first = {a: records[a].talk for a in takers}
            case Strategy.TOP_DOWN:
                order = {agent_id: at for at, agent_id in enumerate(policy.order)}
                first = {a: order.get(a, len(order)) for a in takers}
            case _:
                pass
        return {a: (first[a], _idle_since(records[a], policy), a) for a in takers}

    def _judge_acw(self, event: Event, before: dict[str, datetime], router: Router, now: datetime) -> None:
        for agent_id, ends_at in before.items():
            finished = isinstance(event, WrapUpFinished) and event.agent_id == agent_id
            record = router.agent(agent_id)
            if record is not None and now < ends_at and not finished:
                demand(record.state is AgentState.ACW, ACW, (record, ends_at))
                demand(record.acw_ends_at == self.books.desks[agent_id].acw_ends_at, ACW, record)

    def _nothing_owed(self, now: datetime, rule: str) -> None:
        left = [
            (caller.contact_id, agent_id)
            for caller in self.books.callers.values()
            for agent_id in self.books.desks
            if self.owes(caller, agent_id, now)
        ]
        demand(not left, rule, left)

    def _judge_rest(self, effects: Sequence[Effect], router: Router, now: datetime) -> None:
        books = self.books
        late = [o for c in books.callers.values() for o in c.offers.values() if o.expires_at <= now]
        demand(not late, OFFERS_END, late)
        for caller in books.callers.values():
            record = self.store.waiting[caller.contact_id]
            open_offers = set(record.offer_ids or filter(None, [record.offer_id]))
            told = (record.queue_id, record.media, record.suspended, record.choosing, open_offers)
            wanted = (caller.queue_id, caller.media, caller.suspended, caller.choosing, set(caller.offers))
            demand(told == wanted, WRITTEN, (record, caller))
            demand(record.place_at == caller.place_at, PLACE, (record, caller))
            moved = any(rule.startswith("moved_by:") for rule in caller.rules)
            demand(record.stands_at is None or moved, PLACE, (record, caller))
            over = caller.leaves_at is not None and caller.leaves_at <= now and not caller.offers
            demand(not over, ENTRY, (caller, "longest wait"))
        self._judge_places(router)
        self._nothing_owed(now, PAIR_LEFT)
        self._judge_gates()
        for desk in books.desks.values():
            self._judge_desk(desk, router)
        reported = [effect.agent for effect in effects if isinstance(effect, StateChanged)]
        right = all(router.agent(record.agent_id) == record for record in reported)
        demand(right and len({record.agent_id for record in reported}) == len(reported), STATE, reported)
        demand(dict(self.store.agents) == {r.agent_id: r for r in router.agents()}, WRITTEN, "agents")

    def _judge_gates(self) -> None:
        for queue_id in self.books.open_queues:
            blending = self.books.policies[queue_id].blending
            record = self.store.queues.get(queue_id)
            if blending is None:
                continue
            free, waiting = self._blend(queue_id)
            open_ = record is not None and record.gate_open
            quiet = free >= blending.open_at_free and waiting <= blending.open_at_waiting
            busy = free < blending.close_below_free or waiting > blending.close_above_waiting
            demand(open_ if quiet and not busy else not (open_ and busy), BLENDING, (record, free, waiting))

    def _judge_places(self, router: Router) -> None:
        books = self.books
        queues: dict[str, list[Caller]] = {}
        for caller in books.callers.values():
            queues.setdefault(caller.queue_id, []).append(caller)
        for queue_id, callers in queues.items():
            callers.sort(key=lambda c: (-books.priority(c), self._stands(c), c.contact_id))
            found = [record.contact_id for record in router.waiting(queue_id)]
            demand(found == [c.contact_id for c in callers], PLACE, (queue_id, found, callers))
            demand(router.position(found[-1]) == len(found), PLACE, found)
            self._judge_move(callers)

    def _judge_move(self, callers: Sequence[Caller]) -> None:
        """Who was just put to the front stands before everyone of the same priority, or after."""
        moved = self._moved
        peers = [c.contact_id for c in callers if moved is not None and c.contact_id == moved.contact_id]
        if moved is None or not peers or moved.to == "place":
            return
        mine = self.books.priority(self.books.callers[moved.contact_id])
        equals = [c.contact_id for c in callers if self.books.priority(c) == mine]
        edge = equals[0] if moved.to == "first" else equals[-1]
        demand(edge == moved.contact_id, PLACE, (moved, equals))

    def _judge_desk(self, desk: Desk, router: Router) -> None:
        record = router.agent(desk.agent_id)
        if record is None:
            demand(False, STATE, desk)
            return
        planned = (record.next_state, record.next_reason) if record.next_state is not None else None
        seen = (record.state, record.reason, planned, record.contact_id, record.misses, record.once)
        wanted = (desk.state, desk.reason, desk.next, desk.contact_id, desk.misses, desk.once)
        demand(seen == wanted, STATE, (record, desk))
        slots = [(item.contact_id, item.offer_id, item.acw_ends_at) for item in record.others]
        known = [(slot.contact_id, slot.offer_id, slot.acw_ends_at) for slot in desk.slots]
        demand(sorted(slots, key=str) == sorted(known, key=str), STATE, (record, desk))


def _idle_since(record: AgentRecord, policy: QueuePolicy) -> datetime:
    """When his idle time began, as this queue counts it."""
    since = record.idle_since
    assert since is not None
    if policy.idle_since is IdleSince.LAST_STATE_CHANGE or policy.breaks_reset_idle:
        since = max(since, record.ready_since or since)
    if policy.misses_reset_idle:
        since = max(since, record.missed_at or since)
    return since
