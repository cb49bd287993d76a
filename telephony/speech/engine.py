"""The speech process: requests on standard input, one JSON object a line; WAV files and answers out.

Request  {"text": "...", "voice": "cy", "words_per_minute": 165, "path": "/.../x.wav"}
Answer   {"seconds": 1.25} or {"error": "..."}

Runs as a script, alone: it imports the standard library and the engine, and none of ours.
"""

from __future__ import annotations

import ctypes
import json
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

SECONDS_MAX: Final = 120
"""Synthesis stops there: nobody listens longer, and a text cannot fill the disk."""

_OUTPUT_SYNCHRONOUS: Final = 2
_INITIALIZE_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_RATE: Final = 1
_POSITION_CHARACTER: Final = 1
_VOLUME: Final = 2
_VOLUME_PERCENT: Final = 80

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EngineError(Exception):
    """The engine refused; the sentence goes back to the asker."""


class Engine:
    """espeak-ng, loaded and set up once."""

    def __init__(self, library_path: str, data_path: str) -> None:
        self._library: Any = ctypes.CDLL(library_path)
        self._samples = bytearray()
        rate = self._library.espeak_Initialize(
            _OUTPUT_SYNCHRONOUS, 0, data_path.encode(), _INITIALIZE_DONT_EXIT
        )
        if rate <= 0:
            raise EngineError(f"the speech engine does not start (code {rate})")
        self.rate_hz: int = rate
        # The library keeps the pointer only; the object must live as long as the engine.
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetParameter(_VOLUME, _VOLUME_PERCENT, 0)

    def speak(self, text: str, voice: str, words_per_minute: int) -> bytes:
        """16-bit mono samples at `rate_hz`."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EngineError(f"the speech engine has no voice {voice}")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._samples.clear()
        encoded = text.encode() + b"\0"
        code = self._library.espeak_Synth(
            ctypes.c_char_p(encoded),
            ctypes.c_size_t(len(encoded)),
            0,
            _POSITION_CHARACTER,
            0,
            _CHARS_UTF8,
            None,
            None,
        )
        if code != 0:
            raise EngineError(f"the speech engine refused the text (code {code})")
        self._library.espeak_Synchronize()
        return bytes(self._samples)

    def _collect(self, samples: Any, count: int, _events: int | None) -> int:
        """Called by the engine with each piece of sound; 1 stops it."""
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 1 if len(self._samples) > SECONDS_MAX * self.rate_hz * 2 else 0


def answer(speak: Callable[[str, str, int], bytes], rate_hz: int, line: str) -> dict[str, object]:
    """Carry out one request. Whatever is wrong with it becomes an answer."""
    try:
        request = json.loads(line)
        sound = speak(str(request["text"]), str(request["voice"]), int(request["words_per_minute"]))
        if not sound:
            raise EngineError("the text has nothing that can be spoken")
        _write(Path(request["path"]), sound, rate_hz)
    except (EngineError, OSError) as error:
        return {"error": str(error)}
    except (KeyError, TypeError, ValueError) as error:
        return {"error": f"the request cannot be read ({type(error).__name__})"}
    return {"seconds": len(sound) / 2 / rate_hz}


def _write(path: Path, sound: bytes, rate_hz: int) -> None:
    """Whole or not at all: a reader never sees half a file."""
    partial = path.with_suffix(".part")
    with partial.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(sound)
    partial.replace(path)


def main() -> int:
    """Serve until standard input ends."""
    try:
        import espeakng_loader

        engine = Engine(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    except (ImportError, OSError, RuntimeError, EngineError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    sys.stdout.write(json.dumps({"rate_hz": engine.rate_hz}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(engine.speak, engine.rate_hz, line)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
