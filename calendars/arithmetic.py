"""Counting open time: the ground on which SLA clocks stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from calendars.hours import HORIZON, open_spans
from calendars.model import Calendar, CalendarError, NeverOpens

HORIZONS_MAX: Final = 30
"""So many times `HORIZON` (about 33 years) is searched before open time is said to be missing."""


def business_time_between(calendar: Calendar, begins: datetime, ends: datetime) -> timedelta:
    """Open time in [begins, ends). Negative when `ends` is the earlier one."""
    begins, ends = begins.astimezone(UTC), ends.astimezone(UTC)
    if ends < begins:
        return -business_time_between(calendar, ends, begins)
    if calendar.always:
        return ends - begins
    total = timedelta(0)
    at = begins
    while at < ends:
        limit = min(at + HORIZON, ends)
        for opened, closed in open_spans(calendar, at):
            if opened >= limit:
                break
            total += min(closed, limit) - max(opened, at)
        at = limit
    return total


def add_business_time(calendar: Calendar, begins: datetime, amount: timedelta) -> datetime:
    """The earliest instant at which `amount` of open time has passed since `begins`.

    With Mon-Fri 08-18: Monday 17:00 plus 1 h is Monday 18:00, plus 4 h is Tuesday 11:00.

    Raises:
        CalendarError: `amount` is negative.
        NeverOpens: too little open time within `HORIZONS_MAX` horizons.
    """
    if amount < timedelta(0):
        raise CalendarError("Business time cannot be taken away.", "Give an amount of zero or more.")
    at = begins.astimezone(UTC)
    if calendar.always or not amount:
        return at + amount
    for _ in range(HORIZONS_MAX):
        limit = at + HORIZON
        for opened, closed in open_spans(calendar, at):
            if opened >= limit:
                break
            start, end = max(opened, at), min(closed, limit)
            if end - start >= amount:
                return start + amount
            amount -= end - start
        at = limit
    raise NeverOpens(calendar.id)
