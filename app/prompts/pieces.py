"""The pieces of speech that anything countable is put together from: numbers, letters, days, months.

A piece has an id and, in each language, the words that were recorded for it. `compose` takes a text apart
into piece ids: "Monday 24 November" is `monday`, `n20`, `n4`, `november`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

NUMBER_MAX: Final = 100
"""Greater numbers are read digit by digit."""
TOKENS_MAX: Final = 40
"""Longer texts are sentences, not things to be put together."""

_NUMBERS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        0: ("zero", "dim"),
        1: ("one", "un"),
        2: ("two", "dau"),
        3: ("three", "tri"),
        4: ("four", "pedwar"),
        5: ("five", "pump"),
        6: ("six", "chwech"),
        7: ("seven", "saith"),
        8: ("eight", "wyth"),
        9: ("nine", "naw"),
        10: ("ten", "deg"),
        11: ("eleven", "un deg un"),
        12: ("twelve", "un deg dau"),
        13: ("thirteen", "un deg tri"),
        14: ("fourteen", "un deg pedwar"),
        15: ("fifteen", "un deg pump"),
        16: ("sixteen", "un deg chwech"),
        17: ("seventeen", "un deg saith"),
        18: ("eighteen", "un deg wyth"),
        19: ("nineteen", "un deg naw"),
        20: ("twenty", "dau ddeg"),
        30: ("thirty", "tri deg"),
        40: ("forty", "pedwar deg"),
        50: ("fifty", "pum deg"),
        60: ("sixty", "chwe deg"),
        70: ("seventy", "saith deg"),
        80: ("eighty", "wyth deg"),
        90: ("ninety", "naw deg"),
        100: ("one hundred", "cant"),
    }
)
"""Recorded numbers; the others are a ten and a unit. Welsh counts in tens, as its schools do."""

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "monday": ("Monday", "Dydd Llun"),
        "tuesday": ("Tuesday", "Dydd Mawrth"),
        "wednesday": ("Wednesday", "Dydd Mercher"),
        "thursday": ("Thursday", "Dydd Iau"),
        "friday": ("Friday", "Dydd Gwener"),
        "saturday": ("Saturday", "Dydd Sadwrn"),
        "sunday": ("Sunday", "Dydd Sul"),
        "january": ("January", "Ionawr"),
        "february": ("February", "Chwefror"),
        "march": ("March", "Mawrth"),
        "april": ("April", "Ebrill"),
        "may": ("May", "Mai"),
        "june": ("June", "Mehefin"),
        "july": ("July", "Gorffennaf"),
        "august": ("August", "Awst"),
        "september": ("September", "Medi"),
        "october": ("October", "Hydref"),
        "november": ("November", "Tachwedd"),
        "december": ("December", "Rhagfyr"),
        "today": ("today", "heddiw"),
        "tomorrow": ("tomorrow", "yfory"),
        "yesterday": ("yesterday", "ddoe"),
        "minute": ("minute", "munud"),
        "minutes": ("minutes", "munud"),
        "hour": ("hour", "awr"),
        "hours": ("hours", "awr"),
        "oclock": ("o'clock", "o'r gloch"),
        "at": ("at", "am"),
        "and": ("and", "a"),
        "oh": ("oh", "dim"),
        "dash": ("dash", "llinell"),
        "dot": ("dot", "dot"),
        "slash": ("slash", "blaenslaes"),
        "plus": ("plus", "plws"),
        "star": ("star", "seren"),
        "hash": ("hash", "hash"),
    }
)
LANGUAGES: Final = ("en", "cy")

_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"-": "dash", ".": "dot", "/": "slash", "+": "plus", "*": "star", "#": "hash"}
)
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DATE_WORDS: Final = re.compile(r"[.,;!?]+$")


@lru_cache(maxsize=1)
def piece_texts() -> Mapping[str, Mapping[str, str]]:
    """Every piece id -> language -> the words spoken."""
    texts: dict[str, Mapping[str, str]] = {}
    for number, (english, welsh) in _NUMBERS.items():
        texts[f"n{number}"] = {"en": english, "cy": welsh}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        texts[f"l_{letter}"] = dict.fromkeys(LANGUAGES, letter.upper())
    for name, (english, welsh) in _WORDS.items():
        texts[name] = {"en": english, "cy": welsh}
    return MappingProxyType(texts)


def number(value: int) -> tuple[str, ...]:
    """The pieces of 0 to `NUMBER_MAX`: 42 is forty, two."""
    if value in _NUMBERS:
        return (f"n{value}",)
    return (f"n{value - value % 10}", f"n{value % 10}")


def spell(text: str) -> tuple[str, ...] | None:
    """The pieces of `text` read character by character; None when one cannot be read."""
    pieces = []
    for char in text.lower():
        piece = _char_piece(char)
        if piece is None:
            if char.isspace():
                continue
            return None
        pieces.append(piece)
    return tuple(pieces) or None


def compose(text: str, language: str) -> tuple[str, ...] | None:
    """The pieces of a number, a time, a date or a short list of such; None when `text` is something else."""
    tokens = text.split()
    if not 0 < len(tokens) <= TOKENS_MAX:
        return None
    pieces: list[str] = []
    for token in tokens:
        found = _token(_DATE_WORDS.sub("", token), language)
        if found is None:
            return None
        pieces += found
    return tuple(pieces)


def _token(token: str, language: str) -> tuple[str, ...] | None:
    lowered = token.lower()
    if lowered in _WORDS:
        return (lowered,)
    if re.fullmatch(r"[0-9]{1,20}", token):
        value = int(token)
        short = value <= NUMBER_MAX and str(value) == token
        return number(value) if short else tuple(f"n{digit}" for digit in token)
    found = _TIME.fullmatch(token)
    return tuple(_time(int(found[1]), int(found[2]), language)) if found else None


def _time(hour: int, minute: int, language: str) -> Iterator[str]:
    yield from number(hour)
    if minute == 0:
        yield "oclock"
    else:
        if minute < 10 and language == "en":
            yield "oh"
        yield from number(minute)


def _char_piece(char: str) -> str | None:
    if char.isascii() and char.isdigit():
        return f"n{char}"
    if "a" <= char <= "z":
        return f"l_{char}"
    return _SYMBOLS.get(char)
