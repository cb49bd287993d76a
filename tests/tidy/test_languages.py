"""The server says everything in every language: no English key of a table of words lacks its Welsh one."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from string import Formatter

import pytest

from tests.tidy import tree

WORDED = re.compile(
    r"app/(?:words\w*|services/(?:sentences\w*|decisions|\w+_words)|live/\w+_words|setup/words)\.py"
)
"""Modules whose tables hold a sentence once for each language."""

MODULES = [
    tree.name(path).removesuffix(".py").replace("/", ".")
    for path in tree.modules("app")
    if WORDED.fullmatch(tree.name(path))
]


def values_in(template: str) -> set[str]:
    """Names (or positions) a sentence is filled with."""
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def gaps(english: object, welsh: object, where: str) -> list[str]:
    """Where the Welsh side of a table falls short of the English one."""
    if isinstance(english, str):
        if not isinstance(welsh, str) or not welsh.strip():
            return [f"{where}: no Welsh"]
        unknown = values_in(welsh) - values_in(english)
        return [f"{where}: only the Welsh sentence has {{{each}}}" for each in sorted(unknown)]
    if isinstance(english, Mapping):
        if not isinstance(welsh, Mapping):
            return [f"{where}: no Welsh"]
        return [gap for key in english for gap in gaps(english[key], welsh.get(key), f"{where}/{key}")]
    if isinstance(english, tuple):
        if not isinstance(welsh, tuple) or len(welsh) != len(english):
            return [f"{where}: no Welsh"]
        pairs = enumerate(zip(english, welsh, strict=True))
        return [gap for at, (one, other) in pairs for gap in gaps(one, other, f"{where}/{at}")]
    return []


def short(table: object, where: str) -> list[str]:
    """The gaps of a table, whether the language is chosen first or last."""
    if not isinstance(table, Mapping):
        return []
    if "en" in table:
        return gaps(table["en"], table.get("cy"), where)
    return [gap for key, value in table.items() for gap in short(value, f"{where}/{key}")]


def bilingual(table: object) -> bool:
    """Whether a name of a module is bound to words in languages."""
    if not isinstance(table, Mapping):
        return False
    return "en" in table or any(bilingual(each) for each in table.values())


def tables(module: str) -> dict[str, object]:
    """The tables of words in a module, by name; `EN` beside `CY` counts as one."""
    names = vars(importlib.import_module(module))
    found: dict[str, object] = {name: table for name, table in names.items() if bilingual(table)}
    if {"EN", "CY"} <= names.keys():
        found["EN/CY"] = {"en": names["EN"], "cy": names["CY"]}
    return found


def test_the_modules_with_words_are_found() -> None:
    assert {
        "app.words",
        "app.words_simulation",
        "app.words_targets",
        "app.services.sentences",
        "app.services.sentences_calls",
        "app.services.decisions",
        "app.services.report_words",
        "app.live.why_words",
        "app.live.alert_words",
        "app.setup.words",
    } <= {module for module in MODULES if tables(module)}


@pytest.mark.parametrize("module", MODULES)
def test_every_english_sentence_has_a_welsh_one(module: str) -> None:
    assert [gap for name, table in tables(module).items() for gap in short(table, name)] == []


def test_a_gap_is_found() -> None:
    assert gaps({"a": "x", "b": "y"}, {"a": "z"}, "t") == ["t/b: no Welsh"]
    assert gaps("{who} left", "Gadawodd {pwy}", "t") == ["t: only the Welsh sentence has {pwy}"]
    assert gaps(("a", "b"), ("c",), "t") == ["t: no Welsh"]
    assert short({"plain": {"en": "Plain"}}, "t") == ["t/plain: no Welsh"]
