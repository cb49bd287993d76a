"""The analyser on one queue's rules: settings that contradict each other, or have no effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from routing.findings import Cure, Edit, Finding, Severity, queue_edit, queue_finding, queue_removal
from routing.policy import (
    Absence,
    AgentProfile,
    Operation,
    QueuePolicy,
    SayPosition,
    SayWait,
    Strategy,
    WayKind,
)

RINGING = frozenset({Strategy.RING_ALL, Strategy.RING_PROGRESSIVELY})
WORKING = frozenset({Absence.ON_CONTACT, Absence.RINGING, Absence.ACW})
"""Everybody works: with these in `join_empty` nobody ever waits for a busy agent."""
NO_TIME = timedelta(0)


def check_rules(queue: QueuePolicy, members: list[AgentProfile]) -> Iterator[Finding]:
    """What is wrong with the rules of one queue but for its steps."""
    yield from _ringing(queue)
    yield from _orders(queue, members)
    yield from _emptiness(queue, members)
    yield from _ways(queue)
    yield from _waits(queue)
    yield from _callbacks(queue)
    if queue.blending is not None:
        yield from _blending(queue, len(members))


# --- ringing, order -------------------------------------------------------------------------------


def _ringing(queue: QueuePolicy) -> Iterator[Finding]:
    queue_id, ringing = queue.queue_id, queue.strategy in RINGING
    if queue.ring_width != 1 and not ringing:
        yield queue_finding(
            "ring_width_strategy",
            queue_id,
            "ring_width",
            severity=Severity.ERROR,
            cures=(
                Cure(code="ring_one", edit=queue_edit(queue_id, "ring_width", value=1)),
                Cure(code="ring_all", edit=queue_edit(queue_id, "strategy", value=Strategy.RING_ALL.value)),
            ),
            width=queue.ring_width,
            strategy=queue.strategy.value,
        )
    if queue.ring_width == 1 and ringing:
        yield queue_finding(
            "ring_width_one",
            queue_id,
            "ring_width",
            cures=(
                Cure(
                    code="ring_several",
                    facts={"count": 3},
                    edit=queue_edit(queue_id, "ring_width", value=3),
                ),
            ),
            strategy=queue.strategy.value,
        )
    if queue.strategy is Strategy.RING_PROGRESSIVELY and queue.ring_step >= queue.ring_timeout:
        half = queue.ring_timeout.total_seconds() / 2
        yield queue_finding(
            "ring_step_too_long",
            queue_id,
            "ring_step_s",
            cures=(
                Cure(
                    code="every_s",
                    facts={"seconds": half},
                    edit=queue_edit(queue_id, "ring_step_s", value=half),
                ),
            ),
            step_s=queue.ring_step.total_seconds(),
            timeout_s=queue.ring_timeout.total_seconds(),
        )


def _orders(queue: QueuePolicy, members: list[AgentProfile]) -> Iterator[Finding]:
    queue_id = queue.queue_id
    serving = {agent.agent_id for agent in members}
    if queue.strategy is Strategy.TOP_DOWN and not queue.order:
        yield queue_finding("order_missing", queue_id, "order")
    for setting, named, strategy in (
        ("order", queue.order, Strategy.TOP_DOWN),
        ("penalties", tuple(queue.penalties), Strategy.WEIGHTED_RANDOM),
    ):
        if named and queue.strategy is not strategy:
            cures = (
                Cure(code="clear_field", edit=queue_removal(queue_id, setting)),
                Cure(
                    code="use_strategy",
                    facts={"strategy": strategy.value},
                    edit=queue_edit(queue_id, "strategy", value=strategy.value),
                ),
            )
            yield queue_finding(
                "without_effect", queue_id, setting, cures=cures, field=setting, needs=strategy.value
            )
        elif serving:
            for agent_id in (each for each in named if each not in serving):
                edit = Edit(
                    section="queues", id=queue_id, path=(setting,), value=agent_id, remove=True, item=True
                )
                yield queue_finding(
                    "not_a_member",
                    queue_id,
                    setting,
                    agent_id,
                    cures=(Cure(code="take_out", facts={"name": agent_id}, edit=edit),),
                    name=agent_id,
                )


# --- empty, full, long ----------------------------------------------------------------------------


def _emptiness(queue: QueuePolicy, members: list[AgentProfile]) -> Iterator[Finding]:
    queue_id = queue.queue_id
    clear = Cure(code="let_join", edit=queue_removal(queue_id, "join_empty"))
    if queue.join_empty and not members:
        cures = (clear, Cure(code="choose_people", go="agents"))
        yield queue_finding("refuses_everybody", queue_id, "join_empty", severity=Severity.ERROR, cures=cures)
    elif queue.join_empty >= WORKING:
        rest = tuple(each.value for each in Absence if each in queue.join_empty - WORKING)
        ease = Cure(code="let_wait_for_busy", edit=queue_edit(queue_id, "join_empty", value=rest))
        yield queue_finding("nobody_may_wait", queue_id, "join_empty", cures=(ease,))
    stricter = queue.leave_empty - queue.join_empty
    if stricter:
        named = tuple(each.value for each in Absence if each in stricter)
        both = tuple(each.value for each in Absence if each in queue.leave_empty | queue.join_empty)
        kept = tuple(each.value for each in Absence if each in queue.leave_empty & queue.join_empty)
        cures = (
            Cure(code="refuse_them_too", edit=queue_edit(queue_id, "join_empty", value=both)),
            Cure(code="let_them_stay", edit=queue_edit(queue_id, "leave_empty", value=kept)),
        )
        yield queue_finding(
            "leave_stricter_than_join",
            queue_id,
            "leave_empty",
            severity=Severity.ERROR,
            cures=cures,
            states=named,
        )


def _ways(queue: QueuePolicy) -> Iterator[Finding]:
    queue_id = queue.queue_id
    decided = (
        ("on_full", queue.on_full, queue.max_length > 0, "max_length"),
        ("on_empty", queue.on_empty, bool(queue.join_empty or queue.leave_empty), "join_empty"),
        ("on_max_wait", queue.on_max_wait, queue.max_wait is not None, "max_wait_s"),
    )
    for name, way, happens, needs in decided:
        if way.kind is WayKind.OVERFLOW and not way.queue_id:
            cure = Cure(code="way_return", edit=queue_edit(queue_id, name, "kind", value="return"))
            yield queue_finding(
                "overflow_where", queue_id, name, "queue", severity=Severity.ERROR, cures=(cure,), field=name
            )
        elif way.kind is not WayKind.OVERFLOW and way.queue_id:
            yield queue_finding(
                "without_effect",
                queue_id,
                name,
                "queue",
                cures=(Cure(code="clear_field", edit=queue_removal(queue_id, name, "queue")),),
                field=f"{name}.queue",
                needs="overflow",
            )
        if way.kind is not WayKind.RETURN and not happens:
            cure = Cure(code="clear_field", edit=queue_removal(queue_id, name))
            yield queue_finding("without_effect", queue_id, name, cures=(cure,), field=name, needs=needs)


def _waits(queue: QueuePolicy) -> Iterator[Finding]:
    queue_id, target = queue.queue_id, queue.service_level
    if queue.short_abandon >= target:
        cure = Cure(code="short_abandon_5", edit=queue_edit(queue_id, "short_abandon_s", value=5))
        yield queue_finding(
            "short_abandon_over_target",
            queue_id,
            "short_abandon_s",
            cures=(cure,) if target > timedelta(seconds=5) else (),
            target_s=target.total_seconds(),
        )
    if queue.max_wait is None:
        return
    limit_s = queue.max_wait.total_seconds()
    if queue.max_wait < target:
        yield queue_finding(
            "target_after_longest_wait",
            queue_id,
            "target_s",
            cures=(
                Cure(
                    code="target_to",
                    facts={"seconds": limit_s},
                    edit=queue_edit(queue_id, "target_s", value=limit_s),
                ),
            ),
            target_s=target.total_seconds(),
            limit_s=limit_s,
        )
    said = queue.announcements
    speaks = said.position is not SayPosition.NO or said.wait is not SayWait.NO
    if speaks and said.first_after >= queue.max_wait:
        half = round(limit_s / 2)
        yield queue_finding(
            "announced_too_late",
            queue_id,
            "announcements",
            "first_after_s",
            cures=(
                Cure(
                    code="first_after",
                    facts={"seconds": half},
                    edit=queue_edit(queue_id, "announcements", "first_after_s", value=half),
                ),
            ),
            after_s=said.first_after.total_seconds(),
            limit_s=limit_s,
        )
    if queue.preferred_for >= queue.max_wait:
        half = round(limit_s / 2)
        yield queue_finding(
            "preferred_outlasts_wait",
            queue_id,
            "preferred_for_s",
            cures=(
                Cure(
                    code="preferred_for",
                    facts={"seconds": half},
                    edit=queue_edit(queue_id, "preferred_for_s", value=half),
                ),
            ),
            preferred_s=queue.preferred_for.total_seconds(),
            limit_s=limit_s,
        )


# --- callbacks, blending --------------------------------------------------------------------------


def _callbacks(queue: QueuePolicy) -> Iterator[Finding]:
    queue_id, rules = queue.queue_id, queue.callbacks
    ways = {"on_full": queue.on_full, "on_empty": queue.on_empty, "on_max_wait": queue.on_max_wait}
    places: list[tuple[str, ...]] = [(name,) for name, way in ways.items() if way.kind is WayKind.CALLBACK]
    places += [("steps", step.step_id) for step in queue.steps if step.operation is Operation.OFFER_CALLBACK]
    if places and not rules.offered:
        yield queue_finding(
            "callback_not_offered",
            queue_id,
            *places[0],
            cures=(
                Cure(code="offer_callbacks", edit=queue_edit(queue_id, "callbacks", "offered", value=True)),
            ),
        )
    if not rules.offered and not places:
        return
    if rules.calendar is None:
        yield queue_finding(
            "callback_at_any_hour",
            queue_id,
            "callbacks",
            "calendar",
            cures=(Cure(code="choose_hours", go="callbacks.calendar"),),
        )
    last_try = rules.retry_after * (rules.attempts - 1)
    if last_try >= rules.expires_after and rules.attempts > 1:
        longer = last_try.total_seconds() * 2
        yield queue_finding(
            "callback_expires_first",
            queue_id,
            "callbacks",
            "expires_after_s",
            cures=(
                Cure(
                    code="expire_after",
                    facts={"seconds": longer},
                    edit=queue_edit(queue_id, "callbacks", "expires_after_s", value=longer),
                ),
            ),
            attempts=rules.attempts,
            last_s=last_try.total_seconds(),
            expires_s=rules.expires_after.total_seconds(),
        )


def _blending(queue: QueuePolicy, members: int) -> Iterator[Finding]:
    queue_id, gate = queue.queue_id, queue.blending
    assert gate is not None
    if queue_id in gate.yields_to:
        edit = Edit(
            section="queues",
            id=queue_id,
            path=("blending", "yields_to"),
            value=queue_id,
            remove=True,
            item=True,
        )
        yield queue_finding(
            "yields_to_itself",
            queue_id,
            "blending",
            "yields_to",
            severity=Severity.ERROR,
            cures=(Cure(code="take_out", facts={"name": queue_id}, edit=edit),),
        )
    if members and gate.open_at_free > members:
        yield queue_finding(
            "blending_never_opens",
            queue_id,
            "blending",
            "open_at_free",
            severity=Severity.ERROR,
            cures=(
                Cure(
                    code="open_at_free",
                    facts={"count": members},
                    edit=queue_edit(queue_id, "blending", "open_at_free", value=members),
                ),
                Cure(code="choose_people", go="agents"),
            ),
            wanted=gate.open_at_free,
            members=members,
        )
    for opens, shuts, wrong in (
        ("open_at_free", "close_below_free", gate.close_below_free > gate.open_at_free),
        ("open_at_waiting", "close_above_waiting", gate.close_above_waiting < gate.open_at_waiting),
    ):
        if wrong:
            edit = queue_edit(queue_id, "blending", shuts, value=int(getattr(gate, opens)))
            yield queue_finding(
                "blending_shuts_at_once",
                queue_id,
                "blending",
                shuts,
                severity=Severity.ERROR,
                cures=(Cure(code="shut_at", facts={"count": int(getattr(gate, opens))}, edit=edit),),
                opens=int(getattr(gate, opens)),
                shuts=int(getattr(gate, shuts)),
            )
