"""Which figures are over a limit, since when, and when that is news: opened, worse, better, over.

`Watch.observe(readings, now)` takes all readings of this moment and returns what changed; `next_deadline()`
is when it must be asked again if nothing happens before. A figure that flaps is no news: a level is entered
only after it has held for `for_s`, and left only after the figure was on the good side of the limit, by a
margin, for `clear_s`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from reporting.snapshots import Level

MARGIN = 0.1
"""A figure is on the good side again when it is better than its limit by this share of it."""


class Measure(StrEnum):
    """What is watched. Values are counts, shares or seconds as their names say."""

    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    SERVICE_LEVEL = "service_level"
    ABANDONED = "abandoned"
    UNREACHABLE = "unreachable"
    LONG_CALL = "long_call"
    LONG_HOLD = "long_hold"
    LONG_WRAP_UP = "long_wrap_up"
    LONG_BREAK = "long_break"
    MISSED = "missed"


QUEUE_MEASURES = (Measure.WAITING, Measure.LONGEST_WAIT, Measure.SERVICE_LEVEL, Measure.ABANDONED)
AGENT_MEASURES = tuple(each for each in Measure if each not in QUEUE_MEASURES)
LOW_IS_BAD = frozenset({Measure.SERVICE_LEVEL})
SHARES = frozenset({Measure.SERVICE_LEVEL, Measure.ABANDONED})

_RANK = {Level.OK: 0, Level.WARN: 1, Level.BAD: 2}
_LEVELS = (Level.WARN, Level.BAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which value on a figure is a warning and bad; None: never.

    Attributes:
        for_s: how long it must hold before it is told, in seconds.
        clear_s: how long it must be good again before that is told, in seconds.
    """

    warn: float | None = None
    bad: float | None = None
    for_s: float = 0.0
    clear_s: float = 30.0

    def of(self, level: Level) -> float | None:
        return self.warn if level is Level.WARN else self.bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure now: a `value`, or the seconds `since` an instant; neither: nothing is amiss."""

    measure: Measure
    subject: str
    """Queue or agent id."""
    limits: Limits
    value: float | None = None
    since: datetime | None = None

    def at(self, now: datetime) -> float | None:
        """What it measures now; None: nothing."""
        return (now - self.since).total_seconds() if self.since is not None else self.value

    def over(self, level: Level, now: datetime) -> bool:
        """Whether it is at the limit of `level` or beyond."""
        limit, value = self.limits.of(level), self.at(now)
        if limit is None or value is None:
            return False
        return value < limit if self.measure in LOW_IS_BAD else value >= limit

    def holds(self, level: Level, now: datetime) -> bool:
        """Whether it is not yet good enough to leave `level`."""
        limit, value = self.limits.of(level), self.at(now)
        if limit is None or value is None:
            return False
        if self.measure in LOW_IS_BAD:
            return value < min(1.0, limit + MARGIN * (1.0 - limit))
        return value >= limit or (limit > 0 and value > limit * (1.0 - MARGIN))

    def crossing(self, level: Level) -> datetime | None:
        """When a growing time reaches the limit of `level`."""
        limit = self.limits.of(level)
        if limit is None or self.since is None:
            return None
        return self.since + timedelta(seconds=limit)


class Change(StrEnum):
    OPENED = "opened"
    WORSE = "worse"
    BETTER = "better"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """An alert changed. `value` is what was measured then, `limit` the one of the new level."""

    measure: Measure
    subject: str
    change: Change
    level: Level
    at: datetime
    since: datetime
    """From when on the new level held."""
    value: float | None
    limit: float | None


Key = tuple[Measure, str]


@dataclass(slots=True)
class _Alarm:
    level: Level = Level.OK
    rising: dict[Level, datetime] = field(default_factory=dict)
    """Since when the limit of a level is passed without a break."""
    falling_since: datetime | None = None
    falling_to: Level = Level.OK
    limits: Limits = Limits(clear_s=0.0)
    """The last ones; those of an alert from before a restart are unknown until it is read again."""

    @property
    def idle(self) -> bool:
        return self.level is Level.OK and not self.rising


class Watch:
    """Holds the alarms. `open` are levels that were told before, as they are in the store."""

    def __init__(self, open: Mapping[Key, Level] | None = None) -> None:
        self._alarms = {key: _Alarm(level=level) for key, level in (open or {}).items()}
        self._deadline: datetime | None = None

    def level(self, measure: Measure, subject: str) -> Level:
        alarm = self._alarms.get((measure, subject))
        return alarm.level if alarm is not None else Level.OK

    def next_deadline(self) -> datetime | None:
        """When time alone may change something; None: never."""
        return self._deadline

    def observe(self, readings: Iterable[Reading], now: datetime) -> list[Transition]:
        """Take in the figures of this moment. One that is not among them is good, by its limits of before."""
        found = {(each.measure, each.subject): each for each in readings}
        told: list[Transition] = []
        deadlines: list[datetime] = []
        for key in sorted(self._alarms.keys() | found.keys()):
            alarm = self._alarms.setdefault(key, _Alarm())
            reading = found.get(key) or Reading(measure=key[0], subject=key[1], limits=alarm.limits)
            alarm.limits = reading.limits
            transition = _step(alarm, reading, now)
            if transition is not None:
                told.append(transition)
            deadlines += _deadlines(alarm, reading, now)
            if alarm.idle:
                del self._alarms[key]
        self._deadline = min(deadlines, default=None)
        return told


def _step(alarm: _Alarm, reading: Reading, now: datetime) -> Transition | None:
    _rise(alarm, reading, now)
    reached = [
        level
        for level in _LEVELS
        if level in alarm.rising
        and (now - alarm.rising[level]).total_seconds() >= reading.limits.for_s
        and _RANK[level] > _RANK[alarm.level]
    ]
    if reached:
        level = reached[-1]
        change = Change.OPENED if alarm.level is Level.OK else Change.WORSE
        return _enter(alarm, reading, level, change, alarm.rising[level], now)
    return _fall(alarm, reading, now)


def _rise(alarm: _Alarm, reading: Reading, now: datetime) -> None:
    for level in _LEVELS:
        if not reading.over(level, now):
            alarm.rising.pop(level, None)
        elif level not in alarm.rising:
            crossing = reading.crossing(level)
            alarm.rising[level] = min(crossing, now) if crossing is not None else now


def _fall(alarm: _Alarm, reading: Reading, now: datetime) -> Transition | None:
    if alarm.level is Level.OK:
        return None
    floor = next((level for level in reversed(_LEVELS) if reading.holds(level, now)), Level.OK)
    if _RANK[floor] >= _RANK[alarm.level]:
        alarm.falling_since = None
        return None
    if alarm.falling_since is None:
        alarm.falling_since, alarm.falling_to = now, floor
    alarm.falling_to = max(alarm.falling_to, floor, key=_RANK.__getitem__)
    if (now - alarm.falling_since).total_seconds() < reading.limits.clear_s:
        return None
    level = alarm.falling_to
    change = Change.CLOSED if level is Level.OK else Change.BETTER
    return _enter(alarm, reading, level, change, alarm.falling_since, now)


def _enter(
    alarm: _Alarm, reading: Reading, level: Level, change: Change, since: datetime, now: datetime
) -> Transition:
    alarm.level = level
    alarm.falling_since = None
    return Transition(
        measure=reading.measure,
        subject=reading.subject,
        change=change,
        level=level,
        at=now,
        since=since,
        value=reading.at(now),
        limit=reading.limits.of(level) if level is not Level.OK else None,
    )


def _deadlines(alarm: _Alarm, reading: Reading, now: datetime) -> list[datetime]:
    found = []
    for level in _LEVELS:
        if _RANK[level] <= _RANK[alarm.level]:
            continue
        began = alarm.rising.get(level) or reading.crossing(level)
        if began is not None:
            found.append(began + timedelta(seconds=reading.limits.for_s))
    if alarm.falling_since is not None:
        found.append(alarm.falling_since + timedelta(seconds=reading.limits.clear_s))
    return [each for each in found if each > now]
