"""Whom a call could go to just now: colleagues and queues as committed state shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.api import models as wire
from app.engine.configuration import VoiceConfiguration
from app.live.daybook import DayBook
from app.live.directory import Directory
from app.live.state import LiveState
from app.live.views_agent import Presence, presence
from app.live.views_caller import CallerView
from routing.types import AgentRecord, AgentState


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNow:
    """A colleague who is signed in.

    `left_s`: the usual rest of the work at hand in seconds; None: not at work, or unknown.
    """

    agent_id: str
    state: Presence
    since: datetime
    reason: str | None = None
    unreachable_why: str | None = None
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """`estimate_s`: what one more caller would wait; None when nobody who serves it is signed in."""

    queue_id: str
    name: str
    waiting: int
    free: int
    estimate_s: float | None
    closed: bool
    ring_timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsNow:
    people: Sequence[PersonNow]
    queues: Sequence[QueueNow]
    pop: wire.Pop | None
    """What the asking agent sees of the caller; None when it has no such contact open."""


class TargetsView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        configuration: Callable[[], VoiceConfiguration],
        callers: CallerView,
        daybook: DayBook,
    ) -> None:
        self._state = state
        self._directory = directory
        self._configuration = configuration
        self._callers = callers
        self._daybook = daybook

    def people(self, agent_id: str, now: datetime) -> list[PersonNow]:
        """Everybody else who is signed in, in no order."""
        directory = self._directory()
        return [
            self._person(record, now)
            for record in self._state.agents.values()
            if record.agent_id != agent_id
            and record.agent_id in directory.agents
            and record.state is not AgentState.SIGNED_OUT
        ]

    def queues(self, now: datetime) -> list[QueueNow]:
        """In the order they are set up."""
        return [self._queue(queue_id, now) for queue_id in self._directory().queues]

    def _person(self, record: AgentRecord, now: datetime) -> PersonNow:
        # Whoever cannot be rung is unreachable here, whatever it would do next.
        busy = record.state in (AgentState.ON_CONTACT, AgentState.ACW)
        return PersonNow(
            agent_id=record.agent_id,
            state=presence(record) if record.reachable or busy else "unreachable",
            since=record.since if record.reachable else (record.unreachable_since or record.since),
            reason=record.reason,
            unreachable_why=None if record.reachable else (record.unreachable_why or "no_phone"),
            left_s=self._left_s(record, now),
        )

    def _left_s(self, record: AgentRecord, now: datetime) -> float | None:
        if record.state is AgentState.ACW and record.acw_ends_at is not None:
            return max(0.0, (record.acw_ends_at - now).total_seconds())
        if record.state is not AgentState.ON_CONTACT or record.queue_id is None:
            return None
        usual_s = self._daybook.queue(record.queue_id, now).aht_s
        return None if usual_s is None else max(0.0, usual_s - (now - record.since).total_seconds())

    def _queue(self, queue_id: str, now: datetime) -> QueueNow:
        directory, configuration = self._directory(), self._configuration()
        waiting = len(self._state.line(queue_id))
        free = sum(
            record.state is AgentState.AVAILABLE
            and record.reachable
            and queue_id in directory.agent(record.agent_id).queues
            for record in self._state.agents.values()
        )
        estimate = self._callers.estimate(queue_id, waiting + 1, now)
        policy, shut = configuration.queue(queue_id), self._state.queues.get(queue_id)
        return QueueNow(
            queue_id=queue_id,
            name=directory.queue_name(queue_id),
            waiting=waiting,
            free=free,
            estimate_s=estimate.mean_s if estimate is not None else None,
            closed=shut is not None and shut.shut,
            ring_timeout_s=policy.ring_timeout.total_seconds() if policy is not None else 20.0,
        )
