"""The pop of the demo morning: what stands where, and what it gives away to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from screenpop.matching import Candidate, CustomerNumber, Known, Match, NumberRole, match
from screenpop.numbers import E164, NumberKind, Unusable, UnusableReason, Withheld
from screenpop.pop import (
    HISTORY_MAX,
    CallFacts,
    Customer,
    HistoryEntry,
    LikelyCase,
    MatchKind,
    OfferOutcome,
    OpenCase,
    PastOffer,
    PathStep,
    Pop,
    Speaker,
    build_pop,
)
from screenpop.words import say

NOW = datetime(2025, 11, 19, 10, 36, 12, tzinfo=UTC)
MOBILE = E164(value="+447700900142", country="GB", kind=NumberKind.MOBILE, assigned=True)
MARGARET = Candidate(customer_id="margaret", numbers=(CustomerNumber(value=MOBILE.value),))
DAVID = Candidate(customer_id="david", numbers=(CustomerNumber(value=MOBILE.value, role=NumberRole.SECOND),))
CUSTOMERS = {
    "margaret": Customer(customer_id="margaret", name="Margaret Okonjo", salutation="Mrs Okonjo"),
    "david": Customer(customer_id="david", name="David Okonjo"),
}
PATH = (
    PathStep(at=NOW - timedelta(seconds=113), kind="pressed", label="Billing", key="1"),
    PathStep(at=NOW - timedelta(seconds=101), kind="pressed", label="Question about an invoice", key="2"),
    PathStep(at=NOW - timedelta(seconds=74), kind="verified", label="Account number and PIN accepted"),
)
CALL = CallFacts(
    number=MOBILE,
    collected={"customer_id": "margaret", "verified": True},
    path=PATH,
    queue_name="Billing",
    waited=timedelta(seconds=74),
    offered_before=(PastOffer(agent_name="Ines", outcome=OfferOutcome.TIMED_OUT),),
)
AMINA = Speaker(agent_name="Amina", centre_name="Brightwater", local_now=NOW)


def case(name: str, days_ago: float, customer: str = "margaret", subject: str = "Second payment") -> OpenCase:
    return OpenCase(
        case_id=name,
        customer_id=customer,
        number=f"#{name}",
        subject=subject,
        updated_at=NOW - timedelta(days=days_ago),
    )


def event(name: str, days_ago: float) -> HistoryEntry:
    return HistoryEntry(entry_id=name, at=NOW - timedelta(days=days_ago), title=f"Letter {name}")


def pop_of(
    who: Match | None = None,
    *,
    call: CallFacts = CALL,
    speaker: Speaker = AMINA,
    cases: tuple[OpenCase, ...] = (),
    likely: LikelyCase | None = None,
    history: tuple[HistoryEntry, ...] = (),
) -> Pop:
    return build_pop(
        match=who or match(call.number, call.collected, [MARGARET]),
        call=call,
        speaker=speaker,
        customers=CUSTOMERS,
        cases=cases,
        likely=likely,
        history=history,
    )


def unverified(**changes: object) -> CallFacts:
    return replace(CALL, collected={}, **changes)  # type: ignore[arg-type]


def test_a_verified_caller_is_greeted_by_name_and_with_the_case() -> None:
    pop = pop_of(cases=(case("48213", 0.02),), likely=LikelyCase(case_id="48213"))
    assert pop.kind is MatchKind.KNOWN
    assert pop.number == "+44 7700 900142"
    assert say(pop.say_first) == (
        "Good morning Mrs Okonjo, this is Amina at Brightwater. Are you calling about case #48213?"
    )
    assert pop.likely_reason is not None
    assert say(pop.likely_reason) == "Case #48213 is open: Second payment."
    assert (pop.why_unverified, pop.may, pop.ask) == (None, (), ())
    assert say(pop.verification_label) == "Verified by PIN"


def test_the_likely_case_stands_first_then_the_latest_touched() -> None:
    cases = (case("old", 9), case("new", 1), case("likely", 5), case("his", 0, customer="david"))
    pop = pop_of(cases=cases, likely=LikelyCase(case_id="likely"))
    assert pop.case_ids == ("likely", "new", "old")
    assert pop.likely_case_id == "likely"


def test_without_a_likely_case_none_is_chosen() -> None:
    pop = pop_of(cases=(case("old", 9), case("new", 1)))
    assert pop.case_ids == ("new", "old")
    assert pop.likely_case_id is None


def test_a_likely_case_of_somebody_else_is_not_chosen() -> None:
    pop = pop_of(cases=(case("his", 0, customer="david"),), likely=LikelyCase(case_id="his"))
    assert (pop.case_ids, pop.likely_case_id) == ((), None)


def test_the_menus_choices_and_what_was_typed_are_told_apart() -> None:
    pop = pop_of()
    assert pop.topic == "Billing, Question about an invoice"
    assert pop.typed == ("Account number and PIN accepted",)
    assert pop.path == PATH
    assert [say(offer) for offer in pop.offered_before] == ["Ines (no answer)"]
    assert (pop.queue_name, pop.waited) == ("Billing", timedelta(seconds=74))


def test_a_topic_typed_on_the_page_counts_when_no_key_was_pressed() -> None:
    pop = pop_of(call=unverified(path=()))
    assert pop.topic == ""
    typed = pop_of(call=replace(CALL, collected={"topic": "Moving home"}, path=()))
    assert typed.topic == "Moving home"


def test_an_unverified_caller_is_called_by_no_name() -> None:
    pop = pop_of(call=unverified(), cases=(case("48213", 0.02),), likely=LikelyCase(case_id="48213"))
    assert pop.customer_id == "margaret"
    opening = say(pop.say_first)
    assert opening == "Good morning, this is Amina at Brightwater. Who am I speaking to, please?"
    assert "Okonjo" not in opening
    assert pop.why_unverified is not None
    assert say(pop.why_unverified).startswith("A number alone can be borrowed or forged.")
    assert [allowed for _, allowed in pop.may] == [True, True, False, False]
    assert len(pop.ask) == 3


def test_several_show_a_case_on_the_card_and_no_case_as_chosen() -> None:
    who = match(MOBILE, {}, [MARGARET, DAVID])
    pop = pop_of(who, call=unverified(), cases=(case("1", 3), case("2", 1), case("3", 2, customer="david")))
    assert pop.kind is MatchKind.SEVERAL
    assert [(c.customer_id, c.case_id) for c in pop.candidates] == [("margaret", "2"), ("david", "3")]
    assert (pop.customer_id, pop.case_ids) == (None, ())


def test_an_unknown_caller_has_a_card_and_questions_of_their_own() -> None:
    call = replace(CALL, collected={"postcode": "LS6 2AB"}, path=PATH[:1])
    pop = pop_of(match(MOBILE, call.collected, []), call=call)
    assert pop.kind is MatchKind.UNKNOWN
    assert pop.card == {"number": MOBILE.value, "postcode": "LS6 2AB"}
    assert say(pop.say_first).endswith("May I have your name?")
    assert [say(question) for question in pop.ask][-1] == "A code sent to this mobile"
    assert pop.why_unverified is not None
    assert pop.why_unverified.code == "why_nothing_unknown"


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (0, "Good morning"),
        (3, "Good morning"),
        (11, "Good morning"),
        (12, "Good afternoon"),
        (18, "Good evening"),
    ],
)
def test_the_greeting_follows_the_centres_own_clock(hour: int, greeting: str) -> None:
    pop = pop_of(speaker=replace(AMINA, local_now=NOW.replace(hour=hour)))
    assert say(pop.say_first).startswith(greeting + " Mrs Okonjo")


def test_a_caller_who_lost_the_agent_is_told_that_it_goes_on() -> None:
    pop = pop_of(call=replace(CALL, returned=True))
    assert (
        say(pop.say_first)
        == "This is Amina at Brightwater. The line broke off; we can go on where you stopped."
    )


def test_a_case_asked_for_in_the_menu_outweighs_everything() -> None:
    pop = pop_of(cases=(case("7", 40),), likely=LikelyCase(case_id="7", named=True), history=(event("a", 0),))
    assert pop.likely_reason is not None
    assert say(pop.likely_reason) == "Asked about case #7 in the menu."


def test_something_of_the_last_days_explains_a_call_and_older_things_do_not() -> None:
    recent = pop_of(history=(event("old", 20), event("new", 2)))
    assert recent.likely_reason is not None
    assert say(recent.likely_reason) == "Last heard of: Letter new."
    stale = pop_of(history=(event("old", 20),))
    assert stale.likely_reason is not None
    assert stale.likely_reason.code == "reason_topic"
    nothing = pop_of(call=unverified(path=()))
    assert nothing.likely_reason is None


def test_history_is_newest_first_and_bounded() -> None:
    pop = pop_of(history=tuple(event(f"{i:03}", 100 - i) for i in range(60)))
    assert len(pop.history_ids) == HISTORY_MAX
    assert pop.history_ids[0] == "059"


def test_the_number_says_what_it_is() -> None:
    assert [say(note) for note in pop_of().number_note] == ["mobile"]
    withheld = pop_of(match(Withheld(), {}, []), call=unverified(number=Withheld()))
    assert (withheld.number, [say(note) for note in withheld.number_note]) == ("", ["Number withheld"])
    assert withheld.why_unverified is not None
    assert withheld.why_unverified.code == "why_nothing_withheld"
    odd = Unusable(ani="201", reason=UnusableReason.IMPOSSIBLE)
    assert [say(note) for note in pop_of(match(odd, {}, []), call=unverified(number=odd)).number_note] == [
        "No usable number"
    ]
    forged = replace(MOBILE, assigned=False)
    assert [say(note) for note in pop_of(call=unverified(number=forged)).number_note] == [
        "mobile",
        "not an assigned number",
    ]


def test_an_account_without_pin_says_that_letters_carry_it() -> None:
    call = replace(CALL, number=Withheld(), collected={"customer_id": "margaret", "account": "BW-204-7713"})
    pop = pop_of(call=call)
    assert isinstance(match(call.number, call.collected, [MARGARET]), Known)
    assert pop.why_unverified is not None
    assert pop.why_unverified.code == "why_nothing_account"


def test_a_pop_can_be_read_in_welsh() -> None:
    pop = pop_of()
    assert say(pop.say_first, "cy").startswith("Bore da Mrs Okonjo, Amina o Brightwater sydd yma.")
