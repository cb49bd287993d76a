"""Files and functions fit a reader's head. STYLE asks for about 400 and 70 lines; these are the hard ends."""

from __future__ import annotations

import ast

from tests.tidy import tree

FILE_LINES_MAX = 450
FUNCTION_LINES_MAX = 80

LONG_FILES = {
    "app/api/models.py": "every shape on the wire in one place, a list rather than a train of thought",
    "tests/unit/routing/test_analyser.py": "one table: for each finding what is ill and what is well",
}
"""What may be longer, and why."""


def test_no_file_is_too_long_to_read() -> None:
    long = [
        f"{tree.name(path)}: {lines} lines"
        for path in tree.sources(".py", ".ts", ".tsx", ".css")
        if tree.name(path) not in LONG_FILES
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert long == [], "split these by what they decide"


def test_no_function_is_too_long_to_see_at_once() -> None:
    long = []
    for path in tree.sources(".py"):
        for node in ast.walk(tree.parsed(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                long.append(f"{tree.name(path)}:{node.lineno} {node.name}: {lines} lines")
    assert long == [], "take the leaves out of these"


def test_the_exceptions_are_still_needed() -> None:
    for listed, reason in LONG_FILES.items():
        path = tree.ROOT / listed
        assert path.is_file(), f"{listed} is gone; take it out of LONG_FILES"
        assert reason
