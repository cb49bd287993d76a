"""The cores ask for no time and no chance of their own; everything they need is handed to them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.tidy import tree

IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "logging",
        "os",
        "pathlib",
        "secrets",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "time",
    }
    | {"urllib", "uuid", "multiprocessing", "sqlite3", "shutil", "signal"}
)
CLOCK_CALLS = frozenset({"now", "utcnow", "today"})
"""On `datetime` and `date`."""

FILE_READERS = {
    "calendars/load.py": frozenset({"pathlib"}),
    "ivr/load.py": frozenset({"pathlib"}),
    "rules/load.py": frozenset({"pathlib"}),
}
"""Loaders take a path's text at the edge; they may name its type."""


def impurities(source: ast.Module, allowed: frozenset[str] = frozenset()) -> list[str]:
    """What in this module reaches for a clock, for chance or for the outside."""
    found = []
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
            found += [f"imports {name}" for name in names if name in IMPURE_MODULES - allowed]
            found += ["imports random whole" for name in names if name == "random"]
        elif isinstance(node, ast.ImportFrom):
            top = (node.module or "").split(".")[0]
            if top in IMPURE_MODULES - allowed:
                found.append(f"imports {top}")
            if top == "random":
                found += [f"imports random.{a.name}" for a in node.names if a.name != "Random"]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if last in ("datetime", "date") and node.func.attr in CLOCK_CALLS:
                found.append(f"calls {last}.{node.func.attr}")
    return found


@pytest.mark.parametrize("path", tree.modules(*tree.PURE), ids=tree.name)
def test_a_core_is_given_time_and_chance(path: Path) -> None:
    allowed = FILE_READERS.get(tree.name(path), frozenset())
    assert impurities(tree.parsed(path), allowed) == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from time import monotonic",
        "import random",
        "from random import shuffle",
        "import asyncio.events",
        "from datetime import datetime; x = datetime.now()",
        "import datetime; x = datetime.date.today()",
        "import uuid",
    ],
)
def test_the_rule_sees_each_way_to_break_it(line: str) -> None:
    assert impurities(ast.parse(line)) != []


@pytest.mark.parametrize(
    "line", ["from random import Random", "x = snapshot.now", "import datetime", "now = clock.now()"]
)
def test_the_rule_lets_through_what_is_pure(line: str) -> None:
    assert impurities(ast.parse(line)) == []
