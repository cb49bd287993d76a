"""A virtual day's figures, by the one fold that live pages and reports go through.

Facts are collected while the day runs and counted once, when it is over; the sums are those of `reporting`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from reporting import AgentFigures, DaySnapshot, QueueTarget
from reporting.day import BUSY, FREE, occupancy, queue_figures
from reporting.facts import Fact, Refusal, RefusalKind, StateSpan, Visit
from reporting.fold import Fold
from reporting.snapshots import ratio
from reporting.tally import PartTally, Tally
from reporting.waiting import WaitingHistory
from simulation.result import Slot
from simulation.traffic import Scenario


class _Collected:
    """The fold's book: everything as it is in the end."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.parts: list[Fact] = []
        self.refusals: Counter[tuple[str, RefusalKind]] = Counter()
        self.spans: list[StateSpan] = []
        self.histories: defaultdict[str | None, WaitingHistory] = defaultdict(WaitingHistory)

    def opened(self, fact: Fact) -> None:
        if isinstance(fact, Visit):
            self.visits.append(fact)
        else:
            self.parts.append(fact)

    def before(self, fact: Fact) -> None:
        """Nothing was counted yet."""

    def after(self, fact: Fact) -> None:
        """Counted when the day is over."""

    def refused(self, refusal: Refusal) -> None:
        self.refusals[refusal.agent_id, refusal.kind] += 1

    def spent(self, span: StateSpan) -> None:
        self.spans.append(span)

    def waits(self, queue_id: str | None, change: int, at: datetime) -> None:
        self.histories[queue_id].change(change, at)


class Figures:
    """The day as a whole, and each stretch of it: a contact counts in the one in which it joined a queue."""

    def __init__(self, scenario: Scenario, slot: timedelta) -> None:
        self._begin = scenario.begin
        self._slot = slot
        self._targets = dict(scenario.targets) or {
            policy.queue_id: QueueTarget(
                answer_s=policy.service_level.total_seconds(),
                goal=policy.service_target,
                short_abandon_s=policy.short_abandon.total_seconds(),
            )
            for policy in scenario.policies.queues
        }
        self._book = _Collected()
        self._fold = Fold(scenario.begin, self._book, targets=self._targets)
        self.observe = self._fold.observe
        """Takes one entry of the log: kind, instant, queue, agent, contact, data."""

    def snapshot(self, now: datetime) -> DaySnapshot:
        """The whole day."""
        book = self._book
        tallies: defaultdict[str | None, Tally] = defaultdict(Tally)
        for visit in book.visits:
            tallies[visit.queue_id].add(visit)
        since: dict[str, datetime] = {}
        for queue_id, at in self._fold.waiting():
            since[queue_id] = min(since.get(queue_id, at), at)
        queue_ids = sorted({queue_id for queue_id in book.histories if queue_id} | self._targets.keys())
        return DaySnapshot(
            at=now,
            queues={
                queue_id: queue_figures(tallies[queue_id], book.histories[queue_id], since.get(queue_id), now)
                for queue_id in queue_ids
            },
            overall=queue_figures(
                tallies[None], book.histories[None], min(since.values(), default=None), now
            ),
            agents=self._agents(now),
        )

    def _agents(self, now: datetime) -> dict[str, AgentFigures]:
        tallies: defaultdict[str, PartTally] = defaultdict(PartTally)
        for part in self._book.parts:
            assert not isinstance(part, Visit)
            tallies[part.agent_id].add(part)
        spent_s: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for span in self._spans(now):
            spent = spent_s[span.agent_id]
            seconds = (span.until - span.since).total_seconds()
            if seconds > 0.0:
                spent[span.state] = spent.get(span.state, 0.0) + seconds
        return {
            agent_id: self._agent(agent_id, tallies[agent_id], spent_s[agent_id])
            for agent_id in sorted(tallies.keys() | self._fold.states.keys())
        }

    def _agent(self, agent_id: str, tally: PartTally, spent_s: dict[str, float]) -> AgentFigures:
        return AgentFigures(
            handled=tally.handled,
            missed=self._book.refusals[agent_id, RefusalKind.MISSED],
            declined=self._book.refusals[agent_id, RefusalKind.DECLINED],
            talk_s=tally.talk_s,
            hold_s=tally.hold_s,
            acw_s=tally.acw_s,
            aht_s=ratio(tally.talk_s + tally.hold_s + tally.acw_s, tally.handled),
            occupancy=occupancy(spent_s),
            spent_s=spent_s,
        )

    def _spans(self, now: datetime) -> list[StateSpan]:
        """States that are over, and those that last."""
        return self._book.spans + [
            StateSpan(agent_id=agent_id, state=state, since=since, until=now)
            for agent_id, (state, since) in self._fold.states.items()
            if since < now
        ]

    def slots(self, now: datetime) -> tuple[Slot, ...]:
        """Each stretch, in order of time; all queues together first."""
        tallies: defaultdict[tuple[int, str], Tally] = defaultdict(Tally)
        for visit in self._book.visits:
            number = (visit.contact.first_queued_at - self._begin) // self._slot
            tallies[number, visit.queue_id or ""].add(visit)
        busy_s, ready_s = self._work(now)
        slots = []
        for (number, queue_id), tally in sorted(tallies.items(), key=lambda each: each[0]):
            slots.append(
                Slot(
                    begin=self._begin + number * self._slot,
                    queue_id=queue_id or None,
                    figures=queue_figures(tally, WaitingHistory(), None, now),
                    occupancy=None if queue_id else ratio(busy_s[number], busy_s[number] + ready_s[number]),
                )
            )
        return tuple(slots)

    def _work(self, now: datetime) -> tuple[defaultdict[int, float], defaultdict[int, float]]:
        """Seconds busy and seconds ready in each stretch."""
        busy_s: defaultdict[int, float] = defaultdict(float)
        ready_s: defaultdict[int, float] = defaultdict(float)
        for span in self._spans(now):
            spent = busy_s if span.state in BUSY else ready_s if span.state in FREE else None
            if spent is None:
                continue
            since = span.since
            while since < span.until:
                number = (since - self._begin) // self._slot
                end = min(span.until, self._begin + (number + 1) * self._slot)
                spent[number] += (end - since).total_seconds()
                since = end
        return busy_s, ready_s
