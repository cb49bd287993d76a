"""Case numbers, priority, and the moves that each type of case allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import (
    OPEN_STATUSES,
    WORKFLOWS,
    CaseType,
    Impact,
    Priority,
    Status,
    TransitionRefused,
    Urgency,
    format_number,
    parse_number,
    priority,
    status_label,
    type_label,
)


@given(st.integers(1, 10**12 - 1))
def test_a_number_is_read_back_as_it_was_written(number: int) -> None:
    assert parse_number(format_number(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("48213", 48213),
        (" #48 213 ", 48213),
        ("48213#", 48213),
        ("048213", 48213),
        ("", None),
        ("#", None),
        ("0", None),
        ("BW-204", None),
        ("-5", None),
        ("٤٨٢١٣", None),
        ("1" * 13, None),
    ],
)
def test_what_is_typed_is_a_number_or_nothing(text: str, number: int | None) -> None:
    assert parse_number(text) == number


@given(st.text(max_size=40))
def test_anything_typed_is_taken_without_an_error(text: str) -> None:
    found = parse_number(text)
    assert found is None or found > 0


def test_there_is_no_case_zero() -> None:
    with pytest.raises(ValueError, match="start at 1"):
        format_number(0)


def test_priority_rises_with_impact_and_with_urgency() -> None:
    for impact in Impact:
        row = [priority(impact, urgency) for urgency in Urgency]
        assert row == sorted(row, reverse=True)
    for urgency in Urgency:
        column = [priority(impact, urgency) for impact in Impact]
        assert column == sorted(column, reverse=True)
    assert priority(Impact.HIGH, Urgency.HIGH) is Priority.CRITICAL
    assert priority(Impact.LOW, Urgency.LOW) is Priority.LOW


@pytest.mark.parametrize("case_type", CaseType)
def test_every_case_can_be_brought_to_its_end_and_none_goes_on_after_it(case_type: CaseType) -> None:
    workflow = WORKFLOWS[case_type]
    for start in Status:
        reached, fringe = {start}, [start]
        while fringe:
            for to in workflow.possible(fringe.pop()) - reached:
                reached.add(to)
                fringe.append(to)
        assert Status.CLOSED in reached
        assert Status.NEW not in reached - {start}
    assert workflow.possible(Status.CLOSED) == frozenset()


@pytest.mark.parametrize("case_type", CaseType)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("to", Status)
def test_a_move_is_made_or_refused_with_what_is_possible(
    case_type: CaseType, status: Status, to: Status
) -> None:
    workflow = WORKFLOWS[case_type]
    if to is status or to in workflow.possible(status):
        assert workflow.move(status, to) is to
        return
    with pytest.raises(TransitionRefused) as refused:
        workflow.move(status, to)
    for choice in workflow.possible(status):
        assert status_label(choice) in str(refused.value)


def test_a_complaint_is_not_solved_unread_and_a_question_may_end_at_once() -> None:
    with pytest.raises(
        TransitionRefused, match=r"A complaint that is new cannot become solved\. Possible: Open\."
    ):
        WORKFLOWS[CaseType.COMPLAINT].move(Status.NEW, Status.SOLVED)
    assert WORKFLOWS[CaseType.QUESTION].move(Status.NEW, Status.CLOSED) is Status.CLOSED
    with pytest.raises(TransitionRefused, match="Possible: nothing; open a new case"):
        WORKFLOWS[CaseType.QUESTION].move(Status.CLOSED, Status.OPEN)


def test_solved_may_be_opened_again_and_counts_as_no_longer_open() -> None:
    for workflow in WORKFLOWS.values():
        assert workflow.move(Status.SOLVED, Status.OPEN) is Status.OPEN
    assert Status.SOLVED not in OPEN_STATUSES


def test_statuses_and_types_have_words_in_each_language() -> None:
    for status in Status:
        assert status_label(status, "cy") != status_label(status, "en")
        assert status_label(status, "fr") == status_label(status, "en")
    for case_type in CaseType:
        assert type_label(case_type, "cy") != type_label(case_type, "en")
