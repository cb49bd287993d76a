"""Configurations of a small centre that use every rule there is, drawn at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from calendars import Calendar, calendar_from_dict
from routing.types import (
    VOICE,
    Absence,
    Across,
    AgentProfile,
    Blending,
    CallbackMode,
    Callbacks,
    IdleSince,
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

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
QUEUES = ("billing", "retention", "welsh", "letters")
AGENTS = ("amina", "dev", "kofi", "rhys", "sian")
MEDIA = ("webrtc", "simulated")
CHAT = "chat"
TIERS = ("gold", "bronze")
NUMBERS = ("+441632960101", "+441632960102", "+441632960103")
NEEDS = (
    (),
    (),
    (Requirement(skill="Billing", level=3),),
    (Requirement(skill="Welsh", level=4),),
    (Requirement(skill="Billing", level=6), Requirement(skill="Welsh")),
)
WAYS = (
    Way(),
    Way(kind=WayKind.HANG_UP),
    Way(kind=WayKind.VOICEMAIL),
    Way(kind=WayKind.OVERFLOW, queue_id="retention"),
    Way(kind=WayKind.CALLBACK),
)
ABSENCES = (
    frozenset({Absence.SIGNED_OUT}),
    frozenset({Absence.SIGNED_OUT, Absence.NOT_READY, Absence.UNREACHABLE}),
    frozenset(Absence),
)
HOURS: dict[str, Calendar] = {
    calendar_id: calendar_from_dict(
        {
            "id": calendar_id,
            "zone": "Europe/London",
            "weekly": {day: spans for day in ("mon", "tue", "wed", "thu", "fri")},
        }
    )
    for calendar_id, spans in (("morning", ["09:00-10:50"]), ("late", ["10:46-18:00"]))
}

T = TypeVar("T")


def seconds(r: Random, *choices: int) -> timedelta:
    return timedelta(seconds=r.choice(choices))


def once_in(r: Random, n: int) -> bool:
    return r.randrange(n) == 0


def configuration(r: Random, version: int, everyone: bool = False) -> PoliciesChanged:
    """Queues and profiles. With `everyone` no queue and no agent is missing."""
    queues = [q for q in QUEUES if everyone or q == "retention" or not once_in(r, 6)]
    staff = [a for a in AGENTS if everyone or not once_in(r, 6)]
    return PoliciesChanged(
        queues=tuple(queue(r, queue_id, version) for queue_id in queues),
        agents=tuple(profile(r, agent_id) for agent_id in staff),
        across=r.choice(tuple(Across)),
        calendars=HOURS,
    )


def profile(r: Random, agent_id: str) -> AgentProfile:
    skills = {"Billing": r.choice((5, 8))}
    if not once_in(r, 3):
        skills["Welsh"] = r.choice((2, 5, 8))
    capacity = {VOICE: 1}
    if once_in(r, 2):
        capacity[CHAT] = r.choice((1, 2))
        if once_in(r, 8):
            del capacity[VOICE]
    return AgentProfile(
        agent_id=agent_id,
        name=agent_id.title(),
        queues=frozenset(q for q in QUEUES if not once_in(r, 3)) or frozenset(QUEUES),
        skills=skills,
        capacity=capacity,
        voice_blocks=not once_in(r, 3),
    )


def queue(r: Random, queue_id: str, version: int) -> QueuePolicy:
    plain = once_in(r, 3)
    letters = queue_id == "letters"
    return QueuePolicy(
        queue_id=queue_id,
        name=queue_id.title(),
        requirements=r.choice(NEEDS),
        strategy=r.choice(tuple(Strategy)),
        order=AGENTS[2:0:-1],
        penalties={"amina": 2, "dev": 0},
        ring_width=r.choice((1, 2, 0)),
        ring_step=seconds(r, 5, 10),
        weight=r.randrange(2),
        share=r.choice((1, 3)),
        tier_priority={"gold": 2} if once_in(r, 2) else {},
        case_priority={"urgent": 1} if once_in(r, 3) else {},
        ring_timeout=seconds(r, 10, 20),
        acw=seconds(r, 60, 15, 0),
        acw_extend_limit=seconds(r, 50, 0),
        decline_cooloff=seconds(r, 15, 45, 0),
        misses_to_not_ready=r.choice((2, 1, 0)),
        idle_since=r.choice(tuple(IdleSince)),
        breaks_reset_idle=once_in(r, 3),
        misses_reset_idle=once_in(r, 3),
        steps=() if plain else steps(r),
        join_empty=frozenset() if not once_in(r, 6) else r.choice(ABSENCES),
        leave_empty=frozenset() if not once_in(r, 8) else r.choice(ABSENCES),
        max_length=0 if not once_in(r, 4) else r.choice((1, 3)),
        max_wait=None if not once_in(r, 4) else seconds(r, 40, 120),
        on_full=r.choice(WAYS),
        on_empty=r.choice(WAYS),
        on_max_wait=r.choice(WAYS),
        credit_on_transfer=not once_in(r, 3),
        return_window=seconds(r, 0, 30, 120),
        preferred_for=seconds(r, 10, 30),
        callbacks=callbacks(r),
        blending=Blending(
            yields_to=frozenset({"billing", "welsh"}),
            open_at_free=r.choice((1, 2)),
            close_below_free=1,
            open_at_waiting=r.choice((0, 1)),
            close_above_waiting=1,
        )
        if letters and once_in(r, 2)
        else None,
        version=version,
    )


def callbacks(r: Random) -> Callbacks:
    return Callbacks(
        offered=True,
        mode=r.choice(tuple(CallbackMode)),
        attempts=r.choice((1, 2)),
        retry_after=seconds(r, 20, 60),
        expires_after=seconds(r, 240, 3600),
        calendar=r.choice((None, None, "morning", "late")),
    )


def steps(r: Random) -> tuple[QueueStep, ...]:
    made: list[QueueStep] = []
    after = timedelta(0)
    for number in range(r.randrange(4)):
        after += seconds(r, 5, 10, 20)
        when = StepCondition()
        if once_in(r, 4):
            when = StepCondition(attributes={"tier": ("gold",)})
        elif once_in(r, 5):
            when = StepCondition(calendar="late", open=once_in(r, 2))
        elif once_in(r, 5):
            when = StepCondition(position_at_least=2)
        operation = r.choice(tuple(Operation))
        made.append(
            QueueStep(
                step_id=f"s{number}",
                after=after,
                operation=operation,
                skill=r.choice(("Billing", "Welsh")) if operation is Operation.RELAX else None,
                level=r.choice((None, 1, 2)) if operation is Operation.RELAX else None,
                by=r.choice((1, 3)) if operation is Operation.RAISE_PRIORITY else 0,
                queue_id="retention" if operation in (Operation.WIDEN, Operation.OVERFLOW) else None,
                prompt="sorry" if operation is Operation.ANNOUNCE else None,
                when=when,
                repeat_every=seconds(r, 10, 30) if once_in(r, 4) else None,
                skip_if_nobody=once_in(r, 3),
            )
        )
    return tuple(made)
