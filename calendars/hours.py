"""Is it open, why, until when, and when does it open next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from calendars.model import Calendar, Shift

HORIZON: Final = timedelta(days=400)
"""How far ahead the next opening or closing is looked for: over a year, so that a yearly opening is found."""

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_TICK: Final = timedelta.resolution


class Why(StrEnum):
    ALWAYS = "always"
    HOURS = "hours"
    """The week's shifts say so, open or closed."""
    OPENING = "opening"
    """The day's own hours say so, open or closed."""
    HOLIDAY = "holiday"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness:
    """Whether a calendar is open at an instant.

    `name` is the holiday's, closure's or opening's. `until` is the instant at which it changes; None when
    that is further than `HORIZON` away or never.
    """

    open: bool
    why: Why
    name: str = ""
    until: datetime | None


def is_open(calendar: Calendar, at: datetime) -> Openness:
    """Answer for the aware instant `at`."""
    at = at.astimezone(UTC)
    if calendar.always:
        return Openness(open=True, why=Why.ALWAYS, until=None)
    for begins, ends in open_spans(calendar, at):
        if begins > at:
            why, name = _why_closed(calendar, _local_day(calendar, at))
            return Openness(open=False, why=why, name=name, until=begins)
        why, name = _why_open(calendar, at)
        return Openness(open=True, why=why, name=name, until=ends if ends < at + HORIZON else None)
    why, name = _why_closed(calendar, _local_day(calendar, at))
    return Openness(open=False, why=why, name=name, until=None)


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """`at` itself while open, else the instant it opens; None when not within `HORIZON`."""
    at = at.astimezone(UTC)
    if calendar.always:
        return at
    span = next(open_spans(calendar, at), None)
    return None if span is None else max(at, span[0])


def open_spans(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Open time that ends after `at`, as [begins, ends) in UTC, in order, joined where it touches.

    Nothing that begins more than `HORIZON` after `at` is included.
    """
    # Yesterday's night shift may still run, and a day of 25 hours reaches further than one of 24.
    day = _local_day(calendar, at) - 2 * _DAY
    last = _local_day(calendar, at + HORIZON)
    joined: tuple[datetime, datetime] | None = None
    while day <= last:
        for begins, ends in _spans_of_day(calendar, day):
            if joined is not None and begins <= joined[1]:
                joined = (joined[0], max(joined[1], ends))
                continue
            if joined is not None and joined[1] > at:
                yield joined
            joined = (begins, ends)
        day += _DAY
    if joined is not None and joined[1] > at:
        yield joined


def _local_day(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(ZoneInfo(calendar.zone)).date()


@lru_cache(maxsize=8192)
def _spans_of_day(calendar: Calendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The shifts that open on local `day`, in order of opening."""
    zone = ZoneInfo(calendar.zone)
    spans = []
    for shift in _shifts_of_day(calendar, day):
        closing_day = day + _DAY if shift.over_midnight else day
        begins = _opening_instant(datetime.combine(day, shift.opens), zone)
        ends = _closing_instant(datetime.combine(closing_day, shift.closes), zone)
        if begins < ends:
            spans.append((begins, ends))
    return tuple(sorted(spans))


def _shifts_of_day(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    for opening in calendar.openings:
        if opening.day == day:
            return opening.shifts
    if any(closure.first <= day <= closure.last for closure in calendar.closures):
        return ()
    if calendar.holidays and calendar.holidays.name_on(day) is not None:
        return ()
    return calendar.weekly[day.weekday()]


def _why_open(calendar: Calendar, at: datetime) -> tuple[Why, str]:
    """The day that opened the shift `at` lies in may be yesterday (a night shift)."""
    day = _local_day(calendar, at)
    for candidate in (day, day - _DAY):
        if any(begins <= at < ends for begins, ends in _spans_of_day(calendar, candidate)):
            for opening in calendar.openings:
                if opening.day == candidate:
                    return Why.OPENING, opening.name
            break
    return Why.HOURS, ""


def _why_closed(calendar: Calendar, day: date) -> tuple[Why, str]:
    for opening in calendar.openings:
        if opening.day == day:
            return Why.OPENING, opening.name
    for closure in calendar.closures:
        if closure.first <= day <= closure.last:
            return Why.CLOSURE, closure.name
    holiday = calendar.holidays.name_on(day) if calendar.holidays else None
    return (Why.HOURS, "") if holiday is None else (Why.HOLIDAY, holiday)


def _opening_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock shows `local` or later."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(first, second, zone) if first > second else first


def _closing_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant from which on the wall clock shows `local` or later for good.

    When the clock goes back over `local`, that is its second time: nobody is turned away early.
    """
    just_before = local - _TICK
    first = just_before.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = just_before.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(first, second, zone) if first > second else second + _TICK


def _end_of_gap(late: datetime, early: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock jumps over a time that it never shows.

    Per PEP 495 the two readings of such a time lie on either side of the jump.
    """
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
