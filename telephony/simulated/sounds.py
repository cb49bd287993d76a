"""How long prompts last."""

from __future__ import annotations

import wave
from collections.abc import Iterable

from telephony.port import Prompt


def length_s(prompts: Iterable[Prompt]) -> float | None:
    """Seconds that the prompts last one after another; None when one cannot be played."""
    total = 0.0
    for prompt in prompts:
        sound = prompt.tone_s
        if prompt.file is not None:
            try:
                with wave.open(prompt.file, "rb") as source:
                    sound = source.getnframes() / source.getframerate()
            except (OSError, wave.Error, EOFError):
                return None
        total += sound + prompt.silence_s
    return total
