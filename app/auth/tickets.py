"""Single-use tickets: a websocket cannot send our headers, so the page buys one over HTTP first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.auth.tokens import digest, new_token

LIFETIME_S = 30.0
OPEN_MAX = 10_000
"""Tickets not used yet. Beyond it the oldest is void."""

Holder = TypeVar("Holder")


@dataclass(frozen=True, slots=True)
class _Open(Generic[Holder]):
    holder: Holder
    expires_s: float


class Tickets(Generic[Holder]):
    """Tickets of one kind of holder. Kept in memory: after a restart the page buys another.

    Args:
        monotonic_s: Seconds of the machine's steady counter.
    """

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._open: OrderedDict[str, _Open[Holder]] = OrderedDict()

    def issue(self, holder: Holder) -> str:
        self._drop_expired()
        while len(self._open) >= OPEN_MAX:
            self._open.popitem(last=False)
        ticket = new_token()
        self._open[digest(ticket)] = _Open(holder, self._monotonic_s() + LIFETIME_S)
        return ticket

    def redeem(self, ticket: str) -> Holder | None:
        """Whoever bought it; None when it is unknown, used or older than its lifetime."""
        found = self._open.pop(digest(ticket), None)
        if found is None or found.expires_s <= self._monotonic_s():
            return None
        return found.holder

    def _drop_expired(self) -> None:
        now_s = self._monotonic_s()
        while self._open and next(iter(self._open.values())).expires_s <= now_s:
            self._open.popitem(last=False)
