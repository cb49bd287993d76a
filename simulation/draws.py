"""What chance decides in a virtual day, and how it is distributed.

Source: Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao 2005, Statistical Analysis of a Telephone Call
Center: arrivals are an inhomogeneous Poisson process, handle times are log-normal, and the hazard of giving
up peaks in the first seconds and again at each announcement.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Attributes:
    mean_s: arithmetic mean in seconds.
    cv: standard deviation over mean; 1 is about what centres see, 0 is always the mean.
    """

    mean_s: float
    cv: float = 0.9

    def at(self, z: float) -> float:
        """The value `z` standard deviations from the median, in the logarithm. Seconds."""
        variance = math.log1p(self.cv * self.cv)
        return self.mean_s * math.exp(math.sqrt(variance) * z - variance / 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    """For comparison with theory, which assumes it."""

    mean_s: float

    def at(self, z: float) -> float:
        """As above: the value of the same rank as `z` has among standard normals."""
        return -self.mean_s * math.log(max(1e-300, 0.5 * math.erfc(z / math.sqrt(2.0))))


HandleTime = LogNormal | Exponential


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a caller waits. Attributes:

    mean_s: mean after the first seconds; infinite: nobody ever gives up.
    hasty: share of callers who hang up within the first `hasty_s`, on finding that they must wait.
    startled: share of those waiting who hang up at each announcement.
    """

    mean_s: float
    hasty: float = 0.03
    hasty_s: float = 6.0
    startled: float = 0.02

    def after(self, resolve: float) -> float:
        """Seconds waited before giving up, by a caller of this `resolve` (standard exponential)."""
        if math.isinf(self.mean_s):
            return math.inf
        at_once = -math.log1p(-self.hasty)
        if resolve < at_once:
            return self.hasty_s * resolve / at_once
        return (self.hasty_s if self.hasty else 0.0) + self.mean_s * (resolve - at_once)

    @property
    def startle_s(self) -> float:
        """An announcement brings giving up so much nearer, in seconds, that `startled` hang up."""
        return 0.0 if math.isinf(self.mean_s) else -self.mean_s * math.log1p(-self.startled)


def arrivals(chance: Random, slots: Sequence[float], slot_s: float) -> Iterator[float]:
    """Instants of a Poisson process whose expected number in slot i is `slots[i]`, in seconds, ascending."""
    reached, slot, before = 0.0, 0, 0.0
    while True:
        reached += chance.expovariate(1.0)
        while slot < len(slots) and before + slots[slot] < reached:
            before += slots[slot]
            slot += 1
        if slot == len(slots):
            return
        yield (slot + (reached - before) / slots[slot]) * slot_s


class Survival:
    """Kaplan-Meier: how long people are willing to wait, learned also from those who were answered before.

    Source: Kaplan and Meier 1958. Beyond the longest wait on record giving up goes on at its mean rate.
    """

    def __init__(self, waits_s: Sequence[float], gave_up: Sequence[bool]) -> None:
        """Args:
        waits_s: how long each waited.
        gave_up: whether that ended by giving up; otherwise patience was longer than the wait.
        """
        self._times_s: list[float] = []
        self._shares: list[float] = []
        """Share still waiting from this time on."""
        pairs = sorted(zip(waits_s, gave_up, strict=True))
        share, at_risk = 1.0, len(pairs)
        for wait_s, left in pairs:
            if left:
                share *= 1.0 - 1.0 / at_risk
                if self._times_s and self._times_s[-1] == wait_s:
                    self._shares[-1] = share
                else:
                    self._times_s.append(wait_s)
                    self._shares.append(share)
            at_risk -= 1
        total_s = sum(waits_s)
        self.rate = sum(gave_up) / total_s if total_s > 0.0 else 0.0
        """Giving up per second of waiting, over all."""
        self._end_s = pairs[-1][0] if pairs else 0.0

    def share_at(self, wait_s: float) -> float:
        """Share of callers willing to wait longer than `wait_s`."""
        at = bisect_right(self._times_s, wait_s)
        share = self._shares[at - 1] if at else 1.0
        return share * math.exp(-self.rate * max(0.0, wait_s - self._end_s))

    def given(self, wait_s: float, u: float) -> float:
        """Patience of one who is known to have waited `wait_s`: its quantile `u` in (0, 1]. Seconds."""
        wanted = self.share_at(wait_s) * u
        for at in range(bisect_right(self._times_s, wait_s), len(self._times_s)):
            if self._shares[at] <= wanted:
                return self._times_s[at]
        if self.rate == 0.0:
            return math.inf
        start_s = max(wait_s, self._end_s)
        return start_s - math.log(wanted / self.share_at(start_s)) / self.rate
