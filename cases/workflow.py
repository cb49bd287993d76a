"""What may happen to a case of each type: its statuses and the moves between them.

Errors:

    TransitionRefused    the workflow has no such move; says what is possible instead
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    NEW = "new"
    """Nobody has touched it."""
    OPEN = "open"
    """Ours to work on."""
    WAITING_CUSTOMER = "waiting_customer"
    """The customer's turn; our clocks rest."""
    SOLVED = "solved"
    """We say it is done; the customer may say it is not."""
    CLOSED = "closed"
    """Over. A new matter gets a new case."""


OPEN_STATUSES = frozenset({Status.NEW, Status.OPEN, Status.WAITING_CUSTOMER})


class CaseType(StrEnum):
    QUESTION = "question"
    FAULT = "fault"
    COMPLAINT = "complaint"
    REFUND = "refund"
    MOVE = "move"
    """Moving home: in, out, or both."""


class TransitionRefused(Exception):
    """A move that the case's workflow does not have."""

    def __init__(self, case_type: CaseType, status: Status, to: Status, possible: frozenset[Status]) -> None:
        super().__init__(case_type, status, to, possible)
        self.case_type = case_type
        self.status = status
        self.to = to
        self.possible = possible

    def __str__(self) -> str:
        choices = ", ".join(status_label(status) for status in Status if status in self.possible)
        return (
            f"A {self.case_type} that is {status_label(self.status).lower()} cannot become "
            f"{status_label(self.to).lower()}. Possible: {choices or 'nothing; open a new case'}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The moves of one type of case."""

    case_type: CaseType
    moves: Mapping[Status, frozenset[Status]]

    def possible(self, status: Status) -> frozenset[Status]:
        """Where a case can go from `status`; staying is always possible and not listed."""
        return self.moves.get(status, frozenset())

    def move(self, status: Status, to: Status) -> Status:
        """The status after the move.

        Raises:
            TransitionRefused: this type has no such move.
        """
        if to is status or to in self.possible(status):
            return to
        raise TransitionRefused(self.case_type, status, to, self.possible(status))


_USUAL = {
    Status.NEW: frozenset({Status.OPEN, Status.WAITING_CUSTOMER, Status.SOLVED}),
    Status.OPEN: frozenset({Status.WAITING_CUSTOMER, Status.SOLVED}),
    Status.WAITING_CUSTOMER: frozenset({Status.OPEN, Status.SOLVED}),
    Status.SOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset[Status](),
}

# A complaint is looked at before anybody calls it solved, and is never left to the customer unread.
_COMPLAINT = _USUAL | {Status.NEW: frozenset({Status.OPEN})}

# A question answered in the same call needs no second look.
_QUESTION = _USUAL | {
    Status.NEW: _USUAL[Status.NEW] | {Status.CLOSED},
    Status.OPEN: _USUAL[Status.OPEN] | {Status.CLOSED},
}

_SPECIAL = {CaseType.COMPLAINT: _COMPLAINT, CaseType.QUESTION: _QUESTION}

WORKFLOWS: Mapping[CaseType, Workflow] = {
    case_type: Workflow(case_type=case_type, moves=_SPECIAL.get(case_type, _USUAL)) for case_type in CaseType
}

_STATUS_LABELS = {
    Status.NEW: {"en": "New", "cy": "Newydd"},
    Status.OPEN: {"en": "Open", "cy": "Ar agor"},
    Status.WAITING_CUSTOMER: {"en": "Waiting for customer", "cy": "Yn aros am y cwsmer"},
    Status.SOLVED: {"en": "Solved", "cy": "Wedi'i ddatrys"},
    Status.CLOSED: {"en": "Closed", "cy": "Wedi'i gau"},
}

_TYPE_LABELS = {
    CaseType.QUESTION: {"en": "Question", "cy": "Cwestiwn"},
    CaseType.FAULT: {"en": "Fault", "cy": "Nam"},
    CaseType.COMPLAINT: {"en": "Complaint", "cy": "Cwyn"},
    CaseType.REFUND: {"en": "Refund", "cy": "Ad-daliad"},
    CaseType.MOVE: {"en": "Moving home", "cy": "Symud tŷ"},
}


def status_label(status: Status, language: str = "en") -> str:
    """The status in words; English where the language has none."""
    words = _STATUS_LABELS[status]
    return words.get(language, words["en"])


def type_label(case_type: CaseType, language: str = "en") -> str:
    """The type in words; English where the language has none."""
    words = _TYPE_LABELS[case_type]
    return words.get(language, words["en"])
