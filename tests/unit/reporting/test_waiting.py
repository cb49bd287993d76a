"""The last hour's waiting, in slots."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import POINTS, SLOT_S, WaitingHistory
from tests.unit.reporting.log import START


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def test_a_point_is_the_most_that_waited_at_once() -> None:
    history = WaitingHistory()
    for second, by in [(0, 1), (10, 1), (20, 1), (30, -1), (140, -1)]:
        history.change(by, at(second))
    assert history.points(at(149))[-1] == 3
    assert history.points(at(150))[-2:] == (3, 1)


def test_a_quiet_slot_goes_on_at_the_level_before() -> None:
    history = WaitingHistory()
    history.change(2, at(0))
    assert history.points(at(SLOT_S * 3))[-4:] == (2, 2, 2, 2)
    history.change(-2, at(SLOT_S * 3))
    assert history.points(at(SLOT_S * 4))[-5:] == (2, 2, 2, 2, 0)


def test_the_hour_forgets_what_is_older_but_not_who_still_waits() -> None:
    history = WaitingHistory()
    history.change(5, at(0))
    history.change(-4, at(10))
    assert history.points(at(SLOT_S * POINTS * 3)) == (1,) * POINTS


def test_more_cannot_leave_than_joined() -> None:
    with pytest.raises(AssertionError, match="more callers left than joined"):
        WaitingHistory().change(-1, at(0))


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans()), max_size=200), st.floats(0, 5000))
def test_the_chart_is_what_a_full_record_would_draw(
    changes: list[tuple[float, bool]], after_s: float
) -> None:
    """The history keeps 24 slots; a record of every change, kept for ever, must draw the same points."""
    history, record, second = WaitingHistory(), [(-1.0, 0)], 0.0
    for gap_s, joins in changes:
        second += gap_s
        if joins or history.waiting:
            history.change(1 if joins else -1, at(second))
            record.append((second, history.waiting))
    now_s = second + after_s
    first = int((START.timestamp() + now_s) // SLOT_S) - POINTS + 1
    expected = []
    for number in range(first, first + POINTS):
        start_s = number * SLOT_S - START.timestamp()
        before = [level for moment, level in record if moment < start_s]
        within = [level for moment, level in record if start_s <= moment < start_s + SLOT_S]
        expected.append(max([before[-1] if before else 0, *within]))
    assert history.points(at(now_s)) == tuple(expected)
