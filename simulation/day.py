"""`simulate(scenario, seed)`: a whole day through the production router, as fast as it will go.

The control in the middle does what the voice domain does for the router: callers join, hear announcements and
give up; agents ring, answer, talk, wrap up, miss. What happens is told in the words of the event log, so that
the figures are folded by `reporting` exactly as those of a real day.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Collection
from datetime import timedelta

from routing import types as acd
from simulation.agents import Agents
from simulation.callers import CALLBACK_RING_S, Callers
from simulation.figures import Figures
from simulation.result import DayResult
from simulation.stage import MEDIA, Due, Observe, Stage
from simulation.traffic import Scenario

Progress = Callable[[float], None]
"""Told now and then how much of the day is done, 0 to 1."""

_DRAIN_EVERY = 2000
_PROGRESS_EVERY = 500


class VirtualDay:
    def __init__(
        self,
        scenario: Scenario,
        seed: int | str,
        *,
        watch: Observe | None = None,
        tell_waits: bool = False,
        look_at: Collection[str] = (),
        slot: timedelta = timedelta(minutes=30),
    ) -> None:
        """Args:
        scenario: the day.
        seed: of what is drawn while it runs; the callers bring theirs.
        watch: told everything that happens, in the words of the log.
        tell_waits: estimate the wait of everybody who has to wait, to measure the error.
        look_at: contacts of which it is noted why they wait.
        slot: length of the stretches that figures are kept for.
        """
        self._scenario = scenario
        self._figures = Figures(scenario, slot)
        self._stage = Stage(scenario, seed, self._figures, watch, estimates=tell_waits)
        self._stage.tell = self._tell
        self._callers = Callers(self._stage, tell_all=tell_waits, look_at=look_at)
        self._agents = Agents(self._stage, self._callers.reached)
        self._told: deque[acd.Event] = deque()
        self._handled = 0

    def run(self, progress: Progress | None = None) -> DayResult:
        """From `begin` until nothing more happens."""
        scenario, stage, router = self._scenario, self._stage, self._stage.router
        callers, acts, heap = scenario.callers, scenario.acts, stage.heap
        self._configure()
        next_caller = next_act = 0
        while True:
            at_s = heap[0][0] if heap else math.inf
            due = router.next_deadline()
            due_s = (due - scenario.begin).total_seconds() if due is not None else math.inf
            act_s = acts[next_act].at_s if next_act < len(acts) else math.inf
            call_s = callers[next_caller].at_s if next_caller < len(callers) else math.inf
            first_s = min(at_s, due_s, act_s, call_s)
            if first_s > scenario.length_s or first_s == math.inf:
                break
            stage.now_s, stage.now = first_s, scenario.at(first_s)
            if due is not None and due_s == first_s:
                stage.now = due
                self._tell(acd.DeadlineReached())
            elif act_s == first_s:
                self._agents.act(acts[next_act].agent_id, acts[next_act].state, acts[next_act].reason)
                next_act += 1
            elif at_s == first_s:
                _, _, kind, subject, detail = heapq.heappop(heap)
                self._happen(kind, subject, detail)
            else:
                self._callers.arrive(callers[next_caller])
                next_caller += 1
                if progress is not None and next_caller % _PROGRESS_EVERY == 0:
                    progress(next_caller / len(callers))
        return self._result()

    def agents(self) -> tuple[acd.AgentRecord, ...]:
        """As the router knows them now."""
        return self._stage.router.agents()

    def _configure(self) -> None:
        policies = self._scenario.policies
        if self._stage.waits is not None:
            self._stage.waits.configure(policies)
        self._tell(policies)
        for profile in policies.agents:
            self._tell(
                acd.ReachabilityChanged(agent_id=profile.agent_id, reachable=True, media=frozenset((MEDIA,)))
            )

    def _result(self) -> DayResult:
        stage = self._stage
        end_s = self._scenario.length_s if math.isfinite(self._scenario.length_s) else stage.now_s
        for call in stage.calls.values():
            if call.waiting and not call.callback:
                call.fate.wait_s = end_s - call.caller.at_s
        return DayResult(
            seed=stage.seed,
            begin=self._scenario.begin,
            figures=self._figures.snapshot(stage.now),
            slots=self._figures.slots(stage.now),
            fates=stage.fates,
            busy_s=dict(stage.busy_s),
            decisions=self._handled,
            moments={contact_id: tuple(seen) for contact_id, seen in self._callers.moments.items()},
        )

    def _happen(self, kind: Due, subject: str, detail: str) -> None:
        match kind:
            case Due.ANSWER:
                self._agents.answer(subject, detail)
            case Due.HANG_UP:
                self._agents.hang_up(subject)
            case Due.GIVE_UP:
                self._callers.give_up(subject)
            case Due.WRAPPED:
                self._agents.wrapped(subject, detail)
            case Due.BACK:
                self._agents.come_back(subject)
            case Due.ANNOUNCE:
                self._callers.announce(subject)
            case Due.LOOK:
                self._callers.look(subject)
            case Due.DIALLED:
                self._callers.dialled(subject)

    def _tell(self, event: acd.Event) -> None:
        """Hand it to the router, and let callers and agents react to what is decided."""
        self._told.append(event)
        if len(self._told) > 1:
            return  # Told while reacting to another: its turn comes when that is done.
        while self._told:
            self._react(self._told[0])
            self._told.popleft()

    def _react(self, event: acd.Event) -> None:
        self._handled += 1
        stage = self._stage
        effects = stage.router.handle(event, stage.now)
        if stage.waits is not None:
            stage.waits.note(stage.router.changes(), stage.now)
        elif self._handled % _DRAIN_EVERY == 0:
            stage.router.changes()
        for effect in effects:
            match effect:
                case acd.OfferMade():
                    self._agents.offered(effect)
                case acd.OfferEnded():
                    self._agents.offer_ended(effect)
                case acd.StateChanged():
                    self._agents.agent_changed(effect.agent)
                case acd.ContactDiverted():
                    self._callers.diverted(effect)
                case acd.StepOpened():
                    self._callers.step_opened(effect)
                case acd.CallbackDue():
                    stage.later(CALLBACK_RING_S, Due.DIALLED, effect.contact_id)
                case _:
                    pass


def simulate(
    scenario: Scenario,
    seed: int | str,
    *,
    progress: Progress | None = None,
    watch: Observe | None = None,
    tell_waits: bool = False,
    look_at: Collection[str] = (),
) -> DayResult:
    """Run one day. The same scenario and seed give the same result."""
    day = VirtualDay(scenario, seed, watch=watch, tell_waits=tell_waits, look_at=look_at)
    return day.run(progress)
