"""What happened, as the figures count it: contacts in queues, agents' parts, refused offers, states.

A `Visit` is a contact in one queue, however often it came back there; every contact that joined a queue has
one more visit, to all queues together (`queue_id` None). A `Part` is one agent's segment of a contact.
`reporting.fold` makes both from the event log; `reporting.tally` adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """In which role an agent had a contact."""

    OWNER = "owner"
    CONSULTED = "consulted"
    CONFERENCED = "conferenced"


class Callback(StrEnum):
    """How far the callback is that a caller chose instead of waiting."""

    NONE = "none"
    CHOSEN = "chosen"
    KEPT = "kept"
    """The customer was called back and spoke with an agent."""
    EXPIRED = "expired"
    """Its attempts or its time ended without a talk."""


class RefusalKind(StrEnum):
    MISSED = "missed"
    DECLINED = "declined"


@dataclass(slots=True, kw_only=True)
class ContactFacts:
    """What holds for a contact wherever it is counted.

    Attributes:
        first_queued_at: when it first joined any queue. In the interval of this instant all of it is counted.
        counts: that instant lies in the time that is reported.
        disposition: the last outcome an agent gave it.
    """

    contact_id: str
    first_queued_at: datetime
    counts: bool
    dnis: str = ""
    customer_id: str | None = None
    disposition: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """A contact in one queue, or in all together.

    Attributes:
        queue_id: None for all queues together.
        entered_at: when it joined this queue for the first time.
        waiting: it is in the queue now.
        answered: an agent of this queue had it. Never taken back.
        wait_s: seconds to the answer or to giving up; None before.
        in_target: answered, or given up, within the seconds its queue promises.
        left: it went to a message, another queue or another number without an answer.
        handled: an agent's part of it here is over, and not because the agent was lost.
        agents: who had it in this queue as owner, in order.
    """

    contact: ContactFacts
    queue_id: str | None
    entered_at: datetime
    waiting: bool = False
    waiting_since: datetime | None = None
    answered: bool = False
    abandoned: bool = False
    short: bool = False
    in_target: bool = False
    given_up_after_answer: bool = False
    left: bool = False
    callback: Callback = Callback.NONE
    wait_s: float | None = None
    handled: bool = False
    talk_s: float = 0.0
    hold_s: float = 0.0
    acw_s: float = 0.0
    transferred: bool = False
    agents: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """One agent's segment of a contact.

    Attributes:
        handled: it ended as it should: the call ended, or was passed on.
        talk_s: without hold.
    """

    contact: ContactFacts
    agent_id: str
    queue_id: str
    role: Role
    began_at: datetime
    handled: bool = False
    transferred: bool = False
    talk_s: float = 0.0
    hold_s: float = 0.0
    acw_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An offer that rang in vain, or was turned down, at the instant it ended."""

    kind: RefusalKind
    at: datetime
    agent_id: str
    contact_id: str | None
    queue_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpan:
    """An agent in one state, from one change to the next."""

    agent_id: str
    state: str
    since: datetime
    until: datetime


Fact = Visit | Part
