"""What chance decides has the distributions that it is said to have."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean, pstdev

import pytest

from simulation.draws import Exponential, LogNormal, Patience, Survival, arrivals
from simulation.traffic import Kind, draw_callers

DRAWS = 40_000


def test_log_normal_times_have_the_mean_and_spread_asked_for() -> None:
    chance, times = Random(1), LogNormal(mean_s=240.0, cv=0.9)
    drawn = [times.at(chance.gauss(0.0, 1.0)) for _ in range(DRAWS)]
    assert fmean(drawn) == pytest.approx(240.0, rel=0.02)
    assert pstdev(drawn) / fmean(drawn) == pytest.approx(0.9, rel=0.04)
    logs = [math.log(each) for each in drawn]
    assert fmean(logs) == pytest.approx(math.log(240.0) - math.log1p(0.81) / 2, abs=0.01)
    assert LogNormal(mean_s=60.0, cv=0.0).at(2.5) == pytest.approx(60.0)


def test_exponential_times_are_of_the_same_rank_as_the_normal_they_come_from() -> None:
    chance, times = Random(2), Exponential(mean_s=180.0)
    drawn = [times.at(chance.gauss(0.0, 1.0)) for _ in range(DRAWS)]
    assert fmean(drawn) == pytest.approx(180.0, rel=0.02)
    assert times.at(0.0) == pytest.approx(180.0 * math.log(2.0))


def test_patience_has_its_peak_in_the_first_seconds() -> None:
    chance, patience = Random(3), Patience(mean_s=200.0, hasty=0.1, hasty_s=5.0)
    drawn = [patience.after(chance.expovariate(1.0)) for _ in range(DRAWS)]
    first = sum(each <= 5.0 for each in drawn) / DRAWS
    next_five = sum(5.0 < each <= 10.0 for each in drawn) / DRAWS
    assert first == pytest.approx(0.1, abs=0.006)
    assert next_five == pytest.approx(0.9 * (1 - math.exp(-5 / 200)), abs=0.004)
    assert fmean(each - 5.0 for each in drawn if each > 5.0) == pytest.approx(200.0, rel=0.02)


def test_each_announcement_costs_the_share_that_is_startled() -> None:
    patience = Patience(mean_s=200.0, startled=0.05)
    assert 1.0 - math.exp(-patience.startle_s / 200.0) == pytest.approx(0.05)


def test_who_never_gives_up_is_not_startled_either() -> None:
    patience = Patience(mean_s=math.inf)
    assert (patience.after(3.0), patience.startle_s) == (math.inf, 0.0)


def test_arrivals_are_poisson_with_the_expected_number_in_each_stretch() -> None:
    counts = [[0, 0, 0] for _ in range(800)]
    for number, day in enumerate(counts):
        for at_s in arrivals(Random(number), (4.0, 0.0, 12.0), 600.0):
            day[int(at_s // 600.0)] += 1
    first, none, third = zip(*counts, strict=True)
    assert fmean(first) == pytest.approx(4.0, rel=0.06)
    assert set(none) == {0}
    assert fmean(third) == pytest.approx(12.0, rel=0.04)
    assert pstdev(third) ** 2 == pytest.approx(12.0, rel=0.12)


def test_another_kind_of_caller_changes_nothing_for_those_there_are() -> None:
    one = Kind(name="billing", queue_id="billing", slots=(30.0,))
    other = Kind(name="welsh", queue_id="welsh", slots=(30.0,))
    alone = draw_callers((one,), 5)
    both = draw_callers((other, one), 5)
    assert alone == [caller for caller in both if caller.kind == "billing"]


def test_kaplan_and_meier_by_hand() -> None:
    """Gave up at 10 and 30; answered at 20 and 40: 3/4 wait longer than 10, 3/8 longer than 30."""
    survival = Survival([10.0, 20.0, 30.0, 40.0], [True, False, True, False])
    assert [survival.share_at(at) for at in (5.0, 10.0, 29.0, 30.0, 40.0)] == pytest.approx(
        [1.0, 0.75, 0.75, 0.375, 0.375]
    )
    assert survival.share_at(90.0) == pytest.approx(0.375 * math.exp(-50.0 * 2 / 100))


def test_patience_that_was_cut_off_by_the_answer_is_recovered() -> None:
    """Patience of mean 150 s, of which answers hide the longer ones: the naive mean would be far lower."""
    chance = Random(6)
    patience = [chance.expovariate(1 / 150.0) for _ in range(20_000)]
    answer = [chance.expovariate(1 / 60.0) for _ in patience]
    waits = [min(pair) for pair in zip(patience, answer, strict=True)]
    gave_up = [p <= a for p, a in zip(patience, answer, strict=True)]
    survival = Survival(waits, gave_up)
    drawn = [survival.given(0.0, 1.0 - chance.random()) for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(150.0, rel=0.05)
    assert fmean(w for w, left in zip(waits, gave_up, strict=True) if left) < 50.0


def test_patience_given_a_wait_is_never_shorter_than_it() -> None:
    survival = Survival([10.0, 20.0, 30.0, 40.0], [True, False, True, False])
    chance = Random(7)
    for wait_s in (0.0, 12.0, 35.0, 60.0):
        drawn = [survival.given(wait_s, 1.0 - chance.random()) for _ in range(200)]
        assert min(drawn) > wait_s or min(drawn) == pytest.approx(wait_s, abs=1.0)
    assert Survival([5.0, 9.0], [False, False]).given(3.0, 0.5) == math.inf
