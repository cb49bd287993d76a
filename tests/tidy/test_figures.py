"""The page about reports shows the definitions that the code computes by."""

from __future__ import annotations

import pytest

from reporting import FIGURES
from scripts.figures import PAGE, figures_table, page_with


def test_the_definitions_on_the_page_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page_with(text, figures_table()), "run python -m scripts.figures"


def test_every_figure_stands_on_the_page() -> None:
    assert all(f"`{figure}`" in figures_table() for figure in FIGURES)


def test_a_page_without_its_marks_is_said() -> None:
    with pytest.raises(ValueError, match="lacks"):
        page_with("no marks", "table")
