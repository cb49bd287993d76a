"""Frozen dataclasses to JSON and back, by the name of their type.

For what rests in the database between a commit and its effect: telephony commands, and the flow's pending
action. Not a wire format.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import TypeAdapter

import ivr.types
import telephony.port
from app.engine.commit import JsonValue

_KNOWN: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (*get_args(telephony.port.Command), *get_args(ivr.types.Action), *get_args(ivr.types.Input))
}


_ADAPTERS = {kind: TypeAdapter(kind) for kind in _KNOWN.values()}


def encode(value: object) -> dict[str, JsonValue]:
    """`value` as a JSON object with its type's name under `type`."""
    kind = type(value)
    assert _KNOWN.get(kind.__name__) is kind, kind
    return {"type": kind.__name__, **_ADAPTERS[kind].dump_python(value, mode="json")}


def decode(document: Mapping[str, object]) -> Any:
    """What `encode` wrote.

    Raises:
        KeyError: the type's name is not known (a newer version wrote it).
    """
    body = dict(document)
    kind = _KNOWN[str(body.pop("type"))]
    return _ADAPTERS[kind].validate_python(body)
