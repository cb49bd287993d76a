"""Opus, 20 ms mono frames at 48 kHz."""

from __future__ import annotations

import fractions

import av
import numpy as np

from telephony.audio.g711 import Samples

RATE_HZ = 48000
FRAME_SAMPLES = 960
BIT_RATE = 32000


def encode(samples: Samples) -> list[bytes]:
    """One packet for each 20 ms; a last piece is filled up with silence."""
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.bit_rate = BIT_RATE
    codec.format = "s16"
    codec.layout = "mono"
    codec.sample_rate = RATE_HZ
    codec.time_base = fractions.Fraction(1, RATE_HZ)
    codec.options = {"application": "audio", "frame_duration": "20"}
    short = -len(samples) % FRAME_SAMPLES
    whole = np.concatenate([samples, np.zeros(short, dtype=np.int16)]) if short else samples
    packets: list[bytes] = []
    for start in range(0, len(whole), FRAME_SAMPLES):
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(whole[start : start + FRAME_SAMPLES]).reshape(1, -1),
            format="s16",
            layout="mono",
        )
        frame.sample_rate = RATE_HZ
        frame.pts = start
        packets.extend(bytes(packet) for packet in codec.encode(frame))
    packets.extend(bytes(packet) for packet in codec.encode(None))
    return packets[: len(whole) // FRAME_SAMPLES]


class Decoder:
    """Turns one stream's packets into samples at `rate_hz`, keeping its state between packets."""

    def __init__(self, rate_hz: int) -> None:
        codec = av.CodecContext.create("libopus", "r")
        assert isinstance(codec, av.AudioCodecContext)
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = RATE_HZ
        self._codec = codec
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)

    def decode(self, payload: bytes) -> Samples:
        """The samples that became available; empty for a packet that cannot be decoded."""
        try:
            frames = self._codec.decode(av.Packet(payload))
        except av.FFmpegError:
            return np.zeros(0, dtype=np.int16)
        resampled = (piece for frame in frames for piece in self._resampler.resample(frame))
        pieces = [piece.to_ndarray().reshape(-1) for piece in resampled]
        joined: Samples = np.concatenate(pieces).astype(np.int16) if pieces else np.zeros(0, dtype=np.int16)
        return joined
