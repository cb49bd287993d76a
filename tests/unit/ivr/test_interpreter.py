"""What each kind of node asks for, and where each answer leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from calendars import Calendar, Shift
from ivr import interpreter
from ivr.interpreter import FlowMismatch, StateUnreadable, from_json, to_json
from ivr.session import MASK, NODES_PER_CALL_MAX
from ivr.types import (
    ExitKind,
    Find,
    FindKind,
    Found,
    Gathered,
    GatherOutcome,
    Record,
    Recorded,
    Returned,
    Said,
    Say,
    Value,
)
from tests.unit.ivr.calls import CONTEXT, NOW, Call, make

END: dict[str, Any] = {"kind": "hang_up"}
HELP: dict[str, Any] = {"kind": "queue", "queue": "help", "on_return": "end"}
MENU: dict[str, Any] = {
    "kind": "menu",
    "name": "Main menu",
    "ask": ["ask"],
    "not_heard": ["again", "more"],
    "not_understood": ["wrong"],
    "options": {"1": {"label": "Sales", "to": "help"}, "*": {"label": "End", "to": "end"}},
    "tries": 3,
    "wait_s": 5,
    "on_no_input": "silent",
    "on_invalid": "confused",
}
menu = make({"menu": MENU, "help": HELP, "end": END, "silent": HELP, "confused": HELP})


# --- say and menu ---


def test_a_say_node_speaks_and_then_goes_on() -> None:
    call = Call(make({"a": {"kind": "say", "say": ["hello"], "barge_in": False, "next": "end"}, "end": END}))
    assert call.last == Say(phrases=call.last.phrases, barge_in=False)  # type: ignore[union-attr]
    assert call.heard == ["hello"]
    assert call.feed(Said()).exit.kind is ExitKind.HANG_UP


def test_a_menu_waits_for_one_key() -> None:
    gather = Call(menu).gather
    assert (gather.max_digits, gather.terminator, gather.first_digit_timeout_s) == (1, None, 5.0)
    assert gather.barge_in
    assert not gather.secret


def test_a_key_leads_to_its_option_and_is_noted_with_its_label() -> None:
    call = Call(menu).press("1")
    assert call.exit.queue == "help"
    pressed = [note for note in call.notes if note.kind == "pressed"]
    assert [(note.key, note.label, note.node) for note in pressed] == [("1", "Sales", "menu")]


def test_silence_is_asked_again_with_escalating_prompts_and_then_leaves() -> None:
    call = Call(menu)
    assert call.heard == ["ask"]
    assert call.keep_still().heard == ["again", "ask"]
    assert call.keep_still().heard == ["more", "ask"]
    assert call.keep_still().state.node == "silent"


def test_a_wrong_key_is_asked_again_and_the_last_fault_decides_the_exit() -> None:
    call = Call(menu).press("7")
    assert call.heard == ["wrong", "ask"]
    assert call.keep_still().heard == ["more", "ask"]
    assert call.press("8").state.node == "confused"


def test_tries_are_counted_per_node_anew() -> None:
    again = make(
        {"menu": {**MENU, "options": {"1": {"to": "menu"}}}, "silent": HELP, "confused": HELP, "end": END}
    )
    call = Call(again).keep_still().keep_still().press("1")
    assert call.heard == ["ask"]
    assert call.keep_still().heard == ["again", "ask"]


def test_one_try_leaves_at_once() -> None:
    once = make({"menu": {**MENU, "tries": 1}, "help": HELP, "end": END, "silent": END, "confused": HELP})
    assert Call(once).keep_still().exit.kind is ExitKind.HANG_UP


# --- collect ---

ASK: dict[str, Any] = {
    "kind": "collect",
    "name": "Account number",
    "ask": ["ask"],
    "variable": "number",
    "min_digits": 3,
    "max_digits": 5,
    "wait_s": 8,
    "between_digits_s": 3,
    "tries": 2,
    "on_no_input": "silent",
    "on_invalid": "confused",
    "next": "help",
}
collect = make({"ask": ASK, "help": HELP, "end": END, "silent": END, "confused": HELP})


def test_collected_digits_are_noted_and_go_with_the_caller() -> None:
    call = Call(collect)
    assert (call.gather.max_digits, call.gather.terminator) == (5, "#")
    assert (call.gather.first_digit_timeout_s, call.gather.inter_digit_timeout_s) == (8.0, 3.0)
    call.press("0123")
    assert call.exit.attributes["number"] == "0123"
    assert call.noted("typed") == ["0123"]


@pytest.mark.parametrize("digits", ["12", "123456", "12*4", "12A", "1\uff123"])
def test_what_is_too_short_too_long_or_no_number_is_asked_again(digits: str) -> None:
    call = Call(collect).press(digits)
    assert call.gather
    assert call.press(digits).state.node == "confused"
    assert call.noted("typed") == []


def test_enough_digits_and_then_a_pause_are_an_entry() -> None:
    call = Call(collect).feed(Gathered(digits="1234", outcome=GatherOutcome.TIMEOUT))
    assert call.exit.attributes["number"] == "1234"


# --- look-ups ---

FIND: dict[str, Any] = {
    "kind": "find",
    "name": "Caller's number",
    "find": "customer_by_number",
    "arguments": {"number": "ani"},
    "timeout_s": 3,
    "on_matched": "help",
    "on_not_matched": "nobody",
    "on_error": "broken",
}
find = make({"find": FIND, "help": HELP, "nobody": HELP, "broken": HELP, "end": END})


def test_a_number_alone_finds_but_proves_nothing() -> None:
    call = Call(find, {"ani": "+447700900142"})
    assert call.last == Find(
        kind=FindKind.CUSTOMER_BY_NUMBER, arguments={"number": "+447700900142"}, timeout_s=3.0
    )
    call.found(customer_id="c1", name="Margaret Okonjo", tier="gold", language="en", verified=True)
    assert call.exit.attributes == {
        "ani": "+447700900142",
        "language": "en",
        "customer_id": "c1",
        "customer_name": "Margaret Okonjo",
        "customer_language": "en",
        "tier": "gold",
        "verified": False,
        "verified_how": "number only",
        "queue": "help",
    }
    assert call.noted("found") == ["matched"]
    assert call.noted("verified") == ["number only"]


@pytest.mark.parametrize(
    ("answer", "node", "key"),
    [(Found(matched=False), "nobody", "not_matched"), (Found(error="timed out"), "broken", "error")],
)
def test_nobody_and_no_answer_have_their_own_ways(answer: Found, node: str, key: str) -> None:
    call = Call(find, {"ani": "+447700900142"}).feed(answer)
    assert call.state.node == node
    assert call.noted("found") == [key]
    assert call.exit.attributes["verified"] is False


def test_a_withheld_number_is_not_looked_up() -> None:
    call = Call(find, {"ani": ""})
    assert call.state.node == "nobody"
    assert call.noted("found") == ["nothing_given"]


PIN: dict[str, Any] = {
    **ASK,
    "name": "PIN",
    "variable": "pin",
    "min_digits": 4,
    "max_digits": 4,
    "secret": True,
    "next": "find",
}
BY_PIN: dict[str, Any] = {
    **FIND,
    "find": "customer_by_account",
    "arguments": {"account": "account", "pin": "pin"},
    "on_not_matched": "pin",
    "on_locked": "locked",
}
by_pin = make(
    {
        "number": {**FIND, "on_matched": "pin", "on_not_matched": "pin"},
        "pin": PIN,
        "find": BY_PIN,
        "help": HELP,
        "locked": HELP,
        "broken": {"kind": "say", "say": ["bye"], "next": "pin"},
        "silent": END,
        "confused": END,
        "end": END,
    },
    inputs={"account": "string"},
)


def with_pin(**known: str) -> Call:
    return Call(by_pin, {"ani": "+447700900142", "account": "BW-204-7713"}).found(**known)


def test_account_and_pin_prove_who_it_is() -> None:
    call = with_pin(customer_id="c1").press("4711")
    assert call.last == Find(
        kind=FindKind.CUSTOMER_BY_ACCOUNT, arguments={"account": "BW-204-7713", "pin": "4711"}, timeout_s=3.0
    )
    call.found(customer_id="c1", name="Margaret Okonjo", verified=True)
    assert call.exit.attributes["verified"] is True
    assert call.exit.attributes["verified_how"] == "PIN"


def test_a_pin_is_masked_used_once_and_gone() -> None:
    call = with_pin(customer_id="c1")
    assert call.gather.secret
    call.press("4711")
    assert "pin" not in call.state.variables
    call.found(customer_id="c1", verified=True)
    assert call.noted("typed") == [MASK]
    assert "4711" not in str(call.notes)
    assert "pin" not in call.exit.attributes


def test_three_wrong_pins_lock_until_the_call_ends() -> None:
    call = with_pin(customer_id="c1")
    for _ in range(2):
        call.press("0000").not_found()
        assert call.gather.secret
    call.press("0000").not_found()
    assert call.state.node == "locked"
    assert call.noted("found")[-1] == "locked"
    assert call.exit.attributes["verified"] is False


def test_a_lookup_that_failed_is_no_wrong_pin() -> None:
    call = with_pin(customer_id="c1")
    for _ in range(5):
        call.press("0000").feed(Found(error="timed out")).feed(Said())
    assert call.state.pin_failures == 0
    assert call.gather.secret


def test_the_proof_of_one_customer_says_nothing_of_another() -> None:
    call = with_pin(customer_id="c2", name="Somebody else", tier="gold").press("4711")
    call.found(customer_id="c1", verified=True)
    assert call.exit.attributes["customer_id"] == "c1"
    assert "customer_name" not in call.exit.attributes
    assert "tier" not in call.exit.attributes


def test_a_proof_that_names_no_customer_drops_the_guess() -> None:
    call = with_pin(customer_id="c2", name="Somebody else").press("4711").found(verified=True)
    assert "customer_id" not in call.exit.attributes
    assert call.exit.attributes["verified"] is True


def test_a_backend_that_denies_the_proof_is_believed() -> None:
    call = with_pin().press("4711").found(customer_id="c1", verified=False)
    assert call.exit.attributes["verified"] is False
    assert call.exit.attributes["verified_how"] == "account only"


def test_a_later_number_match_of_the_same_customer_keeps_the_proof_and_another_ends_it() -> None:
    twice = make(
        {
            "pin": {**PIN, "next": "first"},
            "first": {**BY_PIN, "on_matched": "second"},
            "second": FIND,
            **{name: HELP for name in ("help", "nobody", "broken", "locked", "silent", "confused")},
            "end": END,
        },
        inputs={"account": "string"},
    )
    for customer, verified in (("c1", True), ("c2", False)):
        call = Call(twice, {"ani": "+447700900142", "account": "BW-204-7713"}).press("4711")
        call.found(customer_id="c1", verified=True).found(customer_id=customer)
        assert call.exit.attributes["verified"] is verified


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


# --- ways out ---


def test_a_message_ends_the_call_as_a_voicemail() -> None:
    flow = make({"a": {"kind": "voicemail", "queue": "sales", "ask": ["ask"], "max_s": 60}})
    call = Call(flow)
    assert isinstance(call.last, Record)
    assert call.last.max_s == 60.0
    done = call.feed(Recorded(recording_id="r1", duration_s=9.0)).exit
    assert (done.kind, done.queue, done.recording_id) == (ExitKind.VOICEMAIL, "sales", "r1")


def test_no_message_goes_where_the_flow_says_or_hangs_up() -> None:
    nothing = Recorded(recording_id=None, duration_s=0.4)
    message = {"kind": "voicemail", "queue": "sales", "ask": ["ask"]}
    assert Call(make({"a": message})).feed(nothing).exit.kind is ExitKind.HANG_UP
    onward = make({"a": {**message, "on_nothing": "help"}, "help": HELP, "end": END})
    assert Call(onward).feed(nothing).exit.kind is ExitKind.QUEUE


def test_a_caller_given_back_goes_on_and_may_leave_a_message_for_that_queue() -> None:
    flow = make(
        {
            "wait": {"kind": "queue", "queue": "sales", "on_return": "sorry"},
            "sorry": {"kind": "say", "say": ["bye"], "next": "message"},
            "message": {"kind": "voicemail", "ask": ["ask"]},
        }
    )
    call = Call(flow)
    assert call.exit.on_return == "sorry"
    call.feed(Returned(why="nobody_signed_in"))
    assert call.heard == ["bye"]
    assert call.state.variables["returned_why"] == "nobody_signed_in"
    assert [note.label for note in call.notes if note.kind == "returned"] == ["nobody_signed_in"]
    assert call.feed(Said()).feed(Recorded(recording_id="r1", duration_s=3.0)).exit.queue == "sales"


def test_a_transfer_names_its_number() -> None:
    done = Call(make({"a": {"kind": "transfer", "destination": "+442079460100"}})).exit
    assert (done.kind, done.destination) == (ExitKind.TRANSFER, "+442079460100")


@pytest.mark.parametrize("destination", ["999", "sip:x@y", "+44 20 7946", ""])
def test_a_transfer_to_no_number_falls_back(destination: str) -> None:
    call = Call(make({"a": {"kind": "transfer", "destination": destination or "none"}}))
    assert (call.exit.kind, call.exit.queue) == (ExitKind.QUEUE, "help")
    assert len(call.warnings) == 1


# --- falling back ---


@pytest.mark.parametrize(
    ("nodes", "warning"),
    [
        ({"a": {"kind": "set"}}, "The flow leads to an open exit"),
        ({"a": {"kind": "set", "next": "gone"}}, "The flow leads to gone, which does not exist"),
        (
            {"a": {"kind": "set", "name": "Round", "next": "b"}, "b": {"kind": "set", "next": "a"}},
            "The flow goes round in a circle at Round",
        ),
    ],
)
def test_a_way_that_leads_nowhere_ends_in_the_fallback_queue(nodes: dict[str, Any], warning: str) -> None:
    call = Call(make(nodes))
    assert (call.exit.kind, call.exit.queue, call.exit.on_return) == (ExitKind.QUEUE, "help", None)
    assert call.warnings == [warning]
    assert call.feed(Returned(why="longest_wait")).exit.kind is ExitKind.HANG_UP
    assert call.state.awaiting is None


def test_without_a_fallback_queue_the_call_is_ended() -> None:
    assert Call(make({"a": {"kind": "set"}}, fallback_queue=None)).exit.kind is ExitKind.HANG_UP


def test_a_caller_who_goes_round_for_ever_is_taken_out() -> None:
    flow = make(
        {
            "a": {"kind": "say", "say": ["hello"], "next": "b"},
            "b": {"kind": "say", "say": ["bye"], "next": "a"},
        }
    )
    call = Call(flow)
    turns = 0
    while call.state.awaiting == "said":
        call.feed(Said())
        turns += 1
    assert turns == NODES_PER_CALL_MAX
    assert call.exit.queue == "help"
    assert call.warnings == [f"The call went through {NODES_PER_CALL_MAX} nodes"]


# --- answers that are not due, versions, restarts ---


def test_an_answer_that_is_not_due_changes_nothing() -> None:
    call = Call(menu)
    for answer in (
        Said(),
        Found(matched=True),
        Recorded(recording_id="r", duration_s=1.0),
        Returned(why="x"),
    ):
        done = interpreter.step(call.flow, call.state, answer, NOW, CONTEXT)
        assert done.state == call.state
        assert done.actions == ()


def test_a_call_ends_on_the_version_it_began_on() -> None:
    call = Call(menu)
    with pytest.raises(
        FlowMismatch, match="began on flow main version 1; hand in that one, not main version 2"
    ):
        interpreter.step(replace(menu, version=2), call.state, Said(), NOW, CONTEXT)
    with pytest.raises(FlowMismatch):
        interpreter.resume(replace(menu, id="other"), call.state, NOW, CONTEXT)


def test_after_a_restart_the_question_is_asked_again_and_counts_as_no_try() -> None:
    call = Call(menu).keep_still()
    again = interpreter.resume(menu, from_json(to_json(call.state)), NOW, CONTEXT)
    assert again.state == call.state
    call.take(again)
    assert call.heard == ["ask"]
    assert call.keep_still().heard == ["more", "ask"]


def test_after_a_restart_a_lookup_whose_pin_is_gone_is_not_repeated_without_it() -> None:
    call = with_pin(customer_id="c1").press("4711")
    call.take(interpreter.resume(by_pin, call.state, NOW, CONTEXT))
    assert call.gather.secret
    assert call.state.pin_failures == 0


def test_a_call_in_a_queue_or_over_has_nothing_to_resume() -> None:
    queued = Call(make({"help": HELP, "end": END}))
    assert interpreter.resume(queued.flow, queued.state, NOW, CONTEXT).actions == ()


@pytest.mark.parametrize(
    "change",
    [
        {"flow_id": 3},
        {"flow_version": "1"},
        {"flow_version": True},
        {"node": 7},
        {"awaiting": "tea"},
        {"variables": []},
        {"variables": {"a": []}},
        {"entered_at": "today"},
        {"entered_at": "2026-11-19T10:43:00"},
        {"entered_at": None},
        {"skills": {"a": "b"}},
        {"skills": None},
        {"tries": None},
    ],
)
def test_a_damaged_state_is_refused(change: dict[str, Any]) -> None:
    stored = to_json(Call(menu).state)
    with pytest.raises(StateUnreadable, match="cannot be read"):
        from_json({**stored, **change})
