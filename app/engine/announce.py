"""What a waiting caller is told: the place in line. Honest, short, in the caller's language."""

from __future__ import annotations

from ivr.types import Phrase


def position_phrases(position: int, language: str) -> tuple[Phrase, ...]:
    """`You are number N in line`, or `You are next`. `position` counts from 1."""
    if position == 1:
        return (Phrase(prompt="queue_next", language=language),)
    return (
        Phrase(prompt="queue_position", language=language),
        Phrase(text=str(position), language=language),
    )
