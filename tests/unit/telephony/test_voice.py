"""What is played to a leg, and what goes before what."""

from __future__ import annotations

from telephony.webrtc.voice import HUSH_FRAMES, Music, Playback, Voice

SILENCE = b"silence"


def frames(voice: Voice, count: int, *, bridged: bool = False) -> list[bytes | None]:
    return [voice.next_frame(bridged)[0] for _ in range(count)]


def playback(*sounds: bytes) -> Playback:
    return Playback(playback_id="p", barge_in=True, frames=sounds)


def test_nothing_to_play_is_nothing() -> None:
    assert frames(Voice(SILENCE), 2) == [None, None]


def test_a_playback_ends_with_its_last_frame_and_silence_follows() -> None:
    voice = Voice(SILENCE)
    voice.playback = playback(b"1", b"2")
    assert voice.next_frame(False) == (b"1", None)
    frame, ended = voice.next_frame(False)
    assert (frame, ended is not None) == (b"2", True)
    assert frames(voice, HUSH_FRAMES + 1) == [SILENCE] * HUSH_FRAMES + [None]


def test_an_empty_playback_ends_at_once() -> None:
    voice = Voice(SILENCE)
    voice.playback = playback()
    _, ended = voice.next_frame(False)
    assert ended is not None


def test_a_playback_that_is_still_being_read_is_silence() -> None:
    voice = Voice(SILENCE)
    voice.playback = Playback(playback_id="p", barge_in=True)
    assert voice.next_frame(False) == (SILENCE, None)


def test_music_that_is_still_being_read_is_silence_and_then_begins() -> None:
    voice = Voice(SILENCE)
    voice.music = Music(source=None)
    assert frames(voice, 30) == [SILENCE] * 30
    voice.music.frames = (b"a",)
    assert frames(voice, 1) == [b"a"]


def test_music_goes_round() -> None:
    voice = Voice(SILENCE)
    voice.music = Music(source=None, frames=(b"a", b"b"))
    assert frames(voice, 5) == [b"a", b"b", b"a", b"b", b"a"]


def test_keys_go_before_a_playback_and_that_before_music_and_bridge() -> None:
    voice = Voice(SILENCE)
    voice.music = Music(source=None, frames=(b"music",))
    voice.playback = playback(b"prompt")
    voice.keys.append(b"key")
    assert frames(voice, 2, bridged=True) == [b"key", b"prompt"]
    assert frames(voice, 1, bridged=True) == [None]
    assert frames(voice, 1) == [b"music"]


def test_only_keys_and_playbacks_make_a_bridge_wait() -> None:
    music, prompt, key = Voice(SILENCE), Voice(SILENCE), Voice(SILENCE)
    music.music = Music(source=None, frames=(b"music",))
    prompt.playback = playback(b"prompt")
    key.keys.append(b"key")
    assert [voice.over_bridge for voice in (music, prompt, key)] == [False, True, True]
