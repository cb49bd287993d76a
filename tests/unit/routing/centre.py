"""A small centre with a router at its heart: what a test says, in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from routing.router import Router
from routing.types import (
    AgentProfile,
    AgentRecord,
    AgentState,
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
)

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
BILLING = QueuePolicy(queue_id="billing", name="Billing")
RETENTION = QueuePolicy(queue_id="retention", name="Retention")


def needs(skill: str, level: int = 1) -> Requirement:
    return Requirement(skill=skill, level=level)


def profile(
    agent_id: str, *, queues: tuple[str, ...] = ("billing",), skills: Mapping[str, int] | None = None
) -> AgentProfile:
    return AgentProfile(
        agent_id=agent_id, name=agent_id.title(), queues=frozenset(queues), skills=dict(skills or {})
    )


class Centre:
    """Time stands still unless told to `wait`."""

    def __init__(self, *profiles: AgentProfile, queues: tuple[QueuePolicy, ...] = (BILLING,)) -> None:
        self.now = START
        offer_ids = count(1)
        self.router = Router(lambda prefix: f"{prefix}-{next(offer_ids)}")
        self.last: list[Effect] = []
        self.tell(PoliciesChanged(queues=queues, agents=profiles))

    def tell(self, event: Event) -> list[Effect]:
        self.last = self.router.handle(event, self.now)
        return self.last

    def wait(self, seconds: float) -> list[Effect]:
        self.now += timedelta(seconds=seconds)
        return self.tell(DeadlineReached())

    # --- agents ---

    def connect(self, agent_id: str, *media: str) -> list[Effect]:
        return self.tell(
            ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset(media or ("webrtc",)))
        )

    def disconnect(self, agent_id: str, why: str = "page_gone") -> list[Effect]:
        return self.tell(ReachabilityChanged(agent_id=agent_id, reachable=False, why=why))

    def ask(self, agent_id: str, state: AgentState, reason: str | None = None) -> list[Effect]:
        return self.tell(StateRequested(agent_id=agent_id, state=state, reason=reason))

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
            )
        )

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

    def finish(self, contact_id: str, agent_id: str, *, wrap_up: bool = True) -> list[Effect]:
        return self.tell(HandlingEnded(contact_id=contact_id, agent_id=agent_id, wrap_up=wrap_up))
