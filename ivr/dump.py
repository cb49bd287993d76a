"""A flow as plain data, in the shape that `ivr.load` reads. Defaults are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from ivr import flow as nodes
from ivr.flow import Flow, Node, Pick, Recorded, Speech, Text

KINDS: Final[Mapping[type[Any], str]] = {
    nodes.Say: "say",
    nodes.Menu: "menu",
    nodes.Collect: "collect",
    nodes.Find: "find",
    nodes.Hours: "hours",
    nodes.Set: "set",
    nodes.Branch: "branch",
    nodes.Queue: "queue",
    nodes.Voicemail: "voicemail",
    nodes.Transfer: "transfer",
    nodes.HangUp: "hang_up",
}
_SPEECH: Final = frozenset({"say", "ask"})
_SPEECHES: Final = frozenset({"not_heard", "not_understood"})


def to_dict(flow: Flow) -> dict[str, Any]:
    """The plain data (JSON, YAML) of `flow`; `ivr.load.from_dict` reads it back as an equal flow."""
    data: dict[str, Any] = {
        "id": flow.id,
        "version": flow.version,
        "name": flow.name,
        "languages": list(flow.languages),
        "inputs": dict(flow.inputs),
        "start": flow.start,
    }
    if flow.fallback_queue is not None:
        data["fallback_queue"] = flow.fallback_queue
    data["nodes"] = {node_id: _node(node) for node_id, node in flow.nodes.items()}
    return data


def _node(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": KINDS[type(node)]}
    for entry in fields(node):
        value = getattr(node, entry.name)
        default = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        if entry.name != "id" and value != default:
            data[entry.name] = _field(entry.name, value)
    if isinstance(node, nodes.Collect) and node.terminator is None:
        data["terminator"] = "none"
    return data


def _field(name: str, value: Any) -> Any:
    if name in _SPEECH:
        return _speech(value)
    if name in _SPEECHES:
        return [_speech(speech) for speech in value]
    if name == "options":
        return {option.key: _present(label=option.label, to=option.to) for option in value}
    if name == "cases":
        return [_present(when=case.when, to=case.to, label=case.label or None) for case in value]
    if name == "find":
        return value.value
    return dict(value) if isinstance(value, Mapping) else value


def _speech(speech: Speech) -> list[Any]:
    return [_part(part) for part in speech]


def _part(part: Recorded | Text | Pick) -> Any:
    match part:
        case Recorded(language=None):
            return part.prompt
        case Recorded():
            return _present(prompt=part.prompt, language=part.language)
        case Text():
            return _present(text=_texts(part.texts), spell=part.spell or None, language=part.language)
        case Pick():
            otherwise = _texts(part.otherwise) if part.otherwise else None
            return _present(
                pick=part.variable, prompts=dict(part.prompts), otherwise=otherwise, language=part.language
            )


def _texts(texts: Mapping[str, str]) -> Any:
    return texts[""] if set(texts) == {""} else dict(texts)


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
