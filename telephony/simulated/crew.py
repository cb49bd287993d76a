"""Virtual agents: they take calls, talk, put on hold, wrap up, take breaks.

They act through `AgentActions`, which whoever runs the centre provides, and learn of offers and of their
wrap-up from the same; of bridges they learn from the exchange, like people: by hearing somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Protocol

from telephony import port
from telephony.simulated.draws import LogNormal
from telephony.simulated.exchange import SimulatedExchange
from telephony.simulated.timing import Timer


class AgentActions(Protocol):
    """What an agent does at his desk. An action that comes too late is ignored."""

    def set_state(self, agent_id: str, state: str, reason: str | None) -> None:
        """`available`, or `not_ready` with a reason."""

    def accept(self, agent_id: str, offer_id: str) -> None: ...

    def decline(self, agent_id: str, offer_id: str) -> None: ...

    def hold(self, agent_id: str, contact_id: str, *, on: bool) -> None: ...

    def hang_up(self, agent_id: str, contact_id: str) -> None: ...

    def finish_wrap_up(self, agent_id: str, contact_id: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How agents work. Fractions are of the occasions on which they could."""

    reaction: LogNormal = field(default_factory=lambda: LogNormal(mean_s=3.5, cv=0.5))
    """From the ring to the answer."""
    misses: float = 0.02
    declines: float = 0.01
    holds: float = 0.2
    """Calls with a hold in the middle."""
    hold: LogNormal = field(default_factory=lambda: LogNormal(mean_s=40.0, cv=0.6))
    hangs_up_first: float = 0.35
    wrap_up: LogNormal = field(default_factory=lambda: LogNormal(mean_s=35.0, cv=0.7))
    """What outlasts the queue's ACW ends with it."""
    works: LogNormal = field(default_factory=lambda: LogNormal(mean_s=80 * 60.0, cv=0.5))
    """Between two breaks."""
    pause: LogNormal = field(default_factory=lambda: LogNormal(mean_s=10 * 60.0, cv=0.4))
    reasons: tuple[str, ...] = ("break", "lunch", "training")
    """Of breaks."""
    reaction_to_missed: LogNormal = field(default_factory=lambda: LogNormal(mean_s=30.0))
    """From being made not ready for missed offers to being available again."""


@dataclass(slots=True, kw_only=True)
class Worker:
    """One of them."""

    agent_id: str
    leg_id: str
    random: Random
    offer_id: str | None = None
    contact_id: str | None = None
    """Accepted last."""
    talks: bool = False
    timers: dict[str, Timer] = field(default_factory=dict)

    def cancel(self, *names: str) -> None:
        for name in names:
            timer = self.timers.pop(name, None)
            if timer is not None:
                timer.cancel()


class Crew:
    """All simulated agents of a centre."""

    def __init__(
        self,
        exchange: SimulatedExchange,
        actions: AgentActions,
        *,
        seed: str,
        talk_s: Callable[[str], float | None],
        habits: Habits | None = None,
    ) -> None:
        """Args:
        exchange: where their phones are.
        actions: how they act.
        seed: any text.
        talk_s: how long the caller on a leg means to talk (`Crowd.talk_s`).
        habits: how they work; the same for all.
        """
        self.workers: dict[str, Worker] = {}
        self._exchange = exchange
        self._actions = actions
        self._seed = seed
        self._talk_s = talk_s
        self._habits = habits or Habits()
        self._by_leg: dict[str, Worker] = {}
        exchange.watch(self._see)

    def sign_in(self, agent_ids: Sequence[str], *, leg_prefix: str = "simulated-agent") -> None:
        """Attach their phones (leg ids are the prefix, a hyphen and the agent's id) and be available.

        The phone's `LegConnected` comes before the state is asked for.
        """
        for agent_id in agent_ids:
            leg_id = f"{leg_prefix}-{agent_id}"
            worker = Worker(agent_id=agent_id, leg_id=leg_id, random=Random(f"{self._seed}/{agent_id}"))
            self.workers[agent_id] = self._by_leg[leg_id] = worker
            self._exchange.agent_leg(leg_id)
            self._actions.set_state(agent_id, "available", None)
            self._work_until_break(worker)

    # --- what whoever runs the centre tells -------------------------------------------------------

    def offered(self, agent_id: str, offer_id: str, contact_id: str) -> None:
        """A contact rings at an agent. One who is not of the crew is passed over."""
        worker = self.workers.get(agent_id)
        if worker is None:
            return
        habits, random = self._habits, worker.random
        worker.offer_id = offer_id
        reaction_s = habits.reaction.draw_s(random)
        fate = random.random()
        if fate < habits.misses:
            return
        if fate < habits.misses + habits.declines:
            self._after(worker, "offer", reaction_s, lambda: self._actions.decline(agent_id, offer_id))
        else:
            self._after(worker, "offer", reaction_s, lambda: self._accept(worker, offer_id, contact_id))

    def offer_ended(self, agent_id: str, offer_id: str) -> None:
        """It was withdrawn, or timed out."""
        worker = self.workers.get(agent_id)
        if worker is not None and worker.offer_id == offer_id:
            worker.offer_id = None
            worker.cancel("offer")

    def wrap_up_began(self, agent_id: str, contact_id: str) -> None:
        worker = self.workers.get(agent_id)
        if worker is None:
            return
        self._talk_over(worker)
        writes_s = self._habits.wrap_up.draw_s(worker.random)
        finish = self._actions.finish_wrap_up
        self._after(worker, "wrap_up", writes_s, lambda: finish(agent_id, contact_id))

    def made_not_ready(self, agent_id: str) -> None:
        """He missed offers and was taken out; he notices after a while."""
        worker = self.workers.get(agent_id)
        if worker is not None:
            notices_s = self._habits.reaction_to_missed.draw_s(worker.random)
            set_state = self._actions.set_state
            self._after(worker, "state", notices_s, lambda: set_state(agent_id, "available", None))

    # --- what they do -----------------------------------------------------------------------------

    def _accept(self, worker: Worker, offer_id: str, contact_id: str) -> None:
        worker.offer_id, worker.contact_id = None, contact_id
        self._actions.accept(worker.agent_id, offer_id)

    def _see(self, event: port.Event) -> None:
        match event:
            case port.Bridged():
                for leg_id, other in ((event.leg_a, event.leg_b), (event.leg_b, event.leg_a)):
                    worker = self._by_leg.get(leg_id)
                    if worker is not None and not worker.talks:
                        self._begin_talk(worker, other)
            case port.LegEnded():
                ended = self._by_leg.pop(event.leg_id, None)
                if ended is not None:
                    ended.cancel(*tuple(ended.timers))
                    self.workers.pop(ended.agent_id, None)
            case _:
                pass

    def _begin_talk(self, worker: Worker, caller_leg: str) -> None:
        talk_s, contact_id = self._talk_s(caller_leg), worker.contact_id
        if talk_s is None or contact_id is None:
            return
        worker.talks = True
        worker.cancel("wrap_up")
        habits, random, actions = self._habits, worker.random, self._actions
        agent_id = worker.agent_id
        if random.random() < habits.holds:
            begins_s = random.uniform(0.2, 0.5) * talk_s
            ends_s = begins_s + min(habits.hold.draw_s(random), 0.4 * talk_s)
            self._after(worker, "hold", begins_s, lambda: actions.hold(agent_id, contact_id, on=True))
            self._after(worker, "unhold", ends_s, lambda: actions.hold(agent_id, contact_id, on=False))
        if random.random() < habits.hangs_up_first:
            self._after(worker, "talk", 0.98 * talk_s, lambda: actions.hang_up(agent_id, contact_id))

    def _talk_over(self, worker: Worker) -> None:
        worker.talks = False
        worker.cancel("hold", "unhold", "talk", "wrap_up")

    def talk_over(self, agent_id: str) -> None:
        """His part of a contact is over, with or without wrap-up."""
        worker = self.workers.get(agent_id)
        if worker is not None:
            self._talk_over(worker)

    def _work_until_break(self, worker: Worker) -> None:
        self._after(worker, "break", self._habits.works.draw_s(worker.random), lambda: self._pause(worker))

    def _pause(self, worker: Worker) -> None:
        self._actions.set_state(worker.agent_id, "not_ready", worker.random.choice(self._habits.reasons))
        self._after(worker, "break", self._habits.pause.draw_s(worker.random), lambda: self._return(worker))

    def _return(self, worker: Worker) -> None:
        self._actions.set_state(worker.agent_id, "available", None)
        self._work_until_break(worker)

    def _after(self, worker: Worker, name: str, seconds: float, act: Callable[[], None]) -> None:
        worker.cancel(name)
        clock = self._exchange.clock
        worker.timers[name] = clock.call_at(clock.now() + timedelta(seconds=seconds), act)
