"""What the analyser says: where a configuration cannot work as written, and edits that would mend it.

Findings are data. `code` and `facts` are what a page or a command makes a sentence of, in its language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """Blocks saving."""
    WARNING = "warning"


Value = str | int | float | bool | None | tuple[str, ...]
Step = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Put `value` at `path` of an object of the configuration file; without a value (`remove`) take it away.

    `section` and `id` name the object (`queues`, `retention`); a step stands in the path by its id.
    `item` takes or adds one value of a list: ("queues",) with item "billing".
    """

    section: str
    id: str
    path: tuple[str, ...]
    value: Value = None
    remove: bool = False
    item: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """One way out: an edit, or a page to go to (`go`: `agents`, `skills`, ...) where people choose."""

    code: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    edit: Edit | None = None
    go: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`section` and `id` name the object, `where` the field in it, steps by their ids."""

    code: str
    severity: Severity
    section: str
    id: str
    where: tuple[str, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    cures: tuple[Cure, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What makes it the same finding as one of another analysis."""
        return (self.code, self.section, self.id, self.where)


def queue_edit(queue_id: str, *path: str, value: Value) -> Edit:
    """Set one member of a queue."""
    return Edit(section="queues", id=queue_id, path=path, value=value)


def queue_removal(queue_id: str, *path: str) -> Edit:
    """Take one member of a queue away."""
    return Edit(section="queues", id=queue_id, path=path, remove=True)


def queue_finding(
    code: str,
    queue_id: str,
    *where: str,
    severity: Severity = Severity.WARNING,
    cures: tuple[Cure, ...] = (),
    **facts: Value,
) -> Finding:
    """Something found in a queue at `where`; `facts` fill the sentence."""
    return Finding(
        code=code, severity=severity, section="queues", id=queue_id, where=where, facts=facts, cures=cures
    )
