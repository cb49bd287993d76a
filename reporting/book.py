"""What goes into the fold of the log and who is told by it: the kinds of events it reads, and the `Book`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from reporting.facts import Fact, Refusal, StateSpan

Data = Mapping[str, object]

KINDS = (
    "contact.arrived",
    "contact.queued",
    "contact.requeued",
    "contact.answered",
    "contact.rejoined",
    "contact.abandoned",
    "contact.given_back",
    "contact.ended",
    "contact.returned",
    "contact.transferring",
    "contact.transferred",
    "contact.disposed",
    "contact.identified",
    "contact.customer_chosen",
    "voicemail.left",
    "part.ended",
    "callback.chosen",
    "callback.answered",
    "callback.expired",
    "acw.ended",
    "agent.state",
    "offer.timed_out",
    "offer.declined",
)
"""What the fold reads; a reader of the log may leave out the rest."""


class Book(Protocol):
    """Told by the fold what is to be counted. Only facts that count reach it, but for those who wait."""

    def opened(self, fact: Fact) -> None:
        """A visit or part begins."""

    def before(self, fact: Fact) -> None:
        """It is about to change: take back what it counts for."""

    def after(self, fact: Fact) -> None:
        """It has changed: count it as it is."""

    def refused(self, refusal: Refusal) -> None: ...

    def spent(self, span: StateSpan) -> None:
        """An agent's time in a state that is over. It may begin before the time that counts."""

    def waits(self, queue_id: str | None, change: int, at: datetime) -> None:
        """One more (1) or one less (-1) waits in a queue; None: in all together. Counted or not."""


def seconds(start: datetime, end: datetime) -> float:
    """From `start` to `end`, never negative."""
    return max(0.0, (end - start).total_seconds())


def number(data: Data, key: str, otherwise: float = 0.0) -> float:
    """A figure of an event; `otherwise` when it is none."""
    value = data.get(key, otherwise)
    return float(value) if isinstance(value, int | float) else otherwise
