"""Opening hours: split and night shifts, holidays, exceptions, clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendars import (
    Calendar,
    CalendarError,
    HolidayRegion,
    Openness,
    Shift,
    Why,
    always_open,
    calendar_from_dict,
    calendar_to_dict,
    is_open,
    next_opening,
)

LONDON = ZoneInfo("Europe/London")

OFFICE: dict[str, Any] = {
    "id": "office",
    "zone": "Europe/London",
    "weekly": {
        **{day: ["08:00-12:00", "13:00-18:00"] for day in ("mon", "tue", "wed", "thu")},
        "fri": ["08:00-12:00", "22:00-06:00"],
    },
    "holidays": {"country": "GB", "region": "ENG"},
    "closures": [{"first": "2026-11-25", "last": "2026-11-26", "name": "Stocktaking"}],
    "openings": [
        {"day": "2026-12-25", "hours": ["10:00-12:00"], "name": "Christmas watch"},
        {"day": "2026-11-26", "hours": ["09:00-10:00"]},
    ],
}
office = calendar_from_dict(OFFICE)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("at", "expected", "why", "name", "until"),
    [
        ("2026-11-23T10:00", True, Why.HOURS, "", "2026-11-23T12:00"),
        ("2026-11-23T12:00", False, Why.HOURS, "", "2026-11-23T13:00"),
        ("2026-11-23T07:59:59", False, Why.HOURS, "", "2026-11-23T08:00"),
        ("2026-11-27T23:00", True, Why.HOURS, "", "2026-11-28T06:00"),
        ("2026-11-28T05:00", True, Why.HOURS, "", "2026-11-28T06:00"),
        ("2026-11-28T06:00", False, Why.HOURS, "", "2026-11-30T08:00"),
        ("2026-11-25T10:00", False, Why.CLOSURE, "Stocktaking", "2026-11-26T09:00"),
        ("2026-11-26T09:30", True, Why.OPENING, "", "2026-11-26T10:00"),
        ("2026-12-25T09:00", False, Why.OPENING, "Christmas watch", "2026-12-25T10:00"),
        ("2026-12-25T11:00", True, Why.OPENING, "Christmas watch", "2026-12-25T12:00"),
        ("2027-01-01T10:00", False, Why.HOLIDAY, "New Year's Day", "2027-01-04T08:00"),
    ],
)
def test_open_why_and_until_when(at: str, expected: bool, why: Why, name: str, until: str) -> None:
    assert is_open(office, london(at)) == Openness(
        open=expected, why=why, name=name, until=london(until).astimezone(UTC)
    )


def test_the_night_shift_before_a_holiday_runs_into_it() -> None:
    nightly = calendar_from_dict(
        {**OFFICE, "weekly": {"thu": ["22:00-06:00"], "fri": ["22:00-06:00"]}, "openings": [], "closures": []}
    )
    assert is_open(nightly, london("2027-01-01T05:00")).open
    assert not is_open(nightly, london("2027-01-01T23:00")).open


def test_a_region_has_its_own_holidays() -> None:
    assert HolidayRegion(country="GB", region="SCT").name_on(date(2026, 11, 30)) == "Saint Andrew's Day"
    assert HolidayRegion(country="GB", region="ENG").name_on(date(2026, 11, 30)) is None


def test_always_is_always() -> None:
    always = always_open("always", "Europe/London")
    assert always.always
    for at in ("2026-12-25T00:00", "2026-03-29T01:00", "2026-10-25T01:30"):
        assert is_open(always, london(at)) == Openness(open=True, why=Why.ALWAYS, until=None)
        assert next_opening(always, london(at)) == london(at).astimezone(UTC)


def test_a_calendar_that_never_opens_says_so() -> None:
    shut = Calendar(id="shut", zone="UTC", weekly=((),) * 7)
    assert is_open(shut, london("2026-11-23T10:00")) == Openness(open=False, why=Why.HOURS, until=None)
    assert next_opening(shut, london("2026-11-23T10:00")) is None


def test_open_all_week_but_for_one_holiday_a_year_lasts_until_that_day() -> None:
    nearly = calendar_from_dict(
        {
            "id": "nearly",
            "zone": "UTC",
            "weekly": "always",
            "closures": [{"first": "2026-12-25", "last": "2026-12-25"}],
        }
    )
    assert is_open(nearly, datetime(2026, 1, 1, tzinfo=UTC)).until == datetime(2026, 12, 25, tzinfo=UTC)
    assert is_open(nearly, datetime(2026, 12, 26, tzinfo=UTC)).until is None


@pytest.mark.parametrize(
    ("shift", "day", "hours"),
    [
        # The clock goes from 01:00 to 02:00 on 29 March and from 02:00 back to 01:00 on 25 October 2026.
        (Shift(opens=time(22), closes=time(6)), date(2026, 3, 28), 7),
        (Shift(opens=time(22), closes=time(6)), date(2026, 10, 24), 9),
        (Shift(opens=time(0), closes=time(0)), date(2026, 3, 29), 23),
        (Shift(opens=time(0), closes=time(0)), date(2026, 10, 25), 25),
        (Shift(opens=time(1, 30), closes=time(4)), date(2026, 3, 29), 2),
        (Shift(opens=time(0), closes=time(1, 30)), date(2026, 3, 29), 1),
        (Shift(opens=time(1, 15), closes=time(1, 45)), date(2026, 3, 29), 0),
        (Shift(opens=time(1, 30), closes=time(3)), date(2026, 10, 25), 2.5),
        (Shift(opens=time(0), closes=time(1, 30)), date(2026, 10, 25), 2.5),
    ],
)
def test_a_shift_over_a_clock_change_lasts_by_the_wall_clock(shift: Shift, day: date, hours: float) -> None:
    weekly = tuple((shift,) if weekday == day.weekday() else () for weekday in range(7))
    calendar = Calendar(id="one", zone="Europe/London", weekly=weekly)
    midnight = datetime.combine(day, time(0), tzinfo=LONDON).astimezone(UTC)
    opened = next_opening(calendar, midnight)
    assert opened is not None
    if hours == 0:
        assert opened >= midnight + timedelta(days=6)
    else:
        until = is_open(calendar, opened).until
        assert until is not None
        assert until - opened == timedelta(hours=hours)


def test_a_zone_whose_clock_jumps_at_midnight_opens_when_the_day_begins() -> None:
    """Chile's clocks go from 24:00 to 01:00: a day without 00:00."""
    calendar = Calendar(
        id="cl", zone="America/Santiago", weekly=((Shift(opens=time(0), closes=time(2)),),) * 7
    )
    santiago = ZoneInfo("America/Santiago")
    before = datetime(2026, 9, 5, 12, 0, tzinfo=santiago)
    assert next_opening(calendar, before) == datetime(2026, 9, 6, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("data", [OFFICE, {"id": "a", "zone": "UTC", "weekly": "always"}])
def test_a_calendar_survives_being_written_and_read(data: dict[str, Any]) -> None:
    calendar = calendar_from_dict(data)
    assert calendar_from_dict(calendar_to_dict(calendar)) == calendar


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zone": "Europe/Lundon"}, "There is no time zone Europe/Lundon."),
        ({"zone": "../../etc/passwd"}, "There is no time zone"),
        ({"zone": "Europe"}, "There is no time zone Europe."),
        ({"zone": ""}, "The calendar has no zone."),
        ({"weekly": {"monday": []}}, "weekly has a day monday. Use mon,"),
        ({"weekly": {"mon": "08:00-18:00"}}, "weekly mon is not a list of hours."),
        (
            {"weekly": {"mon": ["8-18"]}},
            "weekly mon: '8-18' is not from-to. Write hours such as 08:00-18:00.",
        ),
        ({"weekly": {"mon": ["08:00-25:00"]}}, "has a time that does not exist"),
        ({"weekly": {"mon": [480]}}, "480 is not from-to"),
        ({"weekly": 7}, "weekly is not a list of days."),
        ({"holidays": {"country": "XX"}}, "Holidays of XX are not known."),
        ({"holidays": {"country": "GB", "region": "Yorkshire"}}, "GB has no region Yorkshire"),
        ({"holidays": {}}, "holidays names no country."),
        (
            {"closures": [{"first": "2026-12-31", "last": "2026-12-24", "name": "X"}]},
            "X ends before it begins",
        ),
        ({"closures": [{"first": "Christmas"}]}, "closures: first is 'Christmas', not a date."),
        ({"openings": {"day": 1}}, "openings is not a list of entries."),
        ({"colour": "red"}, "A calendar has no field colour."),
    ],
)
def test_a_calendar_that_cannot_be_read_says_what_to_change(change: dict[str, Any], message: str) -> None:
    with pytest.raises(CalendarError) as caught:
        calendar_from_dict({**OFFICE, **change})
    assert message in str(caught.value)
    assert caught.value.cure
