"""Words: every language has every sentence, with the same values in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import screenpop
from screenpop.words import ENGLISH, LANGUAGES, WELSH, Sentence, say


def values_of(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    for language, table in LANGUAGES.items():
        assert table.keys() == ENGLISH.keys(), language
        for code, template in table.items():
            missing = values_of(template) - values_of(ENGLISH[code])
            assert not missing, f"{language} {code}: {missing}"


def test_no_sentence_was_left_in_english() -> None:
    assert [code for code in ENGLISH if WELSH[code] == ENGLISH[code]] == []


def test_every_code_the_package_uses_has_a_template() -> None:
    folder = Path(screenpop.__file__).parent
    used = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'code="(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("count", "text"), [(1, "Called from this number once"), (2, "Called from this number 2 times")]
)
def test_once_is_not_one_times(count: int, text: str) -> None:
    assert say(Sentence(code="match_called", values={"count": count})) == text


def test_a_language_without_a_table_is_read_in_english() -> None:
    assert say(Sentence(code="label_pin"), "fr") == "Verified by PIN"


def test_a_missing_value_is_an_error_not_a_blank() -> None:
    with pytest.raises(KeyError):
        say(Sentence(code="match_called"))
