"""Phrases to sound files: recorded prompt, shipped prompt, pieces, speech, the fallback language.

The order for a prompt: a person's recording; the shipped file; the catalogue's words read aloud. For a text:
a prompt with just these words; pieces (spelling, numbers, dates); read aloud. What the caller's language
lacks is said in the fallback language. Without the extra [tts] nothing is read aloud, and everything the demo
says is still there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.prompts.manifest import FOLDER, Entry, read_manifest
from app.prompts.pieces import compose, spell
from ivr.prompts import PromptCatalogue
from ivr.types import Phrase
from telephony.speech import Speaker, SpeechError

PIECE: Final = "piece:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUnavailable:
    """A phrase that cannot be said: which, why, and what to change."""

    phrase: Phrase
    why: str
    cure: str

    def __str__(self) -> str:
        named = (
            f"The prompt {self.phrase.prompt}" if self.phrase.prompt else f"“{(self.phrase.text or '')[:60]}”"
        )
        return f"{named} cannot be said in {self.phrase.language}: {self.why}. {self.cure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """`files` are absolute paths of WAV files, in order; `missing` is what is left out of them."""

    files: tuple[str, ...]
    missing: tuple[PromptUnavailable, ...] = ()


class PromptLibrary:
    """Finds the sound of what a flow says.

    Args:
        catalogue: the words of each prompt, for those without a file.
        recordings: a folder `<language>/<prompt id>.wav` of a centre's own recordings; they win. Listed
            once, when the library is made.
        speaker: reads aloud; None: nothing is.
        shipped: the folder of the shipped files and their manifest.
    """

    def __init__(
        self,
        catalogue: PromptCatalogue,
        *,
        recordings: Path | None = None,
        speaker: Speaker | None = None,
        shipped: Path = FOLDER,
    ) -> None:
        self._catalogue = catalogue
        self._speaker = speaker
        self._files: dict[tuple[str, str], Path] = {}
        self._words: dict[tuple[str, str], Path] = {}
        for entry in read_manifest(shipped):
            self._add(entry, shipped)
        self._changed = {key for key in self._files if self._reworded(*key)}
        self._recorded = _recorded(recordings)

    async def resolve(self, phrases: Iterable[Phrase]) -> Resolved:
        """The files for `phrases`. Never raises: what cannot be said is listed, the rest is said."""
        files: list[str] = []
        missing: list[PromptUnavailable] = []
        for phrase in phrases:
            found = await (self._prompt(phrase) if phrase.prompt is not None else self._text(phrase))
            if isinstance(found, PromptUnavailable):
                missing.append(found)
            else:
                files += [str(path) for path in found]
        return Resolved(files=tuple(files), missing=tuple(missing))

    # --- prompts ---

    async def _prompt(self, phrase: Phrase) -> tuple[Path, ...] | PromptUnavailable:
        assert phrase.prompt is not None
        why = "it has no file, and no words in the catalogue"
        cure = "Record it, or add its words to the prompt catalogue."
        for language in self._languages(phrase.language):
            key = (phrase.prompt, language)
            path = self._recorded.get(key) or (None if key in self._changed else self._files.get(key))
            if path is not None:
                return (path,)
            words = self._catalogue_words(*key)
            if words is not None:
                spoken = await self._speak(words, language)
                if isinstance(spoken, Path):
                    return (spoken,)
                why, cure = spoken
            if key in self._files:
                # Reworded since it was rendered, and nothing reads aloud: the old words beat silence.
                return (self._files[key],)
        return PromptUnavailable(phrase=phrase, why=why, cure=cure)

    def _catalogue_words(self, prompt: str, language: str) -> str | None:
        entry = self._catalogue.prompts.get(prompt)
        return entry.texts.get(language) if entry else None

    def _reworded(self, prompt: str, language: str) -> bool:
        words = self._catalogue_words(prompt, language)
        return words is not None and (_normal(words), language) not in self._words

    # --- texts ---

    async def _text(self, phrase: Phrase) -> tuple[Path, ...] | PromptUnavailable:
        text, (own, *others) = phrase.text or "", self._languages(phrase.language)
        if not text.strip():
            return ()
        found = self._put_together(text, own, spelled=phrase.spell)
        if found:
            return found
        spoken = await self._speak(" ".join(text) if phrase.spell else text, own)
        if isinstance(spoken, Path):
            return (spoken,)
        for language in others:
            found = self._put_together(text, language, spelled=phrase.spell)
            if found:
                return found
        why, cure = spoken
        return PromptUnavailable(phrase=phrase, why=why, cure=cure)

    def _put_together(self, text: str, language: str, *, spelled: bool) -> tuple[Path, ...] | None:
        """From files alone; None when one of them is not there."""
        whole = None if spelled else self._words.get((_normal(text), language))
        if whole is not None:
            return (whole,)
        pieces = spell(text) if spelled else compose(text, language)
        files = [self._files.get((f"{PIECE}{piece}", language)) for piece in pieces or ()]
        there = tuple(file for file in files if file is not None)
        return there if there and len(there) == len(files) else None

    # --- shared ---

    async def _speak(self, text: str, language: str) -> Path | tuple[str, str]:
        """The spoken file, or why there is none and the cure."""
        if self._speaker is None:
            return "nothing is set up to read aloud", "Record it, or switch text to speech on."
        try:
            return await self._speaker.render(text, language)
        except SpeechError as error:
            return str(error).rstrip("."), "Record it, or put text to speech right."

    def _languages(self, language: str) -> tuple[str, ...]:
        """The language itself, without its region, and the fallback."""
        fallback = self._catalogue.languages[0] if self._catalogue.languages else "en"
        return tuple(dict.fromkeys((language, language.split("-")[0], fallback)))

    def _add(self, entry: Entry, folder: Path) -> None:
        path = (folder / entry.file).absolute()
        self._files[entry.id, entry.language] = path
        self._words.setdefault((_normal(entry.text), entry.language), path)


def _recorded(folder: Path | None) -> dict[tuple[str, str], Path]:
    """A centre's own recordings, by prompt and language."""
    files = () if folder is None else folder.glob("*/*.wav")
    return {(path.stem, path.parent.name): path.absolute() for path in files}


def _normal(text: str) -> str:
    """Words as they are compared: case, spaces and the last full stop make no difference."""
    return " ".join(text.split()).casefold().rstrip(".!?")
