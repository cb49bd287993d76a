"""Definitions and levels."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from reporting import (
    FIGURES,
    AgentFigures,
    DayFigures,
    Level,
    QueueFigures,
    QueueTarget,
    level,
)
from tests.unit.reporting.log import START

QUIET = DayFigures(START, {"q": QueueTarget()}).snapshot(START).queues["q"]


def test_every_figure_that_is_shown_is_defined() -> None:
    no_figures = {"waiting_since", "spark", "spent_s"}
    shown = {field.name for kind in (QueueFigures, AgentFigures) for field in fields(kind)}
    assert shown - no_figures <= FIGURES.keys()


def test_every_figure_is_explained_in_each_language() -> None:
    for definition in FIGURES.values():
        for language in ("en", "cy"):
            assert definition.name(language)
            assert "{" not in definition.explain(language)
        assert definition.explain("en") != definition.explain("cy")
        assert definition.explain("fr") == definition.explain("en")


def test_a_definition_states_the_queues_own_seconds() -> None:
    assert "within 30 s" in FIGURES["service_level"].explain(target_s=30.0)


@pytest.mark.parametrize(
    ("waited_s", "service_level", "offered", "expected"),
    [
        (0, None, 0, Level.OK),
        (100, 0.85, 50, Level.OK),
        (140, 0.85, 50, Level.WARN),
        (181, 0.85, 50, Level.BAD),
        (0, 0.74, 50, Level.WARN),
        (0, 0.613, 50, Level.BAD),
        (0, 0.0, 1, Level.OK),
    ],
)
def test_a_queue_asks_for_help_by_its_wait_and_its_level(
    waited_s: float, service_level: float | None, offered: int, expected: Level
) -> None:
    figures = replace(
        QUIET,
        waiting_since=START - timedelta(seconds=waited_s) if waited_s else None,
        service_level=service_level,
        offered=offered,
    )
    assert level(figures, QueueTarget(), START) is expected
