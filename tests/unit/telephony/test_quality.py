"""The level of what a leg sends."""

from __future__ import annotations

import struct
from collections import deque

import pytest

from telephony.audio import g711, tones
from telephony.webrtc.quality import FLOOR_DB, take_level_db
from telephony.webrtc.rtp import HEADER, OPUS, PCMU
from tests.unit.telephony.test_rtp import Line


def level(line: Line, *packets: bytes, codec: object = PCMU, extension: int | None = None) -> float | None:
    line.inlet.samples = deque(packets)
    return take_level_db(line.inlet, OPUS if codec is OPUS else PCMU, extension)


def pcmu(amplitude: float) -> bytes:
    sound = tones.tone(1000.0, 0.06, 8000, amplitude)[160:320]
    return HEADER.pack(0x80, 0, 1, 1, 1) + g711.encode(sound)


def test_a_sine_is_three_decibels_below_its_peak_and_the_loudest_packet_counts() -> None:
    line = Line()
    assert level(line, pcmu(0.1), pcmu(0.5), pcmu(0.01)) == pytest.approx(-9.0, abs=0.3)
    assert level(line, pcmu(0.1)) == pytest.approx(-23.0, abs=0.3)


def test_silence_is_the_floor_and_nothing_is_none() -> None:
    line = Line()
    assert level(line, HEADER.pack(0x80, 0, 1, 1, 1) + bytes([g711.SILENCE]) * 160) == FLOOR_DB
    assert level(line) is None


def test_each_look_starts_afresh() -> None:
    line = Line()
    level(line, pcmu(0.5))
    assert take_level_db(line.inlet, PCMU, None) is None


def test_opus_levels_are_read_from_the_header_extension() -> None:
    line = Line()
    header = HEADER.pack(0x90, 111, 1, 1, 1)
    block = struct.pack("!HH", 0xBEDE, 1) + bytes([0x00, 0x10 | 0, 0x80 | 37, 0x00])
    assert level(line, header + block + b"opus", codec=OPUS, extension=1) == -37.0
    assert level(line, header + block + b"opus", codec=OPUS, extension=2) is None
    assert level(line, HEADER.pack(0x80, 111, 1, 1, 1) + b"opus", codec=OPUS, extension=1) is None


@pytest.mark.parametrize("cut", range(12, 24))
def test_a_cut_off_extension_is_passed_over(cut: int) -> None:
    header = HEADER.pack(0x90, 111, 1, 1, 1)
    block = struct.pack("!HH", 0xBEDE, 1) + bytes([0x20, 0x00, 0x10, 0x80])
    packet = (header + block)[:cut]
    assert level(Line(), packet, codec=OPUS, extension=1) in (None, 0.0)
