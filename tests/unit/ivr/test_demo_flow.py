"""Brightwater's main line: the shipped data, walked as its callers walk it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import app
from calendars import calendar_from_dict
from ivr.context import Context
from ivr.dump import to_dict
from ivr.flow import Flow
from ivr.load import from_dict, load_catalogue, load_yaml
from ivr.types import ExitKind, Find, FindKind, Found, Record, Recorded, Returned, Said, Say
from ivr.validate import validate
from tests.unit.ivr.calls import Call

DEMO = Path(app.__file__).parent / "demo"
QUEUES = frozenset({"billing", "technical", "moving", "retention", "welsh", "complaints", "sales"})
ANI = "+447700900142"


@pytest.fixture(scope="module")
def flow() -> Flow:
    return load_yaml((DEMO / "flow_main.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def context() -> Context:
    calendars = yaml.safe_load((DEMO / "calendars.yaml").read_text(encoding="utf-8"))["calendars"]
    return Context(
        calendars={data["id"]: calendar_from_dict(data) for data in calendars},
        queues=QUEUES,
        catalogue=load_catalogue((DEMO / "prompts.yaml").read_text(encoding="utf-8")),
    )


def at_main_menu(flow: Flow, context: Context, language: str = "1") -> Call:
    call = Call(flow, {"ani": ANI}, context).feed(Said()).press(language)
    assert call.heard == ["recording_notice"]
    call.feed(Said())
    assert call.last == Find(kind=FindKind.CUSTOMER_BY_NUMBER, arguments={"number": ANI}, timeout_s=2.0)
    call.not_found()
    assert call.heard == ["main_menu"]
    return call


def test_it_has_neither_errors_nor_warnings(flow: Flow, context: Context) -> None:
    assert [str(finding) for finding in validate(flow, context)] == []


def test_it_survives_being_written_and_read(flow: Flow) -> None:
    assert from_dict(to_dict(flow)) == flow


def test_the_notice_that_calls_are_recorded_cannot_be_skipped(flow: Flow, context: Context) -> None:
    call = Call(flow, {"ani": ANI}, context).feed(Said()).press("1")
    assert isinstance(call.last, Say)
    assert not call.last.barge_in


@pytest.mark.parametrize(
    ("keys", "queue"),
    [
        ("1", "sales"),
        ("21", "billing"),
        ("22", "technical"),
        ("23", "moving"),
        ("0", "billing"),
        ("2*1", "sales"),
    ],
)
def test_each_way_through_the_menus_ends_in_its_queue(
    flow: Flow, context: Context, keys: str, queue: str
) -> None:
    call = at_main_menu(flow, context)
    for key in keys:
        call.press(key)
    done = call.exit
    assert (done.kind, done.queue, done.skills) == (ExitKind.QUEUE, queue, {})
    assert (done.announce_every_s, done.on_return) == (30.0, "nobody_free")


@pytest.mark.parametrize(("keys", "queue"), [("1", "sales"), ("21", "billing"), ("0", "welsh")])
def test_a_welsh_caller_hears_welsh_and_needs_somebody_who_speaks_it(
    flow: Flow, context: Context, keys: str, queue: str
) -> None:
    call = at_main_menu(flow, context, language="2")
    assert {phrase.language for phrase in call.gather.phrases} == {"cy"}
    for key in keys:
        call.press(key)
    assert (call.exit.queue, call.exit.skills) == (queue, {"Language:Welsh": 5})
    assert call.exit.attributes["language"] == "cy"


@pytest.mark.parametrize("topic", ["billing", "technical", "moving", "sales", "complaints"])
def test_a_topic_chosen_on_the_page_spares_the_menu(flow: Flow, context: Context, topic: str) -> None:
    call = Call(flow, {"ani": ANI, "topic": topic, "language": "en"}, context)
    assert call.heard == ["welcome"]
    assert call.feed(Said()).heard == ["recording_notice"]
    call.feed(Said()).not_found()
    assert (call.exit.queue, call.exit.attributes["topic"]) == (topic, topic)


def test_a_page_in_welsh_spares_the_language_menu(flow: Flow, context: Context) -> None:
    call = Call(flow, {"ani": ANI, "language": "cy", "topic": "billing"}, context)
    assert call.said[0].language == "cy"
    assert call.feed(Said()).heard == ["recording_notice"]
    assert call.feed(Said()).not_found().exit.skills == {"Language:Welsh": 5}


def test_an_account_number_from_the_page_finds_but_proves_nothing(flow: Flow, context: Context) -> None:
    call = Call(flow, {"ani": ANI, "account": "BW-204-7713", "topic": "billing", "language": "en"}, context)
    call.feed(Said()).feed(Said())
    assert call.last == Find(
        kind=FindKind.CUSTOMER_BY_ACCOUNT, arguments={"account": "BW-204-7713"}, timeout_s=2.0
    )
    call.found(customer_id="c1", name="Margaret Okonjo")
    assert call.exit.attributes["verified"] is False
    assert call.exit.attributes["verified_how"] == "account only"


def test_an_account_number_that_is_none_falls_back_to_the_callers_number(
    flow: Flow, context: Context
) -> None:
    call = Call(flow, {"ani": ANI, "account": "wrong", "topic": "billing", "language": "en"}, context)
    call.feed(Said()).feed(Said()).not_found()
    assert isinstance(call.last, Find)
    assert call.last.kind is FindKind.CUSTOMER_BY_NUMBER
    assert call.found(customer_id="c1").exit.attributes["verified_how"] == "number only"


def asked_for_case(flow: Flow, context: Context) -> Call:
    call = at_main_menu(flow, context).press("3")
    assert call.heard == ["ask_case_number"]
    call.press("48213")
    assert call.heard == ["ask_case_pin"]
    assert call.gather.secret
    return call.press("4711")


@pytest.mark.parametrize("status", ["new", "open", "waiting_customer", "solved", "closed"])
def test_my_case_is_read_aloud(flow: Flow, context: Context, status: str) -> None:
    call = asked_for_case(flow, context)
    assert call.last == Find(
        kind=FindKind.CASE_STATUS, arguments={"case_number": "48213", "pin": "4711"}, timeout_s=3.0
    )
    call.found(case_id="k1", number="48213", status=status, customer_id="c1", verified=True)
    assert call.heard == ["case_number_is", '"48213"', f"status_{status}"]
    assert call.said[1].spell
    assert call.feed(Said()).heard == ["case_menu"]


def test_after_the_status_a_caller_talks_to_somebody_hears_it_again_or_ends(
    flow: Flow, context: Context
) -> None:
    call = asked_for_case(flow, context).found(case_id="k1", status="open", customer_id="c1", verified=True)
    call.feed(Said()).press("2")
    assert call.heard[0] == "case_number_is"
    call.feed(Said()).press("1")
    assert call.exit.attributes["case_id"] == "k1"
    assert call.exit.attributes["verified"] is True
    assert call.exit.attributes["topic"] == "case"
    ended = asked_for_case(flow, context).found(status="open", verified=True).feed(Said()).press("9")
    assert ended.heard == ["goodbye"]
    assert ended.feed(Said()).exit.kind is ExitKind.HANG_UP


def test_three_wrong_pins_lead_to_a_person_unverified(flow: Flow, context: Context) -> None:
    call = asked_for_case(flow, context).not_found()
    for _ in range(2):
        assert call.heard == ["case_not_found"]
        call.feed(Said()).press("48213").press("0000").not_found()
    assert call.heard == ["case_locked"]
    call.feed(Said())
    assert (call.exit.queue, call.exit.attributes["verified"]) == ("billing", False)


def test_a_lookup_that_fails_leads_to_a_person(flow: Flow, context: Context) -> None:
    call = asked_for_case(flow, context).feed(Found(error="timed out"))
    assert call.heard == ["case_error"]
    assert call.feed(Said()).exit.queue == "billing"


def test_a_caller_who_presses_nothing_reaches_a_person(flow: Flow, context: Context) -> None:
    call = at_main_menu(flow, context).keep_still()
    assert call.heard == ["nothing_heard", "main_menu"]
    assert call.keep_still().heard == ["nothing_heard_again", "main_menu"]
    assert call.keep_still().exit.queue == "billing"


def test_a_message_is_left_or_not(flow: Flow, context: Context) -> None:
    call = at_main_menu(flow, context).press("4")
    assert isinstance(call.last, Record)
    left = call.feed(Recorded(recording_id="r1", duration_s=5.0)).exit
    assert (left.kind, left.queue, left.recording_id) == (ExitKind.VOICEMAIL, "billing", "r1")
    silent = at_main_menu(flow, context).press("4").feed(Recorded(recording_id=None, duration_s=0.2))
    assert silent.heard == ["nothing_recorded"]


def test_a_caller_whom_nobody_takes_leaves_a_message_for_that_queue(flow: Flow, context: Context) -> None:
    call = at_main_menu(flow, context).press("1").feed(Returned(why="nobody_signed_in"))
    assert call.heard == ["nobody_free"]
    call.feed(Said()).feed(Recorded(recording_id="r1", duration_s=5.0))
    assert (call.exit.kind, call.exit.queue) == (ExitKind.VOICEMAIL, "sales")
