"""Recordings: who sent when, and the file that is made of it.

Each leg sends one pitch for as long as it may be heard, so the file is true to the call: a muted, lost or
paused stretch is silence.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telephony.port import StartRecording
from telephony.simulated.timing import Timer

Samples = NDArray[np.int16]
AMPLITUDE = 0.3
"""Of full scale."""


@dataclass(slots=True)
class Track:
    """What one leg says into one channel."""

    leg_id: str
    tone_hz: int
    gone: bool = False
    """The leg has ended, or the channel is aimed at others now."""
    spans: list[tuple[float, float]] = field(default_factory=list)
    """Seconds from and to which the leg was heard."""
    since_s: float | None = None

    def set(self, heard: bool, at_s: float) -> None:
        if heard and self.since_s is None:
            self.since_s = at_s
        elif not heard and self.since_s is not None:
            self.spans.append((self.since_s, at_s))
            self.since_s = None


class Recording:
    """One running recording. A channel is the sum of its tracks."""

    def __init__(
        self, command: StartRecording, left: Sequence[Track], right: Sequence[Track], now: datetime
    ) -> None:
        self.command = command
        self.left, self.right = list(left), list(right)
        self.paused = False
        self.timer: Timer | None = None
        self._began = now

    @property
    def tracks(self) -> list[Track]:
        """Those that are still spoken into."""
        return [track for track in self.left + self.right if not track.gone]

    def elapsed_s(self, now: datetime) -> float:
        return (now - self._began).total_seconds()

    def holds(self, leg_id: str) -> bool:
        return any(track.leg_id == leg_id for track in self.tracks)

    def update(self, leg_id: str, recorded: bool, now: datetime) -> None:
        """What this leg sends begins or ceases to be recorded."""
        for track in self.tracks:
            if track.leg_id == leg_id:
                track.set(recorded and not self.paused, self.elapsed_s(now))

    def aim(self, right: Sequence[Track], now: datetime) -> None:
        """The right channel takes these from now on, and nobody else."""
        for track in self.right:
            self._close(track, now)
        self.right.extend(right)

    def leave(self, leg_id: str, now: datetime) -> None:
        """A leg has ended."""
        for track in self.tracks:
            if track.leg_id == leg_id:
                self._close(track, now)

    def _close(self, track: Track, now: datetime) -> None:
        track.set(False, self.elapsed_s(now))
        track.gone = True

    def write(self, now: datetime, rate_hz: int) -> float:
        """Make the file, complete or not at all. Returns its seconds.

        Raises:
            OSError: it cannot be written.
        """
        duration_s = self.elapsed_s(now)
        for track in self.tracks:
            track.set(False, duration_s)
        target = Path(self.command.path)
        unfinished = target.with_name(target.name + ".part")
        with unfinished.open("wb") as raw, wave.open(raw, "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(rate_hz)
            frames = round(duration_s * rate_hz)
            for first in range(0, frames, rate_hz):
                count = min(rate_hz, frames - first)
                stereo = np.column_stack(
                    [_second(tracks, first, count, rate_hz) for tracks in (self.left, self.right)]
                )
                out.writeframes(stereo.astype("<i2").tobytes())
        unfinished.replace(target)
        return duration_s


def _second(tracks: Sequence[Track], first: int, count: int, rate_hz: int) -> Samples:
    """One second of a channel, beginning at frame `first`. A whole pitch repeats exactly every second."""
    total = np.zeros(count, dtype=np.int32)
    for track in tracks:
        for start_s, end_s in track.spans:
            start, end = max(round(start_s * rate_hz) - first, 0), min(round(end_s * rate_hz) - first, count)
            if start < end:
                total[start:end] += _tone(track.tone_hz, rate_hz)[start:end]
    return np.clip(total, -32768, 32767).astype(np.int16)


@cache
def _tone(hz: int, rate_hz: int) -> Samples:
    wave_of_one_second: Samples = np.round(
        AMPLITUDE * 32767 * np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz)
    ).astype(np.int16)
    return wave_of_one_second
