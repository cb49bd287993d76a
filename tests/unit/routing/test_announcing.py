"""What a caller is told, rule by rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.announcing import Announcement, next_announcement, rounded_up
from routing.estimate import NO_WAIT, WaitEstimate
from routing.policy import Announcements, SayPosition, SayWait

MINUTE = timedelta(minutes=1)


def lasting(seconds: float) -> WaitEstimate:
    return WaitEstimate(mean_s=seconds, low_s=seconds / 2, high_s=seconds * 2)


def said(policy: Announcements, *places: tuple[int, float]) -> list[tuple[int | None, int | None, int]]:
    """(position, more than, minutes told) for each place and its wait in seconds; silence left out."""
    heard: list[tuple[int | None, int | None, int]] = []
    last: Announcement | None = None
    for position, wait_s in places:
        now = next_announcement(policy, position, lasting(wait_s), last)
        if now is not None:
            last = now
            heard.append((now.position, now.more_than, round(now.wait / MINUTE) if now.wait else 0))
    return heard


@pytest.mark.parametrize(
    ("rule", "position", "told"),
    [
        (SayPosition.YES, 40, (40, None, 0)),
        (SayPosition.LIMIT, 10, (10, None, 0)),
        (SayPosition.MORE_THAN, 10, (10, None, 0)),
        (SayPosition.MORE_THAN, 11, (None, 10, 0)),
    ],
)
def test_the_place_is_told_as_far_as_the_rule_goes(
    rule: SayPosition, position: int, told: tuple[int | None, int | None, int]
) -> None:
    assert said(Announcements(position=rule, position_limit=10), (position, 60)) == [told]


@pytest.mark.parametrize(("rule", "position"), [(SayPosition.NO, 1), (SayPosition.LIMIT, 11)])
def test_what_may_not_be_told_is_silence(rule: SayPosition, position: int) -> None:
    assert said(Announcements(position=rule, position_limit=10), (position, 60)) == []


def test_the_wait_is_rounded_up() -> None:
    policy = Announcements(position=SayPosition.NO, wait=SayWait.ALWAYS, wait_rounding=timedelta(minutes=2))
    assert said(policy, (3, 1), (2, 120), (1, 121)) == [(None, None, 2), (None, None, 2), (None, None, 4)]


def test_a_unit_of_zero_rounds_nothing() -> None:
    assert rounded_up(timedelta(seconds=61.5), timedelta(0)) == timedelta(seconds=61.5)


def test_the_wait_is_told_once_and_then_only_the_place() -> None:
    policy = Announcements(wait=SayWait.ONCE)
    assert said(policy, (5, 300), (4, 200), (3, 90)) == [(5, None, 5), (4, None, 0), (3, None, 0)]


def test_once_means_once_even_if_the_first_announcement_had_nothing_to_tell() -> None:
    policy = Announcements(wait=SayWait.ONCE)
    first = next_announcement(policy, 2, None, None)
    assert first == Announcement(position=2, heard_position=2)
    second = next_announcement(policy, 2, lasting(50), first)
    assert second is not None
    assert second.wait == MINUTE


def test_no_wait_is_told_when_the_call_is_about_to_ring() -> None:
    policy = Announcements(position=SayPosition.NO, wait=SayWait.ALWAYS)
    assert next_announcement(policy, 1, NO_WAIT, None) is None


def test_only_better_news_is_told_when_so_chosen() -> None:
    policy = Announcements(wait=SayWait.ALWAYS, only_when_improved=True)
    heard = said(policy, (4, 240), (4, 240), (5, 300), (4, 170), (3, 400), (3, 400), (2, 100))
    assert heard == [(4, None, 4), (4, None, 3), (3, None, 7), (2, None, 2)]


def test_nearer_but_still_more_than_ten_is_no_better_news() -> None:
    policy = Announcements(position=SayPosition.MORE_THAN, position_limit=10, only_when_improved=True)
    assert said(policy, (30, 0), (20, 0), (10, 0)) == [(None, 10, 0), (10, None, 0)]


def test_silence_in_between_does_not_forget_what_was_heard() -> None:
    policy = Announcements(position=SayPosition.LIMIT, position_limit=5, only_when_improved=True)
    assert said(policy, (4, 0), (9, 0), (4, 0), (3, 0)) == [(4, None, 0), (3, None, 0)]


def test_a_caller_without_a_place_is_told_nothing() -> None:
    assert next_announcement(Announcements(), None, lasting(60), None) is None
