"""A call that a test drives: feed answers, look at what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ivr import interpreter
from ivr.context import Context
from ivr.flow import Flow
from ivr.load import from_dict
from ivr.prompts import PromptCatalogue, PromptEntry
from ivr.types import (
    Action,
    Exit,
    Found,
    Gather,
    Gathered,
    GatherOutcome,
    Input,
    Note,
    Phrase,
    Say,
    Step,
    Value,
)

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
PROMPTS = ("hello", "ask", "again", "more", "wrong", "bye")
CONTEXT = Context(
    queues=frozenset({"sales", "help"}),
    catalogue=PromptCatalogue(
        languages=("en", "cy"),
        prompts={name: PromptEntry(id=name, texts={"en": name, "cy": name}) for name in PROMPTS},
    ),
)

END: dict[str, Any] = {"kind": "hang_up"}
HELP: dict[str, Any] = {"kind": "queue", "queue": "help", "on_return": "end"}
ASK: dict[str, Any] = {
    "kind": "collect",
    "name": "Account number",
    "ask": ["ask"],
    "variable": "number",
    "min_digits": 3,
    "max_digits": 5,
    "wait_s": 8,
    "between_digits_s": 3,
    "tries": 2,
    "on_no_input": "silent",
    "on_invalid": "confused",
    "next": "help",
}
PIN: dict[str, Any] = {
    **ASK,
    "name": "PIN",
    "variable": "pin",
    "min_digits": 4,
    "max_digits": 4,
    "secret": True,
    "next": "find",
}
"""Nodes that many tests put together."""


def make(nodes: Mapping[str, Mapping[str, Any]], **flow: Any) -> Flow:
    """A flow of `nodes` that starts at the first."""
    base = {"id": "main", "start": next(iter(nodes)), "languages": ["en", "cy"], "fallback_queue": "help"}
    return from_dict({**base, **flow, "nodes": nodes})


class Call:
    def __init__(
        self, flow: Flow, attributes: Mapping[str, Value] | None = None, context: Context = CONTEXT
    ) -> None:
        self.flow = flow
        self.context = context
        self.notes: list[Note] = []
        self.take(interpreter.start(flow, attributes or {}, NOW, context))

    def take(self, step: Step) -> None:
        self.state = step.state
        self.actions = step.actions
        self.notes += [action for action in step.actions if isinstance(action, Note)]

    def feed(self, answer: Input) -> Call:
        self.take(interpreter.step(self.flow, self.state, answer, NOW, self.context))
        return self

    def press(self, digits: str) -> Call:
        return self.feed(Gathered(digits=digits, outcome=GatherOutcome.COMPLETE))

    def keep_still(self) -> Call:
        return self.feed(Gathered(digits="", outcome=GatherOutcome.NO_INPUT))

    def found(self, **result: Value) -> Call:
        return self.feed(Found(matched=True, result=result))

    def not_found(self) -> Call:
        return self.feed(Found(matched=False))

    @property
    def last(self) -> Action:
        return self.actions[-1]

    @property
    def exit(self) -> Exit:
        assert isinstance(self.last, Exit), self.actions
        return self.last

    @property
    def gather(self) -> Gather:
        assert isinstance(self.last, Gather), self.actions
        return self.last

    @property
    def said(self) -> tuple[Phrase, ...]:
        assert isinstance(self.last, Say | Gather), self.actions
        return self.last.phrases

    @property
    def heard(self) -> list[str]:
        """What the last action says: prompt ids, and texts in quotation marks."""
        return [words(phrase) for phrase in self.said]

    def noted(self, kind: str) -> list[str | None]:
        """The keys of the notes of `kind`."""
        return [note.key for note in self.notes if note.kind == kind]

    @property
    def warnings(self) -> list[str]:
        return [note.label for note in self.notes if note.kind == "warning"]


def words(phrase: Phrase) -> str:
    return phrase.prompt or f'"{phrase.text}"'
