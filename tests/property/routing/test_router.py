"""The router keeps every rule, whatever happens in whatever order; and the judge would see if it did not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.routing.broken import DEFECTS, Defect
from tests.property.routing.judge import Violation
from tests.property.routing.machine import RouterMachine

THOROUGH = settings(
    max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
UNTIL_IT_BREAKS = settings(
    THOROUGH,
    max_examples=1000,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    report_multiple_bugs=False,
    print_blob=False,
)


def test_the_router_keeps_every_rule() -> None:
    run_state_machine_as_test(RouterMachine, settings=THOROUGH)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_judge_sees_a_broken_router(defect: Defect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defect.owner, defect.attribute, defect.broken)
    with pytest.raises(Violation) as caught:
        run_state_machine_as_test(RouterMachine, settings=UNTIL_IT_BREAKS)
    assert caught.value.rule in defect.rules
