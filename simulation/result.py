"""What became of every caller, agent and queue in a virtual day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reporting import DaySnapshot, QueueFigures
from routing.explain import Explanation
from routing.types import Decision


class Ending(StrEnum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CALLED_BACK = "called_back"
    LEFT = "left"
    """Back into the flow, a message, or a callback that was never reached."""
    WAITING = "waiting"
    """Still there when the day was over."""


@dataclass(slots=True, kw_only=True)
class Fate:
    """One caller's day.

    Attributes:
        at: when the caller joined the first queue.
        wait_s: until the answer, giving up, or leaving.
        agent_id: who answered.
        decision: why that agent.
        offers: how often the call rang.
        told_s: the wait still to come that was told at `told_at_s` of waiting; None: nothing was told.
    """

    contact_id: str
    queue_id: str
    at: datetime
    kind: str = ""
    ending: Ending = Ending.WAITING
    wait_s: float = 0.0
    agent_id: str | None = None
    offers: int = 0
    decision: Decision | None = None
    told_s: float | None = None
    told_low_s: float = 0.0
    told_high_s: float = 0.0
    told_at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of the day for one queue; `queue_id` None: all."""

    begin: datetime
    queue_id: str | None
    figures: QueueFigures
    occupancy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Why a caller was waiting at one instant."""

    at_s: float
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """Attributes:
    seed: which luck.
    figures: the day by the definitions of `reporting`.
    slots: the same per stretch of the day, by queue, in order of time.
    fates: by contact.
    busy_s: seconds of work per agent and queue.
    decisions: how many events the router took.
    moments: for the contacts that were asked about.
    """

    seed: int | str
    begin: datetime
    figures: DaySnapshot
    slots: tuple[Slot, ...]
    fates: Mapping[str, Fate]
    busy_s: Mapping[tuple[str, str], float]
    decisions: int
    moments: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)
