"""The day's figures as live pages need them, over `reporting/`'s definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """Of one queue, or of all, since midnight of the centre. Ratios 0..1, None without a denominator."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    service_level: float | None = None
    abandon_rate: float | None = None
    handle_s: float | None = None
    spark: Sequence[float] = (0.0,) * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFigures:
    """Of one agent."""

    handled: int = 0
    talk_s: float = 0.0
    handle_s_average: float | None = None
    missed: int = 0
