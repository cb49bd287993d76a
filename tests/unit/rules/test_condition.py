"""Conditions: what is refused and how it says so, and that evaluating never raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Rule, RuleError, Verdict, compile

TYPES = {"tier": "string", "tries": "int", "vip": "bool", "score": "float", "answer": "any"}


def refused(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        compile(text, TYPES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ('tier == "gold" && tries < 3', {"tier": "gold", "tries": 2}, True),
        ('tier == "gold" && tries < 3', {"tier": "gold", "tries": 3}, False),
        ('tier in ["gold", "silver"] || vip', {"tier": "bronze", "vip": False}, False),
        ("score > 1", {"score": 1.5}, True),
        ("tier != null", {"tier": None}, False),
        ('["a", "b"].exists(letter, letter == tier)', {"tier": "b"}, True),
        ('tier.startsWith("go") && size(tier) == 4', {"tier": "gold"}, True),
        ('tier.matches("^g.*d$")', {"tier": "gold"}, True),
    ],
)
def test_a_condition_answers(text: str, values: dict[str, Any], expected: bool) -> None:
    assert compile(text, TYPES).evaluate(values) == Verdict(value=expected)


def test_a_rule_knows_which_variables_it_reads() -> None:
    assert compile('["x"].all(one, one == tier) || vip', TYPES).names == {"tier", "vip"}


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ('teir == "gold"', 0, "Nothing is called teir here. Did you mean tier?"),
        ('vip || teir == "teir"', 7, "Did you mean tier?"),
        ("tier == gold", 8, 'If it is text, write "gold".'),
        ("vip == True", 7, "Write true."),
        ('tier = "gold"', 5, "One equals sign does not compare. Write == instead."),
        ('tier === "gold"', 7, "Write == once."),
        ('tier <> "gold"', 6, "Write != instead."),
        ("vip AND vip", 4, "AND is not an operator here. Write && instead."),
        ("not vip", 4, "not is not an operator here. Write ! instead."),
        ("tier == “gold”", 8, "Use straight ones"),
        ('tier == "gold', 8, "Close it with the same mark."),
        ("(vip", 4, "Add ) at the end."),
        ("vip && ", 7, "The condition stops too early."),
        ("vip &&\n  vip vip", 13, "vip is not expected here."),
        ("sizo(tier) > 3", 0, "There is no function sizo. Did you mean size?"),
        ("has(tier)", 4, "has() asks for a field"),
        ("", 0, "The condition is empty."),
        ("tier", 0, "gives text, not yes or no"),
        ("tries + 1", 0, "gives a number, not yes or no"),
        ("tier > 3", 0, "Two sides do not fit together (tier is text)."),
        ("(" * 100 + "vip" + ")" * 100, 96, "nested too deeply"),
        ("[1].map(a, [1].map(b, [1].map(c, a))) == []", 25, "More than 2 list operations"),
        ("v" * 1001, 1000, "The condition has 1001 characters."),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place_and_a_cure(
    text: str, position: int, message: str
) -> None:
    error = refused(text)
    assert error.position == position
    assert message in str(error)
    assert f"At character {position + 1}:" in str(error)


@pytest.mark.parametrize(
    ("text", "values", "why"),
    [
        ("10 / tries > 2", {"tries": 0}, "it divides by zero"),
        ("answer > 3", {"answer": None}, "two sides do not fit together"),
        ("tries > 3", {}, "tries has no value yet"),
        ("answer.name == 'x'", {"answer": {}}, "there is no name"),
        ("int(tier) > 3", {"tier": "seven"}, "invalid digit"),
        ('tier.matches("(")', {"tier": "gold"}, "the pattern of matches() is not valid"),
        ("answer", {"answer": "yes"}, "the answer is text, not yes or no"),
        ("9223372036854775807 + tries > 1", {"tries": 1}, "a number is too large"),
    ],
)
def test_what_goes_wrong_later_is_no_with_a_visible_warning(
    text: str, values: dict[str, Any], why: str
) -> None:
    verdict = compile(text, TYPES).evaluate(values)
    assert verdict.value is False
    assert verdict.warning is not None
    assert why in verdict.warning
    assert verdict.warning.startswith(text)


def test_a_type_that_does_not_exist_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="unknown types"):
        compile("vip", {"vip": "boolean"})


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_value = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.text())
)


@patient
@given(st.dictionaries(st.sampled_from(sorted(TYPES)), any_value))
def test_evaluating_never_raises_whatever_the_values(values: dict[str, Any]) -> None:
    rule: Rule = compile('tier == "gold" && 10 / tries > 1 || vip && score > 0.5 || answer.deep.er', TYPES)
    verdict = rule.evaluate(values)
    assert isinstance(verdict.value, bool)
    assert verdict.warning is None or not verdict.value


@patient
@given(st.text(max_size=60) | st.text(alphabet="tier=!&|\"'()<>+-*/.,[]? 10", max_size=40))
def test_compiling_gives_a_rule_or_a_rule_error_with_a_place_inside_the_text(text: str) -> None:
    try:
        rule = compile(text, TYPES)
    except RuleError as error:
        refusal: RuleError | None = error
    else:
        refusal = None
        assert rule.names <= TYPES.keys()
    if refusal:
        assert 0 <= refusal.position <= len(text)
        assert refusal.problem
        assert refusal.cure
