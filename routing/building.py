"""Records built fast, for the few that every decision needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import repeat
from operator import call
from typing import Any, TypeVar

Record = TypeVar("Record")


def builder(kind: type[Record]) -> Callable[..., Record]:
    """A constructor of a frozen dataclass with slots that takes every field, by position, in order.

    The generated `__init__` looks up each slot by name to get past the freeze, which costs twice as much.
    """
    new: Callable[[type[Record]], Record] = object.__new__
    slots: tuple[Callable[[Any, Any], None], ...] = tuple(
        getattr(kind, name).__set__
        for name in kind.__slots__  # type: ignore[attr-defined]
    )

    def build(*values: Any) -> Record:
        record = new(kind)
        deque(map(call, slots, repeat(record), values), 0)
        return record

    return build
