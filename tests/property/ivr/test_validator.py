"""A flow without errors never gets stuck: from wherever a caller is, doing nothing leads to an end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from ivr.context import Context
from ivr.findings import Finding
from ivr.flow import Flow
from ivr.types import (
    Exit,
    ExitKind,
    FlowState,
    Found,
    Gathered,
    GatherOutcome,
    Input,
    Note,
    Recorded,
    Returned,
    Said,
    Step,
)
from ivr.validate import has_errors, validate
from tests.property.ivr.flows import CONTEXT, valid_flows, wild_flows
from tests.property.ivr.machine import BEGINNING, BY_KIND, Interpreter, attributes

Judge = Callable[[Flow, Context], list[Finding]]

NOTHING: dict[str, Input] = {
    "said": Said(),
    "gathered": Gathered(digits="", outcome=GatherOutcome.NO_INPUT),
    "found": Found(),
    "recorded": Recorded(recording_id=None, duration_s=0.0),
    "returned": Returned(why="nobody_signed_in"),
}
"""What comes back when a caller does nothing and nothing is found."""

PATIENT = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def stuck(flow: Flow, data: st.DataObject) -> str | None:
    """Let a caller do things for a while, then nothing more. What goes wrong, if anything."""
    walker = Interpreter()
    done = walker.start(flow, data.draw(attributes), BEGINNING, CONTEXT)
    for _ in range(data.draw(st.integers(0, 8))):
        if done.state.awaiting is None:
            break
        done = walker.step(flow, done.state, data.draw(BY_KIND[done.state.awaiting]), BEGINNING, CONTEXT)
    answers_max = sum(getattr(node, "tries", 1) + 1 for node in flow.nodes.values())
    for _ in range(answers_max):
        complaint = _complaint(done)
        if complaint or _left_for_good(flow, done.state, done):
            return complaint
        assert done.state.awaiting is not None
        done = walker.step(flow, done.state, NOTHING[done.state.awaiting], BEGINNING, CONTEXT)
    return f"still in {done.state.node} after {answers_max} answers"


def _left_for_good(flow: Flow, state: FlowState, done: Step) -> bool:
    last = done.actions[-1]
    return isinstance(last, Exit) and last.kind is not ExitKind.QUEUE and state.awaiting is None


def _complaint(done: Step) -> str | None:
    """The interpreter's own words when a flow leads nowhere, names something unknown, or goes round."""
    warnings = [
        action.label for action in done.actions if isinstance(action, Note) and action.kind == "warning"
    ]
    return next((warning for warning in warnings if "counts as no" not in warning), None)


@PATIENT
@given(flow=valid_flows(), data=st.data())
def test_a_flow_without_errors_never_gets_stuck(flow: Flow, data: st.DataObject) -> None:
    findings = validate(flow, CONTEXT)
    assert not has_errors(findings), [str(finding) for finding in findings]
    assert stuck(flow, data) is None


@PATIENT
@given(flow=wild_flows(), data=st.data())
def test_any_flow_that_passes_never_gets_stuck(flow: Flow, data: st.DataObject) -> None:
    if not has_errors(validate(flow, CONTEXT)):
        assert stuck(flow, data) is None


def _blind_to(words: str) -> Judge:
    return lambda flow, context: [found for found in validate(flow, context) if words not in found.what]


@pytest.mark.parametrize(
    "judge",
    [_blind_to("goes round for ever"), _blind_to("leads nowhere"), _blind_to("which does not exist")],
    ids=["circles", "open exits", "unknown targets"],
)
def test_the_suite_catches_a_validator_blind_to(judge: Judge) -> None:
    @settings(
        PATIENT, max_examples=4000, derandomize=True, database=None, phases=[Phase.generate, Phase.target]
    )
    @given(flow=wild_flows(), data=st.data())
    def promise(flow: Flow, data: st.DataObject) -> None:
        if not has_errors(judge(flow, CONTEXT)):
            complaint = stuck(flow, data)
            note(str(complaint))
            assert complaint is None

    with pytest.raises(AssertionError):
        promise()
