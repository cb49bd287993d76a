"""The whole router keeps every rule, whatever happens; and the oracle would see if it did not."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.routing.books import Violation
from tests.property.routing.liars import LIARS, Liar
from tests.property.routing.life import Life
from tests.property.routing.machine import EngineMachine

THOROUGH = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
LIVES, STEPS = 70, 100
LIES_LIVES_MAX, LIES_STEPS = 300, 120


def test_the_router_keeps_every_rule() -> None:
    run_state_machine_as_test(EngineMachine, settings=THOROUGH)


def test_seven_thousand_steps_with_faults_break_no_rule() -> None:
    for seed in range(LIVES):
        chance, life = Random(seed), Life()
        life.open(chance)
        for _ in range(STEPS):
            life.step(chance)


@pytest.mark.parametrize("liar", LIARS, ids=lambda liar: liar.__name__)
def test_the_oracle_sees_a_router_that_breaks_a_rule(liar: type[Liar]) -> None:
    assert caught(liar) in liar.breaks


def caught(liar: type[Liar]) -> str:
    """The rule that the oracle names first."""
    for seed in range(LIES_LIVES_MAX):
        chance, life = Random(seed), Life(liar, setting=liar.setting, faults=False)
        try:
            life.open(chance)
            for _ in range(LIES_STEPS):
                life.step(chance)
        except Violation as violation:
            return violation.rule
    return "no rule"
