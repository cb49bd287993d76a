"""Makes the default music on hold: `python -m telephony.webrtc.assets.make_music`.

Eight slow chords of soft tones with a sparse melody above them, computed from the numbers below and nothing
else, so that nobody's rights are touched. The end flows into the beginning: every note is laid around the
loop.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telephony.audio.wav import write_wav

RATE_HZ = 8000
CHORD_S = 3.5
PEAK = 0.35
TARGET = Path(__file__).parent / "hold.wav"

CHORDS = (
    (50, 57, 62, 66, 69),
    (47, 54, 62, 66, 69),
    (43, 55, 59, 62, 69),
    (45, 57, 61, 64, 71),
    (50, 57, 62, 66, 73),
    (54, 57, 61, 66, 69),
    (43, 55, 59, 66, 71),
    (45, 55, 61, 64, 69),
)
"""MIDI notes: D, Bm7, Gadd9, Aadd9, Dmaj7, F#m, Gmaj7, A7."""
MELODY = (
    (0.5, 78), (1.75, 74), (4.0, 73), (5.25, 69), (7.5, 71), (8.75, 74), (11.0, 76), (12.25, 73),
    (14.5, 81), (15.75, 78), (18.0, 76), (19.25, 73), (21.5, 74), (22.75, 71), (25.0, 73), (26.25, 69),
)  # fmt: skip
"""Seconds from the start and MIDI note."""

Sound = NDArray[np.float64]


def pitch_hz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def pad(note: int) -> Sound:
    """A soft tone that swells and fades over a chord and a bit of the next."""
    at = np.arange(round(1.6 * CHORD_S * RATE_HZ)) / RATE_HZ
    swell = np.sin(np.pi * np.minimum(at / (1.6 * CHORD_S), 1.0)) ** 1.5
    hz = pitch_hz(note)
    partials: Sound = sum(
        (0.5**overtone) * np.sin(2 * np.pi * hz * (overtone + 1) * (1 + detune) * at)
        for overtone in range(3)
        for detune in (-0.0012, 0.0012)
    ) * np.ones_like(at)
    return partials * swell


def bell(note: int) -> Sound:
    """A small struck tone that rings out."""
    at = np.arange(round(2.4 * RATE_HZ)) / RATE_HZ
    hz = pitch_hz(note)
    ring: Sound = np.sin(2 * np.pi * hz * at) * np.exp(-2.2 * at)
    ring += 0.35 * np.sin(2 * np.pi * 2 * hz * at) * np.exp(-4.0 * at)
    return ring * np.minimum(at / 0.01, 1.0)


def lay(loop: Sound, sound: Sound, at_s: float, level: float) -> None:
    """Add a sound to the loop; what goes over its end comes in at its beginning."""
    places = (round(at_s * RATE_HZ) + np.arange(len(sound))) % len(loop)
    loop[places] += level * sound


def compose() -> Sound:
    loop: Sound = np.zeros(round(len(CHORDS) * CHORD_S * RATE_HZ))
    for number, chord in enumerate(CHORDS):
        for note in chord:
            lay(loop, pad(note), number * CHORD_S, 0.12)
    for at_s, note in MELODY:
        lay(loop, bell(note), at_s, 0.30)
        lay(loop, bell(note), at_s + 0.42, 0.10)
    scaled: Sound = loop * (PEAK / np.max(np.abs(loop)))
    return scaled


def main() -> None:
    write_wav(TARGET, np.round(compose() * 32767).astype(np.int16), RATE_HZ)


if __name__ == "__main__":
    main()
