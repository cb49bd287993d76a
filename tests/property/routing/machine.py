"""Random lives of a small centre, each step judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from routing.errors import RoutingError
from routing.router import Router
from routing.types import (
    AgentProfile,
    AgentRecord,
    AgentState,
    ContactLeft,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    DeadlineReached,
    Event,
    HandlingEnded,
    OfferAnswered,
    OfferMade,
    OfferRecord,
    OfferRefused,
    PoliciesChanged,
    QueuePolicy,
    ReachabilityChanged,
    Requirement,
    StateRequested,
    Strategy,
    WaitingRecord,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.property.routing.judge import Judge, demand

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
QUEUES = ("billing", "retention", "welsh")
AGENTS = ("amina", "dev", "kofi", "sian")
MEDIA = ("webrtc", "simulated")

seconds = st.sampled_from([0, 0, 1, 1, 2, 2, 3, 5, 5, 15, 20, 60]).map(lambda s: timedelta(seconds=s))
requirements = st.sampled_from(
    [
        (),
        (Requirement(skill="Billing", level=3),),
        (Requirement(skill="Welsh", level=4),),
        (Requirement(skill="Billing", level=6), Requirement(skill="Welsh")),
    ]
)
excluded_agents = st.sampled_from(
    [frozenset[str](), frozenset[str](), frozenset({"amina"}), frozenset({"dev"})]
)
skills = st.fixed_dictionaries(
    {"Billing": st.sampled_from([5, 8])}, optional={"Welsh": st.sampled_from([2, 5, 8])}
)
agents = st.sampled_from(AGENTS)


@st.composite
def configurations(draw: st.DrawFn, everyone: bool = False) -> PoliciesChanged:
    """Queues and profiles. With `everyone` no queue is missing."""
    queues = [q for q in QUEUES if everyone or draw(st.integers(0, 5))]
    staff = [a for a in AGENTS if everyone or draw(st.integers(0, 5))]
    return PoliciesChanged(
        queues=tuple(
            QueuePolicy(
                queue_id=queue_id,
                name=queue_id.title(),
                requirements=draw(requirements),
                strategy=draw(st.sampled_from(Strategy)),
                weight=draw(st.integers(0, 1)),
                ring_timeout=timedelta(seconds=draw(st.sampled_from([10, 20]))),
                acw=timedelta(seconds=draw(st.sampled_from([60, 15, 0]))),
                acw_extend_limit=timedelta(seconds=draw(st.sampled_from([50, 0]))),
                decline_cooloff=timedelta(seconds=draw(st.sampled_from([15, 45, 0]))),
                misses_to_not_ready=draw(st.sampled_from([2, 1, 0])),
            )
            for queue_id in queues
        ),
        agents=tuple(
            AgentProfile(
                agent_id=agent_id,
                name=agent_id.title(),
                queues=draw(st.frozensets(st.sampled_from(QUEUES), min_size=2)),
                skills=draw(skills),
            )
            for agent_id in staff
        ),
    )


class Store:
    """What the shell would have written."""

    def __init__(self) -> None:
        self.agents: dict[str, AgentRecord] = {}
        self.waiting: dict[str, WaitingRecord] = {}
        self.offers: dict[str, OfferRecord] = {}
        self.ended: dict[str, int] = {}

    def write(self, router: Router) -> None:
        changes = router.changes()
        self.agents.update((record.agent_id, record) for record in changes.agents)
        self.waiting.update((record.contact_id, record) for record in changes.waiting)
        for contact_id in changes.gone:
            self.waiting.pop(contact_id, None)
            self.ended[contact_id] = self.ended.get(contact_id, 0) + 1
        for offer in changes.offers:
            before = self.offers.get(offer.offer_id)
            ended = before is not None and before.outcome is not None
            demand(not ended, "an offer ends once", offer)
            self.offers[offer.offer_id] = offer


class RouterMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.offer_ids = count(1)
        self.contact_ids = count(1)
        self.router = self.new_router()
        self.judge = Judge()
        self.store = Store()
        self.open_queues: list[str] = []
        self.lives: dict[str, int] = {}
        """Contact -> how many times it queued."""
        self.answers: list[OfferAnswered | OfferRefused] = []
        """Every answer an agent gave, for those that come twice or late."""

    def new_router(self) -> Router:
        return Router(lambda prefix: f"{prefix}-{next(self.offer_ids)}")

    def tell(self, event: Event, after: timedelta = timedelta(0)) -> None:
        self.now += after
        if isinstance(event, StateRequested) and event.agent_id not in self.judge.profiles:
            self.refused(event)
            return
        effects = self.router.handle(event, self.now)
        self.judge.see(event, effects, self.router, self.now)
        self.store.write(self.router)
        for contact_id, lives in self.lives.items():
            ends = self.store.ended.get(contact_id, 0)
            expected = lives - (contact_id in self.judge.callers)
            demand(ends == expected, "a contact ends once", (contact_id, ends, expected))

    def refused(self, event: Event) -> None:
        before = self.router.snapshot()
        try:
            self.router.handle(event, self.now)
        except RoutingError:
            demand(self.router.snapshot() == before, "what is refused changes nothing", event)
        else:
            demand(False, "what is invalid is refused", event)

    def offers(self) -> list[OfferMade]:
        return [caller.offer for caller in self.judge.callers.values() if caller.offer is not None]

    def wrapping_up(self) -> list[str]:
        return [desk.agent_id for desk in self.judge.desks.values() if desk.state is AgentState.ACW]

    def queue(self, event: ContactQueued) -> None:
        if event.contact_id not in self.judge.callers and event.contact_id not in self.judge.handled_by:
            self.lives[event.contact_id] = self.lives.get(event.contact_id, 0) + 1
        self.tell(event)

    @initialize(configuration=configurations(everyone=True), available=st.booleans())
    def open_the_centre(self, configuration: PoliciesChanged, available: bool) -> None:
        self.configure(configuration)
        if available:
            self.the_shift_starts()

    def configure(self, configuration: PoliciesChanged) -> None:
        self.open_queues = [policy.queue_id for policy in configuration.queues]
        self.tell(configuration)

    # --- callers ----------------------------------------------------------------------------------

    @precondition(lambda self: self.open_queues)
    @rule(
        queue=st.integers(0, 2),
        media=st.sampled_from(MEDIA),
        priority=st.integers(0, 1),
        credit=seconds,
        extra=requirements,
        excluded=excluded_agents,
        after=seconds,
    )
    def a_caller_queues(
        self,
        queue: int,
        media: str,
        priority: int,
        credit: timedelta,
        extra: tuple[Requirement, ...],
        excluded: frozenset[str],
        after: timedelta,
    ) -> None:
        self.now += after
        self.queue(
            ContactQueued(
                contact_id=f"caller-{next(self.contact_ids)}",
                queue_id=self.open_queues[queue % len(self.open_queues)],
                media=media,
                priority=priority,
                place_at=self.now - credit,
                requirements=extra,
                excluded_agents=excluded,
            )
        )

    @precondition(lambda self: self.open_queues and (self.judge.callers or self.judge.handled_by))
    @rule(which=st.integers(0, 9))
    def a_queue_event_comes_again(self, which: int) -> None:
        known = sorted([*self.judge.callers, *self.judge.handled_by])
        self.queue(
            ContactQueued(
                contact_id=known[which % len(known)],
                queue_id=self.open_queues[0],
                media=MEDIA[0],
                place_at=self.now,
            )
        )

    @precondition(lambda self: self.judge.callers)
    @rule(which=st.integers(0, 9), after=seconds, what=st.sampled_from(["leave", "suspend", "resume"]))
    def a_caller_moves(self, which: int, after: timedelta, what: str) -> None:
        waiting = sorted(self.judge.callers)
        contact_id = waiting[which % len(waiting)]
        event: Event = ContactResumed(contact_id=contact_id)
        if what == "leave":
            event = ContactLeft(contact_id=contact_id, why="hung_up")
        elif what == "suspend":
            event = ContactSuspended(contact_id=contact_id)
        self.tell(event, after)

    # --- agents -----------------------------------------------------------------------------------

    @precondition(lambda self: self.offers())
    @rule(which=st.integers(0, 9), after=seconds, accept=st.integers(0, 2))
    def an_agent_answers(self, which: int, after: timedelta, accept: int) -> None:
        offers = self.offers()
        offer = offers[which % len(offers)]
        event: OfferAnswered | OfferRefused
        event = OfferAnswered(offer_id=offer.offer_id, agent_id=offer.agent_id)
        if not accept:
            event = OfferRefused(offer_id=offer.offer_id, agent_id=offer.agent_id, reason="busy")
        self.answers.append(event)
        self.tell(event, after)

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 9), agent_id=agents)
    def an_answer_comes_again_or_from_the_wrong_one(self, which: int, agent_id: str) -> None:
        self.tell(replace(self.answers[which % len(self.answers)], agent_id=agent_id))

    @precondition(lambda self: self.judge.handled_by)
    @rule(which=st.integers(0, 9), after=seconds, wrap_up=st.sampled_from([True, True, False]))
    def handling_ends(self, which: int, after: timedelta, wrap_up: bool) -> None:
        handled = sorted(self.judge.handled_by.items())
        contact_id, agent_id = handled[which % len(handled)]
        self.tell(HandlingEnded(contact_id=contact_id, agent_id=agent_id, wrap_up=wrap_up), after)

    @precondition(lambda self: self.judge.handled_by and self.open_queues)
    @rule(which=st.integers(0, 9), after=seconds)
    def an_agent_is_lost_and_his_caller_comes_back(self, which: int, after: timedelta) -> None:
        handled = sorted(self.judge.handled_by.items())
        contact_id, agent_id = handled[which % len(handled)]
        self.now += after
        self.tell(ReachabilityChanged(agent_id=agent_id, reachable=False, why="page_gone"))
        if contact_id in self.judge.handled_by:
            self.tell(HandlingEnded(contact_id=contact_id, agent_id=agent_id, wrap_up=False))
            place_at = self.now - timedelta(minutes=5)
            self.queue(
                ContactQueued(
                    contact_id=contact_id, queue_id=self.open_queues[0], media=MEDIA[0], place_at=place_at
                )
            )

    @rule(
        agent_id=agents,
        after=seconds,
        state=st.sampled_from(
            [AgentState.AVAILABLE, AgentState.AVAILABLE, AgentState.NOT_READY, AgentState.SIGNED_OUT]
        ),
        reason=st.sampled_from(["lunch", "training"]),
    )
    def an_agent_changes_state(self, agent_id: str, after: timedelta, state: AgentState, reason: str) -> None:
        self.tell(StateRequested(agent_id=agent_id, state=state, reason=reason), after)

    @rule()
    def the_shift_starts(self) -> None:
        for agent_id in AGENTS:
            if agent_id in self.judge.profiles:
                self.tell(ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset(MEDIA)))
                self.tell(StateRequested(agent_id=agent_id, state=AgentState.AVAILABLE))

    @rule(
        agent_id=agents,
        after=seconds,
        media=st.sampled_from([MEDIA, MEDIA[:1], MEDIA[1:], ()]),
        lost=st.integers(0, 3),
    )
    def a_phone_changes(self, agent_id: str, after: timedelta, media: tuple[str, ...], lost: int) -> None:
        self.tell(
            ReachabilityChanged(
                agent_id=agent_id,
                reachable=bool(lost),
                media=frozenset(media),
                why=None if lost else "microphone_silent",
            ),
            after,
        )

    @precondition(lambda self: self.wrapping_up())
    @rule(which=st.integers(0, 9), after=seconds, by=st.sampled_from([30, 90]), finish=st.integers(0, 2))
    def an_agent_wraps_up(self, which: int, after: timedelta, by: int, finish: int) -> None:
        agent_id = self.wrapping_up()[which % len(self.wrapping_up())]
        event: Event = WrapUpExtended(agent_id=agent_id, by=timedelta(seconds=by))
        if not finish:
            event = WrapUpFinished(agent_id=agent_id)
        self.tell(event, after)

    # --- the house --------------------------------------------------------------------------------

    @rule(after=seconds)
    def time_passes(self, after: timedelta) -> None:
        self.tell(DeadlineReached(), after)

    @rule()
    def the_timer_fires(self) -> None:
        due = self.router.next_deadline()
        if due is not None:
            self.now = max(self.now, due)
        self.tell(DeadlineReached())

    @rule(configuration=configurations())
    def the_rules_change(self, configuration: PoliciesChanged) -> None:
        self.configure(configuration)

    @rule()
    def the_process_dies_and_is_rebuilt(self) -> None:
        rebuilt = self.new_router()
        offers = self.store.offers.values()
        rebuilt.restore(
            self.router.policies(), self.store.agents.values(), self.store.waiting.values(), offers
        )
        live, again = self.router.snapshot(), rebuilt.snapshot()
        demand(again == live, "a rebuilt core equals the live one", (live, again))
        self.router = rebuilt
