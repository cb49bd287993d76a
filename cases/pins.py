"""PINs in the menu: how many tries, and how long a lock lasts.

Whether the digits fit is found out elsewhere (they are kept as a slow hash); what follows is decided here.
Failures count by account or case, not by caller, so that changing the number gives no new tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PinAccepted:
    """The caller is verified; earlier failures are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinWrong:
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLocked:
    """No PIN is accepted before `until`, the right one included."""

    until: datetime


PinVerdict = PinAccepted | PinWrong | PinLocked


@dataclass(frozen=True, slots=True, kw_only=True)
class PinPolicy:
    """`tries_max` failures within `window` lock the PIN for `lock` after the last of them."""

    tries_max: int = 3
    window: timedelta = timedelta(minutes=30)
    lock: timedelta = timedelta(minutes=30)

    def locked_until(self, failures: Sequence[datetime], now: datetime) -> datetime | None:
        """When the lock ends, or None when there is none at `now`."""
        recent = sorted(failure for failure in failures if failure <= now)
        for first, last in zip(recent, recent[self.tries_max - 1 :], strict=False):
            until = last + self.lock
            if last - first <= self.window and until > now:
                return until
        return None

    def check(self, *, fits: bool, failures: Sequence[datetime], now: datetime) -> PinVerdict:
        """What a PIN typed at `now` leads to.

        Args:
            fits: the digits are right. Find it out even when locked, so that timing tells nothing.
            failures: instants of earlier wrong tries since the last right one. Tries during a lock are
                not among them: they do not prolong it.
        """
        until = self.locked_until(failures, now)
        if until is not None:
            return PinLocked(until=until)
        if fits:
            return PinAccepted()
        until = self.locked_until([*failures, now], now)
        if until is not None:
            return PinLocked(until=until)
        recent = sum(now - failure <= self.window for failure in failures) + 1
        return PinWrong(tries_left=max(1, self.tries_max - recent))
