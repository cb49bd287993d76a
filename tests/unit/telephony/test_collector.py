"""Digits gathered as the port says."""

from __future__ import annotations

import pytest

from telephony.collector import Collector
from telephony.port import Collect, CollectOutcome


def collect(max_digits: int = 4, **changes: object) -> Collect:
    fields: dict[str, object] = {"leg_id": "leg", "collect_id": "c", "max_digits": max_digits}
    return Collect(**(fields | changes))  # type: ignore[arg-type]


def test_the_last_of_max_digits_completes() -> None:
    collector = Collector()
    assert collector.begin(collect(2), 0.0) is None
    assert collector.press("1", 1.0) is None
    done = collector.press("2", 2.0)
    assert done is not None
    assert (done.digits, done.outcome) == ("12", CollectOutcome.COMPLETE)


def test_the_terminator_ends_it_and_is_no_digit() -> None:
    collector = Collector()
    collector.begin(collect(), 0.0)
    collector.press("7", 0.1)
    done = collector.press("#", 0.2)
    assert done is not None
    assert (done.digits, done.outcome) == ("7", CollectOutcome.TERMINATED)


def test_without_a_terminator_its_key_is_a_digit() -> None:
    collector = Collector()
    collector.begin(collect(1, terminator=None), 0.0)
    done = collector.press("#", 0.1)
    assert done is not None
    assert (done.digits, done.outcome) == ("#", CollectOutcome.COMPLETE)


@pytest.mark.parametrize(("now", "over"), [(5.99, False), (6.0, True)])
def test_no_input_counts_from_the_start(now: float, over: bool) -> None:
    collector = Collector()
    collector.begin(collect(), 0.0)
    done = collector.due(now)
    assert (done is not None) is over
    assert done is None or done.outcome is CollectOutcome.NO_INPUT


def test_the_first_wait_begins_when_the_prompt_ends() -> None:
    collector = Collector()
    collector.play_began(barge_in=True)
    collector.begin(collect(), 0.0)
    assert collector.due(100.0) is None
    collector.play_ended(100.0)
    assert collector.due(105.9) is None
    assert collector.due(106.0) is not None


def test_each_digit_starts_the_wait_for_the_next() -> None:
    collector = Collector()
    collector.begin(collect(), 0.0)
    collector.press("1", 5.0)
    collector.press("2", 8.5)
    assert collector.due(12.4) is None
    done = collector.due(12.5)
    assert done is not None
    assert (done.digits, done.outcome) == ("12", CollectOutcome.TIMEOUT)


def test_digits_pressed_during_the_prompt_count_though_collect_comes_later() -> None:
    collector = Collector()
    collector.play_began(barge_in=True)
    collector.press("4", 0.1)
    collector.play_ended(0.1)
    collector.press("2", 0.2)
    done = collector.begin(collect(2), 0.3)
    assert done is not None
    assert done.digits == "42"


def test_what_is_left_over_goes_to_the_next_collect() -> None:
    collector = Collector()
    collector.play_began(barge_in=True)
    for digit in "123":
        collector.press(digit, 0.1)
    first = collector.begin(collect(1), 0.2)
    second = collector.begin(collect(2), 0.2)
    assert first is not None
    assert second is not None
    assert (first.digits, second.digits) == ("1", "23")


@pytest.mark.parametrize(("barge_in", "digits"), [(True, "9"), (False, None)])
def test_only_a_prompt_that_must_be_heard_forgets_what_was_pressed_before(
    barge_in: bool, digits: str | None
) -> None:
    collector = Collector()
    collector.play_began(barge_in=True)
    collector.press("9", 0.1)
    collector.play_began(barge_in=barge_in)
    done = collector.begin(collect(1), 0.2)
    assert (done and done.digits) == digits


def test_a_hold_forgets_what_was_pressed_before() -> None:
    collector = Collector()
    collector.play_began(barge_in=True)
    collector.press("9", 0.1)
    collector.forget_ahead()
    assert not collector.typed_ahead
    assert collector.begin(collect(1), 0.2) is None


def test_digits_during_a_prompt_without_barge_in_never_count() -> None:
    collector = Collector()
    collector.play_began(barge_in=False)
    collector.begin(collect(1), 0.0)
    assert collector.press("5", 0.5) is None
    collector.play_ended(1.0)
    done = collector.press("6", 1.5)
    assert done is not None
    assert done.digits == "6"


def test_digits_outside_any_prompt_are_not_kept() -> None:
    collector = Collector()
    collector.press("1", 0.0)
    assert collector.begin(collect(1), 1.0) is None
    collector.cancel()
    collector.press("2", 2.0)
    assert collector.begin(collect(1), 3.0) is None


def test_a_newer_collect_replaces_the_older_without_a_word() -> None:
    collector = Collector()
    collector.begin(collect(2, collect_id="old"), 0.0)
    collector.press("1", 0.1)
    collector.begin(collect(1, collect_id="new"), 0.2)
    done = collector.press("2", 0.3)
    assert done is not None
    assert (done.collect_id, done.digits) == ("new", "2")
    assert collector.due(1000.0) is None
