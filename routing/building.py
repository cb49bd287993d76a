"""Records built fast, for the few that every decision needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Record = TypeVar("Record")


def builder(kind: type[Record]) -> Callable[..., Record]:
    """A constructor of a frozen dataclass with slots that takes every field, by position, in order.

    The generated `__init__` finds each slot by its name to get past the freeze, which costs twice as much as
    setting the slot. Like that one, this is written out as source once and compiled.
    """
    names: tuple[str, ...] = kind.__slots__  # type: ignore[attr-defined]
    scope: dict[str, Any] = {f"set_{name}": getattr(kind, name).__set__ for name in names}
    scope |= {"kind": kind, "new": object.__new__}
    lines = (f"    set_{name}(record, {name})\n" for name in names)
    source = f"def build({', '.join(names)}):\n    record = new(kind)\n{''.join(lines)}    return record\n"
    exec(source, scope)
    build: Callable[..., Record] = scope["build"]
    return build
