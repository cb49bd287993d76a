"""Which limits hold for which figure: what supervisors set, what queues promise, and what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.live.directory import QueueEntry
from app.store.repositories.alerts import Threshold
from reporting.snapshots import LEVEL_MARGIN, WAIT_WARNING
from reporting.thresholds import Limits, Measure

DEFAULTS: Mapping[Measure, Threshold] = {
    Measure(each.measure): each
    for each in (
        Threshold(measure=Measure.WAITING, warn=10, bad=20, for_s=15, clear_s=60, active=False),
        # Without own limits: three quarters of the queue's longest wait, and all of it.
        Threshold(measure=Measure.LONGEST_WAIT, clear_s=30),
        # Without own limits: the queue's goal, and ten points below it.
        Threshold(measure=Measure.SERVICE_LEVEL, for_s=120, clear_s=300, sound=False),
        Threshold(measure=Measure.ABANDONED, warn=0.05, bad=0.1, for_s=120, clear_s=300, sound=False),
        Threshold(measure=Measure.UNREACHABLE, bad=10, clear_s=10),
        Threshold(measure=Measure.LONG_CALL, warn=600, clear_s=0, active=False, sound=False),
        Threshold(measure=Measure.LONG_HOLD, warn=300, clear_s=0, sound=False),
        Threshold(measure=Measure.LONG_WRAP_UP, warn=120, clear_s=0, sound=False),
        Threshold(measure=Measure.LONG_BREAK, warn=1800, clear_s=0, active=False, sound=False),
        Threshold(measure=Measure.MISSED, warn=0, clear_s=0),
    )
}
"""What is watched until a supervisor says otherwise. Seconds for waits and states, shares for the rest."""

PROMISED = frozenset({Measure.LONGEST_WAIT, Measure.SERVICE_LEVEL})
"""Measures whose empty limits mean those that the queue itself promises."""


@dataclass(frozen=True, slots=True)
class AlertRules:
    """One reading of all thresholds."""

    own: Mapping[tuple[str, str], Threshold] = field(default_factory=dict)

    @classmethod
    def of(cls, thresholds: Iterable[Threshold]) -> AlertRules:
        return cls({(each.measure, each.subject): each for each in thresholds})

    def general(self, measure: Measure) -> Threshold:
        """What holds for everybody who has no own threshold."""
        return self.own.get((measure, "")) or DEFAULTS[measure]

    def rule(self, measure: Measure, subject: str) -> Threshold:
        return self.own.get((measure, subject)) or self.general(measure)

    def limits(self, measure: Measure, subject: str, queue: QueueEntry | None = None) -> Limits:
        """What is told of; without any limit where nothing is to be told."""
        rule = self.rule(measure, subject)
        if queue is not None:
            rule = promised(rule, queue)
        if not rule.active:
            return Limits(clear_s=rule.clear_s)
        return Limits(warn=rule.warn, bad=rule.bad, for_s=rule.for_s, clear_s=rule.clear_s)

    def long_after_s(self, measure: Measure, subject: str) -> float | None:
        """From when on a tile says "Long", whether or not an alert is raised too."""
        rule = self.rule(measure, subject)
        return rule.warn if rule.warn is not None else rule.bad


def promised(rule: Threshold, queue: QueueEntry) -> Threshold:
    """The rule with the queue's own promise where it names no limit."""
    if rule.warn is not None or rule.bad is not None or rule.measure not in PROMISED:
        return rule
    if rule.measure == Measure.LONGEST_WAIT:
        return replace(rule, warn=queue.wait_limit_s * WAIT_WARNING, bad=queue.wait_limit_s)
    return replace(rule, warn=queue.goal, bad=max(0.0, queue.goal - LEVEL_MARGIN))
