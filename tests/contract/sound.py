"""Judging sound by its pitches: what a party hears, what a recording has on its channels."""

from __future__ import annotations

import wave
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

LEFT, RIGHT = 0, 1
LOUD = 0.01
"""Of full scale: quieter is silence."""
TOLERANCE_HZ = 12.0
FAINTEST = 0.25
"""Of the loudest pitch: what is fainter is distortion or the end of something."""


def heard(sound: NDArray[np.float64], rate_hz: float, pitches: Mapping[str, float]) -> frozenset[str]:
    """Who of `pitches` (Hz by name) is in it; a loudest pitch of nobody is named by its Hz.

    A fifth of a second tells pitches apart that are 25 Hz from each other.
    """
    spectrum, bins_hz = _spectrum(sound, rate_hz)
    loudest = float(spectrum.max())
    known = frozenset(
        name
        for name, hz in pitches.items()
        if float(spectrum[np.abs(bins_hz - hz) <= TOLERANCE_HZ].max()) >= FAINTEST * loudest
    )
    strongest = strongest_hz(sound, rate_hz)
    if any(abs(hz - strongest) <= TOLERANCE_HZ for hz in pitches.values()):
        return known
    return known | {f"{strongest:.0f} Hz"}


def strongest_hz(sound: NDArray[np.float64], rate_hz: float) -> float:
    spectrum, bins_hz = _spectrum(sound, rate_hz)
    return float(bins_hz[int(spectrum.argmax())])


def _spectrum(sound: NDArray[np.float64], rate_hz: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Magnitudes, and the pitch of each."""
    magnitudes: NDArray[np.float64] = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    bins_hz: NDArray[np.float64] = np.fft.rfftfreq(len(sound), 1 / rate_hz).astype(np.float64)
    return magnitudes, bins_hz


class Sound:
    """A recording that was finished."""

    def __init__(self, path: str) -> None:
        with wave.open(path, "rb") as source:
            assert (source.getnchannels(), source.getsampwidth()) == (2, 2)
            self.rate_hz = source.getframerate()
            data = source.readframes(source.getnframes())
        self._samples = np.frombuffer(data, "<i2").reshape(-1, 2) / 32768.0

    @property
    def seconds(self) -> float:
        return len(self._samples) / self.rate_hz

    def pitch_hz(self, channel: int) -> float | None:
        """The strongest pitch; None: all is silence."""
        part = self._samples[:, channel]
        if not len(part) or np.sqrt(np.mean(part * part)) < LOUD:
            return None
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        return float(np.argmax(spectrum) * self.rate_hz / len(part))

    def loud_s(self, channel: int) -> float:
        """Seconds in which something is heard, in steps of 20 ms."""
        step = self.rate_hz // 50
        blocks = self._samples[: len(self._samples) // step * step, channel].reshape(-1, step)
        loud = np.sqrt(np.mean(blocks * blocks, axis=1)) >= LOUD
        return float(np.count_nonzero(loud) * step / self.rate_hz)

    def heard(
        self, channel: int, pitches: Mapping[str, float], *, from_s: float = 0.0, to_s: float | None = None
    ) -> frozenset[str]:
        """Who of `pitches` (Hz by name) is heard in this stretch; empty: all is silence."""
        end = None if to_s is None else round(to_s * self.rate_hz)
        part = self._samples[round(max(0.0, from_s) * self.rate_hz) : end, channel]
        if not len(part) or np.sqrt(np.mean(part * part)) < LOUD:
            return frozenset()
        return heard(part, self.rate_hz, pitches)
