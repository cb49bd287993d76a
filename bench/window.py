"""One measurement of the media process: how much is measured, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from telephony.clock import monotonic

LOSS_MAX = 0.001
WAITED_MAX = 0.02
LATE_S_MAX = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    runs: int
    seconds: float
    settle_s: float
    step: int
    """Resolution of the search, in calls."""
    calls_max: int
    attempts: int
    """Windows of one number of calls, while they fail and are disturbed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One measurement at one number of calls."""

    calls: int
    loss: float
    late_s: float
    """How far the telephones themselves fell behind."""
    delays_s: list[float]
    core: float
    """Of the measured process: seconds of processor time per second."""
    waited: float
    """Part of the time that it was ready to run and others had its core."""

    @property
    def passed(self) -> bool:
        return self.loss < LOSS_MAX

    @property
    def disturbed(self) -> bool:
        """Whether other work on this machine had a part in it."""
        return self.waited > WAITED_MAX or self.late_s > LATE_S_MAX


class Usage:
    """What a process gets of its core, from the kernel's books."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/schedstat")
        self._began = monotonic()
        self._before = self._read()

    def taken(self) -> tuple[float, float, float]:
        """Seconds since the start, and the parts of them spent running and waiting for the core."""
        took = monotonic() - self._began
        running, waiting = (now - before for now, before in zip(self._read(), self._before, strict=True))
        return took, running / 1e9 / took, waiting / 1e9 / took

    def _read(self) -> tuple[int, int]:
        running, waiting, _ = self._path.read_text().split()
        return int(running), int(waiting)
