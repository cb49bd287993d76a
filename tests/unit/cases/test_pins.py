"""PINs: three tries, then a lock that no right digit opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import PinAccepted, PinLocked, PinPolicy, PinVerdict, PinWrong

NOW = datetime(2025, 11, 19, 10, 43, tzinfo=UTC)
POLICY = PinPolicy()


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=m) for m in minutes]


@pytest.mark.parametrize(
    ("failures", "verdict"),
    [
        ([], PinWrong(tries_left=2)),
        (ago(1), PinWrong(tries_left=1)),
        (ago(2, 1), PinLocked(until=NOW + timedelta(minutes=30))),
        (ago(40, 1), PinWrong(tries_left=1)),
        (ago(90, 80, 70), PinWrong(tries_left=2)),
    ],
)
def test_a_wrong_pin_says_how_many_tries_are_left(failures: list[datetime], verdict: PinVerdict) -> None:
    assert POLICY.check(fits=False, failures=failures, now=NOW) == verdict


def test_the_right_pin_is_accepted_after_two_wrong_ones() -> None:
    assert POLICY.check(fits=True, failures=ago(2, 1), now=NOW) == PinAccepted()


def test_the_right_pin_does_not_open_a_lock() -> None:
    failures = ago(3, 2, 1)
    assert POLICY.check(fits=True, failures=failures, now=NOW) == PinLocked(until=NOW + timedelta(minutes=29))


def test_a_lock_ends_by_itself() -> None:
    failures = ago(33, 32, 30)
    assert POLICY.locked_until(failures, NOW) is None
    assert POLICY.check(fits=True, failures=failures, now=NOW) == PinAccepted()


def test_failures_are_taken_in_any_order() -> None:
    assert POLICY.locked_until(ago(1, 3, 2), NOW) == NOW + timedelta(minutes=29)


# --- the invariant: whoever guesses all day gets few guesses --------------------------------------

Check = Callable[[bool, list[datetime], datetime], PinVerdict]


def guesses_in_a_day(check: Check, gap: timedelta) -> int:
    """How many wrong PINs are really compared when one is typed every `gap` for a day."""
    failures: list[datetime] = []
    now = NOW
    while now < NOW + timedelta(days=1):
        if not isinstance(check(True, failures, now), PinLocked):
            failures.append(now)
        now += gap
    return len(failures)


GUESSES_MAX = 3 * 48
"""Three in each half hour of a day."""


@given(st.integers(5, 1200))
def test_guessing_all_day_yields_few_guesses(gap_s: int) -> None:
    def check(fits: bool, failures: list[datetime], now: datetime) -> PinVerdict:
        return POLICY.check(fits=fits, failures=failures[-10:], now=now)

    assert guesses_in_a_day(check, timedelta(seconds=gap_s)) <= GUESSES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetfulPolicy(PinPolicy):
    """Broken on purpose: only the latest failure counts, as if each call began anew."""

    def locked_until(self, failures: list[datetime], now: datetime) -> datetime | None:  # type: ignore[override]
        return PinPolicy.locked_until(self, failures[-1:], now)


def test_a_policy_that_forgets_failures_is_caught() -> None:
    def check(fits: bool, failures: list[datetime], now: datetime) -> PinVerdict:
        return ForgetfulPolicy().check(fits=fits, failures=failures, now=now)

    assert guesses_in_a_day(check, timedelta(minutes=1)) > GUESSES_MAX
