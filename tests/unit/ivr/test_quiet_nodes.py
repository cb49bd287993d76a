"""What a call brings along, what nodes decide without asking, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from calendars import Calendar, Shift
from ivr import interpreter
from ivr.types import (
    ExitKind,
    Say,
    Value,
)
from tests.unit.ivr.calls import CONTEXT, END, HELP, PIN, Call, make

# --- what a page may say ---


def test_only_declared_inputs_are_taken_and_none_that_a_lookup_writes() -> None:
    flow = make({"help": HELP, "end": END}, inputs={"topic": "string"})
    forged: dict[str, Value] = {
        "topic": "billing",
        "verified": True,
        "customer_id": "c1",
        "priority": 9,
        "other": "x",
    }
    assert Call(flow, forged).exit.attributes == {
        "topic": "billing",
        "verified": False,
        "language": "en",
        "queue": "help",
    }


def test_not_even_a_flow_that_asks_for_it_is_told_from_outside_who_is_calling() -> None:
    flow = make({"help": HELP, "end": END}, inputs={"customer_id": "string", "verified": "bool"})
    known = Call(flow, {"customer_id": "c1", "verified": True}).exit.attributes
    assert "customer_id" not in known
    assert known["verified"] is False


def test_a_long_attribute_is_cut() -> None:
    flow = make({"help": HELP, "end": END}, inputs={"topic": "string"})
    assert len(str(Call(flow, {"topic": "x" * 10_000}).exit.attributes["topic"])) == 500


@pytest.mark.parametrize(
    ("given", "spoken"), [("cy", "cy"), ("en", "en"), ("de", "en"), (None, "en"), (7, "en")]
)
def test_a_language_the_flow_speaks_may_be_brought_along(given: str | int | None, spoken: str) -> None:
    call = Call(
        make({"a": {"kind": "say", "say": ["hello"], "next": "end"}, "end": END}), {"language": given}
    )
    assert isinstance(call.last, Say)
    assert call.last.phrases[0].language == spoken


# --- quiet nodes ---


def test_set_collects_what_the_queue_needs() -> None:
    flow = make(
        {
            "a": {
                "kind": "set",
                "variables": {"topic": "billing", "copy": "${ani}", "said": "from ${ani}", "vip": True},
                "skills": {"Language:Welsh": 5, "Billing": 3},
                "priority": 4,
                "language": "cy",
                "next": "b",
            },
            "b": {"kind": "set", "skills": {"Billing": 0}, "next": "help"},
            "help": {**HELP, "music": "calm", "announce_every_s": 30},
            "end": END,
        }
    )
    done = Call(flow, {"ani": "+447700900142"}).exit
    assert done.skills == {"Language:Welsh": 5}
    assert (done.priority, done.music, done.announce_every_s, done.on_return) == (4, "calm", 30.0, "end")
    assert done.attributes["topic"] == "billing"
    assert done.attributes["copy"] == "+447700900142"
    assert done.attributes["said"] == "from +447700900142"
    assert done.attributes["vip"] is True
    assert done.attributes["language"] == "cy"


def test_a_secret_is_not_copied_by_a_set_node() -> None:
    flow = make(
        {
            "pin": {**PIN, "next": "copy"},
            "copy": {
                "kind": "set",
                "variables": {"copied": "${pin}", "told": "It is ${pin}"},
                "next": "help",
            },
            **{name: HELP for name in ("help", "silent", "confused")},
            "end": END,
        }
    )
    call = Call(flow).press("4711")
    assert "4711" not in str(call.exit)
    assert "4711" not in str(call.state)


def branching(when: str) -> Call:
    flow = make(
        {
            "a": {"kind": "branch", "cases": [{"when": when, "to": "yes"}], "otherwise": "no"},
            "yes": HELP,
            "no": HELP,
            "end": END,
        },
        inputs={"topic": "string", "tries": "int"},
    )
    return Call(flow, {"topic": "billing", "tries": 2})


@pytest.mark.parametrize(
    ("when", "node"),
    [
        ('topic == "billing"', "yes"),
        ('topic == "sales"', "no"),
        ("tries < 3 && !verified", "yes"),
        ('language == "cy"', "no"),
    ],
)
def test_a_branch_takes_the_first_condition_that_holds(when: str, node: str) -> None:
    call = branching(when)
    assert call.state.node == node
    assert call.warnings == []


@pytest.mark.parametrize("when", ["10 / (tries - 2) > 1", 'toppic == "x"', "this is no condition"])
def test_a_condition_that_fails_is_no_and_leaves_a_visible_warning(when: str) -> None:
    call = branching(when)
    assert call.state.node == "no"
    assert len(call.warnings) == 1
    assert "counts as no" in call.warnings[0]


@pytest.mark.parametrize(("hour", "node"), [(9, "yes"), (20, "no")])
def test_hours_decide_by_the_calendar(hour: int, node: str) -> None:
    office = Calendar(id="office", zone="UTC", weekly=((Shift(opens=time(8), closes=time(18)),),) * 7)
    flow = make(
        {
            "a": {"kind": "hours", "calendar": "office", "on_open": "yes", "on_closed": "no"},
            "yes": HELP,
            "no": HELP,
            "end": END,
        }
    )
    context = replace(CONTEXT, calendars={"office": office})
    step = interpreter.start(flow, {}, datetime(2026, 11, 19, hour, tzinfo=UTC), context)
    assert step.state.node == node


def test_hours_of_a_calendar_that_is_gone_count_as_open_and_warn() -> None:
    flow = make(
        {
            "a": {"kind": "hours", "calendar": "gone", "on_open": "yes", "on_closed": "end"},
            "yes": HELP,
            "end": END,
        }
    )
    call = Call(flow)
    assert call.state.node == "yes"
    assert call.warnings == ["There is no calendar gone, so it counts as open"]


# --- speech ---


def speaking(*say: Any, **variables: Any) -> Call:
    flow = make(
        {"a": {"kind": "say", "say": list(say), "next": "end"}, "end": END},
        inputs={"name": "string", "n": "float"},
    )
    return Call(flow, variables)


def test_a_text_is_said_in_the_callers_language_with_its_variables() -> None:
    text = {"text": {"en": "Hello ${name}", "cy": "Helo ${ name }"}}
    assert speaking(text, name="Ana").heard == ['"Hello Ana"']
    assert speaking(text, name="Ana", language="cy").heard == ['"Helo Ana"']


def test_a_text_without_its_variable_is_left_out_and_a_node_with_nothing_to_say_is_passed() -> None:
    assert speaking("hello", {"text": "Hello ${name}"}).heard == ["hello"]
    assert speaking({"text": "Hello ${name}"}).exit.kind is ExitKind.HANG_UP


def test_a_text_that_lacks_the_language_is_said_in_the_first() -> None:
    call = speaking({"text": {"en": "Hello"}}, language="cy")
    assert isinstance(call.last, Say)
    assert (call.last.phrases[0].text, call.last.phrases[0].language) == ("Hello", "en")


def test_whole_numbers_are_said_without_decimals() -> None:
    assert speaking({"text": "${n}"}, n=3.0).heard == ['"3"']


def test_a_pick_says_the_prompt_of_a_value_or_the_text_otherwise() -> None:
    pick = {"pick": "name", "prompts": {"a": "hello"}, "otherwise": "It is ${name}"}
    assert speaking(pick, name="a").heard == ["hello"]
    assert speaking(pick, name="b").heard == ['"It is b"']
