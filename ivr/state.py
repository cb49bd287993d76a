"""The state of a session at rest: to plain JSON data and back.

FlowError
├── FlowMismatch
└── StateUnreadable
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ivr.types import FlowState, Value

AWAITED: Final = frozenset({"said", "gathered", "found", "recorded", "returned"})


class FlowError(Exception):
    """Root of what the interpreter raises."""


class FlowMismatch(FlowError):
    """A state was brought together with another flow, or another version, than it began on."""

    def __init__(self, state: FlowState, flow_id: str, flow_version: int) -> None:
        super().__init__(state, flow_id, flow_version)
        self.state = state
        self.flow_id = flow_id
        self.flow_version = flow_version

    def __str__(self) -> str:
        began = f"{self.state.flow_id} version {self.state.flow_version}"
        given = f"{self.flow_id} version {self.flow_version}"
        return f"The call began on flow {began}; hand in that one, not {given}."


class StateUnreadable(FlowError):
    """Stored data that is not a state."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"The stored state of a flow cannot be read: {self.why}"


def to_json(state: FlowState) -> dict[str, Any]:
    """`state` as data that `json.dumps` takes."""
    return {
        "flow_id": state.flow_id,
        "flow_version": state.flow_version,
        "node": state.node,
        "variables": dict(state.variables),
        "awaiting": state.awaiting,
        "tries": state.tries,
        "entered_at": state.entered_at.isoformat(),
        "steps": state.steps,
        "skills": dict(state.skills),
        "priority": state.priority,
        "pin_failures": state.pin_failures,
    }


def from_json(data: Mapping[str, Any]) -> FlowState:
    """The state that `to_json` wrote.

    Raises:
        StateUnreadable: a field is missing or of the wrong kind.
    """
    node, awaiting = data.get("node"), data.get("awaiting")
    if node is not None and not isinstance(node, str):
        raise StateUnreadable("node is not text")
    if awaiting is not None and awaiting not in AWAITED:
        raise StateUnreadable(f"awaiting is {awaiting!r}")
    entered_at = datetime.fromisoformat(_text(data, "entered_at")) if _is_instant(data) else None
    if entered_at is None:
        raise StateUnreadable("entered_at is not an instant with a zone")
    return FlowState(
        flow_id=_text(data, "flow_id"),
        flow_version=_whole(data, "flow_version"),
        node=node,
        variables=_variables(data),
        awaiting=awaiting,
        tries=_whole(data, "tries"),
        entered_at=entered_at,
        steps=_whole(data, "steps"),
        skills=_skills(data),
        priority=_whole(data, "priority"),
        pin_failures=_whole(data, "pin_failures"),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise StateUnreadable(f"{key} is not text")
    return value


def _whole(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise StateUnreadable(f"{key} is not a whole number")
    return value


def _is_instant(data: Mapping[str, Any]) -> bool:
    try:
        return datetime.fromisoformat(_text(data, "entered_at")).tzinfo is not None
    except ValueError:
        return False


def _variables(data: Mapping[str, Any]) -> dict[str, Value]:
    variables = data.get("variables")
    if not isinstance(variables, Mapping):
        raise StateUnreadable("variables is not a mapping")
    for name, value in variables.items():
        if not isinstance(name, str) or not isinstance(value, str | int | float | bool | None):
            raise StateUnreadable(f"variable {name!r} holds neither text, number, yes or no")
    return dict(variables)


def _skills(data: Mapping[str, Any]) -> dict[str, int]:
    skills = data.get("skills")
    if not isinstance(skills, Mapping):
        raise StateUnreadable("skills is not a mapping")
    return {name: _whole(skills, name) for name in skills}
