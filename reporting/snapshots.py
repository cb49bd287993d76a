"""The figures as they are read: per queue, for all, per agent; and when a queue needs somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEVEL_MARGIN = 0.10
"""A service level so far below its goal is bad, less far a warning."""

WAIT_WARNING = 0.75
"""A wait over this share of the queue's limit is a warning."""

LEVEL_CALLS_MIN = 5
"""With fewer calls the service level says nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTarget:
    """What a queue promises: the share `goal` of callers answered within `answer_s`.

    Attributes:
        short_abandon_s: who gives up within so many seconds is left out of the service level.
        wait_limit_s: nobody should wait longer; the floor turns red.
    """

    answer_s: float = 20.0
    goal: float = 0.80
    short_abandon_s: float = 5.0
    wait_limit_s: float = 180.0


DEFAULT_TARGET = QueueTarget()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """One queue's day, or everybody's. The fields are defined in `reporting.definitions`; None: not yet.

    `offered = answered + abandoned + left_otherwise + waiting` holds for those who wait for the first time;
    one who waits again after an answer is among `waiting` and `answered`.
    """

    waiting: int
    waiting_since: datetime | None
    offered: int
    answered: int
    abandoned: int
    short_abandoned: int
    left_otherwise: int
    given_up_after_answer: int
    answered_in_target: int
    service_level: float | None
    service_level_answered: float | None
    service_level_all: float | None
    abandon_rate: float | None
    abandon_rate_long: float | None
    asa_s: float | None
    longest_wait_s: float
    handled: int
    talk_s: float
    hold_s: float
    acw_s: float
    aht_s: float | None
    spark: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFigures:
    """One agent's day. `spent_s` is the time in each state, the present one included."""

    handled: int
    missed: int
    declined: int
    talk_s: float
    hold_s: float
    acw_s: float
    aht_s: float | None
    occupancy: float | None
    spent_s: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySnapshot:
    """All figures at one instant."""

    at: datetime
    queues: Mapping[str, QueueFigures]
    overall: QueueFigures
    agents: Mapping[str, AgentFigures]


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


def level(figures: QueueFigures, target: QueueTarget, now: datetime) -> Level:
    """Whether a queue needs a person: longest wait against its limit, service level against its goal."""
    waiting_s = (now - figures.waiting_since).total_seconds() if figures.waiting_since else 0.0
    measured = figures.service_level if figures.offered >= LEVEL_CALLS_MIN else None
    short_by = target.goal - measured if measured is not None else 0.0
    if waiting_s > target.wait_limit_s or short_by > LEVEL_MARGIN:
        return Level.BAD
    if waiting_s > target.wait_limit_s * WAIT_WARNING or short_by > 0.0:
        return Level.WARN
    return Level.OK


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`, or None when there is nothing to divide by."""
    return part / whole if whole > 0 else None
