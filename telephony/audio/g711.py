"""µ-law, the 8-bit code of the telephone network.

Source: ITU-T G.711 (11/1988), table 2. A byte is sign, three bits of segment, four of step, all inverted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

RATE_HZ = 8000
BIAS = 132
CLIP = 32635
SILENCE = 0xFF
"""The code of zero."""


def _expand() -> Samples:
    codes = np.arange(256, dtype=np.int32) ^ 0xFF
    segment = (codes >> 4) & 7
    magnitude = (((codes & 0x0F) << 3) + BIAS << segment) - BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _compress() -> NDArray[np.uint8]:
    """One code for each 16-bit sample, indexed by the sample as an unsigned number."""
    samples = np.arange(65536, dtype=np.int32)
    signed = np.where(samples >= 32768, samples - 65536, samples)
    biased = np.minimum(np.abs(signed), CLIP) + BIAS
    segment = np.floor(np.log2(biased)).astype(np.int32) - 7
    step = (biased >> (segment + 3)) & 0x0F
    sign = np.where(signed < 0, 0x80, 0)
    codes: NDArray[np.uint8] = ((sign | segment << 4 | step) ^ 0xFF).astype(np.uint8)
    return codes


_EXPANDED = _expand()
_COMPRESSED = _compress()


def decode(codes: bytes | bytearray | memoryview) -> Samples:
    """16-bit samples of µ-law bytes."""
    return _EXPANDED[np.frombuffer(codes, dtype=np.uint8)]


def encode(samples: Samples) -> bytes:
    """µ-law bytes of 16-bit samples."""
    return _COMPRESSED[samples.view(np.uint16)].tobytes()
