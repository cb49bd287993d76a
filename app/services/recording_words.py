"""What recordings' pages say by the server, by language."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_SHEET: Mapping[str, Mapping[str, str]] = {
    "introduced": {"en": "Said who they are, and why", "cy": "Dywedodd pwy ydyw, a pham"},
    "identity": {"en": "Confirmed identity before details", "cy": "Cadarnhaodd pwy cyn rhoi manylion"},
    "plain": {"en": "Explained in plain words", "cy": "Esboniodd mewn geiriau plaen"},
    "promise": {"en": "Kept the promise made before", "cy": "Cadwodd yr addewid a wnaed cynt"},
}
"""Asked of a call where the centre has no questions of its own (reference list `rating`)."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"withheld": "Number withheld", "nobody": "Message", "system": "The server"},
    "cy": {"withheld": "Rhif wedi'i gelu", "nobody": "Neges", "system": "Y gweinydd"},
}


def say(key: str, language: str) -> str:
    """The words of `key`; English where a language is unknown."""
    return _WORDS.get(language, _WORDS["en"])[key]
