"""What the simulated back end wants of a clock. On a virtual one a day passes in seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None:
        """Never fire. Harmless afterwards or twice."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""

    def call_at(self, at: datetime, callback: Callable[[], None], /) -> Timer:
        """Call back at `at`, or as soon as possible when that has passed."""
