"""The engine's sounds: words from the prompt library, music by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

from app.prompts.resolve import PromptLibrary
from ivr.types import Phrase

log = structlog.get_logger(__name__)


class LibrarySounds:
    """See `app.engine.runner.Sounds`.

    Args:
        music: a folder of `<name>.wav`; what is not there is the back end's own music.
    """

    def __init__(self, library: PromptLibrary, music: Path) -> None:
        self._library = library
        self._music = music

    def use(self, library: PromptLibrary) -> None:
        """Words or recordings changed: say what follows from this library."""
        self._library = library

    async def say(self, phrases: tuple[Phrase, ...]) -> Sequence[str]:
        resolved = await self._library.resolve(phrases)
        for missing in resolved.missing:
            log.warning("something could not be said", what=str(missing))
        return resolved.files

    def music(self, name: str | None) -> str | None:
        if name is None or not name.replace("_", "").replace("-", "").isalnum():
            return None
        file = self._music / f"{name}.wav"
        return str(file) if file.is_file() else None
