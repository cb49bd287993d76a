"""Routers that are wrong on purpose, so that we know the oracle would notice.

Each is the real router told something else than what happened, or made to say something else than it did; so
none of them depends on how the core is built. `breaks` holds the rules of which the oracle may name the first
that is broken: which it is depends on the life in which the lie comes to light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from routing.router import Router
from routing.types import (
    VOICE,
    Across,
    AgentState,
    CallbackChosen,
    Changes,
    ContactLeft,
    ContactMoved,
    ContactQueued,
    ContactSuspended,
    DeadlineReached,
    Effect,
    Event,
    HandlingEnded,
    OfferMade,
    OfferRefused,
    PoliciesChanged,
    QueuePolicy,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    Strategy,
    WaitingRecord,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.property.routing import rules

ZERO = timedelta(0)


class Liar(Router):
    """Override one of these."""

    breaks: ClassVar[frozenset[str]] = frozenset()
    """Of which the oracle may name the first."""

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        """A centre in which the lie matters often."""
        return event

    def hear(self, event: Event) -> Event | None:
        """What the router is told instead; None: nothing but the time."""
        return event

    def also(self, event: Event) -> Iterable[Event]:
        """What it is told afterwards besides."""
        return ()

    def say(self, effects: list[Effect]) -> list[Effect]:
        return effects

    def handle(self, event: Event, now: datetime) -> list[Effect]:
        effects = super().handle(self.hear(event) or DeadlineReached(), now)
        for more in self.also(event):
            effects = _joined(effects, super().handle(more, now))
        return self.say(effects)


def _joined(first: list[Effect], then: list[Effect]) -> list[Effect]:
    """Both, each agent's last record once."""
    agents = {effect.agent.agent_id for effect in then if hasattr(effect, "agent")}
    kept = [e for e in first if not hasattr(e, "agent") or e.agent.agent_id not in agents]
    return [*kept, *then]


def _each(event: PoliciesChanged, change: Callable[[QueuePolicy], QueuePolicy]) -> PoliciesChanged:
    return replace(event, queues=tuple(change(policy) for policy in event.queues))


def _busy(event: PoliciesChanged) -> PoliciesChanged:
    """Few agents, so that callers wait."""
    return replace(event, agents=event.agents[:2])


def _queues(event: Event, change: Callable[[QueuePolicy], QueuePolicy]) -> Event:
    return _each(event, change) if isinstance(event, PoliciesChanged) else event


# --- whom it may be offered to -----------------------------------------------------------------------


class LevelsAreNotLookedAt(Liar):
    breaks = frozenset({rules.QUALIFIED, rules.TRUTH})

    def hear(self, event: Event) -> Event:
        def low(needs: Any) -> Any:
            return tuple(replace(one, level=1) for one in needs)

        if isinstance(event, ContactQueued):
            return replace(event, requirements=low(event.requirements))
        return _queues(event, lambda policy: replace(policy, requirements=low(policy.requirements)))


class ExcludedAgentIsAsked(Liar):
    breaks = frozenset({rules.QUALIFIED})

    def hear(self, event: Event) -> Event:
        return replace(event, excluded_agents=frozenset()) if isinstance(event, ContactQueued) else event


class AnybodyTakesADirectCall(Liar):
    breaks = frozenset({rules.QUALIFIED})

    def hear(self, event: Event) -> Event:
        return replace(event, only_agents=frozenset()) if isinstance(event, ContactQueued) else event


class DeadPhoneRings(Liar):
    breaks = frozenset({rules.REACHABLE, rules.OFFERS_END})

    def hear(self, event: Event) -> Event:
        media = frozenset({"webrtc", "simulated"})
        return (
            replace(event, reachable=True, media=media) if isinstance(event, ReachabilityChanged) else event
        )


class WhoDeclinedIsAskedAgainAtOnce(Liar):
    breaks = frozenset({rules.COOLOFF})

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, decline_cooloff=ZERO))


class LostCallerIsOffered(Liar):
    breaks = frozenset({rules.LOST, rules.WRITTEN})

    def hear(self, event: Event) -> Event | None:
        return None if isinstance(event, ContactSuspended) else event


class TwoRingAtOneDesk(Liar):
    """Calls are handed out like chats, of which one can have two."""

    breaks = frozenset({rules.SLOT, rules.STATE, rules.FREE})

    def hear(self, event: Event) -> Event:
        if isinstance(event, ContactQueued):
            return replace(event, channel="chat")
        if isinstance(event, PoliciesChanged):
            both = {VOICE: 1, "chat": 2}
            agents = (replace(one, capacity=both, voice_blocks=False) for one in event.agents)
            return replace(event, agents=tuple(agents))
        return event


class OneChatTooMany(Liar):
    breaks = frozenset({rules.SLOT})

    def hear(self, event: Event) -> Event:
        if not isinstance(event, PoliciesChanged):
            return event
        more = (
            replace(one, capacity={c: n + (c != VOICE) for c, n in one.capacity.items()})
            for one in event.agents
        )
        return replace(event, agents=tuple(more))


class OneRingsTooMany(Liar):
    breaks = frozenset({rules.WIDTH})

    def hear(self, event: Event) -> Event:
        def wider(policy: QueuePolicy) -> QueuePolicy:
            return replace(policy, ring_width=policy.ring_width and policy.ring_width + 1)

        return _queues(event, wider)


class RingingSpreadsTooFast(Liar):
    breaks = frozenset({rules.WIDTH})

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        return _each(
            event, lambda policy: replace(policy, strategy=Strategy.RING_PROGRESSIVELY, ring_width=0)
        )

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, ring_step=policy.ring_step / 2))


class NobodyWaitsLongForThePreferredAgent(Liar):
    breaks = frozenset({rules.PREFERRED})

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, preferred_for=policy.preferred_for / 4))


# --- order -------------------------------------------------------------------------------------------


class PriorityIsNotLookedAt(Liar):
    breaks = frozenset({rules.ORDER, rules.PLACE, rules.TRUTH})

    def hear(self, event: Event) -> Event:
        return replace(event, priority=0) if isinstance(event, ContactQueued) else event


class TierIsNotLookedAt(Liar):
    breaks = frozenset({rules.ORDER, rules.PLACE, rules.TRUTH})

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, tier_priority={}))


class WeightIsNotLookedAt(Liar):
    breaks = frozenset({rules.ORDER})

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        return replace(_busy(event), across=Across.WEIGHT_THEN_LONGEST)

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, weight=0))


class CallbackLosesThePlace(Liar):
    breaks = frozenset({rules.PLACE})

    def also(self, event: Event) -> Iterable[Event]:
        if isinstance(event, CallbackChosen):
            yield ContactMoved(contact_id=event.contact_id, by="nobody", to="last")


class DecliningCostsThePlace(Liar):
    breaks = frozenset({rules.PLACE, rules.OFFERS_END})

    def also(self, event: Event) -> Iterable[Event]:
        if isinstance(event, OfferRefused):
            for queue in self.policies().queues:
                for record in self.waiting(queue.queue_id)[:1]:
                    yield ContactMoved(contact_id=record.contact_id, by="nobody", to="last")


class RuleIsNotNamed(Liar):
    breaks = frozenset({rules.NAMED})

    def say(self, effects: list[Effect]) -> list[Effect]:
        return [
            replace(effect, decision=replace(effect.decision, rules=()))
            if isinstance(effect, OfferMade)
            else effect
            for effect in effects
        ]


class SkillDoesNotRank(Liar):
    breaks = frozenset({rules.BEST})

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        return _each(event, lambda policy: replace(policy, strategy=Strategy.BEST_SKILL_THEN_LONGEST_IDLE))

    def hear(self, event: Event) -> Event:
        def flat(policy: QueuePolicy) -> QueuePolicy:
            best = policy.strategy is Strategy.BEST_SKILL_THEN_LONGEST_IDLE
            return replace(policy, strategy=Strategy.LONGEST_IDLE) if best else policy

        return _queues(event, flat)


# --- nobody is forgotten -----------------------------------------------------------------------------


class ContactIsLostWhenItIsDeclined(Liar):
    breaks = frozenset({rules.ONCE})

    def handle(self, event: Event, now: datetime) -> list[Effect]:
        offer = self.offer(event.offer_id) if isinstance(event, OfferRefused) else None
        effects = super().handle(event, now)
        if offer is not None and self.contact(offer.contact_id) is not None:
            effects = _joined(
                effects, Router.handle(self, ContactLeft(contact_id=offer.contact_id, why="lost"), now)
            )
        return effects


class FirstInLineBlocks(Liar):
    """Whoever is free is not looked at again before the next event."""

    breaks = frozenset({rules.PAIR_LEFT, rules.STATE, rules.TIMER})

    def hear(self, event: Event) -> Event | None:
        freed = isinstance(event, StateRequested) and event.state is AgentState.AVAILABLE
        return None if freed else event


class TimerSleepsThroughTheEndOfCoolingOff(Liar):
    breaks = frozenset({rules.TIMER})

    def next_deadline(self) -> datetime | None:
        due = super().next_deadline()
        queues = (policy.queue_id for policy in self.policies().queues)
        waiting = (record for queue_id in queues for record in self.waiting(queue_id))
        ends = {until for record in waiting for until in record.cooloff.values()}
        return due + timedelta(minutes=1) if due is not None and due in ends else due


class TimerLooksBack(Liar):
    breaks = frozenset({rules.TIMER})

    def next_deadline(self) -> datetime | None:
        due = super().next_deadline()
        return due - timedelta(minutes=5) if due is not None else None


class ShutQueueTakesCallers(Liar):
    breaks = frozenset({rules.ENTRY})

    def hear(self, event: Event) -> Event | None:
        return None if isinstance(event, QueueShut) else event


class FullQueueTakesCallers(Liar):
    breaks = frozenset({rules.ENTRY})

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, max_length=0))


class StepsOpenTooEarly(Liar):
    breaks = frozenset({rules.STEPS})

    def hear(self, event: Event) -> Event:
        def hasty(policy: QueuePolicy) -> QueuePolicy:
            return replace(policy, steps=tuple(replace(step, after=step.after / 2) for step in policy.steps))

        return _queues(event, hasty)


class CallbacksAreMadeAtNight(Liar):
    breaks = frozenset({rules.HOURS})

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        return _each(
            event, lambda policy: replace(policy, callbacks=replace(policy.callbacks, calendar="late"))
        )

    def hear(self, event: Event) -> Event:
        return _queues(
            event, lambda policy: replace(policy, callbacks=replace(policy.callbacks, calendar=None))
        )


class AbandonedPlaceIsForgotten(Liar):
    breaks = frozenset({rules.RESUMED})

    @staticmethod
    def setting(event: PoliciesChanged) -> PoliciesChanged:
        return _each(_busy(event), lambda policy: replace(policy, return_window=timedelta(minutes=5)))

    def hear(self, event: Event) -> Event:
        return replace(event, caller=None) if isinstance(event, ContactQueued) else event


# --- wrap-up and states ------------------------------------------------------------------------------


class AskingForAStateEndsAcw(Liar):
    breaks = frozenset({rules.ACW, rules.FREE})

    def also(self, event: Event) -> Iterable[Event]:
        if isinstance(event, StateRequested):
            agent = self.agent(event.agent_id)
            if agent is not None and agent.state is AgentState.ACW:
                yield WrapUpFinished(agent_id=event.agent_id)


class AcwIsHalved(Liar):
    breaks = frozenset({rules.ACW, rules.STATE})

    def hear(self, event: Event) -> Event:
        return _queues(event, lambda policy: replace(policy, acw=policy.acw / 2))


class ExtensionIsNotGranted(Liar):
    breaks = frozenset({rules.ACW})

    def hear(self, event: Event) -> Event | None:
        return None if isinstance(event, WrapUpExtended) else event


class OneOnDemandBecomesMany(Liar):
    breaks = frozenset({rules.STATE})

    def hear(self, event: Event) -> Event:
        return replace(event, once=False) if isinstance(event, StateRequested) else event


# --- restart -----------------------------------------------------------------------------------------


class RestartForgetsWhoCoolsOff(Liar):
    breaks = frozenset({"a rebuilt core equals the live one"})

    def restore(
        self, policies: PoliciesChanged, agents: Any, waiting: Iterable[WaitingRecord], *a: Any, **k: Any
    ) -> None:
        super().restore(policies, agents, [replace(one, cooloff={}) for one in waiting], *a, **k)


class SuspensionIsNotWritten(Liar):
    breaks = frozenset({"a rebuilt core equals the live one", rules.WRITTEN})

    def changes(self) -> Changes:
        changes = super().changes()
        return replace(changes, waiting=tuple(replace(one, suspended=False) for one in changes.waiting))


class HandledContactIsHandedOutAgain(Liar):
    """When the agent hangs up the caller is put in line once more."""

    breaks = frozenset({rules.ONCE, "one accepted per contact"})

    def also(self, event: Event) -> Iterable[Event]:
        if isinstance(event, HandlingEnded):
            for queue in self.policies().queues[:1]:
                yield ContactQueued(
                    contact_id=event.contact_id,
                    queue_id=queue.queue_id,
                    media="webrtc",
                    place_at=datetime.fromisoformat("2026-11-19T10:00:00+00:00"),
                )


LIARS: tuple[type[Liar], ...] = tuple(Liar.__subclasses__())
