"""Who is calling, how sure that is, and what becomes of a PIN."""

from __future__ import annotations

from typing import Any

import pytest

from ivr import interpreter
from ivr.session import MASK
from ivr.types import (
    Find,
    FindKind,
    Found,
    Said,
)
from tests.unit.ivr.calls import CONTEXT, END, HELP, NOW, PIN, Call, make

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


def test_after_a_restart_a_lookup_whose_pin_is_gone_is_not_repeated_without_it() -> None:
    call = with_pin(customer_id="c1").press("4711")
    call.take(interpreter.resume(by_pin, call.state, NOW, CONTEXT))
    assert call.gather.secret
    assert call.state.pin_failures == 0
