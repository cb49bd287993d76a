"""Prompts, tones and music as encoded 20 ms frames: each encoded once, then shared by all legs."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from telephony.audio import g711, opus, tones
from telephony.audio.g711 import Samples
from telephony.audio.wav import UnreadableSound, read_wav, resample
from telephony.port import Prompt
from telephony.webrtc.rtp import PCMU, Codec

logger = logging.getLogger(__name__)

FRAME_S = 0.02
CACHE_BYTES_MAX = 64 << 20
DEFAULT_MUSIC = Path(__file__).parent / "assets" / "hold.wav"
KEY_TONE_S, KEY_PAUSE_S = 0.12, 0.08
"""ITU-T Q.24 asks receivers to accept 40 ms; people like to hear it."""

Frames = Sequence[bytes]


def encode(samples: Samples, codec: Codec) -> Frames:
    """Frames of sound at the codec's rate; the last one is filled up with silence."""
    if codec is not PCMU:
        return opus.encode(samples)
    short = -len(samples) % PCMU.frame
    codes = g711.encode(np.ascontiguousarray(samples)) + bytes([g711.SILENCE]) * short
    return [codes[start : start + PCMU.frame] for start in range(0, len(codes), PCMU.frame)]


@lru_cache(maxsize=256)
def tone_frames(hz: float, seconds: float, codec: Codec) -> Frames:
    return encode(tones.tone(hz, seconds, codec.rate_hz), codec)


@lru_cache(maxsize=32)
def key_frames(digit: str, codec: Codec) -> Frames:
    """A key's tones and the pause after them."""
    sound = tones.dtmf(digit, KEY_TONE_S, codec.rate_hz)
    return encode(np.concatenate([sound, tones.silence(KEY_PAUSE_S, codec.rate_hz)]), codec)


@lru_cache(maxsize=2)
def silence_frame(codec: Codec) -> bytes:
    # An encoder needs a moment to settle; its tenth frame of silence is plain silence.
    return encode(tones.silence(0.2, codec.rate_hz), codec)[-1]


class Sounds:
    """The sounds of one worker, in its codec.

    Files are read and encoded in a thread, because seconds of music take milliseconds that calls do not
    have; what was used least recently is forgotten beyond `CACHE_BYTES_MAX`.
    """

    def __init__(
        self, codec: Codec, *, default_music: Path | None = None, cache_bytes_max: int = CACHE_BYTES_MAX
    ) -> None:
        self.codec = codec
        self._default_music = default_music or DEFAULT_MUSIC
        self.silence = silence_frame(codec)
        self._cache: OrderedDict[tuple[str, int, int], Frames] = OrderedDict()
        self._cached_bytes = 0
        self._cache_bytes_max = cache_bytes_max

    def at_hand(self, prompts: Sequence[Prompt]) -> Frames:
        """The frames of prompts one after another, none of which needs a file."""
        return self._join(prompts, {})

    async def frames(self, prompts: Sequence[Prompt]) -> Frames:
        """The same, with files.

        Raises:
            UnreadableSound: a file cannot be played.
        """
        files = {prompt.file for prompt in prompts if prompt.file is not None}
        return self._join(prompts, {file: await self.file(Path(file)) for file in sorted(files)})

    async def file(self, path: Path) -> Frames:
        """Frames of a WAV file; read again when it has changed.

        Raises:
            UnreadableSound: it cannot be played.
        """
        key = await asyncio.to_thread(_identity, path)
        known = self._cache.get(key)
        if known is not None:
            self._cache.move_to_end(key)
            return known
        frames = await asyncio.to_thread(_load, path, self.codec)
        self._keep(key, frames)
        return frames

    async def music(self, prompt: Prompt | None) -> Frames:
        """Frames to loop; the default music when `prompt` is None.

        What cannot be played is replaced, and logged: a caller must hear that the line is alive.
        """
        wanted = self._default_music if prompt is None or prompt.file is None else Path(prompt.file)
        for path in (wanted, self._default_music):
            try:
                return await self.file(path) or [self.silence]
            except UnreadableSound as error:
                logger.error("music on hold: %s", error)
        return await self.file(DEFAULT_MUSIC)

    def _join(self, prompts: Sequence[Prompt], files: dict[str, Frames]) -> Frames:
        joined: list[bytes] = []
        for prompt in prompts:
            if prompt.file is not None:
                joined.extend(files[prompt.file])
            elif prompt.tone_hz is not None:
                joined.extend(tone_frames(prompt.tone_hz, prompt.tone_s, self.codec))
            joined.extend([self.silence] * round(prompt.silence_s / FRAME_S))
        return joined

    def _keep(self, key: tuple[str, int, int], frames: Frames) -> None:
        if key not in self._cache:
            self._cache[key] = frames
            self._cached_bytes += sum(map(len, frames))
        while self._cached_bytes > self._cache_bytes_max and len(self._cache) > 1:
            _, forgotten = self._cache.popitem(last=False)
            self._cached_bytes -= sum(map(len, forgotten))


def _identity(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


def _load(path: Path, codec: Codec) -> Frames:
    rate, samples = read_wav(path)
    return encode(resample(samples, rate, codec.rate_hz), codec)
