"""Every watched figure as it is now: of queues from line and day, of agents from their states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from app.live.alert_rules import AlertRules
from app.live.daybook import DayBook
from app.live.directory import Directory
from app.live.state import LiveState
from app.live.views_agent import presence
from reporting.snapshots import LEVEL_CALLS_MIN
from reporting.thresholds import Measure, Reading
from routing.types import MISSED_REASON, AgentRecord, AgentState


def readings(
    state: LiveState, daybook: DayBook, directory: Directory, rules: AlertRules, now: datetime
) -> Iterator[Reading]:
    """Of queues all of them; of agents what grows, if anything does."""
    yield from _queues(state, daybook, directory, rules, now)
    for record in state.agents.values():
        if record.state is not AgentState.SIGNED_OUT and record.agent_id in directory.agents:
            yield from _agent(record, state, rules)


def _queues(
    state: LiveState, daybook: DayBook, directory: Directory, rules: AlertRules, now: datetime
) -> Iterator[Reading]:
    waiting: Counter[str] = Counter()
    longest: dict[str, datetime] = {}
    for record in state.waiting.values():
        if record.callback is not None:
            # Nobody is on the line: it has a time of its own.
            continue
        waiting[record.queue_id] += 1
        longest[record.queue_id] = min(record.place_at, longest.get(record.queue_id, record.place_at))
    for queue_id, entry in directory.queues.items():
        figures = daybook.queue(queue_id, now)
        enough = figures.answered + figures.abandoned >= LEVEL_CALLS_MIN
        values: dict[Measure, float | None] = {
            Measure.WAITING: waiting[queue_id],
            Measure.SERVICE_LEVEL: figures.service_level if enough else None,
            Measure.ABANDONED: figures.abandon_rate if enough else None,
        }
        for measure, value in values.items():
            limits = rules.limits(measure, queue_id, entry)
            yield Reading(measure=measure, subject=queue_id, limits=limits, value=value)
        yield Reading(
            measure=Measure.LONGEST_WAIT,
            subject=queue_id,
            limits=rules.limits(Measure.LONGEST_WAIT, queue_id, entry),
            since=longest.get(queue_id),
        )


def _agent(record: AgentRecord, state: LiveState, rules: AlertRules) -> Iterator[Reading]:
    measured = _measured(record, state)
    if measured is not None:
        measure, since = measured
        limits = rules.limits(measure, record.agent_id)
        yield Reading(measure=measure, subject=record.agent_id, limits=limits, since=since)


def _measured(record: AgentRecord, state: LiveState) -> tuple[Measure, datetime] | None:
    """What of an agent grows just now, and since when."""
    if presence(record) == "unreachable":
        return Measure.UNREACHABLE, record.unreachable_since or record.since
    match record.state:
        case AgentState.ON_CONTACT:
            contact = state.contact_of_agent(record.agent_id)
            if contact is not None and contact.held_since is not None:
                return Measure.LONG_HOLD, contact.held_since
            return Measure.LONG_CALL, record.since
        case AgentState.ACW:
            return Measure.LONG_WRAP_UP, record.since
        case AgentState.NOT_READY if record.reason == MISSED_REASON:
            return Measure.MISSED, record.since
        case AgentState.NOT_READY:
            return Measure.LONG_BREAK, record.since
    return None
