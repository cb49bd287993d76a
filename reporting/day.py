"""The figures of one day, running: folded event by event from the log for live pages.

`DayFigures.observe` takes every event of the voice domain in log order; `snapshot(now)` gives the figures of
each queue, of all together and of each agent. The events go through `reporting.fold`, as they do for reports,
so figures rebuilt from the log are the live ones. A contact belongs to the day on which it joined its first
queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reporting.book import Data, seconds
from reporting.definitions import compute
from reporting.facts import Fact, Refusal, RefusalKind, StateSpan, Visit
from reporting.fold import Fold
from reporting.snapshots import AgentFigures, DaySnapshot, QueueFigures, QueueTarget
from reporting.tally import PartTally, Tally, sums_of
from reporting.waiting import WaitingHistory

BUSY = frozenset({"on_contact", "acw"})
FREE = frozenset({"available", "ringing"})


class _Running:
    """The book of a day: sums only, nothing of what is over."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.queues: dict[str, Tally] = {}
        self.overall = Tally()
        self.agents: dict[str, PartTally] = {}
        self.spent_s: dict[str, dict[str, float]] = {}
        self.histories: dict[str | None, WaitingHistory] = {None: WaitingHistory()}

    def opened(self, fact: Fact) -> None:
        self._add(fact, 1)

    def before(self, fact: Fact) -> None:
        self._add(fact, -1)

    def after(self, fact: Fact) -> None:
        self._add(fact, 1)

    def _add(self, fact: Fact, sign: int) -> None:
        if isinstance(fact, Visit):
            self.tally(fact.queue_id).add(fact, sign)
        else:
            self.agent(fact.agent_id).add(fact, sign)

    def refused(self, refusal: Refusal) -> None:
        agent = self.agent(refusal.agent_id)
        if refusal.kind is RefusalKind.MISSED:
            agent.missed += 1
        else:
            agent.declined += 1

    def spent(self, span: StateSpan) -> None:
        """Only this day's part of it."""
        spent = seconds(max(span.since, self.begin), span.until)
        if spent > 0.0:
            of_agent = self.spent_s.setdefault(span.agent_id, {})
            of_agent[span.state] = of_agent.get(span.state, 0.0) + spent

    def waits(self, queue_id: str | None, change: int, at: datetime) -> None:
        self.histories.setdefault(queue_id, WaitingHistory()).change(change, at)

    def tally(self, queue_id: str | None) -> Tally:
        return self.overall if queue_id is None else self.queues.setdefault(queue_id, Tally())

    def agent(self, agent_id: str) -> PartTally:
        return self.agents.setdefault(agent_id, PartTally())

    def history(self, queue_id: str | None) -> WaitingHistory:
        return self.histories.get(queue_id) or WaitingHistory()


class DayFigures:
    """One per day; `day_start` is the instant of the centre's own midnight.

    Events from before `day_start` may be fed first: they tell who is waiting and what agents do at
    midnight, and count for nothing else.
    """

    def __init__(self, day_start: datetime, targets: Mapping[str, QueueTarget] | None = None) -> None:
        self._running = _Running(day_start)
        self._fold = Fold(day_start, self._running, targets=targets)

    def target(self, queue_id: str) -> QueueTarget:
        """The promise of a queue; a usual one where none was given."""
        return self._fold.target(queue_id)

    def observe(
        self,
        event_kind: str,
        at: datetime,
        queue_id: str | None = None,
        agent_id: str | None = None,
        contact_id: str | None = None,
        data: Data | None = None,
    ) -> None:
        """Take one event in. Kinds that no figure needs are passed over, as are contacts never queued."""
        self._fold.observe(event_kind, at, queue_id, agent_id, contact_id, data)

    def snapshot(self, now: datetime) -> DaySnapshot:
        """All figures as of `now`. Changes nothing."""
        running = self._running
        first_waiting: dict[str, datetime] = {}
        for queue_id, since in self._fold.waiting():
            first_waiting[queue_id] = min(first_waiting.get(queue_id, since), since)
        waited_in = {queue_id for queue_id in running.histories if queue_id is not None}
        queue_ids = sorted(running.queues.keys() | waited_in | self._fold.targets.keys())
        return DaySnapshot(
            at=now,
            queues={
                queue_id: queue_figures(
                    running.queues.get(queue_id) or Tally(),
                    running.history(queue_id),
                    first_waiting.get(queue_id),
                    now,
                )
                for queue_id in queue_ids
            },
            overall=queue_figures(
                running.overall, running.history(None), min(first_waiting.values(), default=None), now
            ),
            agents={
                agent_id: self._agent_figures(agent_id, now)
                for agent_id in sorted(running.agents.keys() | self._fold.states.keys())
            },
        )

    def _agent_figures(self, agent_id: str, now: datetime) -> AgentFigures:
        running = self._running
        tally = running.agents.get(agent_id) or PartTally()
        spent_s = dict(running.spent_s.get(agent_id, {}))
        current = self._fold.states.get(agent_id)
        if current is not None:
            state, since = current
            spent = seconds(max(since, running.begin), now)
            if spent > 0.0:
                spent_s[state] = spent_s.get(state, 0.0) + spent
        return AgentFigures(
            handled=tally.handled,
            missed=tally.missed,
            declined=tally.declined,
            talk_s=tally.talk_s,
            hold_s=tally.hold_s,
            acw_s=tally.acw_s,
            aht_s=compute(
                "aht_s",
                {
                    "talk_s": tally.talk_s,
                    "hold_s": tally.hold_s,
                    "acw_s": tally.acw_s,
                    "handled": tally.handled,
                },
            ),
            occupancy=occupancy(spent_s),
            spent_s=spent_s,
        )


def occupancy(spent_s: Mapping[str, float]) -> float | None:
    """Work over work and readiness, from the seconds in each state."""
    busy_s = sum(spent for state, spent in spent_s.items() if state in BUSY)
    free_s = sum(spent for state, spent in spent_s.items() if state in FREE)
    return compute("occupancy", {"busy_s": busy_s, "free_s": free_s})


def queue_figures(
    tally: Tally, history: WaitingHistory, waiting_since: datetime | None, now: datetime
) -> QueueFigures:
    """The figures of a queue, or of all, from its sums."""
    waiting_s = seconds(waiting_since, now) if waiting_since else 0.0
    sums = sums_of(tally)
    return QueueFigures(
        waiting=history.waiting,
        waiting_since=waiting_since,
        offered=tally["offered"],
        answered=tally["answered"],
        abandoned=tally["abandoned"],
        short_abandoned=tally["short_abandoned"],
        left_otherwise=tally["left_otherwise"],
        given_up_after_answer=tally["given_up_after_answer"],
        answered_in_target=tally["answered_in_target"],
        service_level=compute("service_level", sums),
        service_level_answered=compute("service_level_answered", sums),
        service_level_all=compute("service_level_all", sums),
        abandon_rate=compute("abandon_rate", sums),
        abandon_rate_long=compute("abandon_rate_long", sums),
        asa_s=compute("asa_s", sums),
        longest_wait_s=max(tally.wait_longest_s, waiting_s),
        handled=tally["handled"],
        talk_s=tally.talk_s,
        hold_s=tally.hold_s,
        acw_s=tally.acw_s,
        aht_s=compute("aht_s", sums),
        spark=history.points(now),
    )
