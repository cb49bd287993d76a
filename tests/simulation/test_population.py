"""A simulated population on the real router: the figures have the shapes they must have, nobody is lost."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import fmean, pstdev

import pytest

from telephony.simulated.crew import Habits
from telephony.simulated.draws import DayShape, LogNormal, Patience, next_arrival, steady
from tests.simulation.day import START, Day


def test_every_call_ends_exactly_once_and_nobody_is_left() -> None:
    day = Day("nobody is left", agents=12, calls_per_minute=2.5)
    tally = day.run(hours=4)

    assert tally.arrived == day.population.crowd.sent
    assert tally.arrived == tally.answered + tally.abandoned
    assert not day.population.crowd.callers
    assert not any(leg.leg_id.startswith("simulated-caller") for leg in day.exchange.legs.values())
    assert day.router.waiting("billing") == day.router.waiting("welsh") == []
    ends = Counter(whom.split()[0] for _, what, whom in day.trace if what in ("answered", "abandoned"))
    assert set(ends.values()) == {1}


def test_everything_that_can_happen_to_an_offer_happens() -> None:
    tally = Day("all outcomes", habits=Habits(misses=0.1, declines=0.1)).run(hours=6)
    assert set(tally.outcomes) == {"accepted", "declined", "timed_out", "withdrawn"}
    assert tally.abandoned > 0
    assert max(tally.waits_s) > 20


def test_arrivals_are_as_many_as_the_rate_says() -> None:
    day = Day("arrivals", agents=30, calls_per_minute=3.0)
    arrived = day.run(hours=5, then_empty=False).arrived
    expected = 5 * 60 * 3.0
    assert abs(arrived - expected) < 4 * math.sqrt(expected)


def test_the_same_seed_is_the_same_day_and_another_seed_is_another() -> None:
    first, again, other = Day("a"), Day("a"), Day("b")
    for day in (first, again, other):
        day.run(hours=1)
    assert first.trace == again.trace
    assert first.trace != other.trace


def test_a_day_with_restarts_is_the_same_day() -> None:
    undisturbed, restarted = Day("restarts"), Day("restarts", restarts_every_s=97.0)
    undisturbed.run(hours=2)
    restarted.run(hours=2)
    assert restarted.trace == undisturbed.trace


def test_callers_are_the_same_people_whatever_the_centre_does() -> None:
    few, many = Day("people", agents=6), Day("people", agents=20)
    for day in (few, many):
        day.run(hours=1)
    assert few.entered == many.entered
    assert fmean(few.tally.waits_s) > fmean(many.tally.waits_s)
    assert few.tally.abandoned > many.tally.abandoned


def test_with_nobody_at_work_everybody_gives_up() -> None:
    day = Day("nobody works", agents=0, calls_per_minute=1.0)
    tally = day.run(hours=1)
    assert tally.arrived == tally.abandoned > 0


def test_durations_are_log_normal_with_their_mean() -> None:
    random, shape = Random(5), LogNormal(mean_s=240.0, cv=0.8)
    drawn = [shape.draw_s(random) for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(240.0, rel=0.03)
    assert pstdev(drawn) / fmean(drawn) == pytest.approx(0.8, rel=0.06)
    logs = [math.log(value) for value in drawn]
    mean, deviation = fmean(logs), pstdev(logs)
    assert abs(fmean(((value - mean) / deviation) ** 3 for value in logs)) < 0.1, "logarithms are symmetric"


def test_patience_has_its_peak_in_the_first_seconds() -> None:
    random, patience = Random(6), Patience(mean_s=240.0, hasty=0.1, hasty_mean_s=5.0)
    drawn = [patience.draw_s(random) for _ in range(20_000)]

    def hazard(from_s: float, to_s: float) -> float:
        at_risk = [value for value in drawn if value >= from_s]
        return sum(value < to_s for value in at_risk) / len(at_risk) / (to_s - from_s)

    assert hazard(0, 5) > 2 * hazard(60, 120)
    assert hazard(60, 120) == pytest.approx(hazard(180, 240), rel=0.15)


def test_arrivals_follow_the_shape_of_the_day() -> None:
    shape = DayShape(busiest_per_minute=5.0)
    random, at, hours = Random(7), datetime(2026, 11, 19, tzinfo=UTC), Counter[int]()
    for _ in range(10):
        end = at + timedelta(days=1)
        while (at := next_arrival(at, shape, 5.0, random)) < end:
            hours[at.hour] += 1
        at = end
    assert max(hours, key=lambda hour: hours[hour]) in (9, 10, 11)
    for hour in (3, 10, 20):
        expected = 10 * sum(shape(datetime(2026, 11, 19, hour, minute, tzinfo=UTC)) for minute in range(60))
        assert abs(hours[hour] - expected) < 4 * math.sqrt(expected)


def test_a_steady_rate_is_the_same_at_all_hours() -> None:
    assert {steady(2.5)(START + timedelta(hours=hour)) for hour in range(24)} == {2.5}
