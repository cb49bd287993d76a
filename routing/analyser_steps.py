"""The analyser on steps: which can never open, which change nothing, where callers go in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from calendars import Calendar
from routing.findings import Cure, Edit, Finding, Severity, Value, queue_edit, queue_finding, queue_removal
from routing.policy import (
    AgentProfile,
    Operation,
    QueuePolicy,
    QueueStep,
    Requirement,
    StepCondition,
    WayKind,
)

LEAVES = frozenset({Operation.OVERFLOW, Operation.VOICEMAIL})
"""After one of them the caller no longer waits here."""
NEEDS: Mapping[Operation, str] = {
    Operation.RELAX: "skill",
    Operation.WIDEN: "queue_id",
    Operation.OVERFLOW: "queue_id",
    Operation.ANNOUNCE: "prompt",
}
FIELD: Mapping[str, str] = {"queue_id": "queue"}
BEFORE = timedelta(minutes=1)
"""A cure opens a step so long before what keeps it from opening."""


def check_steps(
    queue: QueuePolicy,
    members: Mapping[str, list[AgentProfile]],
    calendars: Mapping[str, Calendar],
    asked: tuple[Requirement, ...],
) -> Iterator[Finding]:
    """In the order in which they open."""
    line = _Line(queue, members, asked)
    for step in sorted(queue.steps, key=lambda each: each.after):
        missing = _incomplete(step)
        if missing:
            yield _finding(queue, step, "step_incomplete", missing, Severity.ERROR, needs=missing)
            continue
        never = line.never(step)
        if never is not None:
            yield never
            continue
        yield from _impossible(queue, step, calendars)
        vain = line.vain(step)
        if vain is not None:
            yield vain
        line.opened(step)


class _Line:
    """What holds for a caller who has waited long enough for a step."""

    def __init__(
        self, queue: QueuePolicy, members: Mapping[str, list[AgentProfile]], asked: tuple[Requirement, ...]
    ) -> None:
        self._queue = queue
        self._members = members
        self._needs: dict[str, int] = {}
        for need in (*queue.requirements, *asked):
            self._needs[need.skill] = max(need.level, self._needs.get(need.skill, 0))
        self._asked = {need.skill for need in asked}
        self._served_by = {queue.queue_id}
        self._left_by: QueueStep | None = None

    def never(self, step: QueueStep) -> Finding | None:
        """It cannot open because the caller is gone by then."""
        queue = self._queue
        if queue.max_wait is not None and step.after >= queue.max_wait:
            limit_s, after_s = queue.max_wait.total_seconds(), step.after.total_seconds()
            earlier = max((queue.max_wait - BEFORE).total_seconds(), round(limit_s / 2))
            later = after_s + BEFORE.total_seconds()
            return _finding(
                queue,
                step,
                "step_after_longest_wait",
                "after_s",
                Severity.ERROR,
                (
                    Cure(
                        code="open_at",
                        facts={"seconds": earlier},
                        edit=_set(queue, step, "after_s", value=earlier),
                    ),
                    Cure(
                        code="longest_wait",
                        facts={"seconds": later},
                        edit=queue_edit(queue.queue_id, "max_wait_s", value=later),
                    ),
                ),
                after_s=after_s,
                limit_s=limit_s,
            )
        if self._left_by is not None:
            gone, after_s = self._left_by, step.after.total_seconds()
            left_s = gone.after.total_seconds()
            cures = [Cure(code="remove_step", edit=queue_removal(queue.queue_id, "steps", step.step_id))]
            if left_s > 0:
                earlier = max(left_s - BEFORE.total_seconds(), round(left_s / 2))
                cures.insert(
                    0,
                    Cure(
                        code="open_at",
                        facts={"seconds": earlier},
                        edit=_set(queue, step, "after_s", value=earlier),
                    ),
                )
            return _finding(
                queue,
                step,
                "step_after_caller_left",
                "after_s",
                Severity.ERROR,
                tuple(cures),
                after_s=after_s,
                left_s=left_s,
                by=gone.operation.value,
            )
        return None

    def vain(self, step: QueueStep) -> Finding | None:
        """It opens and nothing is different."""
        queue = self._queue
        remove = Cure(code="remove_step", edit=queue_removal(queue.queue_id, "steps", step.step_id))
        match step.operation:
            case Operation.RAISE_PRIORITY if step.by == 0:
                cure = Cure(code="raise_by", facts={"count": 1}, edit=_set(queue, step, "by", value=1))
                return _finding(queue, step, "step_raises_by_nothing", "by", cures=(cure, remove))
            case Operation.RELAX:
                assert step.skill is not None
                now = self._needs.get(step.skill, 0)
                if now <= (step.level or 0):
                    return _finding(
                        queue,
                        step,
                        "step_relaxes_nothing",
                        "skill",
                        cures=(remove,),
                        skill=step.skill,
                        level=step.level or 0,
                        needed=now,
                    )
            case Operation.WIDEN:
                return self._adds_nobody(step, remove)
        if step.repeat_every is not None and step.operation in (Operation.RELAX, Operation.WIDEN):
            edit = queue_removal(queue.queue_id, "steps", step.step_id, "repeat_every_s")
            cure = Cure(code="once_only", edit=edit)
            return _finding(queue, step, "step_repeats_in_vain", "repeat_every_s", cures=(cure,))
        return None

    def _adds_nobody(self, step: QueueStep, remove: Cure) -> Finding | None:
        assert step.queue_id is not None
        before = {agent.agent_id for each in self._served_by for agent in self._members.get(each, ())}
        added = [
            agent
            for agent in self._members.get(step.queue_id, ())
            if agent.agent_id not in before and self._may_take(agent)
        ]
        if added or step.queue_id not in self._members:
            return None
        return _finding(self._queue, step, "step_adds_nobody", "queue", cures=(remove,), other=step.queue_id)

    def _may_take(self, agent: AgentProfile) -> bool:
        """Flows' own wishes are left out: not every caller has them."""
        return all(
            agent.skills.get(skill, 0) >= level
            for skill, level in self._needs.items()
            if skill not in self._asked
        )

    def opened(self, step: QueueStep) -> None:
        if step.operation is Operation.RELAX and step.skill in self._needs:
            assert step.skill is not None
            if step.level is None:
                del self._needs[step.skill]
            else:
                self._needs[step.skill] = min(self._needs[step.skill], step.level)
        elif step.operation is Operation.WIDEN and step.queue_id is not None:
            self._served_by.add(step.queue_id)
        elif step.operation in LEAVES and step.when == StepCondition() and self._left_by is None:
            self._left_by = step


def _incomplete(step: QueueStep) -> str | None:
    needed = NEEDS.get(step.operation)
    if needed is None or getattr(step, needed):
        return None
    return FIELD.get(needed, needed)


def _impossible(queue: QueuePolicy, step: QueueStep, calendars: Mapping[str, Calendar]) -> Iterator[Finding]:
    """A condition that never holds."""
    when = step.when
    for name, wanted in (
        ("position_at_least", when.position_at_least),
        ("waiting_at_least", when.waiting_at_least),
    ):
        if wanted is not None and 0 < queue.max_length < wanted:
            edit = _set(queue, step, "when", name, value=queue.max_length)
            yield _finding(
                queue,
                step,
                "condition_over_length",
                "when",
                Severity.ERROR,
                (Cure(code="from_count", facts={"count": queue.max_length}, edit=edit),),
                wanted=wanted,
                length=queue.max_length,
            )
    for name, values in sorted(when.attributes.items()):
        if not values:
            edit = queue_removal(queue.queue_id, "steps", step.step_id, "when", "attributes", name)
            yield _finding(
                queue,
                step,
                "condition_without_values",
                "when",
                Severity.ERROR,
                (Cure(code="drop_condition", edit=edit),),
                attribute=name,
            )
    calendar = calendars.get(when.calendar or "")
    if calendar is not None and _always(calendar) is (not when.open):
        edit = queue_removal(queue.queue_id, "steps", step.step_id, "when", "calendar")
        yield _finding(
            queue,
            step,
            "condition_never_in_hours",
            "when",
            Severity.ERROR,
            (Cure(code="drop_condition", edit=edit),),
            calendar=calendar.name or calendar.id,
            open=when.open,
        )


def _always(calendar: Calendar) -> bool | None:
    """True: it never closes; False: it never opens; None: it does both."""
    spans = [sum(_minutes(shift.opens, shift.closes) for shift in day) for day in calendar.weekly]
    if calendar.holidays is None and not calendar.closures and all(span >= 24 * 60 for span in spans):
        return True
    return False if not any(spans) and not calendar.openings else None


def _minutes(opens: object, closes: object) -> int:
    start = getattr(opens, "hour", 0) * 60 + getattr(opens, "minute", 0)
    end = getattr(closes, "hour", 0) * 60 + getattr(closes, "minute", 0)
    return end - start if end > start else end - start + 24 * 60


# --- circles --------------------------------------------------------------------------------------


def check_cycles(queues: Sequence[QueuePolicy]) -> Iterator[Finding]:
    """Callers sent from queue to queue and back for one and the same cause."""
    for cause, edges in _edges(queues).items():
        seen: set[frozenset[str]] = set()
        for queue_id in sorted(edges):
            circle = _circle(edges, queue_id)
            if circle is None or frozenset(circle) in seen:
                continue
            seen.add(frozenset(circle))
            names = {queue.queue_id: queue.name for queue in queues}
            way = edges[circle[0]][0]
            edit = (
                queue_removal(circle[0], *way)
                if way[0] == "steps"
                else queue_edit(circle[0], way[0], "kind", value="return")
            )
            code = "remove_step" if way[0] == "steps" else "way_return"
            yield queue_finding(
                "overflow_circle",
                circle[0],
                *way,
                severity=Severity.ERROR,
                cures=(Cure(code=code, edit=edit),),
                queues=tuple(names[each] for each in circle),
                cause=cause,
            )


def _edges(queues: Sequence[QueuePolicy]) -> dict[str, dict[str, tuple[tuple[str, ...], str]]]:
    """Cause -> queue -> (where it says so, next queue). Waiting is credited: steps act at once again."""
    known = {queue.queue_id for queue in queues}
    edges: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
        cause: {} for cause in ("steps", "on_full", "on_empty", "on_max_wait")
    }
    for queue in queues:
        for step in queue.steps:
            if (
                step.operation is Operation.OVERFLOW
                and step.when == StepCondition()
                and step.queue_id in known
            ):
                edges["steps"].setdefault(queue.queue_id, (("steps", step.step_id), str(step.queue_id)))
        for cause, way in (
            ("on_full", queue.on_full),
            ("on_empty", queue.on_empty),
            ("on_max_wait", queue.on_max_wait),
        ):
            if way.kind is WayKind.OVERFLOW and way.queue_id in known:
                edges[cause][queue.queue_id] = ((cause,), str(way.queue_id))
    return edges


def _circle(edges: Mapping[str, tuple[tuple[str, ...], str]], start: str) -> list[str] | None:
    """The queues of the circle that `start` is on, from it on; None when it is on none."""
    path, at = [start], edges[start][1]
    while at not in path:
        if at not in edges:
            return None
        path.append(at)
        at = edges[at][1]
    return path if at == start else None


# --- shared ---------------------------------------------------------------------------------------


def _set(queue: QueuePolicy, step: QueueStep, *path: str, value: Value) -> Edit:
    return queue_edit(queue.queue_id, "steps", step.step_id, *path, value=value)


def _finding(
    queue: QueuePolicy,
    step: QueueStep,
    code: str,
    where: str,
    severity: Severity = Severity.WARNING,
    cures: tuple[Cure, ...] = (),
    **facts: Value,
) -> Finding:
    number = sorted(queue.steps, key=lambda each: each.after).index(step) + 1
    return queue_finding(
        code,
        queue.queue_id,
        "steps",
        step.step_id,
        where,
        severity=severity,
        cures=cures,
        step=number,
        **facts,
    )
