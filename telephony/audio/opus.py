"""Opus, 20 ms mono frames at 48 kHz."""

from __future__ import annotations

import fractions

import av
import numpy as np

from telephony.audio.g711 import Samples

RATE_HZ = 48000
FRAME_SAMPLES = 960
BIT_RATE = 32000


class Encoder:
    """One stream, frame by frame."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, av.AudioCodecContext)
        codec.bit_rate = BIT_RATE
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = RATE_HZ
        codec.time_base = fractions.Fraction(1, RATE_HZ)
        codec.options = {"application": "audio", "frame_duration": "20"}
        self._codec = codec
        self._at = 0

    def encode(self, samples: Samples) -> bytes:
        """The packet of 960 samples; empty while the encoder wants to see more first."""
        return b"".join(self.packets(samples)[:1])

    def packets(self, samples: Samples) -> list[bytes]:
        """What 960 samples bring forth."""
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        frame.pts = self._at
        self._at += FRAME_SAMPLES
        return [bytes(packet) for packet in self._codec.encode(frame)]

    def end(self) -> list[bytes]:
        """What it still holds back."""
        return [bytes(packet) for packet in self._codec.encode(None)]


def encode(samples: Samples) -> list[bytes]:
    """One packet for each 20 ms; a last piece is filled up with silence."""
    short = -len(samples) % FRAME_SAMPLES
    whole = np.concatenate([samples, np.zeros(short, dtype=np.int16)]) if short else samples
    encoder = Encoder()
    packets: list[bytes] = []
    for start in range(0, len(whole), FRAME_SAMPLES):
        packets.extend(encoder.packets(whole[start : start + FRAME_SAMPLES]))
    packets.extend(encoder.end())
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
