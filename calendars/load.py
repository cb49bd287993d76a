"""A calendar from plain data (YAML, JSON) and back, with errors that say where and what to change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, Final

from calendars.model import (
    ALL_DAY,
    Calendar,
    CalendarError,
    Closure,
    HolidayRegion,
    Opening,
    Shift,
)

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS: Final = frozenset({"id", "name", "zone", "weekly", "holidays", "closures", "openings"})
_HOURS: Final = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")


def calendar_from_dict(data: Mapping[str, Any]) -> Calendar:
    """Read a calendar.

        {"id": "office", "zone": "Europe/London",
         "weekly": {"mon": ["08:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]},
         "holidays": {"country": "GB", "region": "ENG"},
         "closures": [{"first": "2026-12-24", "last": "2026-12-31", "name": "Stocktaking"}],
         "openings": [{"day": "2026-12-27", "hours": ["10:00-14:00"], "name": "Sale"}]}

    `weekly: always` is 24 hours on all seven days; 24:00 may stand for midnight at the end of a day.

    Raises:
        CalendarError: with the field in its sentence.
    """
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise CalendarError(f"A calendar has no field {unknown[0]}.", f"Known: {', '.join(sorted(_KEYS))}.")
    for key in ("id", "zone", "weekly"):
        if not data.get(key):
            raise CalendarError(f"The calendar has no {key}.", f"Add {key}.")
    return Calendar(
        id=str(data["id"]),
        name=str(data.get("name", "")),
        zone=str(data["zone"]),
        weekly=_weekly(data["weekly"]),
        holidays=_holidays(data.get("holidays")),
        closures=tuple(_closure(item) for item in _items(data, "closures")),
        openings=tuple(_opening(item) for item in _items(data, "openings")),
    )


def calendar_to_dict(calendar: Calendar) -> dict[str, Any]:
    """The plain data that `calendar_from_dict` reads back as the same calendar."""
    data: dict[str, Any] = {"id": calendar.id, "name": calendar.name, "zone": calendar.zone}
    if calendar.weekly == ((ALL_DAY,),) * 7:
        data["weekly"] = "always"
    else:
        days = zip(DAYS, calendar.weekly, strict=True)
        data["weekly"] = {day: [_hours_text(shift) for shift in shifts] for day, shifts in days if shifts}
    if calendar.holidays:
        data["holidays"] = {"country": calendar.holidays.country}
        if calendar.holidays.region:
            data["holidays"]["region"] = calendar.holidays.region
    data["closures"] = [
        {"first": closure.first.isoformat(), "last": closure.last.isoformat(), "name": closure.name}
        for closure in calendar.closures
    ]
    data["openings"] = [
        {
            "day": opening.day.isoformat(),
            "hours": [_hours_text(shift) for shift in opening.shifts],
            "name": opening.name,
        }
        for opening in calendar.openings
    ]
    return data


def _weekly(data: object) -> tuple[tuple[Shift, ...], ...]:
    if data == "always":
        return ((ALL_DAY,),) * 7
    if not isinstance(data, Mapping):
        raise CalendarError(
            "weekly is not a list of days.", 'Write mon: ["08:00-18:00"] and so on, or always.'
        )
    unknown = sorted({str(key) for key in data} - set(DAYS))
    if unknown:
        raise CalendarError(f"weekly has a day {unknown[0]}.", f"Use {', '.join(DAYS)}.")
    return tuple(_shifts(data.get(day, ()), f"weekly {day}") for day in DAYS)


def _shifts(data: object, where: str) -> tuple[Shift, ...]:
    if isinstance(data, str) or not isinstance(data, Sequence):
        raise CalendarError(f"{where} is not a list of hours.", 'Write ["08:00-12:00", "13:00-18:00"].')
    return tuple(sorted((_shift(item, where) for item in data), key=lambda shift: shift.opens))


def _shift(data: object, where: str) -> Shift:
    found = _HOURS.fullmatch(data) if isinstance(data, str) else None
    if not found:
        raise CalendarError(f"{where}: {data!r} is not from-to.", "Write hours such as 08:00-18:00.")
    hour, minute, closing_hour, closing_minute = (int(part) for part in found.groups())
    if (closing_hour, closing_minute) == (24, 0):
        closing_hour = 0
    try:
        return Shift(opens=time(hour, minute), closes=time(closing_hour, closing_minute))
    except ValueError as error:
        raise CalendarError(
            f"{where}: {data} has a time that does not exist.", "Use 00:00 to 24:00."
        ) from error


def _hours_text(shift: Shift) -> str:
    return f"{shift.opens:%H:%M}-{shift.closes:%H:%M}"


def _holidays(data: object) -> HolidayRegion | None:
    if data is None:
        return None
    if not isinstance(data, Mapping) or not data.get("country"):
        raise CalendarError("holidays names no country.", "Write holidays: {country: GB, region: ENG}.")
    region = data.get("region")
    return HolidayRegion(country=str(data["country"]), region=None if region is None else str(region))


def _items(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    items = data.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise CalendarError(f"{key} is not a list of entries.", f"Begin each entry of {key} with a dash.")
    return items


def _closure(item: Mapping[str, Any]) -> Closure:
    first = _date(item.get("first"), "closures: first")
    last = _date(item["last"], "closures: last") if "last" in item else first
    return Closure(first=first, last=last, name=str(item.get("name", "")))


def _opening(item: Mapping[str, Any]) -> Opening:
    day = _date(item.get("day"), "openings: day")
    return Opening(
        day=day, shifts=_shifts(item.get("hours", ()), f"openings {day}"), name=str(item.get("name", ""))
    )


def _date(value: object, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise CalendarError(f"{where} is {value!r}, not a date.", "Write it as 2026-12-24.") from error
