"""What a node says, resolved against the variables of the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ivr.flow import Pick, Recorded, Speech, Text
from ivr.types import Phrase, Value

TEXT_MAX: Final = 500
"""Characters of one spoken text; a variable may hold anything."""

PLACEHOLDER: Final = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")


def phrases(speech: Speech, values: Mapping[str, Value], languages: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Turn `speech` into phrases.

    Args:
        values: the variables that may be spoken.
        languages: the caller's first, then those that stand in for it.
    """
    spoken = (_phrase(part, values, languages) for part in speech)
    return tuple(phrase for phrase in spoken if phrase is not None)


def fill(template: str, values: Mapping[str, Value]) -> str | None:
    """`template` with its `${variables}` replaced; None when one of them has no value."""
    names = PLACEHOLDER.findall(template)
    if any(values.get(name) in (None, "") for name in names):
        return None
    return PLACEHOLDER.sub(lambda found: as_text(values[found[1]]), template)


def as_text(value: Value) -> str:
    """A value as people write it: 3.0 is 3, true is true."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _phrase(
    part: Recorded | Text | Pick, values: Mapping[str, Value], languages: tuple[str, ...]
) -> Phrase | None:
    order = (part.language, *languages) if part.language else languages
    match part:
        case Recorded():
            return Phrase(prompt=part.prompt, language=order[0])
        case Pick():
            prompt = part.prompts.get(as_text(values.get(part.variable)))
            if prompt is not None:
                return Phrase(prompt=prompt, language=order[0])
            return _text(part.otherwise, values, order, spell=False)
        case Text():
            return _text(part.texts, values, order, spell=part.spell)


def _text(
    texts: Mapping[str, str], values: Mapping[str, Value], languages: tuple[str, ...], *, spell: bool
) -> Phrase | None:
    for language in (*languages, ""):
        if language in texts:
            filled = fill(texts[language], values)
            if filled is None or not filled.strip():
                return None
            return Phrase(text=filled[:TEXT_MAX], language=language or languages[0], spell=spell)
    return None
