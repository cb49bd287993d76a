"""Who is calling: what points at whom, in which order, and that a number alone verifies nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screenpop.matching import (
    CANDIDATES_MAX,
    Candidate,
    Collected,
    CustomerNumber,
    Known,
    Match,
    NumberRole,
    Proof,
    Several,
    Unknown,
    Verification,
    chosen_by_agent,
    match,
    verified_by_agent,
)
from screenpop.numbers import E164, CallerNumber, NumberKind, Unusable, UnusableReason, Withheld
from screenpop.words import Sentence, say

LEEDS = E164(value="+441134960142", country="GB", kind=NumberKind.LANDLINE, assigned=True)
OTHER = "+447700900566"


def numbered(role: NumberRole, value: str = LEEDS.value) -> tuple[CustomerNumber, ...]:
    return (CustomerNumber(value=value, role=role),)


MARGARET = Candidate(
    customer_id="margaret", numbers=numbered(NumberRole.MAIN), account="BW-204-7713", calls_from_number=4
)
DAVID = Candidate(customer_id="david", numbers=numbered(NumberRole.SECOND), account="BW-204-7720")
CATERING = Candidate(customer_id="catering", numbers=numbered(NumberRole.CONTRACT), account="BW-881-0034")


def test_one_customer_with_this_number_is_known_but_unverified() -> None:
    found = match(LEEDS, {}, [MARGARET])
    assert isinstance(found, Known)
    assert found.customer_id == "margaret"
    assert found.verification.proof is Proof.NUMBER_ONLY
    assert not found.verification.verified


def test_several_with_this_number_are_ordered_and_each_says_why() -> None:
    found = match(LEEDS, {}, [CATERING, DAVID, MARGARET])
    assert isinstance(found, Several)
    assert [(c.customer_id, say(c.why)) for c in found.candidates] == [
        ("margaret", "Called from this number 4 times"),
        ("david", "Gave it as a second number"),
        ("catering", "Number on the contract"),
    ]


def test_a_right_pin_settles_it_whatever_the_number_says() -> None:
    collected: Collected = {"customer_id": "david", "verified": True, "account": "BW-204-7720"}
    found = match(LEEDS, collected, [MARGARET, DAVID])
    assert found == Known(
        customer_id="david", verification=Verification(proof=Proof.PIN), why=Sentence(code="match_pin")
    )


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_only_the_menus_own_true_counts_as_verified(verified: bool | str | int | None) -> None:
    found = match(Withheld(), {"customer_id": "david", "verified": verified}, [DAVID])
    assert not found.verification.verified


def test_an_account_without_its_pin_names_a_customer_and_verifies_nothing() -> None:
    found = match(Withheld(), {"account": "bw 204 7720"}, [DAVID])
    assert isinstance(found, Known)
    assert (found.customer_id, found.verification.proof) == ("david", Proof.NOTHING)
    assert say(found.why) == "Gave this account number"


def test_an_account_typed_on_a_keypad_has_no_letters() -> None:
    found = match(Withheld(), {"account": "2047720"}, [DAVID])
    assert isinstance(found, Known)
    assert found.customer_id == "david"


def test_an_account_that_contradicts_the_number_leaves_the_choice_to_the_agent() -> None:
    found = match(LEEDS, {"account": "BW-881-0034"}, [MARGARET, CATERING])
    assert isinstance(found, Several)
    assert [c.customer_id for c in found.candidates] == ["catering", "margaret"]
    assert say(found.candidates[0].why) == "Gave this account number and calls from its number"


def test_a_customer_who_called_from_here_before_fits_although_the_number_is_not_on_record() -> None:
    guest = Candidate(customer_id="guest", calls_from_number=1)
    found = match(LEEDS, {}, [guest])
    assert isinstance(found, Known)
    assert say(found.why) == "Called from this number once"


@pytest.mark.parametrize(
    "number",
    [Withheld(), Unusable(ani="201", reason=UnusableReason.IMPOSSIBLE)],
    ids=["withheld", "unusable"],
)
def test_without_a_usable_number_nobody_is_matched_by_it(number: CallerNumber) -> None:
    assert isinstance(match(number, {}, [MARGARET, DAVID]), Unknown)


def test_an_unknown_caller_gets_a_card_with_what_is_known() -> None:
    found = match(LEEDS, {"postcode": "LS6 2AB", "topic": "Moving home", "verified": False}, [])
    assert isinstance(found, Unknown)
    assert found.card == {"number": LEEDS.value, "postcode": "LS6 2AB", "topic": "Moving home"}


def test_the_card_of_an_unusable_number_shows_it_as_it_came() -> None:
    found = match(Unusable(ani=" 201 ", reason=UnusableReason.IMPOSSIBLE), {}, [])
    assert isinstance(found, Unknown)
    assert found.card == {"number": "201"}


def test_equal_candidates_are_ordered_by_the_latest_contact_then_by_id() -> None:
    def guest(name: str, day: int | None) -> Candidate:
        at = datetime(2025, 11, day, tzinfo=UTC) if day else None
        return Candidate(customer_id=name, numbers=numbered(NumberRole.MAIN), last_contact_at=at)

    found = match(LEEDS, {}, [guest("b", None), guest("c", 3), guest("a", None), guest("d", 9)])
    assert isinstance(found, Several)
    assert [c.customer_id for c in found.candidates] == ["d", "c", "a", "b"]


def test_a_switchboard_shared_by_many_shows_a_bounded_choice() -> None:
    staff = [Candidate(customer_id=f"c{i:02}", numbers=numbered(NumberRole.MAIN)) for i in range(40)]
    found = match(LEEDS, {}, staff)
    assert isinstance(found, Several)
    assert len(found.candidates) == CANDIDATES_MAX


def test_the_agents_questions_verify_and_keep_how_the_match_was_made() -> None:
    found = match(LEEDS, {}, [MARGARET])
    asked = verified_by_agent(found, "margaret")
    assert asked.verification.verified
    assert asked.verification.proof is Proof.AGENT
    assert isinstance(found, Known)
    assert asked.why == found.why


def test_choosing_a_card_verifies_nothing() -> None:
    several = match(LEEDS, {}, [MARGARET, DAVID])
    assert not chosen_by_agent(several, "david").verification.verified


def test_a_pin_does_not_pass_over_to_another_customer_the_agent_chooses() -> None:
    found = match(LEEDS, {"customer_id": "david", "verified": True}, [])
    assert chosen_by_agent(found, "david").verification.verified
    assert not chosen_by_agent(found, "margaret").verification.verified


# --- the invariant, and a broken matcher that it must catch ---------------------------------------

Matcher = Callable[[CallerNumber, Collected, Sequence[Candidate]], Match]

_roles = st.sampled_from(NumberRole)
_candidates = st.lists(
    st.builds(
        Candidate,
        customer_id=st.sampled_from(["a", "b", "c", "d"]),
        numbers=st.lists(
            st.builds(CustomerNumber, value=st.sampled_from([LEEDS.value, OTHER]), role=_roles), max_size=2
        ).map(tuple),
        account=st.sampled_from([None, "BW-1", "BW-2"]),
        calls_from_number=st.integers(0, 3),
    ),
    max_size=4,
    unique_by=lambda candidate: candidate.customer_id,
)
_without_pin = st.fixed_dictionaries(
    {},
    optional={
        "customer_id": st.sampled_from(["a", "b"]),
        "account": st.sampled_from(["BW-1", "2"]),
        "verified": st.just(False),
    },
)


def verifies_somebody_by_number(matcher: Matcher) -> bool:
    """Whether any caller without a right PIN comes out verified."""
    caught: list[Match] = []

    @given(_without_pin, _candidates)
    def attempt(collected: dict[str, str | bool], candidates: list[Candidate]) -> None:
        found = matcher(LEEDS, dict(collected), candidates)
        if found.verification.verified:
            caught.append(found)

    attempt()
    return bool(caught)


def trusting_match(number: CallerNumber, collected: Collected, candidates: Sequence[Candidate]) -> Match:
    """Broken on purpose: a caller who calls from a number on record is believed."""
    found = match(number, collected, candidates)
    if isinstance(found, Known) and found.verification.proof is Proof.NUMBER_ONLY:
        return Known(customer_id=found.customer_id, verification=Verification(proof=Proof.PIN), why=found.why)
    return found


def test_nobody_is_verified_without_a_pin_or_questions() -> None:
    assert not verifies_somebody_by_number(match)


def test_a_matcher_that_trusts_the_number_is_caught() -> None:
    assert verifies_somebody_by_number(trusting_match)


@given(_without_pin, _candidates)
def test_the_order_does_not_depend_on_the_order_of_the_candidates(
    collected: dict[str, str | bool], candidates: list[Candidate]
) -> None:
    assert match(LEEDS, dict(collected), candidates) == match(LEEDS, dict(collected), candidates[::-1])
