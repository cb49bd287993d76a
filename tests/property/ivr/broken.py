"""Interpreters and validators broken on purpose, each in one way that the suite must catch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ivr import interpreter
from ivr.context import Context
from ivr.flow import Flow
from ivr.types import Exit, FlowState, Gathered, GatherOutcome, Input, Note, Said, Say, Step, Value
from tests.property.ivr.machine import Interpreter


class ActsOnAnyAnswer(Interpreter):
    """Takes whatever comes for the answer that is due."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        if state.awaiting == "gathered" and not isinstance(answer, Gathered):
            answer = Gathered(digits="", outcome=GatherOutcome.NO_INPUT)
        elif state.awaiting == "said" and not isinstance(answer, Said):
            answer = Said()
        return super().step(flow, state, answer, now, context)


class EndsTwice(Interpreter):
    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = super().step(flow, state, answer, now, context)
        if done.actions and isinstance(done.actions[-1], Exit):
            return replace(done, actions=(*done.actions, done.actions[-1]))
        return done


class NeverEnds(Interpreter):
    """Says something more instead of ending."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = super().step(flow, state, answer, now, context)
        if done.actions and isinstance(done.actions[-1], Exit):
            return replace(done, actions=(*done.actions[:-1], Say(phrases=())))
        return done


class NotesEveryDigit(Interpreter):
    """Writes typed digits down as they are, the PIN among them."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = super().step(flow, state, answer, now, context)
        if done.actions and isinstance(answer, Gathered):
            note = Note(kind="typed", node=state.node or "", label="typed", key=answer.digits)
            return replace(done, actions=(note, *done.actions))
        return done


class ForgetsTries(Interpreter):
    """Stores a state without its counters."""

    def from_json(self, data: Mapping[str, Any]) -> FlowState:
        return replace(super().from_json(data), tries=0, pin_failures=0, steps=0)


class NeverLocks(Interpreter):
    """Lets a caller try PINs for ever."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = super().step(flow, replace(state, pin_failures=0), answer, now, context)
        return done if done.actions else Step(state=state, actions=())


class BelievesThePage(Interpreter):
    """Takes every attribute the call brings for a fact."""

    def start(self, flow: Flow, attributes: Mapping[str, Value], now: datetime, context: Context) -> Step:
        done = super().start(flow, attributes, now, context)
        variables = {**done.state.variables, **attributes}
        return replace(done, state=replace(done.state, variables=variables))


class KeepsThePin(Interpreter):
    """Leaves secrets in the state after their look-up."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = super().step(flow, state, answer, now, context)
        node = flow.nodes.get(state.node or "")
        if isinstance(answer, Gathered) and done.actions and getattr(node, "secret", False):
            variables = {**done.state.variables, "kept": answer.digits}
            return replace(done, state=replace(done.state, variables=variables))
        return done


class Stumbles(Interpreter):
    """Raises where a flow leads nowhere."""

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        done = interpreter.step(flow, state, answer, now, context)
        if done.actions and done.state.node is not None and done.state.node not in flow.nodes:
            raise KeyError(done.state.node)
        if done.actions and done.state.node is None:
            raise KeyError("no node")
        return done
