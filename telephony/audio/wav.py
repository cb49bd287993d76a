"""WAV files in, WAV files out."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np

from telephony.audio.g711 import Samples

SECONDS_MAX = 15 * 60.0
"""Longer prompts and music are refused: they are held in memory, encoded."""


class UnreadableSound(Exception):
    """A sound file that cannot be played, and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path} cannot be played: {self.reason}"


def read_wav(path: Path) -> tuple[int, Samples]:
    """Sample rate in Hz and 16-bit mono samples; stereo is mixed down.

    Raises:
        UnreadableSound: missing, not a 16-bit PCM WAV, or longer than `SECONDS_MAX`.
    """
    try:
        with wave.open(str(path), "rb") as source:
            rate, channels, width = source.getframerate(), source.getnchannels(), source.getsampwidth()
            if width != 2:
                raise UnreadableSound(str(path), f"it has {8 * width} bits a sample; use 16")
            if source.getnframes() > SECONDS_MAX * rate:
                raise UnreadableSound(str(path), f"it is longer than {SECONDS_MAX / 60:.0f} minutes")
            data = source.readframes(source.getnframes())
    except OSError as error:
        raise UnreadableSound(str(path), error.strerror or "it cannot be opened") from error
    except (wave.Error, EOFError) as error:
        raise UnreadableSound(str(path), f"it is not a 16-bit PCM WAV file ({error})") from error
    samples: Samples = np.frombuffer(data[: len(data) - len(data) % (2 * channels)], dtype="<i2")
    if channels > 1:
        samples = samples.reshape(-1, channels).mean(axis=1).astype(np.int16)
    return rate, samples


def write_wav(path: Path, samples: Samples, rate_hz: int) -> None:
    """Mono for one row of samples, several channels for a two-dimensional array (frames, channels)."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.astype("<i2").tobytes())


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The same sound at another rate."""
    if from_hz == to_hz or not len(samples):
        return samples
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono"
    )
    frame.sample_rate = from_hz
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
    pieces = [*resampler.resample(frame), *resampler.resample(None)]
    joined: Samples = np.concatenate([piece.to_ndarray().reshape(-1) for piece in pieces]).astype(np.int16)
    return joined
