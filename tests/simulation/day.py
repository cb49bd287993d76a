"""A day of a small centre on a virtual clock: the real router, the simulated exchange, a seeded population.

The control in the middle is as thin as can be: callers are answered and queued at once, accepted offers are
bridged. After each step the invariants of the whole are checked; a violation prints the seed and the last
twenty facts.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from app.clock import VirtualClock
from routing.router import Router
from routing.types import (
    AgentProfile,
    AgentState,
    ContactLeft,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    DeadlineReached,
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
    StateChanged,
    StateRequested,
    WrapUpFinished,
)
from routing.types import Event as RoutingEvent
from telephony import port
from telephony.simulated.callers import Errand
from telephony.simulated.crew import Habits
from telephony.simulated.draws import LogNormal, Patience, steady
from telephony.simulated.exchange import SimulatedExchange
from telephony.simulated.population import Population, Traffic

AGENT_LEG = "simulated-agent-"
START = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
QUEUES = (
    QueuePolicy(queue_id="billing", name="Billing"),
    QueuePolicy(
        queue_id="welsh", name="Welsh", requirements=(Requirement(skill="Welsh", level=5),), weight=1
    ),
)
ERRANDS = (
    Errand(name="billing", dnis="billing", weight=4.0),
    Errand(
        name="welsh",
        dnis="welsh",
        talk=LogNormal(mean_s=300.0),
        patience=Patience(mean_s=400.0),
    ),
)


@dataclass(slots=True)
class Tally:
    """What came of it."""

    arrived: int = 0
    answered: int = 0
    abandoned: int = 0
    waits_s: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    talked_s: list[float] = field(default_factory=list)


class Day:
    def __init__(
        self,
        seed: str,
        *,
        agents: int = 12,
        calls_per_minute: float = 2.0,
        habits: Habits | None = None,
        restarts_every_s: float | None = None,
    ) -> None:
        self.seed = seed
        self.clock = VirtualClock(START)
        self.exchange = SimulatedExchange(self.clock, Random(seed), quality_every_s=None)
        self.trace: list[tuple[datetime, str, str]] = []
        self.tally = Tally()
        self._last: deque[object] = deque(maxlen=20)
        offer_ids, self._bridge_ids = count(1), count(1)
        self._new_id: Callable[[str], str] = lambda prefix: f"{prefix}-{next(offer_ids)}"
        self.router = Router(self._new_id)
        self.agent_ids = tuple(f"agent-{number:02}" for number in range(agents))
        profiles = tuple(
            AgentProfile(
                agent_id=agent_id,
                name=agent_id,
                queues=frozenset({"billing", "welsh"}),
                skills={"Welsh": 8} if number % 3 == 0 else {},
            )
            for number, agent_id in enumerate(self.agent_ids)
        )
        self.population = Population(
            self.exchange,
            self,
            Traffic(
                errands=ERRANDS,
                rate=steady(calls_per_minute),
                most_per_minute=calls_per_minute,
                numbers=("+442071234567",),
                loses_media=0.05,
            ),
            seed=seed,
            habits=habits,
        )
        self.entered: dict[str, datetime] = {}
        """Caller -> arrival."""
        self._inbox: deque[port.Event | RoutingEvent] = deque()
        self._timer_at: datetime | None = None
        self.exchange.journal.deliver_to(lambda sequence, at, event: self._put(event), after=0)
        self._put(PoliciesChanged(queues=QUEUES, agents=profiles))
        self._drain()
        self.population.start(self.agent_ids)
        if restarts_every_s is not None:
            self._restart_later(restarts_every_s)

    def run(self, hours: float, *, then_empty: bool = True) -> Tally:
        """Let callers come for so long, then serve whoever is left."""
        end = START + timedelta(hours=hours)
        self.clock.advance_to(end)
        if then_empty:
            self.population.stop()
            self.clock.advance_to(end + timedelta(hours=2))
        self.exchange.journal.acknowledge(self.exchange.journal.last_sequence)
        return self.tally

    # --- what agents do (AgentActions) ------------------------------------------------------------

    def set_state(self, agent_id: str, state: str, reason: str | None) -> None:
        self._put(StateRequested(agent_id=agent_id, state=AgentState(state), reason=reason))

    def accept(self, agent_id: str, offer_id: str) -> None:
        self._put(OfferAnswered(offer_id=offer_id, agent_id=agent_id))

    def decline(self, agent_id: str, offer_id: str) -> None:
        self._put(OfferRefused(offer_id=offer_id, agent_id=agent_id, reason="busy"))

    def hold(self, agent_id: str, contact_id: str, *, on: bool) -> None:
        record = self.router.agent(agent_id)
        if record is not None and record.state is AgentState.ON_CONTACT and record.contact_id == contact_id:
            if on:
                self.exchange.apply(port.Hold(leg_id=contact_id))
            else:
                self._bridge(contact_id, agent_id)

    def hang_up(self, agent_id: str, contact_id: str) -> None:
        self.exchange.apply(port.Hangup(leg_id=contact_id))

    def finish_wrap_up(self, agent_id: str, contact_id: str) -> None:
        self._put(WrapUpFinished(agent_id=agent_id))

    # --- control ----------------------------------------------------------------------------------

    def _put(self, event: port.Event | RoutingEvent) -> None:
        """Taken later at the same instant, as an engine takes its inbox: never inside an event."""
        self._inbox.append(event)
        self.clock.call_at(self.clock.now(), self._drain)

    def _drain(self) -> None:
        while self._inbox:
            event = self._inbox.popleft()
            self._last.append((self.clock.now(), event))
            try:
                self._take(event)
                self.check()
            except Exception as error:
                error.add_note(f"seed {self.seed!r}; the last twenty:")
                for entry in self._last:
                    error.add_note(f"  {entry}")
                raise
        self._arm()

    def _arm(self) -> None:
        due = self.router.next_deadline()
        if due is not None and due != self._timer_at:
            self._timer_at = due
            self.clock.call_at(due, self._timer_fires)

    def _timer_fires(self) -> None:
        self._timer_at = None
        self._inbox.append(DeadlineReached())
        self._drain()

    def _take(self, event: port.Event | RoutingEvent) -> None:
        match event:
            case port.CallArrived():
                self.tally.arrived += 1
                self.entered[event.leg_id] = self.clock.now()
                self.exchange.apply(port.Answer(leg_id=event.leg_id))
                self.exchange.apply(port.Hold(leg_id=event.leg_id))
                self._tell(
                    ContactQueued(
                        contact_id=event.leg_id,
                        queue_id=event.dnis,
                        media="simulated",
                        place_at=self.clock.now(),
                    )
                )
            case port.LegConnected():
                if event.leg_id.startswith(AGENT_LEG):
                    self._reachable(event.leg_id.removeprefix(AGENT_LEG))
            case port.LegLost():
                if self.router.contact(event.leg_id) is not None:
                    self._tell(ContactSuspended(contact_id=event.leg_id))
            case port.LegRestored():
                self._restored(event.leg_id)
            case port.LegEnded():
                self._ended(event.leg_id)
            case (
                PoliciesChanged()
                | StateRequested()
                | OfferAnswered()
                | OfferRefused()
                | WrapUpFinished()
                | DeadlineReached()
            ):
                self._tell(event)
            case _:
                pass

    def _reachable(self, agent_id: str) -> None:
        self._tell(ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset({"simulated"})))

    def _restored(self, leg_id: str) -> None:
        agent_id = self._handled_by(leg_id)
        if agent_id is not None:
            self._bridge(leg_id, agent_id)
        else:
            self._tell(ContactResumed(contact_id=leg_id))

    def _handled_by(self, contact_id: str) -> str | None:
        busy = (record for record in self.router.agents() if record.state is AgentState.ON_CONTACT)
        return next((record.agent_id for record in busy if record.contact_id == contact_id), None)

    def _ended(self, leg_id: str) -> None:
        handled_by = self._handled_by(leg_id)
        if handled_by is not None:
            self._tell(HandlingEnded(contact_id=leg_id, agent_id=handled_by))
        elif self.router.contact(leg_id) is not None:
            self.tally.abandoned += 1
            self._note("abandoned", leg_id)
            self._tell(ContactLeft(contact_id=leg_id, why="hung_up"))

    def _tell(self, event: RoutingEvent) -> None:
        now = self.clock.now()
        crew = self.population.crew
        for effect in self.router.handle(event, now):
            match effect:
                case OfferMade():
                    self._note("offered", f"{effect.contact_id} to {effect.agent_id}")
                    crew.offered(effect.agent_id, effect.offer_id, effect.contact_id)
                case OfferEnded():
                    self.tally.outcomes[effect.outcome] += 1
                    if effect.outcome is OfferOutcome.ACCEPTED:
                        self._accepted(effect)
                    else:
                        crew.offer_ended(effect.agent_id, effect.offer_id)
                case StateChanged():
                    self._state_changed(effect)
                case _:
                    pass

    def _accepted(self, effect: OfferEnded) -> None:
        self.tally.answered += 1
        waited = self.clock.now() - self.entered[effect.contact_id]
        self.tally.waits_s.append(waited.total_seconds())
        self._note("answered", f"{effect.contact_id} by {effect.agent_id}")
        self._bridge(effect.contact_id, effect.agent_id)

    def _bridge(self, contact_id: str, agent_id: str) -> None:
        bridge_id = f"bridge-{next(self._bridge_ids)}"
        agent_leg = AGENT_LEG + agent_id
        self.exchange.apply(port.Bridge(bridge_id=bridge_id, leg_a=contact_id, leg_b=agent_leg))

    def _state_changed(self, effect: StateChanged) -> None:
        agent, crew = effect.agent, self.population.crew
        self._note(agent.state, agent.agent_id)
        if agent.state is AgentState.ACW and agent.contact_id is not None and agent.since == self.clock.now():
            crew.wrap_up_began(agent.agent_id, agent.contact_id)
        elif agent.state in (AgentState.AVAILABLE, AgentState.NOT_READY):
            crew.talk_over(agent.agent_id)
            if agent.reason == "missed" and agent.since == self.clock.now():
                crew.made_not_ready(agent.agent_id)

    def _note(self, what: str, whom: str) -> None:
        self.trace.append((self.clock.now(), what, whom))

    # --- restarts ---------------------------------------------------------------------------------

    def _restart_later(self, seconds: float) -> None:
        def restart() -> None:
            old = self.router.snapshot()
            self.router = Router(self._new_id)
            self.router.restore(old.policies, old.agents, old.waiting, old.offers)
            self._restart_later(seconds)

        self.clock.call_at(self.clock.now() + timedelta(seconds=seconds), restart)

    # --- invariants -------------------------------------------------------------------------------

    def check(self) -> None:
        """Nobody is nowhere: each caller waits, talks, or is just ending; each state fits its legs."""
        records = self.router.agents()
        talking = {record.contact_id: record for record in records if record.state is AgentState.ON_CONTACT}
        for leg in self.exchange.legs.values():
            if leg.kind is port.LegKind.AGENT or not leg.answered:
                continue
            waits = self.router.contact(leg.leg_id) is not None
            assert waits != (leg.leg_id in talking), f"{leg.leg_id} waits: {waits}, and talks: {not waits}"
            if leg.bridge is not None:
                peer = leg.peer
                assert peer is not None
                agent_id = talking[leg.leg_id].agent_id
                assert peer.leg_id == AGENT_LEG + agent_id, "he talks with whom he was given to"
