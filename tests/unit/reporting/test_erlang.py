"""Erlang's formulas against published values and against a plain birth-and-death chain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.erlang import (
    agents_needed,
    erlang_b,
    erlang_c,
    waiting_with_patience,
    waiting_without_limit,
)

CALLS = 100 / 1800
"""A hundred calls in half an hour, a second."""


@pytest.mark.parametrize(("servers", "load", "blocked"), [(30, 25, 0.052603), (10, 5, 0.018385), (0, 5, 1.0)])
def test_erlang_b_gives_the_published_values(servers: int, load: float, blocked: float) -> None:
    assert erlang_b(servers, load) == pytest.approx(blocked, abs=5e-7)


@pytest.mark.parametrize(("aht_s", "asa_s"), [(240, 2.243505841), (300, 30.4312286)])
def test_erlang_c_gives_the_published_waits(aht_s: float, asa_s: float) -> None:
    assert waiting_without_limit(20, CALLS, aht_s, 20).asa_s == pytest.approx(asa_s, rel=1e-7)


def test_fourteen_agents_answer_eighty_percent_in_twenty_seconds() -> None:
    assert agents_needed(CALLS, 180, 20, 0.80, occupancy_max=0.85) == 14
    found = waiting_without_limit(14, CALLS, 180, 20)
    assert found.service_level == pytest.approx(0.888, abs=5e-4)
    assert found.p_wait == pytest.approx(0.174, abs=5e-4)
    assert found.occupancy <= 0.85
    assert waiting_without_limit(11, CALLS, 180, 20).service_level < 0.80


def test_the_limit_on_occupancy_can_ask_for_more_agents() -> None:
    assert agents_needed(CALLS, 180, 20, 0.80, occupancy_max=0.5) == 20


def test_no_staffing_reaches_a_level_above_one() -> None:
    with pytest.raises(ValueError, match="no staffing up to 10000 agents"):
        agents_needed(0.001, 60, 20, 1.01)


def test_an_overloaded_queue_without_limit_grows_for_ever() -> None:
    found = waiting_without_limit(5, CALLS, 180, 20)
    assert (found.p_wait, found.asa_s, found.service_level) == (1.0, math.inf, 0.0)
    assert erlang_c(5, 10) == 1.0


def chain(agents: int, calls_per_s: float, aht_s: float, patience_s: float) -> tuple[float, float]:
    """(P(wait), share given up) of the chain itself, state by state, without any formula."""
    weights = [1.0]
    while len(weights) < agents + 2 or weights[-1] > 1e-14:
        n = len(weights)
        leave = min(n, agents) / aht_s + max(0, n - agents) / patience_s
        weights.append(weights[-1] * calls_per_s / leave)
    total = sum(weights)
    waiting = sum((n - agents) * weight for n, weight in enumerate(weights) if n > agents) / total
    return sum(weights[agents:]) / total, waiting / patience_s / calls_per_s


@pytest.mark.parametrize("agents", [1, 8, 14, 30])
@pytest.mark.parametrize("patience_s", [20.0, 60.0, 600.0])
def test_erlang_a_agrees_with_its_chain(agents: int, patience_s: float) -> None:
    found = waiting_with_patience(agents, CALLS, 180, 20, patience_s)
    p_wait, p_abandon = chain(agents, CALLS, 180, patience_s)
    assert found.p_wait == pytest.approx(p_wait, abs=1e-6)
    assert found.p_abandon == pytest.approx(p_abandon, abs=1e-6)
    assert found.asa_s == pytest.approx(p_abandon * patience_s, abs=1e-3)


def test_erlang_a_becomes_erlang_c_when_nobody_gives_up() -> None:
    endless = waiting_without_limit(14, CALLS, 180, 20)
    found = waiting_with_patience(14, CALLS, 180, 20, 1e9)
    assert found.service_level == pytest.approx(endless.service_level, abs=1e-6)
    assert found.p_wait == pytest.approx(endless.p_wait, abs=1e-6)
    assert found.asa_s == pytest.approx(endless.asa_s, rel=1e-4)


def test_erlang_a_stands_any_overload() -> None:
    found = waiting_with_patience(100, 20.0, 180, 20, 3600)
    assert found.p_abandon == pytest.approx(1 - 100 / 3600, rel=1e-6)
    assert found.occupancy == pytest.approx(1.0)


@given(st.integers(1, 60), st.floats(0.1, 80.0), st.floats(10.0, 2000.0))
def test_patience_only_ever_helps_those_who_stay(agents: int, load: float, patience_s: float) -> None:
    calls_per_s = load / 180
    limited = waiting_with_patience(agents, calls_per_s, 180, 20, patience_s)
    endless = waiting_without_limit(agents, calls_per_s, 180, 20)
    assert 0.0 <= limited.p_abandon <= 1.0
    assert 0.0 <= limited.service_level <= 1.0 + 1e-9
    assert limited.occupancy <= 1.0 + 1e-9
    assert limited.p_wait <= endless.p_wait + 1e-6
