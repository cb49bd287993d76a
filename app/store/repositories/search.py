"""Finding by words: what is typed and what is stored are folded alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

WORDS_MAX = 6


def fold(parts: Iterable[str | None]) -> str:
    """Small letters without accents, numbers once more without their spaces and dashes."""
    words: list[str] = []
    for part in parts:
        if not part:
            continue
        plain = unicodedata.normalize("NFKD", part.casefold())
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        words.append(plain)
        digits = "".join(letter for letter in plain if letter.isalnum())
        if digits != plain and any(letter.isdigit() for letter in digits):
            words.append(digits)
    return " ".join(words)


def contains_words(column: InstrumentedAttribute[str], query: str) -> ColumnElement[bool]:
    """Whether the folded text in `column` has every word of `query`, in any order and also as a part."""
    words = fold([query.replace("+", " ")]).split()[:WORDS_MAX]
    return and_(True, *(column.contains(word, autoescape=True) for word in words))
