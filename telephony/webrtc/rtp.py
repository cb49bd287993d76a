"""RTP in and out of one connection: the path every packet takes.

`Inlet` decrypts, counts and hands on what a party sends; `Outlet` numbers, encrypts and sends what it hears.
A bridge joins one party's inlet to the other's outlet; packets pass without being decoded.

Source: RFC 3550 (RTP), RFC 3711 (SRTP), RFC 4733 (telephone-event).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

from telephony.webrtc.datagrams import SLOT_BYTES, Arena, Destination

HEADER = struct.Struct("!BBHII")
HEADER_BYTES = 12
PLAIN = 0x80
"""Version 2, no padding, no extension, no contributing sources."""
MARKER = 0x80
EXTENSION_BIT, PADDING_BIT = 0x10, 0x20
SAMPLE_EVERY = 16
"""Of this many packets one is kept for measuring the level."""
SAMPLES_KEPT = 9
EVENT_KEYS = "0123456789*#ABCD"

_protect: Any = lib.srtp_protect
_unprotect: Any = lib.srtp_unprotect
_size: Any = ffi.new("int *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """How audio travels. `rate_hz` is the RTP clock; `frame` is 20 ms of it."""

    name: str
    rate_hz: int
    frame: int


PCMU = Codec(name="PCMU", rate_hz=8000, frame=160)
OPUS = Codec(name="opus", rate_hz=48000, frame=960)
CODECS = {"pcmu": PCMU, "opus": OPUS}


class Tap(Protocol):
    """Where a recording takes what a party sends."""

    def packet(self, now: float, sequence: int, timestamp: int, payload: memoryview) -> None: ...


class Post(Protocol):
    """Where an outlet puts what it sends; see `datagrams.Outbox`."""

    scratch: Arena

    def scratch_slot(self) -> int: ...

    def put(self, address: int, length: int, destination: Destination) -> None: ...

    def put_bytes(self, data: bytes, destination: Destination) -> None: ...


class Sink(Protocol):
    """Where an inlet passes on what a party sends: an outlet, or the room's mixer."""

    def change_source(self) -> None:
        """What comes next belongs to another source."""

    def forward(
        self, slot: int, offset: int, size: int, sequence: int, timestamp: int, late: bool, now: float
    ) -> None:
        """The packet in `slot`, whose payload lies at `offset` up to `size`."""

    def skip(self, sequence: int, late: bool) -> None:
        """A packet of the source that is not passed on."""


class Slots:
    """The receiving arena as libsrtp wants it."""

    def __init__(self, arena: Arena) -> None:
        self.data = arena.data
        self.addresses = arena.addresses
        self.pointers = [ffi.cast("char *", address) for address in arena.addresses]


class Inlet:
    """What one connection receives.

    Args:
        session: the receiving SRTP session.
        slots: where packets lie.
        codec: the one agreed upon.
        payload_type: of that codec.
        event_type: of telephone-event, or None.
        on_flow: called when media flows while `flowing` is False (which it sets).
        on_digit: called with each key told by telephone-event.
    """

    __slots__ = (
        "_codec",
        "_context",
        "_cycles",
        "_event_stamp",
        "_first",
        "_on_digit",
        "_on_flow",
        "_payload_type",
        "_session",
        "_slots",
        "_transit",
        "event_type",
        "expected_before",
        "flowing",
        "heard_at",
        "highest",
        "jitter",
        "received",
        "received_before",
        "rejected",
        "samples",
        "ssrc",
        "tap",
        "target",
    )

    def __init__(
        self,
        session: Session,
        slots: Slots,
        codec: Codec,
        *,
        payload_type: int,
        event_type: int | None,
        on_flow: Callable[[], None],
        on_digit: Callable[[str], None],
    ) -> None:
        # The context is freed with its session: both are kept.
        self._session = session
        self._context = session._srtp[0]
        self._slots = slots
        self._codec = codec
        self._payload_type = payload_type
        self.event_type = event_type
        self._on_flow = on_flow
        self._on_digit = on_digit
        self.target: Sink | None = None
        self.tap: Tap | None = None
        self.flowing = False
        self.heard_at = 0.0
        self.ssrc: int | None = None
        self.highest = 0
        self._first = 0
        self._cycles = 0
        self.received = 0
        self.received_before = 0
        self.expected_before = 0
        self.rejected = 0
        self.jitter = 0.0
        self._transit = 0.0
        self._event_stamp: int | None = None
        self.samples: deque[bytes] = deque(maxlen=SAMPLES_KEPT)

    @property
    def expected(self) -> int:
        """Packets that should have come from the present source, by its sequence numbers."""
        return 0 if self.ssrc is None else self._cycles + self.highest - self._first + 1

    @property
    def extended_highest(self) -> int:
        return (self._cycles + self.highest) & 0xFFFFFFFF

    def packet(self, slot: int, length: int, now: float) -> None:
        """One encrypted RTP packet, `length` bytes long, lies in `slot`."""
        slots = self._slots
        _size[0] = length
        if _unprotect(self._context, slots.pointers[slot], _size):
            self.rejected += 1
            return
        start = slot * SLOT_BYTES
        size = _size[0]
        data = slots.data
        first, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data, start)
        offset = HEADER_BYTES
        if first != PLAIN:
            offset, size = payload_bounds(data, start, size, first)
            if offset >= size:
                return
        if ssrc != self.ssrc:
            self._new_source(ssrc, sequence, timestamp, now)
        ahead = (sequence - self.highest) & 0xFFFF
        late = ahead >= 0x8000
        if not late:
            if sequence < self.highest:
                self._cycles += 0x10000
            self.highest = sequence
        self.received += 1
        self.heard_at = now
        transit = now * self._codec.rate_hz - timestamp
        moved = abs(transit - self._transit)
        self._transit = transit
        if moved < self._codec.rate_hz:
            self.jitter += (moved - self.jitter) / 16
        if not self.flowing:
            self.flowing = True
            self._on_flow()
        payload_type = kind & 0x7F
        target = self.target
        if payload_type != self._payload_type:
            if target is not None:
                target.skip(sequence, late)
            if payload_type == self.event_type:
                self._event(data[start + offset : start + size], timestamp)
            return
        if self.tap is not None:
            self.tap.packet(now, sequence, timestamp, data[start + offset : start + size])
        if not self.received % SAMPLE_EVERY:
            self.samples.append(bytes(data[start : start + size]))
        if target is not None:
            target.forward(slot, offset, size, sequence, timestamp, late, now)

    def _new_source(self, ssrc: int, sequence: int, timestamp: int, now: float) -> None:
        self.ssrc = ssrc
        self._first = self.highest = sequence
        self._cycles = 0
        self.received = self.received_before = self.expected_before = 0
        self._transit = now * self._codec.rate_hz - timestamp
        if self.target is not None:
            self.target.change_source()

    def _event(self, event: memoryview, timestamp: int) -> None:
        """A key is told in several packets with one timestamp; the first counts."""
        if len(event) >= 4 and timestamp != self._event_stamp and event[0] < len(EVENT_KEYS):
            self._event_stamp = timestamp
            self._on_digit(EVENT_KEYS[event[0]])


def payload_bounds(data: memoryview | bytes, start: int, size: int, first: int) -> tuple[int, int]:
    """Where the payload begins and ends, relative to the packet; an empty range when it makes no sense."""
    offset = HEADER_BYTES + 4 * (first & 0x0F)
    if first & EXTENSION_BIT:
        if offset + 4 > size:
            return size, size
        offset += 4 + 4 * int.from_bytes(data[start + offset + 2 : start + offset + 4], "big")
    if first & PADDING_BIT:
        size -= data[start + size - 1]
    return offset, size


class Outlet:
    """What one connection sends: one stream with its own numbers, whatever its sources.

    Sequence numbers go up by one from the end of one source to the start of the next; gaps within a source
    are kept, so that the browser conceals real losses. No number is ever used twice, which encryption
    relies on: a late packet from before a change of source is dropped.
    """

    __slots__ = (
        "_begun",
        "_changed",
        "_codec",
        "_context",
        "_floor",
        "_framing",
        "_outbox",
        "_payload_type",
        "_scratch",
        "_sequence_shift",
        "_session",
        "_slots",
        "_timestamp_shift",
        "destination",
        "failed",
        "octets",
        "packets",
        "sequence",
        "ssrc",
        "timestamp",
    )

    def __init__(
        self,
        session: Session,
        slots: Slots,
        codec: Codec,
        *,
        payload_type: int,
        ssrc: int,
        sequence: int,
        timestamp: int,
        outbox: Post,
        destination: Destination,
        now: float,
    ) -> None:
        # The context is freed with its session: both are kept.
        self._session = session
        self._context = session._srtp[0]
        self._slots = slots
        self._scratch = [ffi.cast("char *", address) for address in outbox.scratch.addresses]
        self._codec = codec
        self._payload_type = payload_type
        self.ssrc = ssrc
        self.sequence = sequence
        self.timestamp = timestamp
        self._outbox = outbox
        self.destination = destination
        self._begun = (now, timestamp)
        self._changed = True
        self._framing = False
        self._floor = 0
        self._sequence_shift = 0
        self._timestamp_shift = 0
        self.packets = 0
        self.octets = 0
        self.failed = 0

    def move(self, outbox: Post, destination: Destination) -> None:
        """The party is reached over another pair of addresses from now on."""
        if outbox is not self._outbox:
            self._outbox = outbox
            self._scratch = [ffi.cast("char *", address) for address in outbox.scratch.addresses]
        self.destination = destination

    def change_source(self) -> None:
        """What comes next belongs to another source."""
        self._changed = True
        self._framing = False

    def timestamp_at(self, now: float) -> int:
        """Where this stream's clock stands: time goes on while nothing is sent."""
        begun, timestamp = self._begun
        elapsed = int((now - begun) * self._codec.rate_hz)
        return (timestamp + elapsed - elapsed % self._codec.frame) & 0xFFFFFFFF

    def forward(
        self, slot: int, offset: int, size: int, sequence: int, timestamp: int, late: bool, now: float
    ) -> None:
        """Send on the packet in `slot`, whose payload lies at `offset` up to `size`."""
        kind = self._payload_type
        if late and (self._changed or (sequence - self._floor) & 0xFFFF >= 0x8000):
            return
        if self._changed:
            self._changed = self._framing = False
            kind |= MARKER
            self._floor = sequence
            self._sequence_shift = self.sequence + 1 - sequence
            self._timestamp_shift = self._next_timestamp(now) - timestamp
        sequence = (sequence + self._sequence_shift) & 0xFFFF
        timestamp = (timestamp + self._timestamp_shift) & 0xFFFFFFFF
        if not late:
            self.sequence = sequence
            self.timestamp = timestamp
        slots = self._slots
        shift = offset - HEADER_BYTES
        HEADER.pack_into(slots.data, slot * SLOT_BYTES + shift, PLAIN, kind, sequence, timestamp, self.ssrc)
        _size[0] = size - shift
        if _protect(self._context, slots.pointers[slot] + shift if shift else slots.pointers[slot], _size):
            self.failed += 1
            return
        self.packets += 1
        self.octets += size - offset
        self._outbox.put(slots.addresses[slot] + shift, _size[0], self.destination)

    def skip(self, sequence: int, late: bool) -> None:
        """A packet of the source is not sent on: its number leaves no gap.

        One that comes late has left its gap already; closing it would use a number twice.
        """
        if not (self._changed or late):
            self._sequence_shift -= 1
            self._floor = sequence

    def frame(self, payload: bytes, now: float) -> None:
        """Send 20 ms of our own sound."""
        kind = self._payload_type
        if not self._framing:
            # Whatever is passed on next is a new source: its numbers start after these.
            self._framing = self._changed = True
            kind |= MARKER
            self.timestamp = self._next_timestamp(now)
        else:
            self.timestamp = (self.timestamp + self._codec.frame) & 0xFFFFFFFF
        self.sequence = (self.sequence + 1) & 0xFFFF
        outbox = self._outbox
        slot = outbox.scratch_slot()
        start = slot * SLOT_BYTES
        data = outbox.scratch.data
        HEADER.pack_into(data, start, PLAIN, kind, self.sequence, self.timestamp, self.ssrc)
        end = start + HEADER_BYTES + len(payload)
        data[start + HEADER_BYTES : end] = payload
        _size[0] = end - start
        if _protect(self._context, self._scratch[slot], _size):
            self.failed += 1
            return
        self.packets += 1
        self.octets += len(payload)
        outbox.put(outbox.scratch.addresses[slot], _size[0], self.destination)

    def report(self, packet: bytes) -> None:
        """Send an encrypted RTCP packet."""
        self._outbox.put_bytes(packet, self.destination)

    def _next_timestamp(self, now: float) -> int:
        """A new source begins where the clock stands, and never before the end of the last frame."""
        after = (self.timestamp + self._codec.frame) & 0xFFFFFFFF
        clock = self.timestamp_at(now)
        return after if (after - clock) & 0xFFFFFFFF < 0x80000000 else clock
