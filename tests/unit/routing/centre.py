"""A small centre with a router at its heart: what a test says, in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from calendars import Calendar
from routing.router import Router
from routing.types import (
    VOICE,
    Across,
    AgentProfile,
    AgentRecord,
    AgentState,
    CallbackAnswered,
    CallbackChosen,
    CallbackDue,
    CallbackFailed,
    ContactDiverted,
    ContactLeft,
    ContactQueued,
    DeadlineReached,
    Effect,
    Event,
    HandlingEnded,
    OfferAnswered,
    OfferEnded,
    OfferMade,
    OfferOutcome,
    OfferRefused,
    PoliciesChanged,
    QueuePolicy,
    ReachabilityChanged,
    Requirement,
    StateRequested,
    StepOpened,
    WaitingRecord,
)

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
BILLING = QueuePolicy(queue_id="billing", name="Billing")
RETENTION = QueuePolicy(queue_id="retention", name="Retention")


def needs(skill: str, level: int = 1) -> Requirement:
    return Requirement(skill=skill, level=level)


def profile(
    agent_id: str,
    *,
    queues: tuple[str, ...] = ("billing",),
    skills: Mapping[str, int] | None = None,
    capacity: Mapping[str, int] | None = None,
    voice_blocks: bool = True,
) -> AgentProfile:
    return AgentProfile(
        agent_id=agent_id,
        name=agent_id.title(),
        queues=frozenset(queues),
        skills=dict(skills or {}),
        capacity=dict(capacity or {VOICE: 1}),
        voice_blocks=voice_blocks,
    )


class Centre:
    """Time stands still unless told to `wait`."""

    def __init__(
        self,
        *profiles: AgentProfile,
        queues: tuple[QueuePolicy, ...] = (BILLING,),
        across: Across = Across.WEIGHT_THEN_LONGEST,
        calendars: Mapping[str, Calendar] | None = None,
        seed: int = 0,
    ) -> None:
        self.now = START
        self._offer_ids = count(1)
        self.router = self.new_router(seed)
        self.last: list[Effect] = []
        self.tell(
            PoliciesChanged(queues=queues, agents=profiles, across=across, calendars=dict(calendars or {}))
        )

    def new_router(self, seed: int = 0) -> Router:
        return Router(lambda prefix: f"{prefix}-{next(self._offer_ids)}", seed=seed)

    def restart(self, seed: int = 0) -> None:
        """Another router takes over from the records of this one."""
        old = self.router.snapshot()
        self.router = self.new_router(seed)
        self.router.restore(
            old.policies, old.agents, old.waiting, old.offers, old.queues, old.abandoned, taken=old.taken
        )
        assert self.router.snapshot() == old

    def tell(self, event: Event) -> list[Effect]:
        self.last = self.router.handle(event, self.now)
        return self.last

    def wait(self, seconds: float) -> list[Effect]:
        self.now += timedelta(seconds=seconds)
        return self.tell(DeadlineReached())

    def tell_profile(self, agent_id: str, **changes: object) -> list[Effect]:
        """One agent's profile is another now."""
        policies = self.router.policies()
        agents = tuple(
            replace(one, **changes) if one.agent_id == agent_id else one  # type: ignore[arg-type]
            for one in policies.agents
        )
        return self.tell(replace(policies, agents=agents))

    # --- agents ---

    def connect(self, agent_id: str, *media: str) -> list[Effect]:
        return self.tell(
            ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset(media or ("webrtc",)))
        )

    def disconnect(self, agent_id: str, why: str = "page_gone") -> list[Effect]:
        return self.tell(ReachabilityChanged(agent_id=agent_id, reachable=False, why=why))

    def ask(
        self,
        agent_id: str,
        state: AgentState,
        reason: str | None = None,
        *,
        once: bool = False,
        forced_by: str | None = None,
    ) -> list[Effect]:
        return self.tell(
            StateRequested(agent_id=agent_id, state=state, reason=reason, once=once, forced_by=forced_by)
        )

    def ready(self, *agent_ids: str) -> None:
        """Connected and available, a second apart."""
        for agent_id in agent_ids:
            self.connect(agent_id)
            self.ask(agent_id, AgentState.AVAILABLE)
            self.wait(1)

    def agent(self, agent_id: str) -> AgentRecord:
        record = self.router.agent(agent_id)
        assert record is not None
        return record

    def state(self, agent_id: str) -> AgentState:
        return self.agent(agent_id).state

    # --- contacts ---

    def queue(
        self,
        contact_id: str,
        queue_id: str = "billing",
        *,
        requirements: tuple[Requirement, ...] = (),
        priority: int = 0,
        media: str = "webrtc",
        waited_s: float = 0,
        excluded: tuple[str, ...] = (),
        channel: str = VOICE,
        attributes: Mapping[str, str] | None = None,
        caller: str | None = None,
        preferred: str | None = None,
        only: tuple[str, ...] = (),
        returned: bool = False,
    ) -> list[Effect]:
        return self.tell(
            ContactQueued(
                contact_id=contact_id,
                queue_id=queue_id,
                media=media,
                priority=priority,
                place_at=self.now - timedelta(seconds=waited_s),
                requirements=requirements,
                excluded_agents=frozenset(excluded),
                channel=channel,
                attributes=dict(attributes or {}),
                caller=caller,
                preferred_agent=preferred,
                only_agents=frozenset(only),
                returned=returned,
            )
        )

    def leave(self, contact_id: str, why: str = "abandoned") -> list[Effect]:
        return self.tell(ContactLeft(contact_id=contact_id, why=why))

    def waiting(self, contact_id: str) -> WaitingRecord:
        record = self.router.contact(contact_id)
        assert record is not None
        return record

    def line(self, queue_id: str = "billing") -> list[str]:
        """Contacts of a queue in service order."""
        return [record.contact_id for record in self.router.waiting_in(queue_id)]

    def diverted(self) -> list[ContactDiverted]:
        """By the last event."""
        return [effect for effect in self.last if isinstance(effect, ContactDiverted)]

    def opened(self) -> list[str]:
        """Steps that the last event opened."""
        return [effect.step_id for effect in self.last if isinstance(effect, StepOpened)]

    def offer(self, contact_id: str) -> OfferMade:
        """The offer of this contact among the effects of the last event."""
        (made,) = (e for e in self.last if isinstance(e, OfferMade) and e.contact_id == contact_id)
        return made

    def offered(self) -> dict[str, str]:
        """Contact -> agent, of the offers made by the last event."""
        return {e.contact_id: e.agent_id for e in self.last if isinstance(e, OfferMade)}

    def ended(self) -> dict[str, OfferOutcome]:
        """Contact -> how its offer ended with the last event."""
        return {e.contact_id: e.outcome for e in self.last if isinstance(e, OfferEnded)}

    def rules(self, contact_id: str) -> tuple[str, ...]:
        """Of the decision that the last event made for this contact."""
        return self.offer(contact_id).decision.rules

    def open_offer(self, contact_id: str) -> str:
        record = self.router.contact(contact_id)
        assert record is not None
        assert record.offer_id is not None
        return record.offer_id

    def accept(self, contact_id: str) -> list[Effect]:
        offer = self.router.offer(self.open_offer(contact_id))
        assert offer is not None
        return self.tell(OfferAnswered(offer_id=offer.offer_id, agent_id=offer.agent_id))

    def decline(self, contact_id: str) -> list[Effect]:
        offer = self.router.offer(self.open_offer(contact_id))
        assert offer is not None
        return self.tell(OfferRefused(offer_id=offer.offer_id, agent_id=offer.agent_id, reason="busy"))

    def accept_by(self, contact_id: str, agent_id: str) -> list[Effect]:
        """Of several who are rung, this one accepts."""
        offers = (self.router.offer(offer_id) for offer_id in self.waiting(contact_id).offer_ids)
        (offer,) = (offer for offer in offers if offer is not None and offer.agent_id == agent_id)
        return self.tell(OfferAnswered(offer_id=offer.offer_id, agent_id=agent_id))

    def rung(self, contact_id: str) -> list[str]:
        """Whom a contact rings, the first offer first."""
        offers = (self.router.offer(offer_id) for offer_id in self.waiting(contact_id).offer_ids)
        return [offer.agent_id for offer in offers if offer is not None]

    # --- callbacks ---

    def choose_callback(self, contact_id: str) -> list[Effect]:
        return self.tell(CallbackChosen(contact_id=contact_id, number="+441632960001"))

    def reach(self, contact_id: str, media: str = "webrtc") -> list[Effect]:
        return self.tell(CallbackAnswered(contact_id=contact_id, media=media))

    def miss(self, contact_id: str) -> list[Effect]:
        return self.tell(CallbackFailed(contact_id=contact_id, why="no_answer"))

    def dialled(self) -> list[str]:
        """Customers the last event has dialled."""
        return [effect.contact_id for effect in self.last if isinstance(effect, CallbackDue)]

    def finish(self, contact_id: str, agent_id: str, *, wrap_up: bool = True) -> list[Effect]:
        return self.tell(HandlingEnded(contact_id=contact_id, agent_id=agent_id, wrap_up=wrap_up))
