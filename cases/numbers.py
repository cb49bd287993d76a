"""Case numbers: counted up from the store, said as `#48213`, typed on a keypad as 48213."""

from __future__ import annotations

DIGITS_MAX = 12
"""More digits than this are a mistyped account number, not a case."""


def format_number(number: int) -> str:
    """As people read it: `#48213`."""
    if number < 1:
        raise ValueError(f"case numbers start at 1, this is {number}")
    return f"#{number}"


def parse_number(text: str) -> int | None:
    """The number in what somebody typed or said: `#48213`, `48 213`, `48213#`. None when it is none."""
    plain = "".join(character for character in text if not character.isspace()).strip("#")
    if not plain.isascii() or not plain.isdigit() or len(plain) > DIGITS_MAX:
        return None
    return int(plain) or None
