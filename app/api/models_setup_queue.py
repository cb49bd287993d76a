"""A queue's rules as people write them: the one shape of YAML, API and store, and its way to the router.

Durations are seconds (`*_s`). What a queue does not say has the default of a plain queue. A shape that
cannot be right in any centre is refused here; what only this centre makes wrong, `routing.analyser` finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.api.models import Wire
from routing.policy import (
    Absence,
    Announcements,
    Blending,
    CallbackMode,
    Callbacks,
    IdleSince,
    Operation,
    QueuePolicy,
    QueueStep,
    Requirement,
    SayPosition,
    SayWait,
    StepCondition,
    Strategy,
    Way,
    WayKind,
)

DAY_S = 86_400.0
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
"""Letters, digits, and `_ . : -`, at most 64; what people never see."""
Name = Annotated[str, Field(min_length=1, max_length=80)]
Level = Annotated[int, Field(ge=1, le=10)]
Seconds = Annotated[float, Field(ge=0, le=30 * DAY_S)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Skills = dict[Name, Level]


def _time(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _time_or_none(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


class WaySetting(Wire):
    """What happens with a caller who may not stay. `queue` only with `overflow`."""

    kind: WayKind = WayKind.RETURN
    queue: str | None = None

    def way(self) -> Way:
        return Way(kind=self.kind, queue_id=self.queue)


class ConditionSetting(Wire):
    """All that are given must hold when the step opens."""

    position_at_least: Count | None = None
    waiting_at_least: Count | None = None
    available_at_most: Count | None = None
    signed_in_at_most: Count | None = None
    attributes: dict[Name, list[str]] = {}
    calendar: str | None = None
    open: bool = True

    def condition(self) -> StepCondition:
        return StepCondition(
            position_at_least=self.position_at_least,
            waiting_at_least=self.waiting_at_least,
            available_at_most=self.available_at_most,
            signed_in_at_most=self.signed_in_at_most,
            attributes={name: tuple(values) for name, values in self.attributes.items()},
            calendar=self.calendar,
            open=self.open,
        )


class StepSetting(Wire):
    """Opens when a caller has waited `after_s`. Without an `id` it gets one from what it does and when."""

    id: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=80)
    after_s: Seconds
    operation: Operation
    skill: str | None = None
    level: Level | None = None
    by: Annotated[int, Field(ge=-1000, le=1000)] = 0
    queue: str | None = None
    prompt: str | None = None
    when: ConditionSetting = ConditionSetting()
    repeat_every_s: Annotated[float, Field(gt=0, le=30 * DAY_S)] | None = None
    skip_if_nobody: bool = False

    def step(self) -> QueueStep:
        return QueueStep(
            step_id=self.id,
            name=self.name,
            after=_time(self.after_s),
            operation=self.operation,
            skill=self.skill,
            level=self.level,
            by=self.by,
            queue_id=self.queue,
            prompt=self.prompt,
            when=self.when.condition(),
            repeat_every=_time_or_none(self.repeat_every_s),
            skip_if_nobody=self.skip_if_nobody,
        )


class AnnouncementsSetting(Wire):
    """`every_s` null: the flow's exit decides."""

    first_after_s: Seconds = 12
    every_s: Annotated[float, Field(ge=5, le=DAY_S)] | None = None
    position: SayPosition = SayPosition.YES
    position_limit: Annotated[int, Field(ge=1, le=1000)] = 10
    wait: SayWait = SayWait.NO
    wait_rounding_s: Annotated[float, Field(ge=1, le=3600)] = 60
    only_when_improved: bool = False

    def announcements(self) -> Announcements:
        return Announcements(
            first_after=_time(self.first_after_s),
            every=_time_or_none(self.every_s),
            position=self.position,
            position_limit=self.position_limit,
            wait=self.wait,
            wait_rounding=_time(self.wait_rounding_s),
            only_when_improved=self.only_when_improved,
        )


class CallbacksSetting(Wire):
    """`calendar` is the calling hours; null: at any time."""

    offered: bool = False
    mode: CallbackMode = CallbackMode.AGENT_FIRST
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    retry_after_s: Seconds = 900
    expires_after_s: Seconds = DAY_S
    calendar: str | None = None

    def callbacks(self) -> Callbacks:
        return Callbacks(
            offered=self.offered,
            mode=self.mode,
            attempts=self.attempts,
            retry_after=_time(self.retry_after_s),
            expires_after=_time(self.expires_after_s),
            calendar=self.calendar,
        )


class BlendingSetting(Wire):
    """This queue yields to others, with a threshold each way."""

    yields_to: list[str] = Field(min_length=1)
    open_at_free: Count = 2
    close_below_free: Count = 1
    open_at_waiting: Count = 0
    close_above_waiting: Count = 0

    def blending(self) -> Blending:
        return Blending(
            yields_to=frozenset(self.yields_to),
            open_at_free=self.open_at_free,
            close_below_free=self.close_below_free,
            open_at_waiting=self.open_at_waiting,
            close_above_waiting=self.close_above_waiting,
        )


class QueueRules(Wire):
    """Everything a centre decides about a queue but its id and its name.

    `goal` of the callers answered within `target_s` is the promise; a wait over `wait_limit_s` raises an
    alert on the floor; `position` orders lists of queues on screens.
    """

    position: Count = 0
    requirements: Skills = {}
    strategy: Strategy = Strategy.BEST_SKILL_THEN_LONGEST_IDLE
    order: list[str] = []
    penalties: dict[str, Annotated[int, Field(ge=0, le=1000)]] = {}
    ring_width: Annotated[int, Field(ge=0, le=1000)] = 1
    ring_step_s: Annotated[float, Field(ge=1, le=600)] = 10
    weight: Annotated[int, Field(ge=0, le=1000)] = 0
    share: Annotated[int, Field(ge=1, le=1000)] = 1
    tier_priority: dict[str, Annotated[int, Field(ge=-1000, le=1000)]] = {}
    case_priority: dict[str, Annotated[int, Field(ge=-1000, le=1000)]] = {}
    ring_timeout_s: Annotated[float, Field(ge=3, le=600)] = 20
    acw_s: Annotated[float, Field(ge=0, le=3600)] = 60
    acw_extend_limit_s: Annotated[float, Field(ge=0, le=4 * 3600)] = 300
    decline_cooloff_s: Annotated[float, Field(ge=0, le=3600)] = 15
    misses_to_not_ready: Annotated[int, Field(ge=0, le=100)] = 2
    idle_since: IdleSince = IdleSince.LAST_CONTACT
    breaks_reset_idle: bool = False
    misses_reset_idle: bool = False
    steps: list[StepSetting] = []
    join_empty: list[Absence] = []
    leave_empty: list[Absence] = []
    max_length: Count = 0
    max_wait_s: Annotated[float, Field(gt=0, le=30 * DAY_S)] | None = None
    on_full: WaySetting = WaySetting()
    on_empty: WaySetting = WaySetting()
    on_max_wait: WaySetting = WaySetting()
    credit_on_transfer: bool = True
    return_window_s: Annotated[float, Field(ge=0, le=DAY_S)] = 0
    preferred_for_s: Annotated[float, Field(ge=0, le=3600)] = 30
    announcements: AnnouncementsSetting = AnnouncementsSetting()
    callbacks: CallbacksSetting = CallbacksSetting()
    blending: BlendingSetting | None = None
    target_s: Annotated[float, Field(gt=0, le=DAY_S)] = 20
    goal: Annotated[float, Field(gt=0, le=1)] = 0.8
    short_abandon_s: Annotated[float, Field(ge=0, le=120)] = 5
    wait_limit_s: Annotated[float, Field(gt=0, le=DAY_S)] = 180
    consent: str | None = None

    @model_validator(mode="after")
    def _in_one_order(self) -> Self:
        """Steps in the order they open, each with an id of its own; sets in one order."""
        self.steps.sort(key=lambda step: step.after_s)
        taken = {step.id for step in self.steps if step.id}
        if len(taken) < sum(1 for step in self.steps if step.id):
            raise ValueError("two steps have the same id")
        for step in self.steps:
            if not step.id:
                step.id = _free_id(f"{step.operation}_{step.after_s:g}", taken)
                taken.add(step.id)
        for absences in (self.join_empty, self.leave_empty):
            absences[:] = sorted(set(absences), key=list(Absence).index)
        self.requirements = dict(sorted(self.requirements.items()))
        return self

    @classmethod
    def stored(cls, policy: Mapping[str, object]) -> Self:
        """Read what the store holds; what an older or newer version wrote besides does not count."""
        return cls.model_validate({name: policy[name] for name in cls.model_fields if name in policy})

    def policy(self, queue_id: str, name: str, version: int = 1) -> QueuePolicy:
        """As the router takes it."""
        return QueuePolicy(
            queue_id=queue_id,
            name=name,
            requirements=tuple(Requirement(skill=s, level=level) for s, level in self.requirements.items()),
            strategy=self.strategy,
            order=tuple(self.order),
            penalties=dict(self.penalties),
            ring_width=self.ring_width,
            ring_step=_time(self.ring_step_s),
            weight=self.weight,
            share=self.share,
            tier_priority=dict(self.tier_priority),
            case_priority=dict(self.case_priority),
            ring_timeout=_time(self.ring_timeout_s),
            acw=_time(self.acw_s),
            acw_extend_limit=_time(self.acw_extend_limit_s),
            decline_cooloff=_time(self.decline_cooloff_s),
            misses_to_not_ready=self.misses_to_not_ready,
            idle_since=self.idle_since,
            breaks_reset_idle=self.breaks_reset_idle,
            misses_reset_idle=self.misses_reset_idle,
            steps=tuple(step.step() for step in self.steps),
            join_empty=frozenset(self.join_empty),
            leave_empty=frozenset(self.leave_empty),
            max_length=self.max_length,
            max_wait=_time_or_none(self.max_wait_s),
            on_full=self.on_full.way(),
            on_empty=self.on_empty.way(),
            on_max_wait=self.on_max_wait.way(),
            credit_on_transfer=self.credit_on_transfer,
            return_window=_time(self.return_window_s),
            preferred_for=_time(self.preferred_for_s),
            announcements=self.announcements.announcements(),
            callbacks=self.callbacks.callbacks(),
            blending=None if self.blending is None else self.blending.blending(),
            service_level=_time(self.target_s),
            service_target=self.goal,
            short_abandon=_time(self.short_abandon_s),
            consent=self.consent,
            version=version,
        )


class QueueSetting(QueueRules):
    """A queue whole."""

    id: Id
    name: Name

    def rules(self) -> dict[str, object]:
        """What the store keeps of it."""
        return self.model_dump(mode="json", exclude={"id", "name"})


def _free_id(wanted: str, taken: set[str]) -> str:
    free, number = wanted, 2
    while free in taken:
        free, number = f"{wanted}_{number}", number + 1
    return free
