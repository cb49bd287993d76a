"""What a waiting caller is told, and when nothing is: a queue's `Announcements` applied to one caller."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from routing.estimate import WaitEstimate
from routing.policy import Announcements, SayPosition, SayWait


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is said now, and what the caller knows by then. The words are the shell's.

    Attributes:
        position: "you are number N in line"; None: not said.
        more_than: "more than N are before you"; None: not said.
        wait: "about M minutes", rounded up as the queue wants; None: not said.
        heard_position: the place last told, this time included; `more_than` counts as one beyond it.
        heard_wait: the wait last told, this time included.
    """

    position: int | None = None
    more_than: int | None = None
    wait: timedelta | None = None
    heard_position: int | None = None
    heard_wait: timedelta | None = None


def next_announcement(
    policy: Announcements,
    position: int | None,
    estimate: WaitEstimate | None,
    last: Announcement | None,
) -> Announcement | None:
    """Decide what is said to a caller now.

    Args:
        policy: the queue's rules.
        position: 1-based place; None when it has none just now.
        estimate: the wait still to come, if anything honest can be said of it.
        last: what was announced before; None at the first time.

    Returns:
        None when there is nothing to say. Then `last` stays what it was.
    """
    if position is None:
        return None
    told, more_than = _told_position(policy, position)
    wait = _told_wait(policy, estimate, last)
    if told is None and more_than is None and wait is None:
        return None
    place = told if told is not None else more_than + 1 if more_than is not None else None
    if policy.only_when_improved and last is not None and not _improved(place, wait, last):
        return None
    last = last or Announcement()
    return Announcement(
        position=told,
        more_than=more_than,
        wait=wait,
        heard_position=place if place is not None else last.heard_position,
        heard_wait=wait if wait is not None else last.heard_wait,
    )


def rounded_up(wait: timedelta, unit: timedelta) -> timedelta:
    """To a multiple of `unit`; a unit of zero leaves it as it is."""
    return math.ceil(wait / unit) * unit if unit > timedelta(0) else wait


def _told_position(policy: Announcements, position: int) -> tuple[int | None, int | None]:
    """(exact place, "more than" so many): at most one of the two."""
    beyond = position > policy.position_limit
    match policy.position:
        case SayPosition.NO:
            return None, None
        case SayPosition.LIMIT if beyond:
            return None, None
        case SayPosition.MORE_THAN if beyond:
            return None, policy.position_limit
        case _:
            return position, None


def _told_wait(
    policy: Announcements, estimate: WaitEstimate | None, last: Announcement | None
) -> timedelta | None:
    if estimate is None or estimate.mean_s <= 0.0 or policy.wait is SayWait.NO:
        return None
    if policy.wait is SayWait.ONCE and last is not None and last.heard_wait is not None:
        return None
    return rounded_up(estimate.mean, policy.wait_rounding)


def _improved(place: int | None, wait: timedelta | None, last: Announcement) -> bool:
    """Whether the place or the wait, as they would be heard, are better than at the last time."""
    nearer = place is not None and (last.heard_position is None or place < last.heard_position)
    sooner = wait is not None and (last.heard_wait is None or wait < last.heard_wait)
    return nearer or sooner
