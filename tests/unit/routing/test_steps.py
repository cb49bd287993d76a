"""Steps over waiting: when they open, and what they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from calendars import Calendar, Shift
from routing.types import (
    AgentState,
    DivertCause,
    Operation,
    QueuePolicy,
    QueueStep,
    StepCondition,
    StepOpened,
    WayKind,
)
from tests.unit.routing.centre import BILLING, RETENTION, Centre, needs, profile

SKILLED = replace(BILLING, requirements=(needs("Billing", 5),))


def step(step_id: str, after_s: float, operation: Operation, **more: object) -> QueueStep:
    return QueueStep(step_id=step_id, after=timedelta(seconds=after_s), operation=operation, **more)  # type: ignore[arg-type]


def stepped(*steps: QueueStep, policy: QueuePolicy = SKILLED) -> QueuePolicy:
    return replace(policy, steps=steps)


def centre_with(*steps: QueueStep) -> Centre:
    return Centre(
        profile("amina", skills={"Billing": 3}),
        profile("dev", queues=("retention",), skills={"Billing": 9}),
        queues=(stepped(*steps), RETENTION),
    )


# --- what they do ---------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [3, None])
def test_relaxing_a_skill_lets_the_lesser_skilled_have_it(level: int | None) -> None:
    centre = centre_with(step("relax", 20, Operation.RELAX, skill="Billing", level=level))
    centre.ready("amina")
    centre.queue("c1")
    assert centre.router.next_deadline() == centre.now + timedelta(seconds=20)
    centre.wait(19.9)
    assert centre.rung("c1") == []
    centre.wait(0.1)
    assert (centre.opened(), centre.offered()) == (["relax"], {"c1": "amina"})
    assert centre.rules("c1") == ("step:relax",)
    assert centre.waiting("c1").relaxed == {"Billing": level}


def test_raising_the_priority_puts_a_contact_before_others() -> None:
    centre = centre_with(step("raise", 20, Operation.RAISE_PRIORITY, by=2))
    centre.queue("c1")
    centre.wait(10)
    centre.queue("vip", priority=1)
    assert centre.line() == ["vip", "c1"]
    centre.wait(10)
    assert (centre.line(), centre.waiting("c1").raised) == (["c1", "vip"], 2)


def test_widening_lets_members_of_another_queue_take_it_if_they_hold_what_is_required() -> None:
    centre = centre_with(step("widen", 20, Operation.WIDEN, queue_id="retention"))
    centre.ready("dev")
    centre.queue("c1")
    centre.queue("c2", requirements=(needs("Welsh"),))
    centre.wait(20)
    assert (centre.offered(), centre.rules("c1")) == ({"c1": "dev"}, ("step:widen",))
    centre.restart()
    centre.decline("c1")
    centre.wait(15)
    assert centre.offered() == {"c1": "dev"}


def test_overflow_goes_to_the_other_queue_and_its_steps_begin_with_the_waiting_credited() -> None:
    there = stepped(step("quick", 15, Operation.RAISE_PRIORITY, by=1), policy=RETENTION)
    here = stepped(step("over", 20, Operation.OVERFLOW, queue_id="retention"))
    centre = Centre(profile("amina"), queues=(here, there))
    centre.queue("c1")
    centre.wait(20)
    (diverted,) = centre.diverted()
    assert (diverted.cause, diverted.way.kind, diverted.step_id) == (
        DivertCause.STEP,
        WayKind.OVERFLOW,
        "over",
    )
    assert centre.opened() == ["over", "quick"]
    assert (centre.waiting("c1").queue_id, centre.waiting("c1").raised) == ("retention", 1)


def test_an_overflow_that_cannot_be_leaves_the_contact_where_it_is() -> None:
    centre = centre_with(step("over", 20, Operation.OVERFLOW, queue_id="nowhere"))
    centre.queue("c1")
    centre.wait(20)
    assert (centre.diverted(), centre.line()) == ([], ["c1"])


def test_voicemail_ends_the_waiting_and_an_offered_callback_does_not() -> None:
    centre = centre_with(step("ask", 10, Operation.OFFER_CALLBACK), step("mail", 20, Operation.VOICEMAIL))
    centre.queue("c1")
    centre.wait(10)
    assert [(e.way.kind, e.stays, e.step_id) for e in centre.diverted()] == [(WayKind.CALLBACK, True, "ask")]
    centre.wait(10)
    assert [(e.way.kind, e.stays) for e in centre.diverted()] == [(WayKind.VOICEMAIL, False)]
    assert centre.router.contact("c1") is None


def test_what_leads_away_waits_until_a_call_that_rings_has_rung_in_vain() -> None:
    centre = centre_with(step("mail", 20, Operation.VOICEMAIL))
    centre.ask("dev", AgentState.AVAILABLE)
    centre.tell_profile("amina", skills={"Billing": 9})
    centre.wait(10)
    centre.queue("c1", waited_s=15)
    centre.ready("amina")
    centre.wait(5)
    assert (centre.diverted(), centre.rung("c1")) == ([], ["amina"])
    centre.decline("c1")
    centre.wait(5)
    assert [e.way.kind for e in centre.diverted()] == [WayKind.VOICEMAIL]


def test_an_announcement_repeats_while_the_contact_waits() -> None:
    say = step("say", 10, Operation.ANNOUNCE, prompt="sorry", repeat_every=timedelta(seconds=30))
    centre = centre_with(say)
    centre.queue("c1")
    heard = []
    for second in range(1, 81):
        centre.wait(1)
        heard += [second for e in centre.last if isinstance(e, StepOpened) and e.prompt == "sorry"]
        if second == 45:
            centre.restart()
    assert heard == [10, 40, 70]


# --- when -----------------------------------------------------------------------------------------


def test_credited_waiting_counts_and_steps_act_in_their_order() -> None:
    centre = centre_with(
        step("first", 10, Operation.RAISE_PRIORITY, by=1),
        step("second", 10, Operation.RELAX, skill="Billing"),
        step("later", 60, Operation.ANNOUNCE),
    )
    centre.ready("amina")
    centre.queue("c1", waited_s=30)
    assert (centre.opened(), centre.offered()) == (["first", "second"], {"c1": "amina"})
    assert centre.waiting("c1").step_due_at == centre.now + timedelta(seconds=30)


def hours(opens: int, closes: int) -> Calendar:
    shifts = (Shift(opens=time(opens), closes=time(closes)),)
    return Calendar(id="day", zone="UTC", weekly=(shifts,) * 7)


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        (StepCondition(), True),
        (StepCondition(position_at_least=2), True),
        (StepCondition(position_at_least=3), False),
        (StepCondition(waiting_at_least=2), True),
        (StepCondition(waiting_at_least=3), False),
        (StepCondition(available_at_most=0), True),
        (StepCondition(signed_in_at_most=1), True),
        (StepCondition(signed_in_at_most=0), False),
        (StepCondition(attributes={"tier": ("gold", "silver")}), True),
        (StepCondition(attributes={"tier": ("bronze",)}), False),
        (StepCondition(attributes={"tier": ("gold",), "language": ("cy",)}), False),
        (StepCondition(calendar="day"), True),
        (StepCondition(calendar="day", open=False), False),
        (StepCondition(calendar="gone", open=False), True),
    ],
)
def test_a_step_opens_only_when_all_its_conditions_hold(when: StepCondition, opens: bool) -> None:
    policy = stepped(step("raise", 20, Operation.RAISE_PRIORITY, by=1, when=when))
    centre = Centre(
        profile("amina", skills={"Billing": 5}),
        profile("dev", skills={"Billing": 4}),
        queues=(policy,),
        calendars={"day": hours(8, 18)},
    )
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.ask("dev", AgentState.AVAILABLE)
    centre.queue("c1", priority=5)
    centre.queue("c2", attributes={"tier": "gold"})
    centre.wait(20)
    assert (centre.waiting("c2").raised == 1) is opens
    if not opens:
        assert centre.waiting("c2").step_due_at == centre.now + timedelta(seconds=5)


def test_a_condition_is_looked_at_again_every_five_seconds_and_holds_up_no_other_step() -> None:
    centre = centre_with(
        step("queue", 10, Operation.RAISE_PRIORITY, by=1, when=StepCondition(waiting_at_least=2)),
        step("say", 12, Operation.ANNOUNCE),
    )
    centre.queue("c1")
    centre.wait(12)
    assert centre.opened() == ["say"]
    centre.queue("c2")
    assert centre.router.next_deadline() == centre.now + timedelta(seconds=5)
    centre.restart()
    centre.wait(5)
    assert centre.opened() == ["queue"]


def test_new_rules_are_looked_at_for_those_who_wait() -> None:
    centre = centre_with(step("late", 500, Operation.ANNOUNCE))
    centre.queue("c1")
    centre.wait(30)
    policies = centre.router.policies()
    early = stepped(step("early", 20, Operation.ANNOUNCE))
    centre.tell(replace(policies, queues=(early, RETENTION)))
    assert centre.opened() == ["early"]


# --- before their time ----------------------------------------------------------------------------

SKIPS = (
    step("relax", 60, Operation.RELAX, skill="Billing", level=3, skip_if_nobody=True),
    step("over", 120, Operation.OVERFLOW, queue_id="retention", skip_if_nobody=True),
)


def test_a_step_is_skipped_to_when_nobody_signed_in_could_serve() -> None:
    centre = centre_with(*SKIPS)
    centre.ready("amina")
    centre.queue("c1")
    (opened,) = (e for e in centre.last if isinstance(e, StepOpened))
    assert (opened.step_id, opened.skipped_to, centre.offered()) == ("relax", True, {"c1": "amina"})


def test_steps_are_skipped_to_until_somebody_could() -> None:
    centre = centre_with(*SKIPS)
    centre.queue("c1")
    assert (centre.opened(), centre.line("retention")) == (["relax", "over"], ["c1"])


def test_nothing_is_skipped_to_while_somebody_signed_in_could_serve_later() -> None:
    centre = centre_with(*SKIPS)
    centre.tell_profile("amina", skills={"Billing": 9})
    centre.ask("amina", AgentState.NOT_READY, "lunch")
    centre.queue("c1")
    assert centre.opened() == []
    centre.restart()
    centre.ask("amina", AgentState.SIGNED_OUT)
    assert centre.opened() == ["relax", "over"]


def test_a_condition_holds_up_the_skip_too() -> None:
    busy = replace(SKIPS[1], when=StepCondition(waiting_at_least=2))
    centre = centre_with(busy)
    centre.queue("c1")
    assert (centre.opened(), centre.waiting("c1").queue_id) == ([], "billing")


def test_the_start_of_the_tests_lies_inside_the_hours_they_assume() -> None:
    assert datetime(2026, 11, 19, 8, tzinfo=UTC) < Centre().now < datetime(2026, 11, 19, 18, tzinfo=UTC)
