"""Text in, a WAV file out, spoken by the engine's own process and kept.

SpeechError
├── SpeechMissing
├── SpeechFailed
└── SpeechTimeout
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

TEXT_MAX: Final = 1000
"""Characters; about a minute of speech."""
WAITING_MAX: Final = 64
"""Requests that may stand in line for the engine; at ~30 ms each the last waits two seconds."""
CACHE_FILES_MAX: Final = 2000
"""Kept renderings; the longest unused go first. At 22 kHz one of 3 s has 130 kB."""
VOICES: Final[Mapping[str, str]] = MappingProxyType({"en": "gmw/en"})
"""Language -> the engine's voice where it has another name than the language: British English."""
WORDS_PER_MINUTE: Final = 160

_ENGINE: Final = Path(__file__).with_name("engine.py")
_LINE_MAX: Final = 65536


class SpeechError(Exception):
    """Root of what `Speaker` raises."""


class SpeechMissing(SpeechError):
    """The engine is not installed, or does not start."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"Nothing can be read aloud: {self.why}. Install it with: pip install 'patchbay[tts]'"


class SpeechFailed(SpeechError):
    """This text cannot be spoken."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text, why)
        self.text = text
        self.why = why

    def __str__(self) -> str:
        return f"“{self.text[:60]}” cannot be read aloud: {self.why}"


class SpeechTimeout(SpeechError):
    """The engine did not answer; it was stopped and starts anew with the next text."""

    def __init__(self, text: str, timeout_s: float) -> None:
        super().__init__(text, timeout_s)
        self.text = text
        self.timeout_s = timeout_s

    def __str__(self) -> str:
        return f"“{self.text[:60]}” was not read aloud within {self.timeout_s:g} s"


class Speaker:
    """Renders texts, one after another, each one once.

    Args:
        folder: where the WAV files are kept; made when missing.
        timeout_s: for one text, waiting in line not counted.
        command: the engine's process; the default is ours. Another one must speak the same lines.
    """

    def __init__(
        self,
        folder: Path,
        *,
        timeout_s: float = 5.0,
        words_per_minute: int = WORDS_PER_MINUTE,
        files_max: int = CACHE_FILES_MAX,
        command: Sequence[str] = (sys.executable, "-P", str(_ENGINE)),
    ) -> None:
        self._folder = folder.absolute()
        self._timeout_s = timeout_s
        self._words_per_minute = words_per_minute
        self._files_max = files_max
        self._command = tuple(command)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None

    @staticmethod
    def installed() -> bool:
        """Whether the extra is there. Looks only; loads nothing."""
        return importlib.util.find_spec("espeakng_loader") is not None

    async def render(self, text: str, language: str, *, spell: bool = False) -> Path:
        """The WAV file (mono, 16 bit) of `text` in `language` (BCP 47).

        Raises:
            SpeechMissing: the engine is not there.
            SpeechFailed: empty, too long, no such voice, or too many wait.
            SpeechTimeout
        """
        spoken = _clean(" ".join(text) if spell else text)
        if not spoken:
            raise SpeechFailed(text, "there is nothing to say")
        if len(spoken) > TEXT_MAX:
            raise SpeechFailed(text, f"it has {len(spoken)} characters; at most {TEXT_MAX} are read")
        voice = voice_for(language)
        path = self._folder / f"{_key(spoken, voice, self._words_per_minute)}.wav"
        if _touch(path):
            return path
        if self._waiting >= WAITING_MAX:
            raise SpeechFailed(text, f"{WAITING_MAX} others wait to be read")
        self._waiting += 1
        try:
            async with self._turn:
                if not _touch(path):
                    await self._speak(spoken, voice, path)
        finally:
            self._waiting -= 1
        return path

    async def close(self) -> None:
        """Stop the engine's process. A later `render` starts it again."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _speak(self, text: str, voice: str, path: Path) -> None:
        request = {
            "text": text,
            "voice": voice,
            "words_per_minute": self._words_per_minute,
            "path": str(path),
        }
        try:
            async with asyncio.timeout(self._timeout_s):
                process = self._process or await self._start()
                answer = await _exchange(process, request)
        except TimeoutError:
            await self.close()
            raise SpeechTimeout(text, self._timeout_s) from None
        except BaseException:
            # Cancelled or broken half-way: the next answer would belong to this request.
            await self.close()
            raise
        if answer is None:
            await self.close()
            raise SpeechFailed(text, "the speech process ended")
        if "error" in answer:
            raise SpeechFailed(text, str(answer["error"]))
        self._evict()

    async def _start(self) -> asyncio.subprocess.Process:
        self._folder.mkdir(parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LINE_MAX,
        )
        self._process = process
        greeting = await _read(process)
        if greeting is None or "rate_hz" not in greeting:
            await self.close()
            raise SpeechMissing(str((greeting or {}).get("error", "the speech process ended at once")))
        return process

    def _evict(self) -> None:
        files = list(self._folder.glob("*.wav"))
        if len(files) <= self._files_max:
            return
        # A tenth at once, so that a full cache is not listed for every new text.
        files.sort(key=lambda file: file.stat().st_mtime_ns)
        for file in files[: len(files) - self._files_max + self._files_max // 10]:
            file.unlink(missing_ok=True)


def voice_for(language: str) -> str:
    """The engine's voice for a BCP 47 tag; only the language counts, `en-US` is spoken like `en`."""
    primary = language.split("-")[0].lower()
    return VOICES.get(primary, primary)


def _clean(text: str) -> str:
    """One line without control characters; spaces single."""
    visible = "".join(" " if unicodedata.category(char).startswith("C") else char for char in text)
    return " ".join(visible.split())


def _key(text: str, voice: str, words_per_minute: int) -> str:
    named = json.dumps([text, voice, words_per_minute], ensure_ascii=False)
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _touch(path: Path) -> bool:
    """Whether the file is there; marks it as used."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


async def _exchange(process: asyncio.subprocess.Process, request: dict[str, Any]) -> dict[str, Any] | None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    with contextlib.suppress(ConnectionError):
        await process.stdin.drain()
    return await _read(process)


async def _read(process: asyncio.subprocess.Process) -> dict[str, Any] | None:
    """The next answer; None when the process ended or does not speak our lines."""
    assert process.stdout is not None
    try:
        answer = json.loads(await process.stdout.readline())
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
