"""Which open case a call is probably about. A proposal: nothing is attached before the agent says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cases.workflow import Status

FRESH = timedelta(days=3)
"""A case touched within this time may well be why somebody calls."""


class LikelyReason(StrEnum):
    """Why a case was proposed, strongest first."""

    NAMED = "named"
    """The caller gave its number."""
    OUR_TURN = "our_turn"
    """The customer wrote or called about it lately and waits for us."""
    TOPIC = "topic"
    """It is about what was chosen in the menu."""
    FRESH = "fresh"
    """Something happened in it lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What of a case speaks for or against it. `queue_id`: the queue that works on it, if any."""

    case_id: str
    number: int
    status: Status
    updated_at: datetime
    customer_spoke_at: datetime | None = None
    queue_id: str | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What of a call points at a case. `case_number`: typed or said in the menu."""

    now: datetime
    queue_id: str | None = None
    case_number: int | None = None
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    case_id: str
    reason: LikelyReason


def likeliest(cases: Sequence[CaseFacts], contact: ContactFacts) -> Likely | None:
    """The case to propose, or None when nothing speaks for any of them.

    A case that was named wins, whatever its status; otherwise only open ones are proposed. Ties go to the
    latest touched, then to the higher number.
    """
    found = [
        (reason, case)
        for case in cases
        if case.updated_at <= contact.now and (reason := _reason(case, contact)) is not None
    ]
    if not found:
        return None
    order = list(LikelyReason)
    reason, case = min(
        found, key=lambda entry: (order.index(entry[0]), -entry[1].updated_at.timestamp(), -entry[1].number)
    )
    return Likely(case_id=case.case_id, reason=reason)


def _reason(case: CaseFacts, contact: ContactFacts) -> LikelyReason | None:
    """The strongest thing that speaks for `case`."""
    if contact.case_number is not None and case.number == contact.case_number:
        return LikelyReason.NAMED
    if case.status in (Status.SOLVED, Status.CLOSED):
        return None
    spoke_at = case.customer_spoke_at
    if (
        spoke_at is not None
        and contact.now - spoke_at <= FRESH
        and case.status is not Status.WAITING_CUSTOMER
    ):
        return LikelyReason.OUR_TURN
    if _same_topic(case, contact):
        return LikelyReason.TOPIC
    return LikelyReason.FRESH if contact.now - case.updated_at <= FRESH else None


def _same_topic(case: CaseFacts, contact: ContactFacts) -> bool:
    if case.queue_id is not None and case.queue_id == contact.queue_id:
        return True
    topic_words = {word for word in contact.topic.casefold().split() if len(word) > 3}
    return bool(topic_words & set(case.subject.casefold().split()))
