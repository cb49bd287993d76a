"""How long a caller still waits, with the range it is honest to give."""

from __future__ import annotations

import math
from dataclasses import dataclass

_QUANTILE_80 = 1.2816
"""Standard normal: 80% lie between minus and plus this many deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEstimate:
    """Seconds. Four of five callers in this place wait between `low_s` and `high_s`."""

    mean_s: float
    low_s: float
    high_s: float


def estimate_wait(position: int, agents: int, aht_s: float | None) -> WaitEstimate | None:
    """What the caller at `position` (1 is next) still waits while `agents` serve, all of them busy.

    `position` calls must end first. With exponential handle times these ends come `agents / aht_s` a second,
    so the wait is the sum of `position` such gaps (gamma distributed; quantiles after Wilson and Hilferty).

    Returns:
        None when nobody serves or no handle time is known: then nothing honest can be said.
    """
    if position < 1 or agents < 1 or not aht_s:
        return None
    gap_s = aht_s / agents
    spread = _QUANTILE_80 / (3.0 * math.sqrt(position))
    centre = 1.0 - 1.0 / (9.0 * position)
    low_s, high_s = (position * gap_s * max(0.0, centre + sign * spread) ** 3 for sign in (-1.0, 1.0))
    return WaitEstimate(mean_s=position * gap_s, low_s=low_s, high_s=high_s)
