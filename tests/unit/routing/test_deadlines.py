"""Deadlines are dropped when they mean nothing any more, and the heap does not grow without end."""

from __future__ import annotations

from datetime import timedelta

from routing.deadlines import Deadlines, Due, DueKind
from tests.unit.routing.centre import START


def due(number: int) -> Due:
    return Due(START + timedelta(seconds=number), DueKind.OFFER, f"offer-{number}")


def test_only_what_still_stands_comes_due_in_order() -> None:
    standing = {"offer-1", "offer-3"}
    deadlines = Deadlines(lambda at: at.subject in standing)
    for number in (3, 2, 1):
        deadlines.add(due(number))

    assert deadlines.next_at() == due(1).at
    assert deadlines.pop(START) is None
    assert deadlines.pop(due(3).at) == due(1)
    assert deadlines.next_at() == due(3).at
    assert deadlines.pop(due(3).at) == due(3)
    assert deadlines.pop(due(9).at) is None
    assert deadlines.next_at() is None


def test_what_is_outdated_is_forgotten_in_time() -> None:
    standing = {"offer-100000"}
    deadlines = Deadlines(lambda at: at.subject in standing)
    deadlines.add(due(100_000))
    for number in range(20_000):
        deadlines.add(due(number))

    assert len(deadlines._heap) < 2_000
    assert deadlines.pop(due(100_000).at) == due(100_000)
