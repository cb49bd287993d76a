"""Writes the definitions of the figures into docs/reports.md, from the code that computes them.

python -m scripts.figures          writes
python -m scripts.figures --check  says whether the page is current
"""

from __future__ import annotations

import sys
from pathlib import Path

from reporting import FIGURES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reports.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def figures_table() -> str:
    """Every figure with its sentence, formula and where it is counted."""
    lines = ["| figure | means | computed as | counted |", "|---|---|---|---|"]
    for each in FIGURES.values():
        sentence = each.explain(target_s=20, short_s=5)
        name = f"{each.name()} (`{each.figure_id}`)"
        lines.append(f"| {name} | {sentence} | {each.formula() or '-'} | {each.counted.value} |")
    return "\n".join(lines)


def page_with(text: str, table: str) -> str:
    """The page with its table replaced.

    Raises:
        ValueError: the marks are not in it.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Write or check; the exit status says whether it was current."""
    text = PAGE.read_text(encoding="utf-8")
    wanted = page_with(text, figures_table())
    if "--check" in arguments:
        return 0 if text == wanted else 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
