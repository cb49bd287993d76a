"""Everything that would harm a caller is found, with its place and a cure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from calendars import always_open
from ivr.context import Context
from ivr.findings import Finding, Level
from ivr.flow import Flow, Menu
from ivr.prompts import PromptCatalogue, PromptEntry
from ivr.validate import NODES_MAX, has_errors, validate
from tests.unit.ivr.calls import CONTEXT, PROMPTS, make

FULL = replace(
    CONTEXT,
    calendars={"always": always_open("always", "UTC")},
    skills=frozenset({"Billing"}),
    music=frozenset({"calm"}),
)
END: dict[str, Any] = {"kind": "hang_up"}
NODES: dict[str, dict[str, Any]] = {
    "welcome": {"kind": "say", "say": ["hello"], "next": "hours"},
    "hours": {"kind": "hours", "calendar": "always", "on_open": "find", "on_closed": "message"},
    "find": {
        "kind": "find",
        "find": "customer_by_number",
        "arguments": {"number": "ani"},
        "on_matched": "tier",
        "on_not_matched": "menu",
        "on_error": "menu",
    },
    "tier": {"kind": "branch", "cases": [{"when": 'tier == "gold"', "to": "gold"}], "otherwise": "menu"},
    "gold": {"kind": "set", "priority": 5, "skills": {"Billing": 5}, "next": "queue"},
    "menu": {
        "kind": "menu",
        "ask": ["ask"],
        "options": {"1": {"label": "Sales", "to": "queue"}, "2": {"label": "Account", "to": "account"}},
        "on_no_input": "queue",
        "on_invalid": "menu",
    },
    "account": {
        "kind": "collect",
        "ask": ["ask"],
        "variable": "account",
        "on_no_input": "queue",
        "on_invalid": "menu",
        "next": "pin",
    },
    "pin": {
        "kind": "collect",
        "ask": ["ask"],
        "variable": "pin",
        "secret": True,
        "min_digits": 4,
        "max_digits": 4,
        "on_no_input": "queue",
        "on_invalid": "menu",
        "next": "check",
    },
    "check": {
        "kind": "find",
        "find": "customer_by_account",
        "arguments": {"account": "account", "pin": "pin"},
        "on_matched": "queue",
        "on_not_matched": "account",
        "on_error": "queue",
        "on_locked": "queue",
    },
    "queue": {"kind": "queue", "queue": "sales", "music": "calm", "on_return": "message"},
    "message": {"kind": "voicemail", "queue": "sales", "ask": ["ask"], "on_nothing": "end"},
    "end": END,
}


def changed(node: str, **fields: Any) -> dict[str, dict[str, Any]]:
    """`NODES` with fields of one node replaced; None takes a field out."""
    merged = {**NODES.get(node, {}), **fields}
    return {**NODES, node: {key: value for key, value in merged.items() if value is not None}}


def judge(nodes: Mapping[str, Any] = NODES, context: Context = FULL, **flow: Any) -> list[Finding]:
    return validate(make(nodes, **flow), context)


def the_one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def test_a_sound_flow_has_no_findings() -> None:
    assert judge() == []


@pytest.mark.parametrize(
    ("node", "fields", "field", "what"),
    [
        ("welcome", {"next": None}, "next", "Then leads nowhere."),
        ("menu", {"on_no_input": None}, "on_no_input", "No input leads nowhere."),
        ("menu", {"on_invalid": None}, "on_invalid", "Invalid input leads nowhere."),
        ("account", {"on_no_input": None}, "on_no_input", "No input leads nowhere."),
        ("hours", {"on_closed": None}, "on_closed", "Closed leads nowhere."),
        ("find", {"on_error": None}, "on_error", "Look-up failed leads nowhere."),
        ("check", {"on_locked": None}, "on_locked", "Too many wrong PINs leads nowhere."),
        ("queue", {"on_return": None}, "on_return", "Given back leads nowhere."),
        ("tier", {"otherwise": None}, "otherwise", "Otherwise leads nowhere."),
        ("welcome", {"next": "hourz"}, "next", "Then leads to hourz, which does not exist."),
        ("welcome", {"say": []}, "say", "Nothing is said here."),
        ("welcome", {"say": ["helo"]}, "say", "There is no prompt helo."),
        ("welcome", {"say": [{"prompt": "hello", "language": "fr"}]}, "say", "The flow does not speak fr."),
        ("welcome", {"say": [{"text": {}}]}, "say", "A text has no words."),
        (
            "welcome",
            {"say": [{"pick": "topic", "prompts": {"a": "nope"}}]},
            "say",
            "There is no prompt nope.",
        ),
        ("welcome", {"say": [{"text": "${nobody}"}]}, "say", "Nothing ever sets nobody."),
        ("welcome", {"say": [{"text": "${tier}"}]}, "say", "tier has no value here: it is set only later"),
        ("menu", {"ask": []}, "ask", "Nothing is asked here."),
        ("menu", {"tries": 0}, "tries", "tries is 0, outside of 1 to 10 tries."),
        ("menu", {"wait_s": 600}, "wait_s", "wait_s is 600, outside of 1 to 60 seconds."),
        ("account", {"min_digits": 20}, "min_digits", "min_digits is 20, outside of 1 to 16 digits."),
        ("account", {"max_digits": 99}, "max_digits", "max_digits is 99, outside of 1 to 32 digits."),
        ("account", {"terminator": "7"}, "terminator", "7 cannot end an entry."),
        ("account", {"variable": "customer_id"}, "variable", "customer_id is written by look-ups only."),
        ("hours", {"calendar": "alwys"}, "calendar", "There is no calendar alwys."),
        ("queue", {"queue": "sails"}, "queue", "There is no queue sails."),
        ("queue", {"music": "loud"}, "music", "There is no music loud."),
        (
            "queue",
            {"announce_every_s": 1},
            "announce_every_s",
            "announce_every_s is 1, outside of 10 to 3600",
        ),
        ("queue", {"priority": -1}, "priority", "priority is -1, outside of 0 to 100 priority."),
        ("message", {"queue": "gone"}, "queue", "There is no queue gone."),
        ("message", {"max_s": 1}, "max_s", "max_s is 1, outside of 5 to 600 seconds."),
        (
            "find",
            {"arguments": {"number": "ani", "pin": "pin"}},
            "arguments.pin",
            "This look-up takes no pin.",
        ),
        ("find", {"timeout_s": 90}, "timeout_s", "timeout_s is 90, outside of 0.1 to 10 seconds."),
        ("gold", {"skills": {"Biling": 5}}, "skills.Biling", "There is no skill Biling."),
        ("gold", {"skills": {"Billing": 11}}, "skills.Billing", "Billing is 11, outside of 0 to 10 level."),
        ("gold", {"language": "fr"}, "language", "The flow does not speak fr."),
        (
            "gold",
            {"variables": {"language": "cy"}},
            "variables.language",
            "language is not set as a variable.",
        ),
        (
            "gold",
            {"variables": {"verified": True}},
            "variables.verified",
            "verified is written by look-ups only.",
        ),
        ("gold", {"variables": {"a b": 1}}, "variables.a b", "'a b' cannot be a variable's name."),
        ("gold", {"variables": {"x": "${nope}"}}, "variables.x", "Nothing ever sets nope."),
        ("tier", {"cases": []}, "cases", "Nothing is decided here."),
        (
            "tier",
            {"cases": [{"when": "teir == 1", "to": "gold"}]},
            "cases.0.when",
            "At character 1: Nothing is called teir here.",
        ),
        (
            "tier",
            {"cases": [{"when": 'tier = "gold"', "to": "gold"}]},
            "cases.0.when",
            "At character 6: One equals sign does not compare.",
        ),
        (
            "tier",
            {"cases": [{"when": 'pin == "1234"', "to": "gold"}]},
            "cases.0.when",
            "At character 1: Nothing is called pin here.",
        ),
    ],
)
def test_what_would_harm_a_caller_is_an_error_with_its_place(
    node: str, fields: dict[str, Any], field: str, what: str
) -> None:
    errors = [found for found in judge(changed(node, **fields)) if found.level is Level.ERROR]
    meant = [found for found in errors if (found.node, found.field) == (node, field)]
    assert meant, [str(found) for found in errors]
    assert any(found.what.startswith(what) for found in meant), [str(found) for found in meant]
    assert all(found.cure for found in meant)
    assert has_errors(errors)


def test_a_name_nearly_right_is_suggested() -> None:
    findings = judge(changed("queue", queue="sails"))
    assert the_one(findings).cure == "Did you mean sales?"


def test_a_key_that_is_not_on_the_keypad_or_stands_twice() -> None:
    flow = make(NODES)
    menu = flow.nodes["menu"]
    assert isinstance(menu, Menu)
    option = menu.options[0]
    twice = replace(menu, options=(option, option, replace(option, key="x")))
    what = [found.what for found in validate(replace(flow, nodes={**flow.nodes, "menu": twice}), FULL)]
    assert "Key 1 stands twice." in what
    assert "x is not on a keypad." in what


def test_a_menu_without_keys() -> None:
    assert (
        the_one([f for f in judge(changed("menu", options={})) if f.field == "options"]).what
        == "The menu has no keys."
    )


def test_a_node_that_nobody_reaches() -> None:
    found = the_one(judge({**NODES, "island": {**END, "name": "The island"}}))
    assert (found.level, found.node) == (Level.ERROR, "island")
    assert found.what == "No caller ever comes to The island."
    assert found.cure == "Connect an exit to it, or delete it."


@pytest.mark.parametrize(
    ("node", "fields", "way"),
    [
        ("message", {"on_nothing": "welcome"}, "welcome"),
        ("menu", {"on_no_input": "menu"}, "menu to menu"),
        ("queue", {"on_return": "queue"}, "queue to queue"),
        ("welcome", {"next": "welcome"}, "welcome to welcome"),
    ],
)
def test_a_way_round_without_the_caller_doing_anything(node: str, fields: dict[str, Any], way: str) -> None:
    circles = [found for found in judge(changed(node, **fields)) if "goes round for ever" in found.what]
    assert circles
    assert all(found.level is Level.ERROR for found in circles)
    assert way in circles[0].what


def test_a_way_round_that_asks_the_caller_is_fine() -> None:
    assert judge(changed("menu", options={"1": {"to": "welcome"}, "2": {"to": "account"}})) == []


def test_a_secret_is_used_for_its_lookup_only() -> None:
    for node, fields in (
        ("check", {"arguments": {"account": "pin", "pin": "pin"}}),
        ("gold", {"variables": {"x": "${pin}"}}),
        ("message", {"ask": [{"text": "${pin}"}]}),
    ):
        found = [found for found in judge(changed(node, **fields)) if "is secret" in found.what]
        assert the_one(found).cure == "Use it only as the pin of a look-up."


def test_a_pin_that_is_collected_openly_is_an_error() -> None:
    found = the_one(judge(changed("pin", secret=False)))
    assert found.field == "arguments.pin"
    assert found.what == "pin is a PIN but is not secret: it would be written down."


def test_a_missing_argument_of_a_lookup() -> None:
    found = judge(changed("check", find="case_status"))
    assert {finding.field for finding in found} == {"arguments.account", "arguments.case_number"}


def test_a_transfer_needs_a_line_that_reaches_the_telephone_network() -> None:
    nodes = changed("end", kind="transfer", destination="+442079460100")
    found = the_one(judge(nodes))
    assert found.level is Level.ERROR
    assert found.what == "The line this flow answers on does not reach the telephone network."
    assert judge(nodes, replace(FULL, reaches_telephone_network=True)) == []


def test_a_transfer_needs_a_complete_number() -> None:
    nodes = changed("end", kind="transfer", destination="020 7946 0100")
    found = the_one(judge(nodes, replace(FULL, reaches_telephone_network=True)))
    assert found.what == "020 7946 0100 is not a complete telephone number."


# --- warnings ---


def test_a_prompt_without_words_in_a_language_is_a_warning() -> None:
    entries = {name: PromptEntry(id=name, texts={"en": name, "cy": name}) for name in PROMPTS}
    entries["hello"] = PromptEntry(id="hello", texts={"en": "Hello"})
    context = replace(FULL, catalogue=PromptCatalogue(languages=("en", "cy"), prompts=entries))
    found = the_one(judge(NODES, context))
    assert (found.level, found.node, found.field) == (Level.WARNING, "welcome", "say")
    assert found.what == "The prompt hello has no words in cy."
    assert "Until then callers hear it in en." in found.cure
    assert not has_errors([found])


def test_a_text_without_words_in_a_language_is_a_warning() -> None:
    found = the_one(judge(changed("welcome", say=[{"text": {"en": "Hello"}}])))
    assert (found.level, found.what) == (Level.WARNING, "A text has no words in cy.")


def test_a_value_that_is_missing_on_some_ways_is_a_warning() -> None:
    nodes = changed("message", ask=[{"text": "Your account ${account}"}])
    found = the_one(judge(nodes))
    assert (found.level, found.node) == (Level.WARNING, "message")
    assert found.what == "account has no value on some ways to this node."


def test_a_message_for_the_queue_one_came_from() -> None:
    open_queue = changed("message", queue=None)
    found = the_one(judge(open_queue))
    assert (found.level, found.field) == (Level.WARNING, "queue")
    assert "fallback queue" in found.cure


def test_a_condition_that_does_not_depend_on_the_call() -> None:
    cases = [{"when": "1 == 1", "to": "gold"}]
    found = the_one(judge(changed("tier", cases=cases)))
    assert (found.level, found.field) == (Level.WARNING, "cases.0.when")


def test_a_flow_without_a_fallback_queue() -> None:
    found = the_one(judge(NODES, fallback_queue=None))
    assert (found.level, found.node, found.field) == (Level.WARNING, None, "fallback_queue")


# --- the whole flow ---


@pytest.mark.parametrize(
    ("flow", "field", "what"),
    [
        ({"start": "welcom"}, "start", "The flow begins at welcom, which does not exist."),
        ({"languages": ["en", "fr"]}, "languages", "No prompts are worded in fr."),
        ({"inputs": {"verified": "bool"}}, "inputs.verified", "verified cannot come from outside"),
        ({"inputs": {"pin": "string"}}, "inputs.pin", "pin is secret and cannot come from outside."),
        ({"fallback_queue": "anyone"}, "fallback_queue", "There is no queue anyone."),
    ],
)
def test_what_is_wrong_with_the_whole_flow(flow: dict[str, Any], field: str, what: str) -> None:
    errors = [found for found in judge(NODES, **flow) if found.level is Level.ERROR and found.node is None]
    assert the_one(errors).field == field
    assert errors[0].what.startswith(what)


def test_errors_come_first() -> None:
    nodes = changed("tier", cases=[{"when": "1 == 1", "to": "gold"}])
    nodes["queue"] = {**nodes["queue"], "queue": "sails"}
    assert [found.level for found in judge(nodes)] == [Level.ERROR, Level.WARNING]


def chain(length: int) -> Flow:
    nodes: dict[str, Any] = {
        f"n{index}": {"kind": "set", "next": f"n{index + 1}"} for index in range(length - 1)
    }
    return make({**nodes, f"n{length - 1}": END})


def test_the_longest_flow_allowed_is_judged_and_one_longer_refused() -> None:
    assert validate(chain(NODES_MAX), FULL) == []
    assert the_one(validate(chain(NODES_MAX + 1), FULL)).field == "nodes"


def test_a_finding_reads_as_a_sentence_with_its_place() -> None:
    found = Finding.error("menu", "options.4.to", "Key 4 leads nowhere.", "Connect it to a node.")
    assert str(found) == "error: menu options.4.to: Key 4 leads nowhere. Connect it to a node."
