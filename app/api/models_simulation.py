"""Trying a change on a day: what is asked, how far it is, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from app.api.models import Wire
from app.api.models_setup_queue import Id, Name, QueueSetting, Skills
from routing.policy import Across

People = Annotated[int, Field(ge=-50, le=50)]


class QueuePatch(Wire):
    """Some of a queue's rules, as the configuration writes them: `{id: billing, weight: 3}`."""

    model_config = Wire.model_config | {"extra": "allow"}
    __pydantic_extra__: dict[str, JsonValue]

    id: Id

    @property
    def rules(self) -> dict[str, JsonValue]:
        return self.__pydantic_extra__


class AgentPatch(Wire):
    """Other skills, other queues; what is left out stays."""

    id: Id
    skills: dict[Name, Annotated[int, Field(ge=0, le=10)]] = {}
    """Merged into those the agent has; level 0 takes one away."""
    queues: list[Id] | None = None


class StaffPatch(Wire):
    """So many more people (or fewer) serve a queue, at the hours of those who serve it."""

    queue: Id
    people: People


class DayChange(Wire):
    """A difference to the configuration, in the configuration's own shape."""

    name: str = Field(default="", max_length=120)
    queues: list[QueuePatch] = Field(default=[], max_length=200)
    agents: list[AgentPatch] = Field(default=[], max_length=500)
    staff: list[StaffPatch] = Field(default=[], max_length=50)
    across: Across | None = None


class TryAsked(Wire):
    """`others` more seeds tell how sure the result is."""

    change: DayChange
    day: date
    seed: Annotated[int, Field(ge=0, le=2**31)] = 4471
    others: Annotated[int, Field(ge=0, le=20)] = 6


class DayOnRecord(Wire):
    day: date
    contacts: int
    people: int


class TryAgent(Wire):
    id: str
    name: str
    skills: Skills
    queues: list[str]


class TryGround(Wire):
    """What can be changed, and the days it can be tried on, newest first."""

    days: list[DayOnRecord]
    queues: list[QueueSetting]
    agents: list[TryAgent]
    across: Across


class QueueOutcome(Wire):
    """One queue, as it is and as changed. Shares are 0 to 1. `people` serve it."""

    queue_id: str
    name: str
    goal: float
    target_s: float
    contacts: int
    people_before: int
    people_after: int
    service_level_before: float | None
    service_level_after: float | None
    asa_before_s: float | None
    asa_after_s: float | None
    longest_before_s: float
    longest_after_s: float
    abandoned_before: int
    abandoned_after: int
    answered_in_target_before: int
    answered_in_target_after: int
    occupancy_before: float | None
    occupancy_after: float | None
    kept_before: bool
    kept_after: bool
    less: int
    same: int
    longer: int


class SlotOutcome(Wire):
    """A stretch of the day, by when callers joined. Nobody joined: None."""

    at: datetime
    service_level_before: float | None = None
    service_level_after: float | None = None
    asa_before_s: float | None = None
    asa_after_s: float | None = None
    abandoned_before: int = 0
    abandoned_after: int = 0
    occupancy_before: float | None = None
    occupancy_after: float | None = None


class QueueCourse(Wire):
    """`queue_id` None: all queues."""

    queue_id: str | None
    slots: list[SlotOutcome]


class LoserCall(Wire):
    """One caller who waits longer. `why`: sentences, the verdict first."""

    contact_id: str
    at: datetime
    wait_before_s: float
    wait_after_s: float
    ending_before: str
    ending_after: str
    agent_before: str | None
    agent_after: str | None
    why: list[str]


class LoserGroup(Wire):
    queue_id: str
    name: str
    callers: int
    mean_more_s: float
    worst_more_s: float
    given_up: int
    sentence: str
    calls: list[LoserCall]


class Verdict(Wire):
    """The first sentence is the answer; the rest: gain, who pays, what is still missed."""

    tone: Literal["good", "mixed", "bad", "same"]
    answer: str
    rest: str


class Sureness(Wire):
    """Least and greatest gain of the service level with other seeds, as shares."""

    seeds: int
    gain_low: float
    gain_high: float
    sentence: str


class TryResult(Wire):
    focus: str
    verdict: Verdict
    contacts: int
    seconds: float
    queues: list[QueueOutcome]
    overall: QueueOutcome
    courses: list[QueueCourse]
    losers: list[LoserGroup]
    nobody: str
    """Said of the queue in focus when none of its callers waits longer; else empty."""
    sure: Sureness | None = None


class TryView(Wire):
    """One try. `result` comes before `sure`; `changed` are sentences of what differs."""

    try_id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    progress: Annotated[float, Field(ge=0, le=1)]
    asked: TryAsked
    by: str
    started_at: datetime
    changed: list[str]
    trouble: str = ""
    result: TryResult | None = None


class Tries(Wire):
    tries: list[TryView]
    """Newest first."""
