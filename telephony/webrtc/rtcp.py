"""RTCP of one connection: what we tell the browser about its stream and ours, and what it tells us.

Source: RFC 3550, section 6. Sessions are rtcp-mux (RFC 5761), so this travels on the media's port.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pylibsrtp import Error, Session

from telephony.webrtc.rtp import Inlet, Outlet

SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION = 200, 201, 202
NTP_EPOCH_S = 2208988800
"""Seconds from 1900 to 1970."""
BLOCK = struct.Struct("!IIIIII")
LOST_MAX = 0x7FFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """How well one direction arrived lately."""

    loss_fraction: float
    jitter_ms: float


class Reporter:
    """Builds and reads the reports of one connection.

    Args:
        session_in: receiving SRTP session.
        session_out: sending SRTP session.
        cname: the canonical name we are known by.
        rate_hz: RTP clock of both directions.
    """

    def __init__(self, session_in: Session, session_out: Session, *, cname: str, rate_hz: int) -> None:
        self._in = session_in
        self._out = session_out
        self._cname = cname.encode()[:255]
        self._rate_hz = rate_hz
        self._last_report = 0
        self._last_report_at = 0.0
        self._sent_before = 0
        self.heard_by_browser: Reception | None = None
        """What the browser said of our stream last."""
        self.heard_by_us = Reception(loss_fraction=0.0, jitter_ms=0.0)
        self.round_trip_s: float | None = None

    def build(self, inlet: Inlet, outlet: Outlet, now: float, unix_s: float) -> bytes:
        """An encrypted compound report. Closes the interval that `heard_by_us` is about."""
        block = self._block(inlet, now)
        count = 1 if block else 0
        if outlet.packets != self._sent_before:
            self._sent_before = outlet.packets
            body = struct.pack(
                "!IQIII",
                outlet.ssrc,
                _ntp(unix_s),
                outlet.timestamp_at(now),
                outlet.packets & 0xFFFFFFFF,
                outlet.octets & 0xFFFFFFFF,
            )
            kind = SENDER_REPORT
        else:
            body, kind = struct.pack("!I", outlet.ssrc), RECEIVER_REPORT
        report = _packet(kind, count, body + block)
        item = struct.pack("!IBB", outlet.ssrc, 1, len(self._cname)) + self._cname
        item += bytes(4 - len(item) % 4)
        return self._out.protect_rtcp(report + _packet(SOURCE_DESCRIPTION, 1, item))

    def read(self, data: bytes, ssrc: int, now: float, unix_s: float) -> None:
        """Take in an encrypted compound packet; one that makes no sense is ignored.

        Args:
            data: as it came.
            ssrc: of our own stream.
            now: steady seconds.
            unix_s: wall-clock seconds, as used in our sender reports.
        """
        try:
            plain = self._in.unprotect_rtcp(data)
        except (Error, ValueError):
            return
        at = 0
        while at + 8 <= len(plain):
            head, kind, words = struct.unpack_from("!BBH", plain, at)
            body = plain[at + 4 : at + 4 + 4 * words]
            at += 4 + 4 * words
            if kind == SENDER_REPORT and len(body) >= 24:
                self._last_report = int.from_bytes(body[6:10], "big")
                self._last_report_at = now
                self._blocks(body[24:], head & 0x1F, ssrc, unix_s)
            elif kind == RECEIVER_REPORT:
                self._blocks(body[4:], head & 0x1F, ssrc, unix_s)

    def _block(self, inlet: Inlet, now: float) -> bytes:
        if inlet.ssrc is None:
            return b""
        expected, received = inlet.expected, inlet.received
        expected_lately = expected - inlet.expected_before
        lost_lately = expected_lately - (received - inlet.received_before)
        inlet.expected_before, inlet.received_before = expected, received
        fraction = max(0, lost_lately) / expected_lately if expected_lately > 0 else 0.0
        jitter_ms = 1000 * inlet.jitter / self._rate_hz
        self.heard_by_us = Reception(loss_fraction=fraction, jitter_ms=jitter_ms)
        lost = max(-LOST_MAX, min(LOST_MAX, expected - received)) & 0xFFFFFF
        waited = int((now - self._last_report_at) * 65536) if self._last_report else 0
        return BLOCK.pack(
            inlet.ssrc,
            min(255, int(fraction * 256)) << 24 | lost,
            inlet.extended_highest,
            int(inlet.jitter) & 0xFFFFFFFF,
            self._last_report,
            waited & 0xFFFFFFFF,
        )

    def _blocks(self, body: bytes, count: int, ssrc: int, unix_s: float) -> None:
        for index in range(min(count, len(body) // BLOCK.size)):
            about, lost, _, jitter, last_report, waited = BLOCK.unpack_from(body, index * BLOCK.size)
            if about != ssrc:
                continue
            self.heard_by_browser = Reception(
                loss_fraction=(lost >> 24) / 256, jitter_ms=1000 * jitter / self._rate_hz
            )
            if last_report:
                middle = (_ntp(unix_s) >> 16) & 0xFFFFFFFF
                trip = (middle - last_report - waited) & 0xFFFFFFFF
                if trip < 0x80000000:
                    self.round_trip_s = trip / 65536


def _ntp(unix_s: float) -> int:
    return int((unix_s + NTP_EPOCH_S) * 2**32) & 0xFFFFFFFFFFFFFFFF


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body
