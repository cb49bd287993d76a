"""The figures of one day, folded event by event from the log.

`DayFigures.observe` takes every event of the voice domain in log order; `snapshot(now)` gives the figures of
each queue, of all together and of each agent. Nothing but the events goes in, so figures rebuilt from the log
are the live ones.

Events and the `data` they are read for:

    contact.queued                      contact.requeued (back at its old place)
    contact.answered   wait_s           contact.rejoined (answered again after it was given back)
    contact.abandoned  wait_s           contact.given_back  talk_s, hold_s
    contact.ended      talk_s, hold_s   contact.returned, contact.transferring, voicemail.left
    acw.started                         acw.ended  acw_s
    agent.state        state            offer.timed_out, offer.declined

`talk_s` is without hold. A contact belongs to the day on which it joined its first queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reporting.snapshots import (
    DEFAULT_TARGET,
    AgentFigures,
    DaySnapshot,
    QueueFigures,
    QueueTarget,
    ratio,
)
from reporting.waiting import WaitingHistory

Data = Mapping[str, object]

_BUSY = frozenset({"on_contact", "acw"})
_FREE = frozenset({"available", "ringing"})


@dataclass(slots=True, kw_only=True)
class _Live:
    """A contact between its first queue and its end.

    Attributes:
        counts: it joined its first queue on this day.
        entered_at: when it joined each queue for the first time.
        answered: queues that answered it; `None` stands for all queues together.
        left: queues in which it counts as gone otherwise; `None` likewise.
    """

    counts: bool
    first_queued_at: datetime
    queue_id: str
    entered_at: dict[str, datetime] = field(default_factory=dict)
    answered: set[str | None] = field(default_factory=set)
    left: set[str | None] = field(default_factory=set)
    waiting_since: datetime | None = None
    agent_id: str | None = None

    @property
    def queued_at(self) -> datetime:
        return self.entered_at[self.queue_id]


class _Tally:
    """Running sums of one queue, or of all."""

    __slots__ = (
        "abandoned",
        "abandoned_in_target",
        "acw_s",
        "answered",
        "answered_in_target",
        "given_up_after_answer",
        "handled",
        "history",
        "hold_s",
        "left_otherwise",
        "offered",
        "short_abandoned",
        "talk_s",
        "wait_longest_s",
        "wait_s",
    )

    def __init__(self) -> None:
        self.offered = self.answered = self.answered_in_target = 0
        self.abandoned = self.abandoned_in_target = self.short_abandoned = 0
        self.left_otherwise = self.given_up_after_answer = self.handled = 0
        self.wait_s = self.wait_longest_s = 0.0
        self.talk_s = self.hold_s = self.acw_s = 0.0
        self.history = WaitingHistory()

    def answer(self, wait_s: float, target: QueueTarget) -> None:
        self.answered += 1
        self.answered_in_target += wait_s <= target.answer_s
        self.wait_s += wait_s
        self.wait_longest_s = max(self.wait_longest_s, wait_s)

    def abandon(self, wait_s: float, target: QueueTarget) -> None:
        self.abandoned += 1
        self.abandoned_in_target += wait_s <= target.answer_s
        self.short_abandoned += wait_s <= target.short_abandon_s
        self.wait_longest_s = max(self.wait_longest_s, wait_s)


class _AgentTally:
    """Running sums of one agent."""

    __slots__ = ("acw_s", "declined", "handled", "hold_s", "missed", "since", "spent_s", "state", "talk_s")

    def __init__(self) -> None:
        self.handled = self.missed = self.declined = 0
        self.talk_s = self.hold_s = self.acw_s = 0.0
        self.state = "signed_out"
        self.since: datetime | None = None
        self.spent_s: dict[str, float] = {}


class DayFigures:
    """The fold. One per day; `day_start` is the instant of the centre's own midnight.

    Events from before `day_start` may be fed first: they tell who is waiting and what agents do at
    midnight, and count for nothing else.
    """

    def __init__(self, day_start: datetime, targets: Mapping[str, QueueTarget] | None = None) -> None:
        self._day_start = day_start
        self._targets = dict(targets or {})
        self._queues: dict[str, _Tally] = {}
        self._all = _Tally()
        self._agents: dict[str, _AgentTally] = {}
        self._live: dict[str, _Live] = {}
        self._wrapping: dict[str, tuple[str, bool]] = {}
        """By agent: the queue whose wrap-up runs, and whether it counts today."""

    def target(self, queue_id: str) -> QueueTarget:
        """The promise of a queue; a usual one where none was given."""
        return self._targets.get(queue_id, DEFAULT_TARGET)

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
        data = data or {}
        if agent_id is not None:
            self._observe_agent(event_kind, at, agent_id, data)
        if contact_id is None:
            return
        if event_kind in ("contact.queued", "contact.requeued") and queue_id is not None:
            self._enter(contact_id, queue_id, at)
            return
        live = self._live.get(contact_id)
        if live is None:
            return
        match event_kind:
            case "contact.answered" | "contact.rejoined":
                self._answered(live, agent_id, at, data)
            case "contact.abandoned":
                self._abandoned(live, at, data)
            case "contact.given_back":
                self._talked(live, agent_id, data)
                live.agent_id = None
            case "contact.returned" | "contact.transferring" | "voicemail.left":
                self._left(live, at)
            case "contact.ended":
                self._ended(contact_id, live, at, data)

    # --- contacts ---

    def _tally(self, queue_id: str | None) -> _Tally:
        return self._all if queue_id is None else self._queues.setdefault(queue_id, _Tally())

    def _tallies(self, queue_id: str) -> tuple[_Tally, _Tally]:
        return self._tally(queue_id), self._all

    def _enter(self, contact_id: str, queue_id: str, at: datetime) -> None:
        live = self._live.get(contact_id)
        if live is None:
            counts = at >= self._day_start
            live = _Live(counts=counts, first_queued_at=at, queue_id=queue_id)
            self._live[contact_id] = live
            self._all.offered += counts
        elif live.waiting_since is not None:
            self._leave_queue(live, at)
            if queue_id != live.queue_id:
                self._count_left(live, live.queue_id)
        live.queue_id, live.agent_id = queue_id, None
        if queue_id not in live.entered_at:
            live.entered_at[queue_id] = at
            self._tally(queue_id).offered += live.counts
        self._count_back(live, queue_id)
        self._count_back(live, None)
        live.waiting_since = at if queue_id in live.answered else live.queued_at
        for one in self._tallies(queue_id):
            one.history.change(1, at)

    def _leave_queue(self, live: _Live, at: datetime) -> None:
        live.waiting_since = None
        for one in self._tallies(live.queue_id):
            one.history.change(-1, at)

    def _count_left(self, live: _Live, queue_id: str | None) -> None:
        if live.counts and queue_id not in live.answered | live.left:
            live.left.add(queue_id)
            self._tally(queue_id).left_otherwise += 1

    def _count_back(self, live: _Live, queue_id: str | None) -> None:
        """It came back to a queue it had left: it has not left after all."""
        if queue_id in live.left:
            live.left.remove(queue_id)
            self._tally(queue_id).left_otherwise -= 1

    def _answered(self, live: _Live, agent_id: str | None, at: datetime, data: Data) -> None:
        if live.waiting_since is not None:
            self._leave_queue(live, at)
        live.agent_id = agent_id
        for queue_id, wait_s in self._waits(live, at, data):
            if queue_id not in live.answered:
                live.answered.add(queue_id)
                self._tally(queue_id).answer(wait_s, self.target(live.queue_id))

    def _waits(self, live: _Live, at: datetime, data: Data) -> list[tuple[str | None, float]]:
        """How long it waited: for its queue since it came there, for all together since its first queue."""
        if not live.counts:
            return []
        first_s = _number(data, "wait_s", _since(live.first_queued_at, at))
        return [(live.queue_id, _since(live.queued_at, at)), (None, first_s)]

    def _abandoned(self, live: _Live, at: datetime, data: Data) -> None:
        if live.waiting_since is None:
            return
        self._leave_queue(live, at)
        for queue_id, wait_s in self._waits(live, at, data):
            tally = self._tally(queue_id)
            if queue_id in live.answered:
                tally.given_up_after_answer += 1
            else:
                tally.abandon(wait_s, self.target(live.queue_id))

    def _left(self, live: _Live, at: datetime) -> None:
        """Out of the queue without an answer and without giving up."""
        if live.waiting_since is None:
            return
        self._leave_queue(live, at)
        self._count_left(live, live.queue_id)
        self._count_left(live, None)

    def _talked(self, live: _Live, agent_id: str | None, data: Data) -> None:
        talk_s, hold_s = _number(data, "talk_s"), _number(data, "hold_s")
        if live.counts:
            for one in self._tallies(live.queue_id):
                one.talk_s += talk_s
                one.hold_s += hold_s
            if agent_id is not None:
                agent = self._agent(agent_id)
                agent.talk_s += talk_s
                agent.hold_s += hold_s

    def _ended(self, contact_id: str, live: _Live, at: datetime, data: Data) -> None:
        self._left(live, at)
        del self._live[contact_id]
        agent_id = live.agent_id
        if agent_id is None:
            return
        self._talked(live, agent_id, data)
        self._wrapping[agent_id] = (live.queue_id, live.counts)
        if live.counts:
            self._agent(agent_id).handled += 1
            for one in self._tallies(live.queue_id):
                one.handled += 1

    # --- agents ---

    def _agent(self, agent_id: str) -> _AgentTally:
        return self._agents.setdefault(agent_id, _AgentTally())

    def _observe_agent(self, event_kind: str, at: datetime, agent_id: str, data: Data) -> None:
        match event_kind:
            case "agent.state":
                agent = self._agent(agent_id)
                self._spend(agent.spent_s, agent, at)
                agent.state, agent.since = str(data.get("state", "signed_out")), at
            case "acw.ended":
                queue_id, counts = self._wrapping.pop(agent_id, (None, False))
                if queue_id is None or not counts:
                    return
                acw_s = _number(data, "acw_s")
                self._agent(agent_id).acw_s += acw_s
                for one in self._tallies(queue_id):
                    one.acw_s += acw_s
            case "offer.timed_out" if at >= self._day_start:
                self._agent(agent_id).missed += 1
            case "offer.declined" if at >= self._day_start:
                self._agent(agent_id).declined += 1

    def _spend(self, spent_s: dict[str, float], agent: _AgentTally, until: datetime) -> None:
        """Add the time since the last change to the state the agent was in; only today's part of it."""
        if agent.since is None:
            return
        seconds = _since(max(agent.since, self._day_start), until)
        if seconds > 0.0:
            spent_s[agent.state] = spent_s.get(agent.state, 0.0) + seconds

    # --- what it adds up to ---

    def snapshot(self, now: datetime) -> DaySnapshot:
        """All figures as of `now`. Changes nothing."""
        first_waiting: dict[str, datetime] = {}
        for live in self._live.values():
            if live.waiting_since is not None:
                earliest = first_waiting.get(live.queue_id, live.waiting_since)
                first_waiting[live.queue_id] = min(earliest, live.waiting_since)
        queue_ids = sorted(self._queues.keys() | self._targets.keys())
        return DaySnapshot(
            at=now,
            queues={
                queue_id: _queue_figures(
                    self._queues.get(queue_id) or _Tally(), first_waiting.get(queue_id), now
                )
                for queue_id in queue_ids
            },
            overall=_queue_figures(self._all, min(first_waiting.values(), default=None), now),
            agents={
                agent_id: self._agent_figures(self._agents[agent_id], now)
                for agent_id in sorted(self._agents)
            },
        )

    def _agent_figures(self, agent: _AgentTally, now: datetime) -> AgentFigures:
        spent_s = dict(agent.spent_s)
        self._spend(spent_s, agent, now)
        busy_s = sum(seconds for state, seconds in spent_s.items() if state in _BUSY)
        free_s = sum(seconds for state, seconds in spent_s.items() if state in _FREE)
        return AgentFigures(
            handled=agent.handled,
            missed=agent.missed,
            declined=agent.declined,
            talk_s=agent.talk_s,
            hold_s=agent.hold_s,
            acw_s=agent.acw_s,
            aht_s=ratio(agent.talk_s + agent.hold_s + agent.acw_s, agent.handled),
            occupancy=ratio(busy_s, busy_s + free_s),
            spent_s=spent_s,
        )


def _queue_figures(tally: _Tally, waiting_since: datetime | None, now: datetime) -> QueueFigures:
    closed = tally.answered + tally.abandoned
    waiting_s = _since(waiting_since, now) if waiting_since else 0.0
    return QueueFigures(
        waiting=tally.history.waiting,
        waiting_since=waiting_since,
        offered=tally.offered,
        answered=tally.answered,
        abandoned=tally.abandoned,
        short_abandoned=tally.short_abandoned,
        left_otherwise=tally.left_otherwise,
        given_up_after_answer=tally.given_up_after_answer,
        answered_in_target=tally.answered_in_target,
        service_level=ratio(tally.answered_in_target, closed - tally.short_abandoned),
        service_level_answered=ratio(tally.answered_in_target, tally.answered),
        service_level_all=ratio(tally.answered_in_target + tally.abandoned_in_target, closed),
        abandon_rate=ratio(tally.abandoned, tally.offered),
        abandon_rate_long=ratio(
            tally.abandoned - tally.short_abandoned, tally.offered - tally.short_abandoned
        ),
        asa_s=ratio(tally.wait_s, tally.answered),
        longest_wait_s=max(tally.wait_longest_s, waiting_s),
        handled=tally.handled,
        talk_s=tally.talk_s,
        hold_s=tally.hold_s,
        acw_s=tally.acw_s,
        aht_s=ratio(tally.talk_s + tally.hold_s + tally.acw_s, tally.handled),
        spark=tally.history.points(now),
    )


def _since(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


def _number(data: Data, key: str, otherwise: float = 0.0) -> float:
    value = data.get(key, otherwise)
    return float(value) if isinstance(value, int | float) else otherwise
