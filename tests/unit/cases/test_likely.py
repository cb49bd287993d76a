"""Which case a call is probably about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import CaseFacts, ContactFacts, Likely, LikelyReason, Status, likeliest

NOW = datetime(2025, 11, 19, 10, 43, tzinfo=UTC)
OLD = NOW - timedelta(days=30)
PAYMENT = CaseFacts(
    case_id="payment", number=48213, status=Status.OPEN, updated_at=OLD, subject="Second payment"
)
CALL = ContactFacts(now=NOW)


def test_nothing_is_proposed_when_nothing_speaks_for_it() -> None:
    assert likeliest([PAYMENT], CALL) is None
    assert likeliest([], CALL) is None


def test_a_case_the_caller_named_wins_even_when_it_is_closed() -> None:
    closed = replace(PAYMENT, case_id="closed", number=7, status=Status.CLOSED)
    fresh = replace(PAYMENT, case_id="fresh", updated_at=NOW, customer_spoke_at=NOW)
    found = likeliest([fresh, closed], replace(CALL, case_number=7))
    assert found == Likely(case_id="closed", reason=LikelyReason.NAMED)


def test_who_wrote_this_morning_calls_about_it() -> None:
    wrote = replace(
        PAYMENT, customer_spoke_at=NOW - timedelta(minutes=42), updated_at=NOW - timedelta(hours=1)
    )
    other = replace(PAYMENT, case_id="other", updated_at=NOW)
    assert likeliest([other, wrote], CALL) == Likely(case_id="payment", reason=LikelyReason.OUR_TURN)


def test_while_we_wait_for_the_customer_it_is_not_our_turn() -> None:
    waiting = replace(PAYMENT, status=Status.WAITING_CUSTOMER, customer_spoke_at=NOW, updated_at=NOW)
    assert likeliest([waiting], CALL) == Likely(case_id="payment", reason=LikelyReason.FRESH)


@pytest.mark.parametrize(
    "contact",
    [replace(CALL, queue_id="billing"), replace(CALL, topic="Question about a payment")],
    ids=["queue", "words"],
)
def test_an_old_case_on_the_chosen_topic_is_proposed(contact: ContactFacts) -> None:
    case = replace(PAYMENT, queue_id="billing")
    assert likeliest([case], contact) == Likely(case_id="payment", reason=LikelyReason.TOPIC)


def test_short_words_in_common_prove_nothing() -> None:
    case = replace(PAYMENT, subject="A tax and the fee")
    assert likeliest([case], replace(CALL, topic="the fee and a tax")) is None


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_what_is_done_is_not_proposed_by_itself(status: Status) -> None:
    case = replace(PAYMENT, status=status, updated_at=NOW, customer_spoke_at=NOW)
    assert likeliest([case], CALL) is None


def test_of_equals_the_latest_touched_is_proposed() -> None:
    one, two = replace(PAYMENT, updated_at=NOW), replace(PAYMENT, case_id="two", updated_at=NOW)
    older = replace(PAYMENT, case_id="older", updated_at=NOW - timedelta(hours=1))
    found = likeliest([older, one, replace(two, number=48214)], CALL)
    assert found == Likely(case_id="two", reason=LikelyReason.FRESH)


@given(st.permutations(range(5)), st.lists(st.integers(0, 6), min_size=5, max_size=5))
def test_the_choice_does_not_depend_on_the_order_of_the_cases(order: list[int], days: list[int]) -> None:
    cases = [
        replace(PAYMENT, case_id=f"c{i}", number=i + 1, updated_at=NOW - timedelta(days=days[i]))
        for i in range(5)
    ]
    assert likeliest([cases[i] for i in order], CALL) == likeliest(cases, CALL)
