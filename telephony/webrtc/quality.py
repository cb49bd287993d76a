"""How well a leg is heard: from our own counters, the browser's reports and the ICE checks."""

from __future__ import annotations

import math

import numpy as np

from telephony.audio import g711
from telephony.port import QualityReported
from telephony.webrtc.connection import BrowserConnection
from telephony.webrtc.rtp import EXTENSION_BIT, HEADER_BYTES, PCMU, PLAIN, Codec, Inlet, payload_bounds

FLOOR_DB = -96.0
"""Below the least a 16-bit sample can say."""
_POWER = (g711.decode(bytes(range(256))).astype(np.float64) / 32768) ** 2
"""Of each µ-law code."""


def quality(leg_id: str, connection: BrowserConnection) -> QualityReported | None:
    """The present quality, of the worse direction. None before keys are agreed."""
    inlet, reporter = connection.inlet, connection.reporter
    if inlet is None or reporter is None:
        return None
    ways = [reporter.heard_by_us] + ([reporter.heard_by_browser] if reporter.heard_by_browser else [])
    round_trip_s = connection.round_trip_s if connection.round_trip_s is not None else reporter.round_trip_s
    return QualityReported(
        leg_id=leg_id,
        rtt_ms=None if round_trip_s is None else round(1000 * round_trip_s, 1),
        loss_fraction=round(max(way.loss_fraction for way in ways), 4),
        jitter_ms=round(max(way.jitter_ms for way in ways), 1),
        audio_level_db=take_level_db(inlet, connection.codec, connection.level_extension),
    )


def take_level_db(inlet: Inlet, codec: Codec, level_extension: int | None) -> float | None:
    """Level in dBFS of the packets sampled since the last look; the loudest counts. None when none came."""
    packets = list(inlet.samples)
    inlet.samples.clear()
    if codec is PCMU:
        return _pcmu_db(packets)
    levels = [_told_db(packet, level_extension) for packet in packets]
    return max((level for level in levels if level is not None), default=None)


def _pcmu_db(packets: list[bytes]) -> float | None:
    payloads = [_payload(packet) for packet in packets]
    whole = [payload for payload in payloads if len(payload) == PCMU.frame]
    if not whole:
        return None
    power = float(
        _POWER[np.frombuffer(b"".join(whole), dtype=np.uint8)].reshape(len(whole), -1).mean(axis=1).max()
    )
    return round(max(FLOOR_DB, 10 * math.log10(power)), 1) if power else FLOOR_DB


def _payload(packet: bytes) -> bytes:
    if packet[0] == PLAIN:
        return packet[HEADER_BYTES:]
    offset, size = payload_bounds(packet, 0, len(packet), packet[0])
    return packet[offset:size]


def _told_db(packet: bytes, level_extension: int | None) -> float | None:
    """The level the browser wrote into a one-byte header extension (RFC 6464)."""
    at = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if level_extension is None or not packet[0] & EXTENSION_BIT or packet[at : at + 2] != b"\xbe\xde":
        return None
    end = at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    at += 4
    while at < min(end, len(packet) - 1):
        if packet[at] == 0:
            at += 1
            continue
        if packet[at] >> 4 == level_extension:
            return -float(packet[at + 1] & 0x7F)
        at += 2 + (packet[at] & 0x0F)
    return None
