"""Business time against counting every minute, over clock changes, holidays and night shifts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars import (
    Calendar,
    CalendarError,
    Closure,
    HolidayRegion,
    NeverOpens,
    Opening,
    Shift,
    add_business_time,
    always_open,
    business_time_between,
    is_open,
    next_opening,
)

MINUTE = timedelta(minutes=1)
WEEKDAYS = Calendar(
    id="weekdays", zone="Europe/London", weekly=((Shift(opens=time(8), closes=time(18)),),) * 5 + ((), ())
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("begins", "hours", "due"),
    [
        ("2026-11-23T10:00", 4, "2026-11-23T14:00"),
        ("2026-11-23T17:00", 4, "2026-11-24T11:00"),
        ("2026-11-23T17:00", 1, "2026-11-23T18:00"),
        ("2026-11-27T17:30", 1, "2026-11-30T08:30"),
        ("2026-11-28T12:00", 1, "2026-11-30T09:00"),
        ("2026-11-28T12:00", 0, "2026-11-28T12:00"),
        ("2026-03-27T17:00", 2, "2026-03-30T09:00"),
    ],
)
def test_four_hours_from_now_counted_in_open_time(begins: str, hours: float, due: str) -> None:
    assert add_business_time(WEEKDAYS, london(begins), timedelta(hours=hours)) == london(due)


def test_day_and_night_is_exactly_the_clock() -> None:
    begins = london("2026-03-28T22:00")
    always = always_open("always", "Europe/London")
    assert add_business_time(always, begins, timedelta(hours=30)) == begins.astimezone(UTC) + timedelta(
        hours=30
    )
    assert business_time_between(always, begins, london("2026-03-29T22:00")) == timedelta(hours=23)


def test_years_of_open_time_are_counted_past_the_horizon() -> None:
    due = add_business_time(WEEKDAYS, london("2026-01-05T08:00"), timedelta(hours=10 * 5 * 110))
    assert due == london("2028-02-11T18:00")


def test_a_calendar_without_hours_has_no_answer() -> None:
    with pytest.raises(NeverOpens, match="Calendar shut does not open often enough"):
        add_business_time(
            Calendar(id="shut", zone="UTC", weekly=((),) * 7), london("2026-01-01T00:00"), MINUTE
        )


def test_time_is_not_taken_away() -> None:
    with pytest.raises(CalendarError, match="zero or more"):
        add_business_time(WEEKDAYS, london("2026-01-01T00:00"), -MINUTE)


# --- against the brute force ---

PLACES = (
    # Each with an instant shortly before its clock goes forward, back, or before public holidays.
    ("Europe/London", datetime(2026, 3, 27, 20, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 23, 20, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 4, 12, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 3, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 2, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 3, 12, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 12, 23, 20, tzinfo=UTC)),
)
SPAN_MINUTES = 4 * 24 * 60
times = st.builds(time, st.sampled_from((0, 1, 1, 2, 3, 6, 12, 18, 22, 23)), st.sampled_from((0, 15, 30, 45)))
shifts = st.lists(st.builds(Shift, opens=times, closes=times), max_size=2).map(tuple)
december = st.dates(date(2026, 12, 22), date(2026, 12, 29))
weeks = st.one_of(shifts.map(lambda day: (day,) * 7), st.tuples(*[shifts] * 7))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and an instant shortly before something happens to it."""
    zone, base = draw(st.sampled_from(PLACES))
    calendar = Calendar(id="drawn", zone=zone, weekly=draw(weeks))
    if base.month != 12:
        return calendar, base
    closed = draw(st.lists(december, max_size=1))
    holidays = draw(st.sampled_from((None, HolidayRegion(country="GB", region="ENG"))))
    return replace(
        calendar,
        holidays=holidays,
        closures=tuple(Closure(first=day, last=day) for day in closed),
        openings=tuple(draw(st.lists(st.builds(Opening, day=december, shifts=shifts), max_size=1))),
    ), base


def open_minutes(calendar: Calendar, base: datetime) -> list[bool]:
    """Minute by minute, by nothing but the wall clock: no interval arithmetic, no offsets.

    A shift that opens on day d has begun once the clock has shown its opening time on d or later, and is
    over once the clock shows its closing time or later for good.
    """
    zone = ZoneInfo(calendar.zone)
    instants = [base + minute * MINUTE for minute in range(-2 * 24 * 60, SPAN_MINUTES + 3 * 24 * 60)]
    walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]
    answers = [False] * len(instants)
    for day in sorted({wall.date() for wall in walls})[1:-2]:
        for shift in _shifts(calendar, day):
            opens = datetime.combine(day, shift.opens)
            closes = datetime.combine(
                day + timedelta(days=1) if shift.closes <= shift.opens else day, shift.closes
            )
            first = next(index for index, wall in enumerate(walls) if wall >= opens)
            last = max(index for index, wall in enumerate(walls) if wall < closes)
            for index in range(first, last + 1):
                answers[index] = True
    begin = 2 * 24 * 60
    return answers[begin : begin + SPAN_MINUTES]


def _shifts(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    own = [opening.shifts for opening in calendar.openings if opening.day == day]
    if own:
        return own[0]
    closed = any(closure.first <= day <= closure.last for closure in calendar.closures)
    holiday = calendar.holidays is not None and calendar.holidays.name_on(day) is not None
    return () if closed or holiday else calendar.weekly[day.weekday()]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=calendars(),
    at=st.integers(0, SPAN_MINUTES - 1),
    until=st.integers(0, SPAN_MINUTES - 1),
    amount=st.integers(1, 3000),
)
def test_everything_agrees_with_counting_minutes(
    drawn: tuple[Calendar, datetime], at: int, until: int, amount: int
) -> None:
    calendar, base = drawn
    minutes = open_minutes(calendar, base)
    end = base + SPAN_MINUTES * MINUTE
    assert business_time_between(calendar, base, end) == sum(minutes) * MINUTE
    instant = base + at * MINUTE
    now = is_open(calendar, instant)
    assert now.open == minutes[at]
    ahead = [index for index in range(at, SPAN_MINUTES) if minutes[index] != minutes[at]]
    if ahead:
        assert now.until == base + ahead[0] * MINUTE
    opened = [index for index in range(at, SPAN_MINUTES) if minutes[index]]
    if opened:
        assert next_opening(calendar, instant) == base + opened[0] * MINUTE
    counted = sum(minutes[at:until]) if until >= at else -sum(minutes[until:at])
    assert business_time_between(calendar, instant, base + until * MINUTE) == counted * MINUTE
    if len(opened) >= amount:
        assert (
            add_business_time(calendar, instant, amount * MINUTE) == base + (opened[amount - 1] + 1) * MINUTE
        )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=calendars(), at=st.integers(0, SPAN_MINUTES), seconds=st.integers(0, 400_000))
def test_what_is_added_is_found_again_between(
    drawn: tuple[Calendar, datetime], at: int, seconds: int
) -> None:
    calendar, base = drawn
    begins = base + at * MINUTE
    if not any(calendar.weekly):
        return
    due = add_business_time(calendar, begins, timedelta(seconds=seconds))
    assert business_time_between(calendar, begins, due) == timedelta(seconds=seconds)
    if seconds:
        second = timedelta(seconds=1)
        assert business_time_between(calendar, begins, due - second) == timedelta(seconds=seconds) - second
