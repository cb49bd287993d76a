"""Priority from how bad it is and how fast it hurts."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Impact(StrEnum):
    """How much is affected: one person, a household or firm, many customers."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Urgency(StrEnum):
    """How fast it gets worse: it can wait, within days, now."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Priority(IntEnum):
    """1 is worked on first."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


_MATRIX = {
    Impact.HIGH: (Priority.NORMAL, Priority.HIGH, Priority.CRITICAL),
    Impact.MEDIUM: (Priority.LOW, Priority.NORMAL, Priority.HIGH),
    Impact.LOW: (Priority.LOW, Priority.LOW, Priority.NORMAL),
}
"""By impact, then urgency low to high. Source: the usual ITIL matrix with four classes."""


def priority(impact: Impact, urgency: Urgency) -> Priority:
    """The class in which impact and urgency meet."""
    return _MATRIX[impact][list(Urgency).index(urgency)]
