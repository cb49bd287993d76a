"""Whatever callers, networks and restarts do: the interpreter awaits one answer or has ended, once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from ivr.flow import Flow
from ivr.session import NODES_PER_CALL_MAX
from ivr.types import Exit, Returned
from tests.property.ivr import broken
from tests.property.ivr.flows import CONTEXT, wild_flows
from tests.property.ivr.machine import BEGINNING, BY_KIND, Caller, Interpreter

ANY_HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

TestCaller = Caller.TestCase
TestCaller.settings = settings(
    max_examples=250, stateful_step_count=30, deadline=None, suppress_health_check=ANY_HEALTH
)

TRIES_MAX = 3
"""Of the generated questions; each node takes so many answers at most, and one more when it is given back."""


@settings(max_examples=60, deadline=None, suppress_health_check=ANY_HEALTH)
@given(flow=wild_flows(), data=st.data())
def test_a_call_ends_whatever_flow_and_caller_do(flow: Flow, data: st.DataObject) -> None:
    """The answers repeat from short lists, so that circles are walked to the bound of a call."""
    interpreter = Interpreter()
    script = {kind: data.draw(st.lists(some, min_size=1, max_size=3)) for kind, some in BY_KIND.items()}
    done = interpreter.start(flow, {"topic": "sales"}, BEGINNING, CONTEXT)
    for turn in range(NODES_PER_CALL_MAX * (TRIES_MAX + 1) + 2):
        if done.state.awaiting is None:
            break
        choices = script[done.state.awaiting]
        done = interpreter.step(flow, done.state, choices[turn % len(choices)], BEGINNING, CONTEXT)
    assert done.state.awaiting is None, "the call never ends"
    assert isinstance(done.actions[-1], Exit)
    assert interpreter.step(flow, done.state, Returned(why="late"), BEGINNING, CONTEXT).actions == ()


@pytest.mark.parametrize(
    ("variant", "complaint"),
    [
        (broken.ActsOnAnyAnswer, "acted on"),
        (broken.EndsTwice, "asked for two things at once"),
        (broken.NeverEnds, "asked for one thing, awaits another"),
        (broken.NotesEveryDigit, "a PIN shows"),
        (broken.ForgetsTries, "a stored state goes on otherwise"),
        (broken.NeverLocks, "looked up after the lock-out"),
        (broken.BelievesThePage, "believed the page"),
        (broken.KeepsThePin, "a used PIN was kept"),
        (broken.Stumbles, "no node"),
    ],
)
def test_the_suite_catches_an_interpreter_that(variant: type[Interpreter], complaint: str) -> None:
    class Suspect(Caller):
        interpreter = variant()

    quick = settings(
        max_examples=400,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=ANY_HEALTH,
    )
    with pytest.raises((AssertionError, KeyError), match=complaint):
        run_state_machine_as_test(Suspect, settings=quick)
