"""Every finding of the analyser: the least configuration that shows it, and one beside it that is well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any

import pytest

from calendars import Calendar, Shift, always_open
from routing.analyser import Known, analyse
from routing.analyser_load import Traffic, agents_needed, answered_within, overloaded
from routing.findings import Finding, Severity
from routing.policy import (
    Absence,
    Across,
    AgentProfile,
    Announcements,
    Blending,
    Callbacks,
    Operation,
    PoliciesChanged,
    QueuePolicy,
    QueueStep,
    Requirement,
    StepCondition,
    Strategy,
    Way,
    WayKind,
)

ERROR, WARNING = Severity.ERROR, Severity.WARNING
BILLING_2 = (Requirement(skill="Billing", level=2),)
OVERFLOW_B = Way(kind=WayKind.OVERFLOW, queue_id="b")


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def queue(**changes: Any) -> QueuePolicy:
    return QueuePolicy(**{"queue_id": "a", "name": "A", "requirements": BILLING_2, **changes})


def agent(agent_id: str = "ann", **changes: Any) -> AgentProfile:
    given = {"queues": frozenset({"a"}), "skills": {"Billing": 5}, **changes}
    return AgentProfile(agent_id=agent_id, name=agent_id.title(), **given)


def step(after: float, operation: Operation, **changes: Any) -> QueueStep:
    return QueueStep(**{"step_id": f"s{after:g}", "after": s(after), "operation": operation, **changes})


def team_of(count: int, **changes: Any) -> tuple[AgentProfile, ...]:
    return tuple(agent(f"p{number:02d}", **changes) for number in range(count))


NIGHT = Calendar(id="night", name="Nights", zone="UTC", weekly=((),) * 7)
ALWAYS = always_open("always", "UTC")
OFFICE = Calendar(
    id="office", name="Office", zone="UTC", weekly=((Shift(opens=time(8), closes=time(18)),),) * 5 + ((),) * 2
)
CALENDARS = {"night": NIGHT, "always": ALWAYS, "office": OFFICE}


@dataclass(frozen=True, kw_only=True)
class Case:
    """`ill` shows `code` at `where` and no other error does; `well` does not show it."""

    code: str
    severity: Severity
    where: tuple[str, ...]
    ill: QueuePolicy | tuple[QueuePolicy, ...] = field(default_factory=queue)
    well: QueuePolicy | tuple[QueuePolicy, ...] = field(default_factory=queue)
    ill_agents: tuple[AgentProfile, ...] = (agent(),)
    well_agents: tuple[AgentProfile, ...] = (agent(),)
    known: Known = field(default_factory=Known)
    traffic: dict[str, Traffic] = field(default_factory=dict)
    cures: tuple[str, ...] = ()


def two(first: QueuePolicy, **second: Any) -> tuple[QueuePolicy, ...]:
    return (first, queue(queue_id="b", name="B", **second))


BOTH = frozenset({"a", "b"})
RELAX_LATE = step(600, Operation.RELAX, skill="Billing", level=1)
RELAX = step(60, Operation.RELAX, skill="Billing", level=1)

CASES = (
    # references
    Case(
        code="unknown_skill",
        severity=ERROR,
        where=("requirements", "Billing"),
        known=Known(skills=frozenset({"Sales"})),
        ill_agents=(agent(skills={}),),
        well=queue(requirements=()),
        well_agents=(agent(skills={}),),
        cures=("add_skill", "clear_field"),
    ),
    Case(
        code="unknown_queue",
        severity=ERROR,
        where=("steps", "s60", "queue"),
        ill=queue(steps=(step(60, Operation.WIDEN, queue_id="gone"),)),
        well=two(queue(steps=(step(60, Operation.WIDEN, queue_id="b"),))),
        well_agents=(agent(), agent("bob", queues=frozenset({"b"}))),
        cures=("add_queue", "remove_step"),
    ),
    Case(
        code="unknown_queue",
        severity=ERROR,
        where=("on_max_wait", "queue"),
        ill=queue(max_wait=s(300), on_max_wait=Way(kind=WayKind.OVERFLOW, queue_id="gone")),
        well=two(queue(max_wait=s(300), on_max_wait=OVERFLOW_B)),
        cures=("add_queue", "way_return"),
    ),
    Case(
        code="unknown_calendar",
        severity=ERROR,
        where=("callbacks", "calendar"),
        ill=queue(callbacks=Callbacks(offered=True, calendar="gone")),
        well=queue(callbacks=Callbacks(offered=True, calendar="office")),
        cures=("add_calendar", "clear_field"),
    ),
    Case(
        code="unknown_prompt",
        severity=ERROR,
        where=("consent",),
        ill=queue(consent="gone"),
        well=queue(consent="recorded"),
        known=Known(prompts=frozenset({"recorded"})),
        cures=("add_prompt", "clear_field"),
    ),
    Case(
        code="unknown_agent",
        severity=WARNING,
        where=("order",),
        ill=queue(strategy=Strategy.TOP_DOWN, order=("ann", "gone")),
        well=queue(strategy=Strategy.TOP_DOWN, order=("ann",)),
        cures=("take_out",),
    ),
    # who can be reached
    Case(
        code="no_members",
        severity=WARNING,
        where=(),
        ill_agents=(),
        cures=("choose_people",),
    ),
    Case(
        code="skill_nobody_holds",
        severity=WARNING,
        where=("requirements", "Billing"),
        ill=queue(requirements=(Requirement(skill="Billing", level=6),)),
        cures=("choose_people", "ask_for_level"),
    ),
    Case(
        code="asked_skill_nobody_holds",
        severity=WARNING,
        where=("asked", "Language:Polish"),
        well_agents=(agent(skills={"Billing": 5, "Language:Polish": 5}),),
        known=Known(asked={"a": (Requirement(skill="Language:Polish", level=5),)}),
        cures=("choose_people",),
    ),
    Case(
        code="nobody_holds_all",
        severity=WARNING,
        where=("requirements",),
        ill=queue(requirements=(*BILLING_2, Requirement(skill="Welsh", level=5))),
        ill_agents=(agent(), agent("bob", skills={"Welsh": 9})),
        well=queue(requirements=(*BILLING_2, Requirement(skill="Welsh", level=5))),
        well_agents=(agent(), agent("bob", skills={"Welsh": 9, "Billing": 2})),
        cures=("choose_people",),
    ),
    # ringing and order
    Case(
        code="ring_width_strategy",
        severity=ERROR,
        where=("ring_width",),
        ill=queue(ring_width=3),
        well=queue(ring_width=3, strategy=Strategy.RING_ALL),
        cures=("ring_one", "ring_all"),
    ),
    Case(
        code="ring_width_one",
        severity=WARNING,
        where=("ring_width",),
        ill=queue(strategy=Strategy.RING_ALL),
        well=queue(strategy=Strategy.RING_ALL, ring_width=0),
        cures=("ring_several",),
    ),
    Case(
        code="ring_step_too_long",
        severity=WARNING,
        where=("ring_step_s",),
        ill=queue(strategy=Strategy.RING_PROGRESSIVELY, ring_width=3, ring_step=s(20)),
        well=queue(strategy=Strategy.RING_PROGRESSIVELY, ring_width=3, ring_step=s(5)),
        cures=("every_s",),
    ),
    Case(
        code="order_missing",
        severity=WARNING,
        where=("order",),
        ill=queue(strategy=Strategy.TOP_DOWN),
        well=queue(strategy=Strategy.TOP_DOWN, order=("ann",)),
    ),
    Case(
        code="without_effect",
        severity=WARNING,
        where=("penalties",),
        ill=queue(penalties={"ann": 2}),
        well=queue(penalties={"ann": 2}, strategy=Strategy.WEIGHTED_RANDOM),
        cures=("clear_field", "use_strategy"),
    ),
    Case(
        code="without_effect",
        severity=WARNING,
        where=("on_full",),
        ill=queue(on_full=Way(kind=WayKind.VOICEMAIL)),
        well=queue(on_full=Way(kind=WayKind.VOICEMAIL), max_length=10),
        cures=("clear_field",),
    ),
    Case(
        code="without_effect",
        severity=WARNING,
        where=("on_full", "queue"),
        ill=two(queue(max_length=10, on_full=Way(kind=WayKind.VOICEMAIL, queue_id="b"))),
        well=two(queue(max_length=10, on_full=OVERFLOW_B)),
        cures=("clear_field",),
    ),
    Case(
        code="not_a_member",
        severity=WARNING,
        where=("order", "bob"),
        ill=queue(strategy=Strategy.TOP_DOWN, order=("bob", "ann")),
        ill_agents=(agent(), agent("bob", queues=frozenset())),
        well=queue(strategy=Strategy.TOP_DOWN, order=("bob", "ann")),
        well_agents=(agent(), agent("bob")),
        cures=("take_out",),
    ),
    # empty, full, long
    Case(
        code="refuses_everybody",
        severity=ERROR,
        where=("join_empty",),
        ill=queue(join_empty=frozenset({Absence.SIGNED_OUT})),
        ill_agents=(),
        well=queue(join_empty=frozenset({Absence.SIGNED_OUT})),
        cures=("let_join", "choose_people"),
    ),
    Case(
        code="nobody_may_wait",
        severity=WARNING,
        where=("join_empty",),
        ill=queue(join_empty=frozenset(Absence)),
        well=queue(join_empty=frozenset({Absence.SIGNED_OUT, Absence.NOT_READY})),
        cures=("let_wait_for_busy",),
    ),
    Case(
        code="leave_stricter_than_join",
        severity=ERROR,
        where=("leave_empty",),
        ill=queue(join_empty=frozenset({Absence.SIGNED_OUT}), leave_empty=frozenset({Absence.NOT_READY})),
        well=queue(
            join_empty=frozenset({Absence.SIGNED_OUT, Absence.NOT_READY}),
            leave_empty=frozenset({Absence.SIGNED_OUT}),
        ),
        cures=("refuse_them_too", "let_them_stay"),
    ),
    Case(
        code="overflow_where",
        severity=ERROR,
        where=("on_full", "queue"),
        ill=queue(max_length=5, on_full=Way(kind=WayKind.OVERFLOW)),
        well=two(queue(max_length=5, on_full=OVERFLOW_B)),
        cures=("way_return",),
    ),
    Case(
        code="short_abandon_over_target",
        severity=WARNING,
        where=("short_abandon_s",),
        ill=queue(short_abandon=s(20)),
        well=queue(short_abandon=s(5)),
        cures=("short_abandon_5",),
    ),
    Case(
        code="target_after_longest_wait",
        severity=WARNING,
        where=("target_s",),
        ill=queue(max_wait=s(60), service_level=s(90)),
        well=queue(max_wait=s(60), service_level=s(60)),
        cures=("target_to",),
    ),
    Case(
        code="announced_too_late",
        severity=WARNING,
        where=("announcements", "first_after_s"),
        ill=queue(max_wait=s(60), announcements=Announcements(first_after=s(60))),
        well=queue(max_wait=s(60), announcements=Announcements(first_after=s(59))),
        cures=("first_after",),
    ),
    Case(
        code="preferred_outlasts_wait",
        severity=WARNING,
        where=("preferred_for_s",),
        ill=queue(max_wait=s(60), preferred_for=s(60)),
        well=queue(max_wait=s(60), preferred_for=s(30)),
        cures=("preferred_for",),
    ),
    # steps
    Case(
        code="step_incomplete",
        severity=ERROR,
        where=("steps", "s60", "skill"),
        ill=queue(steps=(step(60, Operation.RELAX),)),
        well=queue(steps=(RELAX,)),
    ),
    Case(
        code="step_after_longest_wait",
        severity=ERROR,
        where=("steps", "s600", "after_s"),
        ill=queue(max_wait=s(480), steps=(RELAX_LATE,)),
        well=queue(max_wait=s(660), steps=(RELAX_LATE,)),
        cures=("open_at", "longest_wait"),
    ),
    Case(
        code="step_after_caller_left",
        severity=ERROR,
        where=("steps", "s600", "after_s"),
        ill=queue(steps=(step(300, Operation.VOICEMAIL), RELAX_LATE)),
        well=queue(
            steps=(step(300, Operation.VOICEMAIL, when=StepCondition(signed_in_at_most=0)), RELAX_LATE)
        ),
        cures=("open_at", "remove_step"),
    ),
    Case(
        code="condition_over_length",
        severity=ERROR,
        where=("steps", "s60", "when"),
        ill=queue(max_length=5, steps=(replace(RELAX, when=StepCondition(position_at_least=6)),)),
        well=queue(max_length=5, steps=(replace(RELAX, when=StepCondition(position_at_least=5)),)),
        cures=("from_count",),
    ),
    Case(
        code="condition_without_values",
        severity=ERROR,
        where=("steps", "s60", "when"),
        ill=queue(steps=(replace(RELAX, when=StepCondition(attributes={"tier": ()})),)),
        well=queue(steps=(replace(RELAX, when=StepCondition(attributes={"tier": ("gold",)})),)),
        cures=("drop_condition",),
    ),
    Case(
        code="condition_never_in_hours",
        severity=ERROR,
        where=("steps", "s60", "when"),
        ill=queue(steps=(replace(RELAX, when=StepCondition(calendar="night")),)),
        well=queue(steps=(replace(RELAX, when=StepCondition(calendar="office")),)),
        cures=("drop_condition",),
    ),
    Case(
        code="condition_never_in_hours",
        severity=ERROR,
        where=("steps", "s60", "when"),
        ill=queue(steps=(replace(RELAX, when=StepCondition(calendar="always", open=False)),)),
        well=queue(steps=(replace(RELAX, when=StepCondition(calendar="always")),)),
        cures=("drop_condition",),
    ),
    Case(
        code="step_raises_by_nothing",
        severity=WARNING,
        where=("steps", "s60", "by"),
        ill=queue(steps=(step(60, Operation.RAISE_PRIORITY),)),
        well=queue(steps=(step(60, Operation.RAISE_PRIORITY, by=2),)),
        cures=("raise_by", "remove_step"),
    ),
    Case(
        code="step_relaxes_nothing",
        severity=WARNING,
        where=("steps", "s120", "skill"),
        ill=queue(steps=(RELAX, step(120, Operation.RELAX, skill="Billing", level=1))),
        well=queue(steps=(RELAX, step(120, Operation.RELAX, skill="Billing"))),
        cures=("remove_step",),
    ),
    Case(
        code="step_repeats_in_vain",
        severity=WARNING,
        where=("steps", "s60", "repeat_every_s"),
        ill=queue(steps=(replace(RELAX, repeat_every=s(60)),)),
        well=queue(steps=(step(60, Operation.RAISE_PRIORITY, by=1, repeat_every=s(60)),)),
        cures=("once_only",),
    ),
    Case(
        code="step_adds_nobody",
        severity=WARNING,
        where=("steps", "s60", "queue"),
        ill=two(queue(steps=(step(60, Operation.WIDEN, queue_id="b"),))),
        ill_agents=(agent(queues=BOTH), agent("bob", queues=frozenset({"b"}), skills={"Billing": 1})),
        well=two(queue(steps=(RELAX, step(90, Operation.WIDEN, queue_id="b")))),
        well_agents=(agent(queues=BOTH), agent("bob", queues=frozenset({"b"}), skills={"Billing": 1})),
        cures=("remove_step",),
    ),
    Case(
        code="overflow_circle",
        severity=ERROR,
        where=("steps", "s60"),
        ill=two(
            queue(steps=(step(60, Operation.OVERFLOW, queue_id="b"),)),
            steps=(step(30, Operation.OVERFLOW, queue_id="a"),),
        ),
        well=two(queue(steps=(step(60, Operation.OVERFLOW, queue_id="b"),))),
        cures=("remove_step",),
    ),
    Case(
        code="overflow_circle",
        severity=ERROR,
        where=("on_full",),
        ill=two(
            queue(max_length=5, on_full=OVERFLOW_B),
            max_length=5,
            on_full=Way(kind=WayKind.OVERFLOW, queue_id="a"),
        ),
        well=two(queue(max_length=5, on_full=OVERFLOW_B), max_length=5),
        cures=("way_return",),
    ),
    # callbacks, blending
    Case(
        code="callback_not_offered",
        severity=WARNING,
        where=("steps", "s60"),
        ill=queue(steps=(step(60, Operation.OFFER_CALLBACK),), callbacks=Callbacks(calendar="office")),
        well=queue(
            steps=(step(60, Operation.OFFER_CALLBACK),),
            callbacks=Callbacks(offered=True, calendar="office"),
        ),
        cures=("offer_callbacks",),
    ),
    Case(
        code="callback_at_any_hour",
        severity=WARNING,
        where=("callbacks", "calendar"),
        ill=queue(callbacks=Callbacks(offered=True)),
        well=queue(callbacks=Callbacks(offered=True, calendar="office")),
        cures=("choose_hours",),
    ),
    Case(
        code="callback_expires_first",
        severity=WARNING,
        where=("callbacks", "expires_after_s"),
        ill=queue(callbacks=Callbacks(offered=True, calendar="office", expires_after=s(1800))),
        well=queue(callbacks=Callbacks(offered=True, calendar="office", expires_after=s(3600))),
        cures=("expire_after",),
    ),
    Case(
        code="yields_to_itself",
        severity=ERROR,
        where=("blending", "yields_to"),
        ill=queue(blending=Blending(yields_to=frozenset({"a"}), open_at_free=1)),
        well=two(queue(blending=Blending(yields_to=frozenset({"b"}), open_at_free=1))),
        cures=("take_out",),
    ),
    Case(
        code="blending_never_opens",
        severity=ERROR,
        where=("blending", "open_at_free"),
        ill=two(queue(blending=Blending(yields_to=frozenset({"b"}), open_at_free=3))),
        well=two(queue(blending=Blending(yields_to=frozenset({"b"}), open_at_free=3))),
        well_agents=team_of(3),
        cures=("open_at_free", "choose_people"),
    ),
    Case(
        code="blending_shuts_at_once",
        severity=ERROR,
        where=("blending", "close_above_waiting"),
        ill=two(queue(blending=Blending(yields_to=frozenset({"b"}), open_at_free=1, open_at_waiting=2))),
        well=two(
            queue(
                blending=Blending(
                    yields_to=frozenset({"b"}), open_at_free=1, open_at_waiting=2, close_above_waiting=4
                )
            )
        ),
        cures=("shut_at",),
    ),
    # load
    Case(
        code="target_unreachable",
        severity=WARNING,
        where=("goal",),
        ill_agents=team_of(12),
        well_agents=team_of(14),
        traffic={"a": Traffic(contacts_per_hour=200, handle_s=180)},
        cures=("choose_people", "promise_share"),
    ),
    Case(
        code="starved_by_weight",
        severity=WARNING,
        where=("weight",),
        ill=two(queue(), weight=3),
        ill_agents=team_of(5, queues=BOTH),
        well=two(queue(), weight=3),
        well_agents=team_of(6, queues=BOTH),
        traffic={"b": Traffic(contacts_per_hour=100, handle_s=180)},
        cures=("weight_to", "choose_people"),
    ),
)


def _analyse(
    queues: QueuePolicy | tuple[QueuePolicy, ...], agents: tuple[AgentProfile, ...], case: Case
) -> tuple[Finding, ...]:
    several = queues if isinstance(queues, tuple) else (queues,)
    return analyse(
        PoliciesChanged(queues=several, agents=agents, calendars=CALENDARS), case.traffic, case.known
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{'.'.join(case.where)}")
def test_shows_what_is_ill_and_not_what_is_well(case: Case) -> None:
    of_queue = [f for f in _analyse(case.ill, case.ill_agents, case) if f.section == "queues" and f.id == "a"]
    found = [each for each in of_queue if each.code == case.code and each.where == case.where]
    assert [each.severity for each in found] == [case.severity]
    assert tuple(cure.code for cure in found[0].cures) == case.cures
    errors = {each.code for each in of_queue if each.severity is ERROR}
    assert errors == ({case.code} if case.severity is ERROR else set())
    beside = _analyse(case.well, case.well_agents, case)
    assert case.code not in {each.code for each in beside if each.where == case.where and each.id == "a"}


AGENT_CASES = (
    ("unknown_queue", ERROR, agent(queues=frozenset({"a", "gone"})), Known()),
    (
        "unknown_skill",
        ERROR,
        agent(skills={"Billing": 5, "Bilbing": 3}),
        Known(skills=frozenset({"Billing"})),
    ),
    ("unknown_team", ERROR, agent(team="Gone"), Known(teams=frozenset({"Billing"}))),
    ("agent_gets_nothing", WARNING, agent(skills={"Billing": 1}), Known()),
)


@pytest.mark.parametrize(("code", "severity", "ill", "known"), AGENT_CASES, ids=[c[0] for c in AGENT_CASES])
def test_says_what_is_wrong_with_an_agent(
    code: str, severity: Severity, ill: AgentProfile, known: Known
) -> None:
    found = [
        each
        for each in analyse(PoliciesChanged(queues=(queue(),), agents=(ill,)), known=known)
        if each.section == "agents"
    ]
    assert [(each.code, each.severity, each.id) for each in found] == [(code, severity, "ann")]
    well = PoliciesChanged(queues=(queue(),), agents=(agent(team=""),))
    assert not [each for each in analyse(well, known=known) if each.section == "agents"]


def test_a_step_that_relaxes_enough_gives_an_agent_work() -> None:
    relaxed = queue(steps=(step(60, Operation.RELAX, skill="Billing", level=1),))
    found = analyse(PoliciesChanged(queues=(relaxed,), agents=(agent(), agent("bob", skills={"Billing": 1}))))
    assert found == ()


def test_errors_come_before_warnings() -> None:
    ill = queue(ring_width=2, callbacks=Callbacks(offered=True))
    found = analyse(PoliciesChanged(queues=(ill,), agents=(agent(),)))
    assert [each.severity for each in found] == [ERROR, WARNING]


def test_weights_starve_nobody_when_they_do_not_count() -> None:
    queues, agents = two(queue(), weight=3), team_of(5, queues=BOTH)
    traffic = {"b": Traffic(contacts_per_hour=100, handle_s=180)}
    for across, starved in ((Across.WEIGHT_THEN_LONGEST, True), (Across.LONGEST, False)):
        found = analyse(PoliciesChanged(queues=queues, agents=agents, across=across), traffic)
        assert ("starved_by_weight" in {each.code for each in found}) is starved


def test_erlang_c_agrees_with_the_published_figures() -> None:
    """Source: FACTS, 100 calls in 30 min of 3 min each: 14 agents answer 88.8% within 20 s."""
    assert answered_within(14, 10.0, 180.0, 20.0) == pytest.approx(0.888, abs=5e-4)
    assert agents_needed(10.0, 180.0, 20.0, 0.8) == 14
    assert answered_within(10, 10.0, 180.0, 20.0) == 0.0
    assert answered_within(1, 0.0, 180.0, 20.0) == 1.0


def test_a_queue_is_overloaded_only_if_no_sharing_out_helps() -> None:
    serving = {"x": frozenset({"1", "2"}), "y": frozenset({"2", "3"}), "z": frozenset({"4"})}
    assert overloaded({"x": 1.5, "y": 1.4, "z": 0.5}, serving) == frozenset()
    assert overloaded({"x": 1.7, "y": 1.4, "z": 0.5}, serving) == {"x", "y"}
    assert overloaded({"x": 0.5, "y": 0.5, "z": 1.5}, serving) == {"z"}
    # y alone fits into agent 3, but x takes 2 whole and still has too much: y is not swamped.
    assert overloaded({"x": 2.5, "y": 0.9, "z": 0.5}, serving) == {"x"}
