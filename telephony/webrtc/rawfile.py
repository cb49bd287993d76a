"""The raw recording: packets as they came, each with its time and side, appended to one file.

Nothing is decoded while the call runs. A crash loses what was not yet handed to the system, about half a
second; a torn last entry is left out on reading.

Layout: a line of JSON (`Description`), then entries of `ENTRY` and a payload. Times are tenths of
milliseconds since the recording began.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".pbraw"
ENTRY = struct.Struct("<BHIHI")
"""Kind, payload bytes, time, RTP sequence number, RTP timestamp."""
TICKS_PER_S = 10_000
LEFT, RIGHT, PAUSE, RESUME, END = range(5)
"""Kinds: a packet of either side, or a mark."""
RIGHT_LEGS, RIGHT_LEGS_MAX = 16, 240
"""The first of the kinds that tell the legs on the right channel apart, and how many there are."""


class RawDamaged(Exception):
    """A raw recording whose first line cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a raw recording is of."""

    recording_id: str
    path: str
    """Where the WAV goes."""
    codec: str


def header(description: Description) -> bytes:
    return json.dumps(asdict(description)).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    kind: int
    at_s: float
    sequence: int
    timestamp: int
    payload: bytes


def read_description(source: BinaryIO) -> Description:
    """Raises:
    RawDamaged: the first line is no description.
    """
    line = source.readline(65536)
    try:
        return Description(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise RawDamaged("its first line is no description of a recording") from error


def read_entries(source: BinaryIO) -> Iterator[Entry]:
    """Entries up to the end or the first torn one."""
    while len(head := source.read(ENTRY.size)) == ENTRY.size:
        kind, size, ticks, sequence, timestamp = ENTRY.unpack(head)
        payload = source.read(size)
        if END < kind < RIGHT_LEGS or len(payload) < size:
            return
        yield Entry(
            kind=kind, at_s=ticks / TICKS_PER_S, sequence=sequence, timestamp=timestamp, payload=payload
        )


def raw_path(folder: Path, recording_id: str) -> Path:
    """A file name for any id: what is unusual in it is spelled as hex."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f"%{ord(c):x}" for c in recording_id)
    return folder / f"{safe}{SUFFIX}"
