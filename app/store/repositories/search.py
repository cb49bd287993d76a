"""Finding by words: what is typed and what is stored are folded alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import phonenumbers
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

WORDS_MAX = 6


def fold(parts: Iterable[str | None]) -> str:
    """What is stored: small letters without accents, numbers once more without their spaces and dashes."""
    words: list[str] = []
    for part in parts:
        plain = _plain(part or "")
        joined = "".join(letter for letter in plain if letter.isalnum())
        words.append(plain)
        if joined != plain and any(letter.isdigit() for letter in joined):
            words.append(joined)
    return " ".join(filter(None, words))


def number_forms(number: str) -> list[str]:
    """An E.164 number as it is stored, and as people at home write it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return [number]
    return [number, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)]


def contains_words(column: InstrumentedAttribute[str], query: str) -> ColumnElement[bool]:
    """Whether the folded text in `column` has every word of `query`, in any order and also as a part."""
    words = _plain(query.replace("+", " ")).split()[:WORDS_MAX]
    return and_(True, *(column.contains(word, autoescape=True) for word in words))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
