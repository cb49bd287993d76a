"""The life of a small centre, one random event after the other, faults included.

Hypothesis and the soak share it: whoever drives passes the source of chance. Events go through a line that
may lose, repeat, delay and reorder them; the process may die before or after its write and starts again from
the store.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random

from routing.errors import RoutingError
from routing.router import Router
from routing.types import (
    VOICE,
    AgentState,
    CallbackAnswered,
    CallbackChosen,
    CallbackFailed,
    ContactLeft,
    ContactMoved,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    ContactUpdated,
    DeadlineReached,
    Event,
    HandlingEnded,
    HandlingHanded,
    OfferAnswered,
    OfferMade,
    OfferRefused,
    PoliciesChanged,
    QueueReopened,
    QueueShut,
    ReachabilityChanged,
    StateRequested,
    WayKind,
    WrapUpExtended,
    WrapUpFinished,
)
from tests.property.routing import centre
from tests.property.routing.books import demand
from tests.property.routing.centre import AGENTS, CHAT, MEDIA, NUMBERS, QUEUES, START, TIERS, once_in, seconds
from tests.property.routing.oracle import Oracle

CALLERS_MAX = 14
"""More than so many in line, and the next ones hang up."""
HELD_MAX = 6
REQUESTS = (AgentState.AVAILABLE, AgentState.AVAILABLE, AgentState.NOT_READY, AgentState.SIGNED_OUT)
RESTORED = "a rebuilt core equals the live one"
REFUSED = "what is refused changes nothing"

MakeRouter = Callable[[Callable[[str], str]], Router]


class Life:
    """One router, the oracle that watches it, and the world around them."""

    def __init__(
        self,
        make_router: MakeRouter = Router,
        *,
        setting: Callable[[PoliciesChanged], PoliciesChanged] = lambda drawn: drawn,
        faults: bool = True,
    ) -> None:
        self.now = START
        self.make_router = make_router
        self.setting = setting
        self.faults = faults
        self.ids = count(1)
        self.contacts = count(1)
        self.versions = count(1)
        self.router = self.new_router()
        self.oracle = Oracle()
        self.rules = PoliciesChanged(queues=(), agents=())
        self.held: list[Event] = []
        """Events under way that come later than others."""
        self.answers: list[OfferAnswered | OfferRefused] = []
        self.crashes = 0
        self.events = 0
        self.last: list[str] = []
        """The last events, for whoever reads a violation."""

    def new_router(self) -> Router:
        return self.make_router(lambda prefix: f"{prefix}-{next(self.ids)}")

    # --- the line ---------------------------------------------------------------------------------

    def send(self, r: Random, event: Event, after: timedelta = timedelta(0)) -> None:
        """Put an event on the line."""
        self.now += after
        if not self.faults or isinstance(event, PoliciesChanged):
            self.tell(event)
            return
        fate = r.randrange(40)
        if fate == 0:
            return
        if fate in (1, 2) and len(self.held) < HELD_MAX:
            self.held.append(event)
            return
        self.tell(event)
        if fate == 3:
            self.tell(event)

    def held_ones_arrive(self, r: Random) -> None:
        """Some of what was delayed comes now, the later perhaps first."""
        if self.held:
            self.tell(self.held.pop(r.randrange(len(self.held))))

    def tell(self, event: Event) -> None:
        if isinstance(event, HandlingHanded) and event.queue_id not in {None, *self.oracle.books.open_queues}:
            # A queue that is gone may be known for as long as somebody works for it: not worth asking.
            return
        self.events += 1
        self.last = [*self.last[-19:], f"{self.now:%H:%M:%S} {event}"]
        if self._makes_no_sense(event):
            self._refused(event)
            return
        effects = self.router.handle(event, self.now)
        self.oracle.see(event, effects, self.router, self.now)

    def _makes_no_sense(self, event: Event) -> bool:
        """It names what is not there, or cannot be."""
        books = self.oracle.books
        match event:
            case StateRequested():
                return event.agent_id not in books.profiles
            case QueueShut():
                then = event.then.queue_id
                lost = event.then.kind is WayKind.OVERFLOW and then not in books.open_queues - {
                    event.queue_id
                }
                return lost or event.queue_id not in books.open_queues
            case ContactQueued() | QueueReopened():
                return event.queue_id not in books.open_queues
            case ContactMoved():
                return event.queue_id is not None and (
                    event.queue_id not in books.open_queues or event.queue_id in books.shut
                )
            case OfferAnswered() | OfferRefused():
                return False
            case _:
                agent_id = getattr(event, "agent_id", None)
                return agent_id is not None and agent_id not in books.desks

    def _refused(self, event: Event) -> None:
        before = self.router.snapshot()
        try:
            self.router.handle(event, self.now)
        except RoutingError:
            demand(self.router.snapshot() == before, REFUSED, event)
        else:
            demand(False, "what is invalid is refused", event)

    # --- death and restart ------------------------------------------------------------------------

    def restart(self, r: Random) -> None:
        """The process dies: between two events, or after it took one and before that was written."""
        self.crashes += 1
        policies, live = self.router.policies(), self.router.snapshot()
        if once_in(r, 2):
            # What it made of this event nobody has seen. The event is lost with it.
            unseen = DeadlineReached() if not self.held else self.held[0]
            with suppress(RoutingError):
                self.router.handle(unseen, self.now)
        self.router = self.oracle.store.restore(self.new_router, policies)
        again = self.router.snapshot()
        demand(again == live, RESTORED, (live, again))
        if len(policies.queues) > len(self.rules.queues):
            # Rules of queues that are gone came along; the configuration says which are.
            self.tell(self.rules)

    # --- what happens -----------------------------------------------------------------------------

    def open(self, r: Random) -> None:
        self.configure(centre.configuration(r, next(self.versions), everyone=True))
        if not once_in(r, 4):
            self.shift_starts(r)

    def configure(self, drawn: PoliciesChanged) -> None:
        self.rules = self.setting(drawn)
        self.tell(self.rules)

    def step(self, r: Random) -> None:
        """One thing that happens, any."""
        r.choice(HAPPENINGS)(self, r)

    def open_queue(self, r: Random) -> str | None:
        known = [q for q in QUEUES if q in self.oracle.books.open_queues]
        return r.choice(known) if known else None

    def some_caller(self, r: Random) -> str | None:
        known = list(self.oracle.books.callers)
        return r.choice(known) if known else None

    def offers(self) -> list[OfferMade]:
        return [o for caller in self.oracle.books.callers.values() for o in caller.offers.values()]

    def caller_queues(self, r: Random) -> None:
        books = self.oracle.books
        queue_id = self.open_queue(r)
        if queue_id is None:
            return
        if len(books.callers) >= CALLERS_MAX:
            self.send(r, ContactLeft(contact_id=next(iter(books.callers)), why="hung_up"))
        self.now += seconds(r, 0, 0, 1, 2, 5)
        chat = queue_id == "letters" or once_in(r, 8)
        self.send(
            r,
            ContactQueued(
                contact_id=f"caller-{next(self.contacts)}",
                queue_id=queue_id,
                media=r.choice(MEDIA),
                priority=r.choice((0, 0, 0, 1)),
                place_at=self.now - seconds(r, 0, 0, 0, 5, 15),
                requirements=r.choice(centre.NEEDS[1:]) if once_in(r, 4) else (),
                excluded_agents=frozenset({r.choice(AGENTS)}) if once_in(r, 8) else frozenset(),
                channel=CHAT if chat else VOICE,
                attributes={"tier": r.choice(TIERS)} if once_in(r, 2) else {},
                caller=r.choice(NUMBERS) if once_in(r, 2) else None,
                preferred_agent=r.choice(AGENTS) if once_in(r, 6) else None,
                only_agents=frozenset({r.choice(AGENTS)}) if once_in(r, 12) else frozenset(),
                returned=once_in(r, 12),
            ),
        )

    def queue_event_comes_again(self, r: Random) -> None:
        books = self.oracle.books
        known = [*books.callers, *books.handled]
        queue_id = self.open_queue(r)
        if known and queue_id is not None:
            event = ContactQueued(
                contact_id=r.choice(known), queue_id=queue_id, media=MEDIA[0], place_at=self.now
            )
            self.send(r, event)

    def caller_moves(self, r: Random) -> None:
        contact_id = self.some_caller(r)
        if contact_id is None:
            return
        suspended = self.oracle.books.callers[contact_id].suspended
        event: Event
        match r.randrange(5):
            case 0:
                event = ContactLeft(
                    contact_id=contact_id, why=r.choice(("abandoned", "abandoned", "hung_up"))
                )
            case 1 if not suspended:
                event = ContactSuspended(contact_id=contact_id)
            case 2:
                event = ContactUpdated(
                    contact_id=contact_id,
                    priority=r.choice((None, 0, 1)),
                    attributes={"case_priority": "urgent"} if once_in(r, 2) else {"tier": r.choice(TIERS)},
                )
            case _:
                event = ContactResumed(contact_id=contact_id)
        self.send(r, event, seconds(r, 0, 1, 2, 5))

    def supervisor_moves_a_caller(self, r: Random) -> None:
        contact_id = self.some_caller(r)
        if contact_id is None:
            return
        event = ContactMoved(contact_id=contact_id, by="priya", to=r.choice(("first", "last", "place")))
        if event.to == "place" or once_in(r, 3):
            event = replace(event, queue_id=self.open_queue(r))
        self.send(r, event)

    def callback(self, r: Random) -> None:
        books = self.oracle.books
        waiting = [
            c for c in (*books.callers.values(), *(w.caller for w in books.handled.values())) if c.callback
        ]
        event: Event
        if waiting and not once_in(r, 3):
            chosen = r.choice(waiting)
            event = CallbackAnswered(contact_id=chosen.contact_id, media=r.choice(MEDIA))
            if once_in(r, 2):
                event = CallbackFailed(contact_id=chosen.contact_id, why="busy")
        else:
            contact_id = self.some_caller(r)
            if contact_id is None:
                return
            event = CallbackChosen(contact_id=contact_id, number=r.choice(NUMBERS))
        self.send(r, event, seconds(r, 0, 2, 5))

    # --- agents -----------------------------------------------------------------------------------

    def agent_answers(self, r: Random) -> None:
        offers = self.offers()
        if not offers:
            self.timer_fires(r)
            return
        offer = r.choice(offers)
        event: OfferAnswered | OfferRefused
        event = OfferAnswered(offer_id=offer.offer_id, agent_id=offer.agent_id)
        if once_in(r, 4):
            event = OfferRefused(offer_id=offer.offer_id, agent_id=offer.agent_id, reason="busy")
        self.answers = [*self.answers[-9:], event]
        self.send(r, event, seconds(r, 0, 1, 2, 5))

    def answer_comes_again_or_from_the_wrong_one(self, r: Random) -> None:
        if self.answers:
            self.send(r, replace(r.choice(self.answers), agent_id=r.choice(AGENTS)))

    def handling_ends(self, r: Random) -> None:
        handled = self.oracle.books.handled
        if not handled:
            return
        contact_id = r.choice(list(handled))
        event = HandlingEnded(
            contact_id=contact_id, agent_id=handled[contact_id].agent_id, wrap_up=not once_in(r, 4)
        )
        self.send(r, event, seconds(r, 1, 5, 20, 60))

    def consultation_completes(self, r: Random) -> None:
        handled = {c: w for c, w in self.oracle.books.handled.items() if w.channel == VOICE}
        if not handled:
            return
        contact_id = r.choice(list(handled))
        self.send(
            r,
            HandlingHanded(
                agent_id=handled[contact_id].agent_id,
                from_contact_id=contact_id,
                to_contact_id=f"caller-{next(self.contacts)}",
                queue_id=self.open_queue(r) if once_in(r, 2) else None,
            ),
        )

    def agent_is_lost_and_his_caller_comes_back(self, r: Random) -> None:
        handled = self.oracle.books.handled
        queue_id = self.open_queue(r)
        if not handled or queue_id is None:
            return
        contact_id = r.choice(list(handled))
        work = handled[contact_id]
        asked = work.caller.asked
        self.send(r, ReachabilityChanged(agent_id=work.agent_id, reachable=False, why="page_gone"))
        self.send(r, HandlingEnded(contact_id=contact_id, agent_id=work.agent_id, wrap_up=False))
        if contact_id not in handled:
            place_at = self.now - timedelta(minutes=1)
            again = replace(asked, contact_id=contact_id, queue_id=queue_id, place_at=place_at, returned=True)
            self.send(r, again)

    def agent_changes_state(self, r: Random) -> None:
        state = r.choice(REQUESTS)
        event = StateRequested(agent_id=r.choice(AGENTS), state=state, reason=r.choice(("lunch", "training")))
        if state is AgentState.AVAILABLE and once_in(r, 5):
            event = replace(event, once=True)
        if once_in(r, 5):
            event = replace(event, forced_by="priya")
        self.send(r, event, seconds(r, 0, 1, 2, 5))

    def shift_starts(self, r: Random) -> None:
        for agent_id in AGENTS:
            if agent_id in self.oracle.books.profiles:
                self.tell(ReachabilityChanged(agent_id=agent_id, reachable=True, media=frozenset(MEDIA)))
                self.tell(StateRequested(agent_id=agent_id, state=AgentState.AVAILABLE))

    def phone_changes(self, r: Random) -> None:
        event = ReachabilityChanged(
            agent_id=r.choice(AGENTS), reachable=True, media=frozenset(r.choice((MEDIA, MEDIA, MEDIA[:1])))
        )
        if once_in(r, 3):
            event = replace(event, reachable=False, media=frozenset(), why="microphone_silent")
        self.send(r, event, seconds(r, 0, 1))

    def agent_wraps_up(self, r: Random) -> None:
        wrapping = [d.agent_id for d in self.oracle.books.desks.values() if d.state is AgentState.ACW]
        if not wrapping:
            return
        agent_id = r.choice(wrapping)
        event: Event = WrapUpExtended(agent_id=agent_id, by=seconds(r, 30, 90))
        if once_in(r, 2):
            event = WrapUpFinished(agent_id=agent_id)
        self.send(r, event, seconds(r, 0, 2, 5))

    # --- the house --------------------------------------------------------------------------------

    def time_passes(self, r: Random) -> None:
        self.send(r, DeadlineReached(), seconds(r, 0, 1, 2, 5, 15))

    def timer_fires(self, r: Random) -> None:
        due = self.router.next_deadline()
        if due is not None:
            self.now = max(self.now, due)
        self.tell(DeadlineReached())

    def rules_change(self, r: Random) -> None:
        self.configure(centre.configuration(r, next(self.versions)))

    def queue_is_shut(self, r: Random) -> None:
        queue_id = self.open_queue(r)
        if queue_id is None:
            return
        shut = sorted(self.oracle.books.shut & self.oracle.books.open_queues)
        event: Event = QueueShut(queue_id=queue_id, by="priya", then=r.choice(centre.WAYS))
        if shut:
            event = QueueReopened(queue_id=r.choice(shut), by="priya")
        self.send(r, event)

    def explained(self, r: Random) -> None:
        """Whoever waits and whoever is free hears why."""
        for caller in self.oracle.books.callers.values():
            told = self.router.explain_contact(caller.contact_id, self.now)
            demand(told.verdict not in ("", "not_waiting"), "the wait is explained", told)
            reasons = {exclusion.agent_id: exclusion.reason for exclusion in told.agents}
            for agent_id in caller.barred:
                if self.oracle.could(caller, agent_id) and not caller.offers:
                    coming = {upcoming.detail for upcoming in told.next if upcoming.what == "cooling_off"}
                    known = reasons.get(agent_id) == "cooling_off" or agent_id in coming
                    demand(known, "the wait is explained", (told, agent_id))
        for agent_id in self.oracle.books.desks:
            self.router.explain_agent(agent_id, self.now)


Happening = Callable[[Life, Random], None]
_WEIGHTS: tuple[tuple[Happening, int], ...] = (
    (Life.caller_queues, 18),
    (Life.queue_event_comes_again, 1),
    (Life.caller_moves, 8),
    (Life.supervisor_moves_a_caller, 2),
    (Life.callback, 4),
    (Life.agent_answers, 18),
    (Life.answer_comes_again_or_from_the_wrong_one, 1),
    (Life.handling_ends, 12),
    (Life.consultation_completes, 1),
    (Life.agent_is_lost_and_his_caller_comes_back, 1),
    (Life.agent_changes_state, 6),
    (Life.shift_starts, 2),
    (Life.phone_changes, 3),
    (Life.agent_wraps_up, 3),
    (Life.time_passes, 8),
    (Life.timer_fires, 12),
    (Life.rules_change, 1),
    (Life.queue_is_shut, 1),
    (Life.explained, 1),
    (Life.restart, 1),
    (Life.held_ones_arrive, 4),
)
HAPPENINGS: tuple[Happening, ...] = tuple(one for one, weight in _WEIGHTS for _ in range(weight))
