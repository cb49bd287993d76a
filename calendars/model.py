"""What a business calendar is made of.

CalendarError
└── NeverOpens
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

SHIFTS_PER_DAY_MAX: Final = 12


class CalendarError(ValueError):
    """A calendar that cannot be used, or a question about it that has no answer."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


class NeverOpens(CalendarError):
    """The calendar holds too little open time for what was asked."""

    def __init__(self, calendar_id: str) -> None:
        super().__init__(
            f"Calendar {calendar_id} does not open often enough.",
            "Give it hours on at least one day of the week.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Open from `opens` until just before `closes`, by the wall clock of the calendar's zone.

    With `closes` at or before `opens` it ends on the next day: 22:00-06:00 is a night shift, 18:00-00:00
    ends at midnight, 00:00-00:00 is the whole day. A shift belongs to the day on which it opens.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise CalendarError(
                "A shift has a time with a zone.", "Give wall-clock times; the calendar has the zone."
            )

    @property
    def over_midnight(self) -> bool:
        return self.closes <= self.opens


ALL_DAY: Final = Shift(opens=time(0), closes=time(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayRegion:
    """Public holidays of a country (ISO 3166-1, `GB`) and, where they differ, of a part of it (`ENG`)."""

    country: str
    region: str | None = None

    def __post_init__(self) -> None:
        supported = holidays.list_supported_countries()
        if self.country not in supported:
            raise CalendarError(
                f"Holidays of {self.country} are not known.",
                "Use a two-letter country code such as GB or DE.",
            )
        if self.region is not None and self.region not in supported[self.country]:
            regions = ", ".join(supported[self.country]) or "none"
            raise CalendarError(
                f"{self.country} has no region {self.region} with its own holidays.", f"Known: {regions}."
            )

    def name_on(self, day: date) -> str | None:
        """The holiday's name, or None on an ordinary day."""
        return _holidays_of(self.country, self.region, day.year).get(day)


@lru_cache(maxsize=256)
def _holidays_of(country: str, region: str | None, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=region, years=year).items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Closed on whole days, `first` to `last` included."""

    first: date
    last: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise CalendarError(f"The closure {self.name} ends before it begins.", "Swap its two dates.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The hours of one day, in place of whatever else holds on it: week, holiday or closure."""

    day: date
    shifts: tuple[Shift, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When somebody is there.

    Attributes:
        zone: IANA name, `Europe/London`.
        weekly: seven tuples of shifts, Monday first.
        holidays: days without shifts; None: public holidays are worked.
        closures: more days without shifts.
        openings: days with hours of their own; they win over everything.
    """

    id: str
    name: str = ""
    zone: str
    weekly: tuple[tuple[Shift, ...], ...]
    holidays: HolidayRegion | None = None
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise CalendarError(
                f"There is no time zone {self.zone}.", "Use a name such as Europe/London."
            ) from error
        if len(self.weekly) != 7:
            raise CalendarError(f"The week has {len(self.weekly)} days.", "Give seven, Monday first.")
        if any(len(day) > SHIFTS_PER_DAY_MAX for day in self.weekly):
            raise CalendarError("A day has too many shifts.", f"Give at most {SHIFTS_PER_DAY_MAX}.")
        # Calendars are cache keys; hashing all shifts at every question would cost more than the answer.
        object.__setattr__(
            self,
            "_hash",
            hash((self.id, self.zone, self.weekly, self.holidays, self.closures, self.openings)),
        )

    def __hash__(self) -> int:
        return self._hash

    @property
    def always(self) -> bool:
        """Exactly 24/7: no instant is closed."""
        whole_week = all(ALL_DAY in day for day in self.weekly)
        return whole_week and not (self.holidays or self.closures or self.openings)


def always_open(calendar_id: str, zone: str, name: str = "") -> Calendar:
    """A calendar that is open 24 hours on every day, holidays included."""
    return Calendar(id=calendar_id, name=name, zone=zone, weekly=((ALL_DAY,),) * 7)
