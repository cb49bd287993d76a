"""What goes over the worker's socket: one JSON object per line, made of the port's own dataclasses.

To the worker: `{"id": 7, "op": "command", ...}`. From it: `{"id": 7, "result": ...}`,
`{"id": 7, "error": {"code": ..., "message": ...}}`, and events
`{"seq": 12, "at": "2026-01-05T09:00:00.123456+00:00", "event": {"type": "DigitPressed", ...}}`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from telephony.port import Command, Event, Snapshot

PROTOCOL = 1
"""Raised when old and new processes could not talk to each other any more."""
LINE_BYTES_MAX = 512 * 1024
"""To the media process: an offer, or a long list of prompts."""
REPLY_BYTES_MAX = 32 << 20
"""From it: a snapshot of thousands of legs."""

Message = dict[str, Any]


class Malformed(Exception):
    """A line, command or event that is not what this protocol knows."""


_COMMANDS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Command)}
_EVENTS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Event)}
_SNAPSHOT = TypeAdapter(Snapshot)


def write_line(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def read_line(line: bytes) -> Message:
    """Raises:
    Malformed: it is no JSON object.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Malformed("a line is not JSON") from error
    if not isinstance(message, dict):
        raise Malformed("a line is not a JSON object")
    return message


def command_to_json(command: Command) -> Message:
    return _to_json(_COMMANDS, command)


def command_from_json(data: object) -> Command:
    """Raises:
    Malformed: no such command, or a field is missing or wrong.
    """
    command: Command = _from_json(_COMMANDS, data, "command")
    return command


def event_to_json(event: Event) -> Message:
    return _to_json(_EVENTS, event)


def event_from_json(data: object) -> Event:
    """Raises:
    Malformed: no such event, or a field is missing or wrong.
    """
    event: Event = _from_json(_EVENTS, data, "event")
    return event


def snapshot_to_json(snapshot: Snapshot) -> Message:
    data: Message = _SNAPSHOT.dump_python(snapshot, mode="json")
    return data


def snapshot_from_json(data: object) -> Snapshot:
    """Raises:
    Malformed: it is no snapshot.
    """
    try:
        snapshot: Snapshot = _SNAPSHOT.validate_python(data)
    except ValidationError as error:
        raise Malformed(f"a snapshot cannot be read: {_first(error)}") from error
    return snapshot


def instant(text: object) -> datetime:
    """Raises:
    Malformed: it is no instant.
    """
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Malformed(f"{text!r} is no instant") from error


def _to_json(adapters: dict[str, TypeAdapter[Any]], value: Command | Event) -> Message:
    kind = type(value).__name__
    fields: Message = adapters[kind].dump_python(value, mode="json")
    return {"type": kind} | fields


def _from_json(adapters: dict[str, TypeAdapter[Any]], data: object, what: str) -> Any:
    if not isinstance(data, dict) or data.get("type") not in adapters:
        raise Malformed(f"there is no such {what}")
    fields = {key: value for key, value in data.items() if key != "type"}
    try:
        return adapters[data["type"]].validate_python(fields)
    except ValidationError as error:
        raise Malformed(f"the {what} {data['type']} is wrong: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, detail['loc'])) or 'value'}: {detail['msg']}"
