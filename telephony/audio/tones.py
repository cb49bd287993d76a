"""Sounds made of sine waves: signals, keypad digits, silence."""

from __future__ import annotations

import numpy as np

from telephony.audio.g711 import Samples

AMPLITUDE = 0.35
"""Of full scale: about -12 dBFS for a sine, a comfortable signal next to speech."""
FADE_S = 0.005
"""Edges are faded so that they do not click."""

ROWS_HZ = (697, 770, 852, 941)
COLUMNS_HZ = (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
DIGITS = frozenset("".join(KEYPAD))


def silence(seconds: float, rate_hz: int) -> Samples:
    return np.zeros(max(0, round(seconds * rate_hz)), dtype=np.int16)


def tone(
    hz: float | tuple[float, ...], seconds: float, rate_hz: int, amplitude: float = AMPLITUDE
) -> Samples:
    """A sine wave, or several at once sharing the amplitude, with faded edges."""
    pitches = hz if isinstance(hz, tuple) else (hz,)
    count = max(1, round(seconds * rate_hz))
    at = np.arange(count) / rate_hz
    wave = np.sum([np.sin(2 * np.pi * pitch * at) for pitch in pitches], axis=0) / len(pitches)
    fade = min(round(FADE_S * rate_hz), count // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade)
        wave[:fade] *= ramp
        wave[-fade:] *= ramp[::-1]
    samples: Samples = np.round(wave * amplitude * 32767).astype(np.int16)
    return samples


def dtmf(digit: str, seconds: float, rate_hz: int) -> Samples:
    """The two tones of a key.

    Source: ITU-T Q.23.

    Raises:
        ValueError: `digit` is not on a keypad.
    """
    for row, keys in zip(ROWS_HZ, KEYPAD, strict=True):
        if digit in keys and len(digit) == 1:
            return tone((row, COLUMNS_HZ[keys.index(digit)]), seconds, rate_hz, 2 * AMPLITUDE)
    raise ValueError(f"{digit!r} is not a key: use 0-9, *, #, A-D")
