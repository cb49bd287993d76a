"""Turning raw recordings into stereo WAV files: a process of its own, at the lowest priority.

It reads one job per line from standard input (the path of a raw recording) and answers each with one line of
JSON: `{"duration_s": ...}` or `{"reason": ...}`.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from telephony.audio import g711, opus
from telephony.audio.g711 import Samples
from telephony.webrtc.rawfile import (
    END,
    LEFT,
    PAUSE,
    RESUME,
    RIGHT,
    RIGHT_LEGS,
    Entry,
    RawDamaged,
    read_description,
    read_entries,
)

WAV_HEADER_BYTES = 44
OPUS_WAV_RATE_HZ = 16000
FRAME_S = 0.02
DRIFT_S_MAX = 0.15
"""A side whose own clock says otherwise than the arrival by more than this is placed by arrival again."""


class Side:
    """Places one party's packets on the common timeline.

    The RTP timestamp gives the exact place within a stretch of speech, free of network jitter; the arrival
    gives the place of the stretch.
    """

    def __init__(self, codec: str) -> None:
        self._pcmu = codec == "PCMU"
        self.rate_hz = g711.RATE_HZ if self._pcmu else OPUS_WAV_RATE_HZ
        self._clock_hz = g711.RATE_HZ if self._pcmu else opus.RATE_HZ
        self._decoder = None if self._pcmu else opus.Decoder(self.rate_hz)
        self._anchor: tuple[int, float] | None = None
        self._newest: int | None = None
        self._end = 0

    def place(self, entry: Entry) -> tuple[int, Samples]:
        """The first sample's number and the samples of a packet."""
        samples = self._decode(entry)
        start = round(self._start_s(entry) * self.rate_hz)
        start, samples = max(0, start), samples[max(0, -start) :]
        return start, samples

    def fresh(self, entry: Entry) -> tuple[int, Samples]:
        """The same without what this party has been placed over already: what is added must not be twice.

        One that was overtaken fills the hole that it left.
        """
        before, end = self._newest, self._end
        start, samples = self.place(entry)
        if before is not None and (entry.timestamp - before) & 0xFFFFFFFF >= 0x80000000:
            return start, samples
        self._newest, self._end = entry.timestamp, max(end, start + len(samples))
        over = max(0, end - start)
        return start + over, samples[over:]

    def break_off(self) -> None:
        """After a pause the next packet is placed by its arrival."""
        self._anchor = None

    def _start_s(self, entry: Entry) -> float:
        arrived_s = entry.at_s - FRAME_S
        if self._anchor is not None:
            anchor, anchor_s = self._anchor
            ahead = (entry.timestamp - anchor + 0x80000000) % 0x100000000 - 0x80000000
            start_s = anchor_s + ahead / self._clock_hz
            if abs(start_s - arrived_s) <= DRIFT_S_MAX:
                return start_s
        self._anchor = (entry.timestamp, arrived_s)
        return arrived_s

    def _decode(self, entry: Entry) -> Samples:
        if self._decoder is None:
            return g711.decode(entry.payload)
        return self._decoder.decode(entry.payload)


def finalise(raw: Path) -> float:
    """Write the WAV that a raw recording is of, then delete the raw file. Returns seconds.

    Memory stays small however long the call was: samples go straight to their place in the file.

    Raises:
        RawDamaged: it cannot be read at all.
        OSError: it cannot be written.
    """
    with raw.open("rb") as source:
        description = read_description(source)
        body = source.tell()
        length_s = max((entry.at_s for entry in read_entries(source)), default=0.0)
        source.seek(body)
        sides: defaultdict[int, Side] = defaultdict(lambda: Side(description.codec))
        rate = sides[LEFT].rate_hz
        target = Path(description.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(target.name + ".part")
        count = round(length_s * rate)
        _write_header(unfinished, rate, count)
        if count:
            track = np.memmap(unfinished, dtype="<i2", mode="r+", offset=WAV_HEADER_BYTES, shape=(count, 2))
            paused = False
            for entry in read_entries(source):
                if entry.kind in (LEFT, RIGHT) and not paused:
                    start, samples = sides[entry.kind].place(entry)
                    piece = samples[: max(0, count - start)]
                    track[start : start + len(piece), entry.kind] = piece
                elif entry.kind >= RIGHT_LEGS and not paused:
                    start, samples = sides[entry.kind].fresh(entry)
                    _add(track[:, RIGHT], start, samples)
                elif entry.kind in (PAUSE, RESUME):
                    paused = entry.kind == PAUSE
                    for side in sides.values():
                        side.break_off()
                elif entry.kind == END:
                    break
            track.flush()
            del track
    with unfinished.open("rb+") as written:
        os.fsync(written.fileno())
    unfinished.replace(target)
    raw.unlink()
    return count / rate


def _add(channel: Samples, start: int, samples: Samples) -> None:
    """Add to what is there; what would exceed full scale is cut."""
    there = channel[start : start + len(samples)]
    there[:] = np.clip(there.astype(np.int32) + samples[: len(there)], -32768, 32767)


def _write_header(path: Path, rate_hz: int, count: int) -> None:
    """An all-silent stereo WAV of `count` frames; the file system stores the silence as a hole."""
    size, frame_bytes = count * 4, 4
    head = b"RIFF" + struct.pack("<I", WAV_HEADER_BYTES - 8 + size) + b"WAVE"
    head += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, rate_hz, rate_hz * frame_bytes, frame_bytes, 16)
    head += b"data" + struct.pack("<I", size)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(WAV_HEADER_BYTES + size)


def main() -> None:
    os.nice(19)
    for line in sys.stdin:
        raw = Path(line.rstrip("\n"))
        answer: dict[str, object]
        try:
            answer = {"duration_s": finalise(raw)}
        except RawDamaged as error:
            answer = {"reason": f"the raw recording {raw.name} is damaged: {error}"}
        except OSError as error:
            answer = {"reason": f"the recording cannot be written: {error.strerror or error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
