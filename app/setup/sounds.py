"""The words of prompts as this centre has them: what ships, and what it changed or added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.api.models_setup import SoundSetting
from app.demo.catalogue import demo_catalogue
from ivr.prompts import PromptCatalogue, PromptEntry


def catalogue_with(sounds: Iterable[SoundSetting]) -> PromptCatalogue:
    """The shipped catalogue with a centre's own words on top, language by language."""
    shipped = demo_catalogue()
    prompts = dict(shipped.prompts)
    for sound in sounds:
        if sound.kind != "prompt":
            continue
        before = prompts[sound.id].texts if sound.id in prompts else {}
        own = {str(language): text for language, text in sound.texts.items() if text.strip()}
        prompts[sound.id] = PromptEntry(id=sound.id, texts={**before, **own})
    return replace(shipped, prompts=prompts)
