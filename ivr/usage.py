"""Which variables a node reads, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr import flow as nodes
from ivr.flow import Node, Pick, Speech, Text
from ivr.speech import PLACEHOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A variable that is read.

    Attributes:
        must_have: without a value something is left out; a comparison copes with none.
        else_what: what then happens, as the cure of a warning.
    """

    variable: str
    field: str
    must_have: bool
    else_what: str = ""


def speeches(node: Node) -> Iterator[tuple[str, Speech]]:
    """Everything a node may say, with its field."""
    match node:
        case nodes.Say():
            yield "say", node.say
        case nodes.Menu() | nodes.Collect():
            yield "ask", node.ask
            for index, speech in enumerate(node.not_heard):
                yield f"not_heard.{index}", speech
            for index, speech in enumerate(node.not_understood):
                yield f"not_understood.{index}", speech
        case nodes.Voicemail():
            yield "ask", node.ask
        case _:
            return


def uses(node: Node) -> Iterator[Use]:
    """What `node` reads, conditions left out: `rules` knows their names."""
    for field, speech in speeches(node):
        for part in speech:
            if isinstance(part, Text):
                yield from _in_texts(field, part.texts)
            elif isinstance(part, Pick):
                yield Use(variable=part.variable, field=field, must_have=False)
                yield from _in_texts(field, part.otherwise)
    if isinstance(node, nodes.Find):
        for argument, variable in node.arguments.items():
            yield Use(
                variable=variable,
                field=f"arguments.{argument}",
                must_have=True,
                else_what="Without it nothing is looked up and Not found is taken; that may be meant.",
            )
    if isinstance(node, nodes.Voicemail) and node.queue is None:
        else_what = "Callers who come here otherwise than from a queue leave theirs for the fallback queue."
        yield Use(variable="queue", field="queue", must_have=True, else_what=else_what)
    if isinstance(node, nodes.Set):
        for name, value in node.variables.items():
            if isinstance(value, str):
                for variable in PLACEHOLDER.findall(value):
                    yield Use(variable=variable, field=f"variables.{name}", must_have=False)


def _in_texts(field: str, texts: Mapping[str, str]) -> Iterator[Use]:
    for template in texts.values():
        for variable in PLACEHOLDER.findall(template):
            else_what = "Without it this text is left out; that may be meant."
            yield Use(variable=variable, field=field, must_have=True, else_what=else_what)
