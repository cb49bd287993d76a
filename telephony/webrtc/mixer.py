"""Mixing: each speaker's packets in order and in time, and the sum of them for each listener. No I/O.

Every 20 ms a `Speaker` gives the next frame of what a party says, and a `Blend` makes one encoded frame of
those that a group of listeners hears. Whatever has not come by then is silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telephony.audio import g711, opus
from telephony.audio.g711 import Samples
from telephony.webrtc.datagrams import SLOT_BYTES
from telephony.webrtc.rtp import PCMU, Codec

LEAD_FRAMES = 1
"""How long a first packet waits, so that the next may be as much late."""
DEPTH_FRAMES_MAX = 6
"""Further behind than this a speaker's sound is not played out but skipped."""
TRIM_EVERY_FRAMES = 250
"""In 5 s without need of it a frame of waiting time is given up."""
FULL_SCALE = 32767.0
RELEASE_PER_FRAME = 1.05
"""What the limiter gives back in 20 ms: 2 dB in a tenth of a second, too slow to be heard as a flutter."""


class Decoder(Protocol):
    def decode(self, payload: bytes) -> Samples: ...


class _Pcmu:
    def decode(self, payload: bytes) -> Samples:
        return g711.decode(payload)


class Speaker:
    """What one party says. Takes packets as an outlet does, so that an inlet can be joined to it.

    A packet that comes too late makes everything later by so much: a network that was once that slow will be
    so again. When for a while nothing was late the wait is shortened by a frame.
    """

    __slots__ = ("_codec", "_cursor", "_data", "_decoder", "_least", "_pending", "_taken")

    def __init__(self, data: memoryview, codec: Codec) -> None:
        """Args:
        data: the receiving arena.
        codec: of the packets.
        """
        self._data = data
        self._codec = codec
        self._decoder: Decoder = _Pcmu() if codec is PCMU else opus.Decoder(codec.rate_hz)
        self._pending: list[tuple[int, bytes | Samples]] = []
        self._cursor: int | None = None
        self._least = DEPTH_FRAMES_MAX
        self._taken = 0

    def change_source(self) -> None:
        """What comes next has another clock. Nothing is kept of what came before."""
        self._pending.clear()
        self._cursor = None

    def skip(self, sequence: int, late: bool) -> None:
        """A packet that is no sound."""

    def forward(
        self, slot: int, offset: int, size: int, sequence: int, timestamp: int, late: bool, now: float
    ) -> None:
        """A packet whose payload lies in `slot`, at `offset` up to `size`."""
        start = slot * SLOT_BYTES
        self.put(timestamp, bytes(self._data[start + offset : start + size]), late=late)

    def put(self, timestamp: int, payload: bytes, *, late: bool = False) -> None:
        """A payload and the RTP timestamp of its first sample; `late`: others overtook it."""
        frame = self._codec.frame
        if self._cursor is None:
            self._cursor = timestamp - LEAD_FRAMES * frame
        start = self._cursor + (timestamp - self._cursor + 0x80000000) % 0x100000000 - 0x80000000
        if start < self._cursor and late:
            return
        if start < self._cursor and not self._pending:
            self._cursor = start
        elif start > self._cursor + DEPTH_FRAMES_MAX * frame:
            self._cursor = start - LEAD_FRAMES * frame
        at = len(self._pending)
        while at and self._pending[at - 1][0] > start:
            at -= 1
        self._pending.insert(at, (start, payload))

    def take(self) -> Samples | None:
        """The next 20 ms; None for silence."""
        if self._cursor is None:
            return None
        frame = self._codec.frame
        self._trim(frame)
        cursor = self._cursor
        end = cursor + frame
        sound: Samples | None = None
        while self._pending and self._pending[0][0] < end:
            start, content = self._pending.pop(0)
            samples = self._decoder.decode(content) if isinstance(content, bytes) else content
            samples, start = samples[max(0, cursor - start) :], max(cursor, start)
            if len(samples) > end - start:
                self._pending.insert(0, (end, samples[end - start :]))
                samples = samples[: end - start]
            if len(samples) == frame:
                sound = samples
            elif len(samples):
                sound = np.zeros(frame, dtype=np.int16) if sound is None else sound.copy()
                sound[start - cursor : start - cursor + len(samples)] = samples
        self._cursor = end
        return sound

    def _trim(self, frame: int) -> None:
        """Look how much has come in advance, and give up what is never needed."""
        assert self._cursor is not None
        ahead = (self._pending[-1][0] - self._cursor) // frame if self._pending else 0
        self._least = min(self._least, ahead)
        self._taken += 1
        if self._taken >= TRIM_EVERY_FRAMES:
            if self._least > LEAD_FRAMES:
                self._cursor += frame
            self._taken, self._least = 0, DEPTH_FRAMES_MAX


class Blend:
    """The sum of several speakers, encoded for those who hear them. Keeps the encoder and the loudness.

    Voices are added as they are: two people seldom shout at once, and turning everybody down for it would
    make each who joins lower the others. When a sum does exceed full scale it is turned down as a whole, at
    once and back slowly, because cutting off its peaks would crackle.
    """

    __slots__ = ("_codec", "_encoder", "_gain", "_silence")

    def __init__(self, codec: Codec, silence: bytes) -> None:
        self._codec = codec
        self._silence = silence
        self._encoder = None if codec is PCMU else opus.Encoder()
        self._gain = 1.0

    def frame(self, sounds: Iterable[Samples]) -> bytes:
        """One encoded frame of what these say together; of nobody it is silence."""
        several = tuple(sounds)
        if not several:
            self._gain = 1.0
            return self._silence if self._encoder is None else self._encode(self._nothing())
        if len(several) == 1:
            self._gain = 1.0
            return self._encode(several[0])
        return self._encode(self._limit(np.sum(several, axis=0, dtype=np.int32)))

    def _limit(self, total: NDArray[np.int32]) -> Samples:
        peak = float(np.max(np.abs(total)))
        before = self._gain
        self._gain = min(1.0, before * RELEASE_PER_FRAME, FULL_SCALE / peak if peak else 1.0)
        if self._gain == before == 1.0:
            return total.astype(np.int16)
        if self._gain < before:
            # Down within a millisecond, so that no step is heard; the few samples that exceed it are cut.
            ramp = np.full(len(total), self._gain)
            first = max(1, len(total) // 20)
            ramp[:first] = np.linspace(before, self._gain, first)
        else:
            ramp = np.linspace(before, self._gain, len(total))
        limited: Samples = np.clip(total * ramp, -FULL_SCALE, FULL_SCALE).astype(np.int16)
        return limited

    def _nothing(self) -> Samples:
        return np.zeros(self._codec.frame, dtype=np.int16)

    def _encode(self, samples: Samples) -> bytes:
        if self._encoder is None:
            return g711.encode(np.ascontiguousarray(samples))
        return self._encoder.encode(samples) or self._silence
