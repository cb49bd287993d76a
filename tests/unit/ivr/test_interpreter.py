"""Questions, ways out, fallbacks, restarts: what each asks for, and where each answer leads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr import interpreter
from ivr.interpreter import FlowMismatch, StateUnreadable, from_json, to_json
from ivr.session import NODES_PER_CALL_MAX
from ivr.types import (
    ExitKind,
    Found,
    Gathered,
    GatherOutcome,
    Record,
    Recorded,
    Returned,
    Said,
    Say,
)
from tests.unit.ivr.calls import ASK, CONTEXT, END, HELP, NOW, Call, make

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
