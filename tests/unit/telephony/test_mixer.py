"""Speakers' packets in order and in time, and the sum of them."""

from __future__ import annotations

import numpy as np
import pytest

from telephony.audio import g711, opus
from telephony.audio.g711 import Samples
from telephony.webrtc.mixer import DEPTH_FRAMES_MAX, TRIM_EVERY_FRAMES, Blend, Speaker
from telephony.webrtc.rtp import OPUS, PCMU

FRAME = PCMU.frame
SILENCE = bytes([g711.SILENCE]) * FRAME
BEGAN = 0xFFFFFF00
"""Timestamps wrap in every one of these tests."""


def level(number: int) -> bytes:
    """A frame whose first two codes tell which it is."""
    return bytes(divmod(number, 100)) + SILENCE[2:]


def number_of(sound: Samples | None) -> int | None:
    if sound is None:
        return None
    hundreds, rest = g711.encode(sound)[:2]
    return 100 * hundreds + rest


def speaker() -> Speaker:
    return Speaker(memoryview(b""), PCMU)


def put(one: Speaker, number: int, *, late: bool = False) -> None:
    one.put((BEGAN + number * FRAME) & 0xFFFFFFFF, level(number), late=late)


def test_in_step_every_frame_comes_once_after_a_lead_of_one() -> None:
    one = speaker()
    heard = []
    for number in range(20):
        put(one, number)
        heard.append(number_of(one.take()))
    assert heard == [None, *range(19)]


def test_a_packet_one_frame_late_is_still_in_time() -> None:
    one = speaker()
    heard = []
    for number in range(10):
        if number == 5:
            heard.append(number_of(one.take()))
            continue
        if number == 6:
            put(one, 5)
        put(one, number)
        heard.append(number_of(one.take()))
    assert heard == [None, *range(9)]


def test_what_is_missing_is_silence_and_the_rest_keeps_its_time() -> None:
    one = speaker()
    heard = []
    for number in range(8):
        if number != 4:
            put(one, number)
        heard.append(number_of(one.take()))
    assert heard == [None, 0, 1, 2, 3, None, 5, 6]


def test_packets_that_overtook_each_other_are_put_in_order() -> None:
    one = speaker()
    put(one, 1)
    put(one, 0, late=True)
    put(one, 2)
    assert [number_of(one.take()) for _ in range(4)] == [0, 1, 2, None]


def test_one_that_was_overtaken_and_is_too_late_does_not_stop_the_clock() -> None:
    one = speaker()
    for number in (0, 1, 3):
        put(one, number)
    heard = [number_of(one.take()) for _ in range(5)]
    put(one, 2, late=True)
    put(one, 4)
    heard += [number_of(one.take()) for _ in range(2)]
    assert heard == [None, 0, 1, None, 3, 4, None]


def test_a_network_that_was_slow_once_is_waited_for_from_then_on() -> None:
    one = speaker()
    put(one, 0)
    heard = [number_of(one.take()) for _ in range(5)]
    for number in range(1, 10):
        put(one, number)
        heard.append(number_of(one.take()))
    assert heard == [None, 0, None, None, None, *range(1, 10)]


def test_a_burst_after_a_stall_does_not_leave_the_talk_behind() -> None:
    one = speaker()
    put(one, 0)
    for _ in range(2):
        one.take()
    for number in range(1, 40):
        put(one, number)
    heard = [number_of(one.take()) for _ in range(40)]
    last = max(number for number in heard if number is not None)
    assert last == 39
    assert heard.index(39) <= DEPTH_FRAMES_MAX + 1


def test_waiting_that_is_never_needed_is_given_up() -> None:
    one = speaker()
    for number in range(4):
        put(one, number)
    behind = []
    for number in range(4, 6 * TRIM_EVERY_FRAMES):
        put(one, number)
        heard = number_of(one.take())
        behind.append(number - heard if heard is not None else None)
    assert (behind[10], behind[-1]) == (5, 1)


def test_a_new_source_begins_anew() -> None:
    one = speaker()
    for number in range(3):
        put(one, number)
    one.change_source()
    assert one.take() is None
    one.put(12345, level(7))
    assert [number_of(one.take()) for _ in range(2)] == [None, 7]


def test_long_packets_are_cut_into_frames() -> None:
    one = speaker()
    one.put(0, level(0) + level(1) + level(2))
    assert [number_of(one.take()) for _ in range(4)] == [None, 0, 1, 2]


def sine(hz: float, amplitude: int, frames: int, rate_hz: int = 8000) -> Samples:
    at = np.arange(frames * rate_hz // 50) / rate_hz
    samples: Samples = np.round(amplitude * np.sin(2 * np.pi * hz * at)).astype(np.int16)
    return samples


def mixed(blend: Blend, *voices: Samples) -> Samples:
    frames = [
        blend.frame(voice[start : start + FRAME] for voice in voices)
        for start in range(0, len(voices[0]), FRAME)
    ]
    return g711.decode(b"".join(frames))


def test_of_nobody_it_is_silence() -> None:
    assert Blend(PCMU, SILENCE).frame(()) == SILENCE


def test_one_voice_passes_unchanged() -> None:
    voice = g711.decode(level(3))
    assert Blend(PCMU, SILENCE).frame((voice,)) == level(3)


def test_voices_are_added_as_they_are() -> None:
    one, other = sine(400, 5000, 25), sine(1000, 5000, 25)
    sound = mixed(Blend(PCMU, SILENCE), one, other).astype(np.int32)
    wanted = one.astype(np.int32) + other
    assert np.max(np.abs(sound - wanted)) < 0.05 * np.max(np.abs(wanted)), "but for the code's coarseness"


def test_shouting_together_is_turned_down_not_wrapped_round_nor_cut_off() -> None:
    """Wrapped or clipped sums put energy where nobody's pitch is."""
    one, other = sine(400, 30000, 50), sine(1000, 30000, 50)
    sound = mixed(Blend(PCMU, SILENCE), one, other)[4 * FRAME :].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    hz = np.fft.rfftfreq(len(sound), 1 / 8000)
    ours = (np.abs(hz - 400) < 20) | (np.abs(hz - 1000) < 20)
    assert np.max(spectrum[~ours]) < 0.02 * np.max(spectrum[ours])
    assert np.max(np.abs(sound)) > 28000, "and stays loud"


def test_after_shouting_the_voice_comes_back_to_its_loudness() -> None:
    blend = Blend(PCMU, SILENCE)
    mixed(blend, sine(400, 30000, 5), sine(1000, 30000, 5))
    quiet = mixed(blend, sine(400, 6000, 40), sine(1000, 6000, 40))
    assert np.max(np.abs(quiet[:FRAME])) < 0.8 * np.max(np.abs(quiet[-FRAME:]))
    assert np.max(np.abs(quiet[-FRAME:])) == pytest.approx(12000, rel=0.06)


def test_opus_voices_are_mixed_too() -> None:
    voices = [opus.encode(sine(hz, 8000, 50, 48000)) for hz in (400, 1000)]
    speakers = [Speaker(memoryview(b""), OPUS) for _ in voices]
    blend, decoder = Blend(OPUS, b""), opus.Decoder(8000)
    heard = []
    for number in range(50):
        for one, packets in zip(speakers, voices, strict=True):
            one.put(number * OPUS.frame, packets[number])
        sounds = [sound for one in speakers if (sound := one.take()) is not None]
        heard.append(decoder.decode(blend.frame(sounds)))
    sound = np.concatenate(heard)[2000:].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    hz = np.fft.rfftfreq(len(sound), 1 / 8000)
    peak = {pitch: float(np.max(spectrum[np.abs(hz - pitch) < 20])) for pitch in (400, 700, 1000)}
    assert peak[400] > 20 * peak[700]
    assert peak[1000] > 20 * peak[700]
