"""The one place in the back ends that asks what time it is.

Everything below takes `now` as an argument: seconds of the steady counter for media and timers, an aware UTC
instant for what is reported.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def monotonic() -> float:
    """Seconds of the machine's steady counter."""
    return time.monotonic()


def cpu_seconds() -> float:
    """Processor time this process has used."""
    return time.process_time()


class SteadyClock:
    """UTC instants that never run backwards: the wall clock at the start plus steady time since.

    A back end that runs for weeks would drift from the wall clock, so a small difference is worked off a
    little with each look; a jump of more than `JUMP_LIMIT_S` is followed forwards only.
    """

    JUMP_LIMIT_S = 2.0
    SLEW_MAX_S = 0.001

    def __init__(self) -> None:
        self._origin = datetime.now(UTC)
        self._started = time.monotonic()
        self._latest = self._origin

    def now(self) -> datetime:
        ours = self._origin + timedelta(seconds=time.monotonic() - self._started)
        away = (datetime.now(UTC) - ours).total_seconds()
        if abs(away) <= self.JUMP_LIMIT_S:
            step = max(-self.SLEW_MAX_S, min(self.SLEW_MAX_S, away))
        else:
            step = max(0.0, away)
        if step:
            self._origin += timedelta(seconds=step)
            ours += timedelta(seconds=step)
        self._latest = max(self._latest, ours)
        return self._latest
