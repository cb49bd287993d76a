"""The service desk's rules: numbers, statuses, priority, which case a call is about, and PINs.

    format_number(48213) -> '#48213'             parse_number('#48 213') -> 48213
    WORKFLOWS[type].move(status, to) -> Status   raises TransitionRefused
    priority(impact, urgency) -> Priority
    likeliest(cases, facts) -> Likely | None
    PinPolicy().check(fits=..., failures=..., now=...) -> PinVerdict

SLA clocks and escalation come with their own issue.
"""

from cases.likely import CaseFacts, ContactFacts, Likely, LikelyReason, likeliest
from cases.numbers import format_number, parse_number
from cases.pins import PinAccepted, PinLocked, PinPolicy, PinVerdict, PinWrong
from cases.priority import Impact, Priority, Urgency, priority
from cases.workflow import (
    OPEN_STATUSES,
    WORKFLOWS,
    CaseType,
    Status,
    TransitionRefused,
    Workflow,
    status_label,
    type_label,
)

__all__ = [
    "OPEN_STATUSES",
    "WORKFLOWS",
    "CaseFacts",
    "CaseType",
    "ContactFacts",
    "Impact",
    "Likely",
    "LikelyReason",
    "PinAccepted",
    "PinLocked",
    "PinPolicy",
    "PinVerdict",
    "PinWrong",
    "Priority",
    "Status",
    "TransitionRefused",
    "Urgency",
    "Workflow",
    "format_number",
    "likeliest",
    "parse_number",
    "priority",
    "status_label",
    "type_label",
]
