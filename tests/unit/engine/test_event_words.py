"""Every fact that the engine writes into a contact's story has words in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

from app.services import sentences, sentences_calls

QUIET = frozenset(
    {"agent.state", "agent.reachable", "agent.unreachable", "agent.forced", "backend.up", "backend.down"}
)
"""Of agents and back ends: not part of a contact's story."""


def _logged_kinds() -> set[str]:
    kinds: set[str] = set()
    for path in Path("app/engine").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if named and node.func.attr in ("log", "wait") and node.args:  # type: ignore[attr-defined]
                kinds |= {
                    each.value
                    for argument in node.args[:2]  # type: ignore[attr-defined]
                    for each in ast.walk(argument)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and "." in each.value
                }
    return kinds


def test_every_fact_has_words_in_both_languages() -> None:
    kinds = {kind for kind in _logged_kinds() - QUIET if not kind.endswith(".")}
    assert len(kinds) > 40, "the search still finds them"
    for language, more in (("en", sentences_calls.EN), ("cy", sentences_calls.CY)):
        known = sentences._TABLES[language].keys() | more.keys()
        assert sorted(kind for kind in kinds if kind not in known) == [], language
