"""Random quantities of a call centre's day.

Source of the shapes: L. Brown, N. Gans, A. Mandelbaum et al., "Statistical Analysis of a Telephone Call
Center", Journal of the American Statistical Association 100 (2005): arrivals are an inhomogeneous Poisson
process, handle times are log-normal, patience has a peak of its hazard in the first seconds and again at
each announcement.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

Rate = Callable[[datetime], float]
"""Expected arrivals per minute at an instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """A duration. `cv` is the coefficient of variation, standard deviation / mean."""

    mean_s: float
    cv: float = 0.8

    def draw_s(self, random: Random) -> float:
        variance = math.log(1 + self.cv**2)
        return random.lognormvariate(math.log(self.mean_s) - variance / 2, math.sqrt(variance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long somebody waits in a queue.

    A fraction `hasty` gives up within the first seconds (mean `hasty_mean_s`); the others have a constant
    hazard with mean `mean_s`. At each announcement anybody leaves with probability `at_announcement`.
    """

    mean_s: float = 240.0
    hasty: float = 0.04
    hasty_mean_s: float = 6.0
    at_announcement: float = 0.02

    def draw_s(self, random: Random) -> float:
        mean_s = self.hasty_mean_s if random.random() < self.hasty else self.mean_s
        return random.expovariate(1.0 / mean_s)

    def leaves_at_announcement(self, random: Random) -> bool:
        return random.random() < self.at_announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShape:
    """Arrivals per minute over a day, straight between the hours.

    `by_hour` are 24 weights, of which the greatest stands for `busiest_per_minute`. `offset` is what is
    added to UTC for the hour that people's clocks show.
    """

    busiest_per_minute: float
    by_hour: tuple[float, ...] = (
        *(0.05, 0.03, 0.02, 0.02, 0.03, 0.08, 0.20, 0.45, 0.75, 0.95, 1.00, 0.98),
        *(0.88, 0.84, 0.90, 0.92, 0.85, 0.70, 0.52, 0.40, 0.30, 0.22, 0.15, 0.08),
    )
    offset: timedelta = timedelta(0)

    def __call__(self, at: datetime) -> float:
        local = at + self.offset
        part = (local.minute * 60 + local.second) / 3600
        here, there = self.by_hour[local.hour], self.by_hour[(local.hour + 1) % 24]
        return self.busiest_per_minute * (here + part * (there - here)) / max(self.by_hour)


def steady(per_minute: float) -> Rate:
    """The same rate at all hours."""
    return lambda at: per_minute


def next_arrival(after: datetime, rate: Rate, most_per_minute: float, random: Random) -> datetime:
    """The next instant of an inhomogeneous Poisson process.

    Candidates come at the greatest rate, and each is kept with the probability rate / greatest rate.

    Args:
        after: where the last one was.
        rate: never above `most_per_minute`.
        most_per_minute: greater than 0.

    Source: P. Lewis, G. Shedler, "Simulation of nonhomogeneous Poisson processes by thinning" (1979).
    """
    at = after
    while True:
        at += timedelta(minutes=random.expovariate(most_per_minute))
        if random.random() * most_per_minute < rate(at):
            return at
