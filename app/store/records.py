"""What repositories hand out: plain records, free of the database.

A record has the columns of its table under their names. JSON columns are read-only by convention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from app.engine.commit import JsonValue

Body = Mapping[str, JsonValue]
Record = TypeVar("Record")


def record_of(kind: type[Record], row: object) -> Record:
    """The record of `kind` that has the values of `row`, an ORM instance or a result row."""
    return kind(**{name: getattr(row, name) for name in kind.__slots__})  # type: ignore[attr-defined]


# --- people ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    user_id: str
    username: str
    """Case-folded by the repository; unique."""
    password_hash: str
    name: str
    roles: Sequence[str]
    agent_id: str | None = None
    language: str = "en"
    disabled: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSession:
    """`token_hash` is the SHA-256 of the cookie; the token itself is never stored."""

    token_hash: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


# --- configuration --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    agent_id: str
    name: str
    initials: str
    team: str = ""
    queues: Sequence[str] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=lambda: {"voice": 1})
    """Channel -> contacts at once."""
    voice_blocks: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`policy` is the queue's rules as data; `app` turns it into `routing.types.QueuePolicy`."""

    queue_id: str
    name: str
    policy: Body
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    dnis: str
    label: str
    flow_id: str
    backend: str
    agent_id: str | None = None
    queue_id: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    flow_id: str
    version: int
    name: str
    body: Body
    published: bool
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    calendar_id: str
    name: str
    body: Body
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`kind`: `disposition`, `not_ready_reason`, `decline_reason`, `case_type`, ..."""

    kind: str
    code: str
    label: Mapping[str, str]
    grouping: str = ""
    position: int = 0
    active: bool = True


# --- customers and cases --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNumber:
    number: str
    """E.164."""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    customer_id: str
    name: str
    kind: str = "person"
    tier: str | None = None
    account: str | None = None
    pin_hash: str | None = None
    language: str = "en"
    place: str | None = None
    facts: Sequence[Body] = ()
    created_at: datetime
    numbers: tuple[CustomerNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    case_id: str
    number: int
    customer_id: str | None
    subject: str
    type: str
    status: str
    priority: int = 0
    assignee: str | None = None
    queue_id: str | None = None
    pin_hash: str | None = None
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    due_what: str | None = None
    version: int = 1
    body: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithCustomer:
    case: Case
    customer_name: str | None
    customer_tier: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    note_id: str
    contact_id: str | None
    case_id: str | None
    author: str
    text: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`kind`: `payment`, `post`, `email`, `chat`, ..."""

    happening_id: str
    customer_id: str
    kind: str
    at: datetime
    title: str
    text: str = ""
    who: str = ""
    direction: str | None = None
    case_id: str | None = None
    body: Body = field(default_factory=dict)


# --- what engines wrote ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    contact_id: str
    state: str
    live: bool
    channel: str
    backend: str
    caller_leg_id: str | None
    ani: str
    dnis: str
    queue_id: str | None
    agent_id: str | None
    customer_id: str | None
    case_id: str | None
    flow_id: str | None
    flow_version: int | None
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    disposition: str | None
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    offer_id: str
    contact_id: str
    agent_id: str
    queue_id: str
    slot: str
    part: int
    made_at: datetime
    expires_at: datetime
    outcome: str | None
    ended_at: datetime | None
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    recording_id: str
    contact_id: str
    queue_id: str | None
    agent_id: str | None
    path: str
    started_at: datetime
    duration_s: float | None
    state: str
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    position: int
    at: datetime
    kind: str
    contact_id: str | None
    agent_id: str | None
    queue_id: str | None
    case_id: str | None
    customer_id: str | None
    data: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    audit_id: int
    at: datetime
    actor: str | None
    action: str
    subject: str | None
    data: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedInput:
    parked_id: str
    domain: str
    at: datetime
    kind: str
    input: Body
    error: str
    trace: str
