"""Raw recordings into WAV files."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from telephony.audio import g711, opus, tones
from telephony.audio.g711 import Samples
from telephony.webrtc import rawfile
from telephony.webrtc.finalise import finalise
from telephony.webrtc.rawfile import END, ENTRY, LEFT, PAUSE, RESUME, RIGHT, RIGHT_LEGS, Description


class Raw:
    """Writes a raw recording as the recorder does."""

    def __init__(self, folder: Path, codec: str = "PCMU") -> None:
        self.path = folder / "r.pbraw"
        self.wav = folder / "out" / "r.wav"
        self.data = rawfile.header(Description(recording_id="r", path=str(self.wav), codec=codec))

    def packet(self, side: int, at_s: float, timestamp: int, payload: bytes) -> None:
        self.data += ENTRY.pack(side, len(payload), round(at_s * 10_000), 0, timestamp % 2**32) + payload

    def mark(self, kind: int, at_s: float) -> None:
        self.data += ENTRY.pack(kind, 0, round(at_s * 10_000), 0, 0)

    def tone(self, side: int, hz: float, from_s: float, to_s: float, *, stamp: int = 0) -> None:
        sound = g711.encode(tones.tone(hz, to_s - from_s, 8000))
        for index in range(len(sound) // 160):
            piece = sound[index * 160 : index * 160 + 160]
            self.packet(side, from_s + (index + 1) * 0.02, stamp + index * 160, piece)

    def finish(self) -> tuple[float, int, Samples]:
        self.path.write_bytes(self.data)
        duration = finalise(self.path)
        with wave.open(str(self.wav), "rb") as source:
            assert source.getnchannels() == 2
            rate = source.getframerate()
            samples = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2").reshape(-1, 2)
        assert not self.path.exists()
        return duration, rate, samples


def pitch(sound: Samples, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound.astype(float)))) * rate / len(sound))


def test_each_side_is_on_its_channel_in_its_time(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    raw.tone(LEFT, 440, 0.0, 1.0, stamp=2**32 - 800)
    raw.tone(RIGHT, 1000, 1.0, 2.0)
    raw.mark(END, 3.0)
    duration, rate, samples = raw.finish()
    assert (duration, rate, len(samples)) == (3.0, 8000, 24_000)
    assert pitch(samples[:8000, 0], rate) == pytest.approx(440, abs=2)
    assert pitch(samples[8000:16000, 1], rate) == pytest.approx(1000, abs=2)
    assert not samples[8000:, 0].any()
    assert not samples[:8000, 1].any()
    assert not samples[16000:].any()


def test_packets_out_of_order_and_jitter_do_not_tear_the_sound(tmp_path: Path) -> None:
    plain, shaken = Raw(tmp_path / "a"), Raw(tmp_path / "b")
    for raw in (plain, shaken):
        raw.path.parent.mkdir()
    sound = g711.encode(tones.tone(440, 1.0, 8000))
    order = [index ^ 1 for index in range(50)]
    for place in range(50):
        plain.packet(LEFT, 0.1 + 0.02 * place, place * 160, sound[place * 160 : place * 160 + 160])
        index = order[place]
        late_s = 0.03 if place % 7 == 3 else 0.0
        payload = sound[index * 160 : index * 160 + 160]
        shaken.packet(LEFT, 0.1 + 0.02 * place + late_s, index * 160, payload)
    for raw in (plain, shaken):
        raw.mark(END, 1.5)
    _, _, wanted = plain.finish()
    _, _, got = shaken.finish()
    # The second packet came first and stands where the first would, so all of it is a frame early.
    start = int(np.flatnonzero(got[:, 0])[0]) - int(np.flatnonzero(wanted[:, 0])[0])
    assert abs(start) <= 160
    assert np.array_equal(np.roll(wanted[:, 0], start), got[:, 0])


def test_a_pause_is_silence_and_what_follows_keeps_its_place(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    raw.tone(LEFT, 440, 0.0, 1.0)
    raw.mark(PAUSE, 1.0)
    raw.mark(RESUME, 2.0)
    raw.tone(LEFT, 440, 2.0, 3.0, stamp=16_000)
    raw.mark(END, 3.0)
    _, _, samples = raw.finish()
    assert samples[100:7900, 0].any()
    assert not samples[8000:16000].any()
    assert samples[16100:, 0].any()


def test_a_new_connection_of_the_same_leg_goes_on_in_its_place(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    raw.tone(LEFT, 440, 0.0, 1.0, stamp=5_000)
    raw.tone(LEFT, 440, 1.5, 2.5, stamp=3_000_000_000)
    raw.mark(END, 2.5)
    _, _, samples = raw.finish()
    assert not samples[8000:12000, 0].any()
    assert samples[12100:19900, 0].any()


def test_opus_is_decoded_too(tmp_path: Path) -> None:
    raw = Raw(tmp_path, "opus")
    for index, packet in enumerate(opus.encode(tones.tone(440, 1.0, 48_000))):
        raw.packet(RIGHT, 0.02 * (index + 1), index * 960, packet)
    raw.mark(END, 1.0)
    duration, rate, samples = raw.finish()
    assert (duration, rate) == (1.0, 16_000)
    assert pitch(samples[:, 1], rate) == pytest.approx(440, abs=3)
    assert not samples[:, 0].any()


def test_what_a_crash_left_is_used_up_to_the_torn_entry(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    raw.tone(LEFT, 440, 0.0, 1.0)
    raw.data = raw.data[:-70]
    duration, _, samples = raw.finish()
    assert duration == pytest.approx(0.98)
    assert samples[:, 0].any()


def test_an_empty_recording_is_an_empty_wav(tmp_path: Path) -> None:
    duration, _, samples = Raw(tmp_path).finish()
    assert (duration, len(samples)) == (0.0, 0)


def test_a_file_that_is_no_recording_is_named_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.pbraw"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(rawfile.RawDamaged):
        finalise(path)


def test_several_legs_on_the_right_are_added_each_in_its_time(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    raw.tone(RIGHT_LEGS, 440, 0.0, 2.0)
    raw.tone(RIGHT_LEGS + 1, 1000, 1.0, 3.0, stamp=2**32 - 800)
    raw.mark(END, 3.0)
    _, rate, samples = raw.finish()
    right = samples[:, RIGHT].astype(float)
    alone, together, other = right[:8000], right[8000:16000], right[16000:]
    assert pitch(alone, rate) == pytest.approx(440, abs=2)
    assert pitch(other, rate) == pytest.approx(1000, abs=2)
    spectrum = np.abs(np.fft.rfft(together))
    assert spectrum[440] == pytest.approx(spectrum[1000], rel=0.1)
    assert spectrum[440] > 50 * spectrum[700]
    assert np.max(np.abs(together)) > 1.7 * np.max(np.abs(alone))
    assert not samples[:, LEFT].any()


def test_a_leg_on_the_right_is_never_added_to_itself(tmp_path: Path) -> None:
    """After a pause it is placed by arrival, which may overlap what is there; an overtaken packet fills."""
    raw = Raw(tmp_path)
    loud = g711.encode(np.full(160, 8000, dtype=np.int16))
    for index in (0, 1, 2, 4, 3, 5):
        raw.packet(RIGHT_LEGS, 0.02 * (index + 1), 160 * index, loud)
    raw.mark(PAUSE, 0.125)
    raw.mark(RESUME, 0.126)
    raw.packet(RIGHT_LEGS, 0.13, 960, loud)
    raw.mark(END, 0.2)
    _, _, samples = raw.finish()
    assert set(samples[: round(0.13 * 8000), RIGHT].tolist()) == {int(g711.decode(loud)[0])}


def test_too_loud_together_is_cut_and_not_wrapped_round(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    for kind in (RIGHT_LEGS, RIGHT_LEGS + 1):
        raw.packet(kind, 0.02, 0, g711.encode(np.full(160, 30000, dtype=np.int16)))
    raw.mark(END, 0.02)
    _, _, samples = raw.finish()
    assert set(samples[:, RIGHT].tolist()) == {32767}
