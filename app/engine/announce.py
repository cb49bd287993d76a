"""What a waiting caller is told, in the caller's language: honest and short."""

from __future__ import annotations

from ivr.types import Phrase
from routing.announcing import Announcement


def announcement_phrases(said: Announcement, language: str) -> tuple[Phrase, ...]:
    """`You are number 4 in line. You will wait about 3 minutes`, as pieces that are recorded."""

    def piece(prompt: str) -> Phrase:
        return Phrase(prompt=prompt, language=language)

    def number(value: int) -> Phrase:
        return Phrase(text=str(value), language=language)

    phrases: list[Phrase] = []
    if said.position == 1:
        phrases.append(piece("queue_next"))
    elif said.position is not None:
        phrases += [piece("queue_position"), number(said.position)]
    elif said.more_than is not None:
        phrases += [piece("queue_more_than"), number(said.more_than), piece("queue_before_you")]
    if said.wait is not None:
        minutes = max(1, round(said.wait.total_seconds() / 60))
        phrases += (
            [piece("queue_wait_one")]
            if minutes == 1
            else [piece("queue_wait_about"), number(minutes), piece("queue_minutes")]
        )
    return tuple(phrases)
