"""The virtual day against Erlang's formulas, small; `make bench-simulate` does it at length."""

from __future__ import annotations

import pytest

from bench.theory import ERLANG_A, ERLANG_C, FULL_POOLING_MIN, Cell, erlang_run, full_pooling_min, skills_run

CALLS = 12_000


@pytest.mark.parametrize("cell", [ERLANG_C[0], ERLANG_A[0]], ids=["erlang c", "erlang a"])
def test_a_queue_does_what_its_formula_says(cell: Cell) -> None:
    batches = erlang_run(cell, CALLS, 2)["batches"]
    calls = sum(batch[0] for batch in batches)
    theory = cell.theory()
    assert sum(batch[1] for batch in batches) / calls == pytest.approx(theory.service_level, abs=0.04)
    assert sum(batch[2] for batch in batches) / calls == pytest.approx(theory.asa_s, rel=0.3)


def test_exact_full_pooling_is_as_published() -> None:
    assert full_pooling_min() == pytest.approx(FULL_POOLING_MIN, abs=0.0005)


def test_two_skills_serve_nearly_as_well_as_all() -> None:
    run = skills_run(2, 12_000, 1)
    assert run["served"] + run["turned_away"] > 11_000
    assert run["wait_s"] / run["served"] / 60.0 < 2.0
    one = skills_run(1, 12_000, 1)
    assert one["wait_s"] / one["served"] > 1.5 * run["wait_s"] / run["served"]
