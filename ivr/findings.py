"""What validation says about a flow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"
    """Callers would come to harm: the flow is not published."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark.

    Attributes:
        node: its id; None concerns the whole flow.
        field: where in the node, `options.4.to`; None concerns all of it.
        what: what is wrong, one sentence.
        cure: what to change, one sentence.
    """

    level: Level
    node: str | None
    field: str | None
    what: str
    cure: str

    @classmethod
    def error(cls, node: str | None, field: str | None, what: str, cure: str) -> Finding:
        return cls(level=Level.ERROR, node=node, field=field, what=what, cure=cure)

    @classmethod
    def warning(cls, node: str | None, field: str | None, what: str, cure: str) -> Finding:
        return cls(level=Level.WARNING, node=node, field=field, what=what, cure=cure)

    def __str__(self) -> str:
        place = " ".join(part for part in (self.node, self.field) if part)
        return f"{self.level.value}: {place + ': ' if place else ''}{self.what} {self.cure}"
