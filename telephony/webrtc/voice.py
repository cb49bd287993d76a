"""What the worker itself plays to one leg: keys, prompts, music, silence. Pure; the clock asks for frames."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from telephony.webrtc.sounds import Frames

HUSH_FRAMES = 10
"""Explicit silence after the last sound, so that the browser does not stretch the last syllable."""


@dataclass(slots=True, kw_only=True)
class Playback:
    """Prompts being played. `frames` is None while they are still being read from disk."""

    playback_id: str
    barge_in: bool
    frames: Frames | None = None
    at: int = 0


@dataclass(slots=True, kw_only=True)
class Music:
    """Music on hold, looped. `source` names it, so that the same music is not begun anew."""

    source: object
    frames: Frames | None = None
    at: int = 0


class Voice:
    """Keys go before a playback, a playback before what a bridge brings, that before music and silence."""

    __slots__ = ("_silence", "hush", "keys", "music", "playback")

    def __init__(self, silence: bytes) -> None:
        self._silence = silence
        self.keys: deque[bytes] = deque()
        self.playback: Playback | None = None
        self.music: Music | None = None
        self.hush = 0

    @property
    def over_bridge(self) -> bool:
        """Whether something is played that a bridge has to wait for."""
        return bool(self.keys) or self.playback is not None

    def quieten(self) -> None:
        """Silence instead of what was heard until now."""
        self.hush = HUSH_FRAMES

    def next_frame(self, bridged: bool) -> tuple[bytes | None, Playback | None]:
        """The frame of this moment, None for nothing, and the playback that ended with it, if any."""
        if self.keys:
            return self.keys.popleft(), None
        playback = self.playback
        if playback is not None:
            if playback.frames is None:
                return self._silence, None
            if playback.at < len(playback.frames):
                frame = playback.frames[playback.at]
                playback.at += 1
                done = playback.at == len(playback.frames)
            else:
                frame, done = self._silence, True
            if done:
                self.playback = None
                self.quieten()
            return frame, playback if done else None
        if bridged:
            return None, None
        music = self.music
        if music is not None:
            if music.frames is None:
                return self._silence, None
            frame = music.frames[music.at]
            music.at = (music.at + 1) % len(music.frames)
            return frame, None
        if self.hush:
            self.hush -= 1
            return self._silence, None
        return None, None
