"""How much an engine takes on, what it says when that is too much, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    batch_max: int = 256
    """Inputs in one transaction."""
    handle_ms_max: float = 2.0
    """Batches are kept so short that the cores take about this long for one."""
    commands_max: int = 2000
    """Waiting commands; more are refused."""
    observations_max: int = 2000
    """Waiting observations; whoever brings more waits."""
    telephony_max: int = 50_000
    """Waiting events of all back ends; more stay in the back ends' journals for a while."""
    effects_in_flight_max: int = 2000
    effect_run_max: timedelta = timedelta(seconds=30)
    """An effect that takes longer has failed; it must not hold its lanes for ever."""


class EngineBusy(Unavailable):
    """More is waiting than the engine may hold."""

    def __init__(self, waiting: int) -> None:
        super().__init__(
            "engine_busy", "The server has more to do than it can take on. Try again in a moment."
        )
        self.waiting = waiting


class EngineStopped(Unavailable):
    """The engine does not run here, or not any more."""

    def __init__(self) -> None:
        super().__init__("engine_stopped", "The server is starting or stopping. Try again in a moment.")


class ResultMissing(Exception):
    """The domain did not answer a command."""

    def __init__(self, client_ids: set[str]) -> None:
        super().__init__(client_ids)
        self.client_ids = client_ids

    def __str__(self) -> str:
        return f"no result for the commands {', '.join(sorted(self.client_ids))}"


_SMOOTHING = 0.05


@dataclass(slots=True, kw_only=True)
class EngineStats:
    """For `/metrics` and `/readyz`. Averages move over about the last 20 values."""

    batches: int = 0
    inputs: int = 0
    events: int = 0
    effects: int = 0
    parked: int = 0
    commit_ms_last: float = 0.0
    commit_ms_average: float = 0.0
    handle_us_per_input: float = 50.0
    store_down_since: datetime | None = None
    """Since when the database has not answered."""

    def handled(self, inputs: int, took_s: float) -> None:
        self.inputs += inputs
        self.handle_us_per_input += _SMOOTHING * (took_s * 1e6 / inputs - self.handle_us_per_input)

    def committed(self, events: int, effects: int, took_s: float) -> None:
        self.batches += 1
        self.events += events
        self.effects += effects
        self.commit_ms_last = took_s * 1000
        self.commit_ms_average += _SMOOTHING * (self.commit_ms_last - self.commit_ms_average)
        self.store_down_since = None
