"""When a figure over its limit is news, and when not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.snapshots import Level
from reporting.thresholds import Change, Limits, Measure, Reading, Transition, Watch

START = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)
QUEUE = "retention"


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def waiting(value: float | None, limits: Limits) -> Reading:
    return Reading(measure=Measure.WAITING, subject=QUEUE, limits=limits, value=value)


def longest(since_s: float | None, limits: Limits) -> Reading:
    since = after(since_s) if since_s is not None else None
    return Reading(measure=Measure.LONGEST_WAIT, subject=QUEUE, limits=limits, since=since)


def changes(told: list[Transition]) -> list[tuple[Change, Level]]:
    return [(each.change, each.level) for each in told]


def test_an_alert_opens_once_and_closes_once() -> None:
    watch, limits = Watch(), Limits(warn=5, bad=10, clear_s=30)
    assert changes(watch.observe([waiting(5, limits)], START)) == [(Change.OPENED, Level.WARN)]
    assert watch.observe([waiting(6, limits)], after(1)) == []
    assert watch.observe([waiting(1, limits)], after(2)) == []
    assert watch.next_deadline() == after(32)
    assert changes(watch.observe([waiting(1, limits)], after(32))) == [(Change.CLOSED, Level.OK)]
    assert watch.observe([waiting(1, limits)], after(90)) == []
    assert watch.next_deadline() is None


def test_a_growing_time_has_its_deadlines_without_being_asked() -> None:
    watch, limits = Watch(), Limits(warn=90, bad=120)
    assert watch.observe([longest(0, limits)], START) == []
    assert watch.next_deadline() == after(90)
    (opened,) = watch.observe([longest(0, limits)], after(90))
    assert (opened.change, opened.level, opened.value, opened.limit) == (Change.OPENED, Level.WARN, 90, 90)
    assert watch.next_deadline() == after(120)
    assert changes(watch.observe([longest(0, limits)], after(120))) == [(Change.WORSE, Level.BAD)]


def test_a_late_look_tells_only_the_worst_level() -> None:
    watch = Watch()
    (opened,) = watch.observe([longest(0, Limits(warn=90, bad=120))], after(300))
    assert (opened.change, opened.level) == (Change.OPENED, Level.BAD)
    assert opened.since == after(120)


def test_a_level_must_hold_before_it_is_told() -> None:
    watch, limits = Watch(), Limits(bad=10, for_s=15)
    assert watch.observe([waiting(12, limits)], START) == []
    assert watch.next_deadline() == after(15)
    assert watch.observe([waiting(9, limits)], after(10)) == []
    assert watch.observe([waiting(12, limits)], after(11)) == []
    assert watch.observe([waiting(12, limits)], after(15)) == []
    assert changes(watch.observe([waiting(12, limits)], after(26))) == [(Change.OPENED, Level.BAD)]


def test_just_below_the_limit_is_not_good_again() -> None:
    watch, limits = Watch(), Limits(bad=10, clear_s=0)
    watch.observe([waiting(10, limits)], START)
    assert watch.observe([waiting(9.5, limits)], after(60)) == []
    assert changes(watch.observe([waiting(9, limits)], after(61))) == [(Change.CLOSED, Level.OK)]


def test_better_is_told_with_the_level_that_still_holds() -> None:
    watch, limits = Watch(), Limits(warn=5, bad=10, clear_s=30)
    watch.observe([waiting(10, limits)], START)
    watch.observe([waiting(6, limits)], after(10))
    watch.observe([waiting(1, limits)], after(20))
    assert changes(watch.observe([waiting(1, limits)], after(40))) == [(Change.BETTER, Level.WARN)]


def test_a_service_level_is_bad_when_low() -> None:
    limits = Limits(warn=0.8, bad=0.7, clear_s=0)
    watch = Watch()

    def level(value: float) -> Reading:
        return Reading(measure=Measure.SERVICE_LEVEL, subject=QUEUE, limits=limits, value=value)

    assert watch.observe([level(0.81)], START) == []
    assert changes(watch.observe([level(0.69)], after(1))) == [(Change.OPENED, Level.BAD)]
    assert watch.observe([level(0.71)], after(2)) == []
    assert changes(watch.observe([level(0.9)], after(3))) == [(Change.CLOSED, Level.OK)]


def test_a_figure_that_is_no_longer_told_is_good_and_closes_its_alert_in_time() -> None:
    watch = Watch()
    watch.observe([waiting(10, Limits(bad=10, clear_s=30))], START)
    assert watch.observe([], after(1)) == []
    assert watch.next_deadline() == after(31)
    assert changes(watch.observe([], after(31))) == [(Change.CLOSED, Level.OK)]


def test_what_is_gone_after_a_restart_closes_at_once() -> None:
    watch = Watch({(Measure.UNREACHABLE, "kofi"): Level.BAD})
    assert changes(watch.observe([], START)) == [(Change.CLOSED, Level.OK)]


def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    limits = Limits(warn=5, bad=10)
    watch = Watch({(Measure.WAITING, QUEUE): Level.WARN})
    assert watch.observe([waiting(6, limits)], START) == []
    assert changes(watch.observe([waiting(11, limits)], after(1))) == [(Change.WORSE, Level.BAD)]


Steps = st.lists(
    st.tuples(st.floats(0.0, 60.0), st.one_of(st.none(), st.floats(0.0, 15.0))), min_size=1, max_size=80
)
AnyLimits = st.builds(
    Limits,
    warn=st.one_of(st.none(), st.floats(0.5, 8.0)),
    bad=st.one_of(st.none(), st.floats(8.0, 14.0)),
    for_s=st.floats(0.0, 40.0),
    clear_s=st.floats(1.0, 60.0),
)


def run(watch: Watch, limits: Limits, steps: Sequence[tuple[float, float | None]]) -> list[Transition]:
    """Feed the values, and keep every deadline in between as the shell does."""
    told: list[Transition] = []
    now = START
    value: float | None = None
    for pause_s, following in steps:
        until = now + timedelta(seconds=pause_s)
        while (due := watch.next_deadline()) is not None and due < until:
            told += watch.observe([waiting(value, limits)], due)
        now, value = until, following
        told += watch.observe([waiting(value, limits)], now)
    return told


def judge(told: list[Transition], limits: Limits) -> None:
    """Levels follow each other as they must, and no key is told faster than its limits allow."""
    level, closed_at, last_at = Level.OK, None, None
    rank = {Level.OK: 0, Level.WARN: 1, Level.BAD: 2}
    for each in told:
        match each.change:
            case Change.OPENED:
                assert level is Level.OK
                assert each.level is not Level.OK
                if closed_at is not None:
                    assert (each.at - closed_at).total_seconds() >= limits.for_s
            case Change.CLOSED:
                assert level is not Level.OK
                assert each.level is Level.OK
                closed_at = each.at
            case Change.WORSE:
                assert rank[each.level] > rank[level] > 0
            case Change.BETTER:
                assert 0 < rank[each.level] < rank[level]
        if each.change in (Change.CLOSED, Change.BETTER):
            assert last_at is not None
            assert (each.at - max(each.since, last_at)).total_seconds() >= limits.clear_s
        else:
            assert (each.at - each.since).total_seconds() >= limits.for_s
        level, last_at = each.level, each.at


@given(AnyLimits, Steps)
def test_whatever_a_figure_does_its_alerts_open_once_close_once_and_do_not_storm(
    limits: Limits, steps: list[tuple[float, float | None]]
) -> None:
    judge(run(Watch(), limits, steps), limits)


@given(st.floats(0.1, 20.0), st.floats(1.0, 60.0))
def test_a_flapping_figure_is_told_once(pause_s: float, clear_s: float) -> None:
    limits = Limits(bad=10, clear_s=clear_s)
    steps = [(min(pause_s, clear_s * 0.9), 12.0 if turn % 2 == 0 else 1.0) for turn in range(100)]
    assert changes(run(Watch(), limits, steps)) == [(Change.OPENED, Level.BAD)]


@given(AnyLimits, Steps)
def test_a_restart_changes_no_level_by_itself(
    limits: Limits, steps: list[tuple[float, float | None]]
) -> None:
    watch = Watch()
    run(watch, limits, steps)
    level = watch.level(Measure.WAITING, QUEUE)
    again = Watch({(Measure.WAITING, QUEUE): level} if level is not Level.OK else {})
    assert again.level(Measure.WAITING, QUEUE) is level
    value = {Level.OK: None, Level.WARN: limits.warn, Level.BAD: limits.bad}[level]
    assert again.observe([waiting(value, limits)], after(10_000)) == []


class NoPatience(Watch):
    """A broken one: it forgets when good times began, and so closes at once."""

    def observe(self, readings, now):  # type: ignore[no-untyped-def]
        for alarm in self._alarms.values():
            if alarm.falling_since is not None:
                alarm.falling_since = START - timedelta(days=1)
        return super().observe(readings, now)


def test_the_judge_catches_a_watch_without_patience() -> None:
    limits = Limits(bad=10, clear_s=50, for_s=5)
    steps: list[tuple[float, float | None]] = [(6.0, value) for value in (12.0, 12.0, 1.0, 1.0, 12.0, 12.0)]
    judge(run(Watch(), limits, steps), limits)
    told = run(NoPatience(), limits, steps)
    with pytest.raises(AssertionError):
        judge(told, limits)
