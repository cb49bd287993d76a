"""Business time, pure: opening hours, split shifts, holidays, extra closures and openings, zones, DST.

A `Calendar` is data. `is_open`, `next_opening`, `add_business_time` and `business_time_between` answer
questions about it; all take and return aware instants, in any zone in, in UTC out.
"""

from calendars.arithmetic import add_business_time, business_time_between
from calendars.hours import Openness, Why, is_open, next_opening
from calendars.load import calendar_from_dict, calendar_to_dict
from calendars.model import (
    Calendar,
    CalendarError,
    Closure,
    HolidayRegion,
    NeverOpens,
    Opening,
    Shift,
    always_open,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Closure",
    "HolidayRegion",
    "NeverOpens",
    "Opening",
    "Openness",
    "Shift",
    "Why",
    "add_business_time",
    "always_open",
    "business_time_between",
    "calendar_from_dict",
    "calendar_to_dict",
    "is_open",
    "next_opening",
]
