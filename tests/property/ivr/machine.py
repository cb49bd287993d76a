"""A caller who does anything at all, and what must hold meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr import interpreter
from ivr.context import Context
from ivr.flow import PIN_FAILURES_MAX, Flow
from ivr.session import NODES_PER_CALL_MAX
from ivr.types import (
    Action,
    Exit,
    ExitKind,
    Find,
    FlowState,
    Found,
    Gather,
    Gathered,
    GatherOutcome,
    Input,
    Note,
    Record,
    Recorded,
    Returned,
    Said,
    Say,
    Started,
    Step,
    Value,
)
from tests.property.ivr.flows import CONTEXT, PIN_FLOW, valid_flows, wild_flows

BEGINNING = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
PIN_DIGITS = "89"
"""Appear in PINs and nowhere else."""

DUE = {Say: "said", Gather: "gathered", Find: "found", Record: "recorded"}


class Interpreter:
    """The one under test. A broken variant overrides one method."""

    def start(self, flow: Flow, attributes: Mapping[str, Value], now: datetime, context: Context) -> Step:
        return interpreter.start(flow, attributes, now, context)

    def step(self, flow: Flow, state: FlowState, answer: Input, now: datetime, context: Context) -> Step:
        return interpreter.step(flow, state, answer, now, context)

    def resume(self, flow: Flow, state: FlowState, now: datetime, context: Context) -> Step:
        return interpreter.resume(flow, state, now, context)

    def from_json(self, data: Mapping[str, Any]) -> FlowState:
        return interpreter.from_json(data)


outcomes = st.sampled_from(GatherOutcome)
open_digits = st.text("01234567*#", max_size=7)
pins = st.text(PIN_DIGITS, min_size=4, max_size=5)
customers = st.sampled_from(
    ({}, {"customer_id": "anna", "name": "Anna"}, {"customer_id": "bert", "verified": False})
)
found = st.builds(
    Found,
    matched=st.booleans(),
    error=st.sampled_from((None, None, None, "timed out")),
    result=st.one_of(customers, st.just({"customer_id": "anna", "verified": True, "status": "open"})),
)
attributes: st.SearchStrategy[Mapping[str, Value]] = st.fixed_dictionaries(
    {"ani": st.sampled_from(("+441632001234", ""))},
    optional={
        "topic": st.sampled_from(("sales", "", "7", None)),
        "account": st.sampled_from(("1234", None)),
        "language": st.sampled_from(("cy", "de", None)),
        "verified": st.just(True),
        "customer_id": st.just("forged"),
    },
)


BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "said": st.just(Said()),
    "gathered": st.builds(Gathered, digits=open_digits, outcome=outcomes),
    "found": found,
    "recorded": st.builds(Recorded, recording_id=st.sampled_from((None, "r1")), duration_s=st.just(3.0)),
    "returned": st.builds(Returned, why=st.sampled_from(("nobody_signed_in", "longest_wait"))),
}
"""Which answer is due -> such answers."""
pin_answers = st.builds(Gathered, digits=pins, outcome=outcomes)


def undue(awaiting: str | None) -> st.SearchStrategy[Input]:
    """Answers that nobody waits for."""
    others = [answers for kind, answers in BY_KIND.items() if kind != awaiting]
    return st.one_of(*others, st.builds(Started))


@dataclass(slots=True)
class Counts:
    exits: int = 0
    returns: int = 0
    wrong_pins: int = 0
    answered: int = 0


class Caller(RuleBasedStateMachine):
    """Feeds due and undue answers, restarts, and stores the state in between."""

    interpreter = Interpreter()

    @initialize(flow=st.one_of(valid_flows(), wild_flows(), st.just(PIN_FLOW)), attributes=attributes)
    def call_arrives(self, flow: Flow, attributes: Mapping[str, Value]) -> None:
        self.flow = flow
        self.now = BEGINNING
        self.counts = Counts()
        self.take(self.interpreter.start(flow, attributes, self.now, CONTEXT))

    # --- what may happen ---

    @precondition(lambda self: self.state.awaiting is not None)
    @rule(data=st.data(), minutes=st.integers(0, 300))
    def the_due_answer_comes(self, data: st.DataObject, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        awaiting = self.state.awaiting or ""
        self.feed(data.draw(pin_answers if self.asked_secret else BY_KIND[awaiting]))

    @rule(data=st.data())
    def another_answer_comes(self, data: st.DataObject) -> None:
        awaiting = self.state.awaiting
        answer = data.draw(undue(awaiting))
        unmoved = self.interpreter.step(self.flow, self.state, answer, self.now, CONTEXT)
        assert unmoved == Step(state=self.state, actions=()), f"acted on {answer} while {awaiting} was due"

    @rule()
    def control_restarts(self) -> None:
        again = self.interpreter.resume(self.flow, self.state, self.now, CONTEXT)
        if self.state.awaiting in (None, "returned"):
            assert again.actions == ()
        else:
            self.take(again)

    # --- what must hold ---

    def feed(self, answer: Input) -> None:
        stored = self.interpreter.from_json(json.loads(json.dumps(interpreter.to_json(self.state))))
        done = self.interpreter.step(self.flow, self.state, answer, self.now, CONTEXT)
        restored = self.interpreter.step(self.flow, stored, answer, self.now, CONTEXT)
        assert done == restored, "a stored state goes on otherwise than the live one"
        self.counts.answered += 1
        self.counts.returns += isinstance(answer, Returned)
        asked = self.last
        if isinstance(answer, Found) and isinstance(asked, Find) and "pin" in asked.arguments:
            self.counts.wrong_pins += answer.error is None and not answer.matched
        self.take(done)

    def take(self, step: Step) -> None:
        assert step.actions, "a step that was due asks for nothing"
        *notes, self.last = step.actions
        assert all(isinstance(note, Note) for note in notes), "asked for two things at once"
        if isinstance(self.last, Exit):
            self.counts.exits += 1
            expected = "returned" if self.last.kind is ExitKind.QUEUE else None
            assert step.state.awaiting == expected, "the state does not know that the session ended"
        else:
            assert DUE[type(self.last)] == step.state.awaiting, "asked for one thing, awaits another"
        if isinstance(self.last, Find) and "pin" in self.last.arguments:
            assert self.counts.wrong_pins < PIN_FAILURES_MAX, "looked up after the lock-out"
        self.check_secrets(step)
        self.state = step.state

    def check_secrets(self, step: Step) -> None:
        for action in step.actions:
            if not isinstance(action, Find):
                assert not shows_pin(action), f"a PIN shows in {action}"
        if isinstance(self.last, Find | Exit):
            assert not any(shows_pin(value) for value in step.state.variables.values()), "a used PIN was kept"

    @property
    def asked_secret(self) -> bool:
        return isinstance(self.last, Gather) and self.last.secret

    @invariant()
    def ends_exactly_once_per_return(self) -> None:
        if not hasattr(self, "state"):
            return
        over = self.state.awaiting in (None, "returned")
        assert self.counts.exits == self.counts.returns + over, "ended more or less than once"
        assert self.state.steps <= NODES_PER_CALL_MAX

    @invariant()
    def only_a_lookup_identifies(self) -> None:
        if hasattr(self, "state"):
            assert self.state.variables.get("customer_id") != "forged", "believed the page"
            if self.state.variables.get("verified"):
                assert self.state.variables.get("verified_how") == "PIN", "believed the page"


def shows_pin(thing: Action | Value) -> bool:
    return any(digit in str(thing) for digit in PIN_DIGITS)
